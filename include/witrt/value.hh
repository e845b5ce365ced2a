// What of a component's values C++ types are. Part of witrt.hh.

#ifndef WITRT_VALUE_HH
#define WITRT_VALUE_HH

#include <array>
#include <cstring>
#include <tuple>
#include <vector>

#include "val.hh"

/// Says that an aggregate is a record: its members in the order of the record's fields,
/// under whatever names. It stands in the namespace of the type, after it.
///
///     struct item { std::string name; std::uint32_t qty; };
///     WITRT_FIELDS(item, name, qty)
#define WITRT_FIELDS(type, ...)                                                     \
  [[maybe_unused]] inline auto witrt_fields([[maybe_unused]] const type* of) {      \
    return std::make_tuple(WITRT_EACH_(WITRT_MEMBER_, type, __VA_ARGS__));          \
  }
#define WITRT_MEMBER_(type, member) &type::member
#define WITRT_EACH_(f, type, ...)                                                                 \
  WITRT_PICK_(__VA_ARGS__, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, \
              5, 4, 3, 2, 1, 0)(f, type, __VA_ARGS__)
#define WITRT_PICK_(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, count, ...) \
  WITRT_EACH##count##_
#define WITRT_EACH1_(f, t, a) f(t, a)
#define WITRT_EACH2_(f, t, a, ...) f(t, a), WITRT_EACH1_(f, t, __VA_ARGS__)
#define WITRT_EACH3_(f, t, a, ...) f(t, a), WITRT_EACH2_(f, t, __VA_ARGS__)
#define WITRT_EACH4_(f, t, a, ...) f(t, a), WITRT_EACH3_(f, t, __VA_ARGS__)
#define WITRT_EACH5_(f, t, a, ...) f(t, a), WITRT_EACH4_(f, t, __VA_ARGS__)
#define WITRT_EACH6_(f, t, a, ...) f(t, a), WITRT_EACH5_(f, t, __VA_ARGS__)
#define WITRT_EACH7_(f, t, a, ...) f(t, a), WITRT_EACH6_(f, t, __VA_ARGS__)
#define WITRT_EACH8_(f, t, a, ...) f(t, a), WITRT_EACH7_(f, t, __VA_ARGS__)
#define WITRT_EACH9_(f, t, a, ...) f(t, a), WITRT_EACH8_(f, t, __VA_ARGS__)
#define WITRT_EACH10_(f, t, a, ...) f(t, a), WITRT_EACH9_(f, t, __VA_ARGS__)
#define WITRT_EACH11_(f, t, a, ...) f(t, a), WITRT_EACH10_(f, t, __VA_ARGS__)
#define WITRT_EACH12_(f, t, a, ...) f(t, a), WITRT_EACH11_(f, t, __VA_ARGS__)
#define WITRT_EACH13_(f, t, a, ...) f(t, a), WITRT_EACH12_(f, t, __VA_ARGS__)
#define WITRT_EACH14_(f, t, a, ...) f(t, a), WITRT_EACH13_(f, t, __VA_ARGS__)
#define WITRT_EACH15_(f, t, a, ...) f(t, a), WITRT_EACH14_(f, t, __VA_ARGS__)
#define WITRT_EACH16_(f, t, a, ...) f(t, a), WITRT_EACH15_(f, t, __VA_ARGS__)
#define WITRT_EACH17_(f, t, a, ...) f(t, a), WITRT_EACH16_(f, t, __VA_ARGS__)
#define WITRT_EACH18_(f, t, a, ...) f(t, a), WITRT_EACH17_(f, t, __VA_ARGS__)
#define WITRT_EACH19_(f, t, a, ...) f(t, a), WITRT_EACH18_(f, t, __VA_ARGS__)
#define WITRT_EACH20_(f, t, a, ...) f(t, a), WITRT_EACH19_(f, t, __VA_ARGS__)
#define WITRT_EACH21_(f, t, a, ...) f(t, a), WITRT_EACH20_(f, t, __VA_ARGS__)
#define WITRT_EACH22_(f, t, a, ...) f(t, a), WITRT_EACH21_(f, t, __VA_ARGS__)
#define WITRT_EACH23_(f, t, a, ...) f(t, a), WITRT_EACH22_(f, t, __VA_ARGS__)
#define WITRT_EACH24_(f, t, a, ...) f(t, a), WITRT_EACH23_(f, t, __VA_ARGS__)

WITRT_BEGIN

/// A resource of a component, or of the host's that a component holds a handle of,
/// borrowed.
class ResourceRef : public CopyView<ResourceRef, wasm_resource_t> {
 public:
  using CopyView::CopyView;

  /// A resource of the host's own, which is destroyed when neither the host nor a
  /// component holds it, on whichever thread that happens.
  template <class T> static Result<Owned<ResourceRef>> make(std::unique_ptr<T> object) {
    witrt_error_t* error = nullptr;
    wasm_resource_t* raw = wasm_resource_new(
      object.get(), [](void* data) { delete static_cast<T*>(data); }, &error);
    if (raw) (void)object.release();
    return detail::owned<ResourceRef>(raw, error);
  }
  /// The object that `make` was given, which has to be a `T`; null for a component's own.
  template <class T> T* data() const noexcept {
    return static_cast<T*>(wasm_resource_data(get()));
  }
  /// Whether both are the same resource.
  bool same(ResourceRef other) const noexcept { return wasm_resource_same(get(), other.get()); }
};
/// A handle of a resource. As an argument by value it is given away where the function
/// takes it, and lent as a `ResourceRef`.
using Resource = Owned<ResourceRef>;

/// A failure, to make a `Result<T, E>` of: `return Err(std::string("no"));`.
template <class E> struct Err { E error; };
template <class E> Err(E) -> Err<E>;

/// What a function of type `result` gives: a `T`, or an `E` that says why there is none;
/// `void` where it holds nothing. An `Error`, as opposed to that, says that there was no
/// call, or that it failed: a call gives a `Result<Result<T, E>>`.
template <class T, class E> class [[nodiscard]] Result {
  template <class U> using Held = std::conditional_t<std::is_void_v<U>, std::monostate, U>;

 public:
  using Value = Held<T>;
  using Failure = Held<E>;

  Result() : either_(std::in_place_index<0>) {}
  Result(Value value) : either_(std::in_place_index<0>, std::move(value)) {}
  template <class U> Result(Err<U> err) : either_(std::in_place_index<1>, std::move(err.error)) {}

  /// Whether there is a `T`.
  bool ok() const noexcept { return either_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }
  /// The `T`. Where there is none, that is an error as for a `Result<T>`.
  Value& operator*() & { return value(); }
  const Value& operator*() const& { return const_cast<Result*>(this)->value(); }
  Value&& operator*() && { return std::move(value()); }
  Value* operator->() { return &value(); }
  const Value* operator->() const { return &const_cast<Result*>(this)->value(); }
  /// Moves the `T` out.
  Value unwrap() && { return std::move(value()); }
  /// Why there is none; only where there is none.
  Failure& err() & { return failure(); }
  const Failure& err() const& { return const_cast<Result*>(this)->failure(); }
  Failure&& err() && { return std::move(failure()); }

  friend bool operator==(const Result& a, const Result& b) { return a.either_ == b.either_; }
  friend bool operator!=(const Result& a, const Result& b) { return !(a == b); }

 private:
  template <class, class> friend struct detail::Shape;
  Value& value() {
    if (!ok()) detail::fail(Error("the function gave an error"));
    return *std::get_if<0>(&either_);
  }
  Failure& failure() {
    if (ok()) detail::fail(Error("the function gave no error"));
    return *std::get_if<1>(&either_);
  }
  std::variant<Value, Failure> either_;
};

namespace detail {

/// How a type lies. Each specialization has
///
///     reads, writes   whether it can be an argument, and a result, of a call
///     get()           its description, which is made once
///
/// The primary one is of types that no value has.
template <class T, class> struct Shape {
  static constexpr bool known = false, reads = false, writes = false;
  static const witrt_field_t& get() {
    static_assert(!sizeof(T*),
                  "this type stands for no value of a component; for a struct, there is "
                  "WITRT_FIELDS");
    static const witrt_field_t none = WITRT_PLAIN(WASM_NONE);
    return none;
  }
};

inline witrt_field_t same(const witrt_field_t& field, std::size_t size, std::size_t offset = 0) {
  return {WITRT_SLOT_SAME, 0, offset, size, 0, 1, &field, nullptr};
}

/// One that is a kind, of the size of the type.
template <class T, witrt_slot_kind_t Kind> struct KindShape {
  static constexpr bool known = true, reads = true, writes = true;
  static const witrt_field_t& get() {
    static const witrt_field_t field = {Kind, 0, 0, sizeof(T), 0, 0, nullptr, nullptr};
    return field;
  }
};
template <class T> struct Shape<T, std::enable_if_t<is_int<T>>> : KindShape<T, int_kind<T>()> {};
template <class T>
struct Shape<T, std::enable_if_t<std::is_enum_v<T>>> : KindShape<T, WITRT_SLOT_NAMES> {};
template <> struct Shape<float> : KindShape<float, WASM_F32> {};
template <> struct Shape<double> : KindShape<double, WASM_F64> {};
template <> struct Shape<bool> : KindShape<bool, WASM_BOOL> {
  static_assert(sizeof(bool) == 1, "a bool is a byte");
};
template <> struct Shape<char32_t> : KindShape<char32_t, WASM_CHAR> {};
/// What a handle is: a pointer.
template <> struct Shape<Resource> : KindShape<Resource, WASM_OWN> {
  static_assert(sizeof(Resource) == sizeof(void*), "a handle is a pointer");
};
template <> struct Shape<ResourceRef> : KindShape<ResourceRef, WASM_BORROW> {
  static constexpr bool writes = false;
};

/// Whether `A` has `assign`.
template <class A, class T, class = void> struct assigns : std::false_type {};
template <class A, class T>
struct assigns<A, T, std::void_t<decltype(A::assign(std::declval<T&>(), nullptr, 0))>>
  : std::true_type {};

/// One that functions look at and make: `A` has `look` and, if `writes`, `make`; `assign`
/// where it need not make room before that is written.
template <class A, class T> const witrt_access_t* access() {
  static const witrt_access_t both = [] {
    witrt_access_t access = {nullptr, nullptr, nullptr};
    if constexpr (A::reads)
      access.look = [](const void* value, std::size_t* size) noexcept -> const void* {
        return A::look(*static_cast<const T*>(value), *size);
      };
    if constexpr (A::writes)
      access.make = [](void* value, std::size_t size) noexcept -> void* {
#if WITRT_CATCHES
        try {
          return A::make(*static_cast<T*>(value), size);
        } catch (...) {
          return nullptr;
        }
#else
        return A::make(*static_cast<T*>(value), size);
#endif
      };
    if constexpr (assigns<A, T>::value)
      access.assign = [](void* value, const void* from, std::size_t size) noexcept {
#if WITRT_CATCHES
        try {
          A::assign(*static_cast<T*>(value), from, size);
          return true;
        } catch (...) {
          return false;
        }
#else
        A::assign(*static_cast<T*>(value), from, size);
        return true;
#endif
      };
    return access;
  }();
  return &both;
}

template <class C, class T> struct StringShape {
  static constexpr bool known = Encoding<C>::known, reads = true;
  template <class A> static const witrt_field_t& of() {
    static const witrt_field_t field = {
      Encoding<C>::text, 0, 0, sizeof(T), 0, 0, nullptr, access<A, T>()};
    return field;
  }
  static const void* look(const T& text, std::size_t& size) noexcept {
    size = text.size();
    return text.data();
  }
};
template <class C>
struct Shape<std::basic_string_view<C>> : StringShape<C, std::basic_string_view<C>> {
  static constexpr bool writes = false;
  static const witrt_field_t& get() { return Shape::template of<Shape>(); }
};
template <class C> struct Shape<std::basic_string<C>> : StringShape<C, std::basic_string<C>> {
  static constexpr bool writes = true;
  static const witrt_field_t& get() { return Shape::template of<Shape>(); }
  static void* make(std::basic_string<C>& text, std::size_t size) {
    text.resize(size);
    return &text[0];
  }
};

template <> struct Shape<Latin1View> {
  static constexpr bool known = true, reads = true, writes = false;
  static const witrt_field_t& get() {
    static const witrt_field_t field = {WITRT_SLOT_LATIN1, 0, 0, sizeof(Latin1View), 0, 0,
                                        nullptr,           access<Shape, Latin1View>()};
    return field;
  }
  static const void* look(const Latin1View& text, std::size_t& size) noexcept {
    size = text.bytes.size();
    return text.bytes.data();
  }
};

/// Elements in a row.
template <class T, class C> struct ElementsShape {
  static constexpr bool has_parts = true, known = Shape<T>::known, reads = Shape<T>::reads;
  template <class A> static const witrt_field_t& of() {
    static const witrt_field_t field = {WASM_LIST,         0, 0, sizeof(C), 0, 1,
                                        &Shape<T>::get(), access<A, C>()};
    return field;
  }
  static const void* look(const C& list, std::size_t& size) noexcept {
    size = list.size();
    return list.data();
  }
};
template <class T> struct Shape<std::vector<T>> : ElementsShape<T, std::vector<T>> {
  static_assert(!std::is_same_v<T, bool>,
                "std::vector<bool> has no elements in a row: std::vector<char32_t>, "
                "std::array<bool, N>, Span<const bool>");
  static constexpr bool writes = Shape<T>::writes;
  static const witrt_field_t& get() { return Shape::template of<Shape>(); }
  static void* make(std::vector<T>& list, std::size_t size) {
    list.clear();
    list.resize(size);
    return list.data();
  }
  template <class U = T>
  static auto assign(std::vector<T>& list, const void* from, std::size_t size)
    -> std::enable_if_t<std::is_trivially_copyable_v<U>> {
    const T* first = static_cast<const T*>(from);
    list.assign(first, first + size);
  }
};
template <class T, std::size_t N>
struct Shape<std::array<T, N>> {
  static_assert(N > 0, "an array without elements stands for no list");
  static constexpr bool has_parts = true, known = Shape<T>::known;
  static constexpr bool reads = Shape<T>::reads, writes = Shape<T>::writes;
  static const witrt_field_t& get() {
    static const witrt_field_t field = {WITRT_SLOT_ARRAY,  0, 0, sizeof(std::array<T, N>), 0, 1,
                                        &Shape<T>::get(), nullptr};
    return field;
  }
};
template <class T> struct Shape<Span<T>> : ElementsShape<std::remove_const_t<T>, Span<T>> {
  static constexpr bool writes = false;
  static const witrt_field_t& get() { return Shape::template of<Shape>(); }
};
#if defined(__cpp_lib_span)
template <class T, std::size_t N>
struct Shape<std::span<T, N>> : ElementsShape<std::remove_const_t<T>, std::span<T, N>> {
  static constexpr bool writes = false;
  static const witrt_field_t& get() { return Shape::template of<Shape>(); }
};
#endif

/// What may hold a `T`, nothing of which is known where there is none.
template <class T> struct Shape<std::optional<T>> {
  static constexpr bool has_parts = true, known = Shape<T>::known, reads = Shape<T>::reads;
  static constexpr bool writes = Shape<T>::writes;
  static const witrt_field_t& get() {
    static const witrt_field_t field = {WASM_OPTION,      0, 0, sizeof(std::optional<T>), 0, 1,
                                        &Shape<T>::get(), access<Shape, std::optional<T>>()};
    return field;
  }
  static const void* look(const std::optional<T>& option, std::size_t& index) noexcept {
    index = option.has_value() ? 1 : 0;
    return index ? std::addressof(*option) : nullptr;
  }
  static void* make(std::optional<T>& option, std::size_t index) {
    option.reset();
    return index ? std::addressof(option.emplace()) : nullptr;
  }
};

/// Several cases; `std::monostate` is one that holds nothing.
template <class V, witrt_slot_kind_t Kind> struct CasesShape;
template <class... T, witrt_slot_kind_t Kind> struct CasesShape<std::variant<T...>, Kind> {
  using V = std::variant<T...>;
  template <class U> static constexpr bool empty = std::is_same_v<U, std::monostate>;
  static constexpr bool has_parts = true;
  static constexpr bool known = ((empty<T> || Shape<T>::known) && ...);
  static constexpr bool reads = ((empty<T> || Shape<T>::reads) && ...);
  static constexpr bool writes = ((empty<T> || Shape<T>::writes) && ...);

  template <class A, class Whole> static const witrt_field_t& of() {
    static const witrt_field_t cases[] = {one<T>()...};
    static const witrt_field_t field = {Kind, 0,     0, sizeof(Whole), 0, sizeof...(T),
                                        cases, access<A, Whole>()};
    return field;
  }
  static const void* look(const V& variant, std::size_t& index) noexcept {
    index = variant.index();
    return address(variant, std::index_sequence_for<T...>());
  }
  static void* make(V& variant, std::size_t index) {
    return become(variant, index, std::index_sequence_for<T...>());
  }

 private:
  template <class U> static witrt_field_t one() {
    if constexpr (empty<U>) return WITRT_PLAIN(WASM_NONE);
    else return same(Shape<U>::get(), sizeof(U));
  }
  template <std::size_t... I>
  static const void* address(const V& variant, std::index_sequence<I...>) noexcept {
    const void* at = nullptr;
    (void)((variant.index() == I ? (at = std::get_if<I>(&variant), true) : false) || ...);
    return at;
  }
  template <std::size_t... I>
  static void* become(V& variant, std::size_t index, std::index_sequence<I...>) {
    void* at = nullptr;
    (void)((index == I ? (at = std::addressof(variant.template emplace<I>()), true) : false) ||
           ...);
    return at;
  }
};
template <class... T>
struct Shape<std::variant<T...>> : CasesShape<std::variant<T...>, WASM_VARIANT> {
  static const witrt_field_t& get() { return Shape::template of<Shape, std::variant<T...>>(); }
};
template <class T, class E> struct Shape<Result<T, E>, std::enable_if_t<!std::is_same_v<E, Error>>> {
  using Whole = Result<T, E>;
  using Cases = CasesShape<std::variant<typename Whole::Value, typename Whole::Failure>, WASM_RESULT>;
  static constexpr bool has_parts = true, known = Cases::known, reads = Cases::reads, writes = Cases::writes;
  static const witrt_field_t& get() { return Cases::template of<Shape, Whole>(); }
  static const void* look(const Whole& result, std::size_t& index) noexcept {
    return Cases::look(result.either_, index);
  }
  static void* make(Whole& result, std::size_t index) { return Cases::make(result.either_, index); }
};

/// Where a member is in an object, of which there need not be one.
template <class T> union Anywhere {
  Anywhere() noexcept {}
  ~Anywhere() {}
  char start;
  T object;
};
template <class T, class F> std::size_t offset_of(F member) noexcept {
  Anywhere<T> box;
  auto* at = reinterpret_cast<const volatile char*>(std::addressof(member(box.object)));
  return static_cast<std::size_t>(at - &reinterpret_cast<const volatile char&>(box));
}

/// Fields by position.
template <class T, class... M> struct FieldsShape {
  static constexpr bool has_parts = true, known = (Shape<M>::known && ...);
  static constexpr bool reads = (Shape<M>::reads && ...), writes = (Shape<M>::writes && ...);
  template <class... F> static const witrt_field_t& of(F... member) {
    static const witrt_field_t fields[] = {
      same(Shape<M>::get(), sizeof(M), offset_of<T>(member))...};
    static const witrt_field_t field = {WASM_RECORD, 0,      0, sizeof(T), 0, sizeof...(M),
                                        fields,      nullptr};
    return field;
  }
};
template <class T, class... M> struct TupleShape : FieldsShape<T, M...> {
  static const witrt_field_t& get() { return all(std::index_sequence_for<M...>()); }

 private:
  template <std::size_t... I> static const witrt_field_t& all(std::index_sequence<I...>) {
    return TupleShape::of([](T& tuple) -> auto& { return std::get<I>(tuple); }...);
  }
};
template <class M, class... N>
struct Shape<std::tuple<M, N...>> : TupleShape<std::tuple<M, N...>, M, N...> {};
template <class A, class B> struct Shape<std::pair<A, B>> : TupleShape<std::pair<A, B>, A, B> {};

/// Aggregates with WITRT_FIELDS.
template <class T, class P> struct AggregateShape;
template <class T, class... M>
struct AggregateShape<T, std::tuple<M T::*...>> : FieldsShape<T, M...> {
  static const witrt_field_t& get() { return all(std::index_sequence_for<M...>()); }

 private:
  template <std::size_t... I> static const witrt_field_t& all(std::index_sequence<I...>) {
    static const auto members = witrt_fields(static_cast<const T*>(nullptr));
    return AggregateShape::of([](T& whole) -> auto& { return whole.*std::get<I>(members); }...);
  }
};
template <class T>
struct Shape<T, std::void_t<decltype(witrt_fields(static_cast<const T*>(nullptr)))>>
  : AggregateShape<T, decltype(witrt_fields(static_cast<const T*>(nullptr)))> {};

}  // namespace detail

WITRT_END

#endif
