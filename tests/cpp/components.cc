// Every export and import of components of real tools with C++ types, and what is wrong
// with others.

#include "components.hh"

// The host's functions, of lambdas.
static std::uint32_t sinks;
struct Sink {
  std::string name;
  std::vector<std::string>* log;
  Sink(std::string n, std::vector<std::string>* l) : name(std::move(n)), log(l) { sinks++; }
  ~Sink() {
    log->push_back("dropped " + name);
    sinks--;
  }
};

static void define(Components& g, std::vector<std::string>& log) {
  for (auto import : g.module.imports()) {
    FuncTypeRef type = import.type().as_func();
    std::string_view name = import.name();
    auto define = [&](auto f) {
      GET(g.linker.define_func(g.store, type, import.module(), import.name(), std::move(f)));
    };
    if (name == "log")
      define([&log](std::uint32_t level, std::string_view text) {
        log.push_back(std::to_string(level) + " " + std::string(text));
      });
    if (name == "ask") define([](std::string question) { return "answer to " + question; });
    if (name == "digest")
      define([](Span<const std::uint8_t> data) {
        std::array<std::uint8_t, 2> digest = {static_cast<std::uint8_t>(data.size()), 0};
        for (auto byte : data) digest[1] = static_cast<std::uint8_t>(digest[1] ^ byte);
        return digest;
      });
    if (name == "find")
      define([](std::u16string key) -> std::optional<std::u16string> {
        if (key.size() < 2) return std::nullopt;
        return u"found " + key;
      });
    if (name == "lookup")
      define([](const std::u32string& key) -> Result<std::vector<Point>, std::string> {
        if (key.size() < 2) return Err{std::string("no ") + static_cast<char>(key[0])};
        return std::vector<Point>{{1, -2}, {static_cast<std::int32_t>(key.size()), 0}};
      });
    if (name == "now") define([] { return UINT64_MAX; });
    if (name == "[constructor]sink")
      define([&log](std::string title) {
        return ResourceRef::make(std::make_unique<Sink>(title, &log));
      });
    if (name == "[method]sink.write")
      define([&log](ResourceRef sink, std::u32string_view text) {
        log.push_back("sink " + sink.data<Sink>()->name);
        return static_cast<std::uint32_t>(text.size());
      });
    if (name == "[static]sink.open-sinks") define([] { return sinks; });
  }
}

static void text(Components& g) {
  CHECK_TEXT(GET(g.func<std::string(std::string_view)>("greet").call("Zoë 🦀")),
             "hello, Zoë 🦀! (9 bytes, 5 chars)");
  CHECK(GET(g.func<std::u16string(std::u16string_view, std::string)>("concat").call(u"ab", "é")) == u"abé");
  CHECK(GET(g.func<std::uint32_t(std::u32string_view)>("count").call(U"añ🦀")) == 3);
  auto reversed = g.func<std::vector<std::uint8_t>(Span<const std::uint8_t>)>("reverse-bytes");
  const std::uint8_t bytes[] = {1, 2, 255};
  CHECK((GET(reversed.call(bytes)) == std::vector<std::uint8_t>{255, 2, 1}));
  CHECK(GET(reversed.call({})).empty());
  auto array = g.func<std::array<std::uint8_t, 3>(std::array<std::uint8_t, 3>)>("reverse-bytes");
  CHECK((GET(array.call({7, 8, 9})) == std::array<std::uint8_t, 3>{9, 8, 7}));
  CHECK(GET(g.func<double(std::vector<double>)>("sum").call({0.5, 0.25})) == 0.75);
  auto parse = g.func<Result<Point, std::string>(std::string_view)>("parse");
  auto point = GET(parse.call("3,-4"));
  CHECK(point.ok() && point->x == 3 && point->y == -4);
  auto bad = GET(parse.call("é"));
  CHECK(!bad.ok());
  CHECK_TEXT(bad.err(), "bad point: é");
}

enum class Color : std::uint8_t { red, green, blue };
enum Access : unsigned { may_read = 1, may_write = 2, may_exec = 4 };

static void kinds(Components& g) {
  CHECK(!GET(g.func<bool(bool)>("flip").call(true)));
  CHECK(GET(g.func<char32_t(char32_t)>("next-char").call(U'é')) == U'ê');
  using Ints = std::tuple<std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t,
                          std::uint32_t, std::int64_t, std::uint64_t>;
  auto ints = g.func<Ints(std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t,
                          std::uint32_t, std::int64_t, std::uint64_t)>("ints");
  CHECK(GET(ints.call(127, 255, 32767, 65535, INT32_MAX, UINT32_MAX, INT64_MAX, UINT64_MAX)) ==
        Ints(-128, 0, -32768, 0, INT32_MIN, 0, INT64_MIN, 0));
  auto floats = GET(g.func<std::pair<float, double>(float, double)>("floats").call(1.5F, -0.5));
  CHECK(floats.first == 0.75F && floats.second == -0.25);
  CHECK(GET(g.func<Color(Color)>("next-color").call(Color::blue)) == Color::red);
  CHECK(GET(g.func<Access(Access)>("toggle").call(static_cast<Access>(may_read | may_exec))) == may_write);

  auto area = g.func<std::optional<double>(const Shape&)>("area");
  CHECK(GET(area.call(2.0)) == 12.0);
  CHECK(!GET(area.call(Shape("é"s))));
  auto grow = g.func<Shape(Shape)>("grow");
  CHECK(GET(grow.call(Shape())) == Shape(1.0));
  CHECK(GET(grow.call(2.0)) == Shape(4.0));
  CHECK(GET(grow.call("é"s)) == Shape("é+"s));
  CHECK(GET(grow.call(Segment({1, 2}, {3, 4}))) == Shape(Segment({1, 2}, {4, 5})));

  auto birthday = g.func<Person(const Person&)>("birthday");
  Person zoe = {"Zoë", 41, {"a", "🦀"}, Point{3, 4}};
  Person older = GET(birthday.call(zoe));
  CHECK_TEXT(older.name, "Zoë");
  CHECK(older.age == 42 && older.tags.size() == 3 && older.tags[2] == "older é" && older.home == Point({-3, 4}));
  older = GET(birthday.call({"", 255, {}, {}}));
  CHECK(older.name.empty() && older.age == 0 && older.tags.size() == 1 && !older.home);
  // A view of everything goes in as well.
  auto viewed = g.func<Person(PersonView)>("birthday");
  const std::string_view tags[] = {"a", "b"};
  CHECK(GET(viewed.call({"Zoë", 1, tags, {}})).tags[1] == "b");

  // Of every short length, some of it not ASCII, and as much as is long; in both encodings.
  auto other = g.func<WidePerson(const WidePerson&)>("birthday");
  for (std::size_t length = 0; length <= 200; length = length == 70 ? 200 : length + 1) {
    for (const char* end : {"", "é", "漢", "🦀"}) {
      std::string text(length, 'x');
      text += end;
      Person same = GET(birthday.call({text, 1, {"", text, text}, {}}));
      CHECK(same.name == text && same.tags[0].empty() && same.tags[1] == text && same.tags[2] == text);
    }
    for (std::u16string end : {u"", u"é", u"漢", u"🦀"}) {
      std::u16string text(length, u'é');
      text += end;
      WidePerson same = GET(other.call({text, 1, {u"", text, text}, {}}));
      CHECK(same.name == text && same.tags[0].empty() && same.tags[1] == text && same.tags[2] == text);
    }
    // What is ill-formed is found in short and in long text, before anything is put.
    std::u16string lone(length, u'é');
    lone += char16_t{0xd800};
    auto refused = other.call({u"a", 1, {u"b", lone}, {}});
    CHECK(!refused.ok() && refused.err().kind() == WITRT_ERROR_BAD_TEXT);
    CHECK(refused.err().position() == length);
    CHECK(contains(refused.err().message(), "parameter 0 (\"p\"), field \"tags\", element 1: "));
  }
  std::string large(1 << 20, 'x');
  Person huge = GET(birthday.call({large, 1, {large}, {}}));
  CHECK(huge.name == large && huge.tags[0] == large);

  auto centroid = g.func<std::optional<Point>(std::vector<Point>)>("centroid");
  CHECK(GET(centroid.call({{1, 2}, {3, -8}})) == Point({2, -3}));
  CHECK(!GET(centroid.call({})));
  // A record is a tuple, too.
  auto path = GET(g.func<std::vector<std::tuple<std::int32_t, std::int32_t>>(std::uint32_t)>("path").call(3));
  CHECK(path.size() == 3 && path[2] == std::tuple(2, 4));
  auto words = GET(g.func<std::vector<std::u32string>(std::string_view)>("words").call("a é  b"));
  CHECK(words == std::vector<std::u32string>({U"a", U"é", U"", U"b"}));
  auto join = g.func<std::string(const std::vector<std::string_view>&, std::optional<std::u16string_view>)>("join");
  CHECK_TEXT(GET(join.call({"a", "é", ""}, {})), "a|é|");
  CHECK_TEXT(GET(join.call({"a", "b"}, u"--")), "a--b");
  auto latin = g.func<std::string(const std::vector<Latin1View>&, std::optional<std::string_view>)>("join");
  CHECK_TEXT(GET(latin.call({Latin1View("\xe9"), Latin1View("b")}, {})), "é|b");
  auto maybe = g.func<std::optional<std::optional<std::string>>(std::optional<std::string>)>("maybe");
  CHECK(!GET(maybe.call({})));
  CHECK(GET(maybe.call(""s)) == std::optional<std::optional<std::string>>(std::in_place));
  CHECK(**GET(maybe.call("é"s)) == "é");
  auto check = g.func<Result<void, Color>(std::int32_t)>("check");
  CHECK(GET(check.call(1)).ok());
  CHECK(GET(check.call(-2)).err() == Color::blue);
  auto halve = g.func<Result<std::uint32_t, void>(std::uint32_t)>("halve");
  CHECK(*GET(halve.call(8)) == 4 && !GET(halve.call(7)).ok());
  // More than sixteen words go through memory.
  using View = std::string_view;
  auto wide = g.func<std::string(View, View, View, View, View, View, View, std::u16string_view, std::uint64_t)>("wide");
  CHECK_TEXT(GET(wide.call("a", "é", "", "🦀", "e", "f", "g", u"h", UINT64_MAX)),
             "a,é,,🦀,e,f,g,h,18446744073709551615");
}

static void resources(Components& g) {
  auto make = g.func<Resource(std::string_view)>("[constructor]logbook");
  auto add = g.func<std::uint32_t(ResourceRef, std::string_view)>("[method]logbook.add");
  auto text = g.func<std::string(ResourceRef)>("[method]logbook.text");
  auto merge = g.func<Resource(Resource, ResourceRef)>("[static]logbook.merge");
  auto live = g.func<std::uint32_t()>("live");
  {
    Resource a = GET(make.call("first")), b = GET(make.call("é"));
    CHECK(GET(add.call(a, "one")) == 1 && GET(live.call()) == 2);
    Resource merged = GET(merge.call(std::move(a), b));
    CHECK(!a && merged && !merged.same(b));
    CHECK_TEXT(GET(text.call(merged)), "first\none\n--\né");
  }
  CHECK(GET(live.call()) == 0);
}

static void wrong(Components& g) {
  auto told = [](auto result) {
    CHECK(!result.ok());
    CHECK_EQ(result.err().kind(), WITRT_ERROR_WRONG_KIND);
    return std::string(result.err().message());
  };
  struct Other { std::string name; std::uint32_t age; };
  CHECK_TEXT(told(g.instance.func<std::vector<std::string>(std::uint32_t)>(g.name("path"))),
             "result, element: expected record { x: s32, y: s32 }, found string");
  CHECK_TEXT(told(g.instance.func<std::optional<std::pair<std::int32_t, std::uint32_t>>(std::vector<Point>)>(g.name("centroid"))),
             "result, case \"some\", field \"y\": expected s32, found u32");
  CHECK_TEXT(told(g.instance.func<double(std::vector<float>)>(g.name("sum"))),
             "parameter 0 (\"numbers\"), element: expected f64, found f32");
  CHECK_TEXT(told(g.instance.func<double(Color)>(g.name("sum"))), "parameter 0 (\"numbers\"): expected list<f64>, found enum or flags");
  CHECK_TEXT(told(g.instance.func<Resource(std::string_view)>(g.name("greet"))), "result: expected string, found own");
  // A list of another length than an array has.
  auto array = g.func<std::array<std::uint8_t, 3>(Span<const std::uint8_t>)>("reverse-bytes");
  const std::uint8_t two[] = {1, 2};
  auto failed = array.call(two);
  CHECK(!failed.ok() && failed.err().kind() == WITRT_ERROR_OUT_OF_RANGE);
  CHECK_TEXT(std::string(failed.err().message()), "result: expected 3 elements, found 2");
  auto none = array.call(witrt::Span<const std::uint8_t>());
  CHECK(!none.ok());
  CHECK_TEXT(std::string(none.err().message()), "result: expected 3 elements, found 0");
  CHECK((GET(array.call(std::array<std::uint8_t, 3>{1, 2, 3})) == std::array<std::uint8_t, 3>{3, 2, 1}));
  // A host function needs a type for such values.
  auto func = Func::wrap(g.store, [](std::vector<int> v) { return v; });
  CHECK(!func.ok() && contains(func.err().message(), "take that of the import"));
}

// A host function for the import `f` of a component, called with one argument.
template <class F> static wasm_val_t ask(const std::string& type, wasm_val_t arg, std::size_t results, F f) {
  Engine engine;
  Store store(engine);
  Module module = GET(Module::compile(
    engine, "(component (import \"r\" (type $r (sub resource))) (import \"f\" (func " + type + ")))"));
  auto imports = module.imports();
  Func func = GET(Func::wrap(store, imports[imports.size() - 1].type().as_func(), f));
  wasm_val_t result{};
  wasm_val_vec_t in = {1, &arg}, out = {results, &result};
  witrt_error_t* error = nullptr;
  if (!CHECK(witrt_func_call(func.get(), &in, &out, &error))) fprintf(stderr, "  %s\n", witrt_error_message(error));
  witrt_error_delete(error);
  return result;
}

// Text of a function's own, from lists.
static void texts() {
  std::uint32_t numbers[] = {1, 2, 3};
  wasm_list_t list{};
  list.data = numbers, list.size = 3, list.element = WASM_U32;
  wasm_val_t arg{};
  arg.kind = WASM_LIST, arg.of.list = &list;
  auto check = [&](auto f) {
    wasm_val_t result = ask("(param \"a\" (list u32)) (result string)", arg, 1, f);
    CHECK_EQ(result.kind, WASM_STRING);
    CHECK_EQ(wasm_string_length(result.of.string, WASM_UTF8), 36);
    wasm_val_delete(&result);
  };
  check([](std::vector<std::uint32_t> all) { return "three numbers and no small string: " + std::to_string(all.size()); });
  check([](Span<const std::uint32_t> all) { return "three numbers and no small string: " + std::to_string(all.size()); });
  check([](std::vector<std::uint32_t> all) { return std::u16string(32 + all.size(), u'x') + u"y"; });
  check([](Span<const std::uint32_t> all) { return std::u32string(33 + all.size(), U'x'); });
}

struct Gone {
  int* times;
  explicit Gone(int* t) : times(t) {}
  ~Gone() { ++*times; }
};
struct Held {
  Resource resource;
  std::uint32_t count;
};
WITRT_FIELDS(Held, resource, count)

// Resources that an argument holds are destroyed once nobody has them.
static void held() {
  int gone = 0;
  auto check = [&](auto f) {
    for (int i = 0; i < 10; i++) {
      Resource resource = GET(ResourceRef::make(std::make_unique<Gone>(&gone)));
      wasm_val_t parts[2] = {};
      parts[0].kind = WASM_OWN, parts[0].of.resource = resource.get();
      parts[1].kind = WASM_U32, parts[1].of.u32 = 1;
      wasm_val_vec_t fields = {2, parts};
      wasm_val_t arg{};
      arg.kind = WASM_TUPLE, arg.of.fields = &fields;
      (void)ask("(param \"a\" (tuple (own $r) u32))", arg, 0, f);
    }
    CHECK_EQ(gone, 10);
    gone = 0;
  };
  check([](std::tuple<Resource, std::uint32_t> pair) { CHECK(std::get<0>(pair) && std::get<1>(pair) == 1); });
  check([](const Held& pair) { CHECK(pair.resource && pair.count == 1); });
}

// Small ones, with text in each encoding.
static void small(const std::string& name, std::uint32_t units) {
  Components g;
  g.module = GET(Module::compile(g.engine, file("components/wat/" + name + ".wasm")));
  std::vector<std::string> log;
  define(g, log);
  g.instance = GET(g.linker.instantiate(g.store, g.module));
  CHECK_TEXT(GET(g.func<std::string(std::string_view)>("echo").call("aé🦀")), "aé🦀");
  CHECK_EQ(GET(g.func<std::uint32_t(std::u16string_view)>("units").call(u"aé🦀")), units);
  if (name[0] == 's') {
    const std::int32_t numbers[] = {1, -2, INT32_MAX};
    CHECK(GET(g.func<std::int64_t(Span<const std::int32_t>)>("sum").call(numbers)) == 2147483646);
    CHECK(GET(g.func<Point(const Point&)>("mirror").call({3, 4})) == Point({-3, 4}));
  } else {
    CHECK(GET(g.func<std::uint32_t(std::string_view)>("tag").call("aé🦀")) == contains(name, "compact"));
    CHECK(GET(g.func<std::u16string(std::string_view)>("relay").call("é")) == u"answer to é");
    auto bad = g.func<std::string(std::uint32_t)>("bad");
    // The same bytes are text in some of them.
    if (name != "mini-utf16") CHECK_TEXT(GET(bad.call(0)), "A");
    CHECK_EQ(bad.call(3).err().kind(), WITRT_ERROR_TRAP);
  }
  g.all_called();
}

// Functions of a face, and host functions for it, that have nothing but what needs no parts.
static void plain() {
  Engine engine;
  Store store(engine);
  Module module = GET(Module::attach(engine, R"((module
    (import "env" "turn" (func $turn (param i32) (result i32)))
    (func (export "ask") (param i32) (result i32) (call $turn (local.get 0)))))",
                                     "convention = \"c\"\nwit = \"ask: func(b: bool) -> char;\"\n"
                                     "imports = \"turn: func(b: bool) -> char;\"\n"));
  Linker linker;
  GET(linker.define_func(store, module.imports()[0].type().as_func(), "env", "turn",
                         [](bool b) { return b ? U'🦀' : U'é'; }));
  Instance instance = GET(linker.instantiate(store, module));
  auto ask = GET(instance.func<char32_t(bool)>("ask"));
  CHECK(GET(ask.call(true)) == U'🦀' && GET(ask.call(false)) == U'é');
  CHECK(!instance.func<std::uint32_t(bool)>("ask").ok());
}

int main() {
  plain();
  for (std::string name : {"guest-utf8", "guest-utf16", "core-utf8", "core-utf16", "plain-utf8", "plain-utf16"}) {
    std::vector<std::string> log;
    Components g;
    g.module = GET(Module::compile(g.engine, file("components/c/" + name + ".wasm")));
    define(g, log);
    g.instance = GET(g.linker.instantiate(g.store, g.module));
    text(g);
    if (name[0] != 'p') {
      kinds(g);
      resources(g);
      wrong(g);
      auto run = g.func<std::string(std::string_view)>("run");
      log.clear();
      bool wide = contains(name, "utf16");
      CHECK_TEXT(GET(run.call("straße")), std::string("answer to straße ") + (wide ? "[12 174]" : "[7 45]") +
                                            " some found straße ok 1,-2 6,0 18446744073709551615 sink 610");
      CHECK((log == std::vector<std::string>{"1 straße", "2 answer to straße", "sink straße", "dropped straße"}));
      CHECK_TEXT(GET(run.call("x")), std::string("answer to x ") + (wide ? "[2 120]" : "[1 120]") +
                                       " none err no x 18446744073709551615 sink 110");
      auto boom = g.func<std::uint32_t(std::string_view)>("boom");
      CHECK(GET(boom.call("")) == 7);
      CHECK_EQ(boom.call("x").err().kind(), WITRT_ERROR_TRAP);
    }
    g.all_called();
  }
  small("solo-utf8", 7);
  small("solo-utf16", 4);
  small("mini-utf8", 7);
  small("mini-utf16", 4);
  small("mini-compact-utf16", 4);
  texts();
  held();
  return check_result();
}
