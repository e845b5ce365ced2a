/* A guest that runs away is stopped, by each of the limits, and the store and
 * its neighbours go on. */

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "guest.h"

static const char* wat =
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
  guest_load(&g, wat, NULL);
  goes_on(&g);
  uint64_t left = 0;
  CHECK(witrt_store_fuel(g.store, &left));
  CHECK(left > 0 && left < 1000000);
  stopped(call(&g, SPIN, NULL), WITRT_TRAP_OUT_OF_FUEL);
  CHECK(witrt_store_fuel(g.store, &left) && left == 0);
  stopped(call(&g, OK, NULL), WITRT_TRAP_OUT_OF_FUEL);
  CHECK(witrt_store_set_fuel(g.store, 1000));
  goes_on(&g);
  guest_close(&g);

  /* An engine that does not count has none to give. */
  guest_start(&g);
  CHECK(!witrt_store_set_fuel(g.store, 1));
  CHECK(!witrt_store_fuel(g.store, &left));
  CHECK_EQ(witrt_error_kind(witrt_last_error()), WITRT_ERROR_UNSUPPORTED);
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
  guest_load(&g, wat, NULL);
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

static void stack(void) {
  size_t depths[2];
  for (int i = 0; i < 2; i++) {
    wasm_config_t* config = wasm_config_new();
    CHECK(witrt_config_set_max_stack_bytes(config, i ? 1 << 16 : 1 << 20));
    guest_t g;
    open_with(&g, config);
    guest_load(&g, wat, NULL);
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
  CHECK_EQ(witrt_error_kind(witrt_last_error()), WITRT_ERROR_BAD_CONFIG);
}

static void memory_and_tables(void) {
  wasm_config_t* config = wasm_config_new();
  CHECK(witrt_config_set_max_memory_bytes(config, 10 << 16));
  CHECK(witrt_config_set_max_table_elements(config, 1000));
  guest_t g;
  open_with(&g, config);
  guest_load(&g, wat, NULL);
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
    guest_load(&g, wat, NULL);
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
    guest_load(&g, wat, NULL);
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

int main(void) {
  fuel();
  epochs();
  stack();
  memory_and_tables();
  instances(false);
  instances(true);
  others();
  cache();
  return check_result();
}
