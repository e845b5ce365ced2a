// A guest to test with, and how to look at what comes back.

#ifndef GUEST_HH
#define GUEST_HH

#include <fstream>
#include <iterator>
#include <string>
#include <type_traits>

#include "check.h"
#include "witrt.hh"

// Evaluates to whether it is so, and says where and what if not.
#define CHECK_TEXT(a, b) check_text((a), (b), #a " == " #b, __FILE__, __LINE__)

inline void check_text(std::string_view a, std::string_view b, const char* what, const char* file,
                       int line) {
  if (check_(a == b, what, file, line)) return;
  fprintf(stderr, "  left \"%.*s\"\n  right \"%.*s\"\n", static_cast<int>(a.size()), a.data(),
          static_cast<int>(b.size()), b.data());
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// What a result holds; the test ends where it is an error.
template <class T> T get(witrt::Result<T> result, const char* file, int line) {
  if (!result.ok()) {
    check_(0, result.err().what(), file, line);
    exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(result).unwrap();
}
#define GET(...) get((__VA_ARGS__), __FILE__, __LINE__)

inline std::string file(const std::string& name) {
  std::ifstream stream(std::string(MODULES) + "/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

struct Guest {
  witrt::Engine engine;
  witrt::Store store{engine};
  witrt::Linker linker;
  witrt::Module module;
  witrt::Instance instance;

  void load(std::string_view bytes) {
    module = GET(witrt::Module::compile(engine, bytes));
    instance = GET(linker.instantiate(store, module));
  }
  template <class F> witrt::TypedFunc<F> func(std::string_view name) {
    return GET(instance.func<F>(name));
  }
};

#endif
