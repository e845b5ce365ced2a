/* Two modules, each with a memory of its own. One imports from the other a
 * function on strings; the text goes from memory to memory. */

#include "common.h"

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  check(store != NULL, "store");

  /* The standard way is by position, in the order of the module's imports; a
   * linker finds them by name. */
  program_t strings = start(store, "../tests/modules/strings.wasm", NULL);
  witrt_linker_t* linker = witrt_linker_new();
  check(witrt_linker_define_instance(linker, "strings", 7, strings.instance), "define");

  wasm_module_t* module = load_module(store, "08-two-modules.wat");
  wasm_instance_t* palindromes = witrt_linker_instantiate(linker, store, module, NULL);
  check(palindromes != NULL, "instantiate");
  wasm_extern_t* export = witrt_instance_export(palindromes, "is palindrome", 13);
  check(export != NULL, "export");
  wasm_func_t* is_palindrome = wasm_extern_as_func(export);

  static const char* words[] = {"level", "crab", "été", "🦀x🦀", ""};
  for (size_t i = 0; i < 5; i++) {
    wasm_string_t text = WASM_STRING_UTF8(words[i], strlen(words[i]));
    wasm_val_t arg[] = {WASM_STRING_VAL(&text)}, result[] = {WASM_INIT_VAL};
    wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
    check_call(wasm_func_call(is_palindrome, &args, &results), "is palindrome");
    printf("\"%s\" %s\n", words[i], result[0].of.u8 ? "reads the same both ways" : "does not");
  }

  wasm_extern_delete(export);
  wasm_instance_delete(palindromes);
  wasm_module_delete(module);
  witrt_linker_delete(linker);
  stop(&strings);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
