// Configurations, engines and stores. Part of witrt.hh.

#ifndef WITRT_ENGINE_HH
#define WITRT_ENGINE_HH

#include <functional>

#include "error.hh"

WITRT_BEGIN

namespace detail {

/// A callable that C calls, by a pointer to it that C gives up. Nothing may leave
/// it: an exception is the fallback.
template <class F> struct Called {
  static void drop(void* env) { delete static_cast<F*>(env); }
  template <class R, class... A> static R run(void* env, R fallback, A... args) noexcept {
#if WITRT_CATCHES
    try {
      return (*static_cast<F*>(env))(args...);
    } catch (...) {
      return fallback;
    }
#else
    (void)fallback;
    return (*static_cast<F*>(env))(args...);
#endif
  }
};

}  // namespace detail

/// The options of an engine, which all have defaults. Used by one thread at a
/// time, and consumed by the engine that is made of it. A number that is out of
/// range makes the engine fail.
class Config : public Owned<View<wasm_config_t>> {
 public:
  Config() { reset(wasm_config_new()); }

  /// The encoding of the host's own text, for what asks in no particular one:
  /// one of `wasm_encoding_enum`. Default: UTF-8.
  Config& host_encoding(wasm_encoding_t encoding) {
    return check(witrt_config_set_host_encoding(get(), encoding));
  }
  /// What becomes of ill-formed text: one of `witrt_ill_formed_enum`. Default:
  /// it is refused.
  Config& ill_formed(witrt_ill_formed_t rule) {
    return check(witrt_config_set_ill_formed(get(), rule));
  }
  /// Counts what guests execute: see `Store::set_fuel`. Default: off.
  Config& consume_fuel(bool on = true) { return check(witrt_config_set_consume_fuel(get(), on)); }
  /// Stops guests at a deadline: see `Store::set_epoch_deadline`. Default: off.
  Config& epoch_interruption(bool on = true) {
    return check(witrt_config_set_epoch_interruption(get(), on));
  }
  /// The most bytes that one linear memory may have.
  Config& max_memory_bytes(std::size_t bytes) {
    return check(witrt_config_set_max_memory_bytes(get(), bytes));
  }
  /// The most elements that one table may have.
  Config& max_table_elements(std::size_t elements) {
    return check(witrt_config_set_max_table_elements(get(), elements));
  }
  /// The most instances, and memories and tables, that one store may have.
  Config& max_instances(std::size_t instances) {
    return check(witrt_config_set_max_instances(get(), instances));
  }
  /// How many bytes of the host's stack guests may use. Default: 256 KiB.
  Config& max_stack_bytes(std::size_t bytes) {
    return check(witrt_config_set_max_stack_bytes(get(), bytes));
  }
  /// Compiles on several threads. Default: on.
  Config& parallel_compilation(bool on) {
    return check(witrt_config_set_parallel_compilation(get(), on));
  }
  /// How hard the compiler works: one of `witrt_opt_level_enum`.
  Config& opt_level(witrt_opt_level_t level) {
    return check(witrt_config_set_opt_level(get(), level));
  }
  /// Keeps compiled code in this folder. Default: nowhere.
  Config& cache_dir(const std::string& path) {
    return check(witrt_config_set_cache_dir(get(), path.c_str()));
  }
  /// Sets memory aside for this many instances at once. Default: none.
  Config& pooling(std::uint32_t instances) {
    return check(witrt_config_set_pooling(get(), instances));
  }
  /// Which back end runs adapters: one of `witrt_back_end_enum`. Both mean the
  /// same.
  Config& back_end(witrt_back_end_t back_end) {
    return check(witrt_config_set_back_end(get(), back_end));
  }
  /// Gives a line of text to a callable for each call of an export,
  /// `call greet("Zoë", 3)`, and of an import, `import env.log(7)`. Any
  /// thread that calls may be in it. Default: none, which costs
  /// calls nothing.
  Config& trace(std::function<void(std::string_view)> to) {
    using To = std::function<void(std::string_view)>;
    auto owned = std::make_unique<To>(std::move(to));
    auto tell = [](void* env, const char* line, std::size_t size) {
      auto told = [env](std::string_view text) { return (*static_cast<To*>(env))(text), true; };
      (void)detail::Called<decltype(told)>::run(&told, false, std::string_view(line, size));
    };
    bool ok = witrt_config_set_trace(get(), tell, owned.get(), detail::Called<To>::drop);
    if (ok) (void)owned.release();
    return check(ok);
  }

 private:
  friend class Engine;
  Config& check(bool ok) {
    if (!ok && !error_) error_ = Error::last();
    return *this;
  }
  std::optional<Error> error_;
};

/// Compiles modules and makes stores. Copies are the same engine; any thread
/// may use it, and several at once. It may go before what was made with it.
class Engine {
 public:
  /// An engine with the default configuration.
  Engine() : Engine(wasm_engine_new()) {}
  /// An engine with this configuration; the error tells which options do not go
  /// together, or cannot be had here.
  static Result<Engine> make(Config config) {
    if (config.error_) return *config.error_;
    witrt_error_t* error = nullptr;
    Engine engine(witrt_engine_new_with_config(config.release(), &error));
    if (!engine) return Error::from_raw(error);
    return engine;
  }
  /// Takes a handle of the C API.
  static Engine from_raw(wasm_engine_t* raw) { return Engine(raw); }

  wasm_engine_t* get() const noexcept { return raw_.get(); }
  explicit operator bool() const noexcept { return raw_ != nullptr; }
  /// Moves the epoch of all its stores on by one tick, which is how deadlines
  /// come to pass.
  void increment_epoch() const noexcept { witrt_engine_increment_epoch(get()); }

 private:
  explicit Engine(wasm_engine_t* raw) : raw_(raw, wasm_engine_delete) {}
  std::shared_ptr<wasm_engine_t> raw_;
};

class Wasi;

/// A store, borrowed.
class StoreRef : public View<wasm_store_t> {
 public:
  using View::View;

  /// Gives its guests what WASI has for them: instances that are made from now on. It
  /// fails where something could not be given.
  Result<void> set_wasi(const Wasi& wasi) const;
  /// Gives its guests so much fuel, in place of what is left. A new store has
  /// none. It fails where the engine does not count fuel.
  Result<void> set_fuel(std::uint64_t fuel) const {
    return detail::done(witrt_store_set_fuel(get(), fuel));
  }
  /// The fuel that is left.
  Result<std::uint64_t> fuel() const {
    std::uint64_t fuel = 0;
    if (!witrt_store_get_fuel(get(), &fuel)) return Error::last();
    return fuel;
  }
  /// Stops its guests when the engine's epoch has moved on by so many ticks
  /// from now.
  Result<void> set_epoch_deadline(std::uint64_t ticks) const {
    return detail::done(witrt_store_set_epoch_deadline(get(), ticks));
  }
  /// Has a callable asked when the deadline has come to pass: for how many ticks the
  /// guest may go on, or zero to stop it. It cannot use the store; what it throws is
  /// zero. An empty one asks nobody.
  Result<void> set_epoch_callback(std::function<std::uint64_t()> callback) const {
    using Ask = std::function<std::uint64_t()>;
    if (!callback)
      return detail::done(witrt_store_set_epoch_callback(get(), nullptr, nullptr, nullptr));
    auto owned = std::make_unique<Ask>(std::move(callback));
    auto ask = [](void* env) { return detail::Called<Ask>::run(env, std::uint64_t{0}); };
    bool ok = witrt_store_set_epoch_callback(get(), ask, owned.get(), detail::Called<Ask>::drop);
    if (ok) (void)owned.release();
    return detail::done(ok);
  }
  /// The most bytes that one linear memory of this store may have, in place of the
  /// engine's limit.
  Result<void> set_max_memory_bytes(std::size_t bytes) const {
    return detail::done(witrt_store_set_max_memory_bytes(get(), bytes));
  }
  /// The most elements that one table of this store may have.
  Result<void> set_max_table_elements(std::size_t elements) const {
    return detail::done(witrt_store_set_max_table_elements(get(), elements));
  }
  /// The most instances that this store may have, and no more than the engine was made
  /// for.
  Result<void> set_max_instances(std::size_t instances) const {
    return detail::done(witrt_store_set_max_instances(get(), instances));
  }
  /// Pays what is owed to guests now rather than before the next call; fails
  /// where one of these calls traps.
  Result<void> settle() const {
    witrt_error_t* error = nullptr;
    bool ok = witrt_store_settle(get(), &error);
    return detail::done(ok, error);
  }
};

/// Holds instances and all that belongs to them. One thread at a time may use
/// it and its objects; another one that comes meanwhile gets
/// `WITRT_ERROR_STORE_BUSY`. Objects keep their store: this may go before them.
class Store : public Owned<StoreRef> {
 public:
  /// Empty.
  Store() noexcept = default;
  explicit Store(const Engine& engine) { reset(wasm_store_new(engine.get())); }
};

inline Trap TrapRef::make(StoreRef store, std::string_view message) {
  wasm_message_t raw;
  wasm_byte_vec_new(&raw, message.size(), message.data());
  Trap trap = Trap::from_raw(wasm_trap_new(store.get(), &raw));
  wasm_byte_vec_delete(&raw);
  return trap;
}

WITRT_END

#endif
