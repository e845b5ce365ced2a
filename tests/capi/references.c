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
  if (may_fault()) {
    arg[0].of.ref = NULL;
    trap = wasm_func_call(func, &args, &results);
    CHECK(trap != NULL);
    wasm_trap_delete(trap);
  }
  wasm_foreign_delete(foreign);
}

static wasm_ref_t* seen[2];
static wasm_trap_t* note(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  for (size_t i = 0; i < 2; i++) seen[i] = wasm_ref_copy(args->data[i].of.ref);
  wasm_val_copy(&results->data[0], &args->data[1]);
  return NULL;
}

static wasm_ref_t* result_of(wasm_func_t* func, const wasm_val_vec_t* args) {
  wasm_val_t result[] = {WASM_INIT_VAL};
  wasm_val_vec_t results = {wasm_func_result_arity(func), result}, none = WASM_EMPTY_VEC;
  wasm_trap_t* trap = wasm_func_call(func, args ? args : &none, &results);
  if (!CHECK(trap == NULL)) fprintf(stderr, "  %s\n", message_of(trap));
  return result[0].of.ref;
}

/* What a guest made is one object, wherever it comes from and whether or not the
 * program has let go of it in between, and keeps what is attached to it. */
static void objects_of_guests(void) {
  enum { E, T, INIT, GET, NOTE, JUNK };
  guest_t h;
  guest_start(&h);
  wasm_functype_t* type = wasm_functype_new_2_1(wasm_valtype_new_externref(), wasm_valtype_new_externref(),
                                                wasm_valtype_new_externref());
  wasm_func_t* host = wasm_func_new(h.store, type, note);
  wasm_functype_delete(type);
  wasm_extern_t* import[] = {wasm_func_as_extern(host)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  guest_load(&h,
    "(module"
    "  (import \"\" \"note\" (func $note (param externref externref) (result externref)))"
    "  (type $s (struct (field i32)))"
    "  (global $e (export \"e\") (mut externref) (ref.null extern))"
    "  (table (export \"t\") 4 externref)"
    "  (func (export \"init\")"
    "    (global.set $e (extern.convert_any (struct.new $s (i32.const 42))))"
    "    (table.set 0 (i32.const 0) (global.get $e))"
    "    (table.set 0 (i32.const 1) (extern.convert_any (struct.new $s (i32.const 42))))"
    "    (table.set 0 (i32.const 2) (extern.convert_any (ref.i31 (i32.const 7))))"
    "    (table.set 0 (i32.const 3) (extern.convert_any (ref.i31 (i32.const 7)))))"
    "  (func (export \"get\") (result externref) (global.get $e))"
    "  (func (export \"note\") (result externref) (call $note (global.get $e) (global.get $e)))"
    "  (func (export \"junk\") (param i32)"
    "    (loop $l (drop (struct.new $s (local.get 0)))"
    "      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))", &imports);
  wasm_val_t many[] = {WASM_I32_VAL(200000)};
  wasm_val_vec_t burn = WASM_ARRAY_VEC(many);
  result_of(guest_func(&h, INIT), NULL);

  wasm_val_t held;
  wasm_global_get(wasm_extern_as_global(h.exports.data[E]), &held);
  wasm_ref_t* all[8] = {held.of.ref, result_of(guest_func(&h, GET), NULL), result_of(guest_func(&h, NOTE), NULL),
                        seen[0], seen[1]};
  wasm_table_t* table = wasm_extern_as_table(h.exports.data[T]);
  all[5] = wasm_table_get(table, 0);
  for (int i = 1; i < 6; i++) CHECK(wasm_ref_same(all[0], all[i]));
  all[6] = wasm_table_get(table, 1);
  all[7] = wasm_table_get(table, 2);
  CHECK(!wasm_ref_same(all[0], all[6]) && !wasm_ref_same(all[0], all[7]));
  wasm_ref_t* same = wasm_table_get(table, 3);
  CHECK(wasm_ref_same(all[7], same));
  wasm_ref_delete(same);

  finalized = 0;
  CHECK(wasm_ref_get_host_info(all[0]) == NULL);
  wasm_ref_set_host_info_with_finalizer(all[0], &h, finalize);
  wasm_ref_set_host_info_with_finalizer(all[6], &g, finalize);
  for (int i = 1; i < 6; i++) CHECK(wasm_ref_get_host_info(all[i]) == &h);
  for (int i = 0; i < 8; i++) wasm_ref_delete(all[i]);
  result_of(guest_func(&h, JUNK), &burn);
  CHECK_EQ(finalized, 0);
  for (int i = 0; i < 2; i++) {
    wasm_ref_t* again = i ? wasm_table_get(table, 0) : result_of(guest_func(&h, GET), NULL);
    CHECK(wasm_ref_get_host_info(again) == &h);
    wasm_ref_delete(again);
  }
  /* What is attached is detached, and then nothing keeps the object but the guest. */
  wasm_ref_t* other = wasm_table_get(table, 1);
  CHECK(wasm_ref_get_host_info(other) == &g);
  wasm_ref_set_host_info(other, NULL);
  CHECK_EQ(finalized, 1);
  wasm_ref_delete(other);

  /* Many that come and go, each another one. */
  for (int i = 0; i < 1000; i++) {
    result_of(guest_func(&h, INIT), NULL);
    wasm_ref_t* fresh = result_of(guest_func(&h, GET), NULL);
    CHECK(wasm_ref_get_host_info(fresh) == NULL);
    wasm_ref_delete(fresh);
  }
  wasm_func_delete(host);
  CHECK_EQ(finalized, 1);
  guest_close(&h);
  CHECK_EQ(finalized, 2);
}

/* A function that an instance imports is the function that was supplied, by
 * whichever instruction the guest names it. */
static void imported_functions(void) {
  enum { TABLE_OF, GET_HOST, GET_OTHER, GLOBAL_OF, HOST_AGAIN };
  guest_t h;
  guest_start(&h);
  wasm_functype_t* type = wasm_functype_new_1_1(wasm_valtype_new_externref(), wasm_valtype_new_externref());
  wasm_func_t* host = wasm_func_new(h.store, type, echo);
  wasm_func_set_host_info(host, &h);
  wasm_functype_delete(type);
  wasm_module_t* module = module_of(h.store, "(module (func (export \"f\")) (func (export \"g\")))");
  wasm_instance_t* other = wasm_instance_new(h.store, module, NULL, NULL);
  wasm_extern_vec_t others;
  wasm_instance_exports(other, &others);
  wasm_func_t* func = wasm_extern_as_func(others.data[0]);
  wasm_func_set_host_info(func, &g);
  wasm_extern_t* import[] = {wasm_func_as_extern(host), others.data[0], others.data[1]};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  const char* wat =
    "(module"
    "  (import \"\" \"h\" (func $h (param externref) (result externref)))"
    "  (import \"\" \"f\" (func $f))"
    "  (import \"\" \"g\" (func $g))"
    "  (table (export \"t\") 4 funcref) (elem (i32.const 0) $h $f $g $own)"
    "  (func $own)"
    "  (func (export \"host\") (result funcref) (ref.func $h))"
    "  (func (export \"other\") (result funcref) (ref.func $f))"
    "  (global (export \"g\") funcref (ref.func $f))"
    "  (export \"h\" (func $h)))";
  guest_load(&h, wat, &imports);
  wasm_instance_t* second = wasm_instance_new(h.store, h.module, &imports, NULL);
  for (int twice = 0; twice < 2; twice++) {
    wasm_extern_vec_t exports;
    wasm_instance_exports(twice ? second : h.instance, &exports);
    wasm_table_t* table = wasm_extern_as_table(exports.data[TABLE_OF]);
    wasm_val_t global;
    wasm_global_get(wasm_extern_as_global(exports.data[GLOBAL_OF]), &global);
    wasm_ref_t* hosts[] = {wasm_table_get(table, 0), result_of(wasm_extern_as_func(exports.data[GET_HOST]), NULL)};
    wasm_ref_t* theirs[] = {wasm_table_get(table, 1), result_of(wasm_extern_as_func(exports.data[GET_OTHER]), NULL),
                            global.of.ref};
    for (int i = 0; i < 2; i++) {
      CHECK(wasm_ref_same(hosts[i], wasm_func_as_ref(host)));
      CHECK(wasm_ref_get_host_info(hosts[i]) == &h);
      wasm_ref_delete(hosts[i]);
    }
    CHECK(wasm_extern_same(exports.data[HOST_AGAIN], wasm_func_as_extern(host)));
    for (int i = 0; i < 3; i++) {
      CHECK(wasm_ref_same(theirs[i], wasm_func_as_ref(func)));
      CHECK(wasm_ref_get_host_info(theirs[i]) == &g);
      wasm_ref_delete(theirs[i]);
    }
    wasm_ref_t *last = wasm_table_get(table, 2), *own = wasm_table_get(table, 3);
    CHECK(wasm_ref_same(last, wasm_extern_as_ref(others.data[1])) && !wasm_ref_same(last, own));
    wasm_ref_delete(last);
    wasm_ref_delete(own);
    wasm_extern_vec_delete(&exports);
  }
  wasm_instance_delete(second);
  wasm_extern_vec_delete(&others);
  wasm_instance_delete(other);
  wasm_module_delete(module);
  wasm_func_delete(host);
  guest_close(&h);
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
  objects_of_guests();
  imported_functions();
  return check_result();
}
