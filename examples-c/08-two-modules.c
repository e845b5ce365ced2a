/* Two modules, each with a memory of its own. One imports from the other a
 * function on strings; the text goes from memory to memory. */

#include "common.h"

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  check(store != NULL, "store");

  /* The exports of the one, by position, are the imports of the other. */
  program_t strings = start(store, "../tests/modules/strings.wasm", NULL);
  wasm_extern_t* import[] = {wasm_func_as_extern(function(&strings, "reverse"))};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  program_t palindromes = start(store, "08-two-modules.wat", &imports);
  wasm_func_t* is_palindrome = function(&palindromes, "is palindrome");

  static const char* words[] = {"level", "crab", "été", "🦀x🦀", ""};
  for (size_t i = 0; i < 5; i++) {
    wasm_string_t text = WASM_STRING_UTF8(words[i], strlen(words[i]));
    wasm_val_t arg[] = {WASM_STRING_VAL(&text)}, result[] = {WASM_INIT_VAL};
    wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
    check_call(wasm_func_call(is_palindrome, &args, &results), "is palindrome");
    printf("\"%s\" %s\n", words[i], result[0].of.u8 ? "reads the same both ways" : "does not");
  }

  stop(&palindromes);
  stop(&strings);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
