/* A module made by wasm-bindgen from Rust functions on strings: nothing of it
 * was written for this library. */

#include "common.h"

static program_t program;

/* Calls a function of up to two strings, and prints what it answers. */
static void call(const char* name, const char* a, const char* b) {
  wasm_string_t first = WASM_STRING_UTF8(a, strlen(a));
  wasm_string_t second = WASM_STRING_UTF8(b, b ? strlen(b) : 0);
  wasm_val_t arg[] = {WASM_STRING_VAL(&first), WASM_STRING_VAL(&second)};
  wasm_val_t result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = {b ? 2 : 1, arg}, results = WASM_ARRAY_VEC(result);
  check_call(wasm_func_call(function(&program, name), &args, &results), name);

  /* The value says of which kind it is. */
  printf("%s: ", name);
  print_value(&result[0]);
  printf("\n");
  wasm_val_delete(&result[0]);
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  check(store != NULL, "store");
  program = start(store, "../tests/modules/strings.wasm", NULL);

  call("greet", "Zoë 🦀", NULL);
  call("concat", "interface ", "types");
  call("reverse", "añb🦀c", NULL);
  call("byte_len", "añ🦀", NULL);
  call("char_count", "añ🦀", NULL);
  call("first_scalar", "🦀z", NULL);

  stop(&program);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
