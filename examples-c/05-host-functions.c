/* Functions of the host, with strings, called by a real module: also by its
 * start function, before there is an instance to speak of. */

#include "common.h"

/* What the module imports, in its order; no result is 0. */
typedef struct {
  const char* name;
  wasm_valkind_t params[4];
  size_t count;
  wasm_valkind_t result;
} host_t;

static const host_t hosts[] = {
  {"log", {WASM_STRING}, 1, 0},
  {"log_owned", {WASM_STRING}, 1, 0},
  {"pair", {WASM_STRING, WASM_STRING}, 2, 0},
  {"mix", {WASM_U8, WASM_STRING, WASM_S16, WASM_F64}, 4, WASM_U32},
  {"now", {0}, 0, WASM_F64},
  {"add", {WASM_S32, WASM_S32}, 2, WASM_S32},
};

/* One callback for all of them: `env` is what was given when it was made. */
static wasm_trap_t* callback(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  const host_t* host = env;
  printf("  the guest calls %s( ", host->name);
  /* A string is the guest's own memory, readable until we return. */
  for (size_t i = 0; i < args->size; i++) {
    print_value(&args->data[i]);
    printf(" ");
  }
  printf(")\n");
  if (!host->result) return NULL;
  wasm_val_t* answer = &results->data[0];
  answer->kind = host->result;
  if (host->result == WASM_U32) answer->of.u32 = 4000000000;
  if (host->result == WASM_F64) answer->of.f64 = 41.5;
  if (host->result == WASM_S32) answer->of.s32 = args->data[0].of.s32 + args->data[1].of.s32;
  return NULL;
}

static wasm_extern_t* import_of(wasm_store_t* store, const host_t* host) {
  wasm_valtype_vec_t params = types_of(host->count, host->params);
  wasm_valtype_vec_t results = types_of(host->result ? 1 : 0, &host->result);
  wasm_functype_t* type = wasm_functype_new(&params, &results);
  wasm_func_t* func = wasm_func_new_with_env(store, type, callback, (void*)host, NULL);
  check(func != NULL, host->name);
  wasm_functype_delete(type);
  return wasm_func_as_extern(func);
}

static void call(const program_t* program, const char* name, size_t count, wasm_val_t* arg) {
  wasm_val_t result = WASM_INIT_VAL;
  wasm_val_vec_t args = {count, arg}, results = {1, &result};
  printf("%s\n", name);
  check_call(wasm_func_call(function(program, name), &args, &results), name);
  printf("  and answers ");
  print_value(&result);
  printf("\n");
  wasm_val_delete(&result);
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_extern_vec_t imports;
  wasm_extern_vec_new_uninitialized(&imports, 6);
  for (size_t i = 0; i < imports.size; i++) imports.data[i] = import_of(store, &hosts[i]);
  printf("instantiate\n");
  program_t program = start(store, "../tests/modules/imports.wasm", &imports);

  wasm_string_t text = WASM_STRING_UTF8("straße", 7);
  wasm_val_t run[] = {WASM_STRING_VAL(&text)};
  wasm_val_t mix[] = {WASM_U8_VAL(200), WASM_STRING_VAL(&text), WASM_S16_VAL(-5), WASM_F64_VAL(0.25)};
  call(&program, "run", 1, run);
  call(&program, "call_mix", 4, mix);

  stop(&program);
  wasm_extern_vec_delete(&imports);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
