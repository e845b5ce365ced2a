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

// What components call: with types of C++, and in C with structs that are described. The
// calls themselves take nothing and return a number, so that the calls back are all there is.
struct Item {
  std::string name;
  std::uint32_t qty;
};
WITRT_FIELDS(Item, name, qty)

struct item_t {
  witrt_text_t name;
  std::uint32_t qty;
};
struct maybe_item_t {
  std::uint8_t is_there;
  item_t item;
};

static wasm_trap_t* total(void*, const witrt_caller_t*, const witrt_slot_t* args, witrt_slot_t* results) {
  CHECK(args[0].text.size == 5 && !std::memcmp(args[0].text.data, "nails", 5));
  const item_t* items = static_cast<const item_t*>(args[1].span.data);
  const double* weights = static_cast<const double*>(args[2].span.data);
  CHECK(args[1].span.size == 2 && args[2].span.size == 2 && items[1].name.size == 2);
  results[0].u32 = items[0].qty + items[1].qty + static_cast<std::uint32_t>(weights[0] + weights[1]);
  return nullptr;
}
static wasm_trap_t* turn(void*, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t*) {
  const std::uint8_t* bytes = static_cast<const std::uint8_t*>(args[0].span.data);
  std::uint8_t turned[4];
  CHECK(args[0].span.size == 4);
  for (std::size_t i = 0; i < 4; i++) turned[i] = bytes[3 - i];
  witrt_slot_t slot = {};
  slot.span = {turned, 4};
  CHECK(witrt_caller_return_value(caller, 0, &slot));
  return nullptr;
}
static const char long_title[] = "a title with more bytes than are carried in words, so that it is copied: é";
static wasm_trap_t* title(void*, const witrt_caller_t*, const witrt_slot_t*, witrt_slot_t* results) {
  results[0].text = {long_title, sizeof long_title - 1};
  return nullptr;
}
static wasm_trap_t* largest(void*, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t*) {
  maybe_item_t found = {1, *static_cast<const item_t*>(args[0].span.data)};
  witrt_slot_t slot = {};
  slot.value = &found;
  CHECK(witrt_caller_return_value(caller, 0, &slot));
  return nullptr;
}

static void calls_back(bool in_c) {
  Components c;
  c.module = GET(witrt::Module::compile(c.engine, file("components/calls-back.wat")));
  const witrt_field_t text = WITRT_PLAIN(WITRT_SLOT_UTF8), u32 = WITRT_PLAIN(WASM_U32);
  const witrt_field_t members[] = {WITRT_FIELD(item_t, name, WITRT_SLOT_UTF8), WITRT_FIELD(item_t, qty, WASM_U32)};
  const witrt_field_t item = WITRT_RECORD(item_t, members), byte = WITRT_VALUE(uint8_t, WASM_U8);
  const witrt_field_t weight = WITRT_VALUE(double, WASM_F64), payload = WITRT_FIELD_AS(maybe_item_t, item, &item);
  const witrt_field_t bytes = WITRT_LIST(&byte), items = WITRT_LIST(&item), weights = WITRT_LIST(&weight);
  const witrt_field_t maybe = WITRT_OPTION(maybe_item_t, is_there, &payload), all[] = {text, items, weights};
  for (auto import : c.module.imports()) {
    std::string_view name = import.name();
    witrt::FuncTypeRef type = import.type().as_func();
    auto define = [&](auto f) { GET(c.linker.define_func(c.store, type, import.module(), name, f)); };
    auto describe = [&](const witrt_field_t* params, std::size_t given, const witrt_field_t& result,
                        witrt_slot_callback_t callback) {
      wasm_func_t* func = witrt_func_new_with_fields(c.store.get(), type.get(), params, given, &result, 1, callback,
                                                     nullptr, nullptr, nullptr);
      if (CHECK(func)) GET(c.linker.define(import.module(), name, witrt::Func::from_raw(func)));
    };
    if (name == "total") {
      if (in_c) describe(all, 3, u32, total);
      else define([](std::string_view what, const std::vector<Item>& found, witrt::Span<const double> weight_of) {
        CHECK(what == "nails" && found.size() == 2 && found[1].name == "é");
        return found[0].qty + found[1].qty + static_cast<std::uint32_t>(weight_of[0] + weight_of[1]);
      });
    } else if (name == "turn") {
      if (in_c) describe(&bytes, 1, bytes, turn);
      else define([](witrt::Span<const std::uint8_t> from) {
        CHECK_EQ(from.size(), 4);
        return std::array<std::uint8_t, 4>{from[3], from[2], from[1], from[0]};
      });
    } else if (name == "title") {
      if (in_c) describe(&text, 1, text, title);
      else define([](std::string_view) { return std::string_view(long_title); });
    } else {
      if (in_c) describe(&items, 1, maybe, largest);
      else define([](std::vector<Item> found) { return std::optional<Item>(std::move(found[0])); });
    }
  }
  c.instance = GET(c.linker.instantiate(c.store, c.module));
  // The types of C++ that own a list allocate that list; names lie in the strings themselves.
  const struct { const char* name; std::uint32_t answer; std::size_t owned; } expected[] = {
      {"call-total", 44, 1}, {"call-turn", 0x01020304, 0}, {"call-title", sizeof long_title - 1, 0}, {"call-largest", 40, 1}};
  for (auto& call : expected) {
    auto f = c.func<std::uint32_t()>(call.name);
    CHECK_EQ(in_a_call([&] { CHECK_EQ(*f.call(), call.answer); }), in_c ? 0 : call.owned);
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
  auto both = c.func<std::array<Point, 2>(uint32_t)>("path");
  CHECK_EQ(in_a_call([&] { (void)*both.call(2); }), 0);
  // A resource's handle, what that refers to, and that it is to be given back.
  auto logbook = c.func<Resource(std::string_view)>("[constructor]logbook");
  CHECK_EQ(in_a_call([&] { (void)*logbook.call("title"); }), 3);
  auto split = c.func<std::vector<std::string>(std::string_view)>("words");
  CHECK_EQ(in_a_call([&] { (void)*split.call("words that are longer than what a string has room for"); }), 1);

  calls_back(true);
  calls_back(false);
  return check_result();
}
