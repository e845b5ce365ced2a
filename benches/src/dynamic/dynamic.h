/* What the program `components` measures of those who are written in C and C++. */
#ifndef DYNAMIC_H
#define DYNAMIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In the order of main.rs. */
enum { ADD, TEXT_IN, TEXT_OUT, BYTES_IN, BYTES_OUT, ITEMS_IN, ITEMS_OUT, BACK, ASK, WORKS };

/* The function behind each. */
static const char* const names[WORKS] = {
  "add", "text-in", "text-out", "bytes-in", "bytes-out", "items-in", "items-out", "back", "ask",
};

typedef struct item { const char* name; size_t size; uint32_t number; } item_t;

/* What the host has, and has room for. */
typedef struct host {
  const char* text;
  const uint8_t* bytes;
  const item_t* items;
  uint64_t* room;
} host_t;

/* So often BACK and ASK call back. */
enum { TIMES = 100 };

typedef struct dynamic {
  void* self;
  /* Makes a call with so many bytes or items; what comes of it is compared. */
  uint64_t (*run)(void* self, int work, size_t size);
} dynamic_t;

/* Nothing that is measured fails. */
static inline void die(const char* what) {
  fprintf(stderr, "components: %s\n", what);
  abort();
}

#ifdef __cplusplus
extern "C" {
#endif

/* New instances of the component, which live as long as the process: of the engine's C
 * API; and of this library's, with values, with structs, with types of C++. No list has
 * more than `most` elements. */
dynamic_t engine(const char* wasm, size_t size, host_t host, size_t most);
dynamic_t values(const char* wasm, size_t size, host_t host, size_t most);
dynamic_t structs(const char* wasm, size_t size, host_t host, size_t most);
dynamic_t types(const char* wasm, size_t size, host_t host, size_t most);

#ifdef __cplusplus
}
#endif

#endif
