// Calls with C++ types. Part of witrt.hh.

#ifndef WITRT_TYPED_HH
#define WITRT_TYPED_HH

#include "slot.hh"

WITRT_BEGIN

namespace detail {

class PreparedRef : public View<witrt_prepared_t> {
 public:
  using View::View;
};

/// The slots of a call's results, and where these go.
template <class Tuple> class Outs;
template <class... T> class Outs<std::tuple<T...>> {
 public:
  explicit Outs(std::tuple<T...>& out) noexcept : out_(out), slots_{} {
    offer(std::index_sequence_for<T...>());
  }
  witrt_slot_t* slots() noexcept { return slots_.data(); }
  /// They are there.
  void take() noexcept { take(std::index_sequence_for<T...>()); }

 private:
  template <std::size_t... I> void offer(std::index_sequence<I...>) noexcept {
    (Slot<T>::offer(slots_[I], std::get<I>(out_)), ...);
  }
  template <std::size_t... I> void take(std::index_sequence<I...>) noexcept {
    (Slot<T>::take(slots_[I], std::get<I>(out_)), ...);
  }
  std::tuple<T...>& out_;
  typename Slots<T...>::Array slots_;
};

template <class T> using Plain = std::remove_cv_t<std::remove_reference_t<T>>;

/// The kind that a type has there; none where it has fewer.
inline wasm_valkind_t wanted(const List<ValTypeRef>& list, std::size_t index) noexcept {
  return index < list.size() ? list[index].kind() : no_kind;
}

}  // namespace detail

/// A function whose signature was checked once, when this was made. A call
/// checks and builds nothing more: numbers are put where they are read, text
/// goes straight from where it lies into the guest's memory, and the text of a
/// result straight into the string that is returned, which is the only thing
/// that is allocated.
///
/// Parameters are
///
///     integers of 8 to 64 bits    s8 to u64; those of 32 and 64 bits also
///                                 i32 and i64
///     float, double               f32, f64
///     std::string_view, std::u16string_view, std::u32string_view,
///     std::u8string_view          a string; also the owning types
///     Latin1View                  a string in Latin-1
///     StringRef                   a string that the library has
///     AnyRef, FuncRef             externref (or funcref), funcref
///
/// and results the numbers, the owning strings, `String` (which copies nothing
/// until it is read), `Ref` and `Func`; `std::tuple` for several, `void` for
/// none.
///
/// It keeps the function, and its store. One thread at a time, as the store. It
/// may be called while it is being called, by a host function.
template <class R, class... A> class TypedFunc<R(A...)> {
  template <class T> using Slot = detail::Slot<detail::Plain<T>>;
  using Tuple = typename detail::ResultsOf<R>::Tuple;

 public:
  /// Empty: a call fails.
  TypedFunc() noexcept = default;

  /// Checks the function. Where it has another type, the error tells both.
  static Result<TypedFunc> make(FuncRef func) { return make(func, static_cast<Tuple*>(nullptr)); }

  /// Calls it. Text is borrowed for the call.
  Result<R> call(A... args) const {
    typename detail::Slots<A...>::Array in{};
    put(in, std::index_sequence_for<A...>(), args...);
    Tuple results;
    detail::Outs<Tuple> outs(results);
    witrt_error_t* error = nullptr;
    bool ok = witrt_prepared_call(prepared_.get(), in.data(), outs.slots(), &error);
    // Also what other results there are where a text had no room; else they are zero.
    outs.take();
    if (!ok) return Error::from_raw(error);
    if constexpr (std::is_void_v<R>) return {};
    else return detail::ResultsOf<R>::from(std::move(results));
  }

#if defined(WITRT_EXCEPTIONS)
  /// Calls it; throws what went wrong.
  R operator()(A... args) const { return call(std::forward<A>(args)...).unwrap(); }
#endif

  explicit operator bool() const noexcept { return static_cast<bool>(prepared_); }

 private:
  template <class... T> static Result<TypedFunc> make(FuncRef func, std::tuple<T...>*) {
    static_assert((Slot<A>::known && ...), "a parameter has a type that no value has");
    static_assert((Slot<T>::known && ...), "a result has a type that no value has");
    static_assert((Slot<T>::is_result && ...), "a result has to own what it holds: std::string, Ref");
    FuncType type = func.type();
    if (!type) return Error::last();
    auto kinds = params(type, std::index_sequence_for<A...>());
    auto out = results<T...>(type, std::index_sequence_for<T...>());
    witrt_error_t* error = nullptr;
    TypedFunc typed;
    typed.prepared_.reset(witrt_func_prepare(func.get(), kinds.data(), sizeof...(A), out.data(),
                                             sizeof...(T), &error));
    if (!typed) return Error::from_raw(error);
    return typed;
  }
  template <std::size_t... I>
  static auto params(FuncTypeRef type, std::index_sequence<I...>) noexcept {
    (void)type;
    return typename detail::Slots<A...>::Kinds{Slot<A>::wants(detail::wanted(type.params(), I))...};
  }
  template <class... T, std::size_t... I>
  static auto results(FuncTypeRef type, std::index_sequence<I...>) noexcept {
    (void)type;
    return
      typename detail::Slots<T...>::Kinds{Slot<T>::result(detail::wanted(type.results(), I))...};
  }
  template <std::size_t... I>
  static void put(typename detail::Slots<A...>::Array& in, std::index_sequence<I...>,
                  const detail::Plain<A>&... args) noexcept {
    (void)in;
    (Slot<A>::put(in[I], args), ...);
  }

  Owned<detail::PreparedRef> prepared_;
};

template <class F> Result<TypedFunc<F>> FuncRef::typed() const { return TypedFunc<F>::make(*this); }

WITRT_END

#endif
