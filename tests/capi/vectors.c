/* The vector families: who owns the array, who the elements. */

#include "guest.h"

/* Every family of pointers obeys the same laws; MAKE gives a new element. */
#define LAWS(X, MAKE)                                                    \
  static void X##_laws(void) {                                           \
    wasm_##X##_vec_t v, w;                                               \
    wasm_##X##_vec_new_empty(&v);                                        \
    CHECK_EQ(v.size, 0);                                                 \
    wasm_##X##_vec_delete(&v);                                           \
    wasm_##X##_vec_new_uninitialized(&v, 3);                             \
    REQUIRE(v.size == 3 && v.data);                                      \
    /* Half filled, it must still be possible to copy and delete it. */  \
    CHECK(v.data[0] == NULL && v.data[2] == NULL);                       \
    v.data[1] = MAKE;                                                    \
    REQUIRE(v.data[1]);                                                  \
    wasm_##X##_vec_copy(&w, &v);                                         \
    REQUIRE(w.size == 3);                                                \
    CHECK(w.data[0] == NULL && w.data[2] == NULL);                       \
    CHECK(w.data[1] != NULL && w.data[1] != v.data[1]);                  \
    wasm_##X##_vec_delete(&v);                                           \
    CHECK(v.size == 0 && v.data == NULL);                                \
    wasm_##X##_vec_delete(&v);                                           \
    wasm_##X##_vec_delete(&w);                                           \
    wasm_##X##_t* elements[2] = {MAKE, MAKE};                            \
    wasm_##X##_vec_new(&v, 2, elements);                                 \
    REQUIRE(v.size == 2);                                                \
    CHECK(v.data != elements);                                           \
    CHECK(v.data[0] == elements[0] && v.data[1] == elements[1]);         \
    /* An element that the program deletes itself is replaced by NULL. */\
    wasm_##X##_delete(v.data[0]);                                        \
    v.data[0] = NULL;                                                    \
    wasm_##X##_vec_delete(&v);                                           \
    wasm_##X##_vec_new(&v, 0, NULL);                                     \
    CHECK_EQ(v.size, 0);                                                 \
    wasm_##X##_vec_delete(&v);                                           \
  }

static const wasm_limits_t limits = {1, 2};
static guest_t g;

static wasm_importtype_t* new_import(void) {
  wasm_name_t module, name;
  wasm_name_new_from_string(&module, "m");
  wasm_name_new_from_string(&name, "n");
  return wasm_importtype_new(&module, &name, wasm_functype_as_externtype(wasm_functype_new_0_0()));
}

static wasm_exporttype_t* new_export(void) {
  wasm_name_t name;
  wasm_name_new_from_string(&name, "n");
  return wasm_exporttype_new(&name, wasm_functype_as_externtype(wasm_functype_new_0_0()));
}

static wasm_frame_t* new_frame(void) {
  wasm_trap_t* trap = wasm_func_call(guest_func(&g, 0), NULL, NULL);
  REQUIRE(trap);
  wasm_frame_t* frame = wasm_trap_origin(trap);
  wasm_trap_delete(trap);
  return frame;
}

LAWS(valtype, wasm_valtype_new_i32())
LAWS(functype, wasm_functype_new_1_0(wasm_valtype_new_i64()))
LAWS(globaltype, wasm_globaltype_new(wasm_valtype_new_i32(), WASM_CONST))
LAWS(tabletype, wasm_tabletype_new(wasm_valtype_new_funcref(), &limits))
LAWS(memorytype, wasm_memorytype_new(&limits))
LAWS(tagtype, wasm_tagtype_new(wasm_functype_new_0_0()))
LAWS(externtype, wasm_memorytype_as_externtype(wasm_memorytype_new(&limits)))
LAWS(importtype, new_import())
LAWS(exporttype, new_export())
LAWS(frame, new_frame())
LAWS(extern, wasm_extern_copy(g.exports.data[0]))

static void bytes(void) {
  wasm_byte_vec_t v, w;
  wasm_byte_vec_new(&v, 4, "a\0bc");
  REQUIRE(v.size == 4);
  CHECK(memcmp(v.data, "a\0bc", 4) == 0);
  wasm_byte_vec_copy(&w, &v);
  CHECK(w.data != v.data);
  v.data[0] = 'x';
  CHECK_EQ(w.data[0], 'a');
  wasm_byte_vec_delete(&v);
  CHECK(v.size == 0 && v.data == NULL);
  wasm_byte_vec_delete(&w);
  wasm_byte_vec_new_uninitialized(&v, 1 << 20);
  REQUIRE(v.size == 1 << 20);
  memset(v.data, 7, v.size);
  wasm_byte_vec_delete(&v);

  /* The aliases of the header. */
  wasm_name_new_from_string(&v, "abc");
  CHECK(v.size == 3 && memcmp(v.data, "abc", 3) == 0);
  wasm_name_copy(&w, &v);
  wasm_name_delete(&v);
  CHECK_EQ(w.size, 3);
  wasm_name_delete(&w);
  wasm_name_new_uninitialized(&v, 2);
  wasm_name_new_new_uninitialized(&w, 2);
  CHECK(v.size == 2 && w.size == 2);
  wasm_name_delete(&v);
  wasm_name_delete(&w);
}

static void vals(void) {
  wasm_val_vec_t v, w;
  wasm_val_vec_new_uninitialized(&v, 2);
  REQUIRE(v.size == 2);
  wasm_val_vec_delete(&v);

  wasm_string_t* text = wasm_string_new(WASM_UTF8, "text", 4);
  wasm_val_t elements[3] = {WASM_I32_VAL(-5), WASM_STRING_VAL(text), WASM_INIT_VAL};
  wasm_val_vec_new(&v, 3, elements);
  REQUIRE(v.size == 3);
  CHECK(v.data[1].of.string == text);
  wasm_val_vec_copy(&w, &v);
  CHECK(w.data[1].of.string != text);
  wasm_val_vec_delete(&v);
  CHECK(v.size == 0 && v.data == NULL);
  CHECK_EQ(w.data[0].of.i32, -5);
  CHECK_EQ(w.data[1].kind, WASM_STRING);
  CHECK(w.data[2].kind == WASM_EXTERNREF && w.data[2].of.ref == NULL);
  wasm_val_vec_delete(&w);
}

/* Sizes that no machine can serve are refused, and the rest goes on. */
static void absurd_sizes(void) {
  wasm_byte_vec_t bytes_vec;
  wasm_byte_vec_new_uninitialized(&bytes_vec, SIZE_MAX);
  CHECK(bytes_vec.size == 0 && bytes_vec.data == NULL);
  wasm_val_vec_t val_vec;
  wasm_val_vec_new_uninitialized(&val_vec, SIZE_MAX / 2);
  CHECK(val_vec.size == 0 && val_vec.data == NULL);
  wasm_extern_vec_t extern_vec;
  wasm_extern_vec_new_uninitialized(&extern_vec, SIZE_MAX / 8);
  CHECK(extern_vec.size == 0 && extern_vec.data == NULL);
}

int main(void) {
  guest_open(&g, "(module (func (export \"trap\") unreachable))");
  valtype_laws();
  functype_laws();
  globaltype_laws();
  tabletype_laws();
  memorytype_laws();
  tagtype_laws();
  externtype_laws();
  importtype_laws();
  exporttype_laws();
  frame_laws();
  extern_laws();
  bytes();
  vals();
  absurd_sizes();
  guest_close(&g);
  return check_result();
}
