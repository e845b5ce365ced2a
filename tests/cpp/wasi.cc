// WASI in C++: what is given, in the encodings that C++ has, and what comes back.

#include "guest.hh"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <vector>

using namespace witrt;

static Module load(const Engine& engine, const char* file) {
  std::ifstream stream(std::string(MODULES "/../wasi/") + file, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  return Module::compile(engine, bytes).unwrap();
}

int main() {
  Engine engine;
  for (const char* file : {"probe.wasm", "probe-component.wasm"}) {
    Module module = load(engine, file);
    auto run = [&](Wasi& wasi) {
      Store store(engine);
      store.set_wasi(wasi).unwrap();
      return Instance::make(store, module).unwrap().run();
    };
    std::string out;
    auto to = [&](Wasi& wasi) {
      out.clear();
      wasi.stdout_to([&out](std::string_view text) {
        out += text;
        return true;
      });
    };

    Wasi args;
    to(args);
    args.arg("probe").arg(u"args").arg(U"ü🦀").arg(Latin1View("\xfc")).arg(std::string("s"));
    CHECK_EQ(run(args).unwrap(), 0);
    CHECK(out == "[probe]\n[args]\n[ü🦀]\n[ü]\n[s]\n");

    Wasi lines;
    std::vector<std::string> all;
    lines.arg("probe").arg("part").arg("0").env("K", u"v");
    lines.stdout_lines([&all](std::string_view line) { return all.emplace_back(line), true; });
    CHECK_EQ(run(lines).unwrap(), 0);
    CHECK(all == (std::vector<std::string>{"whole\n", "part"}));

    // A closure is kept as long as it is needed, and what it throws stays here.
    auto shared = std::make_shared<std::string>("text of a closure");
    {
      Wasi input;
      to(input);
      input.arg("probe").arg("cat").stdin_from(
        [shared](char* room, std::size_t size) {
          std::size_t count = shared->copy(room, size);
          shared->erase(0, count);
          return count;
        });
      CHECK_EQ(run(input).unwrap(), 0);
      CHECK(out == "text of a closure");
      CHECK_EQ(shared.use_count(), 2);
      Wasi bad;
      bad.arg("probe").arg("cat").stdin_from(
        [](char*, std::size_t) -> std::size_t { throw std::runtime_error("no"); });
      CHECK(run(bad).unwrap() != 0);
    }
    CHECK_EQ(shared.use_count(), 1);

    Wasi exits;
    exits.arg("probe").arg("exit").arg("3").clocks(0, 1).random_seed(1).max_handles(50);
    int expected = std::string_view(file) == "probe.wasm" ? 3 : 1;
    CHECK_EQ(run(exits).unwrap(), expected);
    Store store(engine);
    store.set_wasi(exits).unwrap();
    Instance instance = Linker().instantiate(store, module).unwrap();
    if (expected == 3) {
      auto error = instance.func("_start").unwrap().call().err();
      CHECK_EQ(error.trap().code(), WITRT_TRAP_EXITED);
      CHECK(error.trap().exit_status() == 3);
    }
    Wasi traps;
    traps.arg("probe").arg("trap");
    auto trapped = run(traps);
    CHECK(!trapped.ok() && !trapped.err().trap().exit_status());
  }
  // What could not be given is told when a store is given it.
  Store store(engine);
  Wasi wrong;
  wrong.preopen_dir("/no such folder", "/d").allow_address("127.0.0.1:80").allow_name_lookup();
  CHECK_EQ(store.set_wasi(wrong).err().kind(), WITRT_ERROR_UNREADABLE_FILE);
  CHECK_EQ(store.set_wasi(Wasi().allow_address("localhost")).err().kind(),
           WITRT_ERROR_OUT_OF_RANGE);
  store.set_wasi(Wasi().inherit(WITRT_WASI_STDERR).allow_network()).unwrap();
  return check_result();
}
