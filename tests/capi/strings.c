/* Strings: encodings, copying out, borrowing, how long they live, what
 * becomes of ill-formed ones. */

#include "guest.h"
#include "text.h"

/* Every length class, U+0000 inside, and block edges of any fast path. */
static const char* samples[] = {
  "", "a", "ascii", "é", "añ🦀", "日本語", "🦀🦀🦀",
  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde",
  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdé",
  "éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé",
  "日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語",
  "🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀",
  "aé日🦀aé日🦀aé日🦀aé日🦀aé日🦀aé日🦀aé日🦀aé日🦀aé日🦀aé日🦀",
};

/* A string reads the same in both encodings, whichever it came in. */
static void reads(const wasm_string_t* s, const char* text, size_t size) {
  char16_t want[512], got16[512];
  char got8[512];
  size_t units = utf16_of(text, size, want), written;
  CHECK(wasm_string_is_valid(s));
  CHECK_EQ(wasm_string_length(s, WASM_UTF8), size);
  CHECK_EQ(wasm_string_length(s, WASM_UTF16), units);

  written = 999;
  CHECK(wasm_string_read(s, WASM_UTF8, got8, size, &written));
  CHECK(written == size && memcmp(got8, text, size) == 0);
  written = 999;
  memset(got16, 0x55, sizeof got16);
  CHECK(wasm_string_read(s, WASM_UTF16, got16, units, &written));
  CHECK(written == units && memcmp(got16, want, 2 * units) == 0);
  CHECK_EQ(got16[units], 0x5555);

  /* One unit short: nothing is written, and the need is told. */
  if (size == 0) return;
  memset(got8, 0x55, sizeof got8);
  memset(got16, 0x55, sizeof got16);
  size_t needed = 0;
  written = 999;
  CHECK(!wasm_string_read(s, WASM_UTF8, got8, size - 1, &written));
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_BUFFER_TOO_SMALL);
  CHECK(witrt_error_capacity(witrt_error_last(), &needed) && needed == size);
  CHECK(!wasm_string_read(s, WASM_UTF16, got16, units - 1, &written));
  CHECK(witrt_error_capacity(witrt_error_last(), &needed) && needed == units);
  CHECK(written == 999 && got8[0] == 0x55 && got16[0] == 0x5555);
  CHECK(!wasm_string_read(s, WASM_UTF8, NULL, 0, NULL));
}

static guest_t g;

/* Hands a string to the guest and gets it back. */
static wasm_val_t through(const wasm_string_t* s) {
  wasm_val_t arg[] = {WASM_STRING_VAL((wasm_string_t*)s)}, result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  wasm_trap_t* trap = wasm_func_call(guest_func(&g, 0), &args, &results);
  if (!CHECK(trap == NULL)) fprintf(stderr, "  %s\n", message_of(trap));
  REQUIRE(result[0].kind == WASM_STRING);
  return result[0];
}

static void every_way(void) {
  for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
    const char* text = samples[i];
    size_t size = strlen(text);
    char16_t wide[512];
    size_t units = utf16_of(text, size, wide);
    wasm_string_t hosts[] = {WASM_STRING_UTF8(text, size), WASM_STRING_UTF16(wide, units)};
    for (int e = 0; e < 2; e++) {
      CHECK(!wasm_string_is_handle(&hosts[e]));
      reads(&hosts[e], text, size);

      wasm_string_t* made = e ? wasm_string_new(WASM_UTF16, wide, units) : wasm_string_new(WASM_UTF8, text, size);
      REQUIRE(made);
      CHECK(wasm_string_is_handle(made));
      reads(made, text, size);
      wasm_string_t* clone = wasm_string_copy(made);
      wasm_string_delete(made);
      reads(clone, text, size);

      wasm_val_t back = through(clone);
      reads(back.of.string, text, size);
      wasm_string_delete(clone);
      wasm_val_delete(&back);

      back = through(&hosts[e]);
      reads(back.of.string, text, size);
      wasm_byte_vec_t view = WASM_EMPTY_VEC;
      CHECK(wasm_string_borrow(back.of.string, &view));
      CHECK(view.size == size && memcmp(view.data, text, size) == 0);
      wasm_val_delete(&back);
    }
  }
  wasm_string_t nul = WASM_STRING_UTF8("a\0b", 3);
  wasm_val_t back = through(&nul);
  reads(back.of.string, "a\0b", 3);
  wasm_val_delete(&back);
  wasm_string_t none = WASM_STRING_UTF8(NULL, 0);
  reads(&none, "", 0);
  wasm_string_t literal = WASM_STRING_LIT("literal");
  reads(&literal, "literal", 7);
}

/* Results stay readable until deleted, whatever the guest does, and their
 * deferred calls run once each. */
static void lifetimes(void) {
  enum { KEPT = 20 };
  wasm_val_t kept[KEPT], freed[1] = {WASM_INIT_VAL};
  wasm_val_vec_t results = WASM_ARRAY_VEC(freed);
  char text[KEPT][16];
  CHECK(wasm_func_call(guest_func(&g, 1), NULL, &results) == NULL);
  int before = (int)freed[0].of.u32;
  for (int i = 0; i < KEPT; i++) {
    int size = snprintf(text[i], sizeof text[i], "string %d é", i);
    wasm_string_t s = WASM_STRING_UTF8(text[i], (size_t)size);
    kept[i] = through(&s);
  }
  for (int i = 0; i < KEPT; i++) reads(kept[i].of.string, text[i], strlen(text[i]));
  for (int i = KEPT; i-- > 0;) wasm_val_delete(&kept[i]);
  CHECK(witrt_store_settle(g.store, NULL));
  CHECK(wasm_func_call(guest_func(&g, 1), NULL, &results) == NULL);
  CHECK_EQ((int)freed[0].of.u32 - before, KEPT);

  /* One that outlives all of its world. */
  guest_t other;
  guest_open(&other,
    "(module (memory 1) (data (i32.const 8) \"late\") (func $t (result i32 i32) i32.const 8 i32.const 4)"
    "  (@interface func (export \"t\") (result string) call-core $t memory-to-string))");
  wasm_val_t late[] = {WASM_INIT_VAL};
  wasm_val_vec_t lates = WASM_ARRAY_VEC(late);
  CHECK(wasm_func_call(guest_func(&other, 0), NULL, &lates) == NULL);
  guest_close(&other);
  reads(late[0].of.string, "late", 4);
  wasm_val_delete(&late[0]);
  wasm_string_delete(NULL);
}

/* A string that was deleted: told, not followed, and no other string's. */
static void is_gone(wasm_string_t* gone) {
  char byte;
  witrt_error_clear_last();
  wasm_string_delete(gone);
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_WRONG_KIND);
  CHECK(!wasm_string_is_valid(gone));
  CHECK(!wasm_string_read(gone, WASM_UTF8, &byte, 1, NULL));
  CHECK(wasm_string_copy(gone) == NULL);
}

static wasm_string_t* made_by(int guest, const char* text) {
  if (!guest) return wasm_string_new(WASM_UTF8, text, strlen(text));
  wasm_string_t s = WASM_STRING_UTF8(text, strlen(text));
  return through(&s).of.string;
}

static void deleted_twice(void) {
  for (int guest = 0; guest < 2; guest++) {
    wasm_string_t* twice = made_by(guest, "x");
    wasm_string_delete(twice);
    is_gone(twice);
    for (int i = 0; i < 63; i++) {
      wasm_string_t* other = made_by(guest, "other");
      CHECK(other != twice);
      is_gone(twice);
      reads(other, "other", 5);
      wasm_string_delete(other);
    }
    is_gone(twice);
    /* What waits is used again. */
    int again = 0;
    for (int i = 0; i < 200; i++) {
      wasm_string_t* other = made_by(guest, "other");
      again += other == twice;
      wasm_string_delete(other);
    }
    CHECK(again);
  }
}

/* Room that is promised exactly or without end, for short text and long: it holds
 * nothing before, and no byte more is touched, which valgrind watches. */
static void exact_room(void) {
  enum { LONGEST = 1500 };
  static const size_t unit_size[] = {1, 2, 1, 4};
  static const witrt_slot_kind_t kinds[] = {
    WITRT_SLOT_UTF8, WITRT_SLOT_UTF16, WITRT_SLOT_LATIN1, WITRT_SLOT_UTF32};
  static const char* const parts[] = {"a", "é", "日", "🦀", "aé日🦀"};
  static const size_t capacities[] = {0, SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 4 + 1};
  for (size_t p = 0; p < sizeof parts / sizeof *parts; p++)
    for (size_t count = 1; count < LONGEST; count += count < 3 ? 1 : count / 2) {
      char text[10 * LONGEST];
      size_t size = 0;
      for (size_t i = 0; i < count; i++) size += (size_t)sprintf(text + size, "%s", parts[p]);
      wasm_string_t s = WASM_STRING_UTF8(text, size);
      wasm_val_t back = through(&s);
      for (wasm_encoding_t e = WASM_UTF8; e <= WASM_UTF32; e++) {
        size_t units = wasm_string_length(&s, e), bytes = units * unit_size[e];
        if (!units) continue; /* it does not fit Latin-1 */
        witrt_slot_kind_t in = WITRT_SLOT_UTF8;
        witrt_prepared_t* same = witrt_func_prepare(guest_func(&g, 0), &in, 1, &kinds[e], 1, NULL);
        REQUIRE(same);
        for (size_t c = 0; c < sizeof capacities / sizeof *capacities; c++) {
          size_t capacity = capacities[c] ? capacities[c] : units, written = 0;
          void *first = malloc(bytes), *room = malloc(bytes);
          CHECK(wasm_string_read(&s, e, first, capacity, &written) && written == units);
          CHECK(wasm_string_read(back.of.string, e, room, capacity, &written) && written == units);
          CHECK(memcmp(first, room, bytes) == 0);
          free(room);
          room = malloc(bytes);
          witrt_slot_t arg = {.text = {text, size}}, result = {.buffer = {room, capacity}};
          CHECK(witrt_prepared_call(same, &arg, &result, NULL) && result.text.size == units);
          CHECK(memcmp(first, room, bytes) == 0);
          if (e == WASM_UTF8) CHECK(memcmp(first, text, bytes) == 0);
          free(first), free(room);
        }
        witrt_prepared_delete(same);
      }
      wasm_val_delete(&back);
    }
}

/* Replacement instead of refusal, for one string or for an engine. */
static void ill_formed(void) {
  static const char16_t lone[] = {'a', 0xd83e, 'b'};
  wasm_string_t s = WASM_STRING_UTF16(lone, 3);
  CHECK(!wasm_string_is_valid(&s));
  CHECK_EQ(wasm_string_length(&s, WASM_UTF8), 0);
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_BAD_TEXT);
  CHECK(wasm_string_new(WASM_UTF16, lone, 3) == NULL);
  CHECK(wasm_string_new(WASM_UTF8, "a\xff", 2) == NULL);
  CHECK(wasm_string_new(99, "a", 1) == NULL);

  /* Nothing is written, however much room there is, and from where ever. */
  char untouched[1024];
  char bytes_bad[301];
  memset(untouched, 0x55, sizeof untouched);
  memset(bytes_bad, 'a', sizeof bytes_bad);
  bytes_bad[300] = '\xff';
  wasm_string_t late = WASM_STRING_UTF8(bytes_bad, 301);
  wasm_string_t* clone = wasm_string_copy(&late);
  CHECK(!wasm_string_read(&s, WASM_UTF8, untouched, sizeof untouched, NULL));
  CHECK(!wasm_string_read(&late, WASM_UTF8, untouched, sizeof untouched, NULL));
  CHECK(!wasm_string_read(clone, WASM_UTF8, untouched, sizeof untouched, NULL));
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_BAD_TEXT);
  for (size_t i = 0; i < sizeof untouched; i++) CHECK(untouched[i] == 0x55);
  wasm_string_delete(clone);

  s.flags = WASM_STRING_REPLACE;
  CHECK(wasm_string_is_valid(&s));
  wasm_val_t back = through(&s);
  reads(back.of.string, "a\xef\xbf\xbd" "b", 5);
  wasm_val_delete(&back);
  wasm_string_t bytes = WASM_STRING_UTF8("\xf0\x9f\xa6 \xc0", 5);
  bytes.flags = WASM_STRING_REPLACE;
  back = through(&bytes);
  CHECK(wasm_string_length(back.of.string, WASM_UTF16) == 3);
  wasm_val_delete(&back);

  wasm_config_t* config = wasm_config_new();
  CHECK(witrt_config_set_ill_formed(config, WITRT_ILL_FORMED_REPLACE));
  guest_t other;
  memset(&other, 0, sizeof other);
  other.engine = wasm_engine_new_with_config(config);
  other.store = wasm_store_new(other.engine);
  guest_load(&other,
    "(module (memory 1) (data (i32.const 8) \"a\\ffb\") (func $t (result i32 i32) i32.const 8 i32.const 3)"
    "  (@interface func (export \"t\") (result string) call-core $t memory-to-string))", NULL);
  wasm_val_t result[] = {WASM_INIT_VAL};
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  CHECK(wasm_func_call(guest_func(&other, 0), NULL, &results) == NULL);
  char16_t got[8];
  size_t written = 0;
  CHECK(wasm_string_read(result[0].of.string, WASM_UTF16, got, 8, &written));
  CHECK(written == 3 && got[0] == 'a' && got[1] == 0xfffd && got[2] == 'b');
  wasm_val_delete(&result[0]);
  guest_close(&other);
}

int main(void) {
  guest_open(&g,
    "(module"
    "  (memory 2)"
    "  (global $at (mut i32) (i32.const 1024)) (global $freed (mut i32) (i32.const 0))"
    "  (func $malloc (param i32) (result i32)"
    "    (if (i32.gt_u (global.get $at) (i32.const 60000)) (then (global.set $at (i32.const 1024))))"
    "    (global.get $at) (global.set $at (i32.add (global.get $at) (local.get 0))))"
    "  (func $same (param i32 i32) (result i32 i32) local.get 0 local.get 1)"
    "  (func $free (param i32 i32)"
    "    (memory.fill (local.get 0) (i32.const 0xff) (local.get 1))"
    "    (global.set $freed (i32.add (global.get $freed) (i32.const 1))))"
    "  (func $freed (result i32) global.get $freed)"
    "  (@interface func (export \"same\") (param string) (result string)"
    "    arg.get 0 string-to-memory $malloc call-core $same defer-call-core $free memory-to-string)"
    "  (@interface func (export \"freed\") (result u32) call-core $freed i32-to-u32))");
  every_way();
  exact_room();
  lifetimes();
  deleted_twice();
  ill_formed();
  guest_close(&g);
  return check_result();
}
