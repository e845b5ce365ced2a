// Functions as libraries of C have them: results written to buffers that are not passed last, whose size another function
// tells; addresses for what comes back anywhere among the arguments; sizes that are products; lengths of 64 bits.
#include "../guest.h"

#ifdef ALLOCATOR
// As zlib: the length is the room first.
EXPORT(squeeze) int squeeze(u8 *to, size_t *size, const u8 *from, size_t n) {
  if (*size < n / 2) return -5;
  for (size_t i = 0; i + 1 < n; i += 2) to[i / 2] = from[i] ^ from[i + 1];
  *size = n / 2; return n % 2 ? -3 : 0;
}
// As lodepng: all that comes back first.
EXPORT(decode) unsigned decode(u8 **out, unsigned *w, unsigned *h, const u8 *from, size_t n) {
  if (n < 2) { *out = NULL; return 27; }
  *w = from[0]; *h = from[1]; *out = malloc(*w * *h * 4); memset(*out, from[n - 1], *w * *h * 4);
  return n > 2 ? 0 : 28; // and then it has been allocated all the same
}
EXPORT(error_text) const char *error_text(unsigned code) { return code == 27 ? "too short: é" : "no pixel"; }
// As webp: the address, and its size beside it.
EXPORT(rgba) u8 *rgba(const u8 *from, size_t n, int *w, int *h) {
  u8 *out; unsigned error = decode(&out, (unsigned *)w, (unsigned *)h, from, n);
  if (error) free(out); return error ? NULL : out;
}
EXPORT(scale) float *scale(const float *from, u32 w, u32 h, float by) {
  float *out = malloc(w * h * 4); for (u32 i = 0; i < w * h; i++) out[i] = from[i] * by; return out;
}
// Where the C library gives text with its length to a function that wants both.
EXPORT(times) char *times(u32 n, size_t length, const char *text) {
  char *out = malloc(n * length + 1); for (u32 i = 0; i < n; i++) memcpy(out + i * length, text, length); out[n * length] = 0; return out;
}
EXPORT(boom) size_t boom(u8 *to, size_t room, const u8 *from) { (void)to; (void)room; (void)from; __builtin_trap(); }
#endif

// As zstd: what fits, or a number that no length is.
EXPORT(pack_bound) size_t pack_bound(size_t n) { return 2 * n; }
EXPORT(pack) size_t pack(u8 *to, size_t room, const u8 *from, size_t n, int level) {
  size_t k = 0;
  for (size_t i = 0; i < n; ) {
    size_t m = 1; while (i + m < n && from[i + m] == from[i] && m < 255) m++;
    if (k + 2 > room) return (size_t)-70;
    to[k++] = (u8)m; to[k++] = from[i] + (u8)level; i += m;
  }
  return k;
}
EXPORT(is_error) unsigned is_error(size_t code) { return code > (size_t)-120; }
EXPORT(error_name) const char *error_name(size_t code) { return code == (size_t)-70 ? "too little room" : "none"; }
// As libsodium: a length of 64 bits, and always as many bytes.
EXPORT(digest) int digest(u8 *to, const u8 *from, u64 n) {
  u64 h = 1469598103934665603; for (u64 i = 0; i < n; i++) h = (h ^ from[i]) * 1099511628211; memcpy(to, &h, 8); return 0;
}
// Buffers that are always there.
static char in[64], out[128]; static size_t made;
EXPORT(input) char *input(void) { return in; }
EXPORT(output) char *output(void) { return out; }
EXPORT(shout) size_t shout(size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = in[i] >= 'a' && in[i] <= 'z' ? in[i] - 32 : in[i];
  out[n] = '!'; out[n + 1] = 0; return made = n + 1;
}
EXPORT(last_made) size_t last_made(void) { return made; }
EXPORT(count) u32 count(const char *s) { u32 c = 0; while (*s) c += ((u8)*s++ & 0xC0) != 0x80; return c; }
EXPORT(same) size_t same(const char *a, const char *b) { size_t n = len(a), i = 0; while (i < n && a[i] == b[i]) i++; return i; }
EXPORT(pages) u32 pages(void) { return __builtin_wasm_memory_size(0); }
