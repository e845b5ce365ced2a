/* A program's own front to the heap, which refuses large requests when told to. A
 * sanitizer has a heap of its own, and is left alone: CAN_REFUSE tells. */

#ifndef REFUSING_H
#define REFUSING_H

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define CAN_REFUSE 1
static size_t refuse_from = SIZE_MAX;
static int refused;
void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);
static int refuse(size_t size) {
  if (size < refuse_from) return 0;
  refused++;
  errno = ENOMEM;
  return 1;
}
void* malloc(size_t size) { return refuse(size) ? NULL : __libc_malloc(size); }
void* calloc(size_t n, size_t size) { return n && refuse(n * size) ? NULL : __libc_calloc(n, size); }
void* realloc(void* old, size_t size) { return refuse(size) ? NULL : __libc_realloc(old, size); }
void* aligned_alloc(size_t align, size_t size) { return refuse(size) ? NULL : __libc_memalign(align, size); }
int posix_memalign(void** out, size_t align, size_t size) {
  if (refuse(size)) return ENOMEM;
  *out = __libc_memalign(align, size);
  return *out ? 0 : ENOMEM;
}
#else
#define CAN_REFUSE 0
#endif

#endif
