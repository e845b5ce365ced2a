// Handles: who owns what. Part of witrt.hh.

#ifndef WITRT_HANDLE_HH
#define WITRT_HANDLE_HH

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#if defined(__has_include)
#if __has_include(<version>)
#include <version>
#endif
#endif
#if defined(__cpp_lib_span)
#include <span>
#endif

#include "../witrt.h"

// What the macros change is in the names too, and the version, so that parts of a
// program that were compiled differently can be linked: they do not mean each
// other's types.
#define WITRT_NAMED_(how, major, minor) how##_##major##_##minor
#define WITRT_NAMED(how, major, minor) WITRT_NAMED_(how, major, minor)
#define WITRT_BEGIN_(how) \
  namespace witrt { inline namespace WITRT_NAMED(how, WITRT_VERSION_MAJOR, WITRT_VERSION_MINOR) {
#if defined(WITRT_EXCEPTIONS)
#if !defined(__cpp_exceptions) && !defined(_CPPUNWIND)
#error "WITRT_EXCEPTIONS needs exceptions"
#endif
#define WITRT_CATCHES 1
#define WITRT_BEGIN WITRT_BEGIN_(throwing)
#elif defined(__cpp_exceptions) || defined(_CPPUNWIND)
#define WITRT_CATCHES 1
#define WITRT_BEGIN WITRT_BEGIN_(catching)
#else
#define WITRT_CATCHES 0
#define WITRT_BEGIN WITRT_BEGIN_(plain)
#endif
#define WITRT_END }}

WITRT_BEGIN

template <class V> class Owned;

/// Elements in a row that somebody else owns: what `std::span` is, to which it
/// converts where the library has one. Valid as long as they are.
template <class T> class Span {
 public:
  constexpr Span() noexcept = default;
  constexpr Span(T* data, std::size_t size) noexcept : data_(data), size_(size) {}
  template <std::size_t N>
  constexpr Span(T (&array)[N]) noexcept : data_(array), size_(N) {}
  /// Of anything that has `data()` and `size()`.
  template <class C, class = decltype(static_cast<T*>(std::declval<C&>().data()))>
  constexpr Span(C&& container) noexcept : data_(container.data()), size_(container.size()) {}

  constexpr T* data() const noexcept { return data_; }
  constexpr std::size_t size() const noexcept { return size_; }
  constexpr bool empty() const noexcept { return size_ == 0; }
  constexpr T* begin() const noexcept { return data_; }
  constexpr T* end() const noexcept { return data_ + size_; }
  /// As in an array: the index must be below `size()`.
  constexpr T& operator[](std::size_t index) const noexcept { return data_[index]; }
#if defined(__cpp_lib_span)
  constexpr operator std::span<T>() const noexcept { return {data_, size_}; }
#endif

 private:
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

/// A borrowed handle, with everything that can be done with the object. It is a
/// pointer: copying it costs nothing and gives no ownership. It is valid as
/// long as the owner or the object that it was asked of.
///
/// An empty one (default-made, moved-from) may be used like any other: what it
/// is asked for fails with `WITRT_ERROR_NULL_POINTER`, or is nothing.
template <class T> class View {
 public:
  using Raw = T;

  constexpr View() noexcept = default;
  /// Around a handle of the C API, which is borrowed.
  explicit constexpr View(const T* raw) noexcept : raw_(const_cast<T*>(raw)) {}

  /// The handle of the C API, borrowed; null where this is empty.
  constexpr T* get() const noexcept { return raw_; }
  /// Whether there is a handle.
  explicit constexpr operator bool() const noexcept { return raw_ != nullptr; }

 protected:
  T* raw_ = nullptr;
};

namespace detail {

// How handles are deleted and copied.
#define WITRT_DELETE(prefix, name) \
  inline void destroy(prefix##name##_t* raw) noexcept { prefix##name##_delete(raw); }
#define WITRT_COPY(name)                                               \
  inline wasm_##name##_t* duplicate(const wasm_##name##_t* raw) noexcept { \
    return wasm_##name##_copy(raw);                                    \
  }
// Objects of a store: any of them is a reference.
#define WITRT_OBJECT(name)                                                                        \
  WITRT_DELETE(wasm_, name)                                                                       \
  WITRT_COPY(name)                                                                                \
  inline wasm_ref_t* as_ref(wasm_##name##_t* raw) noexcept { return wasm_##name##_as_ref(raw); }  \
  inline void from_ref(wasm_ref_t* ref, wasm_##name##_t*& raw) noexcept {                         \
    raw = wasm_ref_as_##name(ref);                                                                \
  }
// What comes in vectors.
template <class T> struct VecOf;
#define WITRT_VEC(name)                                                              \
  template <> struct VecOf<wasm_##name##_t> {                                        \
    using Vec = wasm_##name##_vec_t;                                                 \
    static void destroy(Vec* vec) noexcept { wasm_##name##_vec_delete(vec); }        \
  };
#define WITRT_TYPE(name) WITRT_DELETE(wasm_, name) WITRT_COPY(name) WITRT_VEC(name)

WITRT_DELETE(wasm_, config)
WITRT_DELETE(wasm_, store)
WITRT_DELETE(witrt_, linker)
WITRT_DELETE(witrt_, wasi)
WITRT_DELETE(witrt_, prepared)
WITRT_DELETE(wasm_, ref)
WITRT_COPY(ref)
inline wasm_ref_t* as_ref(wasm_ref_t* raw) noexcept { return raw; }
inline void from_ref(wasm_ref_t* ref, wasm_ref_t*& raw) noexcept { raw = ref; }
WITRT_OBJECT(trap)
WITRT_OBJECT(foreign)
WITRT_OBJECT(module)
WITRT_OBJECT(func)
WITRT_OBJECT(global)
WITRT_OBJECT(table)
WITRT_OBJECT(memory)
WITRT_OBJECT(extern)
WITRT_OBJECT(instance)
WITRT_VEC(extern)
WITRT_TYPE(valtype)
WITRT_TYPE(functype)
WITRT_TYPE(globaltype)
WITRT_TYPE(tabletype)
WITRT_TYPE(memorytype)
WITRT_TYPE(tagtype)
WITRT_TYPE(externtype)
WITRT_TYPE(importtype)
WITRT_TYPE(exporttype)
WITRT_TYPE(frame)
WITRT_DELETE(wasm_, resource)
WITRT_COPY(resource)
inline void destroy(wasm_string_t* raw) noexcept { wasm_string_delete(raw); }
inline wasm_string_t* duplicate(const wasm_string_t* raw) noexcept { return wasm_string_copy(raw); }

#undef WITRT_DELETE
#undef WITRT_COPY
#undef WITRT_OBJECT
#undef WITRT_VEC
#undef WITRT_TYPE

inline std::string_view text_of(const wasm_name_t* name) noexcept {
  return name && name->size ? std::string_view(name->data, name->size) : std::string_view();
}

}  // namespace detail

/// A borrowed handle whose object can be had another handle of.
template <class V, class T> class CopyView : public View<T> {
 public:
  using View<T>::View;

  /// An owner: of another handle of the same object, or of a copy where `V` is
  /// a type, a frame or a string. Empty for an empty one.
  Owned<V> copy() const { return Owned<V>::from_raw(detail::duplicate(this->get())); }
};

/// The only owner of a handle, and everything that its view `V` can do. It is
/// moved, never copied (`copy()` makes another handle), and deletes the handle
/// when it goes: in any order and on any thread, as objects keep what they
/// need.
///
/// It converts to its view, which is how it is lent. A view of a temporary
/// lives as long as the temporary.
template <class V> class Owned : public V {
 public:
  using Raw = typename V::Raw;

  /// Empty.
  constexpr Owned() noexcept = default;
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  Owned(Owned&& other) noexcept : V(other.release()) {}
  Owned& operator=(Owned&& other) noexcept {
    reset(other.release());
    return *this;
  }
  ~Owned() { detail::destroy(this->raw_); }

  /// Takes a handle of the C API, which is deleted by this from now on.
  static Owned from_raw(Raw* raw) noexcept {
    Owned owned;
    owned.raw_ = raw;
    return owned;
  }

  /// Gives the handle to the caller, who deletes it with the C API, and leaves
  /// this empty.
  [[nodiscard]] Raw* release() noexcept { return std::exchange(this->raw_, nullptr); }

  /// Deletes the handle, and takes another one in its place.
  void reset(Raw* raw = nullptr) noexcept { detail::destroy(std::exchange(this->raw_, raw)); }
};

/// A borrowed vector, for range-for and by index. Valid as long as what it was
/// asked of; so are the views that it gives.
template <class V> class List {
 public:
  using Raw = typename V::Raw;

  class Iterator {
   public:
    using value_type = V;
    using reference = V;
    using pointer = void;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;

    constexpr Iterator() noexcept = default;
    explicit constexpr Iterator(Raw* const* at) noexcept : at_(at) {}
    V operator*() const noexcept { return V(*at_); }
    Iterator& operator++() noexcept {
      ++at_;
      return *this;
    }
    Iterator operator++(int) noexcept { return Iterator(at_++); }
    friend bool operator==(Iterator a, Iterator b) noexcept { return a.at_ == b.at_; }
    friend bool operator!=(Iterator a, Iterator b) noexcept { return a.at_ != b.at_; }

   private:
    Raw* const* at_ = nullptr;
  };

  constexpr List() noexcept = default;
  constexpr List(Raw* const* data, std::size_t size) noexcept : data_(data), size_(size) {}

  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  Iterator begin() const noexcept { return Iterator(data_); }
  Iterator end() const noexcept { return Iterator(data_ + size_); }
  /// Empty where the index is too large.
  V operator[](std::size_t index) const noexcept { return index < size_ ? V(data_[index]) : V(); }

 protected:
  Raw* const* data_ = nullptr;
  std::size_t size_ = 0;
};

/// A vector with its elements. Moved, never copied.
template <class V> class OwnedList : public List<V> {
 public:
  using Vec = typename detail::VecOf<typename V::Raw>::Vec;

  OwnedList() noexcept = default;
  /// Takes a vector of the C API, with its elements.
  static OwnedList from_raw(Vec vec) noexcept {
    OwnedList list;
    list.set(vec);
    return list;
  }
  OwnedList(const OwnedList&) = delete;
  OwnedList& operator=(const OwnedList&) = delete;
  OwnedList(OwnedList&& other) noexcept { set(other.release()); }
  OwnedList& operator=(OwnedList&& other) noexcept {
    if (this != &other) {
      detail::VecOf<typename V::Raw>::destroy(&vec_);
      set(other.release());
    }
    return *this;
  }
  ~OwnedList() { detail::VecOf<typename V::Raw>::destroy(&vec_); }

  /// Gives the vector to the caller, who deletes it with the C API.
  [[nodiscard]] Vec release() noexcept {
    Vec vec = vec_;
    set({0, nullptr});
    return vec;
  }

 private:
  void set(Vec vec) noexcept {
    vec_ = vec;
    this->data_ = vec.data;
    this->size_ = vec.size;
  }
  Vec vec_ = {0, nullptr};
};

WITRT_END

#endif
