/* Faces: a module of plain C is called with the host's own text, lists, records and
 * results, in both encodings; nothing of the guest's memory is left allocated. */

#include "check.h"
#include <uchar.h>
#include <witrt.h>

#define FOLDER MODULES "/../attach/c-clang-nostdlib/"

typedef struct {
  char* data;
  size_t size;
} file_t;

static file_t load(const char* path) {
  FILE* f = fopen(path, "rb");
  REQUIRE(f);
  file_t file = {malloc(100000), 0};
  REQUIRE(file.data);
  file.size = fread(file.data, 1, 100000, f);
  fclose(f);
  return file;
}

/* The host functions: as numbers of the guest, a text back, and one that may be none. */
static char logged[40];
static size_t logged_size;
static wasm_trap_t* host_log(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)results;
  CHECK(wasm_string_read(args->data[1].of.string, WASM_UTF8, logged, sizeof logged, &logged_size));
  return NULL;
}
static wasm_trap_t* host_puts(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  results->data[0].of.s32 = (int32_t)wasm_string_length(args->data[0].of.string, WASM_UTF16);
  return NULL;
}
static wasm_trap_t* host_ask(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args;
  static wasm_string_t answer;
  answer = (wasm_string_t)WASM_STRING_UTF16(u"an answer that is longer than its room", 38);
  results->data[0].of.string = &answer;
  return NULL;
}

static wasm_store_t* store;
static wasm_instance_t* instance;

/* Calls an export, which is looked up for it. */
static wasm_trap_t* call(const char* name, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  wasm_extern_t* found = witrt_instance_export(instance, name, strlen(name));
  REQUIRE(found);
  wasm_trap_t* trap = wasm_func_call(wasm_extern_as_func(found), args, results);
  wasm_extern_delete(found);
  return trap;
}

static uint32_t live(void) {
  wasm_val_t result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_EMPTY_VEC, results = WASM_ARRAY_VEC(result);
  REQUIRE(call("live-bytes", &args, &results) == NULL);
  return result[0].of.u32;
}

/* Calls a function of one text, in this encoding, that returns text. */
static void text_call(const char* name, wasm_string_t* text, const char16_t* expected) {
  wasm_val_t arg[] = {WASM_STRING_VAL(text)}, result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  REQUIRE(call(name, &args, &results) == NULL);
  char16_t found[100];
  size_t length = 0, wanted = 0;
  CHECK(wasm_string_read(result[0].of.string, WASM_UTF16, found, 100, &length));
  while (expected[wanted]) wanted++;
  CHECK(length == wanted && memcmp(found, expected, 2 * length) == 0);
  wasm_val_delete(&result[0]);
  CHECK(live() == 0);
}

static void texts(void) {
  static const char* const forms[] = {"greet", "greet-packed", "greet-slice", "greet-box", "greet-into"};
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    wasm_string_t utf16 = WASM_STRING_UTF16(u"Zo\u00eb", 3);
    text_call(forms[i], &utf16, u"hello, Zo\u00eb! (4 bytes, 3 chars)");
    wasm_string_t utf8 = WASM_STRING_UTF8("Zo\xc3\xab", 4);
    text_call(forms[i], &utf8, u"hello, Zo\u00eb! (4 bytes, 3 chars)");
  }
  wasm_string_t utf16 = WASM_STRING_UTF16(u"zo\u00eb", 3);
  text_call("wupper", &utf16, u"ZO\u00eb");
}

static void values_with_parts(void) {
  /* A list of numbers, packed. */
  const double numbers[] = {0.5, 0.25};
  wasm_list_t list = WASM_LIST_OF(WASM_F64, numbers, 2);
  wasm_val_t arg[] = {WASM_LIST_VAL(&list)}, result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  REQUIRE(call("sum-f64", &args, &results) == NULL);
  CHECK(result[0].of.f64 == 0.75);
  /* Bytes, changed in place. */
  const uint8_t bytes[] = {1, 2, 255};
  wasm_list_t in = WASM_LIST_OF(WASM_U8, bytes, 3);
  arg[0] = (wasm_val_t)WASM_LIST_VAL(&in);
  REQUIRE(call("reverse-bytes", &args, &results) == NULL);
  CHECK(result[0].kind == WASM_LIST && result[0].of.list->size == 3);
  CHECK(memcmp(result[0].of.list->data, "\xff\x02\x01", 3) == 0);
  wasm_val_delete(&result[0]);
  /* A result: a record, or text. */
  wasm_string_t good = WASM_STRING_UTF8("3,-4", 4), bad = WASM_STRING_UTF8("x", 1);
  arg[0] = (wasm_val_t)WASM_STRING_VAL(&good);
  REQUIRE(call("parse", &args, &results) == NULL);
  const wasm_variant_t* outcome = result[0].of.variant;
  CHECK(outcome->index == 0 && outcome->val.of.fields->data[1].of.s32 == -4);
  wasm_val_delete(&result[0]);
  arg[0] = (wasm_val_t)WASM_STRING_VAL(&bad);
  REQUIRE(call("parse", &args, &results) == NULL);
  outcome = result[0].of.variant;
  char text[40];
  CHECK(outcome->index == 1);
  size_t length = 0;
  CHECK(wasm_string_read(outcome->val.of.string, WASM_UTF8, text, sizeof text, &length));
  CHECK(length == 12 && memcmp(text, "bad point: x", 12) == 0);
  wasm_val_delete(&result[0]);
  /* An option. */
  wasm_string_t empty = WASM_STRING_UTF8("", 0);
  arg[0] = (wasm_val_t)WASM_STRING_VAL(&empty);
  REQUIRE(call("greet-out", &args, &results) == NULL);
  CHECK(result[0].kind == WASM_OPTION && result[0].of.option == NULL);
  CHECK(live() == 0);
}

/* The host's own structs, described, as for components. */
typedef struct {
  int32_t x, y;
} point_t;
typedef struct {
  uint8_t tag;
  union {
    point_t ok;
    witrt_text_t err;
  } as;
} parsed_t;
typedef struct {
  bool some;
  witrt_text_t is;
} maybe_t;

static const witrt_field_t utf8 = WITRT_PLAIN(WITRT_SLOT_UTF8);
static const witrt_field_t point_fields[] = {
  WITRT_FIELD(point_t, x, WASM_S32), WITRT_FIELD(point_t, y, WASM_S32)};
static const witrt_field_t point = WITRT_RECORD(point_t, point_fields), points = WITRT_LIST(&point);
static const witrt_field_t parsed_cases[] = {
  WITRT_FIELD_AS(parsed_t, as.ok, &point), WITRT_FIELD(parsed_t, as.err, WITRT_SLOT_UTF8)};
static const witrt_field_t parsed = WITRT_RESULT(parsed_t, tag, parsed_cases);
static const witrt_field_t maybe_in = WITRT_FIELD(maybe_t, is, WITRT_SLOT_UTF8);
static const witrt_field_t maybe = WITRT_OPTION(maybe_t, some, &maybe_in);
static const witrt_field_t byte = WITRT_VALUE(uint8_t, WASM_U8), bytes = WITRT_LIST(&byte);

static witrt_prepared_t* prepare(
    const char* name, const witrt_field_t* param, const witrt_field_t* result, witrt_error_t** error) {
  wasm_extern_t* found = witrt_instance_export(instance, name, strlen(name));
  REQUIRE(found);
  witrt_prepared_t* prepared =
      witrt_func_prepare_fields(wasm_extern_as_func(found), param, 1, result, 1, error);
  wasm_extern_delete(found);
  return prepared;
}

static void describe(const char* name, const witrt_field_t* param, witrt_slot_t in,
                     const witrt_field_t* result, witrt_slot_t* out) {
  witrt_error_t* error = NULL;
  witrt_prepared_t* prepared = prepare(name, param, result, &error);
  if (error) fprintf(stderr, "  %s\n", witrt_error_message(error));
  REQUIRE(prepared);
  CHECK(witrt_prepared_call(prepared, &in, out, NULL));
  witrt_prepared_delete(prepared);
  CHECK(live() == 0);
}

static bool is(witrt_text_t text, const char* expected) {
  return text.size == strlen(expected) && memcmp(text.data, expected, text.size) == 0;
}

static void described(void) {
  union {
    char bytes[200];
    parsed_t parsed;
    maybe_t maybe;
    point_t point;
  } room;
  const witrt_slot_t roomy = {.buffer = {&room, sizeof room}};
  witrt_slot_t out = roomy;
  describe("parse", &utf8, (witrt_slot_t){.text = {"3,-4", 4}}, &parsed, &out);
  CHECK(room.parsed.tag == 0 && room.parsed.as.ok.x == 3 && room.parsed.as.ok.y == -4);
  out = roomy;
  describe("parse", &utf8, (witrt_slot_t){.text = {"x", 1}}, &parsed, &out);
  CHECK(room.parsed.tag == 1 && is(room.parsed.as.err, "bad point: x"));
  const point_t all[] = {{1, 2}, {3, -4}};
  out = roomy;
  describe("sum-points", &points, (witrt_slot_t){.span = {all, 2}}, &point, &out);
  CHECK(room.point.x == 4 && room.point.y == -2);
  out = roomy;
  describe("reverse-bytes", &bytes, (witrt_slot_t){.span = {"abc", 3}}, &bytes, &out);
  CHECK(out.span.size == 3 && memcmp(out.span.data, "cba", 3) == 0);
  out = roomy;
  describe("greet-out", &utf8, (witrt_slot_t){.text = {"", 0}}, &maybe, &out);
  CHECK(!room.maybe.some);
  out = roomy;
  describe("greet-out", &utf8, (witrt_slot_t){.text = {"q", 1}}, &maybe, &out);
  CHECK(room.maybe.some && is(room.maybe.is, "hello, q! (1 bytes, 1 chars)"));

  /* Too little room tells how much it takes, and loses nothing. */
  witrt_prepared_t* call = prepare("greet-out", &utf8, &maybe, NULL);
  REQUIRE(call);
  witrt_slot_t in = {.text = {"q", 1}};
  witrt_error_t* error = NULL;
  size_t needed = 0;
  out.buffer = (witrt_buffer_t){&room, 0};
  CHECK(!witrt_prepared_call(call, &in, &out, &error));
  REQUIRE(error);
  CHECK(witrt_error_kind(error) == WITRT_ERROR_BUFFER_TOO_SMALL);
  CHECK(witrt_error_capacity(error, &needed) && needed > sizeof(maybe_t) && needed <= sizeof room);
  witrt_error_delete(error);
  out.buffer.capacity = needed, room.maybe.some = false;
  CHECK(witrt_prepared_take(call, 0, &out, NULL) && room.maybe.some);
  witrt_prepared_delete(call);
  CHECK(live() == 0);

  /* What does not fit is told when the call is prepared. */
  CHECK(prepare("sum-points", &bytes, &point, &error) == NULL);
  REQUIRE(error);
  CHECK(strcmp(witrt_error_message(error),
               "parameter 0 (\"points\"), element: expected record { x: s32, y: s32 }, found u8") == 0);
  witrt_error_delete(error);
}

/* A host function of a face's import that is described; and functions of an interface
 * section, whose values have no parts. */
static wasm_trap_t* found_env(
    void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  (void)caller;
  CHECK(is(args[0].text, "HOME"));
  results[0].value = env;
  return NULL;
}

static void of_sections(wasm_engine_t* engine) {
  const char text[] =
      "(module (memory 1) (func $a (param i32) (result i32) i32.const 16)"
      " (func $e (param i32 i32) (result i32 i32) local.get 0 local.get 1)"
      " (@interface func (export \"echo\") (param string) (result string)"
      "   arg.get 0 string-to-memory $a call-core $e memory-to-string))";
  wasm_byte_vec_t source = {sizeof text - 1, (char*)text};
  wasm_store_t* own = wasm_store_new(engine);
  wasm_module_t* module = wasm_module_new(own, &source);
  REQUIRE(module);
  wasm_extern_vec_t none = WASM_EMPTY_VEC;
  wasm_instance_t* of = wasm_instance_new(own, module, &none, NULL);
  REQUIRE(of);
  wasm_extern_t* found = witrt_instance_export(of, "echo", 4);
  const wasm_func_t* echo = wasm_extern_as_func(found);
  witrt_prepared_t* plain = witrt_func_prepare_fields(echo, &utf8, 1, &utf8, 1, NULL);
  REQUIRE(plain);
  char room[10];
  witrt_slot_t in = {.text = {"abc", 3}}, out = {.buffer = {room, sizeof room}};
  CHECK(witrt_prepared_call(plain, &in, &out, NULL) && is(out.text, "abc"));
  witrt_prepared_delete(plain);
  witrt_error_t* error = NULL;
  CHECK(witrt_func_prepare_fields(echo, &point, 1, &utf8, 1, &error) == NULL);
  REQUIRE(error);
  CHECK(witrt_error_kind(error) == WITRT_ERROR_WRONG_KIND);
  if (!CHECK(strcmp(witrt_error_message(error), "parameter 0: expected string, found record") == 0))
    fprintf(stderr, "  %s\n", witrt_error_message(error));
  witrt_error_delete(error);
  const wasm_functype_t* type = wasm_func_type(echo);
  CHECK(witrt_func_new_with_fields(own, type, &point, 1, &utf8, 1, found_env, NULL, NULL, &error) == NULL);
  REQUIRE(error);
  CHECK(witrt_error_kind(error) == WITRT_ERROR_WRONG_KIND);
  witrt_error_delete(error);
  wasm_functype_delete((wasm_functype_t*)type);
  wasm_extern_delete(found);
  wasm_instance_delete(of);
  wasm_module_delete(module);
  wasm_store_delete(own);
}

/* What goes wrong leaves nothing allocated either. */
static void failures(void) {
  wasm_val_t arg[1], result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  wasm_string_t text = WASM_STRING_UTF8("x", 1);
  arg[0] = (wasm_val_t)WASM_STRING_VAL(&text);
  wasm_trap_t* trap = call("boom", &args, &results);
  CHECK(trap != NULL);
  wasm_trap_delete(trap);
  CHECK(live() == 0);
  /* A zero within text that a zero ends. */
  wasm_string_t zero = WASM_STRING_UTF8("a\0b", 3);
  arg[0] = (wasm_val_t)WASM_STRING_VAL(&zero);
  trap = call("greet", &args, &results);
  REQUIRE(trap != NULL);
  wasm_message_t message;
  wasm_trap_message(trap, &message);
  CHECK(strstr(message.data, "U+0000") != NULL);
  wasm_byte_vec_delete(&message);
  wasm_trap_delete(trap);
  CHECK(live() == 0);
  /* Ill-formed text is found before anything runs. */
  wasm_string_t wrong = WASM_STRING_UTF8("\xff", 1);
  arg[0] = (wasm_val_t)WASM_STRING_VAL(&wrong);
  trap = call("greet", &args, &results);
  CHECK(trap != NULL);
  wasm_trap_delete(trap);
  CHECK(live() == 0);
}

/* With what the described host function gives. */
static maybe_t found_home = {false, {"a home", 6}};
static void run(bool home) {
  found_home.some = home;
  wasm_string_t text = WASM_STRING_UTF16(u"stra\u00dfe", 6);
  wasm_val_t arg[] = {WASM_STRING_VAL(&text)}, result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  REQUIRE(call("run", &args, &results) == NULL);
  CHECK(result[0].of.u32 == 6);
  CHECK(logged_size == 6 && memcmp(logged, home ? "a home" : "(none)", 6) == 0);
  CHECK(live() == 0);
}

static void mistakes(wasm_engine_t* engine, file_t wasm) {
  witrt_error_t* error = NULL;
  const char face[] = "convention = 'c'\nwit = 'great: func();'";
  CHECK(witrt_module_attach(engine, wasm.data, wasm.size, face, sizeof face - 1, &error) == NULL);
  REQUIRE(error);
  size_t line = 0, column = 0;
  CHECK(witrt_error_line_column(error, &line, &column) && line == 2 && column == 8);
  witrt_error_delete(error);
  CHECK(witrt_module_attach(engine, wasm.data, wasm.size, "\xff", 1, NULL) == NULL);
  CHECK(witrt_module_attach(engine, wasm.data, wasm.size, NULL, 1, NULL) == NULL);
  CHECK(witrt_module_attach(NULL, wasm.data, wasm.size, face, sizeof face - 1, NULL) == NULL);
}

/* Lone surrogates of a host with UTF-16, and of a guest that permits them. */
static wasm_trap_t* host_lone(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  char16_t asked[8];
  size_t size = 0;
  CHECK(wasm_string_read(args->data[0].of.string, WASM_UTF16, asked, 8, &size));
  CHECK(size == 2 && asked[0] == 'a' && asked[1] == 0xd83e);
  static const char16_t units[] = {0xdd80, 'b'};
  static wasm_string_t answer;
  answer = (wasm_string_t)WASM_STRING_UTF16(units, 2);
  results->data[0].of.string = &answer;
  return NULL;
}
static wasm_trap_t* host_bytes(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args;
  static const uint8_t seven[] = {7};
  static wasm_list_t list = WASM_LIST_OF(WASM_U8, seven, 1);
  results->data[0].of.list = &list;
  return NULL;
}
static wasm_trap_t* host_nothing(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  return NULL;
}

static void kept(bool reference) {
  file_t wasm = load(MODULES "/../attach/assemblyscript/guest.wasm");
  file_t face = load(MODULES "/../attach/assemblyscript/face.toml");
  wasm_config_t* config = wasm_config_new();
  CHECK(witrt_config_set_back_end(config, reference ? WITRT_BACK_END_REFERENCE : WITRT_BACK_END_COMPILED));
  CHECK(witrt_config_set_ill_formed(config, WITRT_ILL_FORMED_KEEP));
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  wasm_store_t* outer = store;
  store = wasm_store_new(engine);
  wasm_module_t* module = witrt_module_attach(engine, wasm.data, wasm.size, face.data, face.size, NULL);
  REQUIRE(module);
  wasm_importtype_vec_t types;
  wasm_module_imports(module, &types);
  REQUIRE(types.size == 3);
  wasm_extern_t* supplied[3];
  for (size_t i = 0; i < 3; i++) {
    const wasm_name_t* name = wasm_importtype_name(types.data[i]);
    wasm_func_callback_t back = name->data[0] == 'a'   ? host_lone
                                : name->data[0] == 'd' ? host_bytes
                                                       : host_nothing;
    const wasm_functype_t* type =
        wasm_externtype_as_functype_const(wasm_importtype_type(types.data[i]));
    supplied[i] = wasm_func_as_extern(wasm_func_new(store, type, back));
  }
  wasm_importtype_vec_delete(&types);
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(supplied);
  wasm_instance_t* outside = instance;
  instance = wasm_instance_new(store, module, &imports, NULL);
  REQUIRE(instance);
  const char16_t units[] = {'a', 0xd83e};
  wasm_string_t text = WASM_STRING_UTF16(units, 2);
  wasm_val_t arg[] = {WASM_STRING_VAL(&text)}, result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  REQUIRE(call("run", &args, &results) == NULL);
  char16_t found[8];
  char read[8] = "-------";
  size_t size = 0;
  CHECK(wasm_string_read(result[0].of.string, WASM_UTF16, found, 8, &size));
  CHECK(size == 4 && found[0] == 0xdd80 && found[1] == 'b' && found[3] == '7');
  /* What cannot be UTF-8 is refused, and nothing written. */
  CHECK(!wasm_string_read(result[0].of.string, WASM_UTF8, read, 8, &size));
  CHECK(strcmp(read, "-------") == 0);
  CHECK(wasm_string_length(result[0].of.string, WASM_UTF16) == 4);
  wasm_val_delete(&result[0]);
  /* Within other values it is the same. */
  wasm_list_t both = {.data = (const wasm_string_t[]){text, text}, .size = 2, .element = WASM_STRING};
  wasm_val_t all[] = {WASM_LIST_VAL(&both)};
  wasm_val_vec_t list = WASM_ARRAY_VEC(all);
  REQUIRE(call("join", &list, &results) == NULL);
  CHECK(wasm_string_read(result[0].of.string, WASM_UTF16, found, 8, &size));
  CHECK(size == 5 && found[1] == 0xd83e && found[2] == '|' && found[4] == 0xd83e);
  wasm_val_delete(&result[0]);
  REQUIRE(call("words", &args, &results) == NULL);
  REQUIRE(result[0].of.list->size == 1 && result[0].of.list->element == WASM_STRING);
  CHECK(wasm_string_read(wasm_list_strings(result[0].of.list), WASM_UTF16, found, 8, &size));
  CHECK(size == 2 && found[1] == 0xd83e);
  wasm_val_delete(&result[0]);
  /* One string is refused all the same. */
  text.flags = WASM_STRING_REJECT;
  wasm_trap_t* trap = call("run", &args, &results);
  CHECK(trap);
  wasm_trap_delete(trap);
  for (size_t i = 0; i < 3; i++) wasm_extern_delete(supplied[i]);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  instance = outside;
  store = outer;
  free(wasm.data);
  free(face.data);
}

int main(void) {
  file_t wasm = load(FOLDER "guest.wasm"), face = load(FOLDER "face.toml");
  for (int reference = 0; reference < 2; reference++) {
    wasm_config_t* config = wasm_config_new();
    CHECK(witrt_config_set_back_end(config, reference ? WITRT_BACK_END_REFERENCE : WITRT_BACK_END_COMPILED));
    wasm_engine_t* engine = wasm_engine_new_with_config(config);
    store = wasm_store_new(engine);
    witrt_error_t* error = NULL;
    wasm_module_t* module =
        witrt_module_attach(engine, wasm.data, wasm.size, face.data, face.size, &error);
    REQUIRE(module && !error);
    wasm_importtype_vec_t types;
    wasm_module_imports(module, &types);
    REQUIRE(types.size == 4);
    wasm_func_callback_t callbacks[] = {host_log, host_puts, host_ask};
    wasm_extern_t* supplied[4];
    for (size_t i = 0; i < 4; i++) {
      const wasm_functype_t* type =
          wasm_externtype_as_functype_const(wasm_importtype_type(types.data[i]));
      wasm_func_t* func = i < 3 ? wasm_func_new(store, type, callbacks[i])
                                : witrt_func_new_with_fields(store, type, &utf8, 1, &maybe, 1, found_env,
                                                             &found_home, NULL, NULL);
      REQUIRE(func);
      supplied[i] = wasm_func_as_extern(func);
    }
    wasm_importtype_vec_delete(&types);
    wasm_extern_vec_t imports = WASM_ARRAY_VEC(supplied);
    instance = wasm_instance_new(store, module, &imports, NULL);
    REQUIRE(instance);
    texts();
    values_with_parts();
    described();
    failures();
    run(false);
    run(true);
    of_sections(engine);
    mistakes(engine, wasm);
    for (size_t i = 0; i < 4; i++) wasm_extern_delete(supplied[i]);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
    wasm_store_delete(store);
    wasm_engine_delete(engine);
  }
  kept(false);
  kept(true);
  free(wasm.data);
  free(face.data);
  return check_result();
}
