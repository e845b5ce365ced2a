// Modules and their lists; globals, tables, memories, foreign objects.

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <numeric>
#include <string>

#include "guest.hh"

using namespace witrt;

static void modules() {
  Engine engine;
  Store store(engine);
  Module module = GET(Module::compile(engine, R"((module
    (import "a" "f" (func (param i32)))
    (import "a" "m" (memory 1 2))
    (table (export "t") 3 funcref)
    (global (export "g") (mut i64) (i64.const 5))
    (func (export "") (result f64) f64.const 1))
  )"));
  std::string text;
  for (auto import : module.imports())
    text += std::string(import.module()) + "." + std::string(import.name()) + ":" +
            std::to_string(import.type().kind()) + " ";
  for (auto exported : module.exports())
    text += std::string(exported.name()) + ":" + std::to_string(exported.type().kind()) + " ";
  CHECK_TEXT(text, "a.f:0 a.m:3 t:2 g:1 :0 ");
  ImportTypes imports = module.imports();
  CHECK(imports.size() == 2 && imports[0].type().as_func().params()[0].kind() == WASM_I32);
  CHECK(imports[1].type().as_memory().limits().max == 2 && !imports[1].type().as_func() && !imports[2]);
  ImportType kept = imports[1].copy();
  imports = ImportTypes();
  CHECK_TEXT(kept.name(), "m");
  ExportTypes exports = module.exports();
  CHECK(exports[1].type().as_global().is_mutable());
  CHECK_EQ(exports[1].type().as_global().content().kind(), WASM_I64);
  CHECK(exports[0].type().as_table().limits().min == 3 && !exports[0].type().as_tag());
  CHECK_EQ(exports[0].type().as_table().element().kind(), WASM_FUNCREF);
  CHECK_EQ(std::distance(exports.begin(), exports.end()), 3);

  Module named = GET(Module::compile(engine, R"((@interface func (export "") (param $a s8) (param s8)))"));
  CHECK_TEXT(named.exports()[0].type().as_func().param_name(0), "a");
  CHECK_TEXT(named.exports()[0].type().as_func().param_name(1), "");

  std::string bytes = GET(module.serialize());
  CHECK(GET(Module::deserialize(engine, bytes)).exports().size() == 3);
  std::string path = "objects-" + std::to_string(getpid()) + ".bin"; // these programs run several at once
  std::ofstream(path, std::ios::binary) << bytes;
  CHECK(GET(Module::deserialize_file(engine, path)).exports().size() == 3);
  CHECK_EQ(std::remove(path.c_str()), 0);
  CHECK_EQ(Module::deserialize_file(engine, path).err().kind(), WITRT_ERROR_UNREADABLE_FILE);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] + 1);
  CHECK(!Module::deserialize(engine, bytes.substr(0, bytes.size() / 2)).ok());

  Memory memory = GET(Memory::make(store, GET(MemoryType::make(Limits(1, 2)))));
  Func func = GET(Func::wrap(store, GET(FuncType::make({WASM_I32}, {})), [](int32_t) {}));
  Instance instance = GET(Instance::make(store, module, {func, memory}));
  std::size_t funcs = 0;
  for (ExternRef item : instance.exports()) funcs += item.kind() == WASM_EXTERN_FUNC;
  CHECK_EQ(funcs, 1);
  CHECK(GET(GET(instance.func<double()>("")).call()) == 1.0);
  CHECK(instance.func("g").err().kind() == WITRT_ERROR_WRONG_KIND);
  CHECK(instance.memory("missing").err().kind() == WITRT_ERROR_OUT_OF_RANGE);
  Extern item = GET(instance.get_export("g"));
  CHECK(item.as_global() && !item.as_func() && !item.as_table() && !item.as_memory());
  CHECK_EQ(item.type().kind(), WASM_EXTERN_GLOBAL);
}

static void globals() {
  Engine engine;
  Store store(engine);
  Global global = GET(Global::make(store, GET(GlobalType::make(WASM_I32, true)), 5));
  CHECK(global.value() == 5);
  GET(global.set(-1));
  CHECK(global.value() == Val::of_i32(-1));
  CHECK(!global.set(2.0).ok() && !global.set("text").ok() && global.value() == -1);
  Global constant = GET(Global::make(store, GET(GlobalType::make(WASM_F64, false)), 1.5));
  CHECK_EQ(constant.set(2.5).err().kind(), WITRT_ERROR_IMMUTABLE);
  CHECK(constant.value() == 1.5 && !constant.type().is_mutable());
  CHECK(!GlobalType::make(WASM_STRING, true).ok());
  CHECK(!Global::make(store, GET(GlobalType::make(WASM_I64, true)), 5).ok());
}

static void tables() {
  Engine engine;
  Store store(engine);
  Func func = GET(Func::wrap(store, GET(FuncType::make({}, {WASM_I32})), [] { return 7; }));
  Table table = GET(Table::make(store, GET(TableType::make(WASM_FUNCREF, Limits(2, 3)))));
  CHECK(table.size() == 2 && !table.at(0));
  GET(table.set(1, func));
  CHECK(GET(table.at(1).as<FuncRef>().call()).at(0) == 7);
  GET(table.grow(1, func));
  CHECK(table.at(2).same(func) && !table.grow(1).ok() && !table.set(3, nullptr).ok());
  CHECK(!table.set(0, GET(Foreign::make(store))).ok());
  // What has interface kinds is no function of core code.
  CHECK(!table.set(0, GET(Func::wrap(store, [] { return 7; }))).ok());
  GET(table.set(1, nullptr));
  CHECK(!table.at(1));
}

static void memories() {
  Engine engine;
  Store store(engine);
  Memory memory = GET(Memory::make(store, GET(MemoryType::make(Limits(1)))));
  CHECK(memory.pages() == 1 && memory.data().size() == 65536);
  Span<uint8_t> bytes = memory.data();
  std::iota(bytes.begin(), bytes.end(), uint8_t{0});
  CHECK(bytes[257] == 1 && memory.data()[255] == 255);
  GET(memory.grow(2));
  CHECK(memory.data().size() == 3 * 65536 && memory.data()[257] == 1);
  CHECK(memory.type().limits().min == 1 || memory.type().limits().min == 3);
  CHECK(!Memory::make(store, GET(MemoryType::make(Limits(2, 1)))).ok());
}

static void foreign() {
  struct Noted {
    bool* gone;
    explicit Noted(bool* g) : gone(g) {}
    ~Noted() { *gone = true; }
  };
  bool gone = false;
  {
    Engine engine;
  Store store(engine);
    Foreign object = GET(Foreign::make(store, std::make_unique<Noted>(&gone)));
    Ref ref = object.as_ref().copy();
    CHECK(host<Noted>(ref)->gone == &gone && ref.same(object) && !ref.same(GET(Foreign::make(store))));
    object.reset();
    CHECK(host<Noted>(ref.as<ForeignRef>())->gone == &gone);
    int info = 0;
    Func func = GET(Func::wrap(store, [] {}));
    func.set_host_info(&info);
    CHECK(func.copy().host_info() == &info && ExternRef(func).host_info() == &info);
  }
  CHECK(gone);
  bool untaken = false;
  CHECK(!Foreign::make(Store(), std::make_unique<Noted>(&untaken)).ok());
  CHECK(untaken);
}

/// What a host that bounds its guests does.
static void bounds_and_names() {
  std::vector<std::string> lines;
  witrt::Config config;
  config.epoch_interruption().trace([&](std::string_view line) { lines.emplace_back(line); });
  witrt::Engine engine = witrt::Engine::make(std::move(config)).unwrap();
  witrt::Store store(engine);
  auto module = witrt::Module::compile(engine, R"((module
    (import "env" "seven" (func $seven (result i32))) (import "env" "other" (func))
    (memory (export "m") 1)
    (func (export "f") (param i32) (result i32) (i32.add (local.get 0) (call $seven)))
    (func (export "spin") (loop $l br $l))))").unwrap();
  CHECK(!witrt::Module::from_file(engine, "/nowhere").ok());
  witrt::Linker linker;
  CHECK(linker.define_func(store, "env", "seven", [] { return std::int32_t{7}; }).ok());
  CHECK(linker.define_unknown_as_traps(store, module).ok());
  auto other = linker.get_extern("env", "other").unwrap();
  CHECK(other.type().text() == "func () -> ()" && !linker.get_extern("env", "none").ok());
  CHECK(!other.as_func().call().ok());
  auto instance = linker.instantiate(store, module).unwrap();
  CHECK(instance.func<std::int32_t(std::int32_t)>("f").unwrap().call(3).unwrap() == 10);
  CHECK(lines == std::vector<std::string>({"call f(3)", "import env.seven()"}));

  witrt::Memory memory = instance.memory("m").unwrap();
  const std::uint8_t bytes[] = {1, 2, 3};
  std::uint8_t back[3] = {};
  CHECK(memory.write(65533, witrt::Span<const std::uint8_t>(bytes, 3)).ok());
  CHECK(memory.read(65533, witrt::Span<std::uint8_t>(back, 3)).ok() && back[2] == 3);
  auto outside = memory.read(65534, witrt::Span<std::uint8_t>(back, 3));
  CHECK(!outside.ok() && outside.err().kind() == WITRT_ERROR_OUT_OF_RANGE);
  CHECK(store.set_max_memory_bytes(65536).ok() && !memory.grow(1).ok());
  CHECK(store.set_max_table_elements(1).ok() && store.set_max_instances(1).ok());
  CHECK(!linker.instantiate(store, module).ok());

  int asked = 0;
  CHECK(store.set_epoch_callback([&] { return asked++ < 1 ? std::uint64_t{0} : std::uint64_t{1}; }).ok());
  CHECK(store.set_epoch_deadline(0).ok());
  CHECK(!instance.func("spin").unwrap().call().ok() && asked == 1);
  CHECK(store.set_epoch_callback(nullptr).ok());
}

/// All that an instance of a component exports as one interface.
static void linked() {
  witrt::Engine engine;
  witrt::Store store(engine);
  auto load = [&](const char* file) {
    return witrt::Module::from_file(engine, std::string(MODULES "/linked/") + file).unwrap();
  };
  auto given = load("giver.wat"), user = load("user.wat");
  witrt::Linker linker;
  auto giver = linker.instantiate(store, given).unwrap();
  CHECK(linker.define("giver", giver).ok() && !linker.instantiate(store, user).ok());
  CHECK(linker.define_as("giver", giver).ok());
  auto instance = linker.instantiate(store, user).unwrap();
  CHECK(instance.func<std::uint32_t()>("sum").unwrap().call().unwrap() == 44);
}

int main() {
  bounds_and_names();
  linked();
  modules();
  globals();
  tables();
  memories();
  foreign();
  return check_result();
}
