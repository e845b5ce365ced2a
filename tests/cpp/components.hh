// Components of real tools, and C++ types for their values.

#ifndef COMPONENTS_HH
#define COMPONENTS_HH

#include "guest.hh"

#include <iostream>
#include <set>

using namespace witrt;
using namespace std::string_literals;

namespace probe {

struct Point {
  std::int32_t x, y;
  friend bool operator==(const Point& a, const Point& b) { return a.x == b.x && a.y == b.y; }
};
WITRT_FIELDS(Point, x, y)

struct Person {
  std::string name;
  std::uint8_t age;
  std::vector<std::string> tags;
  std::optional<Point> home;
};
WITRT_FIELDS(Person, name, age, tags, home)

struct WidePerson {
  std::u16string name;
  std::uint8_t age;
  std::vector<std::u16string> tags;
  std::optional<Point> home;
};
WITRT_FIELDS(WidePerson, name, age, tags, home)

struct PersonView {
  std::string_view name;
  std::uint8_t age;
  Span<const std::string_view> tags;
  std::optional<Point> home;
};
WITRT_FIELDS(PersonView, name, age, tags, home)

using Segment = std::pair<Point, Point>;
using Shape = std::variant<std::monostate, double, Segment, std::string>;

}  // namespace probe
using probe::Person;
using probe::PersonView;
using probe::Point;
using probe::Segment;
using probe::Shape;
using probe::WidePerson;

struct Components {
  Engine engine;
  Store store{engine};
  Linker linker;
  Module module;
  Instance instance;
  std::set<std::string> called;

  // The whole name of an export, which may be of an interface.
  std::string name(std::string_view wanted) const {
    for (auto type : module.exports()) {
      std::string name(type.name());
      std::size_t at = name.size() - std::min(name.size(), wanted.size());
      if (name.substr(at) == wanted && (at == 0 || name[at - 1] == '#')) return name;
    }
    return {};
  }
  template <class F> TypedFunc<F> func(std::string_view wanted) {
    called.insert(name(wanted));
    return GET(instance.func<F>(name(wanted)));
  }
  // No export was left out.
  void all_called() const {
    for (auto type : module.exports())
      if (!CHECK(called.count(std::string(type.name())))) std::cerr << "  " << type.name() << '\n';
  }
};

#endif
