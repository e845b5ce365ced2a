// What C++ pays: text that a call returns, as a new string of its own, against the same
// by a prepared call that is written by hand; and how many texts go in with one call.
//
// They take turns; each figure is the median of many blocks.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>
#include <witrt.hh>

namespace {

using Run = std::function<void()>;

/// The median nanoseconds a call of each takes.
std::vector<double> medians(const std::vector<Run>& runs) {
  using Clock = std::chrono::steady_clock;
  constexpr int blocks = 51;
  std::vector<std::vector<double>> times(runs.size());
  auto time = [](const Run& run, int calls) {
    auto start = Clock::now();
    for (int i = 0; i < calls; i++) run();
    return std::chrono::duration<double, std::nano>(Clock::now() - start).count() / calls;
  };
  std::vector<int> calls;
  for (auto& run : runs) {
    time(run, 1000);
    calls.push_back(static_cast<int>(std::clamp(1e6 / time(run, 1000), 10.0, 1e6)));
  }
  for (int block = 0; block < blocks; block++) {
    for (std::size_t i = 0; i < runs.size(); i++) times[i].push_back(time(runs[i], calls[i]));
  }
  std::vector<double> found;
  for (auto& all : times) {
    std::nth_element(all.begin(), all.begin() + blocks / 2, all.end());
    found.push_back(all[blocks / 2]);
  }
  return found;
}

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::exit(1);
}

std::string repeated(const char* piece, int times) {
  std::string text;
  for (int i = 0; i < times; i++) text += piece;
  return text;
}

struct Prepared {
  witrt_prepared_t* call;
  Prepared(witrt::FuncRef func, const std::vector<witrt_slot_kind_t>& params, witrt_slot_kind_t result)
    : call(witrt_func_prepare(func.get(), params.data(), params.size(), &result, 1, nullptr)) {
    if (!call) die("a function's type");
  }
  ~Prepared() { witrt_prepared_delete(call); }
  Prepared(const Prepared&) = delete;
};

template <class String>
void result(const witrt::Engine& engine, witrt::Store& store, const char* script, const char* piece, int times, witrt_slot_kind_t kind) {
  auto text = repeated(piece, times);
  auto size = std::to_string(text.size());
  auto module = witrt::Module::compile(engine,
    "(module (memory 2) (data (i32.const 32) \"" + text + "\")"
    " (func $t (result i32 i32) i32.const 32 i32.const " + size + ")"
    " (@interface func (export \"t\") (result string) call-core $t memory-to-string))").unwrap();
  auto instance = witrt::Instance::make(store, module).unwrap();
  auto func = instance.func("t").unwrap();
  auto typed = func.template typed<String()>().unwrap();
  Prepared prepared(func, {}, kind);
  std::size_t units = typed.call().unwrap().size();
  // Who knows the length; in a program, nobody does.
  auto by_hand = [&] {
    String text(units, 0);
    witrt_slot_t out;
    out.buffer = {text.data(), text.size()};
    if (!witrt_prepared_call(prepared.call, nullptr, &out, nullptr)) die("a call");
  };
  auto by_type = [&] {
    if (typed.call().unwrap().size() != units) die("a length");
  };
  auto found = medians({Run(by_type), Run(by_hand)});
  std::printf("%-9s %-6s %6s bytes  %7.0f ns typed  %7.0f by hand  %5.2f\n",
    sizeof(typename String::value_type) == 1 ? "string" : "u16string", script, size.c_str(), found[0], found[1], found[0] / found[1]);
}

/// A call with so many texts of eight bytes.
Run texts(const witrt::Engine& engine, witrt::Store& store, std::size_t count) {
  std::string params, core, lowered;
  for (std::size_t i = 0; i < count; i++) {
    params += " (param string)";
    core += " i32 i32";
    lowered += " arg.get " + std::to_string(i) + " string-to-memory $alloc";
  }
  auto module = witrt::Module::compile(engine,
    "(module (memory 1) (func $alloc (param i32) (result i32) i32.const 1024)"
    " (func $f (param" + core + ") (result i32) local.get 1)"
    " (@interface func (export \"f\")" + params + " (result u32)" + lowered + " call-core $f i32-to-u32))").unwrap();
  auto instance = witrt::Instance::make(store, module).unwrap();
  auto func = instance.func("f").unwrap();
  auto prepared = std::make_shared<Prepared>(func, std::vector<witrt_slot_kind_t>(count, WITRT_SLOT_UTF8), WASM_U32);
  std::vector<witrt_slot_t> in(count);
  for (auto& slot : in) slot.text = {"12345678", 8};
  return [prepared, in] {
    witrt_slot_t out;
    if (!witrt_prepared_call(prepared->call, in.data(), &out, nullptr)) die("a call");
  };
}

}  // namespace

int main() {
  witrt::Engine engine;
  witrt::Store store(engine);
  for (int units : {8, 64, 256, 1024}) {
    result<std::u16string>(engine, store, "ascii", "x", units, WITRT_SLOT_UTF16);
    result<std::string>(engine, store, "ascii", "x", units, WITRT_SLOT_UTF8);
    result<std::u16string>(engine, store, "cjk", "\u6f22", units, WITRT_SLOT_UTF16);
    result<std::string>(engine, store, "cjk", "\u6f22", units, WITRT_SLOT_UTF8);
  }
  const std::size_t counts[] = {1, 2, 4, 8, 16, 32};
  std::vector<Run> runs;
  for (std::size_t count : counts) runs.push_back(texts(engine, store, count));
  auto found = medians(runs);
  for (std::size_t i = 0; i < runs.size(); i++) {
    std::printf("%2zu texts of 8 bytes in one call  %7.0f ns  %5.2f of eight\n", counts[i], found[i], found[i] / found[3]);
  }
}
