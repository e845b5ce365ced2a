/* What goes wrong is told, with its place, and the store goes on. */

#include <uchar.h>

#include "common.h"

static program_t program;

/* Calls a function, and explains what comes back. */
static void call(const char* name, wasm_val_t arg) {
  wasm_val_t result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = {1, &arg}, results = WASM_ARRAY_VEC(result);
  wasm_trap_t* trap = wasm_func_call(function(&program, name), &args, &results);
  if (!trap) {
    printf("%s answers ", name);
    print_value(&result[0]);
    printf("\n");
    wasm_val_delete(&result[0]);
    return;
  }
  /* A trap is also an error, with a number and the facts there are. */
  witrt_error_t* error = witrt_trap_error(trap);
  size_t argument, position;
  printf("%s: %s\n", name, witrt_error_message(error));
  printf("  kind %u, %s", (unsigned)witrt_error_kind(error),
    witrt_error_kind_name(witrt_error_kind(error)));
  if (witrt_error_argument(error, &argument)) printf(", argument %zu", argument);
  if (witrt_error_position(error, &position)) printf(", code unit %zu", position);

  wasm_frame_vec_t frames;
  wasm_trap_trace(trap, &frames);
  if (frames.size) printf(", %zu frames of the guest", frames.size);
  printf("\n");
  wasm_frame_vec_delete(&frames);
  witrt_error_delete(error);
  wasm_trap_delete(trap);
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);

  /* A file that is no module: NULL, and the reason in the last error. */
  wasm_byte_vec_t bytes;
  wasm_name_new_from_string(&bytes, "(module\n  (func (result i32) f32.const 1))");
  check(wasm_module_new(store, &bytes) == NULL, "this should not compile");
  printf("module: %s\n", witrt_error_message(witrt_error_last()));
  wasm_byte_vec_delete(&bytes);

  program = start(store, "../tests/modules/strings.wasm", NULL);

  /* A value of another kind than the function takes. */
  wasm_val_t number = WASM_I32_VAL(1);
  call("greet", number);

  /* Half of a surrogate pair. No guest code has run. */
  static const char16_t broken[] = {'a', 'b', 0xd83e, 'c'};
  wasm_string_t text = WASM_STRING_UTF16(broken, 4);
  wasm_val_t value = WASM_STRING_VAL(&text);
  call("greet", value);

  /* The guest gives up. */
  wasm_string_t crab = WASM_STRING_UTF8("🦀", 4);
  value.of.string = &crab;
  call("boom", value);

  /* And all is well. */
  call("greet", value);

  stop(&program);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
