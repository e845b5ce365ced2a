// A typed call allocates its result and nothing else, in the library too; and what
// happens where that is refused.

#include <cstdlib>
#include <new>

#include "components.hh"

// The C library's own, under the name that glibc gives it, so that all calls in
// this process are counted.
extern "C" void* __libc_malloc(std::size_t);
extern "C" void* __libc_calloc(std::size_t, std::size_t);
extern "C" void* __libc_realloc(void*, std::size_t);

static std::size_t count;
static thread_local bool counting;
// What is asked for with this size is refused.
static thread_local std::size_t refused;

extern "C" void* malloc(std::size_t size) {
  if (size && size == refused) return nullptr;
  count += counting;
  return __libc_malloc(size);
}
extern "C" void* calloc(std::size_t items, std::size_t size) {
  count += counting;
  return __libc_calloc(items, size);
}
extern "C" void* realloc(void* old, std::size_t size) {
  count += counting;
  return __libc_realloc(old, size);
}

// How many allocations a call makes, once there have been some.
template <class F> static std::size_t in_a_call(F f) {
  for (int i = 0; i < 100; i++) f();
  count = 0;
  counting = true;
  for (int i = 0; i < 200; i++) f();
  counting = false;
  return (count + 199) / 200;
}

struct Gone {
  int* times;
  explicit Gone(int* t) : times(t) {}
  ~Gone() { ++*times; }
};

// No memory for a result: an error, and the other results are given up. Their
// handles would keep the store.
static void refusal(int* gone) {
  Guest g;
  g.load(R"((module
    (@interface func (export "both") (param string) (param externref)
      (result externref) (result string) (result string) arg.get 1 arg.get 0 arg.get 0)))");
  using Both = std::tuple<witrt::Ref, std::string, witrt::String>;
  auto both = g.func<Both(std::string_view, witrt::AnyRef)>("both");
  std::string text(4999, 'x');
  auto object = GET(witrt::Foreign::make(g.store, std::make_unique<Gone>(gone)));
  for (bool refuses : {true, false}) {
    refused = refuses ? text.size() + 1 : 0;
    auto result = both.call(text, object);
    refused = 0;
    CHECK_EQ(result.ok(), !refuses);
    if (refuses) CHECK_EQ(result.err().kind(), WITRT_ERROR_OUT_OF_MEMORY);
    else CHECK(std::get<1>(*result) == text && std::get<0>(*result).same(object));
  }
}

int main() {
  int gone = 0;
  refusal(&gone);
  CHECK_EQ(gone, 1);
  Guest g;
  g.load(file("strings.wasm"));
  CHECK_EQ(in_a_call([] { free(malloc(1)); }), 1);
  std::u16string longer(64, u'ñ');
  auto reverse = g.func<std::u16string(std::u16string_view)>("reverse");
  CHECK_EQ(in_a_call([&] { (void)*reverse.call(longer); }), 1);
  CHECK_EQ(in_a_call([&] { (void)*reverse.call(u"short"); }), 0);
  auto reverse8 = g.func<std::string(std::string_view)>("reverse");
  CHECK_EQ(in_a_call([&] { (void)*reverse8.call("text that is longer than what lies in a string itself"); }), 1);
  auto length = g.func<uint32_t(std::u16string_view)>("char_count");
  CHECK_EQ(in_a_call([&] { (void)*length.call(longer); }), 0);
  auto lazy = g.func<witrt::String(std::u16string_view)>("reverse");
  CHECK_EQ(in_a_call([&] { (void)*lazy.call(longer); }), 0);

  // Host functions, with text that lies in the guest, also as UTF-16.
  g.module = GET(witrt::Module::compile(g.engine, file("imports.wasm")));
  for (auto import : g.module.imports()) {
    auto define = [&](auto f) { GET(g.linker.define_func(g.store, import.module(), import.name(), f)); };
    std::string_view name = import.name();
    if (contains(name, "log")) define([](std::string_view) {});
    if (contains(name, "pair")) define([](std::string_view, std::string_view) {});
    if (contains(name, "mix")) define([](uint8_t, std::u16string_view text, int16_t, double) { return uint32_t(text.size()); });
    if (contains(name, "now")) define([] { return 0.5; });
    if (contains(name, "add")) define([](int32_t a, int32_t b) { return a + b; });
  }
  g.instance = GET(g.linker.instantiate(g.store, g.module));
  auto mix = g.func<uint32_t(uint8_t, std::u16string_view, int16_t, double)>("call_mix");
  CHECK_EQ(in_a_call([&] { (void)*mix.call(1, longer, 2, 0.5); }), 0);
  CHECK_EQ(GET(mix.call(1, longer, 2, 0.5)), 64);
  auto sum = g.func<int32_t(int32_t)>("sum_to");
  CHECK_EQ(in_a_call([&] { (void)*sum.call(10); }), 0);

  // Components: the containers of a result, and nothing for arguments.
  Components c;
  c.module = GET(witrt::Module::compile(c.engine, file("components/c/guest-utf8.wasm")));
  GET(c.linker.define_unknown_as_traps(c.store, c.module));
  c.instance = GET(c.linker.instantiate(c.store, c.module));
  auto centroid = c.func<std::optional<Point>(const std::vector<Point>&)>("centroid");
  const std::vector<Point> points(100, Point{3, 4});
  CHECK_EQ(in_a_call([&] { (void)*centroid.call(points); }), 0);
  auto join = c.func<std::string(const std::vector<std::string_view>&, std::optional<std::string_view>)>("join");
  const std::vector<std::string_view> words(20, "word");
  CHECK_EQ(in_a_call([&] { (void)*join.call(words, {}); }), 1);
  auto path = c.func<std::vector<Point>(uint32_t)>("path");
  CHECK_EQ(in_a_call([&] { (void)*path.call(100); }), 1);
  auto split = c.func<std::vector<std::string>(std::string_view)>("words");
  CHECK_EQ(in_a_call([&] { (void)*split.call("words that are longer than what a string has room for"); }), 1);
  return check_result();
}
