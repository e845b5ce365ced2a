/* This library's prepared calls, from C: the host's own structs, described once. */

#include "dynamic.h"
#include <witrt.h>

/* As it is given, and as it is taken: the same. */
typedef struct record { witrt_text_t name; uint32_t number; } record_t;

_Static_assert(sizeof(record_t) == sizeof(item_t), "the host's items are records");

static const witrt_field_t u32 = WITRT_PLAIN(WASM_U32), text = WITRT_PLAIN(WITRT_SLOT_UTF8);
static const witrt_field_t s32s[] = {WITRT_PLAIN(WASM_S32), WITRT_PLAIN(WASM_S32)};
static const witrt_field_t u32s[] = {WITRT_PLAIN(WASM_U32), WITRT_PLAIN(WASM_U32)};
static const witrt_field_t byte = WITRT_VALUE(uint8_t, WASM_U8);
static const witrt_field_t record_fields[] = {
  WITRT_FIELD(record_t, name, WITRT_SLOT_UTF8),
  WITRT_FIELD(record_t, number, WASM_U32),
};
static const witrt_field_t record = WITRT_RECORD(record_t, record_fields);
static const witrt_field_t bytes = WITRT_LIST(&byte), records = WITRT_LIST(&record);

typedef struct self {
  host_t host;
  witrt_prepared_t* funcs[WORKS];
  size_t seen;
} self_t;

static inline void call(self_t* s, int work, const witrt_slot_t* args, witrt_slot_t* result) {
  if (!witrt_prepared_call(s->funcs[work], args, result, NULL)) die("a call failed");
}

static inline uint32_t give(self_t* s, int work, witrt_slot_t arg) {
  witrt_slot_t result;
  call(s, work, &arg, &result);
  return result.u32;
}

/* Where results go: as many bytes as the longest text. */
static inline witrt_slot_t take(self_t* s, int work, size_t size) {
  witrt_slot_t arg = {.u32 = (uint32_t)size}, result = {.buffer = {s->host.room, 65536}};
  call(s, work, &arg, &result);
  return result;
}

static uint64_t run(void* self, int work, size_t size) {
  self_t* s = self;
  switch (work) {
    case ADD: {
      witrt_slot_t args[2] = {{.s32 = 40}, {.s32 = 2}}, result;
      call(s, ADD, args, &result);
      return (uint64_t)result.s32;
    }
    case TEXT_IN: return give(s, work, (witrt_slot_t){.text = {s->host.text, size}});
    case BYTES_IN: return give(s, work, (witrt_slot_t){.span = {s->host.bytes, size}});
    case ITEMS_IN: return give(s, work, (witrt_slot_t){.span = {s->host.items, size}});
    case TEXT_OUT: return take(s, work, size).text.size;
    case BYTES_OUT: return take(s, work, size).span.size;
    case ITEMS_OUT: {
      witrt_span_t span = take(s, work, size).span;
      const record_t* found = span.data;
      uint64_t sum = 0;
      for (size_t i = 0; i < span.size; i++) sum += found[i].name.size + found[i].number;
      return sum;
    }
    default: {
      witrt_slot_t args[2] = {{.u32 = TIMES}, {.u32 = (uint32_t)size}};
      s->seen = 0;
      call(s, work, args, NULL);
      return s->seen;
    }
  }
}

static wasm_trap_t* log_text(
  void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  (void)caller, (void)results;
  ((self_t*)env)->seen += args[0].text.size;
  return NULL;
}

static wasm_trap_t* digest(
  void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  (void)caller;
  ((self_t*)env)->seen += args[0].span.size;
  results[0].span = args[0].span;
  return NULL;
}

dynamic_t structs(const char* wasm, size_t size, host_t host, size_t most) {
  (void)most;
  self_t* s = calloc(1, sizeof *s);
  if (!s) die("out of memory");
  s->host = host;
  wasm_store_t* store = wasm_store_new(wasm_engine_new());
  wasm_byte_vec_t binary = {size, (char*)wasm};
  wasm_module_t* module = wasm_module_new(store, &binary);
  if (!module) die("the component");
  wasm_importtype_vec_t types;
  wasm_module_imports(module, &types);
  wasm_extern_t* imports[2];
  for (size_t i = 0; i < 2; i++) {
    const wasm_functype_t* type =
      wasm_externtype_as_functype_const(wasm_importtype_type(types.data[i]));
    const witrt_field_t* param = i ? &bytes : &text;
    wasm_func_t* func = witrt_func_new_with_fields(
      store, type, param, 1, &bytes, i, i ? digest : log_text, s, NULL, NULL);
    if (!func) die("a host function");
    imports[i] = wasm_func_as_extern(func);
  }
  wasm_extern_vec_t all = {2, imports};
  wasm_instance_t* instance = wasm_instance_new(store, module, &all, NULL);
  if (!instance) die("the instance");
  static const struct {
    const witrt_field_t *params, *result;
    size_t count;
  } described[WORKS] = {
    {s32s, s32s, 2}, {&text, &u32, 1}, {&u32, &text, 1}, {&bytes, &u32, 1}, {&u32, &bytes, 1},
    {&records, &u32, 1}, {&u32, &records, 1}, {u32s, NULL, 2}, {u32s, NULL, 2},
  };
  for (int i = 0; i < WORKS; i++) {
    wasm_extern_t* export = witrt_instance_export(instance, names[i], strlen(names[i]));
    if (!export) die(names[i]);
    const witrt_field_t* result = described[i].result;
    s->funcs[i] = witrt_func_prepare_fields(
      wasm_extern_as_func(export), described[i].params, described[i].count, result, result != NULL,
      NULL);
    if (!s->funcs[i]) die(names[i]);
  }
  return (dynamic_t){s, run};
}
