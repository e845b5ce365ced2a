/* UTF-16 from UTF-8 by the book, to compare the library with. */

#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>
#include <uchar.h>

/* Converts well-formed text; `out` has room for one unit a byte. */
static inline size_t utf16_of(const char* text, size_t size, char16_t* out) {
  const unsigned char *at = (const unsigned char*)text, *end = at + size;
  size_t n = 0;
  while (at < end) {
    unsigned long c = *at++;
    int more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
    if (more) c &= 0x3fu >> more;
    while (more-- > 0) c = c << 6 | (*at++ & 0x3f);
    if (c < 0x10000) {
      out[n++] = (char16_t)c;
    } else {
      out[n++] = (char16_t)(0xd800 + ((c - 0x10000) >> 10));
      out[n++] = (char16_t)(0xdc00 + ((c - 0x10000) & 0x3ff));
    }
  }
  return n;
}

#endif
