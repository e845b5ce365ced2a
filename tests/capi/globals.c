/* Globals: made by the host and by guests, read and written from both. */

#include "guest.h"

static wasm_global_t* global_of(wasm_store_t* store, wasm_valkind_t kind, wasm_mutability_t m, wasm_val_t val) {
  wasm_globaltype_t* type = wasm_globaltype_new(wasm_valtype_new(kind), m);
  wasm_global_t* global = type ? wasm_global_new(store, type, &val) : NULL;
  wasm_globaltype_delete(type);
  return global;
}

static int64_t call(const guest_t* g, size_t export, const wasm_val_t* arg) {
  wasm_val_t result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = {arg ? 1 : 0, (wasm_val_t*)arg}, results = WASM_ARRAY_VEC(result);
  wasm_trap_t* trap = wasm_func_call(guest_func(g, export), &args, &results);
  if (!CHECK(trap == NULL)) fprintf(stderr, "  %s\n", message_of(trap));
  return result[0].kind == WASM_I64 ? result[0].of.i64 : result[0].of.i32;
}

static void shared_with_a_guest(void) {
  guest_t g;
  guest_start(&g);
  wasm_val_t four = WASM_I32_VAL(4), five = WASM_I64_VAL(5);
  wasm_global_t* fixed = global_of(g.store, WASM_I32, WASM_CONST, four);
  wasm_global_t* moving = global_of(g.store, WASM_I64, WASM_VAR, five);
  REQUIRE(fixed && moving);
  wasm_extern_t* import[] = {wasm_global_as_extern(fixed), wasm_global_as_extern(moving)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  guest_load(&g,
    "(module (import \"\" \"c\" (global $c i32)) (import \"\" \"v\" (global $v (mut i64)))"
    "  (global $own (export \"own\") (mut i32) (i32.const 9))"
    "  (func (export \"c\") (result i32) global.get $c)"
    "  (func (export \"v\") (result i64) global.get $v)"
    "  (func (export \"set v\") (param i64) local.get 0 global.set $v)"
    "  (func (export \"get own\") (result i32) global.get $own)"
    "  (export \"v again\" (global $v)))", &imports);
  CHECK_EQ(call(&g, 1, NULL), 4);
  CHECK_EQ(call(&g, 2, NULL), 5);

  wasm_val_t val = WASM_I64_VAL(INT64_MAX);
  wasm_global_set(moving, &val);
  CHECK_EQ(call(&g, 2, NULL), INT64_MAX);
  val.of.i64 = -3;
  call(&g, 3, &val);
  wasm_val_t got = WASM_INIT_VAL;
  wasm_global_get(moving, &got);
  CHECK(got.kind == WASM_I64 && got.of.i64 == -3);

  wasm_global_t* own = wasm_extern_as_global(g.exports.data[0]);
  wasm_global_get(own, &got);
  CHECK(got.kind == WASM_I32 && got.of.i32 == 9);
  val = (wasm_val_t)WASM_I32_VAL(10);
  wasm_global_set(own, &val);
  CHECK_EQ(call(&g, 4, NULL), 10);
  CHECK(wasm_global_same(moving, wasm_extern_as_global(g.exports.data[5])));

  /* A constant, another kind, nothing at all: refused, and nothing changes. */
  val = (wasm_val_t)WASM_I32_VAL(1);
  wasm_global_set(fixed, &val);
  CHECK_EQ(call(&g, 1, NULL), 4);
  wasm_global_set(moving, &val);
  val.kind = WASM_S64;
  wasm_global_set(moving, &val);
  wasm_global_set(moving, NULL);
  CHECK_EQ(call(&g, 2, NULL), -3);

  wasm_globaltype_t* type = wasm_global_type(own);
  CHECK_EQ(wasm_globaltype_mutability(type), WASM_VAR);
  CHECK_EQ(wasm_valtype_kind(wasm_globaltype_content(type)), WASM_I32);
  wasm_globaltype_delete(type);
  wasm_global_delete(fixed);
  wasm_global_delete(moving);
  guest_close(&g);
}

static void every_kind(void) {
  guest_t g;
  guest_start(&g);
  wasm_foreign_t* foreign = wasm_foreign_new(g.store);
  wasm_val_t vals[] = {
    WASM_I32_VAL(-1), WASM_I64_VAL(-2), WASM_F32_VAL(0.5f), WASM_F64_VAL(-0.25),
    WASM_REF_VAL(wasm_foreign_as_ref(foreign)), WASM_INIT_VAL,
    {.kind = WASM_FUNCREF, .of = {.ref = NULL}},
  };
  for (size_t i = 0; i < sizeof vals / sizeof *vals; i++) {
    wasm_global_t* global = global_of(g.store, vals[i].kind, WASM_VAR, vals[i]);
    REQUIRE(global);
    wasm_val_t got;
    wasm_global_get(global, &got);
    CHECK_EQ(got.kind, vals[i].kind);
    switch (got.kind) {
      case WASM_I32: CHECK_EQ(got.of.i32, vals[i].of.i32); break;
      case WASM_I64: CHECK_EQ(got.of.i64, vals[i].of.i64); break;
      case WASM_F32: CHECK(got.of.f32 == vals[i].of.f32); break;
      case WASM_F64: CHECK(got.of.f64 == vals[i].of.f64); break;
      default: CHECK(vals[i].of.ref ? wasm_ref_same(got.of.ref, vals[i].of.ref) : !got.of.ref);
    }
    wasm_val_delete(&got);
    wasm_global_delete(global);
  }
  wasm_foreign_delete(foreign);

  /* Interface kinds live in calls, not in globals. */
  wasm_string_t text = WASM_STRING_UTF8("x", 1);
  wasm_val_t string = WASM_STRING_VAL(&text), small = WASM_U8_VAL(1), i32 = WASM_I32_VAL(1);
  CHECK(global_of(g.store, WASM_STRING, WASM_CONST, string) == NULL);
  CHECK(global_of(g.store, WASM_U8, WASM_CONST, small) == NULL);
  /* The value must be of the type. */
  CHECK(global_of(g.store, WASM_I64, WASM_VAR, i32) == NULL);
  guest_close(&g);
}

int main(void) {
  shared_with_a_guest();
  every_kind();
  return check_result();
}
