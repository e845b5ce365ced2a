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
static wasm_trap_t* host_log(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
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
static wasm_trap_t* host_env(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args;
  results->data[0].of.option = NULL;
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

static void run(void) {
  wasm_string_t text = WASM_STRING_UTF16(u"stra\u00dfe", 6);
  wasm_val_t arg[] = {WASM_STRING_VAL(&text)}, result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  REQUIRE(call("run", &args, &results) == NULL);
  CHECK(result[0].of.u32 == 6);
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
    wasm_func_callback_t callbacks[] = {host_log, host_puts, host_ask, host_env};
    wasm_extern_t* supplied[4];
    for (size_t i = 0; i < 4; i++) {
      const wasm_functype_t* type =
          wasm_externtype_as_functype_const(wasm_importtype_type(types.data[i]));
      supplied[i] = wasm_func_as_extern(wasm_func_new(store, type, callbacks[i]));
    }
    wasm_importtype_vec_delete(&types);
    wasm_extern_vec_t imports = WASM_ARRAY_VEC(supplied);
    instance = wasm_instance_new(store, module, &imports, NULL);
    REQUIRE(instance);
    texts();
    values_with_parts();
    failures();
    run();
    mistakes(engine, wasm);
    for (size_t i = 0; i < 4; i++) wasm_extern_delete(supplied[i]);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
    wasm_store_delete(store);
    wasm_engine_delete(engine);
  }
  free(wasm.data);
  free(face.data);
  return check_result();
}
