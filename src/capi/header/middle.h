/* How the library's functions are declared; define it before to override. */
#ifndef WASM_API_EXTERN
#if defined(_MSC_VER) && !defined(LIBWASM_STATIC)
#define WASM_API_EXTERN __declspec(dllimport)
#else
#define WASM_API_EXTERN
#endif
#endif

/* Marks in the standard's notation what an owner is passed of. It is gone again
 * at the end of this file. */
#ifndef own
#define own
#endif

/// The largest size of a memory or table that has no bound.
static const uint32_t wasm_limits_max_default = 0xffffffff;

#ifndef WITRT_PREFIXED_NAMES_ONLY
/* Names of the standard's that are in the way of others'. */

/// The size of a page of linear memory, in bytes.
static const size_t MEMORY_PAGE_SIZE = 0x10000;

/// A byte.
typedef char byte_t;
/// 32 bits of IEEE 754.
typedef float float32_t;
/// 64 bits of IEEE 754.
typedef double float64_t;
#endif

/// A case, and what it holds.
typedef struct wasm_variant_t wasm_variant_t;
