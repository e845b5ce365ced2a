/* The same module, called with UTF-16: C11's char16_t, Java, JavaScript,
 * Windows and .NET have their text so. It goes straight into the guest's
 * memory as UTF-8 and comes back as UTF-16; you convert nothing. */

#include <uchar.h>

#include "common.h"

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  check(store != NULL, "store");
  program_t program = start(store, "01-hello.wat", NULL);
  wasm_func_t* greet = function(&program, "greet");

  /* Lengths count code units: the crab is two of them. */
  static const char16_t name[] = u"Zoë 🦀";
  wasm_string_t text = WASM_STRING_UTF16(name, sizeof name / sizeof *name - 1);
  wasm_val_t arg[] = {WASM_STRING_VAL(&text)}, result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  check_call(wasm_func_call(greet, &args, &results), "greet");

  const wasm_string_t* answer = result[0].of.string;
  char16_t buffer[64];
  size_t units = 0;
  check(wasm_string_read(answer, WASM_UTF16, buffer, 64, &units), "copy");

  printf("sent     %zu code units of UTF-16\n", text.size);
  printf("received %zu code units of UTF-16:", units);
  for (size_t i = 0; i < units; i++) printf(" %04x", (unsigned)buffer[i]);
  printf("\nthe same in UTF-8, %zu bytes: ", wasm_string_length(answer, WASM_UTF8));
  print_text(answer);
  printf("\n");

  wasm_val_delete(&result[0]);
  stop(&program);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
