// Parts that were compiled with other macros, in one program.

#define WITRT_EXCEPTIONS

#include "plain.hh"

int main() {
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
