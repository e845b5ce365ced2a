/* The engine's C API for components: its values are trees of its own, in which each
 * byte of a list is one, and each field has its name. */

#include "dynamic.h"
#include <wasmtime.h>
#include <wasmtime/component.h>

typedef wasmtime_component_val_t val_t;

typedef struct self {
  host_t host;
  wasmtime_context_t* context;
  wasmtime_component_func_t funcs[WORKS];
  /* Used again for each list, which only borrows them. */
  val_t* vals;
  wasmtime_component_valrecord_entry_t* entries;
  size_t seen;
} self_t;

static inline val_t call(self_t* s, int work, const val_t* args, size_t count) {
  val_t result = {.kind = WASMTIME_COMPONENT_BOOL};
  size_t results = work == BACK || work == ASK ? 0 : 1;
  if (wasmtime_component_func_call(
        &s->funcs[work], s->context, args, count, &result, results)) {
    die("a call failed");
  }
  return result;
}

static inline val_t of_u32(size_t n) {
  return (val_t){.kind = WASMTIME_COMPONENT_U32, .of.u32 = (uint32_t)n};
}

static inline val_t ask(self_t* s, int work, size_t size) {
  val_t arg = of_u32(size);
  return call(s, work, &arg, 1);
}

static inline val_t of_list(val_t* vals, size_t size) {
  val_t list = {.kind = WASMTIME_COMPONENT_LIST};
  list.of.list.size = size;
  list.of.list.data = vals;
  return list;
}

static inline val_t of_text(const char* text, size_t size) {
  val_t val = {.kind = WASMTIME_COMPONENT_STRING};
  val.of.string.size = size;
  val.of.string.data = (char*)text;
  return val;
}

static uint32_t give_items(self_t* s, size_t size) {
  for (size_t i = 0; i < size; i++) {
    const item_t* item = &s->host.items[i];
    wasmtime_component_valrecord_entry_t* entry = &s->entries[2 * i];
    entry[0].name = (wasm_name_t){4, "name"};
    entry[0].val = of_text(item->name, item->size);
    entry[1].name = (wasm_name_t){6, "number"};
    entry[1].val = of_u32(item->number);
    s->vals[i].kind = WASMTIME_COMPONENT_RECORD;
    s->vals[i].of.record.size = 2;
    s->vals[i].of.record.data = entry;
  }
  val_t arg = of_list(s->vals, size);
  return call(s, ITEMS_IN, &arg, 1).of.u32;
}

static uint64_t take_items(self_t* s, size_t size) {
  val_t result = ask(s, ITEMS_OUT, size);
  uint64_t sum = 0;
  for (size_t i = 0; i < result.of.list.size; i++) {
    const wasmtime_component_valrecord_entry_t* fields = result.of.list.data[i].of.record.data;
    sum += fields[0].val.of.string.size + fields[1].val.of.u32;
  }
  wasmtime_component_val_delete(&result);
  return sum;
}

static uint64_t run(void* self, int work, size_t size) {
  self_t* s = self;
  switch (work) {
    case ADD: {
      val_t args[2] = {
        {.kind = WASMTIME_COMPONENT_S32, .of.s32 = 40},
        {.kind = WASMTIME_COMPONENT_S32, .of.s32 = 2},
      };
      return (uint64_t)call(s, ADD, args, 2).of.s32;
    }
    case TEXT_IN: {
      /* It is trusted: the engine ends the process where it is ill-formed. */
      val_t arg = of_text(s->host.text, size);
      return call(s, TEXT_IN, &arg, 1).of.u32;
    }
    case TEXT_OUT: {
      val_t result = ask(s, TEXT_OUT, size);
      size_t length = result.of.string.size;
      memcpy(s->host.room, result.of.string.data, length);
      wasmtime_component_val_delete(&result);
      return length;
    }
    case BYTES_IN: {
      for (size_t i = 0; i < size; i++) {
        s->vals[i].kind = WASMTIME_COMPONENT_U8;
        s->vals[i].of.u8 = s->host.bytes[i];
      }
      val_t arg = of_list(s->vals, size);
      return call(s, BYTES_IN, &arg, 1).of.u32;
    }
    case BYTES_OUT: {
      val_t result = ask(s, BYTES_OUT, size);
      size_t count = result.of.list.size;
      uint8_t* room = (uint8_t*)s->host.room;
      for (size_t i = 0; i < count; i++) room[i] = result.of.list.data[i].of.u8;
      wasmtime_component_val_delete(&result);
      return count;
    }
    case ITEMS_IN: return give_items(s, size);
    case ITEMS_OUT: return take_items(s, size);
    default: {
      val_t args[2] = {of_u32(TIMES), of_u32(size)};
      s->seen = 0;
      call(s, work, args, 2);
      return s->seen;
    }
  }
}

static wasmtime_error_t* log_text(
  void* env, wasmtime_context_t* context, const wasmtime_component_func_type_t* type,
  val_t* args, size_t count, val_t* results, size_t result_count) {
  (void)context, (void)type, (void)count, (void)results, (void)result_count;
  ((self_t*)env)->seen += args[0].of.string.size;
  return NULL;
}

static wasmtime_error_t* digest(
  void* env, wasmtime_context_t* context, const wasmtime_component_func_type_t* type,
  val_t* args, size_t count, val_t* results, size_t result_count) {
  (void)context, (void)type, (void)count, (void)result_count;
  ((self_t*)env)->seen += args[0].of.list.size;
  wasmtime_component_val_clone(&args[0], &results[0]);
  return NULL;
}

dynamic_t engine(const char* wasm, size_t size, host_t host, size_t most) {
  self_t* s = calloc(1, sizeof *s);
  if (!s) die("out of memory");
  s->host = host;
  s->vals = calloc(most, sizeof *s->vals);
  s->entries = calloc(most, 2 * sizeof *s->entries);
  if (!s->vals || !s->entries) die("out of memory");
  wasm_engine_t* engine = wasm_engine_new();
  s->context = wasmtime_store_context(wasmtime_store_new(engine, NULL, NULL));
  wasmtime_component_t* component;
  if (wasmtime_component_new(engine, (const uint8_t*)wasm, size, &component)) die("the component");
  wasmtime_component_linker_t* linker = wasmtime_component_linker_new(engine);
  wasmtime_component_linker_instance_t* root = wasmtime_component_linker_root(linker);
  if (wasmtime_component_linker_instance_add_func(root, "log", 3, log_text, s, NULL) ||
      wasmtime_component_linker_instance_add_func(root, "digest", 6, digest, s, NULL)) {
    die("the host functions");
  }
  wasmtime_component_linker_instance_delete(root);
  wasmtime_component_instance_t instance;
  if (wasmtime_component_linker_instantiate(linker, s->context, component, &instance)) {
    die("the instance");
  }
  for (int i = 0; i < WORKS; i++) {
    wasmtime_component_export_index_t* index = wasmtime_component_instance_get_export_index(
      &instance, s->context, NULL, names[i], strlen(names[i]));
    if (!index || !wasmtime_component_instance_get_func(&instance, s->context, index, &s->funcs[i])) {
      die(names[i]);
    }
    wasmtime_component_export_index_delete(index);
  }
  return (dynamic_t){s, run};
}
