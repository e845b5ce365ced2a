/* Threads share the engine and the compiled module; each has a store. */

#include <pthread.h>

#include "common.h"

enum { THREADS = 4, CALLS = 1000 };

static wasm_engine_t* engine;
static wasm_shared_module_t* shared;

/* Adds up lengths of text; answers their sum through the pointer. */
static void* work(void* sum) {
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = wasm_module_obtain(store, shared);
  check(module != NULL, "obtain");
  wasm_instance_t* instance = wasm_instance_new(store, module, NULL, NULL);
  check(instance != NULL, "instance");
  program_t program = {module, instance, WASM_EMPTY_VEC};
  wasm_instance_exports(instance, &program.exports);
  wasm_func_t* count = function(&program, "char_count");

  static const char text[] = "añ🦀";
  for (int i = 0; i < CALLS; i++) {
    wasm_string_t string = WASM_STRING_UTF8(text, sizeof text - 1);
    wasm_val_t arg[] = {WASM_STRING_VAL(&string)}, result[] = {WASM_INIT_VAL};
    wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
    check_call(wasm_func_call(count, &args, &results), "char_count");
    *(long*)sum += result[0].of.u32;
  }
  stop(&program);
  wasm_store_delete(store);
  return NULL;
}

int main(void) {
  /* Compiled once, on this thread, and then anybody's. */
  engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load_module(store, "../tests/modules/strings.wasm");
  shared = wasm_module_share(module);
  check(shared != NULL, "share");
  wasm_module_delete(module);
  wasm_store_delete(store);

  pthread_t threads[THREADS];
  long sums[THREADS] = {0};
  for (int i = 0; i < THREADS; i++) {
    if (pthread_create(&threads[i], NULL, work, &sums[i]) != 0) return 1;
  }
  for (int i = 0; i < THREADS; i++) {
    pthread_join(threads[i], NULL);
    printf("thread %d counted %ld characters\n", i, sums[i]);
  }
  wasm_shared_module_delete(shared);
  wasm_engine_delete(engine);
  return 0;
}
