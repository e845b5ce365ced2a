// This library's typed calls, from C++: views go in, and containers come out.

#include "dynamic.h"
#define WITRT_EXCEPTIONS
#include <witrt.hh>

namespace {

struct given {
  std::string_view name;
  std::uint32_t number;
};
WITRT_FIELDS(given, name, number)

struct taken {
  std::string name;
  std::uint32_t number;
};
WITRT_FIELDS(taken, name, number)

using bytes = std::vector<std::uint8_t>;
using bytes_view = witrt::Span<const std::uint8_t>;
using u32 = std::uint32_t;

struct self {
  host_t host;
  std::vector<given> items;
  std::size_t seen = 0;
  witrt::TypedFunc<std::int32_t(std::int32_t, std::int32_t)> add;
  witrt::TypedFunc<u32(std::string_view)> text_in;
  witrt::TypedFunc<std::string(u32)> text_out;
  witrt::TypedFunc<u32(bytes_view)> bytes_in;
  witrt::TypedFunc<bytes(u32)> bytes_out;
  witrt::TypedFunc<u32(witrt::Span<const given>)> items_in;
  witrt::TypedFunc<std::vector<taken>(u32)> items_out;
  witrt::TypedFunc<void(u32, u32)> back, ask;
};

std::uint64_t run(void* env, int work, std::size_t size) {
  self& s = *static_cast<self*>(env);
  const u32 count = static_cast<u32>(size);
  switch (work) {
    case ADD: return static_cast<std::uint64_t>(s.add(40, 2));
    case TEXT_IN: return s.text_in({s.host.text, size});
    case TEXT_OUT: return s.text_out(count).size();
    case BYTES_IN: return s.bytes_in({s.host.bytes, size});
    case BYTES_OUT: return s.bytes_out(count).size();
    case ITEMS_IN: return s.items_in({s.items.data(), size});
    case ITEMS_OUT: {
      std::uint64_t sum = 0;
      for (const taken& item : s.items_out(count)) sum += item.name.size() + item.number;
      return sum;
    }
    default: {
      s.seen = 0;
      (work == BACK ? s.back : s.ask)(TIMES, count);
      return s.seen;
    }
  }
}

template <class F>
void find(const witrt::Instance& instance, int work, witrt::TypedFunc<F>& func) {
  func = instance.func<F>(names[work]).unwrap();
}

}  // namespace

dynamic_t types(const char* wasm, size_t size, host_t host, size_t) {
  self& s = *new self{};
  s.host = host;
  for (std::size_t i = 0; i < 100; i++) {
    const item_t& item = host.items[i];
    s.items.push_back({{item.name, item.size}, item.number});
  }
  witrt::Engine engine;
  witrt::Store store(engine);
  auto module = witrt::Module::compile(engine, {wasm, size}).unwrap();
  witrt::Linker linker;
  for (auto import : module.imports()) {
    auto define = [&](auto body) {
      linker.define_func(store, import.type().as_func(), import.module(), import.name(), body).unwrap();
    };
    if (import.name() == "log") define([&s](std::string_view text) { s.seen += text.size(); });
    else define([&s](bytes_view found) {
      s.seen += found.size();
      return bytes(found.begin(), found.end());
    });
  }
  auto instance = linker.instantiate(store, module).unwrap();
  find(instance, ADD, s.add);
  find(instance, TEXT_IN, s.text_in);
  find(instance, TEXT_OUT, s.text_out);
  find(instance, BYTES_IN, s.bytes_in);
  find(instance, BYTES_OUT, s.bytes_out);
  find(instance, ITEMS_IN, s.items_in);
  find(instance, ITEMS_OUT, s.items_out);
  find(instance, BACK, s.back);
  find(instance, ASK, s.ask);
  return {&s, run};
}
