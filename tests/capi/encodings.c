/* Latin-1 and UTF-32 beside UTF-8 and UTF-16: strings given and read, slots,
 * callbacks; what does not fit; the narrowest encoding. */

#include "guest.h"
#include "text.h"

enum { ENCODINGS = 4, ROOM = 2048 };
static const size_t unit_size[ENCODINGS] = {1, 2, 1, 4};
static const witrt_slot_kind_t text_kind[ENCODINGS] = {
  WITRT_SLOT_UTF8, WITRT_SLOT_UTF16, WITRT_SLOT_LATIN1, WITRT_SLOT_UTF32};
static const witrt_slot_kind_t lazy_kind[ENCODINGS] = {
  WITRT_SLOT_LAZY_UTF8, WITRT_SLOT_LAZY_UTF16, WITRT_SLOT_LAZY_LATIN1, WITRT_SLOT_LAZY_UTF32};

/* A text in each encoding. */
typedef struct {
  _Alignas(4) char data[ENCODINGS][4 * ROOM];
  size_t units[ENCODINGS];
  bool fits[ENCODINGS];
  size_t unfit; /* the byte where it does not fit Latin-1 */
} text_t;

static void make(text_t* t, const char* text) {
  size_t size = strlen(text), n = 0;
  memset(t, 0, sizeof *t);
  memcpy(t->data[WASM_UTF8], text, size);
  t->units[WASM_UTF8] = size;
  t->units[WASM_UTF16] = utf16_of(text, size, (char16_t*)t->data[WASM_UTF16]);
  t->fits[WASM_UTF8] = t->fits[WASM_UTF16] = t->fits[WASM_LATIN1] = t->fits[WASM_UTF32] = true;
  const unsigned char *start = (const unsigned char*)text, *at = start, *end = at + size;
  while (at < end) {
    size_t here = (size_t)(at - start);
    uint32_t c = *at++;
    int more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
    if (more) c &= 0x3fu >> more;
    while (more-- > 0) c = c << 6 | (*at++ & 0x3f);
    if (c > 0xff && t->fits[WASM_LATIN1]) t->fits[WASM_LATIN1] = false, t->unfit = here;
    t->data[WASM_LATIN1][n] = c > 0xff ? '?' : (char)c;
    memcpy(t->data[WASM_UTF32] + 4 * n++, &c, 4);
  }
  t->units[WASM_LATIN1] = t->units[WASM_UTF32] = n;
}

static void same(const text_t* t, int encoding, const void* data, size_t units) {
  CHECK_EQ(units, t->units[encoding]);
  CHECK(memcmp(data, t->data[encoding], units * unit_size[encoding]) == 0);
}

static const char* last(void) {
  const witrt_error_t* error = witrt_error_last();
  return error ? witrt_error_message(error) : "no error";
}

/* The last error tells where a text does not fit. */
static void unfit(const witrt_error_t* error) {
  size_t position = SIZE_MAX;
  if (!CHECK(witrt_error_kind(error) == WITRT_ERROR_OUT_OF_RANGE)) fprintf(stderr, "  %s\n", last());
  CHECK(witrt_error_position(error, &position) && position < ROOM);
}

/* Read in every encoding, whichever it is stored in. */
static void reads(const wasm_string_t* string, const text_t* t) {
  _Alignas(4) char out[4 * ROOM + 8];
  CHECK(wasm_string_is_valid(string));
  for (int e = 0; e < ENCODINGS; e++) {
    size_t written = 999, needed = 0, units = t->units[e], bytes = units * unit_size[e];
    memset(out, 0x55, sizeof out);
    if (!t->fits[e]) {
      CHECK_EQ(wasm_string_length(string, (wasm_encoding_t)e), 0);
      unfit(witrt_error_last());
      CHECK(!wasm_string_read(string, (wasm_encoding_t)e, out, ROOM, &written));
      unfit(witrt_error_last());
      CHECK_EQ(written, 999);
      continue;
    }
    CHECK_EQ(wasm_string_length(string, (wasm_encoding_t)e), units);
    if (!CHECK(wasm_string_read(string, (wasm_encoding_t)e, out, units, &written))) fprintf(stderr, "  %s\n", last());
    same(t, e, out, written);
    CHECK(out[bytes] == 0x55);
    if (units == 0) continue;
    memset(out, 0x55, sizeof out);
    CHECK(!wasm_string_read(string, (wasm_encoding_t)e, out, units - 1, &written));
    CHECK(witrt_error_capacity(witrt_error_last(), &needed) && needed == units && out[0] == 0x55);
  }
}

/* One whose argument is given back by the callback in the encodings of its slots. */
static int way;
static wasm_trap_t* back(void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  const int* encodings = env;
  bool same_encoding = encodings[0] == encodings[1];
  CHECK((uintptr_t)args[0].text.data % unit_size[encodings[0]] == 0 || way == 1);
  if (way == 1) results[0].lazy = args[0].lazy;
  else if (same_encoding && way == 0) results[0].text = args[0].text;
  else {
    /* Through a string of ours. */
    wasm_string_t given = {args[0].text.data, args[0].text.size, (wasm_encoding_t)encodings[0], 0, 0};
    _Alignas(4) char out[4 * ROOM];
    size_t written = 0;
    if (!wasm_string_read(&given, (wasm_encoding_t)encodings[1], out, ROOM, &written) ||
        !witrt_caller_return_text(caller, 0, out, written))
      return witrt_caller_trap(caller, "does not fit", 12);
  }
  return NULL;
}

static const char* wat =
  "(module (memory 1) (global $freed (mut i32) (i32.const 0))"
  "  (func $malloc (param i32) (result i32) i32.const 1024)"
  "  (func $echo (param i32 i32) (result i32 i32) local.get 0 local.get 1)"
  "  (@interface func $host (import \"\" \"back\") (param string) (result string))"
  "  (@interface func (export \"echo\") (param string) (result string)"
  "    arg.get 0 string-to-memory $malloc call-core $echo memory-to-string)"
  "  (@interface func (export \"ask\") (param string) (result string)"
  "    arg.get 0 string-to-memory $malloc call-core $echo memory-to-string call-adapter $host"
  "    string-to-memory $malloc call-core $echo memory-to-string))";
static guest_t g;
static int callback_encodings[2];

static void open_guest(const witrt_slot_kind_t* param, const witrt_slot_kind_t* result) {
  memset(&g, 0, sizeof g);
  g.engine = wasm_engine_new();
  g.store = wasm_store_new(g.engine);
  wasm_func_t* func =
    witrt_func_new_with_slots(g.store, param, 1, result, 1, back, callback_encodings, NULL, NULL);
  REQUIRE(func);
  wasm_extern_t* import[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  guest_load(&g, wat, &imports);
  wasm_func_delete(func);
}

/* A prepared call from one encoding to another: into a buffer, and lazily. */
static void prepared(const text_t* t, int from, int to, int export) {
  witrt_error_t* error = NULL;
  witrt_prepared_t* call = witrt_func_prepare(guest_func(&g, (size_t)export), &text_kind[from], 1, &text_kind[to], 1, &error);
  REQUIRE(call);
  _Alignas(4) char out[4 * ROOM];
  witrt_slot_t arg = {.text = {t->data[from], t->units[from]}}, result = {.buffer = {out, ROOM}};
  bool ok = witrt_prepared_call(call, &arg, &result, &error);
  if (t->fits[to]) {
    if (CHECK(ok)) same(t, to, out, result.text.size);
    else fprintf(stderr, "  %s\n", witrt_error_message(error));
  } else {
    CHECK(!ok);
    unfit(error);
  }
  witrt_error_delete(error);
  witrt_prepared_delete(call);

  error = NULL;
  call = witrt_func_prepare(guest_func(&g, (size_t)export), &text_kind[from], 1, &lazy_kind[to], 1, &error);
  REQUIRE(call);
  ok = witrt_prepared_call(call, &arg, &result, &error);
  CHECK_EQ(ok, t->fits[to]);
  if (ok) {
    CHECK_EQ(result.lazy.length, t->units[to]);
    reads(result.lazy.string, t);
    wasm_string_delete(result.lazy.string);
  } else {
    unfit(error);
  }
  witrt_error_delete(error);
  witrt_prepared_delete(call);
}

static void given_and_read(const text_t* t) {
  for (int e = 0; e < ENCODINGS; e++) {
    if (!t->fits[e]) continue;
    wasm_string_t hosts = {t->data[e], t->units[e], (wasm_encoding_t)e, 0, 0};
    reads(&hosts, t);
    wasm_string_t* made = wasm_string_new((wasm_encoding_t)e, t->data[e], t->units[e]);
    REQUIRE(made);
    CHECK_EQ(wasm_string_encoding(made), e);
    reads(made, t);
    wasm_string_t* clone = wasm_string_copy(made);
    wasm_string_delete(made);
    reads(clone, t);

    wasm_val_t arg[] = {WASM_STRING_VAL(clone)}, result[] = {WASM_INIT_VAL};
    wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
    wasm_trap_t* trap = wasm_func_call(guest_func(&g, 0), &args, &results);
    if (CHECK(trap == NULL)) reads(result[0].of.string, t);
    wasm_val_delete(&result[0]);
    wasm_string_delete(clone);
    for (int to = 0; to < ENCODINGS; to++) prepared(t, e, to, 0);
  }
}

/* What a callback takes and gives back. */
static void called_back(const text_t* t) {
  for (int from = 0; from < ENCODINGS; from++) {
    for (int to = 0; to < ENCODINGS; to++) {
      for (way = 0; way < 3; way++) {
        callback_encodings[0] = from, callback_encodings[1] = to;
        open_guest(way == 1 ? &lazy_kind[from] : &text_kind[from], way == 1 ? &lazy_kind[to] : &text_kind[to]);
        witrt_error_t* error = NULL;
        witrt_prepared_t* call =
          witrt_func_prepare(guest_func(&g, 1), &text_kind[WASM_UTF8], 1, &text_kind[WASM_UTF16], 1, &error);
        REQUIRE(call);
        _Alignas(4) char out[4 * ROOM];
        witrt_slot_t arg = {.text = {t->data[WASM_UTF8], t->units[WASM_UTF8]}}, result = {.buffer = {out, ROOM}};
        bool ok = witrt_prepared_call(call, &arg, &result, &error);
        /* What is given back lazily need not fit: its encoding is its own. */
        bool fits = t->fits[from] && (way == 1 || t->fits[to]);
        CHECK_EQ(ok, fits);
        if (ok) same(t, WASM_UTF16, out, result.text.size);
        else if (fits) fprintf(stderr, "  %d to %d, way %d: %s\n", from, to, way, witrt_error_message(error));
        witrt_error_delete(error);
        witrt_prepared_delete(call);
        guest_close(&g);
      }
    }
  }
}

static void narrowest(void) {
  static const struct { const char* text; uint32_t narrowest; size_t characters; } cases[] = {
    {"", WASM_NARROWEST_ASCII, 0}, {"ascii", WASM_NARROWEST_ASCII, 5}, {"naïve", WASM_NARROWEST_LATIN1, 5},
    {"Ā", WASM_NARROWEST_UTF16, 1}, {"漢字", WASM_NARROWEST_UTF16, 2}, {"a🦀", WASM_NARROWEST_UTF32, 2},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    static text_t t;
    make(&t, cases[i].text);
    for (int e = 0; e < ENCODINGS; e++) {
      if (!t.fits[e]) continue;
      wasm_string_t string = {t.data[e], t.units[e], (wasm_encoding_t)e, 0, 0};
      uint32_t found = 99;
      size_t characters = 99;
      CHECK(wasm_string_narrowest(&string, &found, &characters));
      CHECK(found == cases[i].narrowest && characters == cases[i].characters);
      CHECK(wasm_string_narrowest(&string, NULL, NULL));
    }
  }
  wasm_string_t bad = WASM_STRING_UTF8("a\xff", 2);
  uint32_t found = 99;
  CHECK(!wasm_string_narrowest(&bad, &found, NULL) && found == 99);
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_BAD_TEXT);
  CHECK(!wasm_string_narrowest(NULL, &found, NULL));
}

static void ill_formed(void) {
  static const uint32_t bad[][3] = {{'a', 0xd800, 'b'}, {'a', 0x110000, 'b'}, {'a', UINT32_MAX, 'b'}};
  for (int i = 0; i < 3; i++) {
    size_t position = 0;
    wasm_string_t string = WASM_STRING_UTF32(bad[i], 3);
    CHECK(!wasm_string_is_valid(&string));
    CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_BAD_TEXT);
    CHECK(witrt_error_position(witrt_error_last(), &position) && position == 1);
    CHECK(wasm_string_new(WASM_UTF32, bad[i], 3) == NULL);
    string.flags = WASM_STRING_REPLACE;
    char out[8];
    size_t written = 0;
    CHECK(wasm_string_read(&string, WASM_UTF8, out, sizeof out, &written));
    CHECK(written == 5 && memcmp(out, "a\xef\xbf\xbd" "b", 5) == 0);
    CHECK(wasm_string_read(&string, WASM_LATIN1, out, sizeof out, &written));
    CHECK(written == 3 && memcmp(out, "a?b", 3) == 0);
  }
  wasm_string_t wide = WASM_STRING_LIT("ÿĀ🦀");
  wide.flags = WASM_STRING_REPLACE;
  char out[8];
  size_t written = 0;
  CHECK(wasm_string_read(&wide, WASM_LATIN1, out, sizeof out, &written));
  CHECK(written == 3 && memcmp(out, "\xff??", 3) == 0);
  wasm_string_t latin1 = WASM_STRING_LATIN1("\xff\xe9", 2);
  CHECK_EQ(wasm_string_length(&latin1, WASM_UTF8), 4);
  CHECK(!wasm_string_borrow(&latin1, &(wasm_byte_vec_t){0, NULL}));
}

static void* in_room(void* env, size_t size) { return size <= 8 ? env : NULL; }

/* Latin-1 does not have what a guest gives: the call was made, its text is kept, and the
 * guest can be called again. */
static void misfits(void) {
  static const char* guests[] = {
    "(module (memory 1) (func $alloc (param i32) (result i32) i32.const 16)"
    " (func $echo (param i32 i32) (result i32 i32) local.get 0 local.get 1)"
    " (@interface func (export \"echo\") (param string) (result string)"
    "  arg.get 0 string-to-memory $alloc call-core $echo memory-to-string))",
    "(component (core module $m (memory (export \"memory\") 1)"
    "  (func (export \"realloc\") (param i32 i32 i32 i32) (result i32) i32.const 64)"
    "  (func (export \"echo\") (param i32 i32) (result i32)"
    "   (i32.store (i32.const 8) (local.get 0)) (i32.store (i32.const 12) (local.get 1)) i32.const 8))"
    " (core instance $i (instantiate $m))"
    " (func (export \"echo\") (param \"text\" string) (result string)"
    "  (canon lift (core func $i \"echo\") (memory $i \"memory\") (realloc (func $i \"realloc\")))))",
  };
  wasm_engine_t* engine = wasm_engine_new();
  for (int which = 0; which < 2; which++) {
    wasm_store_t* store = wasm_store_new(engine);
    wasm_byte_vec_t source;
    wasm_byte_vec_new(&source, strlen(guests[which]), guests[which]);
    wasm_module_t* module = wasm_module_new(store, &source);
    wasm_byte_vec_delete(&source);
    REQUIRE(module);
    wasm_instance_t* instance = witrt_instance_new(store, module, NULL, NULL);
    REQUIRE(instance);
    wasm_extern_t* echo = witrt_instance_export(instance, "echo", 4);
    REQUIRE(echo);
    for (int how = 0; how < 4; how++) {
      witrt_slot_kind_t in = WITRT_SLOT_UTF8, out = how & 1 ? WITRT_SLOT_GROW_LATIN1 : WITRT_SLOT_LATIN1;
      witrt_field_t in_field = {.kind = in}, out_field = {.kind = out};
      witrt_prepared_t* call = how < 2
        ? witrt_func_prepare(wasm_extern_as_func(echo), &in, 1, &out, 1, NULL)
        : witrt_func_prepare_fields(wasm_extern_as_func(echo), &in_field, 1, &out_field, 1, NULL);
      REQUIRE(call);
      char room[8];
      witrt_slot_t to = {.buffer = {room, sizeof room}};
      if (how & 1) to.grow = (witrt_grow_t){in_room, room};
      for (int times = 0; times < 3; times++) {
        witrt_slot_t arg = {.text = {"é漢", 5}}, result = to;
        witrt_error_t* error = NULL;
        size_t position = 0;
        CHECK(!witrt_prepared_call(call, &arg, &result, &error));
        CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_OUT_OF_RANGE);
        CHECK(witrt_error_position(error, &position) && position == 2);
        if (!(how & 1)) CHECK_EQ(result.text.size, 0);
        witrt_error_delete(error);
        /* Still it does not fit; as a string it is there. */
        result = to;
        CHECK(!witrt_prepared_take(call, 0, &result, NULL));
        wasm_string_t* kept = witrt_prepared_take_result(call, 0);
        CHECK(kept && wasm_string_length(kept, WASM_UTF16) == 2);
        wasm_string_delete(kept);
        CHECK(!witrt_prepared_take_result(call, 0));
        arg.text = (witrt_text_t){"é", 2}, result = to;
        CHECK(witrt_prepared_call(call, &arg, &result, NULL));
        CHECK(*room == '\xe9');
      }
      witrt_prepared_delete(call);
    }
    wasm_extern_delete(echo);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
    wasm_store_delete(store);
  }
  wasm_engine_delete(engine);
}

int main(void) {
  static const char* pieces[] = {"", "a", "ascii and so on", "naïve", "Ā", "ÿ漢", "a🦀é", "日本語 🦀🦀 ", "éüñ "};
  for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
    for (int times = 1; times <= 33; times += 16) {
      static text_t t;
      char text[ROOM] = "";
      for (int n = 0; n < times; n++) strcat(text, pieces[i]);
      make(&t, text);
      callback_encodings[0] = callback_encodings[1] = WASM_UTF8;
      open_guest(&text_kind[WASM_UTF8], &text_kind[WASM_UTF8]);
      given_and_read(&t);
      guest_close(&g);
      called_back(&t);
    }
  }
  narrowest();
  ill_formed();
  misfits();
  return check_result();
}
