// What goes wrong, as results and as exceptions: the macro says which. Without
// it nothing throws, and the program may be compiled with -fno-exceptions.

#define WITRT_EXCEPTIONS
#include "common.hh"

int main() {
  witrt::Engine engine;
  witrt::Store store(engine);

  // A result is asked, ...
  auto module = witrt::Module::compile(engine, "(module\n  (func (result)");
  if (!module.ok()) {
    witrt::Error error = module.err();
    std::cout << error.kind_name();
    if (auto at = error.line_column()) std::cout << " in line " << at->first;
    std::cout << "\n";
  }

  // ... or throws when what it does not have is taken.
  auto strings = load(engine, "../tests/modules/strings.wasm").unwrap();
  auto instance = witrt::Instance::make(store, strings).unwrap();
  auto concat = instance.func<std::string(std::string_view, std::u16string_view)>("concat").unwrap();
  try {
    std::cout << concat("interface ", u"types") << "\n";
    const char16_t half_a_crab[] = {u'c', 0xd83e, 0};
    std::cout << concat("crab ", half_a_crab) << "\n";
  } catch (const witrt::Error& error) {
    std::cout << error.kind_name() << " in argument " << error.argument().value() << ", code unit "
              << error.position().value() << "\n";
  }

  // A trap has frames.
  try {
    instance.func<std::string(std::string_view)>("boom").unwrap()("🦀");
  } catch (const witrt::TrapError& trap) {
    std::cout << trap.what() << "\n";
    std::size_t frames = 0;
    for (witrt::FrameRef frame : trap.frames()) frames += frame.module_offset() > 0;
    std::cout << frames << " frames of the guest\n";
  }
}
