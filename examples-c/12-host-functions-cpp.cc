// Functions of the host are lambdas; their signatures say what the guest sees.
// They may hold what they like, throw, and call back in.

#include <map>
#include <stdexcept>

#include "common.hh"

static const char wat[] = R"((module
  (@interface import "host" "lookup" (func $lookup (param string) (result string)))
  (@interface import "host" "add" (func $add (param s32) (param s32) (result s32)))
  (@interface func (export "lookup") (param string) (result string)
    arg.get 0 call-adapter $lookup)
  (@interface func (export "double") (param s32) (result s32)
    arg.get 0 arg.get 0 call-adapter $add)))";

int main() {
  witrt::Engine engine;
  witrt::Store store(engine);
  std::map<std::string, std::string, std::less<>> words = {{"crab", "Krabbe"}, {"sea", "das Meer"}};
  witrt::TypedFunc<std::string(std::string_view)> lookup;

  witrt::Linker linker;
  linker.define_func(store, "host", "lookup", [&](std::string_view word) -> std::string {
    // "the sea" is looked up by a call into the guest that has called us.
    if (word.substr(0, 4) == "the ") return lookup.call(word.substr(4)).unwrap() + ", of course";
    auto found = words.find(word);
    if (found == words.end()) throw std::out_of_range("no such word: " + std::string(word));
    return found->second;
  }).unwrap();
  linker.define_func(store, "host", "add", [](int32_t a, int32_t b) { return a + b; }).unwrap();

  auto module = witrt::Module::compile(engine, wat).unwrap();
  auto instance = linker.instantiate(store, module).unwrap();
  lookup = instance.func<std::string(std::string_view)>("lookup").unwrap();
  std::cout << lookup.call("crab").unwrap() << "\n" << lookup.call("the sea").unwrap() << "\n";

  // The exception went through the guest as a trap.
  auto missing = lookup.call("Rust");
  std::cout << missing.err().message() << "\n";
  std::cout << instance.func<int32_t(int32_t)>("double").unwrap().call(21).unwrap() << "\n";
}
