/* A program outside the tree, in C: prints 42. */

#include <stdio.h>
#include <wasm.h>
#include <witrt.h>

int main(void) {
  static const char text[] = "(module (func (export \"answer\") (result i32) i32.const 42))";
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_byte_vec_t bytes;
  wasm_byte_vec_new(&bytes, sizeof text - 1, text);
  wasm_module_t* module = wasm_module_new(store, &bytes);
  wasm_instance_t* instance = wasm_instance_new(store, module, NULL, NULL);
  wasm_extern_t* answer = witrt_instance_export(instance, "answer", 6);
  wasm_val_t result[] = {WASM_INIT_VAL};
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  wasm_trap_t* trap = wasm_func_call(wasm_extern_as_func(answer), NULL, &results);
  if (trap || strcmp(witrt_version(), WITRT_VERSION) != 0) return 1;
  printf("%d\n", (int)result[0].of.i32);
  wasm_extern_delete(answer);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_byte_vec_delete(&bytes);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
