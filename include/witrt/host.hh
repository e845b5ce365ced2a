// Host functions of any callable. Part of witrt.hh.

#ifndef WITRT_HOST_HH
#define WITRT_HOST_HH

#include <atomic>
#include <exception>

#include "typed.hh"

WITRT_BEGIN

namespace detail {

/// The signature of a callable.
template <class F> struct Signature : Signature<decltype(&F::operator())> {};
template <class R, class... A> struct Signature<R(A...)> { using Type = R(A...); };
template <class R, class... A> struct Signature<R(A...) noexcept> : Signature<R(A...)> {};
template <class R, class... A> struct Signature<R (*)(A...)> : Signature<R(A...)> {};
template <class R, class... A> struct Signature<R (*)(A...) noexcept> : Signature<R(A...)> {};
template <class C, class R, class... A> struct Signature<R (C::*)(A...)> : Signature<R(A...)> {};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...) const> : Signature<R(A...)> {};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...) noexcept> : Signature<R(A...)> {};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...) const noexcept> : Signature<R(A...)> {};

template <class T> struct IsResult : std::false_type {};
template <class T> struct IsResult<Result<T>> : std::true_type {};

inline wasm_trap_t* trap_of(const witrt_caller_t* caller, std::string_view message) noexcept {
  return witrt_caller_trap(caller, message.data(), message.size());
}
inline wasm_trap_t* trap_of(const witrt_caller_t* caller, const Error& error) noexcept {
  if (error.trap()) return error.trap().copy().release();
  return trap_of(caller, error.message());
}

/// A callable behind one or more functions of the store, and the functions'
/// count.
template <class F, class Type> class Host;
template <class F, class R, class... A> class Host<F, R(A...)> {
  template <class T> using Slot = detail::Slot<Plain<T>>;
  using Tuple = typename ResultsOf<Plain<R>>::Tuple;
  template <class T> struct Give;

 public:
  template <class G> explicit Host(G&& callable) : callable_(std::forward<G>(callable)) {}

  void keep() noexcept { owners_.fetch_add(1, std::memory_order_relaxed); }
  static void drop(void* env) {
    Host* host = static_cast<Host*>(env);
    if (host->owners_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete host;
  }

  template <class T> static constexpr bool core() noexcept {
    if constexpr (Slot<T>::known) return Slot<T>::has_core;
    else return false;
  }
  /// Whether core kinds would make another function of it.
  static constexpr bool has_core() noexcept {
    return (core<Plain<A>>() || ...) || Give<Tuple>::has_core;
  }
  /// Whether there are values that only components have, so that a type has to be told.
  static constexpr bool has_parts() noexcept {
    return (is_described<Plain<A>> || ...) || Give<Tuple>::has_parts;
  }
  /// A function with these kinds where there is a choice, and of this type, if one is
  /// told; `this` has one more owner if it was made.
  template <class Wanted>
  wasm_func_t* make(StoreRef store, Wanted wanted, FuncTypeRef type, witrt_error_t** error) {
    (void)std::initializer_list<int>{(Needs<Plain<A>>::host_param(), 0)...};
    std::size_t index = 0;
    is_whole_ = IsTuple<Plain<R>>::value && type && is_whole(type);
    wasm_func_t* func;
    // A type that is told says how values cross, also where kinds would do.
    if (has_parts() || is_whole_ || type) {
      const typename Slots<A...>::Fields params = {field<Plain<A>>(wanted(false, index++))...};
      const auto results = Give<Tuple>::fields(wanted);
      const witrt_field_t whole = whole_field<Tuple>();
      func = witrt_func_new_with_fields(
        store.get(), type.get(), params.data(), sizeof...(A), is_whole_ ? &whole : results.data(),
        is_whole_ ? 1 : std::tuple_size_v<Tuple>, &Host::call, this, &Host::drop, error);
    } else {
      const typename Slots<A...>::Kinds params = {kind<Plain<A>>(wanted(false, index++))...};
      const auto results = Give<Tuple>::kinds(wanted);
      func = witrt_func_new_with_slots(store.get(), params.data(), sizeof...(A), results.data(),
                                       std::tuple_size_v<Tuple>, &Host::call, this, &Host::drop,
                                       error);
    }
    if (func) keep();
    return func;
  }

 private:
  static wasm_trap_t* call(void* env, const witrt_caller_t* caller, const witrt_slot_t* args,
                           witrt_slot_t* results) noexcept {
    Host* host = static_cast<Host*>(env);
#if WITRT_CATCHES
    try {
      return host->run({caller, results}, args, std::index_sequence_for<A...>());
    } catch (const Error& error) {
      return trap_of(caller, error);
    } catch (const std::exception& exception) {
      return trap_of(caller, std::string_view(exception.what()));
    } catch (...) {
      return trap_of(caller, std::string_view("a C++ exception that is no std::exception"));
    }
#else
    return host->run({caller, results}, args, std::index_sequence_for<A...>());
#endif
  }
  template <std::size_t... I>
  wasm_trap_t* run(Results results, const witrt_slot_t* args, std::index_sequence<I...>) {
    (void)args;
    if constexpr ((is_made<Plain<A>> || ...)) {
      std::tuple<Plain<A>...> made;
      bool ok = true;
      // Each is put where it is wanted.
      ((ok = ok && get(results.caller, args, I, std::get<I>(made))), ...);
      if (!ok) return trap_of(results.caller, Error::last());
      if constexpr (std::is_void_v<R>) {
        callable_(static_cast<A&&>(std::get<I>(made))...);
        return nullptr;
      } else {
        return give(results, callable_(static_cast<A&&>(std::get<I>(made))...));
      }
    } else if constexpr (std::is_void_v<R>) {
      callable_(ArgOf<Plain<A>>::get(args[I])...);
      return nullptr;
    } else {
      return give(results, callable_(ArgOf<Plain<A>>::get(args[I])...));
    }
  }
  template <class T> static constexpr bool is_made = ArgOf<T>::is_made;
  template <class T>
  static bool get(const witrt_caller_t* caller, const witrt_slot_t* args, std::size_t index, T& out) {
    if constexpr (is_made<T>) return witrt_caller_argument(caller, index, &out);
    else return out = ArgOf<T>::get(args[index]), true;
  }
  template <class T> static witrt_slot_kind_t kind(wasm_valkind_t wanted) {
    (void)wanted;
    if constexpr (is_described<T>) return WASM_NONE;
    else return Slot<T>::wants(wanted);
  }
  template <class T> static witrt_field_t field(wasm_valkind_t wanted) {
    if constexpr (is_described<T>) return ArgOf<T>::field();
    else return WITRT_PLAIN(kind<T>(wanted));
  }
  template <class T> static witrt_field_t result(wasm_valkind_t wanted) {
    if constexpr (!Slot<T>::known) return Shape<T>::get();
    else if constexpr (is_described<T>) return Slot<T>::field();
    else return WITRT_PLAIN(kind<T>(wanted));
  }
  template <class T> static witrt_field_t whole_field() {
    if constexpr (Shape<T>::known) return same(Shape<T>::get(), sizeof(T));
    else return WITRT_PLAIN(WASM_NONE);
  }
  template <class T> wasm_trap_t* give(Results results, T&& value) {
    if constexpr (IsResult<Plain<T>>::value) {
      if (!value.ok()) return trap_of(results.caller, value.err());
      if constexpr (std::tuple_size_v<Tuple> == 0) return nullptr;
      else return give(results, std::move(value).unwrap());
    } else {
      bool ok;
      if constexpr (IsTuple<Plain<T>>::value && Shape<Plain<T>>::known) {
        if (is_whole_) ok = Slot<Plain<T>>::give(results, 0, value);
        else ok = Give<Tuple>::all(results, Tuple(std::forward<T>(value)));
      } else if constexpr (std::is_same_v<Plain<T>, Tuple>) {
        ok = Give<Tuple>::all(results, Tuple(std::forward<T>(value)));
      } else {
        ok = Slot<T>::give(results, 0, std::forward<T>(value));
      }
      return ok ? nullptr : trap_of(results.caller, Error::last());
    }
  }

  template <class... T> struct Give<std::tuple<T...>> {
    static constexpr bool has_core = (core<T>() || ...);
    static constexpr bool has_parts = (is_described<T> || ...);
    template <class Wanted> static auto kinds(Wanted wanted) noexcept {
      std::size_t index = 0;
      (void)wanted, (void)index;
      return typename Slots<T...>::Kinds{kind<T>(wanted(true, index++))...};
    }
    template <class Wanted> static auto fields(Wanted wanted) {
      std::size_t index = 0;
      (void)wanted, (void)index;
      return typename Slots<T...>::Fields{result<T>(wanted(true, index++))...};
    }
    static bool all(Results results, std::tuple<T...>&& tuple) {
      return all(results, std::move(tuple), std::index_sequence_for<T...>());
    }
    template <std::size_t... I>
    static bool all(Results results, std::tuple<T...>&& tuple, std::index_sequence<I...>) {
      (void)results, (void)tuple;
      // What was given before one that fails is given up with the trap.
      return (Slot<T>::give(results, I, std::move(std::get<I>(tuple))) && ...);
    }
  };

  std::atomic<std::size_t> owners_{1};
  /// Whether the tuple is one result.
  bool is_whole_ = false;
  F callable_;
};

/// A `Host` that is given up by this, once functions own it.
template <class F> class HostOwner {
 public:
  using Type = Host<std::decay_t<F>, typename Signature<std::decay_t<F>>::Type>;
  explicit HostOwner(F&& callable) : host_(new Type(std::forward<F>(callable))) {}
  HostOwner(const HostOwner&) = delete;
  HostOwner& operator=(const HostOwner&) = delete;
  ~HostOwner() { Type::drop(host_); }

  /// A function of interface kinds; or, with `any_core`, of core kinds as far as
  /// there are.
  Result<Func> make(StoreRef store, wasm_valkind_t kind = no_kind) {
    if constexpr (Type::has_parts()) {
      return Error("what a component's values are is told by a type only: take that of the "
                   "import, for Func::wrap or Linker::define_func",
                   WITRT_ERROR_WRONG_KIND);
    }
    return make_(store, [=](bool, std::size_t) { return kind; }, FuncTypeRef());
  }
  /// A function of the kinds of a type.
  Result<Func> make(StoreRef store, FuncTypeRef type) {
    auto kinds = [=](bool result, std::size_t index) {
      return wanted(result ? type.results() : type.params(), index);
    };
    return make_(store, kinds, type);
  }

 private:
  template <class Wanted> Result<Func> make_(StoreRef store, Wanted wanted, FuncTypeRef type) {
    witrt_error_t* error = nullptr;
    wasm_func_t* func = host_->make(store, wanted, type, &error);
    return owned<FuncRef>(func, error);
  }
  Type* host_;
};

}  // namespace detail

template <class F> Result<Func> FuncRef::wrap(StoreRef store, F&& callable) {
  return detail::HostOwner<F>(std::forward<F>(callable)).make(store);
}

template <class F> Result<Func> FuncRef::wrap(StoreRef store, FuncTypeRef type, F&& callable) {
  return detail::HostOwner<F>(std::forward<F>(callable)).make(store, type);
}

WITRT_END

#endif
