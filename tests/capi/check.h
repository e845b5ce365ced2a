/* Assertions that stay in release builds. A failed one prints where, and the
 * program goes on; `return check_result();` ends main. */

#ifndef CHECK_H
#define CHECK_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int checks_done, checks_failed;

static inline int check_(int ok, const char *what, const char *file, int line) {
  checks_done++;
  if (!ok) {
    checks_failed++;
    fprintf(stderr, "%s:%d: %s\n", file, line, what);
  }
  return ok;
}

static inline void check_eq_(long long a, long long b, const char *what, const char *file, int line) {
  if (!check_(a == b, what, file, line)) fprintf(stderr, "  left %lld, right %lld\n", a, b);
}

static inline int check_result(void) {
  printf("%d checks, %d failed\n", checks_done, checks_failed);
  return checks_failed != 0 || checks_done == 0;
}

#define CHECK(condition) check_(!!(condition), #condition, __FILE__, __LINE__)
#define CHECK_EQ(a, b) check_eq_((long long)(a), (long long)(b), #a " == " #b, __FILE__, __LINE__)
/* For what the rest of the program stands on. */
#define REQUIRE(condition) ((void)(CHECK(condition) || (exit(1), 0)))

#endif
