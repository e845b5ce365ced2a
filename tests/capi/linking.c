/* Instantiation: imports by position, what does not fit, start functions. */

#include "guest.h"

static int32_t seen;
static wasm_trap_t* note(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)results;
  seen = args->data[0].of.i32;
  return NULL;
}

static wasm_func_t* noter(wasm_store_t* store) {
  wasm_functype_t* type = wasm_functype_new_1_0(wasm_valtype_new_i32());
  wasm_func_t* func = wasm_func_new(store, type, note);
  wasm_functype_delete(type);
  return func;
}

static void chained(void) {
  guest_t a, b;
  guest_open(&a,
    "(module (memory (export \"m\") 1) (global (export \"g\") i32 (i32.const 30))"
    "  (func (export \"f\") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))"
    "  (table (export \"t\") 1 funcref))");
  memset(&b, 0, sizeof b);
  b.store = a.store;
  wasm_extern_t** e = a.exports.data;
  wasm_extern_t* import[] = {e[2], e[1], e[0], e[3]};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  guest_load(&b,
    "(module (import \"a\" \"f\" (func (param i32) (result i32))) (import \"a\" \"g\" (global i32))"
    "  (import \"a\" \"m\" (memory 1)) (import \"a\" \"t\" (table 1 funcref))"
    "  (func (export \"f\") (result i32)"
    "    (i32.store (i32.const 8) (i32.const 11))"
    "    (i32.add (call 0 (global.get 0)) (i32.load (i32.const 8)))))", &imports);
  wasm_val_t result[] = {WASM_INIT_VAL};
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  CHECK(wasm_func_call(guest_func(&b, 0), NULL, &results) == NULL);
  CHECK_EQ(result[0].of.i32, 42);
  CHECK_EQ(wasm_memory_data(wasm_extern_as_memory(e[0]))[8], 11);
  b.store = NULL;
  guest_close(&b);
  guest_close(&a);
}

static void misfits(void) {
  guest_t g;
  guest_start(&g);
  g.module = module_of(g.store,
    "(module (import \"\" \"f\" (func (param i32))) (import \"\" \"g\" (global i32)))");
  wasm_func_t* func = noter(g.store);
  wasm_globaltype_t* type = wasm_globaltype_new(wasm_valtype_new_i32(), WASM_CONST);
  wasm_val_t one = WASM_I32_VAL(1);
  wasm_global_t* global = wasm_global_new(g.store, type, &one);
  wasm_globaltype_delete(type);
  wasm_extern_t *f = wasm_func_as_extern(func), *v = wasm_global_as_extern(global);

  wasm_extern_t* cases[][3] = {{f, v}, {v, f}, {f, NULL}, {NULL, v}, {f, f}};
  for (size_t i = 0; i < 5; i++) {
    wasm_extern_vec_t imports = {2, cases[i]};
    wasm_trap_t* trap = (wasm_trap_t*)&g;
    wasm_instance_t* instance = wasm_instance_new(g.store, g.module, &imports, &trap);
    CHECK_EQ(instance != NULL, i == 0);
    CHECK_EQ(trap == NULL, i == 0); /* set either way */
    wasm_trap_delete(trap);
    wasm_instance_delete(instance);
    instance = wasm_instance_new(g.store, g.module, &imports, NULL);
    CHECK_EQ(instance != NULL, i == 0);
    wasm_instance_delete(instance);
  }
  /* Too few, none, no vector, too many. */
  for (size_t size = 0; size < 4; size++) {
    wasm_extern_t* import[] = {f, v, f};
    wasm_extern_vec_t imports = {size, import};
    wasm_trap_t* trap = NULL;
    wasm_instance_t* instance = wasm_instance_new(g.store, g.module, size ? &imports : NULL, &trap);
    if (size < 2) {
      CHECK(instance == NULL && trap != NULL);
    } else if (size == 2) {
      CHECK(instance != NULL && trap == NULL);
    } else {
      CHECK((instance == NULL) == (trap != NULL));
    }
    wasm_trap_delete(trap);
    wasm_instance_delete(instance);
  }

  /* What belongs to another store stays there. */
  wasm_store_t* other = wasm_store_new(g.engine);
  wasm_func_t* strange = noter(other);
  wasm_extern_t* import[] = {wasm_func_as_extern(strange), v};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  wasm_trap_t* trap = NULL;
  CHECK(wasm_instance_new(g.store, g.module, &imports, &trap) == NULL);
  CHECK(has(message_of(trap), "store"));
  wasm_module_t* strange_module = module_of(other, "(module)");
  trap = NULL;
  wasm_instance_t* instance = wasm_instance_new(g.store, strange_module, NULL, &trap);
  CHECK((instance == NULL) == (trap != NULL));
  wasm_trap_delete(trap);
  wasm_instance_delete(instance);
  wasm_module_delete(strange_module);
  wasm_func_delete(strange);
  wasm_store_delete(other);

  wasm_func_delete(func);
  wasm_global_delete(global);
  guest_close(&g);
}

static void start_functions(void) {
  guest_t g;
  guest_start(&g);
  wasm_func_t* func = noter(g.store);
  wasm_extern_t* import[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  guest_load(&g,
    "(module (import \"\" \"f\" (func (param i32))) (func $go (call 0 (i32.const 77))) (start $go))", &imports);
  CHECK_EQ(seen, 77);

  wasm_module_t* module = module_of(g.store, "(module (func $go unreachable) (start $go))");
  wasm_trap_t* trap = NULL;
  CHECK(wasm_instance_new(g.store, module, NULL, &trap) == NULL);
  REQUIRE(trap);
  wasm_frame_t* frame = wasm_trap_origin(trap);
  REQUIRE(frame);
  CHECK_EQ(wasm_frame_func_index(frame), 0);
  wasm_frame_delete(frame);
  CHECK(has(message_of(trap), "unreachable"));
  wasm_module_delete(module);
  wasm_func_delete(func);
  guest_close(&g);
}

/* By name: whole instances, single things, and all that is missing told. */
static void by_name(void) {
  guest_t g;
  guest_open(&g, "(module (func (export \"one\") (result i32) i32.const 1) (global (export \"two\") i32 (i32.const 2)))");
  wasm_module_t* module = module_of(g.store,
    "(module (import \"a\" \"two\" (global $two i32)) (import \"b\" \"\" (func $note (param i32)))"
    "  (import \"a\" \"one\" (func $one (result i32)))"
    "  (func (export \"three\") (result i32) (call $note (i32.const 5)) (i32.add (call $one) (global.get $two))))");
  REQUIRE(module);
  witrt_linker_t* linker = witrt_linker_new();
  witrt_error_t* error = NULL;
  CHECK(witrt_linker_instantiate(linker, g.store, module, &error) == NULL);
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_MISSING_IMPORT);
  CHECK(has(witrt_error_message(error), "two") && has(witrt_error_message(error), "one"));
  witrt_error_delete(error);

  CHECK(witrt_linker_define_instance(linker, "a", 1, g.instance));
  wasm_func_t* func = noter(g.store);
  CHECK(witrt_linker_define(linker, "b", 1, NULL, 0, wasm_func_as_extern(func)));
  CHECK(!witrt_linker_define(linker, "\xff", 1, "", 0, wasm_func_as_extern(func)));
  error = (witrt_error_t*)&g;
  wasm_instance_t* instance = witrt_linker_instantiate(linker, g.store, module, &error);
  CHECK(error == NULL);
  REQUIRE(instance);
  CHECK(witrt_instance_export(instance, "four", 4) == NULL);
  wasm_extern_t* three = witrt_instance_export(instance, "three", 5);
  REQUIRE(three);
  wasm_val_t result[] = {WASM_INIT_VAL};
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  seen = 0;
  CHECK(wasm_func_call(wasm_extern_as_func(three), NULL, &results) == NULL);
  CHECK(result[0].of.i32 == 3 && seen == 5);
  wasm_extern_t* one = witrt_instance_export(g.instance, "one", 3);
  CHECK(wasm_extern_same(one, g.exports.data[0]));

  /* Things of two stores do not go together. */
  wasm_store_t* other = wasm_store_new(g.engine);
  wasm_func_t* strange = noter(other);
  CHECK(!witrt_linker_define(linker, "c", 1, "d", 1, wasm_func_as_extern(strange)));
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_WRONG_STORE);
  wasm_func_delete(strange);
  wasm_store_delete(other);

  wasm_extern_delete(one);
  wasm_extern_delete(three);
  wasm_instance_delete(instance);
  witrt_linker_delete(linker);
  witrt_linker_delete(NULL);
  wasm_func_delete(func);
  wasm_module_delete(module);
  guest_close(&g);
}

static wasm_instance_t* linked(guest_t* g, witrt_linker_t* linker, const char* file) {
  char path[1000];
  snprintf(path, sizeof path, MODULES "/linked/%s", file);
  wasm_module_t* module = witrt_module_new_from_file(g->engine, path, NULL);
  REQUIRE(module);
  wasm_instance_t* instance = witrt_linker_instantiate(linker, g->store, module, NULL);
  wasm_module_delete(module);
  return instance;
}

/* All that an instance of a component exports as one interface. */
static void instance_as(void) {
  guest_t g;
  guest_open(&g, "(module (func (export \"one\") (result i32) i32.const 1))");
  witrt_linker_t* linker = witrt_linker_new();
  wasm_instance_t* giver = linked(&g, linker, "giver.wat");
  REQUIRE(giver);
  CHECK(witrt_linker_define_instance(linker, "giver", 5, giver));
  CHECK(linked(&g, linker, "user.wat") == NULL);
  CHECK(!witrt_linker_define_instance_as(linker, "\xff", 1, giver));
  CHECK(witrt_linker_define_instance_as(linker, "giver", 5, giver));
  wasm_instance_t* user = linked(&g, linker, "user.wat");
  REQUIRE(user);
  wasm_extern_t* sum = witrt_instance_export(user, "sum", 3);
  wasm_val_t result[] = {WASM_INIT_VAL};
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  CHECK(wasm_func_call(wasm_extern_as_func(sum), NULL, &results) == NULL);
  CHECK_EQ(result[0].of.u32, 44);
  /* Of a core module it is as without. */
  CHECK(witrt_linker_define_instance_as(linker, "core", 4, g.instance));
  wasm_extern_t* one = witrt_linker_get(linker, "core", 4, "one", 3);
  CHECK(one && wasm_extern_same(one, g.exports.data[0]));
  guest_t other;
  guest_open(&other, "(module)");
  CHECK(!witrt_linker_define_instance_as(linker, "other", 5, other.instance));
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_WRONG_STORE);
  guest_close(&other);
  wasm_extern_delete(one);
  wasm_extern_delete(sum);
  wasm_instance_delete(user);
  wasm_instance_delete(giver);
  witrt_linker_delete(linker);
  guest_close(&g);
}

/* A function in one call, with something of the host's, that is given back once. */
static int ended;
static void end(void* env) { ended += *(int*)env; }
static wasm_trap_t* add_env(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  results->data[0] = (wasm_val_t)WASM_I32_VAL(args->data[0].of.i32 + *(int*)env);
  return NULL;
}

static void functions_by_name(void) {
  guest_t g;
  guest_start(&g);
  static int seven = 7;
  witrt_linker_t* linker = witrt_linker_new();
  wasm_functype_t* type = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  witrt_error_t* error;
  ended = 0;
  /* Who fails takes nothing. */
  CHECK(!witrt_linker_define_func(linker, NULL, "m", 1, "f", 1, type, add_env, &seven, end, &error));
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_NULL_POINTER);
  witrt_error_delete(error);
  CHECK(!witrt_linker_define_func(linker, g.store, "m", 1, "f", 1, NULL, add_env, &seven, end, NULL));
  CHECK(!witrt_linker_define_func(linker, g.store, "m", 1, "f", 1, type, NULL, &seven, end, NULL));
  CHECK(!witrt_linker_define_func(linker, g.store, "\xff", 1, "f", 1, type, add_env, &seven, end, NULL));
  CHECK(witrt_linker_get(linker, "m", 1, "f", 1) == NULL);
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_OUT_OF_RANGE);
  CHECK(witrt_linker_define_func(linker, g.store, "m", 1, "f", 1, type, add_env, &seven, end, &error));
  CHECK(error == NULL);
  wasm_functype_delete(type);

  wasm_extern_t* found = witrt_linker_get(linker, "m", 1, "f", 1);
  REQUIRE(found && wasm_extern_as_func(found));
  wasm_val_t arg[] = {WASM_I32_VAL(35)}, result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  CHECK(wasm_func_call(wasm_extern_as_func(found), &args, &results) == NULL);
  CHECK_EQ(result[0].of.i32, 42);
  /* It is the same one each time, and may outlive the linker. */
  wasm_extern_t* again = witrt_linker_get(linker, "m", 1, "f", 1);
  CHECK(again && wasm_extern_same(found, again));
  wasm_extern_delete(again);
  CHECK(witrt_linker_get(linker, "m", 1, "g", 1) == NULL);
  CHECK(witrt_linker_get(linker, NULL, 1, "g", 1) == NULL);

  /* Another store's functions do not go in, and stay the caller's. */
  wasm_store_t* other = wasm_store_new(g.engine);
  type = wasm_functype_new_0_0();
  CHECK(!witrt_linker_define_func(linker, other, "m", 1, "h", 1, type, add_env, &seven, end, &error));
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_WRONG_STORE);
  witrt_error_delete(error);
  wasm_functype_delete(type);
  wasm_store_delete(other);

  witrt_linker_delete(linker);
  CHECK_EQ(ended, 0);
  wasm_extern_delete(found);
  guest_close(&g);
  CHECK_EQ(ended, 7);
}

/* A module of which a part is used does without the rest. */
static void unknown_imports(void) {
  guest_t g;
  guest_start(&g);
  wasm_module_t* module = module_of(g.store,
    "(module (import \"env\" \"known\" (func $k (param i32)))"
    "  (import \"env\" \"unknown\" (func $u (param i64) (result f32)))"
    "  (func (export \"good\") (call $k (i32.const 9)))"
    "  (func (export \"bad\") (drop (call $u (i64.const 1)))))");
  witrt_linker_t* linker = witrt_linker_new();
  wasm_func_t* func = noter(g.store);
  CHECK(witrt_linker_define(linker, "env", 3, "known", 5, wasm_func_as_extern(func)));
  witrt_error_t* error;
  CHECK(!witrt_linker_instantiate(linker, g.store, module, &error));
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_MISSING_IMPORT);
  witrt_error_delete(error);
  CHECK(!witrt_linker_define_unknown_as_traps(linker, NULL, module, NULL));
  CHECK(!witrt_linker_define_unknown_as_traps(linker, g.store, NULL, NULL));
  CHECK(witrt_linker_define_unknown_as_traps(linker, g.store, module, &error) && !error);
  wasm_instance_t* instance = witrt_linker_instantiate(linker, g.store, module, &error);
  REQUIRE(instance);
  wasm_extern_t *good = witrt_instance_export(instance, "good", 4),
                *bad = witrt_instance_export(instance, "bad", 3);
  seen = 0;
  CHECK(wasm_func_call(wasm_extern_as_func(good), NULL, NULL) == NULL);
  CHECK_EQ(seen, 9); /* what was known stayed */
  CHECK(!witrt_func_call(wasm_extern_as_func(bad), NULL, NULL, &error));
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_TRAP);
  CHECK(has(witrt_error_message(error), "\"env\" \"unknown\" is not defined"));
  witrt_error_delete(error);
  CHECK(wasm_func_call(wasm_extern_as_func(good), NULL, NULL) == NULL);

  /* What is no function cannot be answered so. */
  wasm_module_t* needs = module_of(g.store, "(module (import \"env\" \"m\" (memory 1)))");
  CHECK(witrt_linker_define_unknown_as_traps(linker, g.store, needs, NULL));
  CHECK(!witrt_linker_instantiate(linker, g.store, needs, &error));
  CHECK(has(witrt_error_message(error), "memory 1"));
  witrt_error_delete(error);
  wasm_module_delete(needs);
  wasm_extern_delete(good);
  wasm_extern_delete(bad);
  wasm_instance_delete(instance);
  witrt_linker_delete(linker);
  wasm_func_delete(func);
  wasm_module_delete(module);
  guest_close(&g);
}

int main(void) {
  by_name();
  instance_as();
  functions_by_name();
  unknown_imports();
  chained();
  misfits();
  start_functions();
  return check_result();
}
