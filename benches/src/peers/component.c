/* The component model by the engine's C API. Its strings are UTF-8: a host that
 * has UTF-16 makes them first, in a buffer that it uses again. The engine copies
 * them into values of its own, checks them, and makes the guest's copy. */

#include "contender.h"
#include "text.h"
#include <string.h>
#include <wasmtime.h>
#include <wasmtime/component.h>

typedef struct glue {
  wasmtime_context_t* context;
  wasmtime_component_func_t add, sink, source, back;
  char* bytes;
  size_t capacity;
  /* What the host function does with text, and found. */
  bool wide;
  size_t seen, room;
  char16_t* units;
} glue_t;

static inline void enter(
  glue_t* g, const wasmtime_component_func_t* func, const wasmtime_component_val_t* args,
  size_t count, wasmtime_component_val_t* results, size_t result_count) {
  if (wasmtime_component_func_call(func, g->context, args, count, results, result_count)) {
    die("a call failed");
  }
}

static int32_t add(void* self, int32_t a, int32_t b) {
  glue_t* g = self;
  wasmtime_component_val_t args[2] = {
    {.kind = WASMTIME_COMPONENT_S32, .of.s32 = a},
    {.kind = WASMTIME_COMPONENT_S32, .of.s32 = b},
  };
  wasmtime_component_val_t result = {.kind = WASMTIME_COMPONENT_BOOL};
  enter(g, &g->add, args, 2, &result, 1);
  return result.of.s32;
}

/* The value only borrows the text: the engine copies it. */
static inline uint32_t use(glue_t* g, const char* bytes, size_t len) {
  wasmtime_component_val_t arg = {.kind = WASMTIME_COMPONENT_STRING};
  arg.of.string.size = len;
  arg.of.string.data = (char*)bytes;
  wasmtime_component_val_t result = {.kind = WASMTIME_COMPONENT_BOOL};
  enter(g, &g->sink, &arg, 1, &result, 1);
  return result.of.u32;
}

static uint32_t in16(void* self, const char16_t* units, size_t len) {
  glue_t* g = self;
  size_t bytes = utf8_length(units, len);
  if (bytes > g->capacity) {
    g->bytes = realloc(g->bytes, bytes);
    if (!g->bytes) die("out of memory");
    g->capacity = bytes;
  }
  to_utf8(units, len, g->bytes, bytes);
  return use(g, g->bytes, bytes);
}

static uint32_t in8(void* self, const char* bytes, size_t len) {
  /* The engine ends the process where a value is ill-formed. */
  if (!simdutf_validate_utf8(bytes, len)) die("ill-formed");
  return use(self, bytes, len);
}

static size_t out16(void* self, char16_t* units, size_t room) {
  glue_t* g = self;
  wasmtime_component_val_t result = {.kind = WASMTIME_COMPONENT_BOOL};
  enter(g, &g->source, NULL, 0, &result, 1);
  size_t done = to_utf16(result.of.string.data, result.of.string.size, units, room);
  wasmtime_component_val_delete(&result);
  return done;
}

static size_t out8(void* self, char* bytes, size_t room) {
  glue_t* g = self;
  wasmtime_component_val_t result = {.kind = WASMTIME_COMPONENT_BOOL};
  enter(g, &g->source, NULL, 0, &result, 1);
  size_t len = result.of.string.size;
  if (len > room) die("no room");
  memcpy(bytes, result.of.string.data, len);
  wasmtime_component_val_delete(&result);
  return len;
}

static size_t back(void* self, uint32_t times) {
  glue_t* g = self;
  wasmtime_component_val_t arg = {.kind = WASMTIME_COMPONENT_U32, .of.u32 = times};
  g->seen = 0;
  enter(g, &g->back, &arg, 1, NULL, 0);
  return g->seen;
}

/* The host function: what it is given is a copy, and checked. */
static wasmtime_error_t* log_text(
  void* env, wasmtime_context_t* context, const wasmtime_component_func_type_t* type,
  wasmtime_component_val_t* args, size_t count, wasmtime_component_val_t* results,
  size_t result_count) {
  (void)context, (void)type, (void)count, (void)results, (void)result_count;
  glue_t* g = env;
  wasm_name_t text = args[0].of.string;
  g->seen = g->wide ? to_utf16(text.data, text.size, g->units, g->room) : text.size;
  return NULL;
}

static wasmtime_component_func_t export_of(
  glue_t* g, const wasmtime_component_instance_t* instance, const char* name) {
  wasmtime_component_func_t func;
  wasmtime_component_export_index_t* index = wasmtime_component_instance_get_export_index(
    instance, g->context, NULL, name, strlen(name));
  if (!index || !wasmtime_component_instance_get_func(instance, g->context, index, &func)) {
    die(name);
  }
  wasmtime_component_export_index_delete(index);
  return func;
}

/* A new instance of the component; it lives as long as the process. `room` is
 * for the texts of callbacks, in units. */
contender_t component(const uint8_t* wasm, size_t size, bool wide, size_t room) {
  glue_t* g = calloc(1, sizeof *g);
  if (!g) die("out of memory");
  g->wide = wide;
  g->room = room;
  g->units = malloc((room + 1) * sizeof *g->units);
  wasm_engine_t* engine = wasm_engine_new();
  g->context = wasmtime_store_context(wasmtime_store_new(engine, NULL, NULL));
  wasmtime_component_t* component;
  if (wasmtime_component_new(engine, wasm, size, &component)) die("the component");
  wasmtime_component_linker_t* linker = wasmtime_component_linker_new(engine);
  wasmtime_component_linker_instance_t* root = wasmtime_component_linker_root(linker);
  if (wasmtime_component_linker_instance_add_func(root, "log", 3, log_text, g, NULL)) {
    die("the host function");
  }
  wasmtime_component_linker_instance_delete(root);
  wasmtime_component_instance_t instance;
  if (wasmtime_component_linker_instantiate(linker, g->context, component, &instance)) {
    die("the instance");
  }
  g->add = export_of(g, &instance, "add");
  g->sink = export_of(g, &instance, "sink");
  g->source = export_of(g, &instance, "source");
  g->back = export_of(g, &instance, "back");
  return (contender_t){g, add, in16, in8, out16, out8, back};
}
