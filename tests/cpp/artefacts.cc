// What one process has compiled, another loads: core modules and components.
//
// artefacts              compiles, and has itself started again for each file
// artefacts FILE NAME    loads FILE and calls what it exports as NAME

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "guest.hh"

using namespace witrt;

// A function from text to text, and what it makes of one.
static void call(const Module& module, Engine& engine, std::string_view name) {
  Store store(engine);
  Linker linker;
  Instance instance = GET(linker.instantiate(store, module));
  auto func = GET(instance.func<std::u16string(std::u16string_view)>(name));
  std::u16string text = GET(func.call(u"Zo\u00eb \U0001f980"));
  CHECK(text.find(u"Zo\u00eb \U0001f980") != std::u16string::npos);
}

static int load(const char* path, std::string_view name) {
  Engine engine;
  // Mapped, and from bytes.
  call(GET(Module::deserialize_file(engine, path)), engine, name);
  std::ifstream stream(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  call(GET(Module::deserialize(engine, bytes)), engine, name);
  // Another process may have been interrupted when it wrote the file.
  for (size_t size : {size_t{0}, bytes.size() / 3, bytes.size() - 1}) {
    Result<Owned<ModuleRef>> part = Module::deserialize(engine, bytes.substr(0, size));
    CHECK(!part.ok() && part.err().kind() == WITRT_ERROR_BAD_ARTEFACT);
  }
  return check_result();
}

static void compile(const std::string& self, const std::string& name, const char* function) {
  std::string path = "artefacts-" + std::to_string(getpid()) + ".cwasm";
  {
    Engine engine;
    Module module = GET(Module::compile(engine, file(name)));
    std::string bytes = GET(module.serialize());
    std::ofstream(path, std::ios::binary) << bytes;
    Module again = GET(Module::deserialize(engine, bytes));
    CHECK_EQ(again.imports().size(), module.imports().size());
    REQUIRE(again.exports().size() == module.exports().size());
    for (size_t i = 0; i < again.exports().size(); i++) {
      CHECK(again.exports()[i].name() == module.exports()[i].name());
      CHECK_EQ(again.exports()[i].type().kind(), module.exports()[i].type().kind());
    }
  }
  CHECK_EQ(std::system(("'" + self + "' " + path + " " + function).c_str()), 0);
  CHECK_EQ(std::remove(path.c_str()), 0);
}

int main(int count, char** arguments) {
  if (count == 3) return load(arguments[1], arguments[2]);
  for (const char* guest : {"utf8", "utf16"}) {
    compile(arguments[0], std::string("components/c/plain-") + guest + ".wasm", "greet");
    compile(arguments[0], std::string("components/wat/solo-") + guest + ".wasm", "echo");
  }
  compile(arguments[0], "strings.wasm", "greet");
  return check_result();
}
