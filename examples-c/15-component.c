/* A component, made by today's tools, is called like any module: its functions have
 * flat names, and a short one does where it is unambiguous. */

#include "common.h"

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  program_t text = start(store, "../tests/modules/components/c/plain-utf8.wasm", NULL);

  /* The guest has UTF-8, this host UTF-16: the text is converted on the way. */
  wasm_extern_t* greet = witrt_instance_export(text.instance, "greet", 5);
  check(greet != NULL, "greet");
  wasm_string_t name = WASM_STRING_LIT16(u"Zoë 🦀");
  wasm_val_t arg[] = {WASM_STRING_VAL(&name)}, result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  check_call(wasm_func_call(wasm_extern_as_func(greet), &args, &results), "greet");
  print_text(result[0].of.string);
  putchar('\n');
  wasm_val_delete(&result[0]);
  wasm_extern_delete(greet);

  /* The whole name, with the version of the interface. */
  wasm_func_t* concat = function(&text, "probe:guest/text@1.2.0#concat");
  wasm_string_t left = WASM_STRING_LIT("one and "), right = WASM_STRING_LIT16(u"deux");
  wasm_val_t both[] = {WASM_STRING_VAL(&left), WASM_STRING_VAL(&right)};
  wasm_val_vec_t two = WASM_ARRAY_VEC(both);
  check_call(wasm_func_call(concat, &two, &results), "concat");
  print_text(result[0].of.string);
  putchar('\n');
  wasm_val_delete(&result[0]);

  stop(&text);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
