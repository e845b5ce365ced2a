// Host functions of any callable: signatures, failures, calls back in.

#include <functional>
#include <memory>
#include <stdexcept>

#include "guest.hh"

using namespace witrt;

static int32_t twice(int32_t x) { return 2 * x; }
static int64_t longer(int64_t x) noexcept { return x + 1; }

// Every kind of callable, and every type in and out.
static void signatures() {
  Engine engine;
  Store store(engine);
  auto back = [&](auto&& callable, auto&&... args) {
    using F = decltype(callable);
    return GET(GET(Func::wrap(store, std::forward<F>(callable))).call(std::forward<decltype(args)>(args)...));
  };
  CHECK(back(twice, 21).at(0) == 42);
  CHECK(back(&twice, -21).at(0) == -42);
  CHECK(back(longer, int64_t{1}).at(0) == int64_t{2});
  CHECK(back([](uint8_t x, int8_t y) { return int16_t(x + y); }, uint8_t{255}, int8_t{-128}).at(0) == int16_t{127});
  CHECK(back([](uint16_t x) noexcept { return x; }, uint16_t{65535}).at(0) == uint16_t{65535});
  CHECK(back([](uint32_t x, uint64_t y) { return x + y; }, UINT32_MAX, uint64_t{1}).at(0) == uint64_t{1} << 32);
  CHECK(back([](float x, double y) { return x * y; }, 0.5F, 4.0).at(0) == 2.0);
  CHECK(back([] {}).empty());
  int n = 1;
  CHECK(back([n](int32_t x) mutable { return n += x; }, 5).at(0) == 6);
  std::function<std::string(std::string)> function = [](std::string s) { return s + "!"; };
  CHECK(back(function, "function").at(0) == Val("function!"));
  CHECK(back([p = std::make_unique<int>(7)] { return *p; }).at(0) == 7);

  // Text, each way, in each encoding.
  CHECK(back([](std::string_view s) { return std::u16string(s.begin(), s.end()); }, u"abc").at(0) == Val("abc"));
  CHECK(back([](std::u16string_view s) { return std::string(s.size(), 'x'); }, "ñ\xF0\x9F\xA6\x80").at(0) == Val("xxx"));
  CHECK(back([](const std::u16string& s) { return s; }, "Zoë").at(0) == Val(u"Zoë"));
  CHECK(back([](StringRef s) { return s.utf16(); }, "lazy").at(0) == Val("lazy"));
  CHECK(back([](StringRef s) { return s.copy(); }, u"lazy").at(0) == Val("lazy"));
  CHECK(back([](String s) { return s; }, u"owned").at(0) == Val("owned"));
  CHECK(back([] { return std::string_view("literal"); }).at(0) == Val("literal"));
  CHECK(back([](std::string_view s) { return uint32_t(s.size()); }, "").at(0) == 0U);
  std::string large(1 << 20, 'l');
  CHECK(back([](std::u16string_view s) { return s; }, large).at(0) == Val(large));

  // References, and several results.
  Foreign object = GET(Foreign::make(store));
  Func seven = GET(Func::wrap(store, [] { return 7; }));
  CHECK(back([&](AnyRef ref) { return ref.same(object) ? 1 : 0; }, Val(object.as_ref().copy())).at(0) == 1);
  CHECK(back([](AnyRef ref) { return ref.copy(); }, Val(object.as_ref().copy())).at(0).ref().same(object));
  CHECK(back([](AnyRef ref) { return !ref ? 1 : 0; }, nullptr).at(0) == 1);
  CHECK(back([](FuncRef f) { return f.call().unwrap().at(0).i32(); }, Val::funcref(seven)).at(0) == 7);
  auto results = back([](int32_t x) { return std::make_tuple(x, std::string("s"), uint8_t{9}); }, 1);
  CHECK(results.size() == 3 && results[0] == 1 && results[1] == Val("s") && results[2] == uint8_t{9});
}

static void types() {
  Engine engine;
  Store store(engine);
  Func f = GET(Func::wrap(store, [](int32_t, std::string_view, uint64_t, AnyRef, FuncRef, float) { return int8_t{1}; }));
  wasm_valkind_t kinds[] = {WASM_S32, WASM_STRING, WASM_U64, WASM_EXTERNREF, WASM_FUNCREF, WASM_F32};
  FuncType type = f.type();
  std::size_t i = 0;
  for (ValTypeRef param : type.params()) CHECK_EQ(param.kind(), kinds[i++]);
  CHECK(i == 6 && f.param_count() == 6 && f.result_count() == 1);
  CHECK_EQ(type.results()[0].kind(), WASM_S8);
  // The kinds of a type that is given.
  Func core = GET(Func::wrap(store, GET(FuncType::make({WASM_I32, WASM_I64}, {WASM_I64})),
                             [](int32_t x, uint64_t y) { return y + uint32_t(x); }));
  CHECK_EQ(core.type().params()[0].kind(), WASM_I32);
  CHECK(GET(core.call(1, 2ULL)).at(0) == 3ULL);
}

// What a callable throws or returns as an error comes back as it was.
static void failures() {
  Guest g;
  auto fails = [&](auto callable) {
    auto error = GET(Func::wrap(g.store, callable)).call().err();
    CHECK_EQ(error.kind(), WITRT_ERROR_TRAP);
    CHECK(error.trap());
    return error;
  };
  CHECK_TEXT(fails([] { throw std::runtime_error("thrown: ñ"); }).trap().message(), "thrown: ñ");
  CHECK(contains(fails([]() -> int32_t { throw 7; }).trap().message(), "exception"));
  CHECK_TEXT(fails([]() -> Result<void> { return Error("returned"); }).trap().message(), "returned");
  CHECK_TEXT(fails([]() -> Result<std::string> { return Error(""); }).trap().message(), "");
  CHECK(contains(fails([]() -> std::string { return "\xff"; }).what(), "ill-formed"));
  CHECK_TEXT(fails([]() -> Result<int32_t> { throw Error("both"); }).trap().message(), "both");
  CHECK_TEXT(fails([] { (void)std::string().at(1); }).trap().message().substr(0, 12), "basic_string");

  // A trap that a callable got itself passes through it as it is.
  g.load("(module (func (export \"f\") unreachable))");
  auto f = g.func<void()>("f");
  Error inner;
  Error outer = fails([&]() -> Result<void> {
    inner = f.call().err();
    return inner;
  });
  CHECK(outer.trap().same(inner.trap()) && outer.trap_code() == WITRT_TRAP_UNREACHABLE);
  CHECK(!outer.frames().empty());
  // And so does one of the host's.
  Error own = fails([&]() -> Result<void> { return Trap::make(g.store, "mine").error(); });
  CHECK_TEXT(own.trap().message(), "mine");
}

// A callable may call everything, also itself and what it was called by.
static void back_in() {
  Guest g;
  TypedFunc<std::string(std::string_view, int32_t)> f;
  GET(g.linker.define_func(g.store, "host", "next", [&](std::string text, int32_t n) -> Result<std::string> {
    if (n == 0) return text + ".";
    auto deeper = f.call(text + std::to_string(n), n - 1);
    if (!deeper.ok()) return deeper.err();
    return text + *deeper;
  }));
  g.load(R"((module
    (@interface import "host" "next" (func $next (param string) (param s32) (result string)))
    (@interface func (export "f") (param string) (param s32) (result string)
      arg.get 0 arg.get 1 call-adapter $next)))");
  f = g.func<std::string(std::string_view, int32_t)>("f");
  CHECK_TEXT(GET(f.call("a", 3)), "aa3a32a321.");
  CHECK_TEXT(GET(f.call("a", 0)), "a.");
  auto deep = f.call("", 100000);
  CHECK(deep.err().kind() == WITRT_ERROR_TRAP || deep.ok());
  CHECK_TEXT(GET(f.call("b", 0)), "b.");
}

// Under one name, for imports of core kinds and of interface kinds.
static void both_kinds() {
  Guest g;
  GET(g.linker.define_func(g.store, "host", "add", [](int32_t x, int32_t y) { return x + y; }));
  GET(g.linker.define_func(g.store, "host", "half", [](double x) { return x / 2; }));
  g.load(R"((module
    (import "host" "add" (func $add (param i32 i32) (result i32)))
    (import "host" "half" (func $half (param f64) (result f64)))
    (func (export "f") (param i32) (result i32) (call $add (local.get 0) (i32.const 1)))
    (func (export "g") (param f64) (result f64) (call $half (local.get 0)))))");
  CHECK_EQ(GET(g.func<int32_t(int32_t)>("f").call(-3)), -2);
  CHECK(GET(g.func<double(double)>("g").call(3)) == 1.5);
  g.load(R"((module
    (@interface import "host" "add" (func $add (param s32) (param s32) (result s32)))
    (@interface func (export "f") (param s32) (result s32) arg.get 0 arg.get 0 call-adapter $add)))");
  CHECK_EQ(GET(g.func<int32_t(int32_t)>("f").call(-3)), -6);
}

// Results that were given before one that fails are given up with it.
static void some_results() {
  struct Thing {
    int* alive;
    explicit Thing(int* a) : alive(a) { ++*alive; }
    ~Thing() { --*alive; }
  };
  int alive = 0;
  {
    Store store{Engine()};
    Func f = GET(Func::wrap(store, [&](int32_t fails) {
      Foreign object = GET(Foreign::make(store, std::make_unique<Thing>(&alive)));
      return std::tuple<Ref, String, std::string>(object.as_ref().copy(), GET(String::make("kept")),
                                                  fails ? "\xff" : "fine");
    }));
    auto typed = GET(f.typed<std::tuple<Ref, String, std::string>(int32_t)>());
    for (int i = 0; i < 100; i++) {
      auto results = typed.call(i % 2 ? 0 : 1);
      CHECK_EQ(results.ok(), i % 2 == 1);
    }
    CHECK_EQ(alive, 0);
  }
}

// The callable is destroyed once, when its last function is gone.
static void lifetime() {
  struct Count {
    int* count;
    explicit Count(int* c) : count(c) { ++*count; }
    Count(const Count& o) : count(o.count) { ++*count; }
    Count(Count&& o) noexcept : count(o.count) { ++*count; }
    ~Count() { --*count; }
    int32_t operator()(int32_t x) const { return x; }
  };
  int alive = 0;
  {
    Guest g;
    GET(g.linker.define_func(g.store, "a", "b", Count(&alive)));
    CHECK_EQ(alive, 1);
    Func f = GET(Func::wrap(g.store, Count(&alive)));
    const Count kept(&alive);
    Func h = GET(Func::wrap(g.store, kept));
    CHECK_EQ(alive, 4);
    Func other = f.copy();
    f.reset();
    CHECK(GET(other.call(3)).at(0) == 3);
    CHECK(!Func::wrap(Store(), Count(&alive)).ok());
    CHECK_EQ(alive, 4);
  }
  CHECK_EQ(alive, 0);
}

// A real module, which calls the host with text that it keeps in its memory.
static void real_module() {
  Guest g;
  g.module = GET(Module::compile(g.engine, file("imports.wasm")));
  std::string said;
  for (ImportTypeRef import : g.module.imports()) {
    auto define = [&](auto callable) {
      GET(g.linker.define_func(g.store, import.module(), import.name(), callable));
    };
    std::string_view name = import.name();
    if (contains(name, "log")) define([&](std::u16string_view s) { said += std::to_string(s.size()) + " "; });
    else if (contains(name, "pair")) define([&](std::string_view a, StringRef b) { said += std::string(a) + "+" + b.utf8().unwrap() + " "; });
    else if (contains(name, "mix")) define([](uint8_t a, std::string_view, int16_t c, double) { return uint32_t(a + c); });
    else if (contains(name, "now")) define([]() -> double { throw std::runtime_error("no clock here"); });
    else if (contains(name, "add")) define([](int32_t a, int32_t b) { return a + b; });
  }
  g.instance = GET(g.linker.instantiate(g.store, g.module));
  auto run = g.func<std::string(std::u16string_view)>("run");
  CHECK(!GET(run.call(u"straße")).empty());
  CHECK(contains(said, "straße"));
  CHECK_EQ(GET(g.func<uint32_t(uint8_t, std::string_view, int16_t, double)>("call_mix").call(200, "", -5, 0)), 195);
  CHECK_EQ(GET(g.func<int32_t(int32_t)>("sum_to").call(10)), 55);
  Error error = g.func<double()>("later").call().err();
  CHECK_TEXT(error.trap().message(), "no clock here");
  CHECK(!error.frames().empty());
}

int main() {
  signatures();
  types();
  failures();
  back_in();
  both_kinds();
  some_results();
  lifetime();
  real_module();
  return check_result();
}
