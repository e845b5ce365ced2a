// How C++ types lie in the slots of prepared calls: what `TypedFunc` and host
// functions stand on. Part of witrt.hh.

#ifndef WITRT_SLOT_HH
#define WITRT_SLOT_HH

#include <array>
#include <tuple>

#include "func.hh"
#include "value.hh"

WITRT_BEGIN

namespace detail {

/// What a type is in a slot. Each specialization has
///
///     wants(wanted)       the kind of its slot, for a parameter or result of
///                         the kind `wanted`
///     put(slot, value)    as argument of a call
///     get(slot)           as argument of a host function
///     give(results, i, v) as result of a host function; false on failure
///
/// and what can be the result of a call, with `is_result`, also
///
///     result(wanted)      the kind of its slot there
///     offer(slot, out)    before the call: where it may go at once
///     take(slot, out)     after it: moves what is in the slot out
///
/// What only components have says `is_described`, and has, in place of kinds,
///
///     field()             its description
template <class T, class = void> struct Slot { static constexpr bool known = Shape<T>::known; };

template <class T, class = void> inline constexpr bool is_described = false;
template <class T>
inline constexpr bool is_described<T, std::enable_if_t<Slot<T>::is_described>> = true;

/// Where a host function's results go.
struct Results {
  const witrt_caller_t* caller;
  witrt_slot_t* slots;
};

/// Numbers: the bits, at the start of the slot.
template <class T> struct NumberSlot {
  static constexpr bool known = true, is_result = true;
  static void put(witrt_slot_t& slot, T value) noexcept { std::memcpy(&slot, &value, sizeof value); }
  static T get(const witrt_slot_t& slot) noexcept {
    T value;
    std::memcpy(&value, &slot, sizeof value);
    return value;
  }
  static bool give(Results results, std::size_t index, T value) noexcept {
    put(results.slots[index], value);
    return true;
  }
  static void offer(witrt_slot_t&, T&) noexcept {}
  static void take(witrt_slot_t& slot, T& out) noexcept { out = get(slot); }
};

template <class T> struct Slot<T, std::enable_if_t<is_int<T>>> : NumberSlot<T> {
  /// Whether it can stand for a core integer.
  static constexpr bool has_core = sizeof(T) >= 4;
  static constexpr witrt_slot_kind_t wants(wasm_valkind_t wanted) noexcept {
    return adapted(int_kind<T>(), wanted);
  }
  static constexpr witrt_slot_kind_t result(wasm_valkind_t wanted) noexcept { return wants(wanted); }
};
template <> struct Slot<float> : NumberSlot<float> {
  static constexpr bool has_core = false;
  static constexpr witrt_slot_kind_t wants(wasm_valkind_t) noexcept { return WASM_F32; }
  static constexpr witrt_slot_kind_t result(wasm_valkind_t) noexcept { return WASM_F32; }
};
template <> struct Slot<double> : NumberSlot<double> {
  static constexpr bool has_core = false;
  static constexpr witrt_slot_kind_t wants(wasm_valkind_t) noexcept { return WASM_F64; }
  static constexpr witrt_slot_kind_t result(wasm_valkind_t) noexcept { return WASM_F64; }
};

/// Text that is borrowed, of characters `C`.
template <class C, class T> struct TextSlot {
  static constexpr bool known = Encoding<C>::known, has_core = false;
  static constexpr witrt_slot_kind_t wants(wasm_valkind_t) noexcept { return Encoding<C>::text; }
  static void put(witrt_slot_t& slot, std::basic_string_view<C> text) noexcept {
    slot.text = {text.data(), text.size()};
  }
  static T get(const witrt_slot_t& slot) {
    return slot.text.size ? T(static_cast<const C*>(slot.text.data), slot.text.size) : T();
  }
  static bool give(Results results, std::size_t index, std::basic_string_view<C> text) noexcept {
    // It may lie in the function that is about to return.
    return witrt_caller_return_text(results.caller, index, text.data(), text.size());
  }
};
template <class C>
struct Slot<std::basic_string_view<C>> : TextSlot<C, std::basic_string_view<C>> {
  static constexpr bool is_result = false;
};
/// Text in Latin-1 that is borrowed.
template <> struct Slot<Latin1View> {
  static constexpr bool known = true, is_result = false, has_core = false;
  static constexpr witrt_slot_kind_t wants(wasm_valkind_t) noexcept { return WITRT_SLOT_LATIN1; }
  static void put(witrt_slot_t& slot, Latin1View text) noexcept {
    slot.text = {text.bytes.data(), text.bytes.size()};
  }
  static Latin1View get(const witrt_slot_t& slot) noexcept {
    return Latin1View(std::string_view(static_cast<const char*>(slot.text.data), slot.text.size));
  }
};
/// Text that is owned. A result is transcoded straight into it, once its length is
/// known.
template <class C> struct Slot<std::basic_string<C>> : TextSlot<C, std::basic_string<C>> {
  static constexpr bool is_result = true;
  static constexpr witrt_slot_kind_t result(wasm_valkind_t) noexcept { return Encoding<C>::grow; }
  static void offer(witrt_slot_t& slot, std::basic_string<C>& out) noexcept {
    slot.grow = {&grow, &out};
  }
  static void take(witrt_slot_t&, std::basic_string<C>&) noexcept {}

 private:
  static void* grow(void* env, std::size_t units) noexcept {
    std::basic_string<C>& out = *static_cast<std::basic_string<C>*>(env);
#if WITRT_CATCHES
    try {
      out.resize(units);
    } catch (...) {
      return nullptr;
    }
#else
    out.resize(units);
#endif
    return &out[0];
  }
};

/// Strings that are handles.
template <> struct Slot<StringRef> {
  static constexpr bool known = true, is_result = false, has_core = false;
  static constexpr witrt_slot_kind_t wants(wasm_valkind_t) noexcept { return WITRT_SLOT_LAZY_UTF8; }
  static void put(witrt_slot_t& slot, StringRef string) noexcept { slot.lazy = {string.get(), 0}; }
  static StringRef get(const witrt_slot_t& slot) noexcept { return StringRef(slot.lazy.string); }
};
template <> struct Slot<String> : Slot<StringRef> {
  static constexpr bool is_result = true;
  static constexpr witrt_slot_kind_t result(wasm_valkind_t) noexcept { return WITRT_SLOT_LAZY_UTF8; }
  static String get(const witrt_slot_t& slot) { return StringRef(slot.lazy.string).copy(); }
  static bool give(Results results, std::size_t index, String string) noexcept {
    results.slots[index].lazy = {string.release(), 0};
    return true;
  }
  static void offer(witrt_slot_t&, String&) noexcept {}
  static void take(witrt_slot_t& slot, String& out) noexcept { out.reset(slot.lazy.string); }
};

/// References: to any object, or to functions.
template <class V> struct RefSlot {
  static constexpr bool known = true, is_result = false, has_core = false;
  static constexpr witrt_slot_kind_t wants(wasm_valkind_t wanted) noexcept {
    bool func = std::is_same_v<V, FuncRef> || wanted == WASM_FUNCREF;
    return func ? WASM_FUNCREF : WASM_EXTERNREF;
  }
  static void put(witrt_slot_t& slot, V object) noexcept { slot.ref = AnyRef(object).get(); }
  static V get(const witrt_slot_t& slot) noexcept { return AnyRef(slot.ref).as<V>(); }
};
template <> struct Slot<AnyRef> : RefSlot<AnyRef> {};
template <> struct Slot<FuncRef> : RefSlot<FuncRef> {};
template <class V>
struct Slot<Owned<V>, std::enable_if_t<std::is_same_v<V, AnyRef> || std::is_same_v<V, FuncRef>>>
  : RefSlot<V> {
  static constexpr bool is_result = true;
  static constexpr witrt_slot_kind_t result(wasm_valkind_t wanted) noexcept {
    return RefSlot<V>::wants(wanted);
  }
  static Owned<V> get(const witrt_slot_t& slot) { return RefSlot<V>::get(slot).copy(); }
  static bool give(Results results, std::size_t index, Owned<V> object) noexcept {
    results.slots[index].ref = AnyRef(object).get();
    (void)object.release();
    return true;
  }
  static void offer(witrt_slot_t&, Owned<V>&) noexcept {}
  static void take(witrt_slot_t& slot, Owned<V>& out) noexcept {
    out.reset(AnyRef(slot.ref).as<V>().get());
  }
};

/// `bool` and `char32_t`, which are as numbers are.
template <class T> struct ScalarSlot : NumberSlot<T> {
  static constexpr bool has_core = false, is_described = true;
  static witrt_field_t field() { return same(Shape<T>::get(), 0); }
};
template <> struct Slot<bool> : ScalarSlot<bool> {};
template <> struct Slot<char32_t> : ScalarSlot<char32_t> {};

/// Cases and flags.
template <class T> struct Slot<T, std::enable_if_t<std::is_enum_v<T>>> {
  static constexpr bool known = true, is_result = true, has_core = false, is_described = true;
  static witrt_field_t field() { return WITRT_PLAIN(WITRT_SLOT_NAMES); }
  static void put(witrt_slot_t& slot, T value) noexcept {
    slot.u32 = static_cast<std::uint32_t>(value);
  }
  static T get(const witrt_slot_t& slot) noexcept { return static_cast<T>(slot.u32); }
  static bool give(Results results, std::size_t index, T value) noexcept {
    put(results.slots[index], value);
    return true;
  }
  static void offer(witrt_slot_t&, T&) noexcept {}
  static void take(witrt_slot_t& slot, T& out) noexcept { out = get(slot); }
};

/// Resources: lent, or given away.
template <> struct Slot<ResourceRef> {
  static constexpr bool known = true, is_result = false, has_core = false, is_described = true;
  static witrt_field_t field() { return WITRT_PLAIN(WASM_BORROW); }
  static void put(witrt_slot_t& slot, ResourceRef resource) noexcept {
    slot.resource = resource.get();
  }
  static ResourceRef get(const witrt_slot_t& slot) noexcept { return ResourceRef(slot.resource); }
};
template <> struct Slot<Resource> : Slot<ResourceRef> {
  static constexpr bool is_result = true;
  static witrt_field_t field() { return WITRT_PLAIN(WASM_OWN); }
  static Resource get(const witrt_slot_t& slot) { return ResourceRef(slot.resource).copy(); }
  static bool give(Results results, std::size_t index, Resource resource) noexcept {
    results.slots[index].resource = resource.release();
    return true;
  }
  static void offer(witrt_slot_t&, Resource&) noexcept {}
  static void take(witrt_slot_t& slot, Resource& out) noexcept { out.reset(slot.resource); }
};

/// What has parts: it is read and written where it is.
template <class T> struct Slot<T, std::enable_if_t<Shape<T>::has_parts>> {
  static constexpr bool known = Shape<T>::known, is_result = Shape<T>::writes, has_core = false;
  static constexpr bool is_described = true;
  static witrt_field_t field() { return same(Shape<T>::get(), sizeof(T)); }
  static void put(witrt_slot_t& slot, const T& value) noexcept {
    slot.value = std::addressof(value);
  }
  static bool give(Results results, std::size_t index, const T& value) noexcept {
    // It ends with the function that returns it.
    witrt_slot_t slot{};
    put(slot, value);
    return witrt_caller_return_value(results.caller, index, &slot);
  }
  static void offer(witrt_slot_t& slot, T& out) noexcept {
    slot.buffer = {std::addressof(out), sizeof out};
  }
  static void take(witrt_slot_t&, T&) noexcept {}
};

/// How an argument of a host function lies: an object that is made, or elements of the
/// library's, which are lent.
template <class T> struct HostArg {
  static constexpr bool known = Slot<T>::known, is_made = false;
  static witrt_field_t field() { return Slot<T>::field(); }
};
template <class T> struct MadeArg {
  static constexpr bool known = Shape<T>::known && Shape<T>::writes, is_made = true;
  static witrt_field_t field() { return Slot<T>::field(); }
};
template <class T, class S> struct LentArg {
  static constexpr bool known = std::is_const_v<T> && std::is_trivially_copyable_v<T>;
  static constexpr bool is_made = false;
  static witrt_field_t field() {
    static const witrt_field_t field = WITRT_LIST(&Shape<std::remove_const_t<T>>::get());
    return same(field, 0);
  }
  static S get(const witrt_slot_t& slot) noexcept {
    return S(static_cast<T*>(slot.span.data), slot.span.size);
  }
};
template <class T, class = void> struct ArgOf : HostArg<T> {
  static T get(const witrt_slot_t& slot) { return Slot<T>::get(slot); }
};
template <class T> inline constexpr bool is_span = false;
template <class T> inline constexpr bool is_span<Span<T>> = true;
template <class T>
struct ArgOf<T, std::enable_if_t<Shape<T>::has_parts && !is_span<T>>> : MadeArg<T> {};
template <class T> struct ArgOf<Span<T>, void> : LentArg<T, Span<T>> {};
#if defined(__cpp_lib_span)
template <class T> inline constexpr bool is_span<std::span<T>> = true;
template <class T> struct ArgOf<std::span<T>, void> : LentArg<T, std::span<T>> {};
#endif

/// The description of a parameter, and of a result.
template <class T> witrt_field_t param_field(wasm_valkind_t wanted) {
  (void)wanted;
  if constexpr (!Slot<T>::known) return Shape<T>::get();
  else if constexpr (is_described<T>) return Slot<T>::field();
  else return WITRT_PLAIN(Slot<T>::wants(wanted));
}
template <class T> witrt_field_t result_field(wasm_valkind_t wanted) {
  (void)wanted;
  if constexpr (!Slot<T>::known) return Shape<T>::get();
  else if constexpr (is_described<T>) return Slot<T>::field();
  else return WITRT_PLAIN(Slot<T>::result(wanted));
}

/// Whether it is one value of a component's, and not several results.
inline bool is_whole(FuncTypeRef type) noexcept {
  auto results = type.results();
  if (results.size() != 1) return false;
  wasm_valkind_t kind = results[0].kind();
  return kind == WASM_TUPLE || kind == WASM_RECORD;
}

/// Parameters or results, one after the other.
template <class... T> struct Slots {
  static constexpr std::size_t count = sizeof...(T);
  static constexpr std::size_t room = count ? count : 1;
  using Fields = std::array<witrt_field_t, room>;
  using Kinds = std::array<witrt_slot_kind_t, room>;
  using Array = std::array<witrt_slot_t, room>;
};

/// The types of a function's results: a tuple is several, `void` is none, and
/// what a `Result` holds is meant.
template <class R> struct ResultsOf {
  using Tuple = std::tuple<R>;
  static R from(Tuple&& tuple) { return std::move(std::get<0>(tuple)); }
};
template <> struct ResultsOf<void> { using Tuple = std::tuple<>; };
template <class... T> struct ResultsOf<std::tuple<T...>> {
  using Tuple = std::tuple<T...>;
  static Tuple from(Tuple&& tuple) { return std::move(tuple); }
};
template <class R> struct ResultsOf<Result<R>> : ResultsOf<R> {};

}  // namespace detail

WITRT_END

#endif
