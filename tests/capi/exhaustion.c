/* Guests, and hosts, that use things up: time, stack, memory, strings, the
 * host's own heap. Each time there is an error, the next call works, and what
 * was taken is given back: resident memory is measured. */

#include <malloc.h>
#include <pthread.h>
#include <sys/mman.h>
#include <time.h>
#include <uchar.h>

#include "../soak/resident.h"
#include "guest.h"
#include "refusing.h"
#include "text.h"

static double mib(size_t bytes) { return (double)bytes / (1 << 20); }

static size_t measured(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
  return resident();
}

/* What is kept after `what`, at most so many MiB more than before it. */
static void returned(const char* what, size_t before, size_t peak, double most) {
  size_t after = measured();
  printf("%-34s MiB before %6.1f, at most %6.1f, after %6.1f\n", what, mib(before), mib(peak), mib(after));
#if CAN_REFUSE
  CHECK(mib(after) - mib(before) <= most);
#else
  (void)most; /* a sanitizer keeps what is freed for a while */
#endif
}

static const char* wat =
  "(module"
  "  (import \"host\" \"down\" (func $down))"
  "  (import \"host\" \"again\" (func $again (param i32)))"
  "  (memory (export \"memory\") 1 65536)"
  "  (global $at (mut i32) (i32.const 16)) (global $length (mut i32) (i32.const 0))"
  "  (func $spin (loop $l br $l))"
  "  (func $grow (result i32) (local $got i32)"
  "    (loop $l"
  "      (local.set $got (memory.grow (i32.const 16)))"
  "      (if (i32.ne (local.get $got) (i32.const -1)) (then"
  "        (memory.fill (i32.mul (local.get $got) (i32.const 65536)) (i32.const 97) (i32.const 1048576)) (br $l))))"
  "    memory.size)"
  "  (func $recurse (call $again (i32.const 0)))"
  "  (func $descend call $down)"
  "  (func $ok (result i32) i32.const 42)"
  "  (func $claim (param i32 i32) (global.set $at (local.get 0)) (global.set $length (local.get 1)))"
  "  (func $text (result i32 i32) global.get $at global.get $length)"
  "  (func $malloc (param $size i32) (result i32)"
  "    (if (i32.gt_u (local.get $size) (i32.mul (memory.size) (i32.const 65536))) (then"
  "      (drop (memory.grow (i32.add (i32.shr_u (local.get $size) (i32.const 16)) (i32.const 1))))))"
  "    i32.const 16)"
  "  (func $echo (param i32 i32) (result i32 i32) local.get 0 local.get 1)"
  "  (global $freed (mut i32) (i32.const 0))"
  "  (func $free (param i32 i32) (memory.fill (local.get 0) (i32.const 120) (local.get 1))"
  "    (global.set $freed (i32.add (global.get $freed) (i32.const 1))))"
  "  (func $frees (result i32) global.get $freed)"
  "  (func $descend_echo (param i32 i32) (result i32 i32) call $down local.get 0 local.get 1)"
  "  (@interface func $down_ (import \"host\" \"down\"))"
  "  (@interface func $ask (import \"host\" \"ask\") (result string))"
  "  (@interface implement (func $down) call-adapter $down_)"
  "  (@interface implement (func $again) (param i32) call-core $recurse)"
  "  (@interface func (export \"spin\") call-core $spin)"
  "  (@interface func (export \"recurse\") call-core $recurse)"
  "  (@interface func $self (export \"self\") call-adapter $self)"
  "  (@interface func (export \"descend\") call-core $descend)"
  "  (@interface func (export \"grow\") (result u32) call-core $grow i32-to-u32)"
  "  (@interface func (export \"ok\") (result u32) call-core $ok i32-to-u32)"
  "  (@interface func (export \"claim\") (param u32) (param u32)"
  "    arg.get 0 u32-to-i32 arg.get 1 u32-to-i32 call-core $claim)"
  "  (@interface func (export \"text\") (result string) call-core $text memory-to-string)"
  "  (@interface func (export \"echo\") (param string) (result string)"
  "    arg.get 0 string-to-memory $malloc call-core $echo memory-to-string)"
  "  (@interface func (export \"ask\") (result string) call-adapter $ask)"
  "  (@interface func (export \"owing\") (param string) (result string)"
  "    arg.get 0 string-to-memory $malloc call-core $echo defer-call-core $free memory-to-string)"
  "  (@interface func (export \"freed\") (result u32) call-core $frees i32-to-u32)"
  "  (@interface func (export \"trapping\") (param string) (result string)"
  "    arg.get 0 string-to-memory $malloc call-core $echo defer-call-core $free"
  "    call-core $descend_echo memory-to-string))";
enum { SPIN, RECURSE, SELF, DESCEND, GROW, OK, CLAIM, TEXT, ECHO, ASK, OWING, FREED, TRAPPING };

static guest_t g;
static wasm_string_t answer;
static int prepares; /* how often the callback prepares a call, and deletes it */

static wasm_trap_t* call(int export, wasm_val_t* arg, size_t count, wasm_val_t* result) {
  wasm_val_vec_t args = {count, arg}, results = {result != NULL, result};
  return wasm_func_call(guest_func(&g, (size_t)export), &args, &results);
}

/* A host that has its guest call it again, and again; or does something else. */
static wasm_trap_t* (*instead)(void);
static wasm_trap_t* down(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  return instead ? instead() : call(DESCEND, NULL, 0, NULL);
}

static wasm_trap_t* ask(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args;
  for (int i = 0; i < prepares; i++) {
    witrt_slot_kind_t kind = WASM_U32;
    witrt_prepared_delete(witrt_func_prepare(guest_func(&g, OK), NULL, 0, &kind, 1, NULL));
  }
  results->data[0] = (wasm_val_t)WASM_STRING_VAL(&answer);
  return NULL;
}

static void open_with(wasm_config_t* config) {
  memset(&g, 0, sizeof g);
  g.engine = wasm_engine_new_with_config(config);
  REQUIRE(g.engine);
  g.store = wasm_store_new(g.engine);
  wasm_functype_t* types[] = {wasm_functype_new_0_0(), wasm_functype_new_0_1(wasm_valtype_new_string())};
  wasm_func_t* funcs[] = {wasm_func_new(g.store, types[0], down), wasm_func_new(g.store, types[1], ask)};
  wasm_extern_t* import[] = {wasm_func_as_extern(funcs[0]), wasm_func_as_extern(funcs[1])};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  guest_load(&g, wat, &imports);
  for (int i = 0; i < 2; i++) wasm_func_delete(funcs[i]), wasm_functype_delete(types[i]);
}

static void goes_on(void) {
  wasm_val_t result = WASM_INIT_VAL;
  wasm_trap_t* trap = call(OK, NULL, 0, &result);
  if (!CHECK(trap == NULL && result.of.u32 == 42)) fprintf(stderr, "  %s\n", message_of(trap));
}

static void stopped(wasm_trap_t* trap, witrt_trap_code_t code) {
  if (!CHECK(trap != NULL)) return;
  if (!CHECK(witrt_trap_code(trap) == code)) fprintf(stderr, "  %s\n", message_of(wasm_trap_copy(trap)));
  wasm_trap_delete(trap);
}

static void* tick(void* engine) {
  const struct timespec pause = {0, 3000000};
  nanosleep(&pause, NULL);
  witrt_engine_increment_epoch(engine);
  return NULL;
}

static void forever(void) {
  wasm_config_t* config = wasm_config_new();
  witrt_config_set_consume_fuel(config, true);
  witrt_config_set_epoch_interruption(config, true);
  open_with(config);
  /* The first trap reads what the process is made of, to tell its frames. */
  CHECK(witrt_store_set_fuel(g.store, 100000));
  stopped(call(SPIN, NULL, 0, NULL), WITRT_TRAP_OUT_OF_FUEL);
  size_t before = measured();
  for (int i = 0; i < 200; i++) {
    CHECK(witrt_store_set_fuel(g.store, 100000));
    stopped(call(SPIN, NULL, 0, NULL), WITRT_TRAP_OUT_OF_FUEL);
    CHECK(witrt_store_set_fuel(g.store, 100000));
    goes_on();
  }
  CHECK(witrt_store_set_fuel(g.store, UINT64_MAX));
  for (int i = 0; i < 20; i++) {
    pthread_t ticker;
    CHECK(witrt_store_set_epoch_deadline(g.store, 1));
    REQUIRE(pthread_create(&ticker, NULL, tick, g.engine) == 0);
    stopped(call(SPIN, NULL, 0, NULL), WITRT_TRAP_INTERRUPTED);
    pthread_join(ticker, NULL);
    CHECK(witrt_store_set_epoch_deadline(g.store, 1u << 30));
    goes_on();
  }
  returned("220 endless loops", before, measured(), 1);
  guest_close(&g);
}

/* The same as soon as a module is instantiated. */
static void start_functions(void) {
  static const char* const starts[] = {
    "(module (func $f (loop $l br $l)) (start $f))",
    "(module (func $f call $f) (start $f))",
    "(module (memory 1) (func $f (loop $l (drop (memory.grow (i32.const 1))) br $l)) (start $f))",
    "(module (import \"\" \"again\" (func $again)) (func $f call $again)"
    "  (@interface implement (func $again) call-core $f) (start $f))",
  };
  wasm_config_t* config = wasm_config_new();
  witrt_config_set_consume_fuel(config, true);
  witrt_config_set_max_memory_bytes(config, 1 << 20);
  open_with(config);
  for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
    if (i % 2 && !may_fault()) continue;
    CHECK(witrt_store_set_fuel(g.store, 10000000));
    wasm_module_t* module = module_of(g.store, starts[i]);
    REQUIRE(module);
    wasm_trap_t* trap = NULL;
    CHECK(wasm_instance_new(g.store, module, NULL, &trap) == NULL);
    stopped(trap, i % 2 ? WITRT_TRAP_STACK_OVERFLOW : WITRT_TRAP_OUT_OF_FUEL);
    wasm_module_delete(module);
    CHECK(witrt_store_set_fuel(g.store, 1000));
    goes_on();
  }
  guest_close(&g);
}

static void recursion(void) {
  open_with(wasm_config_new());
  stopped(call(RECURSE, NULL, 0, NULL), WITRT_TRAP_STACK_OVERFLOW);
  goes_on();
  /* The stack itself stays as deep as it once was. */
  stopped(call(SELF, NULL, 0, NULL), WITRT_TRAP_STACK_OVERFLOW);
  stopped(call(DESCEND, NULL, 0, NULL), WITRT_TRAP_STACK_OVERFLOW);
  size_t before = measured();
  for (int i = 0; i < 50; i++) {
    stopped(call(RECURSE, NULL, 0, NULL), WITRT_TRAP_STACK_OVERFLOW);
    goes_on();
    stopped(call(SELF, NULL, 0, NULL), WITRT_TRAP_STACK_OVERFLOW);
    goes_on();
    stopped(call(DESCEND, NULL, 0, NULL), WITRT_TRAP_STACK_OVERFLOW);
    goes_on();
  }
  returned("150 endless recursions", before, measured(), 1);
  guest_close(&g);
}

static void growth(void) {
  size_t before = measured(), peak = 0;
  for (int i = 0; i < 3; i++) {
    wasm_config_t* config = wasm_config_new();
    CHECK(witrt_config_set_max_memory_bytes(config, 128 << 20));
    open_with(config);
    wasm_val_t result = WASM_INIT_VAL;
    CHECK(call(GROW, NULL, 0, &result) == NULL);
    CHECK(result.of.u32 > (127 << 4) && result.of.u32 <= 128 << 4);
    if (resident() > peak) peak = resident();
    goes_on();
    guest_close(&g);
  }
  returned("memories grown to 128 MiB", before, peak, 3);
}

/* Lengths of 4 GiB: claimed by the guest, and given by the host. */
static void lengths(void) {
  open_with(wasm_config_new());
  size_t before = measured();
  static const uint32_t claims[][2] = {
    {0, UINT32_MAX}, {16, UINT32_MAX - 15}, {UINT32_MAX, UINT32_MAX}, {65536, 1}, {1, 65536}, {UINT32_MAX, 1},
  };
  for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
    wasm_val_t args[] = {WASM_U32_VAL(claims[i][0]), WASM_U32_VAL(claims[i][1])}, result = WASM_INIT_VAL;
    CHECK(call(CLAIM, args, 2, NULL) == NULL);
    stopped(call(TEXT, NULL, 0, &result), WITRT_TRAP_MEMORY_OUT_OF_BOUNDS);
    CHECK(result.kind == WASM_EXTERNREF);
    goes_on();
  }
  /* Zeros that nobody has to store: text of 4 GiB and a bit. */
  size_t size = ((size_t)1 << 32) + 5;
  void* zeros = sizeof(size_t) < 8 ? MAP_FAILED
    : mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (zeros != MAP_FAILED) {
    wasm_string_t text = WASM_STRING_UTF8(zeros, size);
    wasm_val_t arg = WASM_STRING_VAL(&text), result = WASM_INIT_VAL;
    stopped(call(ECHO, &arg, 1, &result), WITRT_TRAP_STRING_TOO_LONG);
    goes_on();
    munmap(zeros, size);
  }
  returned("lengths of 4 GiB", before, measured(), 2);
  guest_close(&g);
}

/* 100,000 strings of each sort that are kept. */
static void strings(void) {
  enum { COUNT = 100000 };
  size_t before = measured();
  wasm_string_t** made = calloc(3 * COUNT, sizeof *made);
  open_with(wasm_config_new());
  static const char text[] = "one of a hundred thousand";
  wasm_string_t own = WASM_STRING_LIT("one of a hundred thousand");
  answer = own;
  for (int i = 0; i < COUNT; i++) {
    wasm_val_t arg = WASM_STRING_VAL(&own), results[] = {WASM_INIT_VAL, WASM_INIT_VAL};
    made[3 * i] = wasm_string_new(WASM_UTF8, text, sizeof text - 1);
    CHECK(call(ECHO, &arg, 1, &results[0]) == NULL);
    CHECK(call(ASK, NULL, 0, &results[1]) == NULL);
    made[3 * i + 1] = results[0].of.string, made[3 * i + 2] = results[1].of.string;
  }
  goes_on();
  size_t peak = resident();
  printf("  %.0f bytes a string\n", (double)(peak - before) / (3 * COUNT));
  for (int i = 0; i < 3 * COUNT; i += 997) CHECK_EQ(wasm_string_length(made[i], WASM_UTF8), sizeof text - 1);
  guest_close(&g); /* the strings keep the store */
  for (int i = 0; i < 3 * COUNT; i++) {
    CHECK(wasm_string_is_handle(made[i]));
    wasm_string_delete(made[i]);
  }
  free(made);
  returned("300,000 strings that were kept", before, peak, 4);
}

/* Prepared calls that are made and deleted while a call runs. */
static void prepared_within(void) {
  open_with(wasm_config_new());
  answer = (wasm_string_t)WASM_STRING_LIT("an answer");
  size_t before = measured();
  wasm_val_t result = WASM_INIT_VAL;
  prepares = 100000;
  CHECK(call(ASK, NULL, 0, &result) == NULL);
  prepares = 0;
  wasm_val_delete(&result);
  goes_on();
  returned("100,000 calls prepared in a callback", before, measured(), 2);
  guest_close(&g);
}

/* Long strings that are held for a while: their store lives on, and keeps hardly
 * anything of them. */
static void held_strings(void) {
  enum { COUNT = 2000, SIZE = 60000 };
  static wasm_string_t* made[COUNT];
  open_with(wasm_config_new());
  wasm_val_t args[] = {WASM_U32_VAL(16), WASM_U32_VAL(SIZE)};
  CHECK(call(CLAIM, args, 2, NULL) == NULL);
  size_t before = measured();
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < COUNT; i++) {
      wasm_val_t result = WASM_INIT_VAL;
      CHECK(call(TEXT, NULL, 0, &result) == NULL);
      made[i] = result.of.string;
    }
    goes_on();
    size_t peak = resident();
    /* A sanitizer gives out again what it had kept. */
    CHECK(!CAN_REFUSE || mib(peak) - mib(before) >= 100);
    for (int i = 0; i < COUNT; i++) wasm_string_delete(made[i]);
    returned("2,000 strings of 60 kB that were held", before, peak, 3);
  }
  guest_close(&g);
}

#if CAN_REFUSE
static void is_refused(wasm_trap_t* trap) {
  if (!CHECK(trap != NULL)) return;
  witrt_error_t* why = witrt_trap_error(trap);
  if (!CHECK(witrt_error_kind(why) == WITRT_ERROR_OUT_OF_MEMORY)) fprintf(stderr, "  %s\n", witrt_error_message(why));
  witrt_error_delete(why);
  wasm_trap_delete(trap);
}

/* So many bytes, each of them 'a'. */
static void is_whole(const wasm_string_t* string, size_t size) {
  static char copy[16 << 20];
  size_t written = 0;
  CHECK(wasm_string_is_valid(string));
  CHECK_EQ(wasm_string_length(string, WASM_UTF16), size);
  memset(copy, 0, sizeof copy);
  CHECK(wasm_string_read(string, WASM_UTF8, copy, sizeof copy, &written));
  CHECK_EQ(written, size);
  CHECK(copy[0] == 'a' && memcmp(copy, copy + 1, size - 1) == 0);
}

/* What a callback does with its argument: gives it back. */
enum { AS_VALUE, AS_TEXT, AS_LAZY, RETURNED, WAYS };
static int way;
static wasm_trap_t* same(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  results->data[0] = args->data[0];
  return NULL;
}
static wasm_trap_t* same_slot(void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  (void)env;
  if (way != RETURNED) results[0] = args[0];
  else if (!witrt_caller_return_text(caller, 0, args[0].text.data, args[0].text.size)) {
    CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_OUT_OF_MEMORY);
    return witrt_caller_trap(caller, "refused", 7);
  }
  return NULL;
}

/* Text of a guest's, as much as it likes, well-formed or to be made so, that comes
 * to a host and goes back in every way: while copies are refused there is an
 * error, or the text; afterwards there is the text. */
static void refused_on_the_way(void) {
  enum { SIZE = 2 << 20 };
  static const witrt_slot_kind_t kinds[] = {0, WITRT_SLOT_UTF8, WITRT_SLOT_LAZY_UTF8, WITRT_SLOT_UTF16};
  int errors = 0;
  for (int bad = 0; bad < 2; bad++) {
    for (way = AS_VALUE; way < WAYS; way++) {
      wasm_config_t* config = wasm_config_new();
      CHECK(witrt_config_set_ill_formed(config, WITRT_ILL_FORMED_REPLACE));
      memset(&g, 0, sizeof g);
      g.engine = wasm_engine_new_with_config(config);
      g.store = wasm_store_new(g.engine);
      wasm_functype_t* type = wasm_functype_new_1_1(wasm_valtype_new_string(), wasm_valtype_new_string());
      wasm_func_t* func = way == AS_VALUE ? wasm_func_new(g.store, type, same)
        : witrt_func_new_with_slots(g.store, &kinds[way], 1, &kinds[way], 1, same_slot, NULL, NULL, NULL);
      wasm_extern_t* import[] = {wasm_func_as_extern(func)};
      wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
      char module[1024];
      snprintf(module, sizeof module,
        "(module (memory 200) (func $fill (memory.fill (i32.const 0) (i32.const %d) (i32.const %d))) (start $fill)"
        "  (func $text (result i32 i32) i32.const 0 i32.const %d) (func $alloc (param i32) (result i32) i32.const %d)"
        "  (func $length (param i32 i32) (result i32) local.get 1)"
        "  (@interface func $host (import \"\" \"same\") (param string) (result string))"
        "  (@interface func (export \"text\") (result string) call-core $text memory-to-string)"
        "  (@interface func (export \"back\") (result string) call-core $text memory-to-string call-adapter $host)"
        "  (@interface func (export \"length\") (result u32) call-core $text memory-to-string call-adapter $host"
        "    string-to-memory $alloc call-core $length i32-to-u32))", bad ? 0xff : 'a', SIZE, SIZE, SIZE);
      guest_load(&g, module, &imports);
      for (int export = 0; export < 3; export++) {
        for (int refusing = 1; refusing >= 0; refusing--) {
          wasm_val_t result = WASM_INIT_VAL;
          refuse_from = refusing ? 1 << 20 : SIZE_MAX;
          wasm_trap_t* trap = call(export, NULL, 0, &result);
          errors += trap != NULL;
          if (trap) CHECK(refusing), wasm_trap_delete(trap);
          else if (export == 2) CHECK_EQ(result.of.u32, bad ? 3 * SIZE : SIZE);
          else if (bad) CHECK_EQ(wasm_string_length(result.of.string, WASM_UTF8), 3 * SIZE);
          else is_whole(result.of.string, SIZE);
          wasm_val_delete(&result);
        }
      }
      refuse_from = SIZE_MAX;
      guest_close(&g);
      wasm_func_delete(func), wasm_functype_delete(type);
    }
  }
  CHECK(errors >= 12);
}

/* In a callback: a string of the guest's is held, and from then on nothing can be
 * copied. */
static wasm_string_t large;
static wasm_val_t held;
static wasm_trap_t* hold(void) {
  wasm_val_t arg = WASM_STRING_VAL(&large);
  CHECK(call(OWING, &arg, 1, &held) == NULL);
  refuse_from = 1 << 20;
  wasm_message_t message;
  wasm_name_new_from_string_nt(&message, "held");
  wasm_trap_t* trap = wasm_trap_new(g.store, &message);
  wasm_byte_vec_delete(&message);
  return trap;
}

/* A guest that traps then: what its frames deferred waits until the string has
 * been copied. */
static void refused_after_a_trap(void) {
  enum { SIZE = 4 << 20 };
  char* text = malloc(SIZE);
  memset(text, 'a', SIZE);
  open_with(wasm_config_new());
  large = (wasm_string_t)WASM_STRING_UTF8(text, SIZE);
  wasm_string_t some = WASM_STRING_LIT("some text");
  wasm_val_t arg = WASM_STRING_VAL(&some), result = WASM_INIT_VAL, number = WASM_INIT_VAL;
  for (int i = 1; i <= 3; i++) {
    instead = hold;
    wasm_trap_t* trap = call(TRAPPING, &arg, 1, &result);
    instead = NULL;
    CHECK(trap != NULL);
    wasm_trap_delete(trap);
    is_whole(held.of.string, SIZE);
    is_refused(call(OK, NULL, 0, &number));
    is_whole(held.of.string, SIZE);
    refuse_from = SIZE_MAX;
    goes_on();
    is_whole(held.of.string, SIZE);
    CHECK(call(FREED, NULL, 0, &number) == NULL);
    CHECK_EQ(number.of.u32, 2 * i);
    wasm_val_delete(&held);
  }
  guest_close(&g);
  free(text);
}

static void refused_copies(void) {
  enum { SIZE = 16 << 20 };
  char* text = malloc(SIZE);
  char16_t* wide = malloc(2 * SIZE);
  memset(text, 'a', SIZE);
  for (size_t i = 0; i < SIZE; i++) wide[i] = 'a';
  open_with(wasm_config_new());
  wasm_string_t narrow_text = WASM_STRING_UTF8(text, SIZE), wide_text = WASM_STRING_UTF16(wide, SIZE);
  wasm_val_t arg = WASM_STRING_VAL(&wide_text), result = WASM_INIT_VAL;
  wasm_string_t* whole = wasm_string_new(WASM_UTF8, text, SIZE);
  CHECK(call(ECHO, &arg, 1, &result) == NULL);
  is_whole(result.of.string, SIZE);
  wasm_val_delete(&result);
  size_t before = measured();

  refuse_from = 1 << 20;
  for (int i = 0; i < 20; i++) {
    witrt_error_clear_last();
    CHECK(wasm_string_new(WASM_UTF8, text, SIZE) == NULL);
    CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_OUT_OF_MEMORY);
    CHECK(wasm_string_new(WASM_UTF16, wide, SIZE) == NULL);
    CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_OUT_OF_MEMORY);
    CHECK(wasm_string_copy(&wide_text) == NULL);
    CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_OUT_OF_MEMORY);
    wasm_byte_vec_t bytes;
    wasm_byte_vec_new(&bytes, SIZE, text);
    CHECK(bytes.size == 0);
    CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_OUT_OF_MEMORY);

    /* A callback answers with text that has to be copied. */
    answer = i % 2 ? narrow_text : wide_text;
    result = (wasm_val_t)WASM_INIT_VAL;
    is_refused(call(ASK, NULL, 0, &result));
    goes_on();

    /* Into the guest and back to a buffer of ours, nothing has to be copied. */
    arg = (wasm_val_t)WASM_STRING_VAL(i % 2 ? &narrow_text : &wide_text);
    CHECK(call(ECHO, &arg, 1, &result) == NULL);
    CHECK_EQ(wasm_string_length(result.of.string, WASM_UTF16), SIZE);
    CHECK(wasm_string_read(result.of.string, WASM_UTF8, text, SIZE, NULL));
    wasm_val_delete(&result);
    goes_on();

    /* What is kept while the guest runs again has to be copied first: the call
     * is refused, what the guest is owed is not yet paid, and the string is
     * still there. */
    wasm_val_t number = WASM_INIT_VAL;
    CHECK(call(FREED, NULL, 0, &number) == NULL);
    uint32_t freed = number.of.u32;
    CHECK(call(OWING, &arg, 1, &result) == NULL);
    for (int again = 0; again < 2; again++) {
      is_refused(call(OK, NULL, 0, &number));
      is_whole(result.of.string, SIZE);
    }
    refuse_from = SIZE_MAX;
    goes_on();
    CHECK(call(FREED, NULL, 0, &number) == NULL);
    CHECK_EQ(number.of.u32, freed + 1);
    is_whole(result.of.string, SIZE);
    wasm_val_delete(&result);
    refuse_from = 1 << 20;
    goes_on();
  }
  refuse_from = SIZE_MAX;
  CHECK(refused >= 100);
  returned("a heap that refuses copies", before, measured(), 1);

  /* All of it works again. */
  CHECK(call(ASK, NULL, 0, &result) == NULL);
  wasm_val_delete(&result);
  CHECK_EQ(wasm_string_length(whole, WASM_UTF8), SIZE);
  wasm_string_delete(whole);
  goes_on();
  guest_close(&g);
  free(text), free(wide);
}
#endif

int main(void) {
  { /* The first of everything allocates for good. */
    open_with(wasm_config_new());
    goes_on();
    guest_close(&g);
  }
  forever();
  start_functions();
  if (may_fault()) recursion();
  growth();
  lengths();
  strings();
  prepared_within();
  held_strings();
#if CAN_REFUSE
  refused_copies();
  refused_on_the_way();
  refused_after_a_trap();
#else
  puts("a heap that refuses copies: not with this heap");
#endif
  return check_result();
}
