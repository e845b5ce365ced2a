// Every call of the table of cases that all languages share, tests/cases.txt, which says how
// it is written, with C++ types.

#include "components.hh"

#include <map>
#include <set>
#include <sstream>

enum class Color : std::uint8_t { red, green, blue };
enum Access : unsigned { may_read = 1, may_write = 2, may_exec = 4 };
static const char* const colors[] = {"red", "green", "blue"};
struct Labeled {
  std::int32_t x, y;
  std::string label;
};
WITRT_FIELDS(Labeled, x, y, label)
using Bytes = std::vector<std::uint8_t>;
struct Image {
  Bytes pixels;
  std::uint32_t width, height;
};
WITRT_FIELDS(Image, pixels, width, height)
using Texts = std::vector<std::string>;
struct Item {
  std::uint8_t count;
  Color color;
  float weight;
};
WITRT_FIELDS(Item, count, color, weight)
struct Small {
  Color color;
  std::uint8_t count;
};
WITRT_FIELDS(Small, color, count)
struct Pet {
  std::string name;
  std::optional<std::string> nick;
  Color color;
};
WITRT_FIELDS(Pet, name, nick, color)

// What is left of a line, and the values that have names: resources, and numbers as they
// were told.
struct In {
  std::string_view text;
  std::map<char, Resource>* resources;
  std::map<char, std::string>* numbers;

  bool eat(std::string_view word) {
    if (text.substr(0, word.size()) != word) return false;
    text.remove_prefix(word.size());
    return true;
  }
  char take() {
    char c = text.empty() ? '\0' : text[0];
    text.remove_prefix(text.empty() ? 0 : 1);
    return c;
  }
};

static std::string utf8(char32_t c) { return GET(GET(String::make(std::u32string_view(&c, 1))).utf8()); }
static std::u32string utf32(std::string_view text) { return GET(GET(String::make(text)).utf32()); }

static std::string quoted(In& in) {
  std::string found;
  CHECK(in.eat("\""));
  while (!in.text.empty() && !in.eat("\"")) {
    char c = in.take();
    bool escaped = c == '\\';
    if (escaped) c = in.take();
    if (escaped && c == 'n') c = '\n';
    if (escaped && c == 'u') {
      found += utf8(static_cast<char32_t>(std::stoul(std::string(in.text.substr(0, 4)), nullptr, 16)));
      in.text.remove_prefix(4);
      continue;
    }
    found += c;
  }
  if (!in.eat("*")) return found;
  std::size_t digits = 0;
  auto times = std::stoul(std::string(in.text), &digits);
  in.text.remove_prefix(digits);
  std::string all;
  while (times-- > 0) all += found;
  return in.text.substr(0, 1) == "\"" ? all + quoted(in) : all;
}

template <class T> std::enable_if_t<std::is_arithmetic_v<T>> read(In& in, T& to) {
  if (std::is_same_v<T, bool>) {
    to = static_cast<T>(in.eat("true"));
    CHECK(to || in.eat("false"));
    return;
  }
  std::string word(in.text.substr(0, in.text.find_first_of(",)]}")));
  in.text.remove_prefix(word.size());
  if (word.size() == 1 && in.numbers->count(word[0])) word = (*in.numbers)[word[0]];
  if constexpr (std::is_floating_point_v<T>) to = static_cast<T>(std::stod(word));
  else if constexpr (std::is_unsigned_v<T>) to = static_cast<T>(std::stoull(word));
  else to = static_cast<T>(std::stoll(word));
}
static void read(In& in, std::string& to) { to = quoted(in); }
static void read(In& in, char32_t& to) {
  std::string text = quoted(in);
  to = utf32(text)[0];
}
static void read(In& in, Color& to) {
  std::string name = quoted(in);
  while (name != colors[static_cast<int>(to)]) to = static_cast<Color>(static_cast<int>(to) + 1);
}
static void read(In& in, Access& to) {
  unsigned bits = 0;
  for (CHECK(in.eat("flags{")); !in.eat("}"); in.eat(", "))
    bits |= in.eat("read") ? 1 : in.eat("write") ? 2 : CHECK(in.eat("exec")) ? 4 : 0;
  to = static_cast<Access>(bits);
}
static void read(In& in, ResourceRef& to) { to = (*in.resources)[in.take()]; }
static void read(In& in, Resource& to) { to = std::move((*in.resources)[in.take()]); }
static void read(In& in, Point& to) {
  CHECK(in.eat("{x: "));
  read(in, to.x);
  CHECK(in.eat(", y: "));
  read(in, to.y);
  CHECK(in.eat("}"));
}
static void read(In& in, Labeled& to) {
  CHECK(in.eat("{x: "));
  read(in, to.x);
  CHECK(in.eat(", y: "));
  read(in, to.y);
  CHECK(in.eat(", label: "));
  read(in, to.label);
  CHECK(in.eat("}"));
}
static void read(In& in, Item& to) {
  CHECK(in.eat("{count: "));
  read(in, to.count);
  CHECK(in.eat(", color: "));
  read(in, to.color);
  CHECK(in.eat(", weight: "));
  read(in, to.weight);
  CHECK(in.eat("}"));
}
static void read(In& in, Small& to) {
  CHECK(in.eat("{color: "));
  read(in, to.color);
  CHECK(in.eat(", count: "));
  read(in, to.count);
  CHECK(in.eat("}"));
}
template <class T> void read(In& in, std::optional<T>& to) {
  if (!in.eat("()")) read(in, to.emplace());
}
template <class T> void read(In& in, std::vector<T>& to) {
  if constexpr (std::is_same_v<T, std::uint8_t>) CHECK(in.eat("bytes"));
  for (CHECK(in.eat("[")); !in.text.empty() && !in.eat("]"); in.eat(", ")) read(in, to.emplace_back());
}
static void read(In& in, Pet& to) {
  CHECK(in.eat("{name: "));
  read(in, to.name);
  CHECK(in.eat(", nick: "));
  read(in, to.nick);
  CHECK(in.eat(", color: "));
  read(in, to.color);
  CHECK(in.eat("}"));
}
static void read(In& in, Shape& to) {
  if (in.eat("()")) return;
  if (in.text[0] == '"') to = quoted(in);
  else if (!in.eat("(")) read(in, to.emplace<double>());
  else {
    auto& segment = to.emplace<Segment>();
    read(in, segment.first);
    CHECK(in.eat(", "));
    read(in, segment.second);
    CHECK(in.eat(")"));
  }
}
static void read(In& in, Person& to) {
  CHECK(in.eat("{name: "));
  read(in, to.name);
  CHECK(in.eat(", age: "));
  read(in, to.age);
  CHECK(in.eat(", tags: "));
  read(in, to.tags);
  CHECK(in.eat(", home: "));
  read(in, to.home);
  CHECK(in.eat("}"));
}

static std::string show(std::string_view text) {
  std::string told = "\"";
  for (char c : text) {
    if (c == '\n') told += "\\n";
    else if (c == '\0') told += "\\u0000";
    else told += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
  }
  return told + '"';
}
static std::string show(const std::string& text) { return show(std::string_view(text)); }
static std::string show(bool flag) { return flag ? "true" : "false"; }
static std::string show(char32_t c) { return show(utf8(c)); }
static std::string show(double number) {
  std::ostringstream told;
  told.precision(17);
  told << number;
  return told.str() + (told.str().find_first_of(".en") == std::string::npos ? ".0" : "");
}
static std::string show(float number) { return show(static_cast<double>(number)); }
template <class T> std::enable_if_t<std::is_integral_v<T>, std::string> show(T number) {
  return std::to_string(number);
}
static std::string show(Color color) { return show(std::string_view(colors[static_cast<int>(color)])); }
static std::string show(Access access) {
  std::string names;
  for (auto [bit, name] : {std::pair(may_exec, "exec"), {may_read, "read"}, {may_write, "write"}})
    if ((access & bit) != 0) names += (names.empty() ? "" : ", ") + std::string(name);
  return "flags{" + names + "}";
}
static std::string show(const Point& p) { return "{x: " + show(p.x) + ", y: " + show(p.y) + "}"; }
static std::string show(const Labeled& p) {
  return "{x: " + show(p.x) + ", y: " + show(p.y) + ", label: " + show(p.label) + "}";
}
static std::string show(const Item& i) {
  return "{count: " + show(i.count) + ", color: " + show(i.color) + ", weight: " + show(i.weight) + "}";
}
template <class T> std::string show(const std::vector<T>& all) {
  std::string told;
  for (const auto& one : all) told += (told.empty() ? "" : ", ") + show(one);
  return (std::is_same_v<T, std::uint8_t> ? "bytes[" : "[") + told + "]";
}
template <class T> std::string show(const std::optional<T>& held) { return held ? show(*held) : "()"; }
template <class T> std::string show(const std::optional<std::optional<T>>& held) {
  return !held ? "none" : !*held ? "some" : "some(" + show(**held) + ")";
}
template <class T, class E> std::string show(const Result<T, E>& result) {
  if (result.ok()) {
    if constexpr (std::is_void_v<T>) return "()";
    else return show(*result);
  }
  if constexpr (std::is_void_v<E>) return "()";
  else return show(result.err());
}
template <class A, class B> std::string show(const std::pair<A, B>& both) {
  return "(" + show(both.first) + ", " + show(both.second) + ")";
}
template <class... T> std::string show(const std::tuple<T...>& all) {
  std::string told;
  std::apply([&](const auto&... one) { ((told += (told.empty() ? "" : ", ") + show(one)), ...); }, all);
  return "(" + told + ")";
}
static std::string show(const Image& i) {
  return "{pixels: " + show(i.pixels) + ", width: " + show(i.width) + ", height: " + show(i.height) + "}";
}
static std::string show(const Pet& p) {
  return "{name: " + show(p.name) + ", nick: " + show(p.nick) + ", color: " + show(p.color) + "}";
}
static std::string show(const Shape& shape) {
  if (auto* number = std::get_if<double>(&shape)) return show(*number);
  if (auto* segment = std::get_if<Segment>(&shape)) return show(*segment);
  if (auto* text = std::get_if<std::string>(&shape)) return show(*text);
  return "()";
}
static std::string show(const Person& p) {
  return "{name: " + show(p.name) + ", age: " + show(p.age) + ", tags: " + show(p.tags) + ", home: " + show(p.home) + "}";
}

// The host: what it is told, and what it answers.
static std::vector<std::string> logged;
static std::uint32_t sinks;
struct Sink {
  std::string name;
  explicit Sink(std::string n) : name(std::move(n)) { sinks++; }
  ~Sink() {
    logged.push_back("  host.sink dropped " + show(name));
    sinks--;
  }
};
template <class... A> void tell(std::string_view name, const A&... args) {
  std::string line = "  host." + std::string(name);
  ((line += " " + show(args)), ...);
  logged.push_back(line);
}
static Bytes digest(Span<const std::uint8_t> data) {
  std::uint8_t all = 0;
  for (auto byte : data) all = static_cast<std::uint8_t>(all ^ byte);
  return {static_cast<std::uint8_t>(data.size()), all};
}
static std::size_t chars(const std::string& text) { return utf32(text).size(); }

static void define(Components& g, bool component) {
  using std::string;
  for (auto import : g.module.imports()) {
    if (import.module().substr(0, 4) == "wasi") continue;
    FuncTypeRef type = import.type().as_func();
    string name(import.name());
    if (name.substr(0, 6) == "__wbg_") name = name.substr(6, name.find('_', 6) - 6);
    bool root = component && import.module().empty();
    auto is = [&](const char* wanted) { return name == wanted; };
    auto put = [&](auto f) { GET(g.linker.define_func(g.store, type, import.module(), import.name(), std::move(f))); };
    if (component && is("log")) put([](std::uint32_t level, string text) { tell("log", level, text); });
    else if (root) put([](string text) { return text == "latin" ? string("ÿlatin") : "é" + text + "🦀"; });
    else if (component && is("ask")) put([](string text) { return "answer to " + text; });
    else if (component && is("digest")) put([](Span<const std::uint8_t> data) { return digest(data); });
    else if (is("find")) put([](string key) { return key.size() < 2 ? std::nullopt : std::optional("found " + key); });
    else if (is("lookup"))
      put([](string key) -> Result<std::vector<Point>, string> {
        if (key.size() < 2) return Err{"no " + key};
        return std::vector<Point>{{1, -2}, {static_cast<std::int32_t>(chars(key)), 0}};
      });
    else if (component && is("now")) put([] { return UINT64_MAX; });
    else if (is("[constructor]sink")) put([](string title) { return ResourceRef::make(std::make_unique<Sink>(title)); });
    else if (is("[method]sink.write"))
      put([](ResourceRef sink, string text) {
        tell("sink", sink.data<Sink>()->name, text);
        return static_cast<std::uint32_t>(chars(text));
      });
    else if (is("[static]sink.open-sinks")) put([] { return sinks; });
    else if (is("log") && type.params().size() == 2)
      put([](std::uint32_t level, string text) { tell("log", level, text); });
    else if (is("log") || is("log_owned") || is("logowned")) put([name](string text) { tell(name, text); });
    else if (is("pair")) put([](string a, string b) { tell("pair", a, b); });
    else if (is("puts")) put([](string text) { tell("puts", text); return static_cast<std::int32_t>(chars(text)); });
    else if (is("ask")) put([](string text) { tell("ask", text); return "answer to " + text; });
    else if (is("env")) put([](string text) { tell("env", text); return std::optional<string>("/home/é"); });
    else if (is("ask_opt"))
      put([](string text) { tell("ask_opt", text); return text == "x" ? std::nullopt : std::optional("maybe " + text); });
    else if (is("digest"))
      put([](Span<const std::uint8_t> data) { tell("digest", data.size()); return digest(data); });
    else if (is("now")) put([] { tell("now"); return 41.5; });
    else if (is("ticks")) put([] { tell("ticks"); return UINT64_MAX; });
    else if (is("may_fail"))
      put([](string text) -> Result<string, string> {
        tell("may_fail", text);
        if (text == "x") return Err{"refused " + text};
        return "fine " + text;
      });
    else if (is("mix"))
      put([](std::uint8_t a, string b, std::int16_t c, double d) { tell("mix", a, b, c, d); return std::uint32_t{4000000000}; });
    else if (is("add")) put([](std::int32_t a, std::int32_t b) { tell("add", a, b); return a + b; });
    else CHECK_TEXT(name, "a host function");
  }
}

struct Called : Components {
  std::map<char, Resource> resources;
  std::map<char, std::string> numbers;
  bool is_component;

  Called(const std::string& path, const std::string& face) : is_component(contains(path, "/components/")) {
    std::string bytes = file("../" + path);
    module = face.empty() ? GET(Module::compile(engine, bytes)) : GET(Module::attach(engine, bytes, file("../" + face)));
    Wasi wasi;
    GET(store.set_wasi(wasi));
    define(*this, is_component);
    instance = GET(linker.instantiate(store, module));
  }
};

// What a call gives: text, an error, a resource.

struct Answer {
  std::string told;
  std::optional<Error> error;
  Resource made;
};

template <class F> struct Type {
  using type = F;
};
template <class F> struct Call;
template <class R, class... A> struct Call<R(A...)> {
  static bool make(Called& g, const std::string& name, std::string_view text, Answer& answer) {
    auto found = g.instance.func<R(A...)>(name);
    if (!found.ok()) return false;
    // An enumeration of C++ may be either.
    if (std::is_same_v<R, Color> && text.substr(0, 5) == "flags") return false;
    In in = {text, &g.resources, &g.numbers};
    std::tuple<A...> args{};
    bool first = true;
    auto one = [&](auto& arg) {
      if (!first) CHECK(in.eat(", "));
      first = false;
      read(in, arg);
    };
    std::apply([&](auto&... arg) { (one(arg), ...); }, args);
    CHECK(in.text.empty());
    auto result = std::apply([&](auto&... arg) { return found->call(std::move(arg)...); }, args);
    if (!result.ok()) answer.error = std::move(result).err();
    else if constexpr (std::is_void_v<R>) answer.told = "()";
    else if constexpr (std::is_same_v<R, Resource>) answer.made = std::move(*result);
    else answer.told = show(*result);
    return true;
  }
};

using s8 = std::int8_t;
using u8 = std::uint8_t;
using s16 = std::int16_t;
using u16 = std::uint16_t;
using s32 = std::int32_t;
using u32 = std::uint32_t;
using s64 = std::int64_t;
using u64 = std::uint64_t;
using str = std::string;
using Items = std::vector<Item>;

// The C++ types of all functions of the table: the one that fits is called.
static bool call(Called& g, const str& name, std::string_view args, Answer& answer) {
  auto any = [&](auto... types) { return (Call<typename decltype(types)::type>::make(g, name, args, answer) || ...); };
#define T(...) Type<__VA_ARGS__> {}
  return any(T(str(str)), T(str(str, str)), T(str(str, str, str)), T(str(str, str, str, str)), T(str()), T(u32()),
             T(u32(str)), T(s32(str)), T(s32(str, str)), T(void(str)), T(void()), T(double()), T(s32()), T(bool(str)),
             T(char32_t(str)), T(bool(bool)), T(char32_t(char32_t)), T(bool(str, str))) ||
         any(T(s8(s8)), T(u8(u8)), T(s16(s16)), T(u16(u16)), T(s32(s32)), T(u32(u32)), T(float(float)),
             T(double(double)), T(s8(s8, s8)), T(u8(u8, u8)), T(s16(s16, s16)), T(u16(u16, u16)), T(s32(s32, s32)),
             T(u32(u32, u32)), T(s16(u8)), T(u8(s32)), T(double(float, double)), T(u64(u64, s64)), T(u32(s32, s32)),
             T(void(u32, s32)), T(void(u32)), T(s32(u32)), T(str(u32)), T(void(u32, str)), T(str(str, u32)), T(str(str, s32)),
             T(str(u8, s8, u16, s16, u32, s32, float, double)), T(u32(u8, str, s16, double))) ||
         any(T(Bytes(Bytes)), T(Bytes(Bytes, u8)), T(Bytes(str)), T(u32(Bytes)), T(double(std::vector<double>)),
             T(s64(std::vector<s32>)), T(std::vector<u32>(s32)), T(std::vector<u32>(u32)), T(std::vector<float>(s32)),
             T(Texts(str)), T(Texts(Texts)), T(Texts(str, u8)), T(str(Texts)), T(str(Texts, std::optional<str>)),
             T(std::vector<Point>(u32)), T(Point(std::vector<Point>)), T(std::optional<Point>(std::vector<Point>)),
             T(Point(Point)), T(Person(Person)), T(Shape(Shape)), T(std::optional<double>(Shape))) ||
         any(T(std::optional<str>(str)), T(std::optional<str>(str, str)), T(std::optional<str>(std::optional<str>)),
             T(str(std::optional<str>)), T(std::optional<std::optional<str>>(std::optional<str>)),
             T(std::optional<char32_t>(str)), T(std::optional<u32>(std::optional<u32>)),
             T(std::optional<double>(std::optional<double>)), T(Result<Point, str>(str)), T(Result<u32, str>(str)),
             T(Result<str, str>(str)), T(Result<void, Color>(s32)), T(Result<u32, void>(u32)), T(Color(Color)),
             T(Access(Access)), T(std::pair<float, double>(float, double))) ||
         any(T(Bytes(Bytes, s32)), T(Result<Bytes, str>(Bytes, u32)), T(Result<Bytes, s32>(Bytes)),
             T(std::optional<Bytes>(Bytes)), T(Result<Image, str>(Bytes)), T(Result<Image, u32>(Bytes)), T(Image(Bytes)),
             T(std::vector<float>(std::vector<float>, u32, u32, float)), T(str(u32, str)), T(std::vector<u16>(str)),
             T(u32(str, str))) ||
         any(T(Color(Items)), T(Items(Items)), T(std::vector<Color>(Items)), T(Items()), T(u32(std::vector<Small>, Color)),
             T(str(Pet)), T(Pet(str)), T(Texts()), T(bool(bool, s32, u64, float)), T(Result<s64, str>(str)),
             T(u32(str, u32)), T(u64(Bytes, u64)), T(void(Bytes)), T(Bytes()), T(bool()), T(void(u32, Bytes)),
             T(Bytes(u32, Bytes))) ||
         any(T(s32(Labeled)), T(Labeled(s32)), T(Labeled(str)), T(Bytes(s32)), T(void(s32))) ||
         any(T(std::tuple<s8, u8, s16, u16, s32, u32, s64, u64>(s8, u8, s16, u16, s32, u32, s64, u64)),
             T(str(str, str, str, str, str, str, str, str, u64)), T(Resource(str)), T(u32(ResourceRef, str)),
             T(str(ResourceRef)), T(Resource(Resource, ResourceRef)));
#undef T
}

// Whether a trap is the one that is expected: of any kind, of one, or with a message.
static bool is_expected(const Error& error, std::string_view expected) {
  if (error.kind() == WITRT_ERROR_POISONED) return expected == "poisoned";
  if (expected.substr(0, 4) != "trap") return false;
  In what = {expected.substr(4), nullptr, nullptr};
  if (!what.eat(" ")) return true;
  if (what.text[0] == '"') return contains(error.message(), quoted(what));
  return error.trap_code() == (what.text == "unreachable" ? WITRT_TRAP_UNREACHABLE : WITRT_TRAP_ILL_FORMED_TEXT);
}

static int all(const str& path, const str& face, const Texts& lines) {
  logged.clear();
  auto g = std::make_unique<Called>(path, face);
  Texts expected_log;
  std::set<str> called;
  int made = 0;
  for (const auto& line : lines) {
    auto answer_of = [&](std::size_t from, std::size_t end) {
      std::size_t open = line.find('(', from);
      str name = line.substr(from, open - from), whole = g->name(name);
      called.insert(whole);
      Answer answer;
      if (!CHECK(call(*g, whole, std::string_view(line).substr(open + 1, end - open - 1), answer)))
        fprintf(stderr, "  %s: no C++ type fits %s\n", path.c_str(), line.c_str());
      return answer;
    };
    if (line.substr(0, 7) == "  host.") {
      expected_log.push_back(line);
    } else if (line == "new") {
      g.reset();
      g = std::make_unique<Called>(path, face);
    } else if (line.substr(0, 5) == "drop ") {
      g->resources.erase(line[5]);
    } else if (line.substr(1, 3) == " = ") {
      Answer answer = answer_of(4, line.size() - 1);
      if (answer.made) g->resources[line[0]] = std::move(answer.made);
      else g->numbers[line[0]] = answer.told;
    } else {
      std::size_t arrow = line.rfind(") -> ");
      std::string_view expected = std::string_view(line).substr(arrow + 5);
      Answer answer = answer_of(0, arrow);
      bool same = answer.error ? is_expected(*answer.error, expected) : answer.told == expected;
      if (!CHECK(same && logged == expected_log)) {
        str found = answer.error ? str(answer.error->message()) : answer.told;
        fprintf(stderr, "  %s: %s: %s\n", path.c_str(), line.c_str(), found.c_str());
      }
      logged.clear();
      expected_log.clear();
      made++;
    }
  }
  for (auto type : g->module.exports())
    if (type.type().kind() == WASM_EXTERN_FUNC && !CHECK(called.count(str(type.name()))))
      fprintf(stderr, "  %s: %s is not called\n", path.c_str(), str(type.name()).c_str());
  return made;
}

int main() {
  std::istringstream table(file("../cases.txt"));
  Texts files, lines;
  str face;
  int guests = 0, made = 0;
  auto section = [&] {
    for (const auto& path : files) made += all(path, face, lines), guests++;
  };
  for (str line; std::getline(table, line);) {
    if (line.substr(0, 2) == "# ") {
      section();
      files.clear(), lines.clear(), face.clear();
      std::istringstream words(line.substr(2));
      for (str word; words >> word;) {
        if (word.substr(0, 5) == "face=") face = word.substr(5);
        else files.push_back(word);
      }
    } else if (!line.empty() && line[0] != ';') {
      lines.push_back(line);
    }
  }
  section();
  printf("%d files, %d calls\n", guests, made);
  CHECK(guests >= 25 && made >= 800);
  CHECK_EQ(sinks, 0);
  return check_result();
}
