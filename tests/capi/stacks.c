/* The stacks that guests run on: of threads, large and small, and those that a
 * host makes and switches to itself. */

#include <pthread.h>

#include "guest.h"

/* The switching of contexts that the standard had; where a sanitizer or a
 * platform does not know it, threads only. */
#if defined(__GLIBC__) && !defined(__SANITIZE_THREAD__)
#include <ucontext.h>
#define COROUTINES 1
#endif

enum { KIB = 1 << 10, MIB = 1 << 20 };

static const char* wat =
  "(module"
  "  (import \"\" \"out\" (func $out))"
  "  (func $depth (param i32) (result i32)"
  "    (if (result i32) (local.get 0)"
  "      (then (i32.add (i32.const 1) (call $depth (i32.sub (local.get 0) (i32.const 1)))))"
  "      (else (i32.const 0))))"
  "  (func $call_out (call $out))"
  "  (@interface func $host (import \"\" \"host\"))"
  "  (@interface implement (import \"\" \"out\") call-adapter $host)"
  "  (@interface func (export \"depth\") (param u32) (result u32)"
  "    arg.get 0 u32-to-i32 call-core $depth i32-to-u32)"
  "  (@interface func (export \"out\") call-core $call_out)"
  "  (@interface func $deep (export \"deep\") call-adapter $deep))";

enum { DEPTH, OUT, DEEP };

/* What the host does when it is called. */
static void (*called)(void);

static wasm_trap_t* host(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  if (called) called();
  return NULL;
}

/* A guest, or no instance of it where the stack does not suffice. */
static void open_on(guest_t* g, int back_end, size_t max_stack, bool suffices) {
  memset(g, 0, sizeof *g);
  wasm_config_t* config = wasm_config_new();
  CHECK(witrt_config_set_back_end(config, back_end ? WITRT_BACK_END_REFERENCE : WITRT_BACK_END_COMPILED));
  if (max_stack) CHECK(witrt_config_set_max_stack_bytes(config, max_stack));
  g->engine = wasm_engine_new_with_config(config);
  REQUIRE(g->engine);
  g->store = wasm_store_new(g->engine);
  wasm_functype_t* type = wasm_functype_new_0_0();
  wasm_func_t* func = wasm_func_new(g->store, type, host);
  wasm_extern_t* import[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  if (suffices) {
    guest_load(g, wat, &imports);
  } else {
    g->module = module_of(g->store, wat);
    wasm_trap_t* trap = NULL;
    CHECK(wasm_instance_new(g->store, g->module, &imports, &trap) == NULL);
    CHECK(has(message_of(trap), "max_stack_bytes"));
  }
  wasm_func_delete(func);
  wasm_functype_delete(type);
}

static witrt_error_kind_t call(const guest_t* g, size_t export, uint32_t depth, witrt_trap_code_t* code) {
  wasm_val_t arg[] = {WASM_U32_VAL(depth)}, result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = {export == DEPTH, arg}, results = {export == DEPTH, result};
  witrt_error_t* error = NULL;
  if (witrt_func_call(guest_func(g, export), &args, &results, &error)) {
    if (export == DEPTH) CHECK_EQ(result[0].of.u32, depth);
    return 0;
  }
  const witrt_error_kind_t kind = witrt_error_kind(error);
  if (code) *code = witrt_error_trap_code(error);
  if (kind == WITRT_ERROR_OUT_OF_RANGE) CHECK(has(witrt_error_message(error), "max_stack_bytes"));
  witrt_error_delete(error);
  return kind;
}

static void overflows(const guest_t* g, size_t export) {
  witrt_trap_code_t code = 0;
  CHECK_EQ(call(g, export, 100000000, &code), WITRT_ERROR_TRAP);
  CHECK_EQ(code, WITRT_TRAP_STACK_OVERFLOW);
}

/* Everything works, up to where the stack ends. */
static void works(const guest_t* g) {
  CHECK_EQ(call(g, DEPTH, 10, NULL), 0);
  CHECK_EQ(call(g, OUT, 0, NULL), 0);
  overflows(g, DEPTH);
  overflows(g, DEEP);
}

static void refused(const guest_t* g, witrt_error_kind_t kind) {
  for (size_t export = DEPTH; export <= DEEP; export++) CHECK_EQ(call(g, export, 10, NULL), kind);
}

/* A thread whose stack is too small. */
static void too_small(const guest_t* g) {
  refused(g, WITRT_ERROR_OUT_OF_RANGE);
}

/* Further down on the host's stack by so much. */
static void further_down(size_t bytes, const guest_t* g, void (*body)(const guest_t*)) {
  volatile char used[4 * KIB];
  used[0] = used[sizeof used - 1] = 1;
  if (bytes > sizeof used) further_down(bytes - sizeof used, g, body);
  else body(g);
  used[0]++;
}

/* On a thread with 1 MiB: the host may use a good half itself. */
static void works_at_every_depth(const guest_t* g) {
  works(g);
  further_down(16 * KIB, g, works);
  further_down(250 * KIB, g, works);
  further_down(500 * KIB, g, works);
  further_down(700 * KIB, g, too_small);
  works(g);
}

static guest_t guest;
static int guests_back_end;

/* Where threads have 512 KiB, as macOS makes them: all of it. */
static void works_from_the_start(const guest_t* g) {
  open_on(&guest, guests_back_end, 0, true);
  works(&guest);
  guest_close(&guest);
  works(g);
  further_down(64 * KIB, g, works);
  further_down(200 * KIB, g, too_small);
}

/* Modules that nest deeply, read and compiled. */
static void reads(const guest_t* g) {
  enum { DEPTH_OF_TEXT = 20000 };
  static const struct {
    const char *start, *more, *middle, *less, *end;
    bool is_valid;
  } all[] = {
    {"(module (func ", "(block ", "nop", ")", "))", true},
    {"(module (func (result i32) ", "(i32.eqz ", "(i32.const 1)", ")", "))", true},
    {"", "(component ", "", ")", "", false},
    {"(component (type (func (param \"a\" ", "(list ", "u8", ")", "))))", false},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    char *text = malloc(DEPTH_OF_TEXT * 20), *at = text;
    REQUIRE(text);
    at += sprintf(at, "%s", all[i].start);
    for (int n = 0; n < DEPTH_OF_TEXT; n++) at += sprintf(at, "%s", all[i].more);
    at += sprintf(at, "%s", all[i].middle);
    for (int n = 0; n < DEPTH_OF_TEXT; n++) at += sprintf(at, "%s", all[i].less);
    at += sprintf(at, "%s", all[i].end);
    wasm_byte_vec_t bytes = {(size_t)(at - text), text}, binary = {0, NULL}, stored;
    CHECK_EQ(wasm_module_validate(g->store, &bytes), all[i].is_valid);
    wasm_module_t* module = wasm_module_new(g->store, &bytes);
    CHECK_EQ(module != NULL, all[i].is_valid);
    CHECK_EQ(witrt_module_assemble(&bytes, &binary, NULL), all[i].is_valid);
    if (module) {
      wasm_module_serialize(module, &stored);
      wasm_module_t* again = wasm_module_deserialize(g->store, &stored);
      CHECK(again != NULL);
      wasm_module_delete(again);
      wasm_byte_vec_delete(&stored);
    }
    wasm_module_delete(module);
    wasm_byte_vec_delete(&binary);
    free(text);
  }
}

typedef struct {
  const guest_t* guest;
  void (*body)(const guest_t*);
} job_t;

static void* run(void* argument) {
  job_t* job = argument;
  job->body(job->guest);
  return NULL;
}

static void on_thread(size_t stack, const guest_t* g, void (*body)(const guest_t*)) {
  pthread_attr_t attr;
  pthread_attr_init(&attr);
  REQUIRE(pthread_attr_setstacksize(&attr, stack) == 0);
  pthread_t thread;
  job_t job = {g, body};
  REQUIRE(pthread_create(&thread, &attr, run, &job) == 0);
  pthread_join(thread, NULL);
  pthread_attr_destroy(&attr);
}

static void threads(int back_end) {
  guests_back_end = back_end;
  guest_t g;
  open_on(&g, back_end, 0, true);
  works(&g);
  /* Stacks of threads that have ended lie where those of the next ones do. */
  for (int i = 0; i < 20; i++) {
    on_thread(256 * KIB, &g, too_small);
    on_thread(384 * KIB, &g, too_small);
    on_thread(512 * KIB, &g, works_from_the_start);
    on_thread(1 * MIB, &g, works_at_every_depth);
  }
  for (size_t stack = 128 * KIB; stack <= 512 * KIB; stack *= 2) on_thread(stack, &g, reads);
  works(&g);
  guest_close(&g);

  open_on(&g, back_end, 64 * KIB, true);
  on_thread(256 * KIB, &g, works);
  works(&g);
  guest_close(&g);
}

/* Deeper than the default allows. */
static void goes_deep(const guest_t* g) {
  open_on(&guest, guests_back_end, 16 * MIB, true);
  CHECK_EQ(call(g, DEPTH, 100000, NULL), 0);
  works(g);
}

static void large(int back_end) {
  on_thread(24 * MIB, &guest, goes_deep);
  on_thread(1 * MIB, &guest, too_small);
  guest_close(&guest);

  open_on(&guest, back_end, SIZE_MAX, false);
  guest_close(&guest);
}

#ifdef COROUTINES
static ucontext_t outside, inside, beside;
static guest_t other;
/* Two stacks, the second above the first; which one `start` takes. */
static char* stacks;
static int taken;

static void go_to(ucontext_t* there, int which, ucontext_t* here, void (*body)(void)) {
  getcontext(there);
  there->uc_stack.ss_sp = stacks + which * MIB;
  there->uc_stack.ss_size = 1 * MIB;
  there->uc_link = here;
  makecontext(there, body, 0);
  swapcontext(here, there);
}

static void start(void (*body)(void)) { go_to(&inside, taken, &outside, body); }

static void go_out(void) { swapcontext(&inside, &outside); }

static void works_there(void) { works(&guest); }

static void suspends_there(void) {
  called = go_out;
  CHECK_EQ(call(&guest, OUT, 0, NULL), 0);
  called = NULL;
}

/* On another stack than the store's guest: that store is not to be had. */
static void works_apart(void) {
  called = NULL;
  refused(&guest, WITRT_ERROR_STORE_BUSY);
  works(&other);
}

static void goes_in(void) { start(works_apart); }

/* On one coroutine, while the guest is on another: of neither is it known where it
 * ends, so that one further down may be the same. */
static void refused_beside(void) {
  called = NULL;
  witrt_trap_code_t code = 0;
  for (size_t export = DEPTH; export <= DEEP; export++) {
    CHECK_EQ(call(&guest, export, 10, &code), taken ? WITRT_ERROR_TRAP : WITRT_ERROR_STORE_BUSY);
    CHECK_EQ(code, taken ? WITRT_TRAP_STACK_OVERFLOW : WITRT_TRAP_NONE);
  }
  works(&other);
}

static void goes_beside(void) { go_to(&beside, !taken, &inside, refused_beside); }

static void goes_beside_there(void) {
  called = goes_beside;
  CHECK_EQ(call(&guest, OUT, 0, NULL), 0);
}

/* The same, but on the guest's own stack. */
static void within(void) {
  called = NULL;
  works(&guest);
}

static void within_there(void) {
  called = within;
  CHECK_EQ(call(&guest, OUT, 0, NULL), 0);
}

static void coroutines(int back_end) {
  open_on(&guest, back_end, 0, true);
  open_on(&other, back_end, 0, true);
  stacks = malloc(2 * MIB);
  REQUIRE(stacks);

  start(works_there);
  works(&guest);
  start(within_there);
  within_there();

  /* A guest that has called out is left on the coroutine's stack. */
  start(suspends_there);
  works_apart();
  swapcontext(&outside, &inside);
  works(&guest);

  /* A guest on the thread's stack has called out, and the host goes to a
   * coroutine. */
  called = goes_in;
  CHECK_EQ(call(&guest, OUT, 0, NULL), 0);
  works(&guest);

  for (taken = 1; taken >= 0; taken--) {
    start(goes_beside_there);
    works(&guest);
  }
  taken = 0;

  guest_close(&guest);
  guest_close(&other);
  free(stacks);
}
#endif

int main(void) {
  for (int back_end = 0; back_end < 2; back_end++) {
    threads(back_end);
    large(back_end);
#ifdef COROUTINES
    coroutines(back_end);
#endif
  }
  return check_result();
}
