/* Who deletes the last handles of a store, and everything else, while it is in
 * use: another thread, or a finalizer that the engine's collector runs. */

#include <pthread.h>
#include <sched.h>

#include "guest.h"

/* Everything that a program may hold of a store. */
typedef struct {
  guest_t guest;
  wasm_func_t *func, *host;
  wasm_table_t* table;
  wasm_global_t* global;
  wasm_memory_t* memory;
  witrt_linker_t* linker;
  witrt_prepared_t* prepared;
  wasm_foreign_t *first, *second;
} all_t;

static void delete_all(all_t* all) {
  witrt_prepared_delete(all->prepared);
  witrt_linker_delete(all->linker);
  wasm_foreign_delete(all->first);
  wasm_foreign_delete(all->second);
  wasm_memory_delete(all->memory);
  wasm_global_delete(all->global);
  wasm_table_delete(all->table);
  wasm_func_delete(all->host);
  wasm_func_delete(all->func);
  guest_close(&all->guest);
  memset(all, 0, sizeof *all);
}

/* A guest that says that it is there, in its memory, and waits for an answer. */
#define WAITS \
  "  (func $wait (i32.store8 (i32.const 0) (i32.const 1))" \
  "    (loop $again (br_if $again (i32.eqz (i32.load8_u (i32.const 1))))))"

static all_t waiting;
static volatile char* shared;

static void* delete_meanwhile(void* unused) {
  while (!shared[0]) sched_yield();
  delete_all(&waiting);
  shared[1] = 1; /* Only the call holds this memory. */
  return unused;
}

static int succeeds(wasm_trap_t* trap) {
  if (trap) fprintf(stderr, "%s\n", message_of(trap));
  return !trap;
}

enum { CALL, CALL_LONG, CALL_PREPARED, CALL_PREPARED_TEXT, INSTANTIATE, LINK, SETTLE, ENTRIES };

/* One entry after the other, each with everything deleted while it is inside. */
static void test_by_another_thread(int entry) {
  memset(&waiting, 0, sizeof waiting);
  guest_start(&waiting.guest);
  guest_t* g = &waiting.guest;
  wasm_limits_t one = {1, 1};
  wasm_memorytype_t* type = wasm_memorytype_new(&one);
  waiting.memory = wasm_memory_new(g->store, type);
  wasm_memorytype_delete(type);
  shared = wasm_memory_data(waiting.memory);
  wasm_extern_t* import[] = {wasm_memory_as_extern(waiting.memory)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  bool is_text = entry == CALL_LONG || entry == CALL_PREPARED_TEXT || entry == SETTLE;
  guest_load(g, !is_text ?
    "(module (import \"\" \"m\" (memory 1 1))" WAITS
    "  (func (export \"f\") (param i64) (result i64) (call $wait) (local.get 0)))" :
    "(module (import \"\" \"m\" (memory 1 1))" WAITS
    "  (func $text (param i32 i32) (result i32 i32) (call $wait) (local.get 0) (local.get 1))"
    "  (func $alloc (param i32) (result i32) (i32.const 64))"
    "  (func $free (param i32 i32) (call $wait))"
    "  (func $same (param i32 i32) (result i32 i32) (local.get 0) (local.get 1))"
    "  (@interface func (export \"g\") (param string) (result string)"
    "    arg.get 0 string-to-memory $alloc call-core $text memory-to-string)"
    "  (@interface func (export \"owed\") (param string) (result string)"
    "    arg.get 0 string-to-memory $alloc call-core $same defer-call-core $free memory-to-string))",
    &imports);
  waiting.func = wasm_func_copy(guest_func(g, 0));
  wasm_module_t* starts = module_of(g->store,
    "(module (import \"\" \"m\" (memory 1 1))" WAITS " (start $wait))");
  REQUIRE(starts);
  waiting.linker = witrt_linker_new();
  CHECK(witrt_linker_define(waiting.linker, "", 0, "m", 1, import[0]));
  witrt_slot_kind_t number = WASM_I64, text = WITRT_SLOT_UTF8;
  witrt_slot_kind_t kind = entry == CALL_PREPARED_TEXT ? text : number;
  if (entry == CALL_PREPARED || entry == CALL_PREPARED_TEXT) {
    waiting.prepared = witrt_func_prepare(waiting.func, &kind, 1, &kind, 1, NULL);
    REQUIRE(waiting.prepared);
  }
  wasm_string_t string = WASM_STRING_LIT("held");
  wasm_val_t arg = WASM_I64_VAL(7), result = WASM_INIT_VAL;
  if (is_text) arg = (wasm_val_t)WASM_STRING_VAL(&string);
  wasm_val_vec_t args = {1, &arg}, results = {1, &result};
  if (entry == SETTLE) {
    REQUIRE(succeeds(wasm_func_call(guest_func(g, 1), &args, &results)));
    wasm_val_delete(&result); /* Now the guest's `free` is owed. */
  }
  char room[8];
  witrt_slot_t in = {.i64 = 7}, out = {.i64 = 0};
  if (entry == CALL_PREPARED_TEXT) {
    in.text = (witrt_text_t){"held", 4};
    out.buffer = (witrt_buffer_t){room, sizeof room};
  }
  witrt_error_t* error = NULL;
  pthread_t other;
  REQUIRE(pthread_create(&other, NULL, delete_meanwhile, NULL) == 0);
  switch (entry) {
    case CALL:
    case CALL_LONG: REQUIRE(succeeds(wasm_func_call(waiting.func, &args, &results))); break;
    case CALL_PREPARED:
    case CALL_PREPARED_TEXT: REQUIRE(witrt_prepared_call(waiting.prepared, &in, &out, &error)); break;
    case INSTANTIATE: {
      wasm_instance_t* instance = wasm_instance_new(g->store, starts, &imports, NULL);
      REQUIRE(instance);
      wasm_instance_delete(instance);
      break;
    }
    case LINK: {
      wasm_instance_t* instance =
        witrt_linker_instantiate(waiting.linker, g->store, starts, &error);
      REQUIRE(instance);
      wasm_instance_delete(instance);
      break;
    }
    case SETTLE: REQUIRE(witrt_store_settle(g->store, &error)); break;
  }
  CHECK_EQ(pthread_join(other, NULL), 0);
  CHECK(!error);
  if (entry == CALL) CHECK_EQ(result.of.i64, 7);
  if (entry == CALL_PREPARED) CHECK_EQ(out.i64, 7);
  if (entry == CALL_PREPARED_TEXT) CHECK(out.text.size == 4 && !memcmp(room, "held", 4));
  if (entry == CALL_LONG) {
    size_t written = 0;
    CHECK(wasm_string_read(result.of.string, WASM_UTF8, room, sizeof room, &written));
    CHECK(written == 4 && !memcmp(room, "held", 4));
    wasm_val_delete(&result);
  }
  wasm_module_delete(starts);
}

/* What an object of the host's owns: all that there is of its store. */
static all_t owned;
static int finalized;

static void finalize(void* all) {
  finalized++;
  delete_all(all);
}

enum { SET, GROW, MAKE, SET_GLOBAL, MAKE_GLOBAL, TAKE, TAKE_PREPARED, TAKE_TWO, COLLECTORS };

static void test_by_a_finalizer(int entry) {
  memset(&owned, 0, sizeof owned);
  finalized = 0;
  guest_open(&owned.guest,
    "(module (table (export \"t\") 2 externref) (global (export \"g\") (mut externref) (ref.null extern))"
    "  (func (export \"f\") (param externref) (result i32) (i32.const 42))"
    "  (func (export \"two\") (param externref externref) (result i32) (i32.const 42)))");
  guest_t* g = &owned.guest;
  owned.table = wasm_table_copy(wasm_extern_as_table(g->exports.data[0]));
  owned.global = wasm_global_copy(wasm_extern_as_global(g->exports.data[1]));
  owned.func = wasm_func_copy(guest_func(g, entry == TAKE_TWO ? 3 : 2));
  witrt_slot_kind_t kinds[] = {WASM_EXTERNREF, WASM_EXTERNREF}, number = WASM_I32;
  owned.prepared =
    witrt_func_prepare(owned.func, kinds, entry == TAKE_TWO ? 2 : 1, &number, 1, NULL);
  REQUIRE(owned.prepared);
  owned.second = wasm_foreign_new(g->store);
  wasm_foreign_t* owner = wasm_foreign_new(g->store);
  wasm_foreign_set_host_info_with_finalizer(owner, &owned, finalize);
  CHECK(wasm_table_set(owned.table, 0, wasm_foreign_as_ref(owner)));
  wasm_foreign_delete(owner);
  CHECK(wasm_table_set(owned.table, 0, NULL)); /* The next collection finds it. */

  wasm_limits_t limits = {1, 2};
  wasm_tabletype_t* type = wasm_tabletype_new(wasm_valtype_new(WASM_EXTERNREF), &limits);
  wasm_globaltype_t* global = wasm_globaltype_new(wasm_valtype_new(WASM_EXTERNREF), WASM_CONST);
  wasm_module_t* kept = wasm_module_copy(g->module); /* Belongs to no store. */
  wasm_ref_t* ref = wasm_module_as_ref(kept);
  wasm_val_t arg = WASM_REF_VAL(ref), result = WASM_INIT_VAL;
  wasm_val_vec_t args = {1, &arg}, results = {1, &result};
  int failed = 0, calls = 0;
  for (; !finalized && calls < 100000; calls++) {
    witrt_slot_t in[] = {{.ref = ref}, {.ref = wasm_foreign_as_ref(owned.second)}}, out = {.i32 = 0};
    switch (entry) {
      case SET: failed += !wasm_table_set(owned.table, 1, ref); break;
      case GROW: failed += !wasm_table_grow(owned.table, 1, ref); break;
      case MAKE: {
        wasm_table_t* made = wasm_table_new(owned.guest.store, type, ref);
        failed += !made;
        wasm_table_delete(made);
        break;
      }
      case SET_GLOBAL: wasm_global_set(owned.global, &arg); break;
      case MAKE_GLOBAL: {
        wasm_global_t* made = wasm_global_new(owned.guest.store, global, &arg);
        failed += !made;
        wasm_global_delete(made);
        break;
      }
      case TAKE: failed += wasm_func_call(owned.func, &args, &results) != NULL; break;
      default: failed += !witrt_prepared_call(owned.prepared, in, &out, NULL); break;
    }
  }
  CHECK_EQ(failed, 0);
  CHECK_EQ(finalized, 1);
  wasm_module_delete(kept);
  wasm_tabletype_delete(type);
  wasm_globaltype_delete(global);
}

/* A finalizer is taken over by a function that succeeds, and by no other, whoever
 * is in the store at which moment. */

static const wasm_func_t* called;
static _Atomic int stop;

static void* call_on(void* unused) {
  while (!stop) {
    wasm_val_t arg = WASM_I32_VAL(100), result = WASM_INIT_VAL;
    wasm_val_vec_t args = {1, &arg}, results = {1, &result};
    wasm_trap_delete(wasm_func_call(called, &args, &results));
  }
  return unused;
}

static void count(void* counter) { ++*(int*)counter; }

static wasm_trap_t* nop(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)env, (void)args, (void)results;
  return NULL;
}

static wasm_trap_t* nop_prepared(void* env, const witrt_caller_t* caller, const witrt_slot_t* args,
                                 witrt_slot_t* results) {
  (void)env, (void)caller, (void)args, (void)results;
  return NULL;
}

static void test_finalizers(void) {
  guest_t g;
  guest_open(&g,
    "(module (func (export \"f\") (param $n i32) (result i32)"
    "  (loop $l (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))"
    "  (local.get $n)))");
  called = guest_func(&g, 0);
  wasm_functype_t* type = wasm_functype_new_0_0();
  pthread_t other;
  stop = 0;
  REQUIRE(pthread_create(&other, NULL, call_on, NULL) == 0);
  int made = 0, failed = 0, ended = 0, wrong = 0;
  for (int i = 0; i < 5000000 && (made < 5000 || failed < 5000); i++) {
    int before = ended;
    wasm_func_t* func = i % 2 ? wasm_func_new_with_env(g.store, type, nop, &ended, count)
      : witrt_func_new_with_slots(g.store, NULL, 0, NULL, 0, nop_prepared, &ended, count, NULL);
    wrong += ended != before;
    made += func != NULL;
    failed += func == NULL;
    wasm_func_delete(func);
  }
  stop = 1;
  CHECK_EQ(pthread_join(other, NULL), 0);
  CHECK(made > 0 && failed > 0);
  CHECK_EQ(wrong, 0);
  CHECK(!wasm_func_new_with_env(NULL, type, nop, &ended, count));
  CHECK(!wasm_func_new_with_env(g.store, NULL, nop, &ended, count));
  CHECK(!wasm_func_new_with_env(g.store, type, NULL, &ended, count));
  CHECK(!witrt_func_new_with_slots(g.store, NULL, 0, NULL, 1, nop_prepared, &ended, count, NULL));
  CHECK(!witrt_func_new_with_slots(NULL, NULL, 0, NULL, 0, nop_prepared, &ended, count, NULL));
  CHECK_EQ(ended, 0);
  wasm_functype_delete(type);
  guest_close(&g);
  CHECK_EQ(ended, made);
}

int main(void) {
  for (int entry = 0; entry < ENTRIES; entry++) test_by_another_thread(entry);
  for (int entry = 0; entry < COLLECTORS; entry++) test_by_a_finalizer(entry);
  test_finalizers();
  return check_result();
}
