// Without exceptions and type information. `plain NAME` ends with an error that
// nobody looked at.

#include "plain.hh"

#if defined(__cpp_exceptions) || defined(__cpp_rtti)
#error "this is to be compiled with -fno-exceptions -fno-rtti"
#endif

using namespace witrt;

std::size_t plain_length(const char* text) {
  Store store{Engine()};
  Func f = Func::wrap(store, [](std::u16string_view s) { return uint32_t(s.size()); }).unwrap();
  return f.typed<uint32_t(std::string_view)>().unwrap().call(text).unwrap();
}

const char* plain_name() { return name_of<Store>(); }

#ifndef MIXED
int main(int argc, char**) {
  CHECK_EQ(plain_length("añ"), 2);
  Store store{Engine()};
  Func f = GET(Func::wrap(store, []() -> Result<void> { return Error("refused"); }));
  CHECK_TEXT(GET(f.typed<void()>()).call().err().trap().message(), "refused");
  if (argc > 1) GET(f.typed<void()>()).call().unwrap();
  return check_result();
}
#endif
