// Owners and views: one owner each, in any order, also empty ones.

#include <thread>
#include <vector>

#include "guest.hh"

using namespace witrt;

template <class T> constexpr bool moves_only =
  !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T> &&
  std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>;
template <class T> constexpr bool is_view = std::is_trivially_copyable_v<T> && sizeof(T) == sizeof(void*);

static_assert(moves_only<Config> || !std::is_copy_constructible_v<Config>);
static_assert(moves_only<Store> && moves_only<Module> && moves_only<Instance> && moves_only<Linker>);
static_assert(moves_only<Func> && moves_only<Global> && moves_only<Table> && moves_only<Memory>);
static_assert(moves_only<Extern> && moves_only<Ref> && moves_only<Foreign> && moves_only<Trap>);
static_assert(moves_only<Frame> && moves_only<String> && moves_only<Val> && moves_only<FuncType>);
static_assert(moves_only<ImportTypes> && moves_only<Externs> && moves_only<Frames>);
static_assert(moves_only<TypedFunc<void()>>);
static_assert(is_view<FuncRef> && is_view<AnyRef> && is_view<StoreRef> && is_view<StringRef>);
// What several threads may share can be copied.
static_assert(std::is_copy_constructible_v<Engine> && std::is_copy_constructible_v<SharedModule>);
// Nobody becomes an owner by accident; everybody may lend.
static_assert(!std::is_convertible_v<FuncRef, Func> && !std::is_constructible_v<Func, FuncRef>);
static_assert(std::is_convertible_v<Func&, FuncRef> && std::is_convertible_v<Func&, ExternRef>);

static const char wat[] = R"((module (func (export "f") (result i32) i32.const 7)))";

static void moved() {
  Guest g;
  g.load(wat);
  Func f = GET(g.instance.func("f"));
  FuncRef view = f;
  Func other = std::move(f);
  CHECK(!f && other && other.get() == view.get());
  other = std::move(other);
  CHECK(other.get() == view.get());
  wasm_func_t* raw = other.release();
  CHECK(!other);
  f = Func::from_raw(raw);
  CHECK(f.copy().get() != f.get());
  CHECK(f.copy().same(f));
  CHECK(f.as_ref().as<FuncRef>().get() == raw);
  CHECK(!f.as_ref().as<MemoryRef>());
  CHECK(GET(f.call()).at(0) == 7);
}

// Everything that an empty handle is asked for fails, and nothing happens.
static void empty() {
  Func func;
  Store store;
  CHECK_EQ(func.call(1, "x").err().kind(), WITRT_ERROR_NULL_POINTER);
  CHECK_EQ(func.typed<int32_t()>().err().kind(), WITRT_ERROR_NULL_POINTER);
  CHECK(!func.copy() && !func.type() && func.param_count() == 0 && !func.as_ref());
  CHECK(func.host_info() == nullptr && func.same(Func()));
  TypedFunc<std::string(std::string_view)> typed;
  CHECK_EQ(typed.call("x").err().kind(), WITRT_ERROR_NULL_POINTER);
  CHECK_EQ(Func::wrap(store, [](int32_t x) { return x; }).err().kind(), WITRT_ERROR_NULL_POINTER);
  CHECK_EQ(Module::compile(Engine::from_raw(nullptr), wat).err().kind(), WITRT_ERROR_NULL_POINTER);
  CHECK_EQ(store.set_fuel(1).err().kind(), WITRT_ERROR_NULL_POINTER);
  CHECK_EQ(store.fuel().err().kind(), WITRT_ERROR_NULL_POINTER);
  CHECK_EQ(store.settle().err().kind(), WITRT_ERROR_NULL_POINTER);
  CHECK_EQ(Instance().func("f").err().kind(), WITRT_ERROR_NULL_POINTER);
  CHECK_EQ(Module().share().err().kind(), WITRT_ERROR_NULL_POINTER);
  CHECK_EQ(SharedModule().obtain(store).err().kind(), WITRT_ERROR_NULL_POINTER);
  CHECK(Module().imports().empty() && Module().exports().empty() && Instance().exports().empty());
  CHECK_EQ(Module().serialize().err().kind(), WITRT_ERROR_NULL_POINTER);
  CHECK_EQ(String().utf8().err().kind(), WITRT_ERROR_NULL_POINTER);
  CHECK_EQ(String().view().err().kind(), WITRT_ERROR_NULL_POINTER);
  CHECK(Memory().data().empty() && Memory().pages() == 0);
  CHECK_EQ(Memory().grow(1).err().kind(), WITRT_ERROR_NULL_POINTER);
  CHECK(!Table().at(0) && Global().value() == Val());
  CHECK(!Global().set(1).ok());
  CHECK(Trap().frames().empty() && !Trap().origin() && Trap().message().empty());
  CHECK(Frame().func_name().empty() && !Frame().instance());
  CHECK(!Ref().as<FuncRef>() && !Trap::make(store, "text"));
  CHECK(FuncType().params().empty() && !FuncType().params()[3]);
  CHECK_EQ(Foreign::make(store).err().kind(), WITRT_ERROR_NULL_POINTER);
  CHECK_EQ(Linker().instantiate(store, Module()).err().kind(), WITRT_ERROR_NULL_POINTER);
  Linker gone;
  Linker linker = std::move(gone);
  CHECK_EQ(gone.define("a", "b", func).err().kind(), WITRT_ERROR_NULL_POINTER);
  CHECK(Error().kind() == WITRT_ERROR_NONE && !Error().trap() && !Error().argument());
  Store(Engine::from_raw(nullptr)).reset();
}

// Each thing keeps what it needs, whatever goes first.
static void any_order() {
  for (unsigned order = 0; order < 5; order++) {
    Engine engine;
    Store store(engine);
    Linker linker;
    int calls = 0;
    GET(linker.define_func(store, "host", "count", [&calls](std::string_view) { return ++calls; }));
    Module module = GET(Module::compile(engine, R"((module
      (@interface import "host" "count" (func $count (param string) (result s32)))
      (@interface func (export "f") (param string) (result s32) arg.get 0 call-adapter $count)))"));
    Instance instance = GET(linker.instantiate(store, module));
    auto f = GET(instance.func<int32_t(std::string_view)>("f"));
    for (unsigned i = 0; i < 5; i++) switch ((order + i) % 5) {
      case 0: engine = Engine(); break;
      case 1: store = Store(); break;
      case 2: linker = Linker(); break;
      case 3: module.reset(); break;
      case 4: instance.reset(); break;
    }
    CHECK_EQ(GET(f.call("")), 1);
  }
}

static void threads() {
  Engine engine;
  SharedModule shared = GET(GET(Module::compile(engine, wat)).share());
  std::vector<std::thread> threads;
  std::vector<int> sums(4);
  for (int& sum : sums)
    threads.emplace_back([engine, shared, &sum] {
      Store store(engine);
      auto module = shared.obtain(store).unwrap();
      auto f = Instance::make(store, module).unwrap().func<int32_t()>("f").unwrap();
      for (int i = 0; i < 1000; i++) sum += f.call().unwrap();
    });
  for (auto& thread : threads) thread.join();
  for (int sum : sums) CHECK_EQ(sum, 7000);
  Store other{Engine()};
  CHECK(!shared.obtain(other).ok());
}

int main() {
  moved();
  empty();
  any_order();
  threads();
  return check_result();
}
