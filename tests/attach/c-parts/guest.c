// Values with parts as C has them: cases that are words, alone, in structs and in arrays of these; text in structs that may
// be missing; arrays of texts with a null address at the end, or with their number beside.
typedef unsigned char u8; typedef unsigned int u32; typedef __SIZE_TYPE__ size_t;
#define EXPORT(n) __attribute__((export_name(#n)))
#define NULL ((void *)0)
void *memcpy(void *d, const void *s, size_t n) { u8 *a = d; const u8 *b = s; while (n--) *a++ = *b++; return d; }
void *memset(void *d, int c, size_t n) { u8 *a = d; while (n--) *a++ = (u8)c; return d; }
static size_t len(const char *s) { size_t n = 0; while (s[n]) n++; return n; }

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
static char *copy(const char *s, size_t n) { char *d = malloc(n + 1); memcpy(d, s, n); d[n] = 0; return d; }

// Arrays of structs with cases in them.
typedef enum { RED, GREEN, BLUE } color;
typedef struct { u8 count; color color; float weight; } item;
EXPORT(heaviest) color heaviest(const item *all, size_t n) {
  color found = RED; float most = -1;
  for (size_t i = 0; i < n; i++) if (all[i].count * all[i].weight > most) { most = all[i].count * all[i].weight; found = all[i].color; }
  return found;
}
EXPORT(doubled) item *doubled(const item *all, size_t n, size_t *count) {
  item *out = malloc(n * sizeof *out);
  for (size_t i = 0; i < n; i++) { out[i] = all[i]; out[i].count *= 2; out[i].color = (all[i].color + 1) % 3; }
  *count = n; return out;
}
EXPORT(colors) color *colors(const item *all, size_t n, size_t *count) {
  color *out = malloc(n * sizeof *out); for (size_t i = 0; i < n; i++) out[i] = all[i].color; *count = n; return out;
}
static const item strange[] = { { 1, BLUE, 1 }, { 1, (color)256, 1 } };
EXPORT(strange_items) const item *strange_items(size_t *count) { *count = 2; return strange; }
// One byte for a case, as `enum : u8` and -fshort-enums have it.
typedef struct { u8 color; u8 count; } small;
EXPORT(pick) size_t pick(const small *all, size_t n, u8 color) {
  size_t sum = 0; for (size_t i = 0; i < n; i++) if (all[i].color == color) sum += all[i].count; return sum;
}

// Text that may be missing.
typedef struct { const char *name; const char *nick; color color; } pet;
EXPORT(called) char *called(const pet *p) { const char *s = p->nick ? p->nick : p->name; return copy(s, len(s)); }
EXPORT(introduce) void introduce(pet *out, const char *text) {
  size_t n = len(text), at = 0; while (at < n && text[at] != '/') at++;
  out->name = copy(text, at); out->nick = at < n ? copy(text + at + 1, n - at - 1) : NULL; out->color = n % 3;
}

// Arrays of texts.
EXPORT(words) char **words(const char *text) {
  char **all = malloc((len(text) + 2) * sizeof *all); size_t n = 0;
  for (const char *from = text;; text++)
    if (*text == ' ' || !*text) { all[n++] = copy(from, text - from); if (!*text) break; from = text + 1; }
  all[n] = NULL; return all;
}
static const char *const months[] = { "Jan", "Fév", "März", NULL };
EXPORT(month_names) const char *const *month_names(void) { return months; }
EXPORT(no_names) const char *const *no_names(void) { return months + 3; }
EXPORT(longest) const char *longest(const char *const *all, size_t n) {
  const char *found = ""; for (size_t i = 0; i < n; i++) if (len(all[i]) > len(found)) found = all[i];
  return all[n] ? "no null" : found;
}
