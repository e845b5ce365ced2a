/* Hello: a string in, a string out, from nothing to the end.
 *
 * The module is 01-hello.wat. Its function takes a string and returns one;
 * pointers, lengths and the guest's allocator are its own affair. */

#include "common.h"

int main(void) {
  /* One engine for a program, one store for each thread that calls. */
  wasm_engine_t* engine = wasm_engine_new();
  check(engine != NULL, "engine");
  wasm_store_t* store = wasm_store_new(engine);
  check(store != NULL, "store");

  /* Compile, and make an instance. It imports nothing. */
  wasm_module_t* module = load_module(store, "01-hello.wat");
  wasm_instance_t* instance = wasm_instance_new(store, module, NULL, NULL);
  check(instance != NULL, "instance");

  /* Its exports, in the order of the file: there is one. */
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  check(exports.size == 1, "exports");
  wasm_func_t* greet = wasm_extern_as_func(exports.data[0]);

  /* A string value is a pointer to text that you have, a length, and the
   * name of its encoding. Nothing is copied here, nothing to be freed. */
  const char* name = "Zoë 🦀";
  wasm_string_t text = WASM_STRING_UTF8(name, strlen(name));
  wasm_val_t arg[] = {WASM_STRING_VAL(&text)};
  wasm_val_t result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg);
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);

  wasm_trap_t* trap = wasm_func_call(greet, &args, &results);
  check_call(trap, "greet");

  /* The result lies in the guest's memory. Ask for its length in the
   * encoding that you want, and copy it to where you want it. */
  const wasm_string_t* answer = result[0].of.string;
  size_t size = wasm_string_length(answer, WASM_UTF8);
  char* buffer = malloc(size + 1);
  check(buffer && wasm_string_read(answer, WASM_UTF8, buffer, size, &size), "copy");
  buffer[size] = 0;
  printf("%s\n", buffer);
  free(buffer);

  /* What was made or returned is deleted, in any order. */
  wasm_val_delete(&result[0]);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
