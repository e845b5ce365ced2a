// What guests get of the system. Part of witrt.hh.

#ifndef WITRT_WASI_HH
#define WITRT_WASI_HH

#include <limits>

#include "engine.hh"
#include "string.hh"

WITRT_BEGIN

namespace detail {

/// Text of the host's in any encoding, borrowed for a call.
class HostText {
 public:
  HostText(std::string_view text) : raw_(of(text)) {}
  HostText(std::u16string_view text) : raw_(of(text)) {}
  HostText(std::u32string_view text) : raw_(of(text)) {}
  HostText(const char* text) : HostText(std::string_view(text)) {}
  HostText(const char16_t* text) : HostText(std::u16string_view(text)) {}
  HostText(const char32_t* text) : HostText(std::u32string_view(text)) {}
  HostText(const std::string& text) : HostText(std::string_view(text)) {}
  HostText(const std::u16string& text) : HostText(std::u16string_view(text)) {}
  HostText(const std::u32string& text) : HostText(std::u32string_view(text)) {}
  HostText(Latin1View text) : raw_(of(text.bytes)) { raw_.encoding = WASM_LATIN1; }
#if defined(__cpp_char8_t)
  HostText(std::u8string_view text) : raw_(of(text)) {}
  HostText(const char8_t* text) : HostText(std::u8string_view(text)) {}
#endif
  const wasm_string_t* get() const noexcept { return &raw_; }

 private:
  template <class C> static wasm_string_t of(std::basic_string_view<C> text) noexcept {
    return {text.data(), text.size(), Encoding<C>::tag, 0, 0};
  }
  wasm_string_t raw_;
};

}  // namespace detail

/// What guests get of the system by WASI: preview 1 for core modules, 0.2 for
/// components. A new one gives nothing: no arguments, no environment, an empty
/// standard input, output that goes nowhere, no folders, no network; clocks and
/// random numbers are the system's. Used by one thread at a time. A store is given
/// it, as it is then, by `Store::set_wasi`: what cannot be given is told there.
///
///     Wasi wasi;
///     wasi.arg("guest").arg(u"ü").stdout_lines([](std::string_view line) {
///       std::cout << line;
///       return true;
///     });
///     store.set_wasi(wasi).unwrap();
///     int status = Linker().instantiate(store, module)->run().unwrap();
///
/// Text is in the encoding of its type of character. Functions are called on the
/// thread that runs a guest; where stores on several threads were given them, at
/// once. The store that runs is in use meanwhile. What they throw is a failure that
/// the guest gets.
class Wasi : public Owned<View<witrt_wasi_t>> {
 public:
  Wasi() { reset(witrt_wasi_new()); }

  /// Adds an argument. By convention the first is the program's name. Arguments and
  /// variables have no more than 2 MiB together.
  Wasi& arg(detail::HostText text) { return check(witrt_wasi_push_arg(get(), text.get())); }
  /// Sets a variable of the environment.
  Wasi& env(detail::HostText name, detail::HostText value) {
    return check(witrt_wasi_set_env(get(), name.get(), value.get()));
  }
  /// Gives what the process itself has: bits of `witrt_wasi_inherit_enum`.
  Wasi& inherit(witrt_wasi_inherit_t what) { return check(witrt_wasi_inherit(get(), what)); }
  /// Standard input is a copy of these bytes.
  Wasi& stdin_bytes(std::string_view bytes) {
    return check(witrt_wasi_set_stdin_bytes(get(), bytes.data(), bytes.size()));
  }
  /// Standard input is a file.
  Wasi& stdin_file(detail::HostText path) {
    return check(witrt_wasi_set_stdin_file(get(), path.get()));
  }
  /// Standard output goes to a file, which is made, or emptied, now.
  Wasi& stdout_file(detail::HostText path) {
    return check(witrt_wasi_set_stdout_file(get(), path.get()));
  }
  /// The same for standard error.
  Wasi& stderr_file(detail::HostText path) {
    return check(witrt_wasi_set_stderr_file(get(), path.get()));
  }
  /// Standard input comes from a function, `std::size_t(char* room, std::size_t)`,
  /// which tells how much it has put there; nothing is the end.
  template <class F> Wasi& stdin_from(F&& read) {
    return give<F>(std::forward<F>(read), [this](void* env, void (*end)(void*)) {
      return witrt_wasi_set_stdin_callback(get(), reads<std::decay_t<F>>, env, end);
    });
  }
  /// Standard output goes to a function, `bool(std::string_view)`, as the guest
  /// writes it; false refuses it.
  template <class F> Wasi& stdout_to(F&& write) {
    return output(witrt_wasi_set_stdout_callback, false, std::forward<F>(write));
  }
  /// The same for standard error.
  template <class F> Wasi& stderr_to(F&& write) {
    return output(witrt_wasi_set_stderr_callback, false, std::forward<F>(write));
  }
  /// The same a whole line at a time, with the line feed at its end. What is not a
  /// whole line comes when `run` returns, else when the store goes, on the thread that
  /// deletes it; a line of more than 64 KiB comes in pieces.
  template <class F> Wasi& stdout_lines(F&& write) {
    return output(witrt_wasi_set_stdout_callback, true, std::forward<F>(write));
  }
  /// The same for standard error.
  template <class F> Wasi& stderr_lines(F&& write) {
    return output(witrt_wasi_set_stderr_callback, true, std::forward<F>(write));
  }
  /// Gives a folder of the host's, under the name `guest`, to be read, or also to be
  /// written: one of `witrt_wasi_access_enum`. Guests cannot leave it.
  Wasi& preopen_dir(detail::HostText host, detail::HostText guest,
                    witrt_wasi_access_t access = WITRT_WASI_READ) {
    return check(witrt_wasi_preopen_dir(get(), host.get(), guest.get(), access));
  }
  /// Permits connections to an address, and to listen there for whoever connects:
  /// `127.0.0.1:8080`, `[::1]`, `10.0.0.0/8`. See `witrt_wasi_allow_address`.
  Wasi& allow_address(detail::HostText address) {
    return check(witrt_wasi_allow_address(get(), address.get()));
  }
  /// Permits all addresses.
  Wasi& allow_network() { return check(witrt_wasi_allow_network(get())); }
  /// Permits to look up which addresses names have.
  Wasi& allow_name_lookup() { return check(witrt_wasi_allow_name_lookup(get())); }
  /// Clocks that are the same in each run, in nanoseconds: see
  /// `witrt_wasi_set_clocks`.
  Wasi& clocks(std::uint64_t start, std::uint64_t step) {
    return check(witrt_wasi_set_clocks(get(), start, step));
  }
  /// Random numbers that are the same in each run.
  Wasi& random_seed(std::uint64_t seed) { return check(witrt_wasi_set_random_seed(get(), seed)); }
  /// How many handles an instance may have at once. Default: 512.
  Wasi& max_handles(std::size_t handles) {
    return check(witrt_wasi_set_max_handles(get(), handles));
  }

  /// What could not be given, if anything: the first.
  const std::optional<Error>& error() const noexcept { return error_; }

 private:
  Wasi& check(bool ok) {
    if (!ok && !error_) error_ = Error::last();
    return *this;
  }
  template <class F, class Set> Wasi& give(F&& callable, Set set) {
    auto owned = std::make_unique<std::decay_t<F>>(std::forward<F>(callable));
    bool ok = set(owned.get(), [](void* env) { delete static_cast<std::decay_t<F>*>(env); });
    if (ok) (void)owned.release();
    return check(ok);
  }
  template <class Set, class F> Wasi& output(Set set, bool by_line, F&& write) {
    return give<F>(std::forward<F>(write), [&](void* env, void (*end)(void*)) {
      return set(get(), writes<std::decay_t<F>>, by_line, env, end);
    });
  }
  template <class F> static std::size_t reads(void* env, char* room, std::size_t size) noexcept {
#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
    try {
      return (*static_cast<F*>(env))(room, size);
    } catch (...) {
      return (std::numeric_limits<std::size_t>::max)();
    }
#else
    return (*static_cast<F*>(env))(room, size);
#endif
  }
  template <class F> static bool writes(void* env, const char* data, std::size_t size) noexcept {
#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
    try {
      return (*static_cast<F*>(env))(std::string_view(data, size));
    } catch (...) {
      return false;
    }
#else
    return (*static_cast<F*>(env))(std::string_view(data, size));
#endif
  }
  std::optional<Error> error_;
};

inline Result<void> StoreRef::set_wasi(const Wasi& wasi) const {
  if (wasi.error()) return *wasi.error();
  witrt_error_t* error = nullptr;
  bool ok = witrt_store_set_wasi(get(), wasi.get(), &error);
  return detail::done(ok, error);
}

WITRT_END

#endif
