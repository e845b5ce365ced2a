// What later standards add: char8_t, std::span, std::expected.

#include "guest.hh"

using namespace witrt;

int main() {
  Guest g;
  g.load(file("strings.wasm"));
#if defined(__cpp_char8_t)
  auto reverse = g.func<std::u8string(std::u8string_view)>("reverse");
  CHECK(GET(reverse.call(u8"añ🦀")) == u8"🦀ña");
  CHECK(GET(GET(g.instance.func("reverse")).call(u8"ñ")).at(0) == Val(u8"ñ"));
  CHECK(GET(GET(String::make(u8"ñ")).read<char8_t>()) == u8"ñ");
  Func f = GET(Func::wrap(g.store, [](std::u8string_view text) { return std::u8string(text) + u8"!"; }));
  CHECK(GET(f.call(u"é")).at(0) == Val("é!"));
#endif
#if defined(__cpp_lib_span)
  Memory memory = GET(Memory::make(g.store, GET(MemoryType::make(Limits(1)))));
  std::span<std::uint8_t> bytes = memory.data();
  bytes[7] = 9;
  CHECK(memory.data()[7] == 9 && bytes.size() == 65536);
#endif
#if defined(__cpp_lib_expected)
  std::expected<Func, Error> found = g.instance.func("greet");
  CHECK(found.has_value() && found->param_count() == 1);
  found = g.instance.func("missing");
  CHECK(!found && found.error().kind() == WITRT_ERROR_OUT_OF_RANGE);
  std::expected<void, Error> settled = g.store.settle();
  CHECK(settled.has_value());
#endif
  CHECK(g.instance);
  return check_result();
}
