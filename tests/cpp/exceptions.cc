// With WITRT_EXCEPTIONS: what goes wrong is thrown, also through guests.

#define WITRT_EXCEPTIONS

#include "guest.hh"

using namespace witrt;

template <class E, class F> static E thrown(F f) {
  try {
    f();
  } catch (const E& error) {
    return error;
  }
  check_(0, "nothing was thrown", __FILE__, __LINE__);
  exit(1);
}

int main() {
  Engine engine;
  Store store(engine);
  auto bad = thrown<Error>([&] { (void)Module::compile(engine, "(module (fun))").unwrap(); });
  CHECK_EQ(bad.kind(), WITRT_ERROR_MALFORMED_TEXT);
  auto standard = thrown<std::runtime_error>([&] { *Func().call(); });
  CHECK(standard.what()[0] != 0);
  CHECK_EQ(thrown<Error>([&] { Store().settle().unwrap(); }).kind(), WITRT_ERROR_NULL_POINTER);

  Linker linker;
  linker.define_func(store, "host", "check", [](std::string_view text, int32_t n) {
    if (n < 0) throw std::invalid_argument("negative: " + std::string(text));
    return std::string(static_cast<std::size_t>(n), text.at(0));
  }).unwrap();
  Instance instance = linker.instantiate(store, Module::compile(engine, R"((module
    (@interface import "host" "check" (func $check (param string) (param s32) (result string)))
    (@interface func (export "f") (param string) (param s32) (result string)
      arg.get 0 arg.get 1 call-adapter $check)
    (func (export "boom") unreachable)
    (@interface func (export "trap") call-core 0))
  )").unwrap()).unwrap();

  auto f = instance.func<std::u16string(std::u16string_view, int32_t)>("f").unwrap();
  CHECK(f(u"abc", 3) == u"aaa");
  auto trap = thrown<TrapError>([&] { f(u"Zoë", -1); });
  CHECK_TEXT(trap.trap().message(), "negative: Zoë");
  CHECK(contains(thrown<TrapError>([&] { f(u"", 1); }).trap().message(), "at"));
  const char16_t half[] = {0xd83e, 0};
  Error text = thrown<Error>([&] { f(half, 1); });
  CHECK(text.kind() == WITRT_ERROR_BAD_TEXT && text.argument() == 0u && text.position() == 0u);

  // A call that fails within a host function unwinds it, and all above.
  auto boom = instance.func<void()>("trap").unwrap();
  auto middle = Func::wrap(store, [&] { boom(); }).unwrap();
  auto typed = middle.typed<void()>().unwrap();
  TrapError through = thrown<TrapError>([&] { typed(); });
  CHECK(through.trap_code() == WITRT_TRAP_UNREACHABLE && !through.frames().empty());
  CHECK_TEXT(instance.func<std::string(std::string_view, int32_t)>("f").unwrap()("ok", 1), "o");
  return check_result();
}
