/* Records and lists, both ways: arguments lie on the stack, a result is one
 * allocation. */

#include "common.h"

static wasm_val_t call(program_t* p, const char* name, wasm_val_t arg) {
  wasm_val_t result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = {1, &arg}, results = WASM_ARRAY_VEC(result);
  wasm_extern_t* export = witrt_instance_export(p->instance, name, strlen(name));
  check(export != NULL, name);
  check_call(wasm_func_call(wasm_extern_as_func(export), &args, &results), name);
  wasm_extern_delete(export);
  return result[0];
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  program_t text = start(store, "../tests/modules/components/c/plain-utf16.wasm", NULL);
  program_t solo = start(store, "../tests/modules/components/wat/solo-utf8.wasm", NULL);

  /* Numbers are packed: an array of the host's is the list. */
  double numbers[] = {0.5, 0.25, 2};
  wasm_list_t list = WASM_LIST_OF(WASM_F64, numbers, 3);
  printf("sum: %g\n", call(&text, "sum", (wasm_val_t)WASM_LIST_VAL(&list)).of.f64);

  /* A record on the stack, and the record that comes back. */
  wasm_val_t xy[] = {WASM_S32_VAL(3), WASM_S32_VAL(-4)};
  wasm_val_vec_t point = WASM_ARRAY_VEC(xy);
  wasm_val_t mirrored = call(&solo, "mirror", (wasm_val_t)WASM_RECORD_VAL(&point));
  const wasm_val_t* back = mirrored.of.fields->data;
  printf("mirrored: %d,%d\n", back[0].of.s32, back[1].of.s32);
  wasm_val_delete(&mirrored);

  /* Success or failure, and what it holds. */
  static const char* const texts[] = {"3,-4", "here"};
  for (int i = 0; i < 2; i++) {
    wasm_string_t string = WASM_STRING_UTF8(texts[i], strlen(texts[i]));
    wasm_val_t parsed = call(&text, "parse", (wasm_val_t)WASM_STRING_VAL(&string));
    const wasm_variant_t* outcome = parsed.of.variant;
    if (outcome->index == 0) printf("x is %d", outcome->val.of.fields->data[0].of.s32);
    else print_text(outcome->val.of.string);
    putchar('\n');
    wasm_val_delete(&parsed); /* all of it */
  }

  stop(&solo);
  stop(&text);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
