/* Ten threads: one engine, one shared module, a store each; and what may be
 * deleted on another thread than it was made on: text, values with resources. */

#include <pthread.h>
#include <sched.h>

#include "guest.h"
#include "text.h"

enum { THREADS = 10, CALLS = 500 };

static wasm_engine_t* engine;
static wasm_shared_module_t* shared;

typedef struct {
  pthread_t thread;
  int number, right, callbacks, finalized;
  wasm_store_t* left_store; /* for the main thread to delete */
  wasm_val_t left_result;
} work_t;

static wasm_trap_t* callback(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  work_t* w = env;
  w->callbacks++;
  results->data[0] = (wasm_val_t)WASM_S32_VAL(args->data[0].of.s32 + w->number);
  return NULL;
}

static void finalize(void* env) { ((work_t*)env)->finalized++; }

/* No CHECK here: its counters belong to the main thread. */
static void* work(void* at) {
  work_t* w = at;
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = wasm_module_obtain(store, shared);
  if (!module) return NULL;
  wasm_functype_t* type = wasm_functype_new_1_1(wasm_valtype_new(WASM_S32), wasm_valtype_new(WASM_S32));
  wasm_func_t* func = wasm_func_new_with_env(store, type, callback, w, finalize);
  wasm_functype_delete(type);
  wasm_extern_t* import[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import), exports;
  wasm_instance_t* instance = wasm_instance_new(store, module, &imports, NULL);
  if (!instance) return NULL;
  wasm_instance_exports(instance, &exports);
  for (int i = 0; i < CALLS; i++) {
    wasm_val_t arg[] = {WASM_S32_VAL(i)}, result[] = {WASM_INIT_VAL, WASM_INIT_VAL};
    wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
    wasm_trap_t* trap = wasm_func_call(wasm_extern_as_func(exports.data[0]), &args, &results);
    if (trap) break;
    char16_t text[16], want[16];
    size_t written = 0, size = utf16_of("thrëad", 7, want);
    if (result[0].of.s32 == i + w->number &&
        wasm_string_read(result[1].of.string, WASM_UTF16, text, 16, &written) &&
        written == size && memcmp(text, want, 2 * size) == 0)
      w->right++;
    if (i + 1 < CALLS) wasm_val_delete(&result[1]);
    else w->left_result = result[1];
  }
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_func_delete(func);
  wasm_module_delete(module);
  if (w->number % 2) w->left_store = store;
  else wasm_store_delete(store);
  return NULL;
}

enum { GIVEN = 20000 };

/* What a garbage collector's thread does. */
static wasm_val_t given[GIVEN];
static _Atomic int deleted;

static void* collect(void* unused) {
  for (int i = 0; i < GIVEN; i++) {
    wasm_val_delete(&given[i]);
    deleted++;
  }
  return unused;
}

/* Whoever deletes on another thread is in nobody's way. */
static void test_deleting_during_calls(void) {
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = module_of(store,
    "(module (memory 1) (data (i32.const 32) \"text\")"
    "  (func $text (result i32 i32) i32.const 32 i32.const 4)"
    "  (@interface func (export \"f\") (result string) call-core $text memory-to-string))");
  REQUIRE(module);
  wasm_extern_vec_t imports = WASM_EMPTY_VEC, exports;
  wasm_instance_t* instance = wasm_instance_new(store, module, &imports, NULL);
  REQUIRE(instance);
  wasm_instance_exports(instance, &exports);
  const wasm_func_t* func = wasm_extern_as_func(exports.data[0]);
  wasm_val_vec_t args = WASM_EMPTY_VEC;
  int failed = 0;
  for (int i = 0; i < GIVEN; i++) {
    wasm_val_vec_t results = {1, &given[i]};
    REQUIRE(wasm_func_call(func, &args, &results) == NULL);
  }
  pthread_t collector;
  REQUIRE(pthread_create(&collector, NULL, collect, NULL) == 0);
  do {
    wasm_val_t result[] = {WASM_INIT_VAL};
    wasm_val_vec_t results = WASM_ARRAY_VEC(result);
    wasm_trap_t* trap = wasm_func_call(func, &args, &results);
    failed += trap != NULL;
    wasm_trap_delete(trap);
    if (!trap) wasm_val_delete(&result[0]);
  } while (deleted < GIVEN);
  CHECK_EQ(pthread_join(collector, NULL), 0);
  CHECK_EQ(failed, 0);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
}

/* A component's values, with resources of either side in them, on their way from the
 * thread that calls to the one that deletes them. */
enum { WAITING = 64 };
static wasm_val_t waiting[WAITING];
static pthread_mutex_t counting = PTHREAD_MUTEX_INITIALIZER;
static int put, taken;
static _Atomic int gone;

/* How many wait, once one was put there or taken. */
static int and_now(int* counter) {
  pthread_mutex_lock(&counting);
  if (counter) ++*counter;
  int wait = put - taken;
  pthread_mutex_unlock(&counting);
  return wait;
}

static void host_gone(void* data) { (void)data, gone++; }

static void* collect_values(void* unused) {
  for (int i = 0; i < GIVEN; i++) {
    while (and_now(NULL) == 0) sched_yield();
    wasm_val_delete(&waiting[i % WAITING]);
    and_now(&taken);
  }
  return unused;
}

/* What goes with the values is given back to the store, which is in use meanwhile. */
static void test_values_with_resources(void) {
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = module_of(store,
    "(component"
    "  (import \"host\" (type $host (sub resource)))"
    "  (core module $counts (global $n (mut i32) (i32.const 0))"
    "    (func (export \"gone\") (param i32) (global.set $n (i32.add (global.get $n) (i32.const 1))))"
    "    (func (export \"count\") (result i32) (global.get $n)))"
    "  (core instance $counts (instantiate $counts))"
    "  (type $own (resource (rep i32) (dtor (func $counts \"gone\"))))"
    "  (export $made \"made\" (type $own))"
    "  (core func $new (canon resource.new $own))"
    "  (core module $m (import \"\" \"new\" (func $new (param i32) (result i32)))"
    "    (memory (export \"memory\") 1) (data (i32.const 32) \"thr\\c3\\abad\")"
    "    (func (export \"make\") (param i32) (result i32)"
    "      (i32.store (i32.const 64) (call $new (i32.const 7)))"
    "      (i32.store (i32.const 68) (local.get 0))"
    "      (i64.store (i32.const 72) (i64.const 0x200000058))"
    "      (i64.store (i32.const 88) (i64.const 0x700000020))"
    "      (i64.store (i32.const 96) (i64.const 0x300000020))"
    "      (i32.const 64)))"
    "  (core instance $m (instantiate $m (with \"\" (instance (export \"new\" (func $new))))))"
    "  (func (export \"make\") (param \"x\" (own $host)) (result (tuple (own $made) (own $host) (list string)))"
    "    (canon lift (core func $m \"make\") (memory (core memory $m \"memory\"))))"
    "  (func (export \"count\") (result u32) (canon lift (core func $counts \"count\"))))");
  REQUIRE(module);
  wasm_extern_vec_t imports = WASM_EMPTY_VEC;
  wasm_instance_t* instance = wasm_instance_new(store, module, &imports, NULL);
  REQUIRE(instance);
  wasm_extern_t* make = witrt_instance_export(instance, "make", 4);
  wasm_extern_t* count = witrt_instance_export(instance, "count", 5);
  REQUIRE(make && count);
  pthread_t collector;
  REQUIRE(pthread_create(&collector, NULL, collect_values, NULL) == 0);
  for (int i = 0; i < GIVEN; i++) {
    while (and_now(NULL) == WAITING) sched_yield();
    wasm_resource_t* resource = wasm_resource_new(&gone, host_gone, NULL);
    wasm_val_t arg[] = {WASM_OWN_VAL(resource)};
    wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = {1, &waiting[i % WAITING]};
    REQUIRE(wasm_func_call(wasm_extern_as_func(make), &args, &results) == NULL);
    wasm_resource_delete(resource);
    and_now(&put);
  }
  CHECK_EQ(pthread_join(collector, NULL), 0);
  CHECK_EQ(gone, GIVEN);
  wasm_val_t result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_EMPTY_VEC, results = WASM_ARRAY_VEC(result);
  REQUIRE(wasm_func_call(wasm_extern_as_func(count), &args, &results) == NULL);
  CHECK_EQ(result[0].of.u32, GIVEN);
  wasm_extern_delete(make), wasm_extern_delete(count);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
}

typedef struct {
  const wasm_func_t* func;
  int says;
  wasm_trap_t* trap;
} spin_t;

static wasm_trap_t* say(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  return NULL;
}

static void* spin(void* at) {
  spin_t* s = at;
  wasm_val_t arg[] = {WASM_I32_VAL(s->says)};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_EMPTY_VEC;
  /* The main thread may be in the store too. */
  while (s->trap = wasm_func_call(s->func, &args, &results),
         witrt_trap_code(s->trap) != WITRT_TRAP_INTERRUPTED)
    wasm_trap_delete(s->trap);
  return NULL;
}

/* A guest that runs on another thread, whether or not it has called back before. */
static void test_busy(void) {
  wasm_config_t* config = wasm_config_new();
  CHECK(witrt_config_set_epoch_interruption(config, true));
  wasm_engine_t* own = wasm_engine_new_with_config(config);
  wasm_store_t* store = wasm_store_new(own);
  wasm_module_t* module = module_of(store,
    "(module (import \"\" \"say\" (func $say))"
    "  (func (export \"spin\") (param i32)"
    "    (if (local.get 0) (then (call $say))) (loop $again (br $again))))");
  REQUIRE(module);
  wasm_functype_t* type = wasm_functype_new_0_0();
  wasm_func_t* func = wasm_func_new(store, type, say);
  wasm_functype_delete(type);
  wasm_extern_t* import[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import), exports;
  wasm_instance_t* instance = wasm_instance_new(store, module, &imports, NULL);
  REQUIRE(instance);
  wasm_instance_exports(instance, &exports);
  for (int says = 0; says < 2; says++) {
    CHECK(witrt_store_set_epoch_deadline(store, 1));
    spin_t s = {wasm_extern_as_func(exports.data[0]), says, NULL};
    pthread_t thread;
    REQUIRE(pthread_create(&thread, NULL, spin, &s) == 0);
    witrt_error_t* error = NULL;
    while (witrt_store_settle(store, &error)) sched_yield();
    CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_STORE_BUSY);
    witrt_error_delete(error);
    witrt_engine_increment_epoch(own);
    CHECK_EQ(pthread_join(thread, NULL), 0);
    wasm_trap_delete(s.trap);
    CHECK(witrt_store_settle(store, &error));
  }
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_func_delete(func);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(own);
}

int main(void) {
  static const char* wat =
    "(module"
    "  (memory 1) (data (i32.const 32) \"thr\\c3\\abad\")"
    "  (func $text (result i32 i32) i32.const 32 i32.const 7)"
    "  (@interface import \"\" \"plus\" (func $plus (param s32) (result s32)))"
    "  (@interface func (export \"f\") (param s32) (result s32) (result string)"
    "    arg.get 0 call-adapter $plus call-core $text memory-to-string))";
  engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = module_of(store, wat);
  REQUIRE(module);
  shared = wasm_module_share(module);
  REQUIRE(shared);
  wasm_module_delete(module);
  wasm_store_delete(store);

  static work_t works[THREADS];
  for (int i = 0; i < THREADS; i++) {
    works[i].number = i;
    REQUIRE(pthread_create(&works[i].thread, NULL, work, &works[i]) == 0);
  }
  for (int i = 0; i < THREADS; i++) {
    CHECK_EQ(pthread_join(works[i].thread, NULL), 0);
    CHECK_EQ(works[i].right, CALLS);
    CHECK_EQ(works[i].callbacks, CALLS);
    /* A string and a store, deleted on a thread that never used them. */
    wasm_val_delete(&works[i].left_result);
    wasm_store_delete(works[i].left_store);
    CHECK_EQ(works[i].finalized, 1);
  }
  wasm_shared_module_delete(shared);
  test_deleting_during_calls();
  test_values_with_resources();
  test_busy();
  wasm_engine_delete(engine);
  return check_result();
}
