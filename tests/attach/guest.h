// What guests of C without a library have in common: what compilers call by themselves, and, where it is wanted, an allocator
// that counts.
typedef unsigned char u8; typedef unsigned int u32; typedef unsigned long long u64; typedef __SIZE_TYPE__ size_t;
#define EXPORT(n) __attribute__((export_name(#n)))
#define NULL ((void *)0)
void *memcpy(void *d, const void *s, size_t n) { u8 *a = d; const u8 *b = s; while (n--) *a++ = *b++; return d; }
void *memset(void *d, int c, size_t n) { u8 *a = d; while (n--) *a++ = (u8)c; return d; }
static size_t len(const char *s) { size_t n = 0; while (s[n]) n++; return n; }

#ifdef ALLOCATOR
extern u8 __heap_base;
typedef struct block { size_t size; struct block *next; } block;
static block *free_list; static u8 *top; static size_t live;
EXPORT(malloc) void *malloc(size_t n) {
  n = (n + 7) & ~(size_t)7; if (n < 8) n = 8;
  for (block **p = &free_list; *p; p = &(*p)->next) if ((*p)->size >= n) { block *b = *p; *p = b->next; live += b->size; return (u8 *)b + 8; }
  if (!top) top = (u8 *)(((size_t)&__heap_base + 7) & ~(size_t)7);
  size_t end = (size_t)top + n + 8, have = __builtin_wasm_memory_size(0) * 65536;
  if (end > have && __builtin_wasm_memory_grow(0, (end - have + 65535) / 65536) == (size_t)-1) return NULL;
  block *b = (block *)top; top += n + 8; b->size = n; live += n; return (u8 *)b + 8;
}
EXPORT(free) void free(void *p) { if (!p) return; block *b = (block *)((u8 *)p - 8); live -= b->size; b->next = free_list; free_list = b; }
EXPORT(live_bytes) size_t live_bytes(void) { return live; }
#endif
