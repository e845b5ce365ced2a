// An object of yours goes through a guest as a reference that the guest cannot
// look into, and comes back as what it was; with a look at the guest's memory
// and globals on the way.

#include <memory>

#include "common.hh"

struct Account {
  std::string owner;
  int balance;
};

static const char wat[] = R"((module
  (import "bank" "pay" (func $pay (param externref i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "ledger")
  (global $calls (export "calls") (mut i32) (i32.const 0))
  (func (export "pay twice") (param externref i32) (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (drop (call $pay (local.get 0) (local.get 1)))
    (call $pay (local.get 0) (local.get 1)))))";

int main() {
  witrt::Engine engine;
  witrt::Store store(engine);
  witrt::Linker linker;
  // One definition serves the import of core kinds, too.
  linker.define_func(store, "bank", "pay", [](witrt::AnyRef ref, int32_t amount) {
    return witrt::host<Account>(ref)->balance -= amount;
  }).unwrap();
  auto instance = linker.instantiate(store, witrt::Module::compile(engine, wat).unwrap()).unwrap();

  auto account = std::make_unique<Account>(Account{"Zoë", 100});
  auto object = witrt::Foreign::make(store, std::move(account)).unwrap();
  auto pay = instance.func<int32_t(witrt::AnyRef, int32_t)>("pay twice").unwrap();
  std::cout << "left: " << pay.call(object, 30).unwrap() << "\n";
  std::cout << witrt::host<Account>(object)->owner << " has "
            << witrt::host<Account>(object)->balance << "\n";

  auto bytes = instance.memory("memory").unwrap().data();
  std::cout << "memory: " << std::string(bytes.begin() + 8, bytes.begin() + 14) << "\n";
  auto calls = instance.global("calls").unwrap();
  std::cout << "calls: " << calls.value() << "\n";
  calls.set(0).unwrap();
  std::cout << "text there: " << (calls.set("none").ok() ? "taken" : "refused") << "\n";
}
