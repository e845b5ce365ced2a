/* This library's values, from C: made when a call is, by who knows a function's type only
 * then. */

#include "dynamic.h"
#include <witrt.h>

typedef struct self {
  host_t host;
  wasm_func_t* funcs[WORKS];
  /* Of a list of items: the values that it consists of. */
  wasm_val_t* records;
  wasm_val_vec_t* fields;
  wasm_val_t* parts;
  wasm_string_t* texts;
  size_t seen;
} self_t;

static inline wasm_val_t call(self_t* s, int work, wasm_val_t* args, size_t count) {
  wasm_val_t result = WASM_INIT_VAL;
  wasm_val_vec_t given = {count, args}, taken = {work == BACK || work == ASK ? 0 : 1, &result};
  if (wasm_func_call(s->funcs[work], &given, &taken)) die("a call failed");
  return result;
}

static inline wasm_val_t ask(self_t* s, int work, size_t size) {
  wasm_val_t arg = WASM_U32_VAL((uint32_t)size);
  return call(s, work, &arg, 1);
}

static uint32_t give_items(self_t* s, size_t size) {
  for (size_t i = 0; i < size; i++) {
    const item_t* item = &s->host.items[i];
    s->texts[i] = (wasm_string_t)WASM_STRING_UTF8(item->name, item->size);
    s->parts[2 * i] = (wasm_val_t)WASM_STRING_VAL(&s->texts[i]);
    s->parts[2 * i + 1] = (wasm_val_t)WASM_U32_VAL(item->number);
    s->fields[i] = (wasm_val_vec_t){2, &s->parts[2 * i]};
    s->records[i] = (wasm_val_t)WASM_RECORD_VAL(&s->fields[i]);
  }
  wasm_list_t list = WASM_LIST_OF_VALS(s->records, size);
  wasm_val_t arg = WASM_LIST_VAL(&list);
  return call(s, ITEMS_IN, &arg, 1).of.u32;
}

static uint64_t take_items(self_t* s, size_t size) {
  wasm_val_t result = ask(s, ITEMS_OUT, size);
  const wasm_list_t* list = result.of.list;
  const wasm_val_t* items = list->data;
  uint64_t sum = 0;
  for (size_t i = 0; i < list->size; i++) {
    const wasm_val_t* fields = items[i].of.fields->data;
    wasm_byte_vec_t name;
    if (!wasm_string_borrow(fields[0].of.string, &name)) die("a name");
    sum += name.size + fields[1].of.u32;
  }
  wasm_val_delete(&result);
  return sum;
}

static uint64_t run(void* self, int work, size_t size) {
  self_t* s = self;
  switch (work) {
    case ADD: {
      wasm_val_t args[] = {WASM_S32_VAL(40), WASM_S32_VAL(2)};
      return (uint64_t)call(s, ADD, args, 2).of.s32;
    }
    case TEXT_IN: {
      wasm_string_t text = WASM_STRING_UTF8(s->host.text, size);
      wasm_val_t arg = WASM_STRING_VAL(&text);
      return call(s, TEXT_IN, &arg, 1).of.u32;
    }
    case TEXT_OUT: {
      wasm_val_t result = ask(s, TEXT_OUT, size);
      size_t length = wasm_string_length(result.of.string, WASM_UTF8);
      if (!wasm_string_take(result.of.string, WASM_UTF8, s->host.room, size, NULL)) {
        die("a text");
      }
      return length;
    }
    case BYTES_IN: {
      wasm_list_t list = WASM_LIST_OF(WASM_U8, s->host.bytes, size);
      wasm_val_t arg = WASM_LIST_VAL(&list);
      return call(s, BYTES_IN, &arg, 1).of.u32;
    }
    case BYTES_OUT: {
      wasm_val_t result = ask(s, BYTES_OUT, size);
      size_t count = result.of.list->size;
      memcpy(s->host.room, result.of.list->data, count);
      wasm_val_delete(&result);
      return count;
    }
    case ITEMS_IN: return give_items(s, size);
    case ITEMS_OUT: return take_items(s, size);
    default: {
      wasm_val_t args[] = {WASM_U32_VAL(TIMES), WASM_U32_VAL((uint32_t)size)};
      s->seen = 0;
      call(s, work, args, 2);
      return s->seen;
    }
  }
}

static wasm_trap_t* log_text(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)results;
  ((self_t*)env)->seen += wasm_string_length(args->data[0].of.string, WASM_UTF8);
  return NULL;
}

static wasm_trap_t* digest(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  ((self_t*)env)->seen += args->data[0].of.list->size;
  results->data[0] = args->data[0];
  return NULL;
}

dynamic_t values(const char* wasm, size_t size, host_t host, size_t most) {
  self_t* s = calloc(1, sizeof *s);
  if (!s) die("out of memory");
  s->host = host;
  s->records = calloc(most, sizeof *s->records);
  s->fields = calloc(most, sizeof *s->fields);
  s->parts = calloc(most, 2 * sizeof *s->parts);
  s->texts = calloc(most, sizeof *s->texts);
  if (!s->records || !s->fields || !s->parts || !s->texts) die("out of memory");
  wasm_store_t* store = wasm_store_new(wasm_engine_new());
  wasm_byte_vec_t bytes = {size, (char*)wasm};
  wasm_module_t* module = wasm_module_new(store, &bytes);
  if (!module) die("the component");
  wasm_importtype_vec_t types;
  wasm_module_imports(module, &types);
  static const wasm_func_callback_with_env_t callbacks[] = {log_text, digest};
  wasm_extern_t* imports[2];
  for (size_t i = 0; i < 2; i++) {
    const wasm_functype_t* type =
      wasm_externtype_as_functype_const(wasm_importtype_type(types.data[i]));
    wasm_func_t* func = wasm_func_new_with_env(store, type, callbacks[i], s, NULL);
    if (!func) die("a host function");
    imports[i] = wasm_func_as_extern(func);
  }
  wasm_extern_vec_t all = {2, imports};
  wasm_instance_t* instance = wasm_instance_new(store, module, &all, NULL);
  if (!instance) die("the instance");
  for (int i = 0; i < WORKS; i++) {
    wasm_extern_t* export = witrt_instance_export(instance, names[i], strlen(names[i]));
    if (!export) die(names[i]);
    s->funcs[i] = wasm_extern_as_func(export);
  }
  return (dynamic_t){s, run};
}
