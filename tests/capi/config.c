/* Configurations, engines and stores: lifetimes, and several of each. */

#include "guest.h"

static int answer(wasm_store_t* store) {
  wasm_module_t* module = module_of(store, "(module (func (export \"f\") (result i32) i32.const 42))");
  REQUIRE(module);
  wasm_instance_t* instance = wasm_instance_new(store, module, NULL, NULL);
  REQUIRE(instance);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  wasm_val_t result[1] = {WASM_INIT_VAL};
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  CHECK(wasm_func_call(wasm_extern_as_func(exports.data[0]), NULL, &results) == NULL);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  return result[0].of.i32;
}

int main(void) {
  /* A configuration belongs to the engine made of it, or is deleted. */
  wasm_config_t* config = wasm_config_new();
  REQUIRE(config);
  wasm_config_delete(config);
  wasm_engine_t* first = wasm_engine_new_with_config(wasm_config_new());
  wasm_engine_t* second = wasm_engine_new();
  REQUIRE(first && second);

  /* Two engines, two stores each. */
  wasm_store_t* stores[4] = {
    wasm_store_new(first), wasm_store_new(first), wasm_store_new(second), wasm_store_new(second),
  };
  for (size_t i = 0; i < 4; i++) {
    REQUIRE(stores[i]);
    CHECK_EQ(answer(stores[i]), 42);
  }

  /* A store keeps its engine. */
  wasm_engine_delete(first);
  CHECK_EQ(answer(stores[0]), 42);
  CHECK_EQ(answer(stores[1]), 42);
  wasm_engine_delete(second);
  for (size_t i = 4; i-- > 0;) wasm_store_delete(stores[i]);

  /* What lives in a store keeps it. */
  guest_t g;
  guest_open(&g, "(module (func (export \"f\") (result i32) i32.const 7))");
  wasm_store_delete(g.store);
  wasm_engine_delete(g.engine);
  wasm_module_delete(g.module);
  wasm_instance_delete(g.instance);
  wasm_val_t result[1] = {WASM_INIT_VAL};
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  CHECK(wasm_func_call(guest_func(&g, 0), NULL, &results) == NULL);
  CHECK_EQ(result[0].of.i32, 7);
  wasm_extern_vec_delete(&g.exports);

  /* Deleting nothing is nothing. */
  wasm_config_delete(NULL);
  wasm_store_delete(NULL);
  wasm_engine_delete(NULL);
  CHECK(wasm_store_new(NULL) == NULL);
  return check_result();
}
