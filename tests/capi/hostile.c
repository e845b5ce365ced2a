/* Guests that lie about their memory, text that is no text, files that are no
 * modules. The answer is always an error or a trap, and the store goes on. */

#include <pthread.h>
#include <stdatomic.h>
#include <uchar.h>

#include "guest.h"

static int called_back;
static wasm_trap_t* call_back(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  /* The allocator calls the host, which calls the same guest. */
  guest_t* g = env;
  if (called_back++) return NULL;
  wasm_string_t text = WASM_STRING_UTF8("inner", 5);
  wasm_val_t arg[] = {WASM_STRING_VAL(&text)}, result[] = {WASM_INIT_VAL};
  wasm_val_vec_t inner = WASM_ARRAY_VEC(arg), results_vec = WASM_ARRAY_VEC(result);
  wasm_trap_t* trap = wasm_func_call(guest_func(g, 0), &inner, &results_vec);
  CHECK(trap == NULL);
  CHECK(result[0].kind == WASM_U32 && result[0].of.u32 == 5);
  return trap;
}

/* A guest whose allocator is CODE, with a function that takes a string and
 * answers its length, one that traps where text is not where it was put, and
 * one that needs no allocator. */
static void allocator_guest(guest_t* g, const char* code) {
  char wat[2048];
  snprintf(wat, sizeof wat,
    "(module"
    "  (import \"\" \"back\" (func $back))"
    "  (memory (export \"m\") 1 2000)"
    "  (func $malloc (param $size i32) (result i32) %s)"
    "  (func $length (param i32 i32) (result i32) local.get 1)"
    "  (func $still (result i32) i32.const 77)"
    "  (@interface func $back_ (import \"\" \"back\"))"
    "  (@interface implement (func $back) call-adapter $back_)"
    "  (@interface func (export \"length\") (param string) (result u32)"
    "    arg.get 0 string-to-memory $malloc call-core $length i32-to-u32)"
    "  (@interface func (export \"still\") (result u32) call-core $still i32-to-u32))", code);
  guest_start(g);
  wasm_functype_t* type = wasm_functype_new_0_0();
  wasm_func_t* func = wasm_func_new_with_env(g->store, type, call_back, g, NULL);
  wasm_functype_delete(type);
  wasm_extern_t* import[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  guest_load(g, wat, &imports);
  wasm_func_delete(func);
}

static wasm_trap_t* length_of(const guest_t* g, const wasm_string_t* text, wasm_val_t* result) {
  wasm_val_t arg[] = {WASM_STRING_VAL((wasm_string_t*)text)};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = {1, result};
  return wasm_func_call(guest_func(g, 0), &args, &results);
}

static void still_works(const guest_t* g) {
  wasm_val_t result[] = {WASM_INIT_VAL};
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  CHECK(wasm_func_call(guest_func(g, 1), NULL, &results) == NULL);
  CHECK_EQ(result[0].of.u32, 77);
}

static void allocators(void) {
  static const struct { const char *code, *trap; } cases[] = {
    {"i32.const 0", NULL},
    {"i32.const 3", NULL}, /* unaligned */
    {"i32.const 65533", NULL}, /* the last place that fits */
    {"i32.const 65534", "bounds"},
    {"i32.const 65536", "bounds"},
    {"i32.const -1", "bounds"},
    {"i32.const -3", "bounds"}, /* the end wraps around to 0 */
    {"i32.const 0x80000000", "bounds"},
    {"unreachable", "unreachable"},
    {"(drop (memory.grow (i32.const 39))) i32.const 0x1f0000", NULL},
    {"call $back i32.const 16", NULL},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    static const char16_t wide[] = {'a', 'b', 'c'};
    wasm_string_t texts[] = {WASM_STRING_UTF8("abc", 3), WASM_STRING_UTF16(wide, 3)};
    for (int utf16 = 0; utf16 < 2; utf16++) {
      guest_t g;
      called_back = 0;
      allocator_guest(&g, cases[i].code);
      wasm_val_t result = WASM_F64_VAL(1);
      wasm_trap_t* trap = length_of(&g, &texts[utf16], &result);
      if (cases[i].trap) {
        const char* message = message_of(trap);
        if (!CHECK(has(message, cases[i].trap))) fprintf(stderr, "  %s: %s\n", cases[i].code, message);
        CHECK_EQ(result.kind, WASM_F64);
      } else {
        if (!CHECK(trap == NULL)) fprintf(stderr, "  %s: %s\n", cases[i].code, message_of(trap));
        CHECK(result.kind == WASM_U32 && result.of.u32 == 3);
      }
      still_works(&g);
      guest_close(&g);
    }
  }
}

/* Text that is ill-formed is refused before any guest code runs. */
static void ill_formed_arguments(void) {
  guest_t g;
  allocator_guest(&g, "i32.const 16");
  static const struct { const char* bytes; size_t size, position; } utf8[] = {
    {"\x80", 1, 0}, {"a\xff", 2, 1}, {"ab\xc3", 3, 2}, {"\xc0\x80", 2, 0}, {"\xed\xa0\x80", 3, 0},
    {"\xf4\x90\x80\x80", 4, 0}, {"\xf0\x9f\xa6", 3, 0}, {"abcdefghijklmnopqrstuvwxyz\xe2\x82", 28, 26},
  };
  for (size_t i = 0; i < sizeof utf8 / sizeof *utf8; i++) {
    wasm_string_t text = WASM_STRING_UTF8(utf8[i].bytes, utf8[i].size);
    wasm_val_t result = WASM_INIT_VAL;
    wasm_trap_t* trap = length_of(&g, &text, &result);
    REQUIRE(trap);
    witrt_error_t* error = witrt_trap_error(trap);
    size_t argument = 99, position = 99;
    CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_BAD_TEXT);
    CHECK(witrt_error_argument(error, &argument) && argument == 0);
    CHECK(witrt_error_position(error, &position));
    CHECK_EQ(position, utf8[i].position);
    witrt_error_delete(error);
    wasm_trap_delete(trap);
    CHECK_EQ(result.kind, WASM_EXTERNREF);
  }
  static const struct { char16_t units[4]; size_t size, position; } utf16[] = {
    {{0xd800}, 1, 0}, {{'a', 0xdfff}, 2, 1}, {{0xd83e, 0xdd80, 0xd83e}, 3, 2}, {{0xdd80, 0xd83e}, 2, 0},
    {{'a', 'b', 0xd83e, 'c'}, 4, 2},
  };
  for (size_t i = 0; i < sizeof utf16 / sizeof *utf16; i++) {
    wasm_string_t text = WASM_STRING_UTF16(utf16[i].units, utf16[i].size);
    wasm_val_t result = WASM_INIT_VAL;
    wasm_trap_t* trap = length_of(&g, &text, &result);
    REQUIRE(trap);
    witrt_error_t* error = witrt_trap_error(trap);
    size_t position = 99;
    CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_BAD_TEXT);
    CHECK(witrt_error_position(error, &position));
    CHECK_EQ(position, utf16[i].position);
    witrt_error_delete(error);
    wasm_trap_delete(trap);
  }
  still_works(&g);
  guest_close(&g);
}

/* Strings that point nowhere, or call themselves something unknown. */
static void impossible_strings(void) {
  guest_t g;
  allocator_guest(&g, "i32.const 16");
  wasm_val_t result = WASM_INIT_VAL;
  wasm_string_t empty = WASM_STRING_UTF8(NULL, 0);
  CHECK(length_of(&g, &empty, &result) == NULL);
  CHECK_EQ(result.of.u32, 0);
  wasm_string_t empty16 = WASM_STRING_UTF16(NULL, 0);
  CHECK(length_of(&g, &empty16, &result) == NULL);
  CHECK_EQ(result.of.u32, 0);

  wasm_string_t nowhere = WASM_STRING_UTF8(NULL, 5);
  wasm_trap_t* trap = length_of(&g, &nowhere, &result);
  CHECK(trap != NULL);
  wasm_trap_delete(trap);
  wasm_string_t strange = WASM_STRING_UTF8("abc", 3);
  strange.encoding = 99;
  trap = length_of(&g, &strange, &result);
  CHECK(trap != NULL);
  wasm_trap_delete(trap);
  wasm_string_t endless = WASM_STRING_UTF8("abc", SIZE_MAX);
  trap = length_of(&g, &endless, &result);
  CHECK(trap != NULL);
  wasm_trap_delete(trap);
  trap = length_of(&g, NULL, &result);
  CHECK(trap != NULL);
  wasm_trap_delete(trap);
  still_works(&g);
  guest_close(&g);
}

/* Text that another thread of the host writes to while it is read: an error,
 * or text that it was at some time, and never a unit too many. */
enum { CHANGING = 600 };
static char16_t changing[CHANGING];
static unsigned char changing_bytes[CHANGING];
static atomic_bool change;
static void* changer(void* unused) {
  (void)unused;
  volatile char16_t* at = changing;
  volatile unsigned char* bytes = changing_bytes;
  for (unsigned i = 0; atomic_load(&change); i++) {
    static const char16_t units[] = {'a', 0xe9, 0x6f22, 0xd83e, 0xdd80};
    at[i * 7 % CHANGING] = units[i % 5];
    /* Where the text ends a character begins, now and then. */
    bytes[CHANGING - 1] = i % 2 ? 0xf0 : 'a';
    for (volatile unsigned pause = 0; pause < i % 64; pause++) continue;
  }
  return NULL;
}

static void changing_text(void) {
  guest_t g;
  allocator_guest(&g, "i32.const 1024");
  for (size_t i = 0; i < CHANGING; i++) changing[i] = changing_bytes[i] = 'a';
  pthread_t thread;
  atomic_store(&change, true);
  REQUIRE(pthread_create(&thread, NULL, changer, NULL) == 0);
  for (int i = 0; i < 1000000; i++) {
    wasm_string_t narrow = WASM_STRING_UTF8(changing_bytes, CHANGING), wide = WASM_STRING_UTF16(changing, CHANGING);
    wasm_string_t* text = i % 8 ? &narrow : &wide;
    CHECK(wasm_string_length(text, WASM_UTF16) <= 2 * CHANGING);
    if (i % 5) continue;
    wasm_val_t result = WASM_INIT_VAL;
    wasm_trap_t* trap = length_of(&g, text, &result);
    if (trap == NULL) CHECK(result.of.u32 >= CHANGING && result.of.u32 <= 3 * CHANGING);
    wasm_trap_delete(trap);
    if (i % 25) continue;
    char16_t copy[CHANGING + 1];
    copy[CHANGING] = 0xa5a5;
    size_t written = 0;
    if (wasm_string_read(text, WASM_UTF16, copy, CHANGING, &written)) CHECK(written <= CHANGING);
    CHECK_EQ(copy[CHANGING], 0xa5a5);
    wasm_string_delete(wasm_string_copy(text));
  }
  atomic_store(&change, false);
  pthread_join(thread, NULL);
  still_works(&g);
  guest_close(&g);
}

/* Results: the guest says where its text is, and is not believed. */
static void results(void) {
  static const struct { const char* where; int ok; } cases[] = {
    {"i32.const 0 i32.const 0", 1}, {"i32.const 65536 i32.const 0", 1}, {"i32.const 65537 i32.const 0", 0},
    {"i32.const 65535 i32.const 1", 1}, {"i32.const 65535 i32.const 2", 0}, {"i32.const -1 i32.const -1", 0},
    {"i32.const -4 i32.const 8", 0}, {"i32.const 0 i32.const 0x80000000", 0},
    {"i32.const 16 i32.const 3", 1}, {"i32.const 16 i32.const 4", 0} /* half a character */,
    {"i32.const 17 i32.const 8", 0}, {"i32.const 20 i32.const 1", 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char wat[512];
    snprintf(wat, sizeof wat,
      "(module (memory 1) (data (i32.const 16) \"abc\\c3\\a9\\ff\")"
      "  (func $text (result i32 i32) %s)"
      "  (@interface func (export \"text\") (result string) call-core $text memory-to-string))", cases[i].where);
    guest_t g;
    guest_open(&g, wat);
    wasm_val_t result[] = {WASM_F64_VAL(1)};
    wasm_val_vec_t results_vec = WASM_ARRAY_VEC(result);
    wasm_trap_t* trap = wasm_func_call(guest_func(&g, 0), NULL, &results_vec);
    if (!CHECK((trap == NULL) == cases[i].ok)) fprintf(stderr, "  %s: %s\n", cases[i].where, message_of(trap));
    else if (trap) wasm_trap_delete(trap);
    CHECK_EQ(result[0].kind, cases[i].ok ? WASM_STRING : WASM_F64);
    wasm_val_delete(&result[0]);
    guest_close(&g);
  }
}

static void sizes(void) {
  static const char* bump =
    "(local $at i32)"
    "(local.set $at (i32.mul (memory.size) (i32.const 65536)))"
    "(if (i32.eq (i32.const -1) (memory.grow (i32.add (i32.const 1)"
    "     (i32.shr_u (local.get $size) (i32.const 16))))) (then unreachable))"
    "local.get $at";
  static const struct { size_t size; int fits; } cases[] = {
    {0, 1}, {1, 1}, {1 << 20, 1}, {100 << 20, 1},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    guest_t g;
    allocator_guest(&g, bump);
    size_t size = cases[i].size;
    char* text = malloc(size + 1);
    memset(text, 'x', size + 1);
    if (size > 8) memcpy(text + size - 4, "\0\xc3\xa9\0", 4);
    wasm_string_t string = WASM_STRING_UTF8(text, size);
    wasm_val_t result = WASM_INIT_VAL;
    wasm_trap_t* trap = length_of(&g, &string, &result);
    CHECK_EQ(trap == NULL, cases[i].fits);
    if (cases[i].fits) CHECK_EQ(result.of.u32, size);
    wasm_trap_delete(trap);
    still_works(&g);
    free(text);
    guest_close(&g);
  }
}

/* A real module cut short, and with each of many bytes changed. */
static void damaged_files(void) {
  static char original[32768];
  FILE* file = fopen(MODULES "/strings.wasm", "rb");
  REQUIRE(file);
  size_t size = fread(original, 1, sizeof original, file);
  fclose(file);
  guest_t g;
  guest_start(&g);
  wasm_byte_vec_t bytes;
  wasm_byte_vec_new(&bytes, size, original);
  CHECK(wasm_module_validate(g.store, &bytes));
  for (bytes.size = 0; bytes.size < size; bytes.size += 1 + bytes.size / 100) {
    if (bytes.size == 0 || bytes.size == 8) continue; /* both are modules: empty text, empty binary */
    int valid = wasm_module_validate(g.store, &bytes);
    /* Cut between two sections, after the code, it may be one still. */
    if (valid) CHECK(bytes.size > size / 2);
  }
  bytes.size = size;
  unsigned seed = 1;
  for (int i = 0; i < 2000; i++) {
    seed = seed * 1103515245u + 12345u;
    size_t at = (seed >> 8) % size;
    if (i % 2) at = size - 1 - at % 1200; /* the interface is at the end */
    char was = bytes.data[at];
    bytes.data[at] = (char)(was ^ (1 << (seed >> 4) % 8));
    int valid = wasm_module_validate(g.store, &bytes);
    if (valid && i % 16 == 0) {
      wasm_module_t* module = wasm_module_new(g.store, &bytes);
      CHECK(module != NULL);
      wasm_module_delete(module);
    }
    if (!valid) CHECK(witrt_error_kind(witrt_error_last()) < 300);
    bytes.data[at] = was;
  }
  wasm_byte_vec_delete(&bytes);
  guest_close(&g);
}

int main(void) {
  allocators();
  ill_formed_arguments();
  impossible_strings();
  changing_text();
  results();
  sizes();
  damaged_files();
  return check_result();
}
