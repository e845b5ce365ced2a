/* Glue by hand over the engine's own C API: allocate, transcode straight into
 * linear memory, call, free. Compiled three times, as NAME:
 *
 *   CHECKED=1   calls with wasmtime_func_call, else with ..._unchecked
 *   BUFFERED=1  text is transcoded into a buffer of malloc, and copied from there,
 *               as glue does that has its text in UTF-8 first */

#include "contender.h"
#include "text.h"
#include <string.h>
#include <wasmtime.h>

typedef struct glue {
  wasmtime_context_t* context;
  wasmtime_memory_t memory;
  wasmtime_func_t alloc, free, add, sink, source, back;
  /* What the host function does with text, and found. */
  bool wide;
  size_t seen, room;
  char16_t* units;
} glue_t;

/* Calls with up to two words; the results stand where the arguments stood. */
static inline void enter(
  glue_t* g, const wasmtime_func_t* func, uint32_t words[2], size_t args, size_t results) {
  wasm_trap_t* trap = NULL;
#if CHECKED
  wasmtime_val_t in[2], out[2];
  for (size_t i = 0; i < args; i++) {
    in[i].kind = WASMTIME_I32;
    in[i].of.i32 = (int32_t)words[i];
  }
  wasmtime_error_t* error =
    wasmtime_func_call(g->context, func, args ? in : NULL, args, out, results, &trap);
  if (error || trap) die("a call failed");
  for (size_t i = 0; i < results; i++) words[i] = (uint32_t)out[i].of.i32;
#else
  wasmtime_val_raw_t raw[2];
  for (size_t i = 0; i < args; i++) raw[i].i32 = (int32_t)words[i];
  size_t slots = args > results ? args : results;
  wasmtime_error_t* error = wasmtime_func_call_unchecked(g->context, func, raw, slots, &trap);
  if (error || trap) die("a call failed");
  for (size_t i = 0; i < results; i++) words[i] = (uint32_t)raw[i].i32;
#endif
}

/* Where the guest says that so many bytes are. */
static inline char* window(
  const glue_t* g, wasmtime_context_t* context, uint32_t offset, size_t len) {
  size_t size = wasmtime_memory_data_size(context, &g->memory);
  if (offset > size || len > size - offset) die("outside the memory");
  return (char*)wasmtime_memory_data(context, &g->memory) + offset;
}

static inline uint32_t allocate(glue_t* g, size_t len) {
  uint32_t words[2] = {(uint32_t)len};
  enter(g, &g->alloc, words, 1, 1);
  return words[0];
}

/* Has the guest use a text that is in its memory, and frees it. */
static inline uint32_t use(glue_t* g, uint32_t offset, size_t len) {
  uint32_t words[2] = {offset, (uint32_t)len};
  enter(g, &g->sink, words, 2, 1);
  uint32_t result = words[0];
  words[0] = offset;
  words[1] = (uint32_t)len;
  enter(g, &g->free, words, 2, 0);
  return result;
}

static int32_t add(void* self, int32_t a, int32_t b) {
  glue_t* g = self;
  uint32_t words[2] = {(uint32_t)a, (uint32_t)b};
  enter(g, &g->add, words, 2, 1);
  return (int32_t)words[0];
}

static uint32_t in16(void* self, const char16_t* units, size_t len) {
  glue_t* g = self;
  size_t bytes = utf8_length(units, len);
#if BUFFERED
  char* buffer = malloc(bytes + 1);
  if (!buffer) die("out of memory");
  to_utf8(units, len, buffer, bytes);
  uint32_t offset = allocate(g, bytes);
  memcpy(window(g, g->context, offset, bytes), buffer, bytes);
  free(buffer);
#else
  uint32_t offset = allocate(g, bytes);
  to_utf8(units, len, window(g, g->context, offset, bytes), bytes);
#endif
  return use(g, offset, bytes);
}

static uint32_t in8(void* self, const char* bytes, size_t len) {
  glue_t* g = self;
  if (!simdutf_validate_utf8(bytes, len)) die("ill-formed");
  uint32_t offset = allocate(g, len);
  memcpy(window(g, g->context, offset, len), bytes, len);
  return use(g, offset, len);
}

static size_t out16(void* self, char16_t* units, size_t room) {
  glue_t* g = self;
  uint32_t words[2];
  enter(g, &g->source, words, 0, 2);
  const char* bytes = window(g, g->context, words[0], words[1]);
#if BUFFERED
  char* buffer = malloc(words[1] + (size_t)1);
  if (!buffer) die("out of memory");
  memcpy(buffer, bytes, words[1]);
  size_t done = to_utf16(buffer, words[1], units, room);
  free(buffer);
#else
  size_t done = to_utf16(bytes, words[1], units, room);
#endif
  enter(g, &g->free, words, 2, 0);
  return done;
}

static size_t out8(void* self, char* bytes, size_t room) {
  glue_t* g = self;
  uint32_t words[2];
  enter(g, &g->source, words, 0, 2);
  size_t len = words[1];
  const char* text = window(g, g->context, words[0], len);
  if (len > room || !simdutf_validate_utf8(text, len)) die("ill-formed, or no room");
  memcpy(bytes, text, len);
  enter(g, &g->free, words, 2, 0);
  return len;
}

static size_t back(void* self, uint32_t times) {
  glue_t* g = self;
  uint32_t words[2] = {times};
  g->seen = 0;
  enter(g, &g->back, words, 1, 0);
  return g->seen;
}

/* The host function: reads the text in the encoding that the host wants. */
static inline void look(glue_t* g, wasmtime_caller_t* caller, uint32_t offset, uint32_t len) {
  const char* text = window(g, wasmtime_caller_context(caller), offset, len);
  if (g->wide) {
    g->seen = to_utf16(text, len, g->units, g->room);
  } else {
    if (!simdutf_validate_utf8(text, len)) die("ill-formed");
    g->seen = len;
  }
}

#if CHECKED
static wasm_trap_t* log_text(
  void* env, wasmtime_caller_t* caller, const wasmtime_val_t* args, size_t count,
  wasmtime_val_t* results, size_t result_count) {
  (void)count, (void)results, (void)result_count;
  look(env, caller, (uint32_t)args[0].of.i32, (uint32_t)args[1].of.i32);
  return NULL;
}
#define define_func wasmtime_linker_define_func
#else
static wasm_trap_t* log_text(
  void* env, wasmtime_caller_t* caller, wasmtime_val_raw_t* slots, size_t count) {
  (void)count;
  look(env, caller, (uint32_t)slots[0].i32, (uint32_t)slots[1].i32);
  return NULL;
}
#define define_func wasmtime_linker_define_func_unchecked
#endif

static wasmtime_extern_t export_of(glue_t* g, const wasmtime_instance_t* instance, const char* name) {
  wasmtime_extern_t item;
  if (!wasmtime_instance_export_get(g->context, instance, name, strlen(name), &item)) die(name);
  return item;
}

/* A new instance of the core module; it lives as long as the process. `room` is
 * for the texts of callbacks, in units. */
contender_t NAME(const uint8_t* wasm, size_t size, bool wide, size_t room) {
  glue_t* g = calloc(1, sizeof *g);
  if (!g) die("out of memory");
  g->wide = wide;
  g->room = room;
  g->units = malloc((room + 1) * sizeof *g->units);
  wasm_engine_t* engine = wasm_engine_new();
  g->context = wasmtime_store_context(wasmtime_store_new(engine, NULL, NULL));
  wasmtime_module_t* module;
  if (wasmtime_module_new(engine, wasm, size, &module)) die("the module");
  wasmtime_linker_t* linker = wasmtime_linker_new(engine);
  wasm_functype_t* type = wasm_functype_new_2_0(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  if (define_func(linker, "host", 4, "log", 3, type, log_text, g, NULL)) die("the host function");
  wasmtime_instance_t instance;
  wasm_trap_t* trap = NULL;
  if (wasmtime_linker_instantiate(linker, g->context, module, &instance, &trap) || trap) {
    die("the instance");
  }
  g->memory = export_of(g, &instance, "memory").of.memory;
  g->alloc = export_of(g, &instance, "alloc").of.func;
  g->free = export_of(g, &instance, "free").of.func;
  g->add = export_of(g, &instance, "add").of.func;
  g->sink = export_of(g, &instance, "sink").of.func;
  g->source = export_of(g, &instance, "source").of.func;
  g->back = export_of(g, &instance, "back").of.func;
  return (contender_t){g, add, in16, in8, out16, out8, back};
}
