/* References as values: host objects and functions through calls, callbacks,
 * globals and tables, and back as the same object. */

#include "guest.h"

static wasm_trap_t* echo(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  wasm_val_copy(&results->data[0], &args->data[0]);
  return NULL;
}

static guest_t g;
static wasm_func_t* host_echo;

enum { CALL, CALL_HOST, SET_GLOBAL, GET_GLOBAL, SET_TABLE, GET_TABLE, GLOBAL, TABLE, CALL_FUNC };

static wasm_val_t pass(size_t export, wasm_ref_t* ref) {
  wasm_val_t arg[] = {WASM_REF_VAL(ref)}, result[] = {WASM_INIT_VAL};
  wasm_func_t* func = guest_func(&g, export);
  wasm_val_vec_t args = {wasm_func_param_arity(func), arg};
  wasm_val_vec_t results = {wasm_func_result_arity(func), result};
  wasm_trap_t* trap = wasm_func_call(func, &args, &results);
  if (!CHECK(trap == NULL)) fprintf(stderr, "  %s\n", message_of(trap));
  return result[0];
}

/* One object through every place that holds an externref. */
static void everywhere(wasm_ref_t* ref) {
  wasm_val_t back = pass(CALL, ref);
  CHECK_EQ(back.kind, WASM_EXTERNREF);
  CHECK(ref ? wasm_ref_same(back.of.ref, ref) : back.of.ref == NULL);
  wasm_val_delete(&back);

  back = pass(CALL_HOST, ref);
  CHECK(ref ? wasm_ref_same(back.of.ref, ref) : back.of.ref == NULL);
  wasm_val_delete(&back);

  pass(SET_GLOBAL, ref);
  back = pass(GET_GLOBAL, NULL);
  CHECK(ref ? wasm_ref_same(back.of.ref, ref) : back.of.ref == NULL);
  wasm_val_delete(&back);
  wasm_global_get(wasm_extern_as_global(g.exports.data[GLOBAL]), &back);
  CHECK_EQ(back.kind, WASM_EXTERNREF);
  CHECK(ref ? wasm_ref_same(back.of.ref, ref) : back.of.ref == NULL);
  wasm_val_delete(&back);

  pass(SET_TABLE, ref);
  back = pass(GET_TABLE, NULL);
  CHECK(ref ? wasm_ref_same(back.of.ref, ref) : back.of.ref == NULL);
  wasm_val_delete(&back);
  wasm_table_t* table = wasm_extern_as_table(g.exports.data[TABLE]);
  wasm_ref_t* entry = wasm_table_get(table, 3);
  CHECK(ref ? wasm_ref_same(entry, ref) : entry == NULL);
  wasm_ref_delete(entry);
  CHECK(wasm_table_set(table, 0, ref));
  entry = wasm_table_get(table, 0);
  CHECK(ref ? wasm_ref_same(entry, ref) : entry == NULL);
  wasm_ref_delete(entry);
}

static int finalized;
static void finalize(void* info) {
  (void)info;
  finalized++;
}

static void foreigns(void) {
  for (int i = 0; i < 100; i++) {
    wasm_foreign_t* foreign = wasm_foreign_new(g.store);
    wasm_foreign_set_host_info_with_finalizer(foreign, &g, finalize);
    everywhere(wasm_foreign_as_ref(foreign));
    wasm_foreign_delete(foreign);
  }
  /* Host information is found again by what comes back. */
  wasm_val_t back = pass(GET_GLOBAL, NULL);
  CHECK(wasm_ref_get_host_info(back.of.ref) == &g);
  CHECK(wasm_ref_as_foreign(back.of.ref) != NULL);
  wasm_val_delete(&back);
}

static void functions_as_references(void) {
  wasm_func_t* func = guest_func(&g, CALL_FUNC);
  /* A function where a function is wanted, by a guest that calls it. */
  wasm_val_t arg[] = {{.kind = WASM_FUNCREF, .of = {.ref = wasm_func_as_ref(guest_func(&g, CALL))}},
                      WASM_INIT_VAL};
  wasm_val_t result[] = {WASM_INIT_VAL, WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  wasm_foreign_t* foreign = wasm_foreign_new(g.store);
  arg[1].of.ref = wasm_foreign_as_ref(foreign);
  wasm_trap_t* trap = wasm_func_call(func, &args, &results);
  if (!CHECK(trap == NULL)) fprintf(stderr, "  %s\n", message_of(trap));
  CHECK_EQ(result[0].kind, WASM_FUNCREF);
  CHECK(wasm_ref_same(result[0].of.ref, arg[0].of.ref));
  CHECK(wasm_ref_same(result[1].of.ref, arg[1].of.ref));
  wasm_func_t* back = wasm_ref_as_func(result[0].of.ref);
  REQUIRE(back);
  CHECK(wasm_func_same(back, guest_func(&g, CALL)));
  wasm_val_delete(&result[0]);
  wasm_val_delete(&result[1]);

  /* A host function too. */
  arg[0].of.ref = wasm_func_as_ref(host_echo);
  CHECK(wasm_func_call(func, &args, &results) == NULL);
  CHECK(wasm_func_same(wasm_ref_as_func(result[0].of.ref), host_echo));
  wasm_val_delete(&result[0]);
  wasm_val_delete(&result[1]);

  /* What is no function is refused; a null one traps in the guest. */
  arg[0].of.ref = wasm_foreign_as_ref(foreign);
  trap = wasm_func_call(func, &args, &results);
  CHECK(trap != NULL);
  wasm_trap_delete(trap);
  arg[0].of.ref = NULL;
  trap = wasm_func_call(func, &args, &results);
  CHECK(trap != NULL);
  wasm_trap_delete(trap);
  wasm_foreign_delete(foreign);
}

int main(void) {
  guest_start(&g);
  wasm_functype_t* type = wasm_functype_new_1_1(wasm_valtype_new_externref(), wasm_valtype_new_externref());
  host_echo = wasm_func_new(g.store, type, echo);
  wasm_functype_delete(type);
  wasm_extern_t* import[] = {wasm_func_as_extern(host_echo)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  /* The exports stand in the order of the enumeration above. */
  guest_load(&g,
    "(module"
    "  (type $echo (func (param externref) (result externref)))"
    "  (import \"\" \"echo\" (func $host (type $echo)))"
    "  (global $g (mut externref) (ref.null extern))"
    "  (table $t 10 externref)"
    "  (table $calls 1 funcref)"
    "  (func (export \"call\") (type $echo) local.get 0)"
    "  (func (export \"call_host\") (type $echo) local.get 0 call $host)"
    "  (func (export \"set_global\") (param externref) local.get 0 global.set $g)"
    "  (func (export \"get_global\") (result externref) global.get $g)"
    "  (func (export \"set_table\") (param externref) i32.const 3 local.get 0 table.set $t)"
    "  (func (export \"get_table\") (result externref) i32.const 3 table.get $t)"
    "  (export \"g\" (global $g))"
    "  (export \"t\" (table $t))"
    "  (func (export \"call_func\") (param funcref externref) (result funcref externref)"
    "    (table.set $calls (i32.const 0) (local.get 0))"
    "    local.get 0 (call_indirect $calls (type $echo) (local.get 1) (i32.const 0))))", &imports);

  everywhere(NULL);
  foreigns();
  /* Any object of the store travels as an externref. */
  everywhere(wasm_func_as_ref(host_echo));
  everywhere(wasm_instance_as_ref(g.instance));
  everywhere(wasm_module_as_ref(g.module));
  everywhere(wasm_global_as_ref(wasm_extern_as_global(g.exports.data[GLOBAL])));
  functions_as_references();
  wasm_func_delete(host_echo);
  guest_close(&g);
  CHECK_EQ(finalized, 100);
  return check_result();
}
