/* Text for the glue in C: the same kernels of simdutf as the glue in Rust uses,
 * by the C names that its crate gives them. */
#ifndef TEXT_H
#define TEXT_H

#include "contender.h"

typedef struct { uint32_t error; size_t count; } simdutf_result_t;

extern bool simdutf_validate_utf8(const char* bytes, size_t len);
extern bool simdutf_validate_utf16(const char16_t* units, size_t len);
extern size_t simdutf_utf8_length_from_utf16(const char16_t* units, size_t len);
extern size_t simdutf_utf16_length_from_utf8(const char* bytes, size_t len);
extern size_t simdutf_convert_utf16_to_utf8(const char16_t* units, size_t len, char* bytes);
extern simdutf_result_t simdutf_convert_utf8_to_utf16_with_errors(
  const char* bytes, size_t len, char16_t* units);

/* How long it is in UTF-8. */
static inline size_t utf8_length(const char16_t* units, size_t len) {
  if (!simdutf_validate_utf16(units, len)) die("ill-formed");
  return simdutf_utf8_length_from_utf16(units, len);
}

/* Transcodes what was measured. */
static inline void to_utf8(const char16_t* units, size_t len, char* bytes, size_t measured) {
  if (simdutf_convert_utf16_to_utf8(units, len, bytes) != measured) die("ill-formed");
}

/* Validates and transcodes, by the one kernel that does both. */
static inline size_t to_utf16(const char* bytes, size_t len, char16_t* units, size_t room) {
  if (room < len && room < simdutf_utf16_length_from_utf8(bytes, len)) die("no room");
  simdutf_result_t done = simdutf_convert_utf8_to_utf16_with_errors(bytes, len, units);
  if (done.error) die("ill-formed");
  return done.count;
}

#endif
