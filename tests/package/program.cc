// A program outside the tree, in C++: prints 42.

#include <iostream>
#include <witrt.hh>

int main() {
  witrt::Engine engine;
  witrt::Store store(engine);
  witrt::Linker linker;
  linker.define_func(store, "host", "half", [](std::u16string_view s) { return uint32_t(s.size()); }).unwrap();
  auto module = witrt::Module::compile(engine, R"((module
    (@interface import "host" "half" (func $half (param string) (result u32)))
    (@interface func (export "f") (param string) (result u32) arg.get 0 call-adapter $half)))").unwrap();
  auto f = linker.instantiate(store, module).unwrap().func<uint32_t(std::string_view)>("f").unwrap();
  std::cout << 2 * f.call("twenty-one characters").unwrap() << "\n";
}
