/* What the program `components` measures of those who are written in C: values that
 * are made when a call is, by who knows a function's type only then. */
#ifndef DYNAMIC_H
#define DYNAMIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In the order of main.rs. */
enum { ADD, TEXT_IN, TEXT_OUT, BYTES_IN, BYTES_OUT, ITEMS_IN, ITEMS_OUT, BACK, WORKS };

/* The function behind each. */
static const char* const names[WORKS] = {
  "add", "text-in", "text-out", "bytes-in", "bytes-out", "items-in", "items-out", "back",
};

typedef struct item { const char* name; size_t size; uint32_t number; } item_t;

/* What the host has, and has room for. */
typedef struct host {
  const char* text;
  const uint8_t* bytes;
  const item_t* items;
  uint8_t* room;
} host_t;

/* So often calls BACK back. */
enum { TIMES = 100 };

typedef struct dynamic {
  void* self;
  /* Makes a call with so many bytes or items; what comes of it is compared. */
  uint64_t (*run)(void* self, int work, size_t size);
} dynamic_t;

/* Nothing that is measured fails. */
static inline _Noreturn void die(const char* what) {
  fprintf(stderr, "components: %s\n", what);
  abort();
}

#endif
