/* Markdown to HTML by a megabyte of other people's Rust, in a sandbox. */

#include "common.h"

static const char source[] =
  "# Crabs 🦀\n"
  "\n"
  "They walk *sideways*, mostly[^1].\n"
  "\n"
  "| species | legs |\n"
  "|---------|------|\n"
  "| Krabbe  | 10   |\n"
  "\n"
  "[^1]: ~~always~~ not the pea crab\n";

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  check(store != NULL, "store");
  program_t program = start(store, "../tests/modules/text.wasm", NULL);

  wasm_string_t text = WASM_STRING_UTF8(source, sizeof source - 1);
  wasm_val_t arg[] = {WASM_STRING_VAL(&text)}, result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  check_call(wasm_func_call(function(&program, "markdown"), &args, &results), "markdown");
  print_text(result[0].of.string);

  wasm_val_delete(&result[0]);
  stop(&program);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
