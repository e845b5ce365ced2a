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

template <class T> struct IsTuple : std::false_type {};
template <class... T> struct IsTuple<std::tuple<T...>> : std::bool_constant<(sizeof...(T) > 0)> {};

/// Fails to compile, and names `T`, where it cannot be what it is to be.
template <class T> struct Needs {
  static constexpr void param() {
    if constexpr (!Slot<T>::known) (void)Shape<T>::get();
  }
  static constexpr void result() {
    if constexpr (!Slot<T>::known) (void)Shape<T>::get();
    else static_assert(Slot<T>::is_result, "a result has to own what it holds: std::string, Ref");
  }
  static constexpr void host_param() {
    if constexpr (!Slot<T>::known) (void)Shape<T>::get();
    else
      static_assert(ArgOf<T>::known,
                    "an argument of a host function has to own what it holds, or be a view of "
                    "const elements that are plain");
  }
};

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
/// and of components, however deep in each other,
///
///     bool, char32_t              bool, char
///     enumerations                enum, flags: the cases by number, and bits
///     std::vector, std::array, Span, std::span
///                                 list; of text, too: std::vector<std::string_view>; an
///                                 array is one of its length only
///     aggregates with WITRT_FIELDS
///                                 record
///     std::tuple, std::pair       tuple, and record
///     std::optional               option
///     std::variant                variant, with std::monostate for a case without payload
///     Result<T, E>                result, with void for what holds nothing
///     ResourceRef, Resource       a resource that is lent, and given away
///
/// and results the numbers, the owning strings, `String` (which copies nothing
/// until it is read), `Ref` and `Func`, and of the latter those that own what they
/// hold; `void` for none. `std::tuple` is a tuple or record, or several results,
/// whichever the function has.
///
/// Arguments are read where they are, and results written to where they belong: no
/// value lies anywhere else in between, and nothing is allocated but by the
/// containers of a result, each once; a result with resources is made as a tree first.
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
    witrt_error_t* error = nullptr;
    if constexpr (std::is_same_v<Tuple, std::tuple<R>>) {
      // Where it is returned: nothing is moved.
      Result<R> result(std::in_place);
      witrt_slot_t out{};
      Slot<R>::offer(out, *result);
      bool ok = witrt_prepared_call(prepared_.get(), in.data(), &out, &error);
      Slot<R>::take(out, *result);
      if (!ok) result = Error::from_raw(error);
      return result;
    } else {
      return several(in, error);
    }
  }

#if defined(WITRT_EXCEPTIONS)
  /// Calls it; throws what went wrong.
  R operator()(A... args) const { return call(std::forward<A>(args)...).unwrap(); }
#endif

  explicit operator bool() const noexcept { return static_cast<bool>(prepared_); }

 private:
  /// A call with no result, or with those of a tuple.
  Result<R> several(const typename detail::Slots<A...>::Array& in, witrt_error_t* error) const {
    Tuple results;
    if constexpr (is_tuple) {
      if (is_whole_) {
        witrt_slot_t out{};
        out.buffer = {&results, sizeof results};
        if (!witrt_prepared_call(prepared_.get(), in.data(), &out, &error))
          return Error::from_raw(error);
        return results;
      }
    }
    detail::Outs<Tuple> outs(results);
    bool ok = witrt_prepared_call(prepared_.get(), in.data(), outs.slots(), &error);
    // Also what other results there are where a text had no room; else they are zero.
    outs.take();
    if (!ok) return Error::from_raw(error);
    if constexpr (std::is_void_v<R>) return {};
    else return detail::ResultsOf<R>::from(std::move(results));
  }

  template <class... T> static Result<TypedFunc> make(FuncRef func, std::tuple<T...>*) {
    (void)std::initializer_list<int>{(detail::Needs<detail::Plain<A>>::param(), 0)...,
                                     (detail::Needs<T>::result(), 0)...};
    FuncType type = func.type();
    if (!type) return Error::last();
    TypedFunc typed;
    if constexpr (is_tuple) typed.is_whole_ = detail::is_whole(type);
    auto fields = params(type, std::index_sequence_for<A...>());
    auto out = results<T...>(type, std::index_sequence_for<T...>());
    std::size_t count = sizeof...(T);
    if constexpr (is_tuple) {
      if (typed.is_whole_) {
        out[0] = whole<R>();
        count = 1;
      }
    }
    witrt_error_t* error = nullptr;
    typed.prepared_.reset(witrt_func_prepare_fields(func.get(), fields.data(), sizeof...(A),
                                                    out.data(), count, &error));
    if (!typed) return Error::from_raw(error);
    return typed;
  }
  /// A tuple that is one result; none of a tuple that never is.
  template <class W> static witrt_field_t whole() {
    if constexpr (detail::Shape<W>::known) return detail::same(detail::Shape<W>::get(), sizeof(W));
    else return WITRT_PLAIN(WASM_NONE);
  }
  template <std::size_t... I>
  static auto params(FuncTypeRef type, std::index_sequence<I...>) {
    (void)type;
    return typename detail::Slots<A...>::Fields{
      detail::param_field<detail::Plain<A>>(detail::wanted(type.params(), I))...};
  }
  template <class... T, std::size_t... I>
  static auto results(FuncTypeRef type, std::index_sequence<I...>) {
    (void)type;
    return typename detail::Slots<T...>::Fields{
      detail::result_field<T>(detail::wanted(type.results(), I))...};
  }
  template <std::size_t... I>
  static void put(typename detail::Slots<A...>::Array& in, std::index_sequence<I...>,
                  const detail::Plain<A>&... args) noexcept {
    (void)in;
    (Slot<A>::put(in[I], args), ...);
  }

  static constexpr bool is_tuple = detail::IsTuple<R>::value;
  Owned<detail::PreparedRef> prepared_;
  /// Whether the tuple is one result.
  bool is_whole_ = false;
};

template <class F> Result<TypedFunc<F>> FuncRef::typed() const { return TypedFunc<F>::make(*this); }

WITRT_END

#endif
