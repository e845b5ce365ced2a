// Strings that the library holds. Part of witrt.hh.

#ifndef WITRT_STRING_HH
#define WITRT_STRING_HH

#include "error.hh"

WITRT_BEGIN

/// Text in Latin-1, borrowed: bytes, each a character up to U+00FF.
struct Latin1View {
  constexpr Latin1View() noexcept = default;
  constexpr explicit Latin1View(std::string_view text) noexcept : bytes(text) {}
  std::string_view bytes;
};

namespace detail {

/// The encoding that a type of character stands for: `char` and `char8_t` are
/// UTF-8, `char16_t` is UTF-16 and `char32_t` UTF-32 in native byte order.
template <class C> struct Encoding { static constexpr bool known = false; };
template <> struct Encoding<char> {
  static constexpr bool known = true;
  static constexpr wasm_encoding_t tag = WASM_UTF8;
  static constexpr witrt_slot_kind_t text = WITRT_SLOT_UTF8, grow = WITRT_SLOT_GROW_UTF8;
};
template <> struct Encoding<char16_t> {
  static constexpr bool known = true;
  static constexpr wasm_encoding_t tag = WASM_UTF16;
  static constexpr witrt_slot_kind_t text = WITRT_SLOT_UTF16, grow = WITRT_SLOT_GROW_UTF16;
};
template <> struct Encoding<char32_t> {
  static constexpr bool known = true;
  static constexpr wasm_encoding_t tag = WASM_UTF32;
  static constexpr witrt_slot_kind_t text = WITRT_SLOT_UTF32, grow = WITRT_SLOT_GROW_UTF32;
};
#if defined(__cpp_char8_t)
template <> struct Encoding<char8_t> : Encoding<char> {};
#endif

/// A text of `size` units that `fill` writes; returns whether that went well.
template <class C, class Fill>
bool fill_text(std::basic_string<C>& out, std::size_t size, Fill fill) {
  bool ok = false;
#if defined(__cpp_lib_string_resize_and_overwrite)
  out.resize_and_overwrite(size, [&](C* data, std::size_t) {
    ok = fill(data);
    return ok ? size : 0;
  });
#else
  out.resize(size);
  ok = fill(&out[0]);
  if (!ok) out.clear();
#endif
  return ok;
}

}  // namespace detail

/// A string of the library's, borrowed: a result that is still owned by its
/// `String`, or an argument of a host function, which is valid during that
/// call. Its text lies in the guest until it is read. One thread at a time, as
/// its store.
class StringRef : public CopyView<StringRef, wasm_string_t> {
 public:
  using CopyView::CopyView;

  /// The encoding that its text is stored in: the one to read at the least
  /// cost. One of `wasm_encoding_enum`.
  wasm_encoding_t encoding() const noexcept { return wasm_string_encoding(get()); }
  /// The length in units of `C`; zero for what cannot be read.
  template <class C = char> std::size_t size() const noexcept {
    return wasm_string_length(get(), detail::Encoding<C>::tag);
  }
  /// A copy of the text in the encoding of `C`: `char` for UTF-8, `char16_t`
  /// for UTF-16, `char32_t` for UTF-32, in C++20 also `char8_t`.
  template <class C> Result<std::basic_string<C>> read() const {
    return read_as<C>(detail::Encoding<C>::tag);
  }
  /// A copy of the text in UTF-8.
  Result<std::string> utf8() const { return read<char>(); }
  /// A copy of the text in UTF-16.
  Result<std::u16string> utf16() const { return read<char16_t>(); }
  /// A copy of the text in UTF-32.
  Result<std::u32string> utf32() const { return read<char32_t>(); }
  /// A copy of the text in Latin-1; `WITRT_ERROR_OUT_OF_RANGE`, with the position,
  /// where it does not fit.
  Result<std::string> latin1() const { return read_as<char>(WASM_LATIN1); }
  /// The narrowest encoding that has a unit for each character (one of
  /// `wasm_narrowest_enum`), and how many there are.
  Result<std::pair<wasm_narrowest_t, std::size_t>> narrowest() const {
    std::pair<wasm_narrowest_t, std::size_t> found;
    if (!wasm_string_narrowest(get(), &found.first, &found.second)) return Error::last();
    return found;
  }
  /// Copies the text into a buffer of the caller's, and tells how many units
  /// that were; `WITRT_ERROR_BUFFER_TOO_SMALL`, with how many are needed, where
  /// it does not fit.
  template <class C> Result<std::size_t> read_into(Span<C> buffer) const {
    std::size_t written = 0;
    if (!wasm_string_read(get(), detail::Encoding<C>::tag, buffer.data(), buffer.size(), &written))
      return Error::last();
    return written;
  }
  /// The text where it lies, which is in UTF-8. Valid until a guest runs in the
  /// string's store, or the string is gone.
  Result<std::string_view> view() const {
    wasm_byte_vec_t bytes;
    if (!wasm_string_borrow(get(), &bytes)) return Error::last();
    return detail::text_of(&bytes);
  }

  /// A string of the library's own: a copy of this text. It belongs to no store.
  static Result<Owned<StringRef>> make(std::string_view text) { return make_(text); }
  static Result<Owned<StringRef>> make(std::u16string_view text) { return make_(text); }
  static Result<Owned<StringRef>> make(std::u32string_view text) { return make_(text); }
  static Result<Owned<StringRef>> make(Latin1View text) {
    return detail::owned<StringRef>(
      wasm_string_new(WASM_LATIN1, text.bytes.data(), text.bytes.size()));
  }
#if defined(__cpp_char8_t)
  static Result<Owned<StringRef>> make(std::u8string_view text) { return make_(text); }
#endif

 private:
  template <class C> Result<std::basic_string<C>> read_as(wasm_encoding_t encoding) const {
    std::basic_string<C> text;
    std::size_t units = wasm_string_length(get(), encoding);
    bool ok = detail::fill_text(text, units, [&](C* data) {
      return wasm_string_read(get(), encoding, data, units, nullptr);
    });
    if (!ok) return Error::last();
    return text;
  }
  template <class C> static Result<Owned<StringRef>> make_(std::basic_string_view<C> text) {
    return detail::owned<StringRef>(
      wasm_string_new(detail::Encoding<C>::tag, text.data(), text.size()));
  }
};

/// A string that stays readable until it goes, whatever the guest does in
/// between. `copy()` makes one that belongs to no store.
using String = Owned<StringRef>;

WITRT_END

#endif
