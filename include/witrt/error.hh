// What goes wrong: traps, frames, errors, results. Part of witrt.hh.

#ifndef WITRT_ERROR_HH
#define WITRT_ERROR_HH

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <variant>

#if defined(__has_include)
#if __has_include(<expected>)
#include <expected>
#endif
#endif

#include "handle.hh"

WITRT_BEGIN

class AnyRef;
class Error;
template <class T, class E = Error> class Result;
namespace detail {
template <class T, class = void> struct Shape;
}
class InstanceRef;
class StoreRef;

/// An object of a store: what all of them can do. One thread at a time, as the
/// store.
template <class V, class T> class Object : public CopyView<V, T> {
 public:
  using CopyView<V, T>::CopyView;

  /// The same, as a reference to any object. Borrowed.
  AnyRef as_ref() const noexcept;
  /// Whether both are the same object: handles differ, objects are.
  template <class W, class U> bool same(const Object<W, U>& other) const noexcept {
    return wasm_ref_same(detail::as_ref(this->get()), detail::as_ref(other.get()));
  }
  /// What was last attached to the object, through whichever handle; or null.
  void* host_info() const noexcept { return wasm_ref_get_host_info(detail::as_ref(this->get())); }
  /// Attaches something of the host's, which `finalizer` (or null) gets once:
  /// when something else is attached, or the object is gone, on any thread. It
  /// must neither throw nor enter the store.
  void set_host_info(void* info, void (*finalizer)(void*) = nullptr) const noexcept {
    wasm_ref_set_host_info_with_finalizer(detail::as_ref(this->get()), info, finalizer);
  }
};

/// A function that was running when a trap happened. Any thread.
class FrameRef : public CopyView<FrameRef, wasm_frame_t> {
 public:
  using CopyView::CopyView;

  /// The function's index in its module, imports first.
  std::uint32_t func_index() const noexcept { return wasm_frame_func_index(get()); }
  /// Its name, in UTF-8, where the module's name section gives one; else empty.
  std::string_view func_name() const noexcept {
    return detail::text_of(witrt_frame_func_name(get()));
  }
  /// Where it was, in bytes from the start of the function's body.
  std::size_t func_offset() const noexcept { return wasm_frame_func_offset(get()); }
  /// Where it was, in bytes from the start of the module.
  std::size_t module_offset() const noexcept { return wasm_frame_module_offset(get()); }
  /// The function's instance, borrowed from the frame; empty where that is not
  /// known.
  InstanceRef instance() const noexcept;
};
using Frame = Owned<FrameRef>;
using Frames = OwnedList<FrameRef>;

/// Why execution stopped.
class TrapRef : public Object<TrapRef, wasm_trap_t> {
 public:
  using Object::Object;

  /// A trap of the host's own.
  static Owned<TrapRef> make(StoreRef store, std::string_view message);

  /// What it says, in UTF-8.
  std::string message() const {
    wasm_message_t raw;
    wasm_trap_message(get(), &raw);
    std::string text(raw.size ? raw.data : "", raw.size ? raw.size - 1 : 0);
    wasm_byte_vec_delete(&raw);
    return text;
  }
  /// Which of the built-in traps it is: one of `witrt_trap_code_enum`.
  witrt_trap_code_t code() const noexcept { return witrt_trap_code(get()); }
  /// The status that a guest ended with by itself, if that is what it is.
  std::optional<int> exit_status() const noexcept {
    std::int32_t status = 0;
    if (!witrt_trap_exit_status(get(), &status)) return std::nullopt;
    return status;
  }
  /// The functions that were running, innermost first.
  Frames frames() const {
    Frames::Vec raw;
    wasm_trap_trace(get(), &raw);
    return Frames::from_raw(raw);
  }
  /// The innermost frame; empty where no wasm was running.
  Frame origin() const { return Frame::from_raw(wasm_trap_origin(get())); }
  /// The error that it stands for, with the facts that there are.
  Error error() const;
};
using Trap = Owned<TrapRef>;

/// What went wrong: a kind with a stable number, a message for people, and the
/// place where there is one. It is what a failed `Result` holds and, with
/// `WITRT_EXCEPTIONS`, what is thrown. A value: copies share what they hold. It
/// keeps the trap that it was, and that the trap's store. Any thread may read
/// it; the trap is its store's.
class Error : public std::runtime_error {
 public:
  /// No error: its kind is `WITRT_ERROR_NONE`.
  Error() : std::runtime_error("no error") {}
  /// An error of the program's own; a host function that returns or throws one
  /// traps with this message.
  explicit Error(const std::string& message, witrt_error_kind_t kind = WITRT_ERROR_TRAP)
    : std::runtime_error(message), kind_(kind) {}
  /// Takes an error of the C API, which may be null: then it is the thread's
  /// last error.
  static Error from_raw(witrt_error_t* raw) {
    return raw ? Error(raw) : Error(witrt_error_copy(witrt_error_last()));
  }
  /// The thread's last error: for functions of the C API that failed.
  static Error last() { return from_raw(nullptr); }

  /// One of `witrt_error_kind_enum`, such as `WITRT_ERROR_BAD_TEXT`.
  witrt_error_kind_t kind() const noexcept { return kind_; }
  /// Its name, such as `BadText`.
  std::string_view kind_name() const noexcept {
    const char* name = witrt_error_kind_name(kind_);
    return name ? name : "";
  }
  /// The message, in UTF-8, as long as this error or a copy lives.
  std::string_view message() const noexcept { return what(); }
  /// Which argument, result or import is at fault, counted from zero.
  std::optional<std::size_t> argument() const noexcept { return fact(witrt_error_argument); }
  /// Where a text is ill-formed, in code units from its start.
  std::optional<std::size_t> position() const noexcept { return fact(witrt_error_position); }
  /// Where a binary module is wrong, in bytes from its start.
  std::optional<std::size_t> offset() const noexcept { return fact(witrt_error_offset); }
  /// The capacity that would have been enough, in code units.
  std::optional<std::size_t> capacity() const noexcept { return fact(witrt_error_capacity); }
  /// Where a text module is wrong: line and column, counted from one.
  std::optional<std::pair<std::size_t, std::size_t>> line_column() const noexcept {
    std::pair<std::size_t, std::size_t> at;
    if (!raw_ || !witrt_error_line_column(raw_.get(), &at.first, &at.second)) return std::nullopt;
    return at;
  }
  /// Which of the built-in traps it was: one of `witrt_trap_code_enum`.
  witrt_trap_code_t trap_code() const noexcept {
    return raw_ ? witrt_error_trap_code(raw_.get()) : witrt_trap_code_t{WITRT_TRAP_NONE};
  }
  /// The trap that it was, borrowed from the error; empty for what was none.
  TrapRef trap() const noexcept {
    return raw_ ? TrapRef(witrt_error_trap(raw_.get())) : TrapRef();
  }
  /// The functions that were running, innermost first; none for what was no
  /// trap.
  Frames frames() const { return trap() ? trap().frames() : Frames(); }
  /// The error of the C API, borrowed; null for one of the program's own.
  const witrt_error_t* get() const noexcept { return raw_.get(); }

 private:
  explicit Error(witrt_error_t* raw)
    : std::runtime_error(raw ? witrt_error_message(raw) : "an error without a reason"),
      raw_(raw, witrt_error_delete), kind_(raw ? witrt_error_kind(raw) : witrt_error_kind_t{WITRT_ERROR_PANIC}) {}

  template <class F> std::optional<std::size_t> fact(F of) const noexcept {
    std::size_t value = 0;
    if (!raw_ || !of(raw_.get(), &value)) return std::nullopt;
    return value;
  }

  std::shared_ptr<witrt_error_t> raw_;
  witrt_error_kind_t kind_ = WITRT_ERROR_NONE;
};

/// With `WITRT_EXCEPTIONS`, what is thrown where the error is a trap.
class TrapError : public Error {
 public:
  explicit TrapError(const Error& error) : Error(error) {}
};

namespace detail {

/// What `unwrap` does with an error.
[[noreturn]] inline void fail(const Error& error) {
#if defined(WITRT_EXCEPTIONS)
  if (error.kind() == WITRT_ERROR_TRAP) throw TrapError(error);
  throw error;
#else
  std::fprintf(stderr, "witrt: %s\n", error.what());
  std::abort();
#endif
}

}  // namespace detail

/// A `T`, or why there is none. Where a `T` is taken of an error, the error is
/// thrown with `WITRT_EXCEPTIONS`; without, it is printed and the program ends:
/// ask `ok()` first.
template <class T> class [[nodiscard]] Result<T, Error> {
 public:
  Result(T value) : either_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : either_(std::in_place_index<1>, std::move(error)) {}
  /// A `T` that is made of nothing, where it stays.
  explicit Result(std::in_place_t) : either_(std::in_place_index<0>) {}

  /// Whether there is a `T`.
  bool ok() const noexcept { return either_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }
  /// Why there is none; of the kind `WITRT_ERROR_NONE` where there is one.
  Error err() const { return ok() ? Error() : *std::get_if<1>(&either_); }

  /// Moves the `T` out.
  T unwrap() && { return std::move(value()); }
  T& unwrap() & { return value(); }
  T& operator*() { return value(); }
  const T& operator*() const { return const_cast<Result*>(this)->value(); }
  T* operator->() { return &value(); }
  /// The `T`, or another one in its place.
  T value_or(T other) && { return ok() ? std::move(value()) : std::move(other); }

#if defined(__cpp_lib_expected)
  operator std::expected<T, Error>() && {
    if (ok()) return std::move(value());
    return std::unexpected(err());
  }
#endif

 private:
  T& value() {
    if (!ok()) detail::fail(*std::get_if<1>(&either_));
    return *std::get_if<0>(&either_);
  }
  std::variant<T, Error> either_;
};

/// Success, or what went wrong.
template <> class [[nodiscard]] Result<void, Error> {
 public:
  Result() noexcept = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const noexcept { return !error_; }
  explicit operator bool() const noexcept { return ok(); }
  Error err() const { return error_ ? *error_ : Error(); }
  /// Nothing, or as above.
  void unwrap() const {
    if (error_) detail::fail(*error_);
  }

#if defined(__cpp_lib_expected)
  operator std::expected<void, Error>() && {
    if (ok()) return {};
    return std::unexpected(err());
  }
#endif

 private:
  std::optional<Error> error_;
};

namespace detail {

/// What a function of the C API answered: an owner, or the error that it left.
template <class V> Result<Owned<V>> owned(typename V::Raw* raw, witrt_error_t* error = nullptr) {
  if (!raw) return Error::from_raw(error);
  return Owned<V>::from_raw(raw);
}

inline Result<void> done(bool ok, witrt_error_t* error = nullptr) {
  if (!ok) return Error::from_raw(error);
  return {};
}

}  // namespace detail

inline Error TrapRef::error() const { return Error::from_raw(witrt_trap_error(get())); }

WITRT_END

#endif
