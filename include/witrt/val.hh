// Values of any kind. Part of witrt.hh.

#ifndef WITRT_VAL_HH
#define WITRT_VAL_HH

#include <cmath>
#include <cstring>
#include <iosfwd>
#include <type_traits>

#include "string.hh"
#include "types.hh"

WITRT_BEGIN

/// A reference to an object of any kind, borrowed; an empty one is the null
/// reference.
class AnyRef : public Object<AnyRef, wasm_ref_t> {
 public:
  using Object::Object;
  constexpr AnyRef() noexcept = default;
  constexpr AnyRef(std::nullptr_t) noexcept {}
  /// A reference to this object.
  template <class V, class T> AnyRef(const Object<V, T>& object) noexcept : AnyRef(object.as_ref()) {}

  /// The same as a view such as `FuncRef`; empty where it is of another kind.
  template <class V> V as() const noexcept {
    typename V::Raw* raw = nullptr;
    if (get()) detail::from_ref(get(), raw);
    return V(raw);
  }
};
/// An owned reference.
using Ref = Owned<AnyRef>;

namespace detail {

template <class T>
inline constexpr bool is_char = std::is_same_v<T, char> || std::is_same_v<T, wchar_t> ||
#if defined(__cpp_char8_t)
                                std::is_same_v<T, char8_t> ||
#endif
                                std::is_same_v<T, char16_t> || std::is_same_v<T, char32_t>;
/// Integers of which a value can be made: not `bool`, and no characters.
template <class T>
inline constexpr bool is_int =
  std::is_integral_v<T> && !std::is_same_v<T, bool> && !is_char<T> && sizeof(T) <= 8;

/// The interface kind of an integer type.
template <class T> constexpr wasm_valkind_t int_kind() noexcept {
  constexpr bool is_signed = std::is_signed_v<T>;
  switch (sizeof(T)) {
    case 1: return is_signed ? WASM_S8 : WASM_U8;
    case 2: return is_signed ? WASM_S16 : WASM_U16;
    case 4: return is_signed ? WASM_S32 : WASM_U32;
    default: return is_signed ? WASM_S64 : WASM_U64;
  }
}

/// The core kind of the same width, or the kind itself where there is none.
constexpr wasm_valkind_t core_kind(wasm_valkind_t kind) noexcept {
  if (kind == WASM_S32 || kind == WASM_U32) return WASM_I32;
  if (kind == WASM_S64 || kind == WASM_U64) return WASM_I64;
  return kind;
}

/// What is wanted where nothing is known, or where core kinds are preferred.
inline constexpr wasm_valkind_t no_kind = 255, any_core = 254;

/// The kind that a value of `kind` is passed as where `wanted` is asked for:
/// core integers have no sign, so that both kinds of integers of their width
/// are taken.
constexpr wasm_valkind_t adapted(wasm_valkind_t kind, wasm_valkind_t wanted) noexcept {
  return core_kind(kind) == wanted || wanted == any_core ? core_kind(kind) : kind;
}

}  // namespace detail

/// A value: a number, a string or a reference, with its kind.
///
/// Integers are made of C++ integers: `int8_t` is an `s8`, `uint32_t` a `u32`,
/// and so on. Where a function or global has the core kinds `i32` or `i64`,
/// integers of that width are taken, of either sign. Text that a value is made
/// of is borrowed, and has to stay for as long as the value is used; a `String`
/// or `Ref` is taken. Results own what they hold.
///
/// Moved, never copied; `copy()` makes another one. One that holds something of
/// a store is for that store's thread.
class Val {
 public:
  /// The null reference.
  Val() noexcept : Val(nullptr) {}
  Val(std::nullptr_t) noexcept { set(WASM_EXTERNREF, std::uint64_t{0}); }
  template <class T, std::enable_if_t<detail::is_int<T>, int> = 0> Val(T value) noexcept {
    set(detail::int_kind<T>(), value);
  }
  Val(float value) noexcept { set(WASM_F32, value); }
  Val(double value) noexcept { set(WASM_F64, value); }
  Val(bool) = delete;
  Val(char) = delete;
  Val(std::string_view text) noexcept { borrow(WASM_UTF8, text.data(), text.size()); }
  Val(std::u16string_view text) noexcept { borrow(WASM_UTF16, text.data(), text.size()); }
  Val(std::u32string_view text) noexcept { borrow(WASM_UTF32, text.data(), text.size()); }
  Val(Latin1View text) noexcept { borrow(WASM_LATIN1, text.bytes.data(), text.bytes.size()); }
  Val(const char* text) noexcept : Val(std::string_view(text)) {}
  Val(const char16_t* text) noexcept : Val(std::u16string_view(text)) {}
  Val(const char32_t* text) noexcept : Val(std::u32string_view(text)) {}
  Val(const std::string& text) noexcept : Val(std::string_view(text)) {}
  Val(const std::u16string& text) noexcept : Val(std::u16string_view(text)) {}
  Val(const std::u32string& text) noexcept : Val(std::u32string_view(text)) {}
#if defined(__cpp_char8_t)
  Val(std::u8string_view text) noexcept { borrow(WASM_UTF8, text.data(), text.size()); }
  Val(const char8_t* text) noexcept : Val(std::u8string_view(text)) {}
  Val(const std::u8string& text) noexcept : Val(std::u8string_view(text)) {}
#endif
  Val(String&& string) noexcept { set(WASM_STRING, string.release()); }
  /// An externref.
  Val(Ref&& ref) noexcept { set(WASM_EXTERNREF, ref.release()); }
  /// A funcref, to another handle of the function.
  static Val funcref(AnyRef func) {
    Val val;
    val.set(WASM_FUNCREF, func.copy().release());
    return val;
  }
  /// An i32: for what has to have just this kind.
  static Val of_i32(std::int32_t value) noexcept {
    Val val;
    val.set(WASM_I32, value);
    return val;
  }
  /// An i64: for what has to have just this kind.
  static Val of_i64(std::int64_t value) noexcept {
    Val val;
    val.set(WASM_I64, value);
    return val;
  }
  /// Takes a value of the C API, with what it owns.
  static Val from_raw(const wasm_val_t& raw) noexcept {
    Val val;
    val.raw_ = raw;
    return val;
  }

  Val(const Val&) = delete;
  Val& operator=(const Val&) = delete;
  Val(Val&& other) noexcept { take(other); }
  Val& operator=(Val&& other) noexcept {
    if (this != &other) {
      drop();
      take(other);
    }
    return *this;
  }
  ~Val() { drop(); }

  /// Another value, with a reference or string of its own.
  Val copy() const {
    Val val;
    wasm_val_copy(&val.raw_, &raw());
    return val;
  }
  /// Its kind, one of `wasm_valkind_enum`.
  wasm_valkind_t kind() const noexcept { return raw_.kind; }
  /// The value of the C API, borrowed: valid until this is moved or gone.
  const wasm_val_t& raw() const noexcept {
    if (borrows_) raw_.of.string = &text_;
    return raw_;
  }
  /// The same, of the kind `wanted` where that is the core kind of its width.
  wasm_val_t raw_as(wasm_valkind_t wanted) const noexcept {
    wasm_val_t raw = this->raw();
    raw.kind = detail::adapted(raw.kind, wanted);
    return raw;
  }

  /// The number, where it is of just this type: an `int32_t` of an s32 or i32,
  /// a `uint8_t` of a u8, a `double` of an f64. `WITRT_ERROR_WRONG_KIND` for
  /// any other: nothing is converted.
  template <class T> Result<T> as() const {
    static_assert(detail::is_int<T> || std::is_floating_point_v<T>, "no type of number");
    if (!holds<T>()) return wrong("number of that type");
    T value;
    std::memcpy(&value, &raw_.of, sizeof value);
    return value;
  }
  Result<std::int32_t> i32() const { return as<std::int32_t>(); }
  Result<std::int64_t> i64() const { return as<std::int64_t>(); }
  Result<float> f32() const { return as<float>(); }
  Result<double> f64() const { return as<double>(); }
  Result<std::int8_t> s8() const { return as<std::int8_t>(); }
  Result<std::uint8_t> u8() const { return as<std::uint8_t>(); }
  Result<std::int16_t> s16() const { return as<std::int16_t>(); }
  Result<std::uint16_t> u16() const { return as<std::uint16_t>(); }
  Result<std::uint32_t> u32() const { return as<std::uint32_t>(); }
  Result<std::uint64_t> u64() const { return as<std::uint64_t>(); }
  /// The string, borrowed; empty where it is of another kind.
  StringRef str() const noexcept {
    return kind() == WASM_STRING ? StringRef(raw().of.string) : StringRef();
  }
  /// A copy of the string's text.
  Result<std::string> utf8() const {
    if (kind() != WASM_STRING) return wrong("string");
    return str().utf8();
  }
  Result<std::u16string> utf16() const {
    if (kind() != WASM_STRING) return wrong("string");
    return str().utf16();
  }
  /// The reference, borrowed; empty where it is null or of another kind.
  AnyRef ref() const noexcept {
    return wasm_valkind_is_ref(kind()) ? AnyRef(raw_.of.ref) : AnyRef();
  }

  /// Whether the kind is the same, and so is the value: numbers as C++ compares
  /// them, strings by their text, references by their object.
  friend bool operator==(const Val& a, const Val& b) {
    if (a.kind() != b.kind()) return false;
    switch (a.kind()) {
      case WASM_F32: return a.raw_.of.f32 == b.raw_.of.f32;
      case WASM_F64: return a.raw_.of.f64 == b.raw_.of.f64;
      case WASM_STRING: {
        auto left = a.utf16(), right = b.utf16();
        return left.ok() && right.ok() && *left == *right;
      }
      default:
        if (wasm_valkind_is_ref(a.kind())) return a.ref().same(b.ref());
        return std::memcmp(&a.raw_.of, &b.raw_.of, a.width()) == 0;
    }
  }
  friend bool operator!=(const Val& a, const Val& b) { return !(a == b); }
  /// Whether it is such a number; an i32 compares with integers of both signs.
  template <class T, std::enable_if_t<detail::is_int<T> || std::is_floating_point_v<T>, int> = 0>
  friend bool operator==(const Val& a, T b) {
    return a.equals(b);
  }
  template <class T, std::enable_if_t<detail::is_int<T> || std::is_floating_point_v<T>, int> = 0>
  friend bool operator!=(const Val& a, T b) {
    return !a.equals(b);
  }

  /// For people: a number in digits, a string in quotes as it is, a reference
  /// as its kind.
  std::string to_string() const {
    char text[40];
    switch (kind()) {
      case WASM_I32:
      case WASM_S32: return std::to_string(raw_.of.s32);
      case WASM_I64:
      case WASM_S64: return std::to_string(raw_.of.s64);
      case WASM_S8: return std::to_string(raw_.of.s8);
      case WASM_U8: return std::to_string(raw_.of.u8);
      case WASM_S16: return std::to_string(raw_.of.s16);
      case WASM_U16: return std::to_string(raw_.of.u16);
      case WASM_U32: return std::to_string(raw_.of.u32);
      case WASM_U64: return std::to_string(raw_.of.u64);
      case WASM_F32:
        std::snprintf(text, sizeof text, "%.9g", static_cast<double>(raw_.of.f32));
        return text;
      case WASM_F64: std::snprintf(text, sizeof text, "%.17g", raw_.of.f64); return text;
      case WASM_STRING: {
        auto read = utf8();
        return read.ok() ? "\"" + *read + "\"" : std::string("(") + read.err().what() + ")";
      }
      default:
        return raw_.of.ref ? std::string(kind_name(kind())) : "null " + std::string(kind_name(kind()));
    }
  }
  template <class Traits>
  friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out,
                                                      const Val& val) {
    return out << val.to_string();
  }

 private:
  template <class T> void set(wasm_valkind_t kind, T value) noexcept {
    static_assert(sizeof value <= sizeof raw_.of, "the value is the union's");
    raw_.kind = kind;
    raw_.of.u64 = 0;
    std::memcpy(&raw_.of, &value, sizeof value);
  }
  void borrow(wasm_encoding_t encoding, const void* data, std::size_t size) noexcept {
    raw_.kind = WASM_STRING;
    text_ = {data, size, encoding, 0, 0};
    borrows_ = true;
  }
  void take(Val& other) noexcept {
    raw_ = other.raw_;
    text_ = other.text_;
    borrows_ = std::exchange(other.borrows_, false);
    other.raw_.kind = WASM_EXTERNREF;
    other.raw_.of.ref = nullptr;
  }
  void drop() noexcept {
    if (!borrows_) wasm_val_delete(&raw_);
    borrows_ = false;
  }
  template <class T> bool holds() const noexcept {
    if constexpr (std::is_same_v<T, float>) return kind() == WASM_F32;
    else if constexpr (std::is_floating_point_v<T>) return kind() == WASM_F64 && sizeof(T) == 8;
    else return kind() == detail::int_kind<T>() || kind() == detail::core_kind(detail::int_kind<T>());
  }
  template <class T> bool equals(T other) const {
    if (!holds<T>()) return false;
    T value;
    std::memcpy(&value, &raw_.of, sizeof value);
    return value == other;
  }
  std::size_t width() const noexcept {
    switch (kind()) {
      case WASM_S8:
      case WASM_U8: return 1;
      case WASM_S16:
      case WASM_U16: return 2;
      case WASM_I32:
      case WASM_S32:
      case WASM_U32: return 4;
      default: return 8;
    }
  }
  Error wrong(const char* wanted) const {
    return Error("a value of the kind " + std::string(kind_name(kind())) + " is no " + wanted,
                 WITRT_ERROR_WRONG_KIND);
  }

  // The pointer to the borrowed text is set when it is asked for, as a value
  // may have moved.
  mutable wasm_val_t raw_;
  mutable wasm_string_t text_ = WASM_EMPTY_STRING;
  bool borrows_ = false;
};

template <class V, class T> AnyRef Object<V, T>::as_ref() const noexcept {
  return AnyRef(this->get() ? detail::as_ref(this->get()) : nullptr);
}

WITRT_END

#endif
