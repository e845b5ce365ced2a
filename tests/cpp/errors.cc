// Errors say what, where and which argument; traps have frames.

#include "guest.hh"

using namespace witrt;

static void places() {
  Engine engine;
  Store store(engine);
  Error error = Module::compile(engine, "(module\n  (func (result i32) f32.const 1))").err();
  CHECK(error.kind() == WITRT_ERROR_INVALID_CORE || error.kind() == WITRT_ERROR_MALFORMED_TEXT);
  error = Module::compile(engine, "(module\n  (fun))").err();
  CHECK_EQ(error.kind(), WITRT_ERROR_MALFORMED_TEXT);
  CHECK_TEXT(error.kind_name(), "MalformedText");
  CHECK(error.line_column() && error.line_column()->first == 2);
  CHECK(error.line_column() && error.line_column()->second == 4);
  error = Module::compile(engine, std::string_view("\0asm\1\0\0\0\1", 9)).err();
  CHECK(error.kind() == WITRT_ERROR_MALFORMED_BINARY && error.offset() && !error.line_column());
  CHECK(!error.message().empty() && error.message() == error.what());
  CHECK(!Module::validate(engine, "(module (func (export 1)))").ok());
  GET(Module::validate(engine, "(module)"));

  Module module = GET(Module::compile(engine, R"((module
    (import "a" "b" (func)) (import "c" "d" (global i32))))"));
  error = Linker().instantiate(store, module).err();
  CHECK_EQ(error.kind(), WITRT_ERROR_MISSING_IMPORT);
  CHECK(contains(error.message(), "\"b\"") && contains(error.message(), "\"d\""));
  error = Instance::make(store, module).err();
  CHECK_EQ(error.kind(), WITRT_ERROR_WRONG_COUNT);
  Func f = GET(Func::wrap(store, [] {}));
  error = Instance::make(store, module, {f, f}).err();
  CHECK(error.kind() == WITRT_ERROR_INCOMPATIBLE_IMPORT && error.argument() == 1u);

  CHECK_EQ(Engine::make(std::move(Config().ill_formed(9))).err().kind(), WITRT_ERROR_UNKNOWN_KIND);
  CHECK(!Engine::make(std::move(Config().max_stack_bytes(0))).ok());
  CHECK_EQ(store.set_fuel(1).err().kind(), WITRT_ERROR_UNSUPPORTED);
  CHECK_EQ(ValType::make(77).err().kind(), WITRT_ERROR_UNKNOWN_KIND);
  CHECK_EQ(FuncType::make({WASM_I32, 77}, {}).err().kind(), WITRT_ERROR_UNKNOWN_KIND);
}

static void copies() {
  Error error;
  {
    Guest g;
    g.load("(module (func $inner unreachable) (func $outer (export \"f\") call $inner))");
    error = g.func<void()>("f").call().err();
  }
  // What is left of the store lives in the trap.
  Error copy = error, moved = std::move(error);
  CHECK(copy.trap().same(moved.trap()) && copy.trap_code() == WITRT_TRAP_UNREACHABLE);
  std::string names;
  for (FrameRef frame : copy.frames()) names += std::string(frame.func_name()) + " ";
  CHECK_TEXT(names, "inner outer ");
  Frames frames = copy.frames();
  Frame kept = frames[0].copy();
  Frames other = std::move(frames);
  CHECK(frames.empty() && other.size() == 2 && !other[2]);
  CHECK(other[0].func_index() == 0 && other[1].func_index() == 1);
  CHECK(other[1].module_offset() > other[0].module_offset() && other[0].func_offset() > 0);
  CHECK(other[0].instance().func("f").ok());
  CHECK_TEXT(kept.func_name(), "inner");
  CHECK_TEXT(copy.trap().origin().func_name(), "inner");
  CHECK(contains(copy.what(), "unreachable") && copy.trap().message() == copy.what());
  Trap trap = copy.trap().copy();
  CHECK(trap.error().trap_code() == WITRT_TRAP_UNREACHABLE && trap.code() == WITRT_TRAP_UNREACHABLE);
  frames = std::move(other);
  wasm_frame_vec_t raw = frames.release();
  CHECK(raw.size == 2 && frames.empty());
  frames = Frames::from_raw(raw);
}

static void results() {
  Result<int> good = 7, bad = Error("no", WITRT_ERROR_UNSUPPORTED);
  CHECK(good.ok() && good && *good == 7 && good.err().kind() == WITRT_ERROR_NONE);
  CHECK(!bad.ok() && !bad && bad.err().kind() == WITRT_ERROR_UNSUPPORTED);
  CHECK_TEXT(bad.err().message(), "no");
  CHECK(std::move(bad).value_or(3) == 3 && std::move(good).value_or(3) == 7);
  Result<std::unique_ptr<int>> moved = std::make_unique<int>(5);
  *moved.unwrap() = 6;
  CHECK(*std::move(moved).unwrap() == 6);
  Result<void> done, failed = Error("no");
  CHECK(done.ok() && !failed.ok() && failed.err().kind() == WITRT_ERROR_TRAP);
  done.unwrap();
}

static void limits() {
  Config config;
  config.consume_fuel().max_memory_bytes(1 << 16).max_stack_bytes(1 << 18).parallel_compilation(false);
  Engine engine = GET(Engine::make(std::move(config)));
  Store store(engine);
  GET(store.set_fuel(1000));
  CHECK_EQ(GET(store.fuel()), 1000);
  auto instance = GET(Instance::make(store, GET(Module::compile(engine, R"((module (memory (export "m") 1)
    (func (export "loop") (loop br 0))))"))));
  Error error = GET(instance.func<void()>("loop")).call().err();
  CHECK_EQ(error.trap_code(), WITRT_TRAP_OUT_OF_FUEL);
  CHECK(!GET(instance.memory("m")).grow(1).ok());

  engine = GET(Engine::make(std::move(Config().epoch_interruption())));
  store = Store(engine);
  GET(store.set_epoch_deadline(1));
  instance = GET(Instance::make(store, GET(Module::compile(engine, R"((module
    (func (export "loop") (loop br 0))))"))));
  engine.increment_epoch();
  CHECK_EQ(GET(instance.func<void()>("loop")).call().err().trap_code(), WITRT_TRAP_INTERRUPTED);
}

int main() {
  places();
  copies();
  results();
  limits();
  return check_result();
}
