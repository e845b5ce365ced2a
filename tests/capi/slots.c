/* What short calls of callbacks with slots see, in either encoding, of text of
 * every kind and length, well-formed or not, compared with the long way: the same
 * with handles. */

#include "guest.h"
#include "text.h"

static const char* wat =
  "(module"
  "  (import \"env\" \"tell\" (func $tell (param i32 i32 i32 i32 i32) (result i32)))"
  "  (import \"env\" \"memory\" (memory 8 8))"
  "  (func $run (param i32 i32 i32 i32 i32) (result i32)"
  "    (call $tell (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4)))"
  "  (@interface func $host (import \"host\" \"tell\")"
  "    (param u16) (param string) (param string) (result s8))"
  "  (@interface implement (import \"env\" \"tell\")"
  "      (param i32) (param i32) (param i32) (param i32) (param i32) (result i32)"
  "    arg.get 0 i32-to-u16 arg.get 1 arg.get 2 memory-to-string"
  "    arg.get 3 arg.get 4 memory-to-string call-adapter $host s8-to-i32)"
  "  (@interface func (export \"run\")"
  "    (param u32) (param u32) (param u32) (param u32) (param u32) (result s32)"
  "    arg.get 0 u32-to-i32 arg.get 1 u32-to-i32 arg.get 2 u32-to-i32"
  "    arg.get 3 u32-to-i32 arg.get 4 u32-to-i32 call-core $run i32-to-s32))";

enum { MOST = 140000, FIRST = 1000, SECOND = 200000 };

/* One way to be called, and what came of the last call. */
typedef struct {
  bool wide, lazy;
  guest_t g;
  char* memory;
  witrt_prepared_t* run;
  int calls;
  uint16_t number;
  size_t len[2];
  char16_t text[2][MOST];
  witrt_error_kind_t failed;
} way_t;

static wasm_trap_t* tell(
  void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  way_t* way = env;
  way->calls++;
  uint16_t number = way->number = args[0].u16;
  CHECK_EQ(results[0].u64, 0);
  for (int i = 0; i < 2; i++) {
    const witrt_slot_t* arg = &args[1 + i];
    if (way->lazy) {
      way->len[i] = arg->lazy.length;
      size_t written = 0;
      CHECK(wasm_string_read(
        arg->lazy.string, way->wide ? WASM_UTF16 : WASM_UTF8, way->text[i], MOST, &written));
      CHECK_EQ(written, arg->lazy.length);
    } else {
      way->len[i] = arg->text.size;
      REQUIRE(arg->text.size <= MOST);
      memcpy(way->text[i], arg->text.data, arg->text.size * (way->wide ? 2 : 1));
    }
  }
  /* It returns no string. */
  CHECK(!witrt_caller_return_text(caller, 0, "x", 1));
  if (number == 666) return witrt_caller_trap(caller, "enough", 6);
  if (number > 60000) {
    /* Once more from within. */
    witrt_slot_t again[5] = {{.u32 = 7}, {.u32 = FIRST}, {.u32 = 3}, {.u32 = SECOND}, {.u32 = 2}};
    witrt_slot_t result;
    witrt_prepared_t* run = witrt_func_prepare(
      guest_func(&way->g, 0), (const witrt_slot_kind_t*)"\x15\x15\x15\x15\x15", 5,
      (const witrt_slot_kind_t*)"\x14", 1, NULL);
    CHECK(run && witrt_prepared_call(run, again, &result, NULL));
    CHECK_EQ(result.s32, -7);
    witrt_prepared_delete(run);
  }
  results[0].s8 = (int8_t)-(number % 100);
  return NULL;
}

static void open_way(way_t* way, bool wide, bool lazy, bool replaces) {
  memset(way, 0, sizeof *way);
  way->wide = wide;
  way->lazy = lazy;
  wasm_config_t* config = wasm_config_new();
  if (replaces) CHECK(witrt_config_set_ill_formed(config, WITRT_ILL_FORMED_REPLACE));
  way->g.engine = wasm_engine_new_with_config(config);
  way->g.store = wasm_store_new(way->g.engine);
  witrt_slot_kind_t kind = wide ? WITRT_SLOT_UTF16 : WITRT_SLOT_UTF8;
  if (lazy) kind = wide ? WITRT_SLOT_LAZY_UTF16 : WITRT_SLOT_LAZY_UTF8;
  witrt_slot_kind_t params[] = {WASM_U16, kind, kind}, result = WASM_S8;
  wasm_func_t* func =
    witrt_func_new_with_slots(way->g.store, params, 3, &result, 1, tell, way, NULL, NULL);
  REQUIRE(func);
  wasm_limits_t limits = {8, 8};
  wasm_memorytype_t* type = wasm_memorytype_new(&limits);
  wasm_memory_t* memory = wasm_memory_new(way->g.store, type);
  wasm_memorytype_delete(type);
  REQUIRE(memory);
  way->memory = wasm_memory_data(memory);
  wasm_extern_t* imports[] = {wasm_memory_as_extern(memory), wasm_func_as_extern(func)};
  wasm_extern_vec_t all = WASM_ARRAY_VEC(imports);
  guest_load(&way->g, wat, &all);
  wasm_func_delete(func);
  wasm_memory_delete(memory);
  way->run = witrt_func_prepare(
    guest_func(&way->g, 0), (const witrt_slot_kind_t*)"\x15\x15\x15\x15\x15", 5,
    (const witrt_slot_kind_t*)"\x14", 1, NULL);
  REQUIRE(way->run);
}

static void close_way(way_t* way) {
  witrt_prepared_delete(way->run);
  guest_close(&way->g);
}

/* Has the guest call back with two texts. */
static void call(
  way_t* way, uint32_t number, const char* a, size_t a_size, const char* b, size_t b_size) {
  way->len[0] = way->len[1] = 0;
  way->number = 0;
  memcpy(way->memory + FIRST, a, a_size);
  memcpy(way->memory + SECOND, b, b_size);
  witrt_slot_t args[5] = {
    {.u32 = number}, {.u32 = FIRST}, {.u32 = (uint32_t)a_size}, {.u32 = SECOND},
    {.u32 = (uint32_t)b_size}};
  witrt_slot_t result = {.s32 = 1};
  witrt_error_t* error = NULL;
  bool done = witrt_prepared_call(way->run, args, &result, &error);
  way->failed = witrt_error_kind(error);
  CHECK(done == !error);
  if (done) CHECK_EQ(result.s32, -((int)number % 100));
  if (!done) CHECK_EQ(result.s32, 1);
  witrt_error_delete(error);
}

static way_t ways[2];

/* Both ways see the same. */
static void compare(const char* a, size_t a_size, const char* b, size_t b_size) {
  static uint32_t number;
  number = number % 599 + 1;
  for (int i = 0; i < 2; i++) call(&ways[i], number, a, a_size, b, b_size);
  CHECK_EQ(ways[0].failed, ways[1].failed);
  CHECK_EQ(ways[0].calls, ways[1].calls);
  CHECK_EQ(ways[0].number, ways[1].number);
  for (int t = 0; t < 2; t++) {
    CHECK_EQ(ways[0].len[t], ways[1].len[t]);
    CHECK(memcmp(ways[0].text[t], ways[1].text[t], ways[0].len[t] * (ways[0].wide ? 2 : 1)) == 0);
  }
}

static const char* scripts[] = {"The quick brown fox. ", "Où êtes-vous né? ", "色は匂へど散りぬる", "🦀🚀🎉"};

/* Text of a script, a few bytes less if that is the last character's. */
static size_t fill(char* into, const char* script, size_t size) {
  size_t unit = strlen(script), len = 0;
  for (; len < size; len++) into[len] = script[len % unit];
  while (len && (script[len % unit] & 0xC0) == 0x80) len--;
  return len;
}

static void texts(bool replaces) {
  static const size_t sizes[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 31, 32, 33, 63, 64, 65, 66,
    127, 128, 129, 255, 1000, 1001, 65536, 70000, 131072};
  static char a[MOST];
  char16_t by_the_book[200];
  for (size_t s = 0; s < sizeof scripts / sizeof *scripts; s++) {
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
      size_t len = fill(a, scripts[s], sizes[i]);
      compare(a, len, "end", 3);
      compare("Zoë", 4, a, len);
      CHECK_EQ(ways[0].failed, WITRT_ERROR_NONE);
      if (len > 128) continue;
      size_t units = utf16_of(a, len, by_the_book);
      CHECK_EQ(ways[0].len[1], ways[0].wide ? units : len);
      CHECK(ways[0].wide ? !memcmp(ways[0].text[1], by_the_book, 2 * units)
                         : !memcmp(ways[0].text[1], a, len));
      /* Spoilt at each place, and in what comes last. */
      for (size_t at = 0; at < len; at++) {
        char was = a[at];
        a[at] = (char)0xC1;
        compare(a, len, "end", 3);
        compare(a, 0, a, len);
        CHECK_EQ(ways[0].failed, replaces ? WITRT_ERROR_NONE : WITRT_ERROR_TRAP);
        a[at] = was;
      }
    }
  }
}

static void others(void) {
  int calls = ways[0].calls;
  /* A trap of the callback's own; then all is as before. */
  for (int i = 0; i < 2; i++) call(&ways[i], 666, "a", 1, "b", 1);
  CHECK_EQ(ways[0].failed, WITRT_ERROR_TRAP);
  CHECK_EQ(ways[1].failed, WITRT_ERROR_TRAP);
  /* Calls within calls. */
  for (int i = 0; i < 2; i++) call(&ways[i], 60001, "abcd", 4, "efgh", 4);
  CHECK_EQ(ways[0].failed, WITRT_ERROR_NONE);
  CHECK_EQ(ways[0].calls, calls + 3);
  /* What is not in memory. */
  witrt_slot_t args[5] = {{.u32 = 1}, {.u32 = 0xFFFFFFF0}, {.u32 = 0x20}, {.u32 = 0}, {.u32 = 0}};
  for (int i = 0; i < 2; i++) {
    witrt_error_t* error = NULL;
    witrt_slot_t result;
    CHECK(!witrt_prepared_call(ways[i].run, args, &result, &error));
    CHECK_EQ(witrt_error_trap_code(error), WITRT_TRAP_MEMORY_OUT_OF_BOUNDS);
    witrt_error_delete(error);
    CHECK_EQ(ways[i].calls, calls + 3);
  }
  compare("still", 5, "here", 4);
}

int main(void) {
  for (int wide = 0; wide < 2; wide++) {
    for (int replaces = 0; replaces < 2; replaces++) {
      for (int lazy = 0; lazy < 2; lazy++) open_way(&ways[lazy], wide, lazy, replaces);
      texts(replaces);
      others();
      for (int lazy = 0; lazy < 2; lazy++) close_way(&ways[lazy]);
    }
  }
  return check_result();
}
