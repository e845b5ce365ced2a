/* A guest that runs away is stopped, by each of the limits, and the store and
 * its neighbours go on. */

#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <time.h>

#include "guest.h"

static const char* loops =
  "(module"
  "  (memory (export \"memory\") 1)"
  "  (table $t (export \"table\") 1 funcref)"
  "  (func (export \"spin\") (loop $l br $l))"
  "  (func $deep (export \"deep\") call $deep)"
  "  (func (export \"grow\") (result i32)"
  "    (loop $l (br_if $l (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) memory.size)"
  "  (func (export \"grow table\") (result i32)"
  "    (loop $l (br_if $l (i32.ne (table.grow $t (ref.null func) (i32.const 100)) (i32.const -1))))"
  "    (table.size $t))"
  "  (func (export \"ok\") (result i32) i32.const 42))";

enum { MEMORY, TABLE, SPIN, DEEP, GROW, GROW_TABLE, OK };

static void open_with(guest_t* g, wasm_config_t* config) {
  memset(g, 0, sizeof *g);
  g->engine = wasm_engine_new_with_config(config);
  REQUIRE(g->engine);
  g->store = wasm_store_new(g->engine);
  REQUIRE(g->store);
}

static wasm_trap_t* call(const guest_t* g, size_t export, int32_t* out) {
  wasm_val_t result[] = {WASM_INIT_VAL};
  wasm_val_vec_t results = {wasm_func_result_arity(guest_func(g, export)), result};
  wasm_trap_t* trap = wasm_func_call(guest_func(g, export), NULL, &results);
  if (out) *out = trap || !results.size ? -1 : result[0].of.i32;
  return trap;
}

static void stopped(wasm_trap_t* trap, witrt_trap_code_t code) {
  REQUIRE(trap);
  CHECK_EQ(witrt_trap_code(trap), code);
  wasm_trap_delete(trap);
}

static void goes_on(const guest_t* g) {
  int32_t out = 0;
  wasm_trap_t* trap = call(g, OK, &out);
  if (!CHECK(trap == NULL)) fprintf(stderr, "  %s\n", message_of(trap));
  CHECK_EQ(out, 42);
}

static void fuel(void) {
  wasm_config_t* config = wasm_config_new();
  CHECK(witrt_config_set_consume_fuel(config, true));
  guest_t g;
  open_with(&g, config);
  CHECK(witrt_store_set_fuel(g.store, 1000000));
  guest_load(&g, loops, NULL);
  goes_on(&g);
  uint64_t left = 0;
  CHECK(witrt_store_get_fuel(g.store, &left));
  CHECK(left > 0 && left < 1000000);
  stopped(call(&g, SPIN, NULL), WITRT_TRAP_OUT_OF_FUEL);
  CHECK(witrt_store_get_fuel(g.store, &left) && left == 0);
  stopped(call(&g, OK, NULL), WITRT_TRAP_OUT_OF_FUEL);
  CHECK(witrt_store_set_fuel(g.store, 1000));
  goes_on(&g);
  guest_close(&g);

  /* An engine that does not count has none to give. */
  guest_start(&g);
  CHECK(!witrt_store_set_fuel(g.store, 1));
  CHECK(!witrt_store_get_fuel(g.store, &left));
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_UNSUPPORTED);
  guest_close(&g);
}

static atomic_bool ticking;
static void* tick(void* engine) {
  const struct timespec pause = {0, 2000000};
  while (atomic_load(&ticking)) {
    witrt_engine_increment_epoch(engine);
    nanosleep(&pause, NULL);
  }
  return NULL;
}

static void epochs(void) {
  wasm_config_t* config = wasm_config_new();
  CHECK(witrt_config_set_epoch_interruption(config, true));
  guest_t g;
  open_with(&g, config);
  guest_load(&g, loops, NULL);
  goes_on(&g); /* without a deadline */
  pthread_t ticker;
  atomic_store(&ticking, true);
  REQUIRE(pthread_create(&ticker, NULL, tick, g.engine) == 0);
  for (int i = 0; i < 5; i++) {
    CHECK(witrt_store_set_epoch_deadline(g.store, 3));
    stopped(call(&g, SPIN, NULL), WITRT_TRAP_INTERRUPTED);
    CHECK(witrt_store_set_epoch_deadline(g.store, 1u << 30));
    goes_on(&g);
  }
  atomic_store(&ticking, false);
  pthread_join(ticker, NULL);
  guest_close(&g);
}

/* However far away a deadline is, it is not now. */
static void far_deadlines(void) {
  const uint64_t ticks[] = {UINT64_MAX, UINT64_MAX - 1, UINT64_MAX / 2 + 1, INT64_MAX};
  for (int i = 0; i < 8; i++) {
    wasm_config_t* config = wasm_config_new();
    CHECK(witrt_config_set_epoch_interruption(config, true));
    CHECK(witrt_config_set_back_end(config, i % 2 ? WITRT_BACK_END_REFERENCE : WITRT_BACK_END_COMPILED));
    guest_t g;
    open_with(&g, config);
    guest_load(&g, "(module (func $f)"
      "  (@interface func (export \"f\") call-core $f) (@interface func (export \"none\")))", NULL);
    for (int tick = 0; tick < 3; tick++) {
      CHECK(witrt_store_set_epoch_deadline(g.store, ticks[i / 2]));
      CHECK(call(&g, 0, NULL) == NULL && call(&g, 1, NULL) == NULL);
      witrt_engine_increment_epoch(g.engine);
      CHECK(call(&g, 0, NULL) == NULL && call(&g, 1, NULL) == NULL);
    }
    CHECK(witrt_store_set_epoch_deadline(g.store, 0));
    stopped(call(&g, 0, NULL), WITRT_TRAP_INTERRUPTED);
    stopped(call(&g, 1, NULL), WITRT_TRAP_INTERRUPTED);
    guest_close(&g);
  }
}

/* Sixty adapters, each of which calls the one before twice, and no core code:
 * from the host, through an import that they implement, and when the instance
 * is made. One with more results than core code has, which the compiled back
 * end leaves to the other, is there or not. */
static char* doubling(bool starts, bool refused) {
  enum { ROOM = 40000, MANY = 600 };
  char* wat = malloc(ROOM);
  REQUIRE(wat);
  char* p = wat;
  p += sprintf(p, "(module (import \"\" \"go\" (func $go)) (func $core call $go)%s",
               starts ? "(start $core)" : "");
  for (int i = 0; refused && i <= MANY; i++)
    p += sprintf(p, "%s", i ? "(result string)" : "(@interface func $many (import \"\" \"many\")");
  if (refused) p += sprintf(p, ")");
  p += sprintf(p, "(@interface func $f0)");
  for (int i = 1; i <= 60; i++)
    p += sprintf(p, "(@interface func $f%d call-adapter $f%d call-adapter $f%d)", i, i - 1, i - 1);
  p += sprintf(p, "(@interface implement (import \"\" \"go\") call-adapter $f60)"
                  "(@interface func (export \"go\") call-adapter $f60)"
                  "(@interface func (export \"core\") call-core $core)");
  for (int i = 0; refused && i <= MANY; i++)
    p += sprintf(p, "%s", i ? "(result string)" : "(@interface func (export \"use\")");
  sprintf(p, refused ? "call-adapter $many))" : ")");
  REQUIRE(strlen(wat) < ROOM);
  return wat;
}

static wasm_trap_t* many(void* env, const witrt_caller_t* caller, const witrt_slot_t* args,
                         witrt_slot_t* results) {
  (void)env, (void)caller, (void)args, (void)results;
  return NULL;
}

static void stop_adapters(int back_end, bool refused, bool by_clock) {
  wasm_config_t* config = wasm_config_new();
  CHECK(witrt_config_set_back_end(config, (witrt_back_end_t)back_end));
  CHECK(by_clock ? witrt_config_set_epoch_interruption(config, true)
                 : witrt_config_set_consume_fuel(config, true));
  const witrt_trap_code_t expected = by_clock ? WITRT_TRAP_INTERRUPTED : WITRT_TRAP_OUT_OF_FUEL;
  guest_t g;
  open_with(&g, config);
  pthread_t ticker;
  if (by_clock) {
    atomic_store(&ticking, true);
    REQUIRE(pthread_create(&ticker, NULL, tick, g.engine) == 0);
  }
  witrt_slot_kind_t kinds[600];
  for (int i = 0; i < 600; i++) kinds[i] = WITRT_SLOT_UTF8;
  wasm_func_t* func = witrt_func_new_with_slots(g.store, NULL, 0, kinds, 600, many, NULL, NULL, NULL);
  wasm_extern_t* import[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t imports = {refused, import};
  for (int starts = 0; starts < 2; starts++) {
    char* wat = doubling(starts, refused);
    wasm_module_t* module = module_of(g.store, wat);
    if (!module) fprintf(stderr, "%s\n", witrt_error_message(witrt_error_last()));
    REQUIRE(module);
    for (size_t export = 0; export < 2; export++) {
      uint64_t left = 1;
      CHECK(by_clock ? witrt_store_set_epoch_deadline(g.store, 3) : witrt_store_set_fuel(g.store, 10000));
      wasm_trap_t* trap = NULL;
      wasm_instance_t* instance = wasm_instance_new(g.store, module, &imports, &trap);
      CHECK((instance == NULL) == (starts != 0));
      if (instance) {
        wasm_instance_exports(instance, &g.exports);
        trap = call(&g, export, NULL);
        wasm_extern_vec_delete(&g.exports);
      }
      stopped(trap, expected);
      if (!by_clock) CHECK(witrt_store_get_fuel(g.store, &left) && left == 0);
      wasm_instance_delete(instance);
    }
    wasm_module_delete(module);
    free(wat);
  }
  atomic_store(&ticking, false);
  if (by_clock) pthread_join(ticker, NULL);
  wasm_func_delete(func);
  guest_close(&g);
}

static void adapters(void) {
  for (int i = 0; i < 8; i++)
    stop_adapters(i & 1 ? WITRT_BACK_END_REFERENCE : WITRT_BACK_END_COMPILED, i & 2, i & 4);
}

static double peak(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)usage.ru_maxrss / 1024;
}

/* Adapters that call themselves with ten thousand values each, interpreted; and
 * one that defers as many calls. */
static void values(void) {
  enum { ROOM = 400000 };
  static char wat[ROOM];
  char* p = wat;
  p += sprintf(p, "(module (func $free (param i32)) (func $id (param i32) (result i32) local.get 0)"
                  "(@interface func $go (export \"go\") (param s32) (result s32) arg.get 0");
  for (int i = 0; i < 4990; i++) p += sprintf(p, " s32-to-i32 i32-to-s32");
  p += sprintf(p, " call-adapter $go)"
                  "(@interface func $owe (export \"owe\") (param s32) (result s32)"
                  " arg.get 0 s32-to-i32 call-core $id");
  for (int i = 0; i < 9000; i++) p += sprintf(p, " defer-call-core $free");
  p += sprintf(p, " i32-to-s32 call-adapter $owe))");
  REQUIRE(p - wat < ROOM);
  wasm_config_t* config = wasm_config_new();
  CHECK(witrt_config_set_back_end(config, WITRT_BACK_END_REFERENCE));
  guest_t g;
  open_with(&g, config);
  guest_load(&g, wat, NULL);
  const double before = peak();
  for (size_t export = 0; export < 2; export++) {
    wasm_val_t arg[] = {WASM_S32_VAL(1)}, result[] = {WASM_INIT_VAL};
    wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
    for (int i = 0; i < 3; i++) {
      stopped(wasm_func_call(guest_func(&g, export), &args, &results), WITRT_TRAP_STACK_OVERFLOW);
    }
  }
  /* Sanitizers keep what is freed for a while. */
  if (!CHECK(peak() - before < 300)) fprintf(stderr, "  %.0f MiB\n", peak() - before);
  guest_close(&g);
}

static void stack(void) {
  size_t depths[2];
  for (int i = 0; i < 2; i++) {
    wasm_config_t* config = wasm_config_new();
    CHECK(witrt_config_set_max_stack_bytes(config, i ? 1 << 16 : 1 << 20));
    guest_t g;
    open_with(&g, config);
    guest_load(&g, loops, NULL);
    wasm_trap_t* trap = call(&g, DEEP, NULL);
    REQUIRE(trap);
    wasm_frame_vec_t trace;
    wasm_trap_trace(trap, &trace);
    depths[i] = trace.size;
    wasm_frame_vec_delete(&trace);
    stopped(trap, WITRT_TRAP_STACK_OVERFLOW);
    goes_on(&g);
    guest_close(&g);
  }
  CHECK(depths[0] > 0 && depths[1] > 0);
  wasm_config_t* config = wasm_config_new();
  witrt_config_set_max_stack_bytes(config, 0);
  CHECK(wasm_engine_new_with_config(config) == NULL);
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_BAD_CONFIG);
}

static void memory_and_tables(void) {
  wasm_config_t* config = wasm_config_new();
  CHECK(witrt_config_set_max_memory_bytes(config, 10 << 16));
  CHECK(witrt_config_set_max_table_elements(config, 1000));
  guest_t g;
  open_with(&g, config);
  guest_load(&g, loops, NULL);
  int32_t out = 0;
  CHECK(call(&g, GROW, &out) == NULL);
  CHECK_EQ(out, 10);
  CHECK(call(&g, GROW_TABLE, &out) == NULL);
  CHECK_EQ(out, 901);
  CHECK(!wasm_memory_grow(wasm_extern_as_memory(g.exports.data[MEMORY]), 1));
  CHECK(!wasm_table_grow(wasm_extern_as_table(g.exports.data[TABLE]), 100, NULL));
  goes_on(&g);

  /* More than that to begin with is refused. */
  wasm_module_t* module = module_of(g.store, "(module (memory 11))");
  wasm_trap_t* trap = NULL;
  CHECK(wasm_instance_new(g.store, module, NULL, &trap) == NULL && trap != NULL);
  wasm_trap_delete(trap);
  wasm_module_delete(module);
  wasm_limits_t limits = {11, 11};
  wasm_memorytype_t* type = wasm_memorytype_new(&limits);
  CHECK(wasm_memory_new(g.store, type) == NULL);
  wasm_memorytype_delete(type);
  goes_on(&g);
  guest_close(&g);
}

static void instances(bool pooling) {
  wasm_config_t* config = wasm_config_new();
  CHECK(pooling ? witrt_config_set_pooling(config, 10) : witrt_config_set_max_instances(config, 10));
  guest_t g;
  open_with(&g, config);
  g.module = module_of(g.store, "(module (memory 1) (func (export \"f\")))");
  REQUIRE(g.module);
  int made = 0;
  for (int i = 0; i < 15; i++) {
    wasm_trap_t* trap = NULL;
    wasm_instance_t* instance = wasm_instance_new(g.store, g.module, NULL, &trap);
    CHECK((instance == NULL) == (trap != NULL));
    made += instance != NULL;
    wasm_trap_delete(trap);
    wasm_instance_delete(instance);
  }
  CHECK_EQ(made, 10);
  guest_close(&g);
}

/* As many instances as memory was set aside for, whatever they consist of. */
static void pools(bool a_store_each) {
  const char* const wats[] = {
    "(module)",
    "(module (memory 1))",
    "(module (table 1 externref))",
    "(module (memory 1) (global (mut externref) (ref.null extern)))",
    "(module (memory 1) (table 1 externref) (table 1 funcref) (func (result externref) ref.null extern))",
    "(module (memory 1) (func $t (result i32 i32) i32.const 0 i32.const 0)"
    "  (@interface func (export \"t\") (result string) call-core $t memory-to-string))",
  };
  enum { MOST = 9 };
  for (size_t kind = 0; kind < sizeof wats / sizeof *wats; kind++) {
    for (size_t n = 1; n < MOST; n += 7) {
      wasm_config_t* config = wasm_config_new();
      CHECK(witrt_config_set_pooling(config, (uint32_t)n));
      CHECK(witrt_config_set_back_end(config, n > 1 ? WITRT_BACK_END_REFERENCE : WITRT_BACK_END_COMPILED));
      guest_t g;
      open_with(&g, config);
      g.module = module_of(g.store, wats[kind]);
      REQUIRE(g.module);
      wasm_store_t* stores[MOST];
      wasm_instance_t* made[MOST];
      for (size_t i = 0; i <= n; i++) {
        stores[i] = a_store_each ? wasm_store_new(g.engine) : NULL;
        wasm_trap_t* trap = NULL;
        made[i] = wasm_instance_new(a_store_each ? stores[i] : g.store, g.module, NULL, &trap);
        if (!CHECK((made[i] != NULL) == (i < n)))
          fprintf(stderr, "  %s: number %zu of %zu: %s\n", wats[kind], i, n, message_of(trap));
        else
          wasm_trap_delete(trap);
      }
      for (size_t i = 0; i <= n; i++) {
        wasm_instance_delete(made[i]);
        wasm_store_delete(stores[i]);
      }
      guest_close(&g);
    }
  }
}

/* The remaining options are accepted, and the engine works. */
static void others(void) {
  for (int level = WITRT_OPT_LEVEL_NONE; level <= WITRT_OPT_LEVEL_SPEED_AND_SIZE; level++) {
    wasm_config_t* config = wasm_config_new();
    CHECK(witrt_config_set_opt_level(config, (witrt_opt_level_t)level));
    CHECK(witrt_config_set_parallel_compilation(config, level == 0));
    CHECK(witrt_config_set_host_encoding(config, WASM_UTF16));
    CHECK(!witrt_config_set_opt_level(config, 77));
    CHECK(!witrt_config_set_host_encoding(config, 77));
    CHECK(!witrt_config_set_ill_formed(config, 77));
    guest_t g;
    open_with(&g, config);
    guest_load(&g, loops, NULL);
    goes_on(&g);
    guest_close(&g);
  }
}

static void cache(void) {
  char dir[] = "/tmp/witrt-cache-XXXXXX", command[160];
  REQUIRE(mkdtemp(dir) != NULL);
  for (int i = 0; i < 2; i++) {
    wasm_config_t* config = wasm_config_new();
    CHECK(witrt_config_set_cache_dir(config, dir));
    guest_t g;
    open_with(&g, config);
    guest_load(&g, loops, NULL);
    goes_on(&g);
    guest_close(&g);
  }
  snprintf(command, sizeof command, "test -n \"$(find %s -type f)\"", dir);
  CHECK_EQ(system(command), 0);
  /* The engine's cache has a thread of its own, which may still be writing its
     statistics: files that appear while the directory is removed are not an error. */
  snprintf(command, sizeof command, "for i in 1 2 3 4 5; do rm -rf %s 2>/dev/null && break; sleep 1; done", dir);
  CHECK_EQ(system(command), 0);
}

/* The limits of one store are its own. */
static void of_one_store(void) {
  wasm_config_t* config = wasm_config_new();
  CHECK(witrt_config_set_max_memory_bytes(config, 8 << 16));
  CHECK(witrt_config_set_max_table_elements(config, 901));
  guest_t g;
  open_with(&g, config);
  guest_load(&g, loops, NULL);
  CHECK(witrt_store_set_max_memory_bytes(g.store, 3 << 16));
  CHECK(witrt_store_set_max_table_elements(g.store, 301));
  int32_t out = 0;
  CHECK(call(&g, GROW, &out) == NULL && out == 3);
  CHECK(call(&g, GROW_TABLE, &out) == NULL && out == 301);
  /* They can be moved, and what is larger already stays. */
  CHECK(witrt_store_set_max_memory_bytes(g.store, 1 << 16));
  CHECK(call(&g, GROW, &out) == NULL && out == 3);
  CHECK(witrt_store_set_max_memory_bytes(g.store, SIZE_MAX));
  CHECK(witrt_store_set_max_memory_bytes(g.store, 5 << 16));
  CHECK(call(&g, GROW, &out) == NULL && out == 5);
  CHECK(witrt_store_set_max_instances(g.store, 2));
  wasm_instance_t* second = wasm_instance_new(g.store, g.module, NULL, NULL);
  CHECK(second != NULL && wasm_instance_new(g.store, g.module, NULL, NULL) == NULL);
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_LIMIT_REACHED);
  /* A store beside it has the engine's. */
  wasm_store_t* other = wasm_store_new(g.engine);
  wasm_instance_t* instance = wasm_instance_new(other, g.module, NULL, NULL);
  REQUIRE(instance);
  wasm_extern_t* grow = witrt_instance_export(instance, "grow", 4);
  wasm_val_t result[] = {WASM_INIT_VAL};
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  CHECK(wasm_func_call(wasm_extern_as_func(grow), NULL, &results) == NULL);
  CHECK_EQ(result[0].of.i32, 8);
  CHECK(!witrt_store_set_max_memory_bytes(NULL, 1) && !witrt_store_set_max_table_elements(NULL, 1) &&
        !witrt_store_set_max_instances(NULL, 1));
  wasm_extern_delete(grow);
  wasm_instance_delete(instance);
  wasm_store_delete(other);
  wasm_instance_delete(second);
  guest_close(&g);
}

/* Whoever is asked at a deadline lets the guest go on, or not. */
typedef struct {
  wasm_store_t* store;
  int asked, more, ended;
} asked_t;

static uint64_t ask(void* env) {
  asked_t* asked = env;
  /* The store is shut. */
  CHECK(!witrt_store_set_epoch_deadline(asked->store, 1));
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_STORE_BUSY);
  return asked->asked++ < asked->more ? 1 : 0;
}
static void end_asking(void* env) { ((asked_t*)env)->ended++; }

static void asking_at_deadlines(bool interpreted) {
  wasm_config_t* config = wasm_config_new();
  CHECK(witrt_config_set_epoch_interruption(config, true));
  if (interpreted) CHECK(witrt_config_set_back_end(config, WITRT_BACK_END_REFERENCE));
  guest_t g;
  open_with(&g, config);
  guest_load(&g, loops, NULL);
  asked_t asked = {g.store, 0, 5, 0};
  pthread_t ticker;
  atomic_store(&ticking, true);
  REQUIRE(pthread_create(&ticker, NULL, tick, g.engine) == 0);
  CHECK(witrt_store_set_epoch_callback(g.store, ask, &asked, end_asking));
  CHECK(witrt_store_set_epoch_deadline(g.store, 1));
  stopped(call(&g, SPIN, NULL), WITRT_TRAP_INTERRUPTED);
  CHECK_EQ(asked.asked, 6);
  /* With as much time as nobody waits for, it is not asked again. */
  CHECK(witrt_store_set_epoch_deadline(g.store, UINT64_MAX));
  goes_on(&g);
  CHECK_EQ(asked.asked, 6);
  /* Another takes its place; none stops the guest at once. */
  asked_t never = {g.store, 0, 0, 0};
  CHECK(witrt_store_set_epoch_callback(g.store, ask, &never, end_asking));
  CHECK_EQ(asked.ended, 1);
  CHECK(witrt_store_set_epoch_deadline(g.store, 0));
  stopped(call(&g, SPIN, NULL), WITRT_TRAP_INTERRUPTED);
  CHECK_EQ(never.asked, 1);
  CHECK(witrt_store_set_epoch_callback(g.store, NULL, NULL, NULL));
  CHECK_EQ(never.ended, 1);
  CHECK(witrt_store_set_epoch_deadline(g.store, 0));
  stopped(call(&g, SPIN, NULL), WITRT_TRAP_INTERRUPTED);
  CHECK(witrt_store_set_epoch_callback(g.store, ask, &never, end_asking));
  atomic_store(&ticking, false);
  pthread_join(ticker, NULL);
  guest_close(&g);
  CHECK_EQ(never.ended, 2);

  /* An engine without epochs has nothing to ask about, and takes nothing. */
  guest_open(&g, "(module)");
  CHECK(!witrt_store_set_epoch_callback(g.store, ask, &never, end_asking));
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_UNSUPPORTED);
  CHECK(!witrt_store_set_epoch_callback(NULL, ask, &never, end_asking));
  CHECK_EQ(never.ended, 2);
  guest_close(&g);
}

int main(void) {
  of_one_store();
  asking_at_deadlines(false);
  asking_at_deadlines(true);
  fuel();
  epochs();
  far_deadlines();
  adapters();
  values();
  stack();
  memory_and_tables();
  instances(false);
  instances(true);
  pools(false);
  pools(true);
  others();
  cache();
  return check_result();
}
