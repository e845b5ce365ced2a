// The first example in C++: no handles to delete, no values to build. Text is
// taken as a view of whatever holds it, and comes back as a string of its own.

#include "common.hh"

int main() {
  witrt::Engine engine;
  witrt::Store store(engine);
  auto module = load(engine, "01-hello.wat").unwrap();
  auto instance = witrt::Instance::make(store, module).unwrap();

  // The signature is checked here, once. A call checks nothing more.
  auto greet = instance.func<std::string(std::string_view)>("greet").unwrap();
  std::cout << greet.call("Zoë 🦀").unwrap() << "\n";

  // The same function, for text in UTF-16: each call transcodes once, straight
  // into the guest's memory, and once straight into the result.
  auto greet16 = instance.func<std::u16string(std::u16string_view)>("greet").unwrap();
  std::u16string answer = greet16.call(u"Zoë 🦀").unwrap();
  std::cout << answer.size() << " code units of UTF-16\n";

  // One in, the other out, if you like.
  auto narrow = instance.func<std::string(std::u16string_view)>("greet").unwrap();
  std::cout << narrow.call(u"straße").unwrap() << "\n";
}
