/* Prepared calls: kinds are checked once, then slots go in and out; buffers
 * that are too small lose nothing; host functions that take slots. */

#include "guest.h"
#include "text.h"

static const char* wat =
  "(module"
  "  (import \"env\" \"log\" (func $log (param i32 i32) (result i32 i32)))"
  "  (memory 32)"
  "  (global $allocated (mut i32) (i32.const 0))"
  "  (func $alloc (param i32) (result i32)"
  "    (global.set $allocated (i32.add (global.get $allocated) (i32.const 1)))"
  "    (i32.add (i32.const 1024) (i32.mul (i32.rem_u (global.get $allocated) (i32.const 2))"
  "                                       (i32.const 1048576))))"
  "  (func $free (param i32 i32)"
  "    (global.set $allocated (i32.sub (global.get $allocated) (i32.const 1))))"
  "  (func $held (result i32) global.get $allocated)"
  "  (func $echo (param i32 i32) (result i32 i32) local.get 0 local.get 1)"
  "  (func $add (param i64 f64) (result f64)"
  "    (f64.add (f64.convert_i64_s (local.get 0)) (local.get 1)))"
  "  (func $back (param i32 i32) (result i32 i32) (call $log (local.get 0) (local.get 1)))"
  "  (func $boom (param i32 i32) unreachable)"
  "  (func $same (param externref) (result externref) local.get 0)"
  "  (@interface func $host (import \"host\" \"log\") (param string) (result string))"
  "  (@interface implement (import \"env\" \"log\")"
  "      (param i32) (param i32) (result i32) (result i32)"
  "    arg.get 0 arg.get 1 memory-to-string call-adapter $host string-to-memory $alloc)"
  "  (@interface func (export \"echo\") (param string) (result string)"
  "    arg.get 0 string-to-memory $alloc call-core $echo defer-call-core $free memory-to-string)"
  "  (@interface func (export \"add\") (param s64) (param f64) (result f64)"
  "    arg.get 0 s64-to-i64 arg.get 1 call-core $add)"
  "  (@interface func (export \"narrow\") (param s8) (param u16) (result u16) (result s8)"
  "    arg.get 1 arg.get 0)"
  "  (@interface func (export \"back\") (param string) (result string)"
  "    arg.get 0 string-to-memory $alloc defer-call-core $free"
  "    call-core $back defer-call-core $free memory-to-string)"
  "  (@interface func (export \"boom\") (param string)"
  "    arg.get 0 string-to-memory $alloc defer-call-core $free call-core $boom)"
  "  (@interface func (export \"held\") (result u32) call-core $held i32-to-u32)"
  "  (@interface func (export \"same\") (param externref) (result externref)"
  "    arg.get 0 call-core $same)"
  "  (@interface func (export \"ten\") (param string) (param s8) (param externref)"
  "      (result string) (result s8) (result externref) (result string) (result string)"
  "      (result s8) (result s8) (result string) (result externref) (result s8)"
  "    arg.get 0 arg.get 1 arg.get 2 arg.get 0 arg.get 0"
  "    arg.get 1 arg.get 1 arg.get 0 arg.get 2 arg.get 1))";

enum { ECHO, ADD, NARROW, BACK, BOOM, HELD, SAME, TEN };

static guest_t g;
static int logged;
static wasm_store_t* store_of_callback;

/* Gives the text back, twice if it is short. */
static wasm_trap_t* log_utf16(
  void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  (void)results;
  CHECK(env == &logged);
  logged++;
  const char16_t* units = args[0].text.data;
  size_t len = args[0].text.size;
  if (len == 4 && units[0] == 't' && units[1] == 'r' && units[2] == 'a' && units[3] == 'p') {
    wasm_byte_vec_t message;
    wasm_byte_vec_new(&message, 5, "sorry");
    wasm_trap_t* trap = wasm_trap_new(store_of_callback, &message);
    wasm_byte_vec_delete(&message);
    return trap;
  }
  char16_t twice[64];
  if (2 * len > 64) {
    CHECK(witrt_caller_return_text(caller, 0, units, len));
    return NULL;
  }
  for (size_t i = 0; i < 2 * len; i++) twice[i] = units[i % len];
  CHECK(!witrt_caller_return_text(caller, 1, twice, 2 * len));
  CHECK(witrt_caller_return_text(caller, 0, twice, 2 * len));
  return NULL;
}

static void open_guest(void) {
  guest_start(&g);
  store_of_callback = g.store;
  witrt_slot_kind_t text = WITRT_SLOT_UTF16;
  witrt_error_t* error = NULL;
  wasm_func_t* log = witrt_func_new_with_slots(
    g.store, &text, 1, &text, 1, log_utf16, &logged, NULL, &error);
  REQUIRE(log && !error);
  wasm_extern_t* imports[] = {wasm_func_as_extern(log)};
  wasm_extern_vec_t all = WASM_ARRAY_VEC(imports);
  guest_load(&g, wat, &all);
  wasm_func_delete(log);
}

static witrt_prepared_t* prepare(int which, const char* kinds, const char* results) {
  witrt_error_t* error = NULL;
  witrt_prepared_t* prepared = witrt_func_prepare(
    guest_func(&g, (size_t)which), (const witrt_slot_kind_t*)kinds, strlen(kinds),
    (const witrt_slot_kind_t*)results, strlen(results), &error);
  if (!prepared) fprintf(stderr, "%s\n", witrt_error_message(error));
  REQUIRE(prepared && !error);
  return prepared;
}

static unsigned held(void) {
  witrt_prepared_t* prepared = prepare(HELD, "", "\x15");
  witrt_slot_t result;
  CHECK(witrt_prepared_call(prepared, NULL, &result, NULL));
  witrt_prepared_delete(prepared);
  return result.u32;
}

static void numbers(void) {
  witrt_prepared_t* add = prepare(ADD, "\x16\x03", "\x03");
  witrt_slot_t args[2] = {{.s64 = -5}, {.f64 = 0.5}}, result;
  witrt_error_t* error = (witrt_error_t*)1;
  CHECK(witrt_prepared_call(add, args, &result, &error) && !error);
  CHECK(result.f64 == -4.5);
  /* The arguments may stand where the results go. */
  CHECK(witrt_prepared_call(add, args, args, NULL) && args[0].f64 == -4.5);
  witrt_prepared_delete(add);

  witrt_prepared_t* narrow = prepare(NARROW, "\x10\x13", "\x13\x10");
  witrt_slot_t in[2], out[2];
  memset(in, 0xAA, sizeof in);
  in[0].s8 = -128;
  in[1].u16 = 65535;
  CHECK(witrt_prepared_call(narrow, in, out, NULL));
  CHECK(out[0].u16 == 65535 && out[1].s8 == -128);
  witrt_prepared_delete(narrow);
}

/* There and back in every pair of encodings, into a buffer and as a handle. */
static void strings(void) {
  static const char* texts[] = {"", "a", "Zoë 🦀", "0123456789abcdef0123456789abcdef漢字"};
  for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
    size_t size = strlen(texts[t]);
    char16_t units[64];
    size_t len = utf16_of(texts[t], size, units);
    for (int in = 0; in < 2; in++) {
      witrt_slot_t arg, result;
      arg.text.data = in ? (const void*)units : texts[t];
      arg.text.size = in ? len : size;
      const char* kind = in ? "\x41" : "\x40";
      for (int out = 0; out < 2; out++) {
        char16_t buffer[128];
        witrt_prepared_t* echo = prepare(ECHO, kind, out ? "\x41" : "\x40");
        result.buffer.data = buffer;
        result.buffer.capacity = 100;
        CHECK(witrt_prepared_call(echo, &arg, &result, NULL));
        CHECK_EQ(result.text.size, out ? len : size);
        CHECK(memcmp(buffer, out ? (const void*)units : texts[t], out ? 2 * len : size) == 0);
        witrt_prepared_delete(echo);

        echo = prepare(ECHO, kind, out ? "\x43" : "\x42");
        CHECK(witrt_prepared_call(echo, &arg, &result, NULL));
        CHECK_EQ(result.lazy.length, out ? len : size);
        /* It stays readable while the guest runs again. */
        held();
        wasm_string_t* string = result.lazy.string;
        CHECK(!wasm_string_take(string, 99, buffer, 100, NULL));
        CHECK(wasm_string_take(string, out ? WASM_UTF16 : WASM_UTF8, buffer, 100, NULL));
        CHECK(memcmp(buffer, out ? (const void*)units : texts[t], out ? 2 * len : size) == 0);
        witrt_prepared_delete(echo);
      }
    }
  }
  CHECK_EQ(held(), 0);
}

/* A handle and a host's struct as arguments, whatever their encoding. */
/* Room that lies where an argument's text lies, before, in or behind it. What a guest
 * made is right wherever it goes; what is handed on as it is may have been written over by
 * then: it is some text that fits, or an error. */
static void overlapping(void) {
  enum { MOST = 200, MIDDLE = 256 };
  static char16_t area[2 * MIDDLE + 2 * MOST];
  static const char* kinds = "\x40\x41";
  witrt_error_t* error = NULL;
  for (int in = 0; in < 2; in++) {
    for (int out = 0; out < 2; out++) {
      char echo_kinds[2][2] = {{kinds[in], 0}, {kinds[out], 0}};
      witrt_prepared_t* echo = prepare(ECHO, echo_kinds[0], echo_kinds[1]);
      char ten_in[4] = {kinds[in], 16, (char)128, 0};
      char text = kinds[out];
      char ten_out[11] = {text, 16, (char)128, text, text, 16, 16, text, (char)128, 16, 0};
      witrt_prepared_t* ten = prepare(TEN, ten_in, ten_out);
      for (int len = 0; len < MOST; len = len < 40 ? len + 1 : len + 37) {
        for (int shift = -34; shift <= 34; shift += 2) {
          /* What is written to the area as it is read. */
          char16_t* units = area + MIDDLE;
          char* bytes = (char*)units;
          void* room = (char*)units + shift;
          witrt_slot_t args[3], results[10];
          args[0].text.data = units, args[0].text.size = (size_t)len;
          args[1].s8 = -7, args[2].ref = NULL;
          for (int direct = 0; direct < 2; direct++) {
            memset(area, '#', sizeof area);
            for (int i = 0; i < len; i++) {
              if (in) units[i] = (char16_t)('a' + i % 26);
              else bytes[i] = (char)('a' + i % 26);
            }
            for (int i = 0; i < 10; i++) results[i].buffer.data = room, results[i].buffer.capacity = MOST;
            if (!direct) {
              CHECK(witrt_prepared_call(echo, args, results, NULL));
              CHECK_EQ(results[0].text.size, len);
              for (int i = 0; i < len; i++)
                if (!CHECK((out ? ((char16_t*)room)[i] : ((char*)room)[i]) == 'a' + i % 26)) break;
              continue;
            }
            if (!witrt_prepared_call(ten, args, results, &error)) {
              bool is_small = witrt_error_kind(error) == WITRT_ERROR_BUFFER_TOO_SMALL;
              CHECK(is_small || witrt_error_kind(error) == WITRT_ERROR_BAD_TEXT);
              witrt_error_delete(error), error = NULL;
              continue;
            }
            for (int i = 0; i < 10; i++)
              if (strchr("\3\4\7", i)) CHECK(results[i].text.data == room && results[i].text.size <= MOST);
            CHECK(results[1].s8 == -7 && results[9].s8 == -7);
          }
        }
      }
      witrt_prepared_delete(echo), witrt_prepared_delete(ten);
    }
  }
  CHECK_EQ(held(), 0);
}

static void lazy_arguments(void) {
  witrt_prepared_t* echo = prepare(ECHO, "\x43", "\x40");
  char buffer[16];
  wasm_string_t own = WASM_STRING_UTF8("abc", 3);
  wasm_string_t* copy = wasm_string_copy(&own);
  wasm_string_t* all[] = {&own, copy};
  for (int i = 0; i < 2; i++) {
    witrt_slot_t arg = {.lazy = {all[i], 0}}, result = {.buffer = {buffer, 16}};
    CHECK(witrt_prepared_call(echo, &arg, &result, NULL));
    CHECK(result.text.size == 3 && memcmp(buffer, "abc", 3) == 0);
  }
  wasm_string_delete(copy);
  witrt_slot_t arg = {.lazy = {NULL, 0}}, result = {.buffer = {buffer, 16}};
  witrt_error_t* error = NULL;
  CHECK(!witrt_prepared_call(echo, &arg, &result, &error));
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_NULL_POINTER);
  witrt_error_delete(error);
  witrt_prepared_delete(echo);
}

static void too_small(void) {
  witrt_prepared_t* echo = prepare(ECHO, "\x41", "\x41");
  char16_t units[] = {'h', 'e', 'l', 'l', 'o'}, buffer[8] = {0};
  witrt_slot_t arg = {.text = {units, 5}}, result = {.buffer = {buffer, 4}};
  witrt_error_t* error = NULL;
  CHECK(!witrt_prepared_call(echo, &arg, &result, &error));
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_BUFFER_TOO_SMALL);
  size_t needed = 0, index = 99;
  CHECK(witrt_error_capacity(error, &needed) && needed == 5 && result.text.size == 5);
  CHECK(witrt_error_argument(error, &index) && index == 0);
  witrt_error_delete(error);
  CHECK_EQ(buffer[0], 0);
  CHECK(witrt_prepared_take_result(echo, 1) == NULL);
  wasm_string_t* kept = witrt_prepared_take_result(echo, 0);
  REQUIRE(kept);
  CHECK(witrt_prepared_take_result(echo, 0) == NULL);
  held();
  CHECK(!wasm_string_take(kept, WASM_UTF16, buffer, 4, NULL));
  CHECK(wasm_string_take(kept, WASM_UTF16, buffer, 5, NULL) && buffer[4] == 'o');
  /* What is not taken goes with the next call. */
  result.buffer.capacity = 0;
  CHECK(!witrt_prepared_call(echo, &arg, &result, NULL));
  result.buffer.capacity = 8;
  CHECK(witrt_prepared_call(echo, &arg, &result, NULL));
  CHECK(witrt_prepared_take_result(echo, 0) == NULL);
  witrt_prepared_delete(echo);
  CHECK_EQ(held(), 0);
}

/* A prepared call that is made again by its own callback, and by its guest's
 * `free`: each has the text of its own. */

static witrt_prepared_t* again;
static int nested, nested_at, room_of_nested;

static wasm_trap_t* call_again(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)results;
  if (nested || args->data[0].of.s32 != nested_at) return NULL;
  nested++;
  char room[40];
  witrt_slot_t in = {.u32 = 1}, out = {.buffer = {room, (size_t)room_of_nested}};
  CHECK(witrt_prepared_call(again, &in, &out, NULL) == (room_of_nested >= 14));
  CHECK_EQ(out.text.size, 14);
  /* The nested call's text is there once it has returned, if it is wanted. */
  wasm_string_t* kept = nested_at == 0 ? witrt_prepared_take_result(again, 0) : NULL;
  if (kept) CHECK(wasm_string_read(kept, WASM_UTF8, room, sizeof room, NULL));
  if (kept) CHECK(memcmp(room, "the inner text", 14) == 0);
  CHECK((kept != NULL) == (nested_at == 0 && room_of_nested < 14));
  wasm_string_delete(kept);
  return NULL;
}

static void too_small_within(void) {
  guest_t own;
  guest_start(&own);
  wasm_functype_t* type = wasm_functype_new_1_0(wasm_valtype_new(WASM_S32));
  wasm_func_t* callback = wasm_func_new(own.store, type, call_again);
  wasm_functype_delete(type);
  wasm_extern_t* import[] = {wasm_func_as_extern(callback)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  guest_load(&own,
    "(module (import \"\" \"again\" (func $again (param i32))) (memory 1)"
    "  (data (i32.const 0) \"the inner text\") (data (i32.const 100) \"THE OUTER TEXT, WHICH IS LONGER\")"
    "  (func $f (param i32) (result i32 i32) (call $again (i32.const 0)) (call $again (i32.const 1))"
    "    (select (i32.const 0) (i32.const 100) (local.get 0))"
    "    (select (i32.const 14) (i32.const 31) (local.get 0)))"
    "  (func $free (param i32 i32) (call $again (i32.const 2)))"
    "  (@interface func $i (import \"\" \"again\") (param s32))"
    "  (@interface implement (func $again) (param i32) arg.get 0 i32-to-s32 call-adapter $i)"
    "  (@interface func (export \"f\") (param u32) (result string)"
    "    arg.get 0 u32-to-i32 call-core $f defer-call-core $free memory-to-string))",
    &imports);
  wasm_func_delete(callback);
  witrt_slot_kind_t number = WASM_U32, text = WITRT_SLOT_UTF8;
  again = witrt_func_prepare(guest_func(&own, 0), &number, 1, &text, 1, NULL);
  REQUIRE(again);
  for (nested_at = 0; nested_at < 4; nested_at++)
    for (int fits = 0; fits < 4; fits++) {
      char room[40];
      nested = 0;
      room_of_nested = fits & 1 ? 40 : 4;
      witrt_slot_t in = {.u32 = 0}, out = {.buffer = {room, fits & 2 ? 40 : 4}};
      witrt_error_t* error = NULL;
      CHECK(witrt_prepared_call(again, &in, &out, &error) == (fits > 1));
      CHECK_EQ(out.text.size, 31);
      witrt_error_delete(error);
      wasm_string_t* kept = witrt_prepared_take_result(again, 0);
      CHECK((kept != NULL) == (fits < 2));
      if (kept) CHECK(wasm_string_read(kept, WASM_UTF8, room, sizeof room, NULL));
      CHECK(memcmp(room, "THE OUTER TEXT, WHICH IS LONGER", 31) == 0);
      wasm_string_delete(kept);
      CHECK(witrt_prepared_take_result(again, 0) == NULL);
    }
  witrt_prepared_delete(again);
  guest_close(&own);
}

static void refused(witrt_prepared_t* echo, const void* data, size_t len, uint32_t kind) {
  char16_t buffer[8];
  witrt_slot_t arg = {.text = {data, len}}, result = {.buffer = {buffer, 8}};
  witrt_error_t* error = NULL;
  CHECK(!witrt_prepared_call(echo, &arg, &result, &error));
  CHECK_EQ(witrt_error_kind(error), kind);
  CHECK(result.buffer.data == buffer && result.text.size == 8);
  witrt_error_delete(error);
}

static void mistakes(void) {
  static const char16_t lone[] = {'a', 0xD800, 'b'};
  witrt_prepared_t* echo = prepare(ECHO, "\x41", "\x41");
  refused(echo, lone, 3, WITRT_ERROR_BAD_TEXT);
  refused(echo, NULL, 3, WITRT_ERROR_NULL_POINTER);
  refused(echo, (const char*)lone + 1, 1, WITRT_ERROR_OUT_OF_RANGE);
  refused(echo, lone, SIZE_MAX, WITRT_ERROR_OUT_OF_RANGE);
  witrt_slot_t arg = {.text = {lone, 1}}, result = {.buffer = {NULL, 8}};
  witrt_error_t* error = NULL;
  CHECK(!witrt_prepared_call(echo, &arg, &result, &error));
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_NULL_POINTER);
  witrt_error_delete(error);
  CHECK(!witrt_prepared_call(echo, NULL, &result, NULL));
  CHECK(!witrt_prepared_call(echo, &arg, NULL, NULL));
  CHECK(!witrt_prepared_call(NULL, &arg, &result, NULL));
  CHECK(witrt_prepared_take_result(NULL, 0) == NULL);
  witrt_prepared_delete(echo);
  /* Arguments are not missed where there are none. */
  witrt_prepared_t* none = prepare(HELD, "", "\x15");
  CHECK(!witrt_prepared_call(none, NULL, NULL, &error));
  CHECK(strstr(witrt_error_message(error), "`results`"));
  witrt_error_delete(error);
  witrt_prepared_delete(none);
  witrt_prepared_delete(NULL);

  static const struct {
    const char *params, *results;
    uint32_t kind;
  } wrong[] = {
    {"\x41", "\x15", WITRT_ERROR_WRONG_KIND}, {"\x41\x41", "\x41", WITRT_ERROR_WRONG_KIND},
    {"", "\x41", WITRT_ERROR_WRONG_KIND},     {"\x18", "\x41", WITRT_ERROR_UNKNOWN_KIND},
    {"\x41", "\x7f", WITRT_ERROR_UNKNOWN_KIND},
  };
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    CHECK(witrt_func_prepare(
            guest_func(&g, ECHO), (const uint8_t*)wrong[i].params, strlen(wrong[i].params),
            (const uint8_t*)wrong[i].results, strlen(wrong[i].results), &error) == NULL);
    CHECK_EQ(witrt_error_kind(error), wrong[i].kind);
    witrt_error_delete(error);
  }

  /* A trap: what was deferred runs, and the next call works. */
  witrt_prepared_t* boom = prepare(BOOM, "\x41", "");
  CHECK(!witrt_prepared_call(boom, &arg, NULL, &error));
  CHECK_EQ(witrt_error_trap_code(error), WITRT_TRAP_UNREACHABLE);
  witrt_error_delete(error);
  CHECK_EQ(held(), 0);
  witrt_prepared_delete(boom);
}

static void callbacks(void) {
  witrt_prepared_t* back = prepare(BACK, "\x40", "\x40");
  char buffer[256], longer[80];
  memset(longer, 'x', sizeof longer);
  witrt_slot_t arg = {.text = {"añ🦀", 7}}, result = {.buffer = {buffer, 256}};
  logged = 0;
  CHECK(witrt_prepared_call(back, &arg, &result, NULL));
  CHECK(result.text.size == 14 && memcmp(buffer, "añ🦀añ🦀", 14) == 0);
  result.buffer.capacity = 256;
  arg.text.data = longer;
  arg.text.size = 80;
  CHECK(witrt_prepared_call(back, &arg, &result, NULL));
  CHECK(result.text.size == 80 && memcmp(buffer, longer, 80) == 0);
  CHECK_EQ(logged, 2);
  arg.text.data = "trap";
  arg.text.size = 4;
  witrt_error_t* error = NULL;
  CHECK(!witrt_prepared_call(back, &arg, &result, &error));
  CHECK(strcmp(witrt_error_message(error), "sorry") == 0);
  witrt_error_delete(error);
  CHECK_EQ(held(), 0);
  witrt_prepared_delete(back);
}

static void references(void) {
  witrt_prepared_t* same = prepare(SAME, "\x80", "\x80");
  wasm_foreign_t* foreign = wasm_foreign_new(g.store);
  witrt_slot_t arg = {.ref = wasm_foreign_as_ref(foreign)}, result;
  CHECK(witrt_prepared_call(same, &arg, &result, NULL));
  CHECK(wasm_ref_same(result.ref, arg.ref));
  wasm_ref_delete(result.ref);
  arg.ref = NULL;
  CHECK(witrt_prepared_call(same, &arg, &result, NULL) && result.ref == NULL);
  wasm_foreign_delete(foreign);
  witrt_prepared_delete(same);
}

/* More results than there is room for on the stack, of every kind. */
static void many(void) {
  witrt_prepared_t* ten =
    prepare(TEN, "\x41\x10\x80", "\x40\x10\x80\x43\x41\x10\x10\x42\x80\x10");
  wasm_foreign_t* foreign = wasm_foreign_new(g.store);
  static const char16_t text[] = {'n', 'a', 0xEF, 'v', 'e'};
  for (int room = 8; room >= 0; room -= 4) {
    char narrow[8];
    char16_t wide[8];
    witrt_slot_t args[3] = {
      {.text = {text, 5}}, {.s8 = -7}, {.ref = wasm_foreign_as_ref(foreign)}};
    witrt_slot_t results[10] = {[0].buffer = {narrow, 8}, [4].buffer = {wide, (size_t)room}};
    witrt_error_t* error = NULL;
    CHECK(witrt_prepared_call(ten, args, results, &error) == (room == 8));
    CHECK_EQ(error ? witrt_error_kind(error) : 0, room == 8 ? 0 : WITRT_ERROR_BUFFER_TOO_SMALL);
    witrt_error_delete(error);
    CHECK(results[0].text.size == 6 && memcmp(narrow, "na\xC3\xAFve", 6) == 0);
    CHECK_EQ(results[4].text.size, 5);
    CHECK(results[1].s8 == -7 && results[5].s8 == -7 && results[6].s8 == -7);
    CHECK(results[9].s8 == -7 && results[3].lazy.length == 5 && results[7].lazy.length == 6);
    CHECK(wasm_ref_same(results[2].ref, args[2].ref));
    CHECK(wasm_ref_same(results[8].ref, args[2].ref));
    wasm_string_t* kept = witrt_prepared_take_result(ten, 4);
    CHECK((kept != NULL) == (room < 8));
    wasm_string_delete(kept);
    wasm_string_delete(results[3].lazy.string);
    wasm_string_delete(results[7].lazy.string);
    wasm_ref_delete(results[2].ref);
    wasm_ref_delete(results[8].ref);
  }
  wasm_foreign_delete(foreign);
  witrt_prepared_delete(ten);
}

static int finalized;
static void finalize(void* env) { (void)env; finalized++; }

/* Fills every slot, and then returns what it is told to. */
static wasm_trap_t* fill(
  void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  static wasm_string_t own = WASM_STRING_UTF8("own", 3);
  bool fails = *(bool*)env, lends = args[0].u32;
  wasm_foreign_t* foreign = wasm_foreign_new(store_of_callback);
  wasm_foreign_set_host_info_with_finalizer(foreign, NULL, finalize);
  results[0].ref = wasm_foreign_as_ref(foreign);
  /* A handle; a string of the callback's; an argument, which is lent. */
  results[1].lazy.string = wasm_string_copy(&own);
  results[2].lazy.string = lends ? args[1].lazy.string : &own;
  results[3].s32 = 7;
  /* Text that is not there is not looked at where there is a trap. */
  results[4].text = (witrt_text_t){fails ? (const void*)16 : "text", 4};
  CHECK(witrt_caller_return_text(caller, 5, "returned", 8));
  return fails ? witrt_caller_trap(caller, "after all", 9) : NULL;
}

/* What stands in slots is given up, whether or not there is a trap. */
static void filled_slots(void) {
  bool fails;
  wasm_func_t* func = witrt_func_new_with_slots(
    g.store, (const witrt_slot_kind_t*)"\x15\x42", 2,
    (const witrt_slot_kind_t*)"\x80\x42\x42\x14\x40\x40", 6, fill, &fails, NULL, NULL);
  REQUIRE(func);
  witrt_prepared_t* call = witrt_func_prepare(
    func, (const witrt_slot_kind_t*)"\x15\x42", 2,
    (const witrt_slot_kind_t*)"\x80\x42\x42\x14\x42\x42", 6, NULL);
  REQUIRE(call);
  wasm_string_t text = WASM_STRING_UTF8("argument", 8);
  for (int i = 0; i < 4; i++) {
    fails = i % 2;
    finalized = 0;
    witrt_slot_t args[] = {{.u32 = (uint32_t)i / 2}, {.lazy = {&text, 0}}}, results[6];
    memset(results, 0, sizeof results);
    witrt_error_t* error = NULL;
    CHECK_EQ(witrt_prepared_call(call, args, results, &error), !fails);
    if (fails) {
      CHECK(strcmp(witrt_error_message(error), "after all") == 0);
      witrt_error_delete(error);
    } else {
      CHECK_EQ(results[2].lazy.length, i / 2 ? 8 : 3);
      CHECK_EQ(results[5].lazy.length, 8);
      wasm_ref_delete(results[0].ref);
      for (int j = 1; j < 6; j++) {
        if (j != 3) wasm_string_delete(results[j].lazy.string);
      }
    }
    CHECK_EQ(finalized, 1);
  }
  witrt_prepared_delete(call);
  wasm_func_delete(func);
}

int main(void) {
  open_guest();
  numbers();
  strings();
  overlapping();
  lazy_arguments();
  too_small();
  too_small_within();
  mistakes();
  callbacks();
  references();
  filled_slots();
  many();
  /* A prepared call keeps its store. */
  witrt_prepared_t* add = prepare(ADD, "\x16\x03", "\x03");
  guest_close(&g);
  witrt_slot_t args[2] = {{.s64 = 1}, {.f64 = 1}}, result;
  CHECK(witrt_prepared_call(add, args, &result, NULL) && result.f64 == 2);
  witrt_prepared_delete(add);
  return check_result();
}
