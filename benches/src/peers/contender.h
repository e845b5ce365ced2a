/* What each contender can do, for the program to measure; those in C give it
 * pointers, those in Rust have a trait of the same shape (contender.rs). */
#ifndef CONTENDER_H
#define CONTENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <uchar.h>

typedef struct contender {
  void* self;
  int32_t (*add)(void* self, int32_t a, int32_t b);
  /* A text goes in; the guest tells its length in bytes. */
  uint32_t (*in16)(void* self, const char16_t* units, size_t len);
  uint32_t (*in8)(void* self, const char* bytes, size_t len);
  /* The text that went in comes out; how long it is in the host's units. */
  size_t (*out16)(void* self, char16_t* units, size_t room);
  size_t (*out8)(void* self, char* bytes, size_t room);
  /* The guest calls back so often with that text; its length there. */
  size_t (*back)(void* self, uint32_t times);
} contender_t;

/* Nothing that is measured fails. */
static inline _Noreturn void die(const char* what) {
  fprintf(stderr, "peers: %s\n", what);
  abort();
}

#endif
