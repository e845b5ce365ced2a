/* The process's resident memory, where the system tells it. */

#ifndef RESIDENT_H
#define RESIDENT_H

#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

/* In bytes; 0 where it is not known. */
static inline size_t resident(void) {
  size_t size = 0, pages = 0;
  FILE* file = fopen("/proc/self/statm", "r");
  if (!file) return 0;
  if (fscanf(file, "%zu %zu", &size, &pages) != 2) pages = 0;
  fclose(file);
  return pages * (size_t)sysconf(_SC_PAGESIZE);
}

#endif
