/* Host functions: values both ways, environments and finalizers, re-entry. */

#include "guest.h"

typedef struct {
  guest_t g;
  int calls, finalized;
} host_t;

static void finalize(void* env) { ((host_t*)env)->finalized++; }

static wasm_func_t* host_func(host_t* h, wasm_functype_t* type, wasm_func_callback_with_env_t callback) {
  wasm_func_t* func = wasm_func_new_with_env(h->g.store, type, callback, h, finalize);
  wasm_functype_delete(type);
  REQUIRE(func);
  return func;
}

static int plain_calls;
static wasm_trap_t* plain(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  plain_calls++;
  CHECK(args->size == 1 && args->data[0].kind == WASM_I32);
  CHECK(results->size == 2);
  results->data[0] = (wasm_val_t)WASM_I64_VAL(args->data[0].of.i32 * 2LL);
  results->data[1] = (wasm_val_t)WASM_F64_VAL(args->data[0].of.i32 / 2.0);
  return NULL;
}

static void values(void) {
  guest_t g;
  guest_start(&g);
  wasm_functype_t* type = wasm_functype_new_1_2(
    wasm_valtype_new_i32(), wasm_valtype_new_i64(), wasm_valtype_new_f64());
  wasm_func_t* func = wasm_func_new(g.store, type, plain);
  wasm_functype_delete(type);
  wasm_extern_t* import[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  guest_load(&g,
    "(module (import \"a\" \"b\" (func (param i32) (result i64 f64)))"
    "  (func (export \"f\") (param i32) (result i64 f64) local.get 0 call 0))", &imports);
  wasm_val_t arg[] = {WASM_I32_VAL(21)}, result[] = {WASM_INIT_VAL, WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  CHECK(wasm_func_call(guest_func(&g, 0), &args, &results) == NULL);
  CHECK(result[0].of.i64 == 42 && result[1].of.f64 == 10.5);
  CHECK(wasm_func_call(func, &args, &results) == NULL);
  CHECK_EQ(result[0].of.i64, 42);
  CHECK_EQ(plain_calls, 2);
  wasm_func_delete(func);
  guest_close(&g);
}

/* What a callback has put into its results is given up, whether or not it traps. */
typedef struct {
  wasm_store_t* store;
  wasm_string_t* text;
  int finalized;
} filling_t;

static void filled_end(void* env) { ((filling_t*)env)->finalized++; }

static wasm_trap_t* fill(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  filling_t* f = env;
  (void)args;
  wasm_foreign_t* foreign = wasm_foreign_new(f->store);
  wasm_foreign_set_host_info_with_finalizer(foreign, f, filled_end);
  f->text = wasm_string_new(WASM_UTF8, "text", 4);
  results->data[0].of.string = f->text;
  results->data[1].of.ref = wasm_foreign_as_ref(foreign);
  wasm_message_t message;
  wasm_name_new_from_string_nt(&message, "after all");
  wasm_trap_t* trap = wasm_trap_new(f->store, &message);
  wasm_name_delete(&message);
  return trap;
}

static void filled_results(void) {
  guest_t g;
  guest_start(&g);
  filling_t f = {g.store, NULL, 0};
  wasm_functype_t* type = wasm_functype_new_0_2(wasm_valtype_new(WASM_STRING), wasm_valtype_new(WASM_EXTERNREF));
  wasm_func_t* func = wasm_func_new_with_env(g.store, type, fill, &f, NULL);
  wasm_functype_delete(type);
  wasm_trap_t* trap = wasm_func_call(func, NULL, NULL);
  CHECK(trap);
  wasm_trap_delete(trap);
  CHECK(!wasm_string_is_valid(f.text));
  CHECK_EQ(f.finalized, 1);
  wasm_func_delete(func);
  guest_close(&g);
}

/* Counts down by calling the guest, which calls the host. */
static wasm_trap_t* again(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  host_t* h = env;
  h->calls++;
  int32_t left = args->data[0].of.i32;
  if (left > 0) {
    wasm_val_t arg[] = {WASM_I32_VAL(left - 1)}, result[] = {WASM_INIT_VAL};
    wasm_val_vec_t inner_args = WASM_ARRAY_VEC(arg), inner = WASM_ARRAY_VEC(result);
    wasm_trap_t* trap = wasm_func_call(guest_func(&h->g, 0), &inner_args, &inner);
    if (trap) return trap;
    left = result[0].of.i32 + 1;
  }
  results->data[0] = (wasm_val_t)WASM_I32_VAL(left);
  return NULL;
}

static void reentry(void) {
  host_t h = {.calls = 0};
  guest_start(&h.g);
  wasm_func_t* func = host_func(&h,
    wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32()), again);
  wasm_extern_t* import[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  guest_load(&h.g,
    "(module (import \"\" \"again\" (func (param i32) (result i32)))"
    "  (func (export \"f\") (param i32) (result i32) local.get 0 call 0))", &imports);
  /* With a sanitizer's frames too, the default stack has room for so many. */
  wasm_val_t arg[] = {WASM_I32_VAL(30)}, result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  CHECK(wasm_func_call(guest_func(&h.g, 0), &args, &results) == NULL);
  CHECK_EQ(result[0].of.i32, 30);
  CHECK_EQ(h.calls, 31);

  /* Without end, the stack ends it, and the store goes on. */
  arg[0].of.i32 = INT32_MAX;
  wasm_trap_t* trap = wasm_func_call(guest_func(&h.g, 0), &args, &results);
  CHECK(has(message_of(trap), "stack"));
  arg[0].of.i32 = 3;
  CHECK(wasm_func_call(guest_func(&h.g, 0), &args, &results) == NULL);
  CHECK_EQ(result[0].of.i32, 3);

  /* The function lives as long as its store, whatever handles are left. */
  wasm_func_delete(func);
  CHECK_EQ(h.finalized, 0);
  guest_close(&h.g);
  CHECK_EQ(h.finalized, 1);
}

static wasm_valkind_t answer_kind;
static wasm_trap_t* wrong(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args;
  ((host_t*)env)->calls++;
  memset(&results->data[0], 0, sizeof results->data[0]);
  results->data[0].kind = answer_kind;
  return NULL;
}

/* A host function that answers with another kind than it said traps. */
static void wrong_results(void) {
  static const wasm_valkind_t kinds[] = {WASM_I64, WASM_F32, WASM_S32, WASM_STRING, 60, 200};
  host_t h = {.calls = 0};
  guest_start(&h.g);
  wasm_func_t* func = host_func(&h, wasm_functype_new_0_1(wasm_valtype_new_i32()), wrong);
  for (size_t i = 0; i < sizeof kinds; i++) {
    answer_kind = kinds[i];
    wasm_val_t result[] = {WASM_F64_VAL(2.5)};
    wasm_val_vec_t results = WASM_ARRAY_VEC(result);
    wasm_trap_t* trap = wasm_func_call(func, NULL, &results);
    CHECK(trap != NULL);
    wasm_trap_delete(trap);
    CHECK(result[0].kind == WASM_F64 && result[0].of.f64 == 2.5);
  }
  answer_kind = WASM_I32;
  CHECK(wasm_func_call(func, NULL, NULL) == NULL);
  CHECK_EQ(h.calls, 7);
  wasm_func_delete(func);
  guest_close(&h.g);
  CHECK_EQ(h.finalized, 1);
}

/* Strings and sized integers, as the import of a module with an interface. */
static wasm_trap_t* shout(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)env;
  char text[64];
  size_t written = 0;
  CHECK_EQ(args->data[0].kind, WASM_STRING);
  CHECK_EQ(args->data[1].kind, WASM_U8);
  CHECK_EQ(args->data[1].of.u8, 200);
  CHECK(wasm_string_read(args->data[0].of.string, WASM_UTF8, text, sizeof text - 1, &written));
  text[written++] = '!';
  wasm_string_t* answer = wasm_string_new(WASM_UTF8, text, written);
  results->data[0] = (wasm_val_t)WASM_STRING_VAL(answer);
  return NULL;
}

static void strings(void) {
  host_t h = {.calls = 0};
  guest_start(&h.g);
  wasm_func_t* func = host_func(&h,
    wasm_functype_new_2_1(wasm_valtype_new(WASM_STRING), wasm_valtype_new(WASM_U8),
                          wasm_valtype_new(WASM_STRING)), shout);
  wasm_extern_t* import[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  guest_load(&h.g,
    "(module"
    "  (@interface import \"host\" \"shout\" (func $shout (param string) (param u8) (result string)))"
    "  (@interface func (export \"f\") (param string) (param u8) (result string)"
    "    arg.get 0 arg.get 1 call-adapter $shout))", &imports);
  wasm_string_t text = WASM_STRING_UTF8("höh", 4);
  wasm_val_t arg[] = {WASM_STRING_VAL(&text), WASM_U8_VAL(200)}, result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  wasm_trap_t* trap = wasm_func_call(guest_func(&h.g, 0), &args, &results);
  if (!CHECK(trap == NULL)) fprintf(stderr, "  %s\n", message_of(trap));
  REQUIRE(result[0].kind == WASM_STRING);
  char out[16];
  size_t written = 0;
  CHECK(wasm_string_read(result[0].of.string, WASM_UTF8, out, sizeof out, &written));
  CHECK(written == 5 && memcmp(out, "höh!", 5) == 0);
  wasm_val_delete(&result[0]);
  wasm_func_delete(func);
  guest_close(&h.g);
}

int main(void) {
  values();
  filled_results();
  reentry();
  wrong_results();
  strings();
  return check_result();
}
