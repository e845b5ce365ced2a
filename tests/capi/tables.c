/* Tables: entries read, written and called, growing, bounds. */

#include "guest.h"

static wasm_trap_t* negate(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  results->data[0] = (wasm_val_t)WASM_I32_VAL(-args->data[0].of.i32);
  return NULL;
}

static int call_entry(const guest_t* g, int32_t x, int32_t entry, int32_t* out) {
  wasm_val_t arg[] = {WASM_I32_VAL(x), WASM_I32_VAL(entry)}, result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  wasm_trap_t* trap = wasm_func_call(guest_func(g, 1), &args, &results);
  if (trap) {
    wasm_trap_delete(trap);
    return 0;
  }
  *out = result[0].of.i32;
  return 1;
}

static void a_guests_table(void) {
  guest_t g;
  guest_open(&g,
    "(module"
    "  (type $f (func (param i32) (result i32)))"
    "  (table $t (export \"table\") 2 10 funcref)"
    "  (func (export \"call\") (param i32 i32) (result i32)"
    "    (call_indirect (type $f) (local.get 0) (local.get 1)))"
    "  (func $double (export \"double\") (type $f) (i32.mul (local.get 0) (i32.const 2)))"
    "  (elem (i32.const 1) $double))");
  wasm_table_t* table = wasm_extern_as_table(g.exports.data[0]);
  REQUIRE(table);
  wasm_tabletype_t* type = wasm_table_type(table);
  CHECK_EQ(wasm_valtype_kind(wasm_tabletype_element(type)), WASM_FUNCREF);
  CHECK(wasm_tabletype_limits(type)->min == 2 && wasm_tabletype_limits(type)->max == 10);
  wasm_tabletype_delete(type);

  CHECK_EQ(wasm_table_size(table), 2);
  CHECK(wasm_table_get(table, 0) == NULL);
  wasm_ref_t* ref = wasm_table_get(table, 1);
  REQUIRE(ref);
  CHECK(wasm_func_same(wasm_ref_as_func(ref), guest_func(&g, 2)));
  int32_t out = 0;
  CHECK(!call_entry(&g, 3, 0, &out));
  CHECK(call_entry(&g, 3, 1, &out) && out == 6);

  wasm_functype_t* functype = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  wasm_func_t* func = wasm_func_new(g.store, functype, negate);
  wasm_functype_delete(functype);
  CHECK(wasm_table_set(table, 0, wasm_func_as_ref(func)));
  CHECK(wasm_table_set(table, 1, NULL));
  CHECK(call_entry(&g, 3, 0, &out) && out == -3);
  CHECK(!call_entry(&g, 3, 1, &out));

  CHECK(!wasm_table_set(table, 2, NULL));
  CHECK(!wasm_table_set(table, UINT32_MAX, ref));
  CHECK(wasm_table_get(table, 2) == NULL);
  CHECK(!call_entry(&g, 3, 2, &out));

  CHECK(wasm_table_grow(table, 0, NULL));
  CHECK(wasm_table_grow(table, 3, ref));
  CHECK_EQ(wasm_table_size(table), 5);
  CHECK(call_entry(&g, 4, 4, &out) && out == 8);
  CHECK(!wasm_table_grow(table, 6, NULL));
  CHECK(!wasm_table_grow(table, UINT32_MAX, NULL));
  CHECK(wasm_table_grow(table, 5, NULL));
  CHECK_EQ(wasm_table_size(table), 10);
  CHECK(wasm_table_get(table, 9) == NULL);

  /* What is no function has no place here. */
  wasm_foreign_t* foreign = wasm_foreign_new(g.store);
  CHECK(!wasm_table_set(table, 0, wasm_foreign_as_ref(foreign)));
  CHECK(call_entry(&g, 5, 0, &out) && out == -5);
  wasm_foreign_delete(foreign);
  wasm_ref_delete(ref);
  wasm_func_delete(func);
  guest_close(&g);
}

static wasm_table_t* table_of(wasm_store_t* store, uint32_t min, uint32_t max, wasm_ref_t* init) {
  wasm_limits_t limits = {min, max};
  wasm_tabletype_t* type = wasm_tabletype_new(wasm_valtype_new_externref(), &limits);
  wasm_table_t* table = wasm_table_new(store, type, init);
  wasm_tabletype_delete(type);
  return table;
}

static void the_hosts_table(void) {
  guest_t g;
  guest_start(&g);
  wasm_foreign_t* foreign = wasm_foreign_new(g.store);
  wasm_table_t* table = table_of(g.store, 5, wasm_limits_max_default, wasm_foreign_as_ref(foreign));
  REQUIRE(table);
  CHECK_EQ(wasm_table_size(table), 5);
  for (uint32_t i = 0; i < 6; i++) {
    wasm_ref_t* ref = wasm_table_get(table, i);
    CHECK(i < 5 ? wasm_ref_same(ref, wasm_foreign_as_ref(foreign)) : ref == NULL);
    wasm_ref_delete(ref);
  }
  CHECK(wasm_table_grow(table, 1, NULL));
  CHECK(wasm_table_get(table, 5) == NULL);
  wasm_table_delete(table);
  wasm_foreign_delete(foreign);

  CHECK(table_of(g.store, 5, 3, NULL) == NULL);
  guest_close(&g);
}

int main(void) {
  a_guests_table();
  the_hosts_table();
  return check_result();
}
