// Val: made of everything, checked, compared, printed.

#include <cmath>
#include <limits>
#include <sstream>

#include "guest.hh"

using namespace witrt;

template <class T> static void integer(wasm_valkind_t kind) {
  for (T value : {std::numeric_limits<T>::min(), T(0), T(1), std::numeric_limits<T>::max()}) {
    Val val = value;
    CHECK_EQ(val.kind(), kind);
    CHECK(GET(val.as<T>()) == value && val == value && val == Val(value) && val.copy() == val);
    CHECK_TEXT(val.to_string(), std::to_string(value));
    CHECK_EQ(val.utf8().err().kind(), WITRT_ERROR_WRONG_KIND);
    CHECK(!val.str() && !val.ref());
    CHECK_EQ(val.f32().err().kind(), WITRT_ERROR_WRONG_KIND);
    using Other = std::conditional_t<sizeof(T) == 1, int64_t, int8_t>;
    CHECK(!val.as<Other>().ok() && val != Other(0));
  }
}

static_assert(!std::is_constructible_v<Val, bool> && !std::is_constructible_v<Val, char>);
static_assert(!std::is_constructible_v<Val, char16_t> && !std::is_constructible_v<Val, wchar_t>);
static_assert(!std::is_constructible_v<Val, void*>);

static void numbers() {
  integer<int8_t>(WASM_S8);
  integer<uint8_t>(WASM_U8);
  integer<int16_t>(WASM_S16);
  integer<uint16_t>(WASM_U16);
  integer<int32_t>(WASM_S32);
  integer<uint32_t>(WASM_U32);
  integer<int64_t>(WASM_S64);
  integer<uint64_t>(WASM_U64);
  integer<long long>(WASM_S64);
  integer<unsigned long>(sizeof(long) == 8 ? WASM_U64 : WASM_U32);
  CHECK(Val(1.5F) == 1.5F && Val(1.5F) != Val(1.5) && Val(0.0) == Val(-0.0));
  CHECK(Val(NAN) != Val(NAN) && Val(INFINITY) == INFINITY);
  CHECK_TEXT(Val(0.1).to_string(), "0.10000000000000001");
  CHECK_TEXT(Val(0.5F).to_string(), "0.5");

  // A core integer has no sign.
  Val i = Val::of_i32(-1);
  CHECK(i == -1 && i == 0xffffffffU && GET(i.u32()) == 0xffffffffU && GET(i.i32()) == -1);
  CHECK(i != Val(-1) && i != int64_t{-1});
  CHECK(Val::of_i64(-1) == UINT64_MAX && Val::of_i64(5) == 5LL);
  CHECK_EQ(Val::of_i64(1).kind(), WASM_I64);
  // One of the interface has.
  CHECK(!Val(-1).u32().ok() && Val(-1) != 0xffffffffU);
}

static void strings() {
  std::string text = "Zoë";
  Val borrowed = text;
  Val moved = std::move(borrowed);
  CHECK(GET(moved.utf16()) == u"Zoë" && moved == Val(u"Zoë") && moved != Val("Zoe"));
  CHECK_TEXT(moved.to_string(), "\"Zoë\"");
  text[0] = 'B';
  CHECK_TEXT(GET(moved.utf8()), "Boë");
  Val kept = moved.copy();
  text[0] = 'C';
  CHECK_TEXT(GET(kept.utf8()), "Boë");
  CHECK(Val("") == Val(std::string_view()) && Val("") != Val());
  CHECK(Val(std::u16string_view(u"a\0b", 3)) == Val(std::string_view("a\0b", 3)));
  Val made = GET(String::make("owned"));
  CHECK_TEXT(GET(made.utf8()), "owned");
  const char16_t half[] = {u'a', 0xd83e, 0};
  Val broken = half;
  Error error = broken.utf8().err();
  CHECK(error.kind() == WITRT_ERROR_BAD_TEXT && error.position() == 1u);
  CHECK(contains(broken.to_string(), "("));
  CHECK(broken != broken);
}

static void references() {
  Guest g;
  CHECK(Val() == Val(nullptr) && !Val().ref());
  CHECK_TEXT(Val().to_string(), "null externref");
  Foreign object = GET(Foreign::make(g.store));
  Val val = object.as_ref().copy();
  CHECK(val.ref().same(object) && val == val.copy() && val != Val());
  CHECK_TEXT(val.to_string(), "externref");
  Func func = GET(Func::wrap(g.store, [] {}));
  Val funcref = Val::funcref(func);
  CHECK(funcref.kind() == WASM_FUNCREF && funcref.ref().as<FuncRef>().same(func));
  std::ostringstream out;
  out << val << ' ' << Val(7) << ' ' << Val("x");
  CHECK_TEXT(out.str(), "externref 7 \"x\"");
}

int main() {
  numbers();
  strings();
  references();
  return check_result();
}
