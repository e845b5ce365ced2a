// Values with parts as C has them: cases that are words, alone, in structs and in arrays of these; text in structs that may
// be missing; arrays of texts with a null address at the end, or with their number beside.
#define ALLOCATOR
#include "../guest.h"

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
