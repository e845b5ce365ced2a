/* A component calls the host: text comes and goes in the host's encoding, whatever
 * the component's is. */

#include "common.h"

static wasm_trap_t* ask(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  printf("the component asks: ");
  print_text(args->data[0].of.string);
  putchar('\n');
  /* What is returned is read as soon as the callback has: `env` lasts longer. */
  results->data[0].of.string = env;
  return NULL;
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  static const char* const files[] = {"mini-utf8.wasm", "mini-utf16.wasm", "mini-compact-utf16.wasm"};
  for (int i = 0; i < 3; i++) {
    char path[100];
    snprintf(path, sizeof path, "../tests/modules/components/wat/%s", files[i]);

    /* The type is the import's. */
    wasm_module_t* module = load_module(store, path);
    wasm_importtype_vec_t imports;
    wasm_module_imports(module, &imports);
    const wasm_externtype_t* type = wasm_importtype_type(imports.data[0]);
    wasm_string_t answer = WASM_STRING_LIT16(u"Grüße 🦀");
    wasm_func_t* func =
      wasm_func_new_with_env(store, wasm_externtype_as_functype_const(type), ask, &answer, NULL);
    check(func != NULL, "ask");
    wasm_extern_t* supplied[] = {wasm_func_as_extern(func)};
    wasm_extern_vec_t list = WASM_ARRAY_VEC(supplied);
    program_t mini = start(store, path, &list);

    wasm_string_t text = WASM_STRING_LIT("été?");
    wasm_val_t arg[] = {WASM_STRING_VAL(&text)}, result[] = {WASM_INIT_VAL};
    wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
    check_call(wasm_func_call(function(&mini, "relay"), &args, &results), "relay");
    print_text(result[0].of.string);
    printf(" by %s\n", files[i]);
    wasm_val_delete(&result[0]);

    stop(&mini);
    wasm_func_delete(func);
    wasm_importtype_vec_delete(&imports);
    wasm_module_delete(module);
  }
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
