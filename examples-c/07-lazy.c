/* When is text copied? A string that a guest returns is a view of its memory:
 * to look at it, copy nothing. It stays readable until you delete it, whatever
 * the guest does in between. */

#include "common.h"

static wasm_func_t* reverse;

static wasm_val_t reversed(const char* word) {
  wasm_string_t text = WASM_STRING_UTF8(word, strlen(word));
  wasm_val_t arg[] = {WASM_STRING_VAL(&text)}, result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  check_call(wasm_func_call(reverse, &args, &results), "reverse");
  return result[0];
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  check(store != NULL, "store");
  program_t program = start(store, "../tests/modules/strings.wasm", NULL);
  reverse = function(&program, "reverse");

  /* Look at the bytes where they lie: valid until the guest runs again. */
  wasm_val_t first = reversed("nepo ecaps");
  wasm_byte_vec_t view;
  check(wasm_string_borrow(first.of.string, &view), "borrow");
  printf("borrowed: %.*s\n", (int)view.size, view.data);

  /* Let the guest run again. What you still hold is copied out first, so you
   * can keep as many strings as you like. */
  wasm_val_t second = reversed("reppoh");
  wasm_val_t third = reversed("🦀 barc");
  print_value(&first);
  printf(" ");
  print_value(&second);
  printf(" ");
  print_value(&third);
  printf("\n");

  /* Deleted is freed, in the guest too, the next time that it runs. */
  wasm_val_delete(&first);
  wasm_val_delete(&second);
  wasm_val_delete(&third);
  wasm_val_t live[] = {WASM_INIT_VAL};
  wasm_val_vec_t lives = WASM_ARRAY_VEC(live);
  check_call(wasm_func_call(function(&program, "live_bytes"), NULL, &lives), "live_bytes");
  printf("bytes that the guest still has in use: ");
  print_value(&live[0]);
  printf("\n");

  stop(&program);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
