/* Runs something very often. Resident memory and open files are read at each tenth.
 * After the first one, in which buffers and arenas find their sizes, memory may not
 * grow by more than ALLOWANCE, and no file may stay open. */

#ifndef SOAK_H
#define SOAK_H

#include <dirent.h>
#include <inttypes.h>
#include <stdbool.h>
#include <time.h>

#include "../capi/check.h"
#include "resident.h"

enum { ALLOWANCE = 4 << 20 };

static uint64_t state = 0x9e3779b97f4a7c15;
static uint32_t below(uint32_t n) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return (uint32_t)(state >> 33) % n;
}

/* Counts failures without a line for each of millions. */
static uint64_t wrong;
static void right(bool condition, const char* what, int line) {
  if (!condition && wrong++ < 5) check_(0, what, __FILE__, line);
}
#define RIGHT(condition) right(condition, #condition, __LINE__)

/* How many files the process has open; 0 where the system does not tell. */
static size_t open_files(void) {
  size_t count = 0;
  DIR* dir = opendir("/proc/self/fd");
  if (!dir) return 0;
  while (readdir(dir)) count++;
  closedir(dir);
  return count;
}

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double)at.tv_sec + 1e-9 * (double)at.tv_nsec;
}

/* Runs `one` so often, and says how much memory there is at each tenth. */
static void soak(const char* what, uint64_t count, uint64_t unit, void (*one)(uint64_t)) {
  count = (count + 10 * unit - 1) / (10 * unit) * (10 * unit);
  double start = now();
  size_t first = 0, last = 0, files = 0;
  printf("%" PRIu64 " %s, MiB resident:", count, what);
  for (int tenth = 0; tenth < 10; tenth++) {
    for (uint64_t i = 0; i < count / 10; i++) one((uint64_t)tenth * (count / 10) + i);
    last = resident();
    if (tenth == 0) first = last, files = open_files();
    printf(" %.1f", (double)last / (1 << 20));
    fflush(stdout);
  }
  printf("; %.0f s\n", now() - start);
  CHECK_EQ(open_files(), files);
  if (!CHECK(last <= first + ALLOWANCE)) fprintf(stderr, "  %zu grew to %zu\n", first, last);
}

#endif
