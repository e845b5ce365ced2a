/* Calling functions: types, arity, arguments and results of each kind. */

#include "guest.h"

static guest_t g;

static void types(void) {
  wasm_func_t* func = guest_func(&g, 0);
  CHECK_EQ(wasm_func_param_arity(func), 4);
  CHECK_EQ(wasm_func_result_arity(func), 4);
  wasm_functype_t* type = wasm_func_type(func);
  static const wasm_valkind_t kinds[] = {WASM_I32, WASM_I64, WASM_F32, WASM_F64};
  REQUIRE(wasm_functype_params(type)->size == 4);
  for (size_t i = 0; i < 4; i++) {
    CHECK_EQ(wasm_valtype_kind(wasm_functype_params(type)->data[i]), kinds[i]);
    CHECK_EQ(wasm_valtype_kind(wasm_functype_results(type)->data[i]), kinds[3 - i]);
  }
  wasm_functype_delete(type);
}

static void core_values(void) {
  wasm_val_t arg[] = {
    WASM_I32_VAL(INT32_MIN), WASM_I64_VAL(INT64_MIN), WASM_F32_VAL(1.5f), WASM_F64_VAL(-1e300)};
  wasm_val_t result[] = {WASM_INIT_VAL, WASM_INIT_VAL, WASM_INIT_VAL, WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  CHECK(wasm_func_call(guest_func(&g, 0), &args, &results) == NULL);
  CHECK(result[0].kind == WASM_F64 && result[0].of.f64 == -1e300);
  CHECK(result[1].kind == WASM_F32 && result[1].of.f32 == 1.5f);
  CHECK(result[2].kind == WASM_I64 && result[2].of.i64 == INT64_MIN);
  CHECK(result[3].kind == WASM_I32 && result[3].of.i32 == INT32_MIN);

  /* A NaN keeps its bits. */
  uint64_t bits = 0x7ff4000000001234, back;
  memcpy(&arg[3].of.f64, &bits, 8);
  CHECK(wasm_func_call(guest_func(&g, 0), &args, &results) == NULL);
  memcpy(&back, &result[0].of.f64, 8);
  CHECK_EQ(back, bits);
}

/* A function of each interface type hands its argument back. */
static void interface_values(void) {
  wasm_val_t s8 = WASM_S8_VAL(-128), u8 = WASM_U8_VAL(255);
  wasm_val_t s16 = WASM_S16_VAL(-32768), u16 = WASM_U16_VAL(65535);
  wasm_val_t s32 = WASM_S32_VAL(INT32_MIN), u32 = WASM_U32_VAL(UINT32_MAX);
  wasm_val_t s64 = WASM_S64_VAL(INT64_MIN), u64 = WASM_U64_VAL(UINT64_MAX);
  wasm_val_t values[] = {s8, u8, s16, u16, s32, u32, s64, u64};
  for (size_t i = 0; i < 8; i++) {
    wasm_val_t result[] = {WASM_INIT_VAL};
    wasm_val_vec_t args = {1, &values[i]}, results = WASM_ARRAY_VEC(result);
    wasm_trap_t* trap = wasm_func_call(guest_func(&g, 2 + i), &args, &results);
    if (!CHECK(trap == NULL)) fprintf(stderr, "  %zu: %s\n", i, message_of(trap));
    CHECK_EQ(result[0].kind, values[i].kind);
    switch (result[0].kind) {
      case WASM_S8: CHECK_EQ(result[0].of.s8, -128); break;
      case WASM_U8: CHECK_EQ(result[0].of.u8, 255); break;
      case WASM_S16: CHECK_EQ(result[0].of.s16, -32768); break;
      case WASM_U16: CHECK_EQ(result[0].of.u16, 65535); break;
      case WASM_S32: CHECK_EQ(result[0].of.s32, INT32_MIN); break;
      case WASM_U32: CHECK_EQ(result[0].of.u32, UINT32_MAX); break;
      case WASM_S64: CHECK_EQ(result[0].of.s64, INT64_MIN); break;
      case WASM_U64: CHECK(result[0].of.u64 == UINT64_MAX); break;
    }
  }
}

/* What cannot be called so is answered with a trap that names the place, and
 * the results are left alone. */
static void wrong_calls(void) {
  static const wasm_valkind_t wrong[] = {WASM_I64, WASM_F32, WASM_S32, WASM_U32, WASM_STRING, 77, 255};
  wasm_func_t* add = guest_func(&g, 1);
  for (size_t i = 0; i < sizeof wrong; i++) {
    wasm_val_t arg[] = {WASM_I32_VAL(1), WASM_I32_VAL(2)}, result[] = {WASM_I64_VAL(99)};
    memset(&arg[1].of, 0, sizeof arg[1].of);
    arg[1].kind = wrong[i];
    wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
    wasm_trap_t* trap = wasm_func_call(add, &args, &results);
    CHECK(trap != NULL);
    witrt_error_t* error = witrt_trap_error(trap);
    size_t at = 99;
    if (!CHECK(witrt_error_argument(error, &at) && at == 1))
      fprintf(stderr, "  kind %d: %s\n", wrong[i], witrt_error_message(error));
    witrt_error_delete(error);
    wasm_trap_delete(trap);
    CHECK(result[0].kind == WASM_I64 && result[0].of.i64 == 99);
  }
  for (size_t count = 0; count <= 3; count++) {
    wasm_val_t arg[] = {WASM_I32_VAL(1), WASM_I32_VAL(2), WASM_I32_VAL(3)}, result[] = {WASM_INIT_VAL};
    wasm_val_vec_t args = {count, arg}, results = WASM_ARRAY_VEC(result);
    wasm_trap_t* trap = wasm_func_call(add, &args, &results);
    CHECK_EQ(trap != NULL, count != 2);
    if (trap) wasm_trap_delete(trap);
    CHECK_EQ(result[0].kind, count == 2 ? WASM_I32 : WASM_EXTERNREF);
  }
  wasm_trap_t* trap = wasm_func_call(add, NULL, NULL);
  CHECK(trap != NULL);
  wasm_trap_delete(trap);
}

/* There is room for all results or for none; what is beyond is left alone. */
static void result_room(void) {
  wasm_val_t arg[] = {WASM_I32_VAL(20), WASM_I32_VAL(22)};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg);
  CHECK(wasm_func_call(guest_func(&g, 1), &args, NULL) == NULL);
  wasm_val_t result[] = {WASM_INIT_VAL, WASM_I64_VAL(5)};
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  CHECK(wasm_func_call(guest_func(&g, 1), &args, &results) == NULL);
  CHECK_EQ(result[0].of.i32, 42);
  CHECK(result[1].kind == WASM_I64 && result[1].of.i64 == 5);

  /* Room for some of them is refused before the guest runs. */
  guest_t own;
  guest_open(&own,
    "(module (memory (export \"ran\") 1)"
    "  (func (export \"two\") (param i32) (result i32 externref)"
    "    (i32.store8 (i32.const 0) (i32.add (i32.load8_u (i32.const 0)) (i32.const 1)))"
    "    (local.get 0) (ref.null extern))"
    "  (func (export \"three\") (result i32 i64 f32)"
    "    (i32.store8 (i32.const 0) (i32.add (i32.load8_u (i32.const 0)) (i32.const 1)))"
    "    (i32.const 1) (i64.const 2) (f32.const 3)))");
  char* ran = wasm_memory_data(wasm_extern_as_memory(own.exports.data[0]));
  args.size = 1;
  for (size_t arity = 2; arity <= 3; arity++) {
    const wasm_func_t* func = guest_func(&own, arity - 1);
    const wasm_val_vec_t* given = arity == 2 ? &args : NULL;
    for (size_t room = 0; room <= 4; room++) {
      wasm_val_t out[4];
      for (int i = 0; i < 4; i++) out[i] = (wasm_val_t)WASM_I64_VAL(99);
      results = (wasm_val_vec_t){room, room ? out : NULL};
      int before = *ran;
      witrt_error_t* error = NULL;
      bool done = witrt_func_call(func, given, &results, &error);
      CHECK_EQ(done, room == 0 || room >= arity);
      CHECK_EQ(*ran - before, done);
      CHECK_EQ(witrt_error_kind(error), done ? WITRT_ERROR_NONE : WITRT_ERROR_WRONG_COUNT);
      char want[64];
      snprintf(want, sizeof want, "room for %zu results needed, found %zu", arity, room);
      if (!done) CHECK(strstr(witrt_error_message(error), want));
      witrt_error_delete(error);
      for (size_t i = 0; i < 4; i++)
        CHECK((out[i].kind == WASM_I64 && out[i].of.i64 == 99) == !(done && room && i < arity));
      wasm_trap_t* trap = wasm_func_call(func, given, &results);
      CHECK_EQ(trap == NULL, done);
      if (trap) CHECK(has(message_of(trap), want));
    }
  }
  /* Nor need the memory be initialised, or there be any where none is needed. */
  results = (wasm_val_vec_t){3, NULL};
  CHECK_EQ(witrt_func_call(guest_func(&own, 2), NULL, &results, NULL), false);
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_NULL_POINTER);
  wasm_val_t* raw = malloc(3 * sizeof *raw);
  results.data = raw;
  CHECK(witrt_func_call(guest_func(&own, 2), NULL, &results, NULL));
  CHECK(raw[0].of.i32 == 1 && raw[1].of.i64 == 2 && raw[2].of.f32 == 3);
  free(raw);
  guest_close(&own);
}

static void handles(void) {
  wasm_func_t* add = guest_func(&g, 1);
  wasm_func_t* copy = wasm_func_copy(add);
  CHECK(wasm_func_same(copy, add));
  CHECK(!wasm_func_same(copy, guest_func(&g, 0)));
  wasm_val_t arg[] = {WASM_I32_VAL(-1), WASM_I32_VAL(1)}, result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  for (int i = 0; i < 10000; i++) {
    arg[1].of.i32 = i;
    CHECK(wasm_func_call(copy, &args, &results) == NULL);
    if (result[0].of.i32 != i - 1) CHECK(!"sum");
  }
  wasm_func_delete(copy);
}

int main(void) {
  guest_open(&g,
    "(module"
    "  (func (export \"turn\") (param i32 i64 f32 f64) (result f64 f32 i64 i32)"
    "    local.get 3 local.get 2 local.get 1 local.get 0)"
    "  (func (export \"add\") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)"
    "  (@interface func (export \"turn\") (param i32) (param i64) (param f32) (param f64)"
    "    (result f64) (result f32) (result i64) (result i32)"
    "    arg.get 0 arg.get 1 arg.get 2 arg.get 3 call-core 0)"
    "  (@interface func (export \"add\") (param i32) (param i32) (result i32)"
    "    arg.get 0 arg.get 1 call-core 1)"
    "  (@interface func (export \"s8\") (param s8) (result s8) arg.get 0 s8-to-i32 i32-to-s8x)"
    "  (@interface func (export \"u8\") (param u8) (result u8) arg.get 0 u8-to-i64 i64-to-u8)"
    "  (@interface func (export \"s16\") (param s16) (result s16) arg.get 0 s16-to-i64 i64-to-s16x)"
    "  (@interface func (export \"u16\") (param u16) (result u16) arg.get 0 u16-to-i32 i32-to-u16)"
    "  (@interface func (export \"s32\") (param s32) (result s32) arg.get 0 s32-to-i64 i64-to-s32x)"
    "  (@interface func (export \"u32\") (param u32) (result u32) arg.get 0 u32-to-i32 i32-to-u32)"
    "  (@interface func (export \"s64\") (param s64) (result s64) arg.get 0 s64-to-i64 i64-to-s64)"
    "  (@interface func (export \"u64\") (param u64) (result u64) arg.get 0 u64-to-i64 i64-to-u64))");
  types();
  core_values();
  interface_values();
  wrong_calls();
  result_room();
  handles();
  guest_close(&g);
  return check_result();
}
