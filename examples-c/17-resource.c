/* A resource: what a component makes is held by a handle, and the component destroys
 * it when the last handle is gone. */

#include "common.h"

/* The component imports functions, too, which are not called here. */
static wasm_trap_t* unused(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  return NULL;
}

static wasm_val_t call(wasm_instance_t* instance, const char* name, wasm_val_t* arg, size_t count) {
  wasm_val_t result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = {count, arg}, results = WASM_ARRAY_VEC(result);
  wasm_extern_t* export = witrt_instance_export(instance, name, strlen(name));
  check(export != NULL, name);
  check_call(wasm_func_call(wasm_extern_as_func(export), &args, &results), name);
  wasm_extern_delete(export);
  return result[0];
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load_module(store, "../tests/modules/components/c/guest-utf8.wasm");
  witrt_linker_t* linker = witrt_linker_new();
  wasm_importtype_vec_t imports;
  wasm_module_imports(module, &imports);
  for (size_t i = 0; i < imports.size; i++) {
    const wasm_name_t* from = wasm_importtype_module(imports.data[i]);
    const wasm_name_t* name = wasm_importtype_name(imports.data[i]);
    const wasm_externtype_t* type = wasm_importtype_type(imports.data[i]);
    wasm_func_t* func = wasm_func_new(store, wasm_externtype_as_functype_const(type), unused);
    check(witrt_linker_define(linker, from->data, from->size, name->data, name->size,
      wasm_func_as_extern(func)), "define");
    wasm_func_delete(func);
  }
  wasm_importtype_vec_delete(&imports);
  wasm_instance_t* guest = witrt_linker_instantiate(linker, store, module, NULL);
  check(guest != NULL, "instantiate");

  wasm_string_t title = WASM_STRING_LIT("Log"), line = WASM_STRING_LIT16(u"zwei ß");
  wasm_val_t arg[] = {WASM_STRING_VAL(&title), WASM_STRING_VAL(&line)};
  wasm_val_t book = call(guest, "[constructor]logbook", arg, 1);
  printf("live: %u\n", call(guest, "live", NULL, 0).of.u32);
  arg[0] = (wasm_val_t)WASM_BORROW_VAL(book.of.resource); /* lent for the call */
  call(guest, "[method]logbook.add", arg, 2);
  wasm_val_t text = call(guest, "[method]logbook.text", arg, 1);
  print_value(&text);
  wasm_val_delete(&text);
  wasm_val_delete(&book);
  printf("\nlive: %u\n", call(guest, "live", NULL, 0).of.u32);

  wasm_instance_delete(guest);
  witrt_linker_delete(linker);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
