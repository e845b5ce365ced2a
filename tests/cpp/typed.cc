// TypedFunc: every type, several results, wrong signatures.

#include <cmath>
#include <limits>

#include "guest.hh"

using namespace witrt;

static const char wat[] = R"((module
  (@interface func (export "s8") (param s8) (result s8) arg.get 0)
  (@interface func (export "u8") (param u8) (result u8) arg.get 0)
  (@interface func (export "s16") (param s16) (result s16) arg.get 0)
  (@interface func (export "u16") (param u16) (result u16) arg.get 0)
  (@interface func (export "s32") (param s32) (result s32) arg.get 0)
  (@interface func (export "u32") (param u32) (result u32) arg.get 0)
  (@interface func (export "s64") (param s64) (result s64) arg.get 0)
  (@interface func (export "u64") (param u64) (result u64) arg.get 0)
  (@interface func (export "f32") (param f32) (result f32) arg.get 0)
  (@interface func (export "f64") (param f64) (result f64) arg.get 0)
  (@interface func (export "i32") (param i32) (result i32) arg.get 0)
  (@interface func (export "i64") (param i64) (result i64) arg.get 0)
  (@interface func (export "string") (param string) (result string) arg.get 0)
  (@interface func (export "externref") (param externref) (result externref) arg.get 0)
  (@interface func (export "nothing"))))";

template <class T> static void same(Guest& g, const char* name) {
  auto f = g.func<T(T)>(name);
  for (T value : {std::numeric_limits<T>::lowest(), T(0), T(1), std::numeric_limits<T>::max()})
    CHECK(GET(f.call(value)) == value);
}

static void numbers() {
  Guest g;
  g.load(wat);
  same<int8_t>(g, "s8");
  same<uint8_t>(g, "u8");
  same<int16_t>(g, "s16");
  same<uint16_t>(g, "u16");
  same<int32_t>(g, "s32");
  same<uint32_t>(g, "u32");
  same<int64_t>(g, "s64");
  same<uint64_t>(g, "u64");
  same<float>(g, "f32");
  same<double>(g, "f64");
  // Core integers are taken of either sign.
  same<int32_t>(g, "i32");
  same<uint32_t>(g, "i32");
  same<int64_t>(g, "i64");
  same<uint64_t>(g, "i64");
  same<long long>(g, "s64");
  CHECK(std::isnan(GET(g.func<double(double)>("f64").call(NAN))));
  CHECK_EQ(GET(g.func<uint32_t(int32_t)>("i32").call(-1)), 0xffffffff);
  GET(g.func<void()>("nothing").call());
  CHECK(GET(g.func<std::tuple<int8_t>(const int8_t&)>("s8").call(3)) == std::tuple<int8_t>(int8_t{3}));

  g.load(file("numbers.wasm"));
  auto show = g.func<std::string(uint8_t, int8_t, uint16_t, int16_t, uint32_t, int32_t, float, double)>("show");
  CHECK_TEXT(GET(show.call(255, -128, 65535, -32768, 4294967295, INT32_MIN, 0.5F, 0.25)),
             "255 -128 65535 -32768 4294967295 -2147483648 0.5 0.25");
}

// Core functions, with as many results as there are.
static void several() {
  Guest g;
  g.load(R"((module
    (func (export "divide") (param i32 i32) (result i32 i32)
      (i32.div_u (local.get 0) (local.get 1)) (i32.rem_u (local.get 0) (local.get 1)))
    (func (export "none"))))");
  auto divide = g.func<std::tuple<uint32_t, int32_t>(uint32_t, uint32_t)>("divide");
  auto [quotient, rest] = GET(divide.call(17, 5));
  CHECK(quotient == 3 && rest == 2);
  Error error = divide.call(1, 0).err();
  CHECK(error.kind() == WITRT_ERROR_TRAP && error.trap_code() == WITRT_TRAP_DIVISION_BY_ZERO);
  GET(g.func<std::tuple<>()>("none").call());
}

static void wrong() {
  Guest g;
  g.load(wat);
  auto fails = [&](auto found, std::size_t argument) {
    CHECK(!found.ok());
    CHECK(found.err().kind() == WITRT_ERROR_WRONG_KIND || found.err().kind() == WITRT_ERROR_WRONG_COUNT);
    (void)argument;
  };
  fails(g.instance.func<int8_t(uint8_t)>("s8"), 0);
  fails(g.instance.func<uint8_t(int8_t)>("s8"), 0);
  fails(g.instance.func<uint32_t(uint32_t)>("s32"), 0);
  fails(g.instance.func<int64_t(int64_t)>("i32"), 0);
  fails(g.instance.func<std::string(int32_t)>("string"), 0);
  fails(g.instance.func<int32_t(std::string_view)>("string"), 0);
  fails(g.instance.func<std::string()>("string"), 0);
  fails(g.instance.func<std::string(std::string_view, int32_t)>("string"), 1);
  fails(g.instance.func<void(std::string_view)>("string"), 0);
  fails(g.instance.func<double(double)>("f32"), 0);
  fails(g.instance.func<Func(FuncRef)>("externref"), 0);
  CHECK_EQ(g.instance.func<void()>("missing").err().kind(), WITRT_ERROR_OUT_OF_RANGE);
}

static void references() {
  Guest g;
  g.load(wat);
  auto same = g.func<Ref(AnyRef)>("externref");
  Foreign object = GET(Foreign::make(g.store, std::make_unique<int>(5)));
  Ref back = GET(same.call(object));
  CHECK(back.same(object) && *host<int>(back) == 5);
  CHECK(!GET(same.call(nullptr)));

  g.load(R"((module
    (func $seven (export "seven") (result i32) i32.const 7)
    (func (export "get") (result funcref) ref.func $seven)
    (func (export "same") (param funcref externref) (result funcref externref) local.get 0 local.get 1)))");
  Func seven = GET(g.func<Func()>("get").call());
  CHECK_EQ(GET(GET(seven.typed<int32_t()>()).call()), 7);
  auto both = g.func<std::tuple<Func, Ref>(FuncRef, const Ref&)>("same");
  Ref ref = object.as_ref().copy();
  CHECK(std::get<1>(GET(both.call(seven, ref))).same(object));
  Store other(g.engine);
  Ref alien = GET(Foreign::make(other)).as_ref().copy();
  CHECK_EQ(both.call(seven, alien).err().kind(), WITRT_ERROR_WRONG_STORE);
  auto [func, none] = GET(both.call(seven, Ref()));
  CHECK(func.same(seven) && !none);
  auto any = g.func<std::tuple<Ref, Ref>(AnyRef, AnyRef)>("same");
  CHECK(std::get<0>(GET(any.call(seven, nullptr))).as<FuncRef>().same(seven));
}

// Values whose kinds are known when it runs.
static void untyped() {
  Guest g;
  g.load(file("strings.wasm"));
  Func greet = GET(g.instance.func("concat"));
  CHECK(GET(greet.call("interface ", u"types")).at(0) == Val("interface types"));
  Error error = greet.call("a", 1).err();
  CHECK(error.kind() == WITRT_ERROR_WRONG_KIND && error.argument() == 1u);
  CHECK_EQ(greet.call("a").err().kind(), WITRT_ERROR_WRONG_COUNT);
  CHECK_EQ(greet.call("a", "b", "c").err().kind(), WITRT_ERROR_WRONG_COUNT);
  g.load(R"((module (func (export "add") (param i32 i64) (result i64)
    (i64.add (i64.extend_i32_s (local.get 0)) (local.get 1)))))");
  CHECK(GET(GET(g.instance.func("add")).call(-1, uint64_t{3})).at(0) == int64_t{2});
  std::vector<Val> vals;
  vals.emplace_back(1U);
  vals.emplace_back(Val::of_i64(2));
  CHECK(GET(GET(g.instance.func("add")).call_with(vals)).at(0) == 3LL);
}

int main() {
  numbers();
  several();
  wrong();
  references();
  untyped();
  return check_result();
}
