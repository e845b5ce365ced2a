/* wasm_val_t: its layout, its macros, copying and deleting. */

#include <stddef.h>

#include "guest.h"

static void layout(void) {
  CHECK_EQ(sizeof(wasm_val_t), 16);
  CHECK_EQ(offsetof(wasm_val_t, kind), 0);
  CHECK_EQ(offsetof(wasm_val_t, of), 8);
  CHECK_EQ(sizeof(wasm_val_vec_t), 16);
  CHECK_EQ(offsetof(wasm_val_vec_t, data), 8);
  CHECK_EQ(sizeof(wasm_valkind_t), 1);
  CHECK_EQ(sizeof(wasm_limits_t), 8);
  CHECK_EQ(sizeof(float32_t), 4);
  CHECK_EQ(sizeof(float64_t), 8);
}

static void macros(void) {
  wasm_val_t v[] = {
    WASM_I32_VAL(-1), WASM_I64_VAL(-2), WASM_F32_VAL(0.5f), WASM_F64_VAL(0.25), WASM_INIT_VAL,
    WASM_S8_VAL(-3), WASM_U8_VAL(250), WASM_S16_VAL(-300), WASM_U16_VAL(65000),
    WASM_S32_VAL(-70000), WASM_U32_VAL(4000000000), WASM_S64_VAL(-5000000000), WASM_U64_VAL(UINT64_MAX),
  };
  CHECK(v[0].kind == WASM_I32 && v[0].of.i32 == -1);
  CHECK(v[1].kind == WASM_I64 && v[1].of.i64 == -2);
  CHECK(v[2].kind == WASM_F32 && v[2].of.f32 == 0.5f);
  CHECK(v[3].kind == WASM_F64 && v[3].of.f64 == 0.25);
  CHECK(v[4].kind == WASM_EXTERNREF && v[4].of.ref == NULL);
  CHECK(v[5].kind == WASM_S8 && v[5].of.s8 == -3);
  CHECK(v[6].kind == WASM_U8 && v[6].of.u8 == 250);
  CHECK(v[7].kind == WASM_S16 && v[7].of.s16 == -300);
  CHECK(v[8].kind == WASM_U16 && v[8].of.u16 == 65000);
  CHECK(v[9].kind == WASM_S32 && v[9].of.s32 == -70000);
  CHECK(v[10].kind == WASM_U32 && v[10].of.u32 == 4000000000);
  CHECK(v[11].kind == WASM_S64 && v[11].of.s64 == -5000000000);
  CHECK(v[12].kind == WASM_U64 && v[12].of.u64 == UINT64_MAX);
  /* Copying is bit for bit, deleting what owns nothing is harmless. */
  for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
    wasm_val_t copy;
    wasm_val_copy(&copy, &v[i]);
    CHECK_EQ(copy.kind, v[i].kind);
    if (v[i].kind != WASM_EXTERNREF) CHECK(memcmp(&copy.of, &v[i].of, v[i].kind % 4 == 2 ? 2 : 1) == 0);
    wasm_val_delete(&copy);
    wasm_val_delete(&copy);
  }
  wasm_val_vec_t empty = WASM_EMPTY_VEC, array = WASM_ARRAY_VEC(v);
  CHECK(empty.size == 0 && empty.data == NULL);
  CHECK(array.size == 13 && array.data == v);
}

static void pointers(void) {
  int object;
  wasm_val_t val;
  wasm_val_init_ptr(&val, &object);
  CHECK_EQ(val.kind, WASM_I64);
  CHECK(wasm_val_ptr(&val) == &object);
}

static void kinds(void) {
  CHECK(wasm_valkind_is_num(WASM_I32) && wasm_valkind_is_num(WASM_F64) && wasm_valkind_is_num(WASM_U8));
  CHECK(!wasm_valkind_is_num(WASM_STRING) && !wasm_valkind_is_num(WASM_FUNCREF));
  CHECK(wasm_valkind_is_ref(WASM_EXTERNREF) && wasm_valkind_is_ref(WASM_FUNCREF));
  CHECK(!wasm_valkind_is_ref(WASM_STRING) && !wasm_valkind_is_ref(WASM_I32));
}

static void references(void) {
  guest_t g;
  guest_start(&g);
  wasm_foreign_t* foreign = wasm_foreign_new(g.store);
  wasm_val_t val = WASM_REF_VAL(wasm_foreign_as_ref(foreign)), copy;
  CHECK_EQ(val.kind, WASM_EXTERNREF);
  wasm_val_copy(&copy, &val);
  CHECK(copy.of.ref != val.of.ref && wasm_ref_same(copy.of.ref, val.of.ref));
  wasm_val_delete(&val); /* deletes the handle */
  CHECK(wasm_ref_as_foreign(copy.of.ref) != NULL);
  wasm_val_delete(&copy);
  guest_close(&g);
}

static void strings(void) {
  wasm_string_t host = WASM_STRING_UTF8("borrowed", 8);
  wasm_val_t val = WASM_STRING_VAL(&host), copy;
  CHECK_EQ(val.kind, WASM_STRING);
  wasm_val_copy(&copy, &val);
  CHECK(copy.kind == WASM_STRING && copy.of.string != &host);
  CHECK(wasm_string_is_handle(copy.of.string) && !wasm_string_is_handle(&host));
  CHECK_EQ(wasm_string_length(copy.of.string, WASM_UTF16), 8);
  /* A host's own string is not the library's to delete. */
  wasm_val_delete(&val);
  CHECK(memcmp(host.data, "borrowed", 8) == 0);
  wasm_val_delete(&copy);
  CHECK(copy.kind != WASM_STRING || copy.of.string == NULL);
}

int main(void) {
  layout();
  macros();
  pointers();
  kinds();
  references();
  strings();
  return check_result();
}
