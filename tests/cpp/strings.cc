// Text through guests, and strings that the library holds.

#include "guest.hh"

using namespace witrt;

static const std::string_view crab = "añ\xF0\x9F\xA6\x80";
static const std::u16string_view crab16 = u"añ\U0001F980";

static void handles() {
  String string = GET(String::make(crab16));
  CHECK_TEXT(GET(string.utf8()), crab);
  CHECK(GET(string.utf16()) == crab16);
  CHECK(string.size() == 7 && string.size<char16_t>() == 4);
  CHECK(string.encoding() <= WASM_UTF16);
  CHECK_TEXT(GET(string.copy().utf8()), crab);

  char buffer[7];
  CHECK_EQ(GET(string.read_into(Span<char>(buffer))), 7);
  CHECK_TEXT(std::string_view(buffer, 7), crab);
  Error error = string.read_into(Span<char>(buffer, 6)).err();
  CHECK(error.kind() == WITRT_ERROR_BUFFER_TOO_SMALL && error.capacity() == 7u);

  CHECK_TEXT(GET(GET(String::make("")).utf8()), "");
  CHECK(GET(GET(String::make(std::u16string_view())).utf16()).empty());
  CHECK_EQ(String::make("a\xff").err().kind(), WITRT_ERROR_BAD_TEXT);
  CHECK(String::make("a\xff").err().position() == 1u);
  const char16_t half[] = {u'a', u'b', 0xdc00};
  CHECK(String::make(std::u16string_view(half, 3)).err().position() == 2u);
}

static void other_encodings() {
  const std::u32string_view crab32 = U"añ\U0001F980";
  String string = GET(String::make(crab32));
  CHECK(string.encoding() == WASM_UTF32);
  CHECK_TEXT(GET(string.utf8()), crab);
  CHECK(GET(string.utf32()) == crab32 && GET(string.utf16()) == crab16);
  CHECK(GET(string.narrowest()) == std::make_pair<wasm_narrowest_t>(WASM_NARROWEST_UTF32, std::size_t{3}));
  Error error = string.latin1().err();
  CHECK(error.kind() == WITRT_ERROR_OUT_OF_RANGE && error.position() == 2u);

  String narrow = GET(String::make(Latin1View("a\xf1")));
  CHECK_TEXT(GET(narrow.utf8()), "añ");
  CHECK_TEXT(GET(narrow.latin1()), "a\xf1");
  const char32_t bad[] = {U'a', 0x110000};
  CHECK(String::make(std::u32string_view(bad, 2)).err().position() == 1u);

  Guest g;
  g.load(file("strings.wasm"));
  auto reverse32 = g.func<std::u32string(std::u32string_view)>("reverse");
  CHECK(GET(reverse32.call(crab32)) == U"\U0001F980ña");
  auto latin1 = g.func<std::string(Latin1View)>("reverse");
  CHECK_TEXT(GET(latin1.call(Latin1View("a\xf1"))), "ña");
  Func reverse = GET(g.instance.func("reverse"));
  CHECK(GET(reverse.call(crab32)).at(0) == Val("\xF0\x9F\xA6\x80ña"));
  CHECK(GET(reverse.call(Latin1View("a\xf1"))).at(0) == Val(U"ña"));
}

static void through_a_guest() {
  Guest g;
  g.load(file("strings.wasm"));
  auto reverse8 = g.func<std::string(std::string_view)>("reverse");
  auto reverse16 = g.func<std::u16string(std::u16string_view)>("reverse");
  auto mixed = g.func<std::u16string(const std::string&)>("reverse");
  CHECK_TEXT(GET(reverse8.call(crab)), "\xF0\x9F\xA6\x80ña");
  CHECK(GET(reverse16.call(crab16)) == u"\U0001F980ña");
  CHECK(GET(mixed.call("ab")) == u"ba");
  CHECK_TEXT(GET(reverse8.call("")), "");
  CHECK_TEXT(GET(reverse8.call({})), "");
  CHECK(GET(reverse16.call(std::u16string_view(u"a\0b", 3))) == std::u16string_view(u"b\0a", 3));
  CHECK_TEXT(GET(g.func<std::string()>("empty").call()), "");

  // Every length around where strings and buffers change their ways.
  for (std::size_t size = 0; size < 70; size++) {
    std::u16string text(size, u'x');
    if (size) text[size - 1] = u'ß';
    std::u16string back(text.rbegin(), text.rend());
    CHECK(GET(reverse16.call(text)) == back);
  }
  std::u16string large(1 << 20, u'é');
  large.back() = u'z';
  std::u16string answer = GET(reverse16.call(large));
  CHECK(answer.size() == large.size() && answer[0] == u'z' && answer[1] == u'é');

  auto four = g.func<std::string(std::string_view, std::u16string_view, std::string, StringRef)>("four");
  String last = GET(String::make(u"dddd"));
  CHECK_TEXT(GET(four.call("a", u"bb", "ccc", last)), "1,2,3,4");
}

static void ill_formed() {
  Guest g;
  g.load(file("strings.wasm"));
  auto concat = g.func<std::string(std::string_view, std::u16string_view)>("concat");
  const char16_t half[] = {u'a', 0xd83e, u'b'};
  Error error = concat.call("x", std::u16string_view(half, 3)).err();
  CHECK_EQ(error.kind(), WITRT_ERROR_BAD_TEXT);
  CHECK(error.argument() == 1u && error.position() == 1u && !error.trap());
  error = concat.call("x\x80", u"").err();
  CHECK(error.argument() == 0u && error.position() == 1u);
  CHECK_TEXT(GET(concat.call("fine", u" again")), "fine again");

  Engine lenient = GET(Engine::make(std::move(Config().ill_formed(WITRT_ILL_FORMED_REPLACE))));
  Store store(lenient);
  auto instance = GET(Instance::make(store, GET(Module::compile(lenient, file("strings.wasm")))));
  auto replaced = GET(instance.func<std::u16string(std::u16string_view)>("reverse"));
  CHECK(GET(replaced.call(std::u16string_view(half, 3))) == u"b\xfffd" u"a");
}

// A result that is not copied until it is read, whatever the guest does.
static void lazy() {
  Guest g;
  g.load(file("strings.wasm"));
  auto reverse = g.func<String(std::string_view)>("reverse");
  String first = GET(reverse.call("nepo"));
  CHECK_TEXT(GET(first.view()), "open");
  String second = GET(reverse.call("reppoh"));
  CHECK_TEXT(GET(first.utf8()), "open");
  CHECK(GET(second.utf16()) == u"hopper");
  String kept = second.copy();
  second.reset();
  String third = GET(GET(g.instance.func<String(StringRef)>("reverse")).call(first));
  CHECK_TEXT(GET(third.utf8()), "nepo");
  first.reset();
  third.reset();
  CHECK_EQ(GET(g.func<uint32_t()>("live_bytes").call()), 0);
  g = Guest();
  CHECK_TEXT(GET(kept.utf8()), "hopper");
}

int main() {
  handles();
  other_encodings();
  through_a_guest();
  ill_formed();
  lazy();
  return check_result();
}
