/* Traps and frames: messages, identity, where it happened. */

#include "guest.h"

static wasm_trap_t* sent; /* borrowed: what the callback returned last */

static wasm_trap_t* thrower(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  wasm_message_t message;
  wasm_name_new_from_string_nt(&message, "from the host: ünï");
  wasm_trap_t* trap = wasm_trap_new(env, &message);
  wasm_byte_vec_delete(&message);
  sent = wasm_trap_copy(trap);
  return trap;
}

static void messages(wasm_store_t* store) {
  wasm_message_t message;
  wasm_name_new_from_string_nt(&message, "told");
  wasm_trap_t* trap = wasm_trap_new(store, &message);
  wasm_byte_vec_delete(&message);
  REQUIRE(trap);
  wasm_frame_vec_t trace;
  wasm_trap_trace(trap, &trace);
  CHECK_EQ(trace.size, 0);
  wasm_frame_vec_delete(&trace);
  CHECK(wasm_trap_origin(trap) == NULL);
  wasm_trap_t* copy = wasm_trap_copy(trap);
  CHECK(wasm_trap_same(copy, trap));
  CHECK(strcmp(message_of(trap), "told") == 0);
  CHECK(strcmp(message_of(copy), "told") == 0);

  /* Without its NUL, and empty: tolerated. */
  wasm_name_new_from_string(&message, "bare");
  trap = wasm_trap_new(store, &message);
  wasm_byte_vec_delete(&message);
  CHECK(strcmp(message_of(trap), "bare") == 0);
  wasm_name_new_empty(&message);
  trap = wasm_trap_new(store, &message);
  CHECK(strcmp(message_of(trap), "") == 0);
}

static void frames(void) {
  guest_t g;
  guest_open(&g,
    "(module"
    "  (func $nop)"
    "  (func $inner (param i32) (result i32) local.get 0 i32.const 0 i32.div_u)"
    "  (func $outer (export \"outer\") (result i32) i32.const 1 call $inner))");
  wasm_val_t result[1] = {WASM_INIT_VAL};
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  wasm_trap_t* trap = wasm_func_call(guest_func(&g, 0), NULL, &results);
  REQUIRE(trap);
  CHECK(result[0].kind == WASM_EXTERNREF && result[0].of.ref == NULL);

  wasm_frame_vec_t trace;
  wasm_trap_trace(trap, &trace);
  REQUIRE(trace.size == 2);
  wasm_frame_t* origin = wasm_trap_origin(trap);
  REQUIRE(origin);
  CHECK(has(message_of(trap), "divide by zero"));

  /* Frames outlive their trap; the innermost comes first. */
  CHECK_EQ(wasm_frame_func_index(origin), 1);
  CHECK_EQ(wasm_frame_func_index(trace.data[0]), 1);
  CHECK_EQ(wasm_frame_func_index(trace.data[1]), 2);
  CHECK_EQ(wasm_frame_func_offset(origin), wasm_frame_func_offset(trace.data[0]));
  CHECK(wasm_frame_func_offset(origin) > 0);
  CHECK(wasm_frame_module_offset(origin) > wasm_frame_func_offset(origin));
  CHECK(wasm_frame_module_offset(trace.data[1]) > wasm_frame_module_offset(origin));
  const wasm_name_t* name = witrt_frame_func_name(origin);
  CHECK(name && name->size == 5 && memcmp(name->data, "inner", 5) == 0);
  wasm_frame_t* copy = wasm_frame_copy(trace.data[1]);
  CHECK(wasm_instance_same(wasm_frame_instance(copy), g.instance));
  wasm_frame_vec_delete(&trace);
  wasm_frame_delete(origin);
  CHECK_EQ(wasm_frame_func_index(copy), 2);
  wasm_frame_delete(copy);
  guest_close(&g);
}

static void through_the_guest(void) {
  guest_t g;
  guest_start(&g);
  wasm_functype_t* type = wasm_functype_new_0_1(wasm_valtype_new_i32());
  wasm_func_t* func = wasm_func_new_with_env(g.store, type, thrower, g.store, NULL);
  wasm_functype_delete(type);
  wasm_extern_t* import[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  guest_load(&g,
    "(module (import \"\" \"throw\" (func $throw (result i32)))"
    "  (func (export \"call\") (result i32) call $throw))", &imports);

  /* The very trap that the host returned, whether or not there is room for
   * the result that never came. */
  for (size_t room = 0; room < 2; room++) {
    wasm_val_t result[1] = {WASM_INIT_VAL};
    wasm_val_vec_t results = {room, result};
    wasm_trap_t* trap = wasm_func_call(guest_func(&g, 0), NULL, &results);
    REQUIRE(trap);
    CHECK(wasm_trap_same(trap, sent));
    wasm_frame_vec_t trace;
    wasm_trap_trace(trap, &trace);
    REQUIRE(trace.size == 1);
    CHECK_EQ(wasm_frame_func_index(trace.data[0]), 1);
    wasm_frame_vec_delete(&trace);
    CHECK(strcmp(message_of(trap), "from the host: ünï") == 0);
    wasm_trap_delete(sent);
  }

  /* Without any guest between. */
  wasm_trap_t* direct = wasm_func_call(func, NULL, NULL);
  REQUIRE(direct);
  CHECK(wasm_trap_same(direct, sent));
  CHECK(wasm_trap_origin(direct) == NULL);
  wasm_trap_delete(direct);
  wasm_trap_delete(sent);
  wasm_func_delete(func);
  guest_close(&g);
}

/* Each trap of the machine says what happened. */
static void kinds(void) {
  static const struct { const char *code, *message; } cases[] = {
    {"unreachable", "unreachable"},
    {"(drop (i32.load (i32.const -4)))", "out of bounds memory access"},
    {"(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))", "integer overflow"},
    {"(drop (i32.rem_u (i32.const 1) (i32.const 0)))", "divide by zero"},
    {"(drop (i32.trunc_f32_s (f32.const nan)))", "conversion to integer"},
    {"(call_indirect (i32.const 9))", "table"},
    {"(call_indirect (i32.const 1))", "uninitialized element"},
    {"(call_indirect (param i32) (i32.const 7) (i32.const 0))", "indirect call type mismatch"},
    {"(call 0)", "call stack exhausted"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char wat[512];
    snprintf(wat, sizeof wat,
      "(module (memory 1) (table 2 funcref) (elem (i32.const 0) $f)"
      " (func $f (export \"f\") %s))", cases[i].code);
    guest_t g;
    guest_open(&g, wat);
    wasm_trap_t* trap = wasm_func_call(guest_func(&g, 0), NULL, NULL);
    const char* message = message_of(trap);
    if (!CHECK(has(message, cases[i].message))) fprintf(stderr, "  %s: %s\n", cases[i].code, message);
    guest_close(&g);
  }
}

int main(void) {
  guest_t g;
  guest_start(&g);
  messages(g.store);
  guest_close(&g);
  frames();
  through_the_guest();
  kinds();
  CHECK(strcmp(message_of(NULL), "(no trap)") == 0);
  return check_result();
}
