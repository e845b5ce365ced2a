/* What the examples share, so that each shows one idea. */

#ifndef COMMON_H
#define COMMON_H

#include <stdio.h>
#include <stdlib.h>

#include "witrt.h"

#ifndef EXAMPLES
#define EXAMPLES "." /* the folder they stand in */
#endif

/* Ends the program unless a step went well. The library left the reason. */
static inline void check(bool ok, const char* step) {
  if (ok) return;
  fprintf(stderr, "%s: %s\n", step, witrt_error_message(witrt_error_last()));
  exit(1);
}

/* The same for a call, which answers NULL or why it stopped. */
static inline void check_call(wasm_trap_t* trap, const char* step) {
  if (!trap) return;
  wasm_message_t message;
  wasm_trap_message(trap, &message);
  fprintf(stderr, "%s: %s\n", step, message.data);
  exit(1);
}

/* Reads a file of the examples, binary or text, and compiles it. */
static inline wasm_module_t* load_module(wasm_store_t* store, const char* name) {
  char path[1024];
  snprintf(path, sizeof path, "%s/%s", EXAMPLES, name);
  FILE* file = fopen(path, "rb");
  if (!file) {
    perror(path);
    exit(1);
  }
  fseek(file, 0, SEEK_END);
  wasm_byte_vec_t bytes;
  wasm_byte_vec_new_uninitialized(&bytes, (size_t)ftell(file));
  rewind(file);
  bool read = fread(bytes.data, 1, bytes.size, file) == bytes.size;
  fclose(file);
  wasm_module_t* module = read ? wasm_module_new(store, &bytes) : NULL;
  wasm_byte_vec_delete(&bytes);
  check(module != NULL, name);
  return module;
}

/* An instance with its exports, and all that it needs. */
typedef struct {
  wasm_module_t* module;
  wasm_instance_t* instance;
  wasm_extern_vec_t exports;
} program_t;

static inline program_t start(wasm_store_t* store, const char* name, const wasm_extern_vec_t* imports) {
  program_t p;
  wasm_trap_t* trap = NULL;
  p.module = load_module(store, name);
  p.instance = wasm_instance_new(store, p.module, imports, &trap);
  check_call(trap, name);
  check(p.instance != NULL, name);
  wasm_instance_exports(p.instance, &p.exports);
  return p;
}

static inline void stop(program_t* p) {
  wasm_extern_vec_delete(&p->exports);
  wasm_instance_delete(p->instance);
  wasm_module_delete(p->module);
}

/* The function exported under a name; borrowed from the program. */
static inline wasm_func_t* function(const program_t* p, const char* name) {
  wasm_exporttype_vec_t types;
  wasm_func_t* found = NULL;
  wasm_module_exports(p->module, &types);
  for (size_t i = 0; i < types.size; i++) {
    const wasm_name_t* has = wasm_exporttype_name(types.data[i]);
    if (has->size == strlen(name) && memcmp(has->data, name, has->size) == 0)
      found = wasm_extern_as_func(p->exports.data[i]);
  }
  wasm_exporttype_vec_delete(&types);
  if (!found) {
    fprintf(stderr, "no function %s\n", name);
    exit(1);
  }
  return found;
}

/* Value types of these kinds, to make a function type of. */
static inline wasm_valtype_vec_t types_of(size_t count, const wasm_valkind_t* kinds) {
  wasm_valtype_vec_t types;
  wasm_valtype_vec_new_uninitialized(&types, count);
  for (size_t i = 0; i < types.size; i++) types.data[i] = wasm_valtype_new(kinds[i]);
  return types;
}

/* Prints a string as UTF-8, wherever it lies and in whichever encoding. */
static inline void print_text(const wasm_string_t* text) {
  size_t size = wasm_string_length(text, WASM_UTF8);
  char* utf8 = malloc(size + 1);
  check(utf8 && wasm_string_read(text, WASM_UTF8, utf8, size, &size), "copy");
  fwrite(utf8, 1, size, stdout);
  free(utf8);
}

/* Prints a value of the interface, text between quotes. */
static inline void print_value(const wasm_val_t* value) {
  switch (value->kind) {
    case WASM_S8: printf("%d", value->of.s8); break;
    case WASM_U8: printf("%u", value->of.u8); break;
    case WASM_S16: printf("%d", value->of.s16); break;
    case WASM_U16: printf("%u", value->of.u16); break;
    case WASM_S32: printf("%ld", (long)value->of.s32); break;
    case WASM_U32: printf("%lu", (unsigned long)value->of.u32); break;
    case WASM_S64: printf("%lld", (long long)value->of.s64); break;
    case WASM_U64: printf("%llu", (unsigned long long)value->of.u64); break;
    case WASM_F32: printf("%g", value->of.f32); break;
    case WASM_F64: printf("%g", value->of.f64); break;
    case WASM_STRING:
      putchar('"');
      print_text(value->of.string);
      putchar('"');
      break;
    default: printf("(kind %u)", value->kind);
  }
}

#endif
