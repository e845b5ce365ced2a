/* This library, used from C: prepared calls. Its functions are looked up in the
 * shared library, since the standard's names are the engine's in this program. */

#include "contender.h"
#include <string.h>
#include <witrt.h>

#define FUNCTIONS(F) \
  F(wasm_engine_new) F(wasm_store_new) F(wasm_module_new) F(wasm_instance_new) \
  F(wasm_instance_exports) F(wasm_extern_as_func) F(wasm_func_as_extern) \
  F(wasm_module_exports) F(wasm_exporttype_name) \
  F(witrt_func_prepare) F(witrt_prepared_call) F(witrt_func_new_with_slots)

#define POINTER(name) __typeof__(name)* name;
static struct { FUNCTIONS(POINTER) } api;

typedef struct glue {
  witrt_prepared_t *add, *in16, *in8, *out16, *out8, *back;
  size_t seen;
} glue_t;

static inline void enter(
  const witrt_prepared_t* prepared, const witrt_slot_t* args, witrt_slot_t* results) {
  if (!api.witrt_prepared_call(prepared, args, results, NULL)) die("a call failed");
}

static int32_t add(void* self, int32_t a, int32_t b) {
  glue_t* g = self;
  witrt_slot_t args[2], result;
  args[0].s32 = a;
  args[1].s32 = b;
  enter(g->add, args, &result);
  return result.s32;
}

static uint32_t in16(void* self, const char16_t* units, size_t len) {
  glue_t* g = self;
  witrt_slot_t arg, result;
  arg.text.data = units;
  arg.text.size = len;
  enter(g->in16, &arg, &result);
  return result.u32;
}

static uint32_t in8(void* self, const char* bytes, size_t len) {
  glue_t* g = self;
  witrt_slot_t arg, result;
  arg.text.data = bytes;
  arg.text.size = len;
  enter(g->in8, &arg, &result);
  return result.u32;
}

static size_t out16(void* self, char16_t* units, size_t room) {
  glue_t* g = self;
  witrt_slot_t result;
  result.buffer.data = units;
  result.buffer.capacity = room;
  enter(g->out16, NULL, &result);
  return result.text.size;
}

static size_t out8(void* self, char* bytes, size_t room) {
  glue_t* g = self;
  witrt_slot_t result;
  result.buffer.data = bytes;
  result.buffer.capacity = room;
  enter(g->out8, NULL, &result);
  return result.text.size;
}

static size_t back(void* self, uint32_t times) {
  glue_t* g = self;
  witrt_slot_t arg;
  arg.u32 = times;
  g->seen = 0;
  enter(g->back, &arg, NULL);
  return g->seen;
}

/* The host function: text comes in the encoding that it asked for. */
static wasm_trap_t* log_text(
  void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  (void)caller, (void)results;
  ((glue_t*)env)->seen = args[0].text.size;
  return NULL;
}

static wasm_func_t* export_of(
  const wasm_exporttype_vec_t* types, const wasm_extern_vec_t* exports, const char* name) {
  for (size_t i = 0; i < types->size; i++) {
    const wasm_name_t* found = api.wasm_exporttype_name(types->data[i]);
    if (found->size == strlen(name) && memcmp(found->data, name, found->size) == 0) {
      return api.wasm_extern_as_func(exports->data[i]);
    }
  }
  die(name);
}

static witrt_prepared_t* prepare(
  const wasm_func_t* func, const witrt_slot_kind_t* params, size_t param_count,
  const witrt_slot_kind_t* results, size_t result_count) {
  witrt_prepared_t* prepared =
    api.witrt_func_prepare(func, params, param_count, results, result_count, NULL);
  if (!prepared) die("a function's type");
  return prepared;
}

/* A new instance of the module; it lives as long as the process. `find` looks up
 * the name of a function in `library`. */
contender_t ours(
  void* (*find)(void* library, const char* name), void* library,
  const char* module_text, size_t size, bool wide) {
#define FIND(name) api.name = (__typeof__(name)*)find(library, #name);
  FUNCTIONS(FIND)
  glue_t* g = calloc(1, sizeof *g);
  if (!g) die("out of memory");
  wasm_store_t* store = api.wasm_store_new(api.wasm_engine_new());
  wasm_byte_vec_t bytes = {size, (char*)module_text};
  wasm_module_t* module = api.wasm_module_new(store, &bytes);
  if (!module) die("the module");

  witrt_slot_kind_t text = wide ? WITRT_SLOT_UTF16 : WITRT_SLOT_UTF8;
  wasm_func_t* log =
    api.witrt_func_new_with_slots(store, &text, 1, NULL, 0, log_text, g, NULL, NULL);
  if (!log) die("the host function");
  wasm_extern_t* import = api.wasm_func_as_extern(log);
  wasm_extern_vec_t imports = {1, &import};
  wasm_instance_t* instance = api.wasm_instance_new(store, module, &imports, NULL);
  if (!instance) die("the instance");

  wasm_exporttype_vec_t types;
  wasm_extern_vec_t exports;
  api.wasm_module_exports(module, &types);
  api.wasm_instance_exports(instance, &exports);
  const wasm_func_t* sink = export_of(&types, &exports, "sink");
  const wasm_func_t* source = export_of(&types, &exports, "source");
  const witrt_slot_kind_t numbers[] = {WASM_S32, WASM_S32}, length = WASM_U32;
  const witrt_slot_kind_t utf8 = WITRT_SLOT_UTF8, utf16 = WITRT_SLOT_UTF16;
  g->add = prepare(export_of(&types, &exports, "add"), numbers, 2, numbers, 1);
  g->in16 = prepare(sink, &utf16, 1, &length, 1);
  g->in8 = prepare(sink, &utf8, 1, &length, 1);
  g->out16 = prepare(source, NULL, 0, &utf16, 1);
  g->out8 = prepare(source, NULL, 0, &utf8, 1);
  g->back = prepare(export_of(&types, &exports, "back"), &length, 1, NULL, 0);
  return (contender_t){g, add, in16, in8, out16, out8, back};
}
