/* Text that callbacks return: of every short length, in either encoding, by each
 * way that there is, compared with the long way, a callback with a list of
 * values. And what happens where something is wrong with it. */

#include "guest.h"
#include "text.h"

static const char* wat =
  "(module"
  "  (import \"env\" \"ask\" (func $ask (result i32 i32)))"
  "  (import \"env\" \"memory\" (memory 8 8))"
  "  (global $at (mut i32) (i32.const 0))"
  "  (global $asks (mut i32) (i32.const 0))"
  "  (global $freed (mut i32) (i32.const 0))"
  "  (func $alloc (param i32) (result i32)"
  "    (if (global.get $asks) (then (global.set $asks (i32.const 0)) (drop (drop (call $ask)))))"
  "    (global.get $at) (global.set $at (i32.add (global.get $at) (local.get 0))))"
  "  (func $free (param i32 i32) (global.set $freed (i32.add (global.get $freed) (i32.const 1))))"
  "  (func $run (param i32 i32) (result i32)"
  "    (global.set $at (local.get 0)) (global.set $asks (local.get 1))"
  "    (call $ask) (call $swap))"
  "  (func $swap (param i32 i32) (result i32) local.get 1)"
  "  (func $freed (result i32) (global.get $freed))"
  "  (@interface func $host (import \"host\" \"ask\") (result string))"
  "  (@interface implement (import \"env\" \"ask\") (result i32) (result i32)"
  "    call-adapter $host string-to-memory $alloc defer-call-core $free)"
  "  (@interface func (export \"run\") (param u32) (param u32) (result u32)"
  "    arg.get 0 u32-to-i32 arg.get 1 u32-to-i32 call-core $run i32-to-u32)"
  "  (@interface func (export \"freed\") (result u32) call-core $freed i32-to-u32)"
  "  (@interface func (export \"through\") (result string) call-adapter $host))";

enum { MEMORY = 8 * 65536, MOST = 140000 };

/* The ways to return text. */
enum { SLOT, RETURNED, LAZY, REFERENCE, LISTED, WAYS };

typedef struct {
  int kind;
  bool wide;
  guest_t g;
  char* memory;
  witrt_prepared_t *run, *freed, *through;
  int calls;
} way_t;

/* What is answered: the first text, and from the second call on the other. */
static struct {
  const void* data[2];
  size_t len[2];
} answer;
/* What the callback does besides. */
static enum { NOTHING, TRAPS, CALLS } also;

static wasm_string_t string_of(const way_t* way, int nth) {
  wasm_string_t string = {answer.data[nth], answer.len[nth], WASM_UTF8, 0, 0};
  if (way->wide) string.encoding = WASM_UTF16;
  return string;
}

static wasm_trap_t* ask(
  void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  way_t* way = env;
  static char buffer[2][2 * MOST];
  (void)args;
  int nth = way->calls++ ? 1 : 0;
  if (also == CALLS && nth == 0) {
    /* The same again, within. */
    witrt_slot_t inner[2] = {{.u32 = 4096}, {.u32 = 0}}, len;
    CHECK(witrt_prepared_call(way->run, inner, &len, NULL));
  }
  const void* data = answer.data[nth];
  size_t len = answer.len[nth], size = len * (way->wide ? 2 : 1);
  if (data && size <= sizeof buffer[0]) {
    /* The text is overwritten by the next call back. */
    data = size ? memcpy(buffer[0], data, size) : buffer[0];
  }
  switch (way->kind) {
    case SLOT:
    case REFERENCE:
      results[0].text.data = data;
      results[0].text.size = len;
      break;
    case RETURNED: {
      /* What is returned last counts, and the slot does not. */
      results[0].text.data = NULL;
      results[0].text.size = 77;
      static const char16_t first[] = {0x7A7A, 0x7A7A};
      CHECK(witrt_caller_return_text(caller, 0, first, 2));
      CHECK(!witrt_caller_return_text(caller, 1, first, 2));
      if (!witrt_caller_return_text(caller, 0, data, len)) {
        return witrt_caller_trap(caller, "not returned", 12);
      }
      memset(buffer[0], 'x', size <= sizeof buffer[0] ? size : 0);
      break;
    }
    case LAZY: {
      static wasm_string_t string;
      string = string_of(way, nth);
      results[0].lazy.string = &string;
      break;
    }
  }
  if (also == TRAPS) return witrt_caller_trap(caller, "enough", 6);
  return NULL;
}

static wasm_trap_t* ask_listed(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  way_t* way = env;
  static wasm_string_t string;
  (void)args;
  int nth = way->calls++ ? 1 : 0;
  if (also == CALLS && nth == 0) {
    witrt_slot_t inner[2] = {{.u32 = 4096}, {.u32 = 0}}, len;
    CHECK(witrt_prepared_call(way->run, inner, &len, NULL));
  }
  string = string_of(way, nth);
  results->data[0].of.string = &string;
  if (also == TRAPS) {
    wasm_message_t message;
    wasm_name_new_from_string_nt(&message, "enough");
    wasm_trap_t* trap = wasm_trap_new(way->g.store, &message);
    wasm_byte_vec_delete(&message);
    return trap;
  }
  return NULL;
}

static way_t ways[WAYS];

static void open_way(way_t* way, int kind, bool wide, bool replaces) {
  memset(way, 0, sizeof *way);
  way->kind = kind;
  way->wide = wide;
  wasm_config_t* config = wasm_config_new();
  if (replaces) CHECK(witrt_config_set_ill_formed(config, WITRT_ILL_FORMED_REPLACE));
  if (kind == REFERENCE) CHECK(witrt_config_set_back_end(config, WITRT_BACK_END_REFERENCE));
  way->g.engine = wasm_engine_new_with_config(config);
  way->g.store = wasm_store_new(way->g.engine);
  wasm_func_t* func;
  if (kind == LISTED) {
    wasm_valtype_t* result = wasm_valtype_new(WASM_STRING);
    wasm_valtype_vec_t params, results;
    wasm_valtype_vec_new_empty(&params);
    wasm_valtype_vec_new(&results, 1, &result);
    wasm_functype_t* type = wasm_functype_new(&params, &results);
    func = wasm_func_new_with_env(way->g.store, type, ask_listed, way, NULL);
    wasm_functype_delete(type);
  } else {
    witrt_slot_kind_t result = wide ? WITRT_SLOT_UTF16 : WITRT_SLOT_UTF8;
    if (kind == LAZY) result = wide ? WITRT_SLOT_LAZY_UTF16 : WITRT_SLOT_LAZY_UTF8;
    func = witrt_func_new_with_slots(way->g.store, NULL, 0, &result, 1, ask, way, NULL, NULL);
  }
  REQUIRE(func);
  wasm_limits_t limits = {8, 8};
  wasm_memorytype_t* type = wasm_memorytype_new(&limits);
  wasm_memory_t* memory = wasm_memory_new(way->g.store, type);
  wasm_memorytype_delete(type);
  REQUIRE(memory);
  way->memory = wasm_memory_data(memory);
  /* In the order of the module's imports: the host's function is last. */
  wasm_extern_t* imports[] = {wasm_memory_as_extern(memory), wasm_func_as_extern(func)};
  wasm_extern_vec_t all = WASM_ARRAY_VEC(imports);
  guest_load(&way->g, wat, &all);
  wasm_func_delete(func);
  wasm_memory_delete(memory);
  witrt_slot_kind_t numbers[] = {WASM_U32, WASM_U32};
  witrt_slot_kind_t text = WITRT_SLOT_UTF8;
  way->run = witrt_func_prepare(guest_func(&way->g, 0), numbers, 2, numbers, 1, NULL);
  way->freed = witrt_func_prepare(guest_func(&way->g, 1), NULL, 0, numbers, 1, NULL);
  way->through = witrt_func_prepare(guest_func(&way->g, 2), NULL, 0, &text, 1, NULL);
  REQUIRE(way->run && way->freed && way->through);
}

static void close_way(way_t* way) {
  witrt_prepared_delete(way->run);
  witrt_prepared_delete(way->freed);
  witrt_prepared_delete(way->through);
  guest_close(&way->g);
}

/* What came of a call of the guest. */
typedef struct {
  witrt_error_kind_t kind;
  char message[256];
  uint32_t len, freed;
} outcome_t;

/* Has the guest ask, which writes to `at`; first within its allocator. */
static outcome_t call(way_t* way, uint32_t at, uint32_t asks) {
  outcome_t outcome = {0};
  memset(way->memory, 0x55, MEMORY);
  way->calls = 0;
  witrt_slot_t args[2] = {{.u32 = at}, {.u32 = asks}}, result = {.u32 = 0};
  witrt_error_t* error = NULL;
  bool done = witrt_prepared_call(way->run, args, &result, &error);
  CHECK(done == !error);
  outcome.kind = witrt_error_kind(error);
  if (error) snprintf(outcome.message, sizeof outcome.message, "%s", witrt_error_message(error));
  witrt_error_delete(error);
  outcome.len = result.u32;
  CHECK(witrt_prepared_call(way->freed, NULL, &result, NULL));
  outcome.freed = result.u32;
  return outcome;
}

/* All ways do the same, with the same words; the first one's outcome. */
static outcome_t compare(uint32_t at, uint32_t asks) {
  outcome_t first = call(&ways[0], at, asks);
  for (int i = 1; i < WAYS; i++) {
    outcome_t outcome = call(&ways[i], at, asks);
    /* What cannot be returned is told by a trap of the callback. */
    bool refused = has(outcome.message, "not returned");
    CHECK(refused ? first.kind != WITRT_ERROR_NONE : outcome.kind == first.kind);
    CHECK_EQ(outcome.len, first.len);
    CHECK_EQ(outcome.freed, first.freed);
    CHECK_EQ(ways[i].calls, ways[0].calls);
    /* A list has a `string` where a slot has a `text`. */
    bool named = has(first.message, "NULL") && has(outcome.message, "NULL");
    CHECK(refused ? i == RETURNED : named || strcmp(outcome.message, first.message) == 0);
    CHECK(memcmp(ways[i].memory, ways[0].memory, MEMORY) == 0);
  }
  return first;
}

static void answers(int nth, const void* data, size_t len) {
  answer.data[nth] = data;
  answer.len[nth] = len;
}

/* The text of UTF-8 in the encoding of the ways. */
static void answers_text(int nth, const char* text, size_t size) {
  static char16_t units[2][MOST];
  if (ways[0].wide) {
    answers(nth, units[nth], utf16_of(text, size, units[nth]));
  } else {
    answers(nth, text, size);
  }
}

static const char* scripts[] = {"The quick brown fox. ", "Où êtes-vous né? ", "色は匂へど散りぬる", "🦀🚀🎉"};

static size_t fill(char* into, const char* script, size_t size) {
  size_t unit = strlen(script), len = 0;
  for (; len < size; len++) into[len] = script[len % unit];
  while (len && (script[len % unit] & 0xC0) == 0x80) len--;
  return len;
}

static void texts(void) {
  static char text[MOST];
  for (size_t s = 0; s < sizeof scripts / sizeof *scripts; s++) {
    for (size_t size = 0; size <= 131; size++) {
      /* One that is long at the end. */
      size_t len = fill(text, scripts[s], size > 130 ? 130001 : size);
      answers_text(0, text, len);
      outcome_t outcome = compare((uint32_t)(MEMORY - len), 0);
      CHECK_EQ(outcome.kind, WITRT_ERROR_NONE);
      CHECK_EQ(outcome.len, len);
      CHECK(memcmp(ways[0].memory + MEMORY - len, text, len) == 0);
      /* Handed on instead of written. */
      for (int i = 0; i < WAYS; i++) {
        static char back[MOST];
        witrt_slot_t result = {.buffer = {back, sizeof back}};
        ways[i].calls = 0;
        CHECK(witrt_prepared_call(ways[i].through, NULL, &result, NULL));
        CHECK_EQ(result.text.size, len);
        CHECK(memcmp(back, text, len) == 0);
      }
    }
  }
}

/* Each in the other's way: the allocator asks, and the callback calls. */
static void nested(void) {
  static char one[1000], other[1000];
  static const size_t sizes[] = {0, 5, 64, 65, 900};
  for (size_t i = 0; i < 5; i++) {
    for (size_t j = 0; j < 5; j++) {
      size_t a = fill(one, scripts[1], sizes[i]), b = fill(other, scripts[2], sizes[j]);
      answers_text(0, one, a);
      answers_text(1, other, b);
      outcome_t outcome = compare(64, 1);
      CHECK_EQ(outcome.len, a);
      CHECK(memcmp(ways[0].memory + 64, other, b) == 0);
      CHECK(memcmp(ways[0].memory + 64 + b, one, a) == 0);
      also = CALLS;
      outcome = compare(64, 0);
      also = NOTHING;
      CHECK_EQ(outcome.kind, WITRT_ERROR_NONE);
      CHECK_EQ(outcome.len, a);
      CHECK(memcmp(ways[0].memory + 4096, other, b) == 0);
      CHECK(memcmp(ways[0].memory + 4096 + b, one, a) == 0);
    }
  }
}

static void wrong(bool replaces) {
  static char text[200];
  size_t len = fill(text, scripts[3], 150);
  for (int is_long = 0; is_long < 2; is_long++) {
    answers_text(0, text, is_long ? len : 8);
    /* A trap after text was set. */
    also = TRAPS;
    outcome_t outcome = compare(0, 0);
    also = NOTHING;
    CHECK_EQ(outcome.kind, WITRT_ERROR_TRAP);
    CHECK(has(outcome.message, "enough"));
    /* There is no room where the allocator says. */
    outcome = compare(MEMORY - 7, 0);
    CHECK_EQ(outcome.kind, WITRT_ERROR_TRAP);
    CHECK(has(outcome.message, "out of bounds"));
    compare(0xFFFFFFFF, 0);
    /* Then all is as before. */
    outcome = compare(0, 1);
    CHECK_EQ(outcome.kind, WITRT_ERROR_NONE);
  }
  /* NULL is the empty text, but no other. */
  answers(0, NULL, 0);
  CHECK_EQ(compare(10, 0).kind, WITRT_ERROR_NONE);
  answers(0, NULL, 3);
  outcome_t outcome = compare(10, 0);
  CHECK(outcome.kind != WITRT_ERROR_NONE);
  CHECK(has(outcome.message, "result 0 of the host function"));
  /* Ill-formed, short and long. */
  for (int is_long = 0; is_long < 2; is_long++) {
    char16_t units[200];
    size_t count = is_long ? 190 : 5;
    memset(text, 'a', sizeof text);
    for (size_t i = 0; i < count; i++) units[i] = 'a';
    text[count - 1] = (char)0xC3;
    units[count - 1] = 0xD800;
    answers(0, ways[0].wide ? (void*)units : text, count);
    outcome = compare(10, 0);
    CHECK_EQ(outcome.kind == WITRT_ERROR_NONE, replaces);
    if (replaces) CHECK(memcmp(ways[0].memory + 10 + count - 1, "\xEF\xBF\xBD", 3) == 0);
  }
}

/* An argument's text as the answer: it is there until it has been taken. */

static const char* echo_wat =
  "(module"
  "  (import \"env\" \"echo\" (func $echo (param i32 i32) (result i32 i32)))"
  "  (memory 100)"
  "  (func $alloc (param i32) (result i32) (i32.const 16))"
  "  (func $other (param i32) (result i32) (i32.const 3200000))"
  "  (@interface func $host (import \"host\" \"echo\") (param string) (result string))"
  "  (@interface implement (import \"env\" \"echo\")"
  "      (param i32) (param i32) (result i32) (result i32)"
  "    arg.get 0 arg.get 1 memory-to-string call-adapter $host string-to-memory $other)"
  "  (@interface func (export \"run\") (param string) (result string)"
  "    arg.get 0 string-to-memory $alloc call-core $echo memory-to-string))";

static wasm_trap_t* echo(
  void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  (void)env, (void)caller;
  results[0].text = args[0].text;
  return NULL;
}

static void echoes(witrt_slot_kind_t kind) {
  enum { LARGE = 1500000 };
  guest_t g;
  guest_start(&g);
  wasm_func_t* func = witrt_func_new_with_slots(g.store, &kind, 1, &kind, 1, echo, NULL, NULL, NULL);
  wasm_extern_t* imports[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t all = WASM_ARRAY_VEC(imports);
  guest_load(&g, echo_wat, &all);
  wasm_func_delete(func);
  witrt_slot_kind_t text = WITRT_SLOT_UTF8;
  witrt_prepared_t* run = witrt_func_prepare(guest_func(&g, 0), &text, 1, &text, 1, NULL);
  REQUIRE(run);
  char *in = malloc(LARGE), *out = malloc(LARGE);
  REQUIRE(in && out);
  /* The last is larger than what buffers are kept for. */
  static const size_t sizes[] = {0, 8, 64, 65, 129, 1000, LARGE};
  for (size_t s = 0; s < sizeof scripts / sizeof *scripts; s++) {
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
      size_t len = fill(in, scripts[s], sizes[i]);
      witrt_slot_t arg = {.text = {in, len}}, result = {.buffer = {out, LARGE}};
      CHECK(witrt_prepared_call(run, &arg, &result, NULL));
      CHECK_EQ(result.text.size, len);
      CHECK(memcmp(in, out, len) == 0);
    }
  }
  free(in);
  free(out);
  witrt_prepared_delete(run);
  guest_close(&g);
}

int main(void) {
  echoes(WITRT_SLOT_UTF8);
  echoes(WITRT_SLOT_UTF16);
  for (int wide = 0; wide < 2; wide++) {
    for (int replaces = 0; replaces < 2; replaces++) {
      for (int kind = 0; kind < WAYS; kind++) open_way(&ways[kind], kind, wide, replaces);
      if (!replaces) texts();
      nested();
      wrong(replaces);
      for (int kind = 0; kind < WAYS; kind++) close_way(&ways[kind]);
    }
  }
  return check_result();
}
