// Every type that a function may have, and a function whose type is looked up
// while the program runs.

#include "common.hh"

int main() {
  witrt::Engine engine;
  witrt::Store store(engine);
  auto numbers = witrt::Instance::make(store, load(engine, "../tests/modules/numbers.wasm").unwrap()).unwrap();
  auto strings = load(engine, "../tests/modules/strings.wasm").unwrap();
  auto instance = witrt::Instance::make(store, strings).unwrap();

  // Integers keep their size and sign.
  auto add = numbers.func<uint8_t(uint8_t, uint8_t)>("add_u8").unwrap();
  std::cout << "255 + 1 = " << int(add.call(255, 1).unwrap()) << " in eight bits\n";

  // Another signature than the function's is an error, not a crash.
  auto wrong = numbers.func<int32_t(uint8_t, uint8_t)>("add_u8");
  std::cout << "as int32_t: " << wrong.err().message() << "\n";

  // What is exported, with what type.
  for (auto item : strings.exports()) {
    auto type = item.type().as_func();
    if (type.params().size() < 2) continue;
    std::cout << item.name() << "(";
    for (auto param : type.params()) std::cout << " " << witrt::kind_name(param.kind());
    std::cout << " )\n";
  }

  // Values of any kind, checked in each call.
  auto repeat = instance.func("repeat").unwrap();
  auto results = repeat.call(u"ho ", 3U).unwrap();
  std::cout << results.at(0) << "\n";
  auto refused = repeat.call(u"ho ", "three");
  std::cout << refused.err().message() << "\n";
}
