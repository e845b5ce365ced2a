// How C++ types lie in the slots of prepared calls: what `TypedFunc` and host
// functions stand on. Part of witrt.hh.

#ifndef WITRT_SLOT_HH
#define WITRT_SLOT_HH

#include <array>
#include <tuple>

#include "func.hh"

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
template <class T, class = void> struct Slot { static constexpr bool known = false; };

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

/// Parameters or results, one after the other.
template <class... T> struct Slots {
  static constexpr std::size_t count = sizeof...(T);
  static constexpr std::size_t room = count ? count : 1;
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
