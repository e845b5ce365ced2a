// Parts that were compiled with other macros, in one program.

#define WITRT_EXCEPTIONS

#include <cstring>

#include "plain.hh"

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)
#define VERSION TEXT(WITRT_VERSION_MAJOR) "_" TEXT(WITRT_VERSION_MINOR)

int main() {
  // The same type has two names, each with the version, so that neither part is linked to
  // what only the other has.
  CHECK(std::strstr(plain_name(), "plain_" VERSION));
  CHECK(std::strstr(name_of<witrt::Store>(), "throwing_" VERSION));
  CHECK_EQ(plain_length("a\xF0\x9F\xA6\x80"), 3);
  bool thrown = false;
  try {
    witrt::Func().call().unwrap();
  } catch (const witrt::Error& error) {
    thrown = error.kind() == WITRT_ERROR_NULL_POINTER;
  }
  CHECK(thrown);
  return check_result();
}
