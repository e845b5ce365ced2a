// Values of every kind with C++ types: containers, aggregates, variants, in both
// directions.

#include "common.hh"

// record point { x: s32, y: s32 }
struct point {
  std::int32_t x, y;
};
WITRT_FIELDS(point, x, y)

// record person { name: string, age: u8, tags: list<string>, home: option<point> }
struct person {
  std::string name;
  std::uint8_t age;
  std::vector<std::string> tags;
  std::optional<point> home;
};
WITRT_FIELDS(person, name, age, tags, home)

// variant shape { dot, circle(f64), segment(tuple<point, point>), named(string) }
using shape = std::variant<std::monostate, double, std::pair<point, point>, std::string>;

int main() {
  witrt::Engine engine;
  witrt::Store store(engine);
  auto module = load(engine, "../tests/modules/components/c/guest-utf8.wasm").unwrap();

  // A host function of a lambda: result<list<point>, string>.
  witrt::Linker linker;
  for (auto import : module.imports()) {
    if (import.name() != "lookup") continue;
    auto lookup = [](std::string_view name) -> witrt::Result<std::vector<point>, std::string> {
      if (name.size() < 2) return witrt::Err{"no " + std::string(name)};
      return std::vector<point>{{1, -2}, {static_cast<std::int32_t>(name.size()), 0}};
    };
    linker.define_func(store, import.type().as_func(), import.module(), import.name(), lookup).unwrap();
  }
  linker.define_unknown_as_traps(store, module).unwrap();
  auto instance = linker.instantiate(store, module).unwrap();
  const std::string kinds = "probe:guest/kinds@1.2.0#", texts = "probe:guest/text@1.2.0#";

  auto birthday = instance.func<person(const person&)>(kinds + "birthday").unwrap();
  person older = birthday.call({"Zoë", 41, {"baker"}, point{3, 4}}).unwrap();
  std::cout << older.name << " is " << int(older.age) << ", at " << older.home->x << ',' << older.home->y;
  for (const std::string& tag : older.tags) std::cout << ", " << tag;
  std::cout << '\n';

  auto area = instance.func<std::optional<double>(shape)>(kinds + "area").unwrap();
  std::cout << "a circle: " << *area.call(2.0).unwrap() << '\n';
  auto grow = instance.func<shape(shape)>(kinds + "grow").unwrap();
  shape grown = grow.call(shape("a name")).unwrap();
  std::cout << "grown: " << std::get<std::string>(grown) << '\n';

  // What is lent is read where it is, and what comes back is made once.
  auto centroid = instance.func<std::optional<point>(witrt::Span<const point>)>(kinds + "centroid").unwrap();
  const point corners[] = {{0, 0}, {4, 0}, {4, 4}, {0, 4}};
  std::optional<point> middle = centroid.call(corners).unwrap();
  std::cout << "the middle: " << middle->x << ',' << middle->y << '\n';

  auto parse = instance.func<witrt::Result<point, std::string>(std::string_view)>(texts + "parse").unwrap();
  for (std::string_view text : {"3,-4", "here"}) {
    auto parsed = parse.call(text).unwrap();
    if (parsed.ok()) std::cout << "x is " << parsed->x << '\n';
    else std::cout << parsed.err() << '\n';
  }

  // A type that does not fit is told when the function is looked up.
  auto wrong = instance.func<std::vector<std::pair<std::int32_t, std::string>>(std::uint32_t)>(kinds + "path");
  std::cout << "refused: " << wrong.err().message() << '\n';
}
