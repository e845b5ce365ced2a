/* Modules made by a real producer (tests/modules/README.md), called with text
 * in both encodings. */

#include "guest.h"
#include "text.h"

typedef struct {
  wasm_valkind_t kind;
  const char* text;
  size_t size;
  int64_t integer;
  double real;
} value_t;

typedef struct {
  const char* export;
  value_t result;
  value_t args[8];
} row_t;

#define S(text) {WASM_STRING, text, sizeof text - 1, 0, 0}
#define I(kind, n) {kind, NULL, 0, n, 0}
#define R(kind, x) {kind, NULL, 0, 0, x}
#define NONE {0, NULL, 0, 0, 0}

static const row_t strings_rows[] = {
  {"greet", S("hello, World! (5 bytes, 5 chars)"), {S("World")}},
  {"greet", S("hello, ! (0 bytes, 0 chars)"), {S("")}},
  {"greet", S("hello, Zoë 🦀! (9 bytes, 5 chars)"), {S("Zoë 🦀")}},
  {"concat", S("abcd"), {S("ab"), S("cd")}},
  {"concat", S(""), {S(""), S("")}},
  {"concat", S("x\0yé"), {S("x\0y"), S("é")}},
  {"reverse", S("c🦀bña"), {S("añb🦀c")}},
  {"repeat", S("ababab"), {S("ab"), I(WASM_U32, 3)}},
  {"repeat", S(""), {S("ab"), I(WASM_U32, 0)}},
  {"empty", S(""), {NONE}},
  {"byte_len", I(WASM_U32, 0), {S("")}},
  {"byte_len", I(WASM_U32, 7), {S("añ🦀")}},
  {"char_count", I(WASM_U32, 3), {S("añ🦀")}},
  {"first_scalar", I(WASM_U32, 129408), {S("🦀z")}},
  {"first_scalar", I(WASM_U32, 0), {S("")}},
  {"from_scalar", S("🦀"), {I(WASM_U32, 129408)}},
  {"from_scalar", S("?"), {I(WASM_U32, 55296)}},
  {"four", S("1,2,0,4"), {S("a"), S("é"), S(""), S("🦀")}},
  {"boom", S("no boom"), {S("")}},
  {"boom", NONE, {S("x")}}, /* traps */
};

static const row_t numbers_rows[] = {
  {"id_i8", I(WASM_S8, -128), {I(WASM_S8, -128)}},
  {"id_u8", I(WASM_U8, 255), {I(WASM_U8, 255)}},
  {"id_i16", I(WASM_S16, -32768), {I(WASM_S16, -32768)}},
  {"id_u16", I(WASM_U16, 65535), {I(WASM_U16, 65535)}},
  {"id_i32", I(WASM_S32, INT32_MIN), {I(WASM_S32, INT32_MIN)}},
  {"id_u32", I(WASM_U32, UINT32_MAX), {I(WASM_U32, UINT32_MAX)}},
  {"id_f32", R(WASM_F32, 1.5), {R(WASM_F32, 1.5)}},
  {"id_f64", R(WASM_F64, 1e300), {R(WASM_F64, 1e300)}},
  {"add_i8", I(WASM_S8, -128), {I(WASM_S8, 127), I(WASM_S8, 1)}},
  {"add_i8", I(WASM_S8, 127), {I(WASM_S8, -128), I(WASM_S8, -1)}},
  {"add_u8", I(WASM_U8, 0), {I(WASM_U8, 255), I(WASM_U8, 1)}},
  {"add_i16", I(WASM_S16, -32768), {I(WASM_S16, 32767), I(WASM_S16, 1)}},
  {"add_u16", I(WASM_U16, 1), {I(WASM_U16, 65535), I(WASM_U16, 2)}},
  {"add_i32", I(WASM_S32, INT32_MIN), {I(WASM_S32, INT32_MAX), I(WASM_S32, 1)}},
  {"add_u32", I(WASM_U32, 0), {I(WASM_U32, UINT32_MAX), I(WASM_U32, 1)}},
  {"u8_to_i16", I(WASM_S16, -256), {I(WASM_U8, 0)}},
  {"u8_to_i16", I(WASM_S16, -1), {I(WASM_U8, 255)}},
  {"i32_to_u8", I(WASM_U8, 255), {I(WASM_S32, -1)}},
  {"i32_to_u8", I(WASM_U8, 255), {I(WASM_S32, 511)}},
  {"mean", R(WASM_F64, 2), {R(WASM_F32, 1.5), R(WASM_F64, 2.5)}},
  {"show", S("255 -128 65535 -32768 4294967295 -2147483648 1.5 -2.25"),
   {I(WASM_U8, 255), I(WASM_S8, -128), I(WASM_U16, 65535), I(WASM_S16, -32768),
    I(WASM_U32, UINT32_MAX), I(WASM_S32, INT32_MIN), R(WASM_F32, 1.5), R(WASM_F64, -2.25)}},
};

static const row_t text_rows[] = {
  {"markdown", S("<h1>Hi</h1>\n<ul>\n<li>a</li>\n<li><em>b</em> <del>c</del></li>\n</ul>\n"),
   {S("# Hi\n\n* a\n* *b* ~~c~~\n")}},
  {"markdown",
   S("<table><thead><tr><th>x</th><th>y</th></tr></thead><tbody>\n"
     "<tr><td>1</td><td>2</td></tr>\n</tbody></table>\n"),
   {S("|x|y|\n|-|-|\n|1|2|\n")}},
  {"markdown",
   S("<p>see<sup class=\"footnote-reference\"><a href=\"#1\">1</a></sup></p>\n"
     "<div class=\"footnote-definition\" id=\"1\"><sup class=\"footnote-definition-label\">1</sup>\n"
     "<p>note</p>\n</div>\n"),
   {S("see[^1]\n\n[^1]: note\n")}},
  {"markdown", S(""), {S("")}},
  {"markdown", S("<p><b>&amp; <code>&lt;</code></b> ünï 🦀</p>\n"), {S("<b>&amp; `<`</b> ünï 🦀\n")}},
  {"nfc", S("\u00e9"), {S("e\u0301")}},
  {"nfd", S("e\u0301"), {S("\u00e9")}},
  {"nfkc", S("fi1"), {S("\ufb01\u2460")}},
  {"nfkd", S("\u1100\u1161"), {S("\uac00")}},
  {"nfc", S("\uac01"), {S("\u1100\u1161\u11a8")}},
  {"replace_all", S("world hello, moon bye"), {S("(\\w+) (\\w+)"), S("hello world, bye moon"), S("$2 $1")}},
  {"replace_all", S("error: bad pattern"), {S("("), S("x"), S("y")}},
  {"replace_all", S("abc <αβγ> <ω>"), {S("\\p{Greek}+"), S("abc αβγ ω"), S("<$0>")}},
  {"count_matches", I(WASM_S32, 2), {S("a+"), S("aaba")}},
  {"count_matches", I(WASM_S32, -1), {S("["), S("x")}},
  {"count_matches", I(WASM_S32, 2), {S("(?i)É"), S("éÉ")}},
};

static wasm_func_t* find(const guest_t* g, const char* name) {
  wasm_exporttype_vec_t types;
  wasm_func_t* found = NULL;
  wasm_module_exports(g->module, &types);
  for (size_t i = 0; i < types.size; i++) {
    const wasm_name_t* has_name = wasm_exporttype_name(types.data[i]);
    if (has_name->size == strlen(name) && memcmp(has_name->data, name, has_name->size) == 0)
      found = wasm_extern_as_func(g->exports.data[i]);
  }
  wasm_exporttype_vec_delete(&types);
  if (!CHECK(found != NULL)) fprintf(stderr, "  no export %s\n", name);
  return found;
}

static wasm_val_t number_of(const value_t* v) {
  wasm_val_t val;
  memset(&val, 0, sizeof val);
  val.kind = v->kind;
  switch (v->kind) {
    case WASM_S8: val.of.s8 = (int8_t)v->integer; break;
    case WASM_U8: val.of.u8 = (uint8_t)v->integer; break;
    case WASM_S16: val.of.s16 = (int16_t)v->integer; break;
    case WASM_U16: val.of.u16 = (uint16_t)v->integer; break;
    case WASM_S32: val.of.s32 = (int32_t)v->integer; break;
    case WASM_U32: val.of.u32 = (uint32_t)v->integer; break;
    case WASM_F32: val.of.f32 = (float)v->real; break;
    case WASM_F64: val.of.f64 = v->real; break;
  }
  return val;
}

static int same_number(const wasm_val_t* val, const value_t* v) {
  wasm_val_t want = number_of(v);
  if (val->kind != want.kind) return 0;
  switch (val->kind) {
    case WASM_S8: return val->of.s8 == want.of.s8;
    case WASM_U8: return val->of.u8 == want.of.u8;
    case WASM_S16: return val->of.s16 == want.of.s16;
    case WASM_U16: return val->of.u16 == want.of.u16;
    case WASM_S32: return val->of.s32 == want.of.s32;
    case WASM_U32: return val->of.u32 == want.of.u32;
    case WASM_F32: return val->of.f32 == want.of.f32;
    case WASM_F64: return val->of.f64 == want.of.f64;
  }
  return 0;
}

static int same_text(const wasm_string_t* s, const char* text, size_t size, wasm_encoding_t encoding) {
  static char16_t want16[1024], got16[1024];
  static char got8[1024];
  size_t written = (size_t)-1;
  if (encoding == WASM_UTF8) {
    return wasm_string_length(s, WASM_UTF8) == size &&
      wasm_string_read(s, WASM_UTF8, got8, 1024, &written) && written == size &&
      memcmp(got8, text, size) == 0;
  }
  size_t units = utf16_of(text, size, want16);
  return wasm_string_length(s, WASM_UTF16) == units &&
    wasm_string_read(s, WASM_UTF16, got16, 1024, &written) && written == units &&
    memcmp(got16, want16, 2 * units) == 0;
}

static void run_row(const guest_t* g, const row_t* row, wasm_encoding_t encoding) {
  static char16_t units[8][1024];
  wasm_string_t texts[8];
  wasm_val_t arg[8], result[1] = {WASM_INIT_VAL};
  size_t count = 0;
  for (; count < 8 && row->args[count].kind; count++) {
    const value_t* v = &row->args[count];
    if (v->kind != WASM_STRING) {
      arg[count] = number_of(v);
      continue;
    }
    wasm_string_t utf8 = WASM_STRING_UTF8(v->text, v->size);
    wasm_string_t utf16 = WASM_STRING_UTF16(units[count], utf16_of(v->text, v->size, units[count]));
    texts[count] = encoding == WASM_UTF8 ? utf8 : utf16;
    arg[count] = (wasm_val_t)WASM_STRING_VAL(&texts[count]);
  }
  wasm_val_vec_t args = {count, arg}, results = WASM_ARRAY_VEC(result);
  wasm_func_t* func = find(g, row->export);
  if (!func) return;
  wasm_trap_t* trap = wasm_func_call(func, &args, &results);
  int ok;
  if (!row->result.kind) {
    ok = trap && has(message_of(trap), "unreachable");
  } else if (trap) {
    fprintf(stderr, "  %s\n", message_of(trap));
    ok = 0;
  } else if (row->result.kind == WASM_STRING) {
    ok = result[0].kind == WASM_STRING &&
      same_text(result[0].of.string, row->result.text, row->result.size, encoding);
  } else {
    ok = same_number(&result[0], &row->result);
  }
  wasm_val_delete(&result[0]);
  if (!CHECK(ok)) fprintf(stderr, "  %s in UTF-%d\n", row->export, encoding == WASM_UTF8 ? 8 : 16);
}

static wasm_module_t* load(wasm_store_t* store, const char* name) {
  char path[1024];
  snprintf(path, sizeof path, "%s/%s", MODULES, name);
  FILE* file = fopen(path, "rb");
  REQUIRE(file);
  wasm_byte_vec_t bytes;
  wasm_byte_vec_new_uninitialized(&bytes, 2 << 20);
  bytes.size = fread(bytes.data, 1, bytes.size, file);
  fclose(file);
  wasm_module_t* module = wasm_module_new(store, &bytes);
  bytes.size = 2 << 20;
  wasm_byte_vec_delete(&bytes);
  REQUIRE(module);
  return module;
}

static void open(guest_t* g, const char* name, const wasm_extern_vec_t* imports) {
  if (!g->store) guest_start(g);
  g->module = load(g->store, name);
  wasm_trap_t* trap = NULL;
  g->instance = wasm_instance_new(g->store, g->module, imports, &trap);
  if (!g->instance) fprintf(stderr, "%s: %s\n", name, message_of(trap));
  REQUIRE(g->instance);
  wasm_instance_exports(g->instance, &g->exports);
}

static void run_rows(const char* name, const row_t* rows, size_t count) {
  guest_t g = {.store = NULL};
  open(&g, name, NULL);
  for (size_t i = 0; i < count; i++) {
    run_row(&g, &rows[i], WASM_UTF8);
    run_row(&g, &rows[i], WASM_UTF16);
  }
  guest_close(&g);
}

/* A long result, and nothing left behind in the guest. */
static void long_and_clean(void) {
  static const row_t none_alive = {"live_bytes", I(WASM_U32, 0), {NONE}};
  guest_t g = {.store = NULL};
  open(&g, "strings.wasm", NULL);
  run_row(&g, &none_alive, WASM_UTF8);
  for (size_t i = 0; i + 1 < sizeof strings_rows / sizeof *strings_rows; i++) {
    run_row(&g, &strings_rows[i], WASM_UTF16);
  }
  wasm_string_t text = WASM_STRING_UTF8("0123456789abcdef", 16);
  wasm_val_t arg[] = {WASM_STRING_VAL(&text), WASM_U32_VAL(200000)}, result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  CHECK(wasm_func_call(find(&g, "repeat"), &args, &results) == NULL);
  CHECK_EQ(wasm_string_length(result[0].of.string, WASM_UTF8), 3200000);
  CHECK_EQ(wasm_string_length(result[0].of.string, WASM_UTF16), 3200000);
  /* The result of one call as the argument of the next. */
  wasm_val_t length[] = {WASM_INIT_VAL};
  wasm_val_vec_t string = {1, result}, lengths = WASM_ARRAY_VEC(length);
  CHECK(wasm_func_call(find(&g, "byte_len"), &string, &lengths) == NULL);
  CHECK(length[0].kind == WASM_U32 && length[0].of.u32 == 3200000);
  wasm_val_delete(&result[0]);
  run_row(&g, &none_alive, WASM_UTF8);
  guest_close(&g);
}

/* imports.wasm: the host notes all that it sees, as text. */

static char seen[4096];

typedef struct {
  const char* name;
  wasm_valkind_t params[4];
  size_t count;
  value_t answer;
} host_t;

static const host_t hosts[6] = {
  {"log", {WASM_STRING}, 1, NONE},
  {"log_owned", {WASM_STRING}, 1, NONE},
  {"pair", {WASM_STRING, WASM_STRING}, 2, NONE},
  {"mix", {WASM_U8, WASM_STRING, WASM_S16, WASM_F64}, 4, I(WASM_U32, 4000000000)},
  {"now", {0}, 0, R(WASM_F64, 41.5)},
  {"add", {WASM_S32, WASM_S32}, 2, I(WASM_S32, 0)},
};

static wasm_trap_t* host(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  const host_t* h = env;
  size_t used = strlen(seen);
  char* at = seen + used;
  char* end = seen + sizeof seen;
  at += snprintf(at, (size_t)(end - at), "%s(", h->name);
  CHECK_EQ(args->size, h->count);
  for (size_t i = 0; i < args->size; i++) {
    const wasm_val_t* v = &args->data[i];
    CHECK_EQ(v->kind, h->params[i]);
    size_t room = (size_t)(end - at), written = 0;
    if (i) *at++ = ' ';
    switch (v->kind) {
      case WASM_STRING:
        CHECK(wasm_string_read(v->of.string, WASM_UTF8, at, room - 2, &written));
        at += written;
        break;
      case WASM_U8: at += snprintf(at, room, "%u", v->of.u8); break;
      case WASM_S16: at += snprintf(at, room, "%d", v->of.s16); break;
      case WASM_S32: at += snprintf(at, room, "%" PRId32, v->of.s32); break;
      case WASM_F64: at += snprintf(at, room, "%g", v->of.f64); break;
    }
  }
  *at++ = ')';
  *at = 0;
  if (results->size) results->data[0] = number_of(&h->answer);
  if (h == &hosts[5]) results->data[0].of.s32 = args->data[0].of.s32 + args->data[1].of.s32;
  return NULL;
}

static void with_host(void) {
  static const struct { row_t row; const char* host_sees; } rows[] = {
    {{"run", S("logged 7"), {S("straße")}}, "log(straße)log_owned(eßarts)pair(straße STRASSE)"},
    {{"run", S("logged 0"), {S("")}}, "log()log_owned()pair( )"},
    {{"call_mix", I(WASM_U32, 4000000000), {I(WASM_U8, 200), S("q"), I(WASM_S16, -5), R(WASM_F64, 0.25)}},
     "mix(200 q -5 0.25)"},
    {{"sum_to", I(WASM_S32, 3), {I(WASM_S32, 2)}}, "add(0 1)add(1 2)"},
    {{"sum_to", I(WASM_S32, 55), {I(WASM_S32, 10)}}, NULL},
    {{"sum_to", I(WASM_S32, 0), {I(WASM_S32, 0)}}, ""},
    {{"later", R(WASM_F64, 42), {NONE}}, "now()"},
  };
  guest_t g;
  guest_start(&g);
  wasm_extern_t* import[6];
  for (size_t i = 0; i < 6; i++) {
    wasm_valtype_vec_t params, results;
    wasm_valtype_vec_new_uninitialized(&params, hosts[i].count);
    for (size_t j = 0; j < hosts[i].count; j++) params.data[j] = wasm_valtype_new(hosts[i].params[j]);
    wasm_valtype_vec_new_uninitialized(&results, hosts[i].answer.kind ? 1 : 0);
    if (results.size) results.data[0] = wasm_valtype_new(hosts[i].answer.kind);
    wasm_functype_t* type = wasm_functype_new(&params, &results);
    import[i] = wasm_func_as_extern(wasm_func_new_with_env(g.store, type, host, (void*)&hosts[i], NULL));
    REQUIRE(import[i]);
    wasm_functype_delete(type);
  }
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  open(&g, "imports.wasm", &imports);
  CHECK(strcmp(seen, "log(started)") == 0);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    for (int utf16 = 0; utf16 < 2; utf16++) {
      seen[0] = 0;
      run_row(&g, &rows[i].row, utf16 ? WASM_UTF16 : WASM_UTF8);
      if (rows[i].host_sees && !CHECK(strcmp(seen, rows[i].host_sees) == 0)) fprintf(stderr, "  %s\n", seen);
    }
  }
  seen[0] = 0;
  CHECK(wasm_func_call(find(&g, "main"), NULL, NULL) == NULL);
  CHECK(strcmp(seen, "log(started)") == 0);
  for (size_t i = 0; i < 6; i++) wasm_extern_delete(import[i]);
  guest_close(&g);
}

int main(void) {
#define ROWS(rows) rows, sizeof rows / sizeof *rows
  run_rows("strings.wasm", ROWS(strings_rows));
  run_rows("numbers.wasm", ROWS(numbers_rows));
  run_rows("text.wasm", ROWS(text_rows));
  long_and_clean();
  with_host();
  return check_result();
}
