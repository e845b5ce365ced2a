/* Components, called like modules: every kind of value both ways, host functions,
 * resources of either side, types looked into, and what is wrong told with its
 * place. */

#include "check.h"
#include <witrt.h>

#define COMPONENTS MODULES "/components/"

typedef struct {
  wasm_engine_t* engine;
  wasm_store_t* store;
  wasm_module_t* module;
  wasm_instance_t* instance;
  wasm_exporttype_vec_t types;
  wasm_extern_vec_t exports;
  wasm_extern_vec_t imports;
} guest_t;

static wasm_module_t* load(wasm_store_t* store, const char* file) {
  FILE* f = fopen(file, "rb");
  REQUIRE(f);
  wasm_byte_vec_t bytes;
  wasm_byte_vec_new_uninitialized(&bytes, 100000);
  bytes.size = fread(bytes.data, 1, bytes.size, f);
  fclose(f);
  wasm_module_t* module = wasm_module_new(store, &bytes);
  wasm_byte_vec_delete(&bytes);
  REQUIRE(module);
  return module;
}

/* The host's side of probe:guest/host. */
static char logged[1000];
static int open_sinks;
typedef struct {
  char name[20];
} sink_t;

static void log_line(const char* format, const char* a, const char* b) {
  size_t at = strlen(logged);
  snprintf(logged + at, sizeof logged - at, format, a, b);
}

static void sink_drop(void* data) {
  log_line("%s dropped%s;", ((sink_t*)data)->name, "");
  open_sinks--;
  free(data);
}

static const char* text_of(const wasm_val_t* val) {
  static char room[4][200];
  static int next;
  char* text = room[next++ % 4];
  size_t size = 0;
  CHECK(wasm_string_read(val->of.string, WASM_UTF8, text, 199, &size));
  text[size] = 0;
  return text;
}

static wasm_trap_t* host(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  const char* name = env;
  static wasm_string_t string;
  static char text[300];
  static const uint8_t digest[2] = {9, 8};
  static wasm_list_t list;
  static wasm_val_t some, points[2], fields[4];
  static wasm_val_vec_t point[2] = {{2, &fields[0]}, {2, &fields[2]}};
  static wasm_variant_t variant;
  const wasm_val_t* arg = args->data;
  wasm_val_t* result = results->data;
  if (!strcmp(name, "log")) {
    CHECK(arg[0].kind == WASM_U32 && results->size == 0);
    log_line("%s%s;", text_of(&arg[1]), "");
  } else if (!strcmp(name, "ask")) {
    snprintf(text, sizeof text, "answer to %s", text_of(&arg[0]));
    string = (wasm_string_t)WASM_STRING_UTF8(text, strlen(text));
    CHECK(result->kind == WASM_STRING);
    result->of.string = &string;
  } else if (!strcmp(name, "digest")) {
    CHECK(arg[0].kind == WASM_LIST && arg[0].of.list->element == WASM_U8);
    list = (wasm_list_t)WASM_LIST_OF(WASM_U8, digest, 2);
    *result = (wasm_val_t)WASM_LIST_VAL(&list);
  } else if (!strcmp(name, "find")) {
    /* A string in a value: the caller's own, around the argument's text. */
    some = arg[0];
    if (strlen(text_of(&arg[0])) > 1) *result = (wasm_val_t)WASM_SOME_VAL(&some);
    else *result = (wasm_val_t)WASM_NONE_VAL;
  } else if (!strcmp(name, "lookup")) {
    if (strlen(text_of(&arg[0])) > 1) {
      fields[0] = (wasm_val_t)WASM_S32_VAL(1), fields[1] = (wasm_val_t)WASM_S32_VAL(-2);
      fields[2] = (wasm_val_t)WASM_S32_VAL(6), fields[3] = (wasm_val_t)WASM_S32_VAL(0);
      points[0] = (wasm_val_t)WASM_RECORD_VAL(&point[0]), points[1] = (wasm_val_t)WASM_RECORD_VAL(&point[1]);
      list = (wasm_list_t)WASM_LIST_OF_VALS(points, 2);
      variant = (wasm_variant_t){0, WASM_LIST_VAL(&list)};
      /* A copy, which is given up. */
      wasm_val_t lent = WASM_RESULT_VAL(&variant);
      wasm_val_copy(result, &lent);
      CHECK(result->of.variant != &variant);
    } else {
      variant = (wasm_variant_t){1, arg[0]};
      *result = (wasm_val_t)WASM_RESULT_VAL(&variant);
    }
  } else if (!strcmp(name, "now")) {
    result->of.u64 = UINT64_MAX;
  } else if (!strcmp(name, "[constructor]sink")) {
    sink_t* sink = malloc(sizeof *sink);
    snprintf(sink->name, sizeof sink->name, "%s", text_of(&arg[0]));
    open_sinks++;
    CHECK(result->kind == WASM_OWN);
    result->of.resource = wasm_resource_new(sink, sink_drop, NULL);
  } else if (!strcmp(name, "[method]sink.write")) {
    CHECK(arg[0].kind == WASM_BORROW);
    sink_t* sink = wasm_resource_data(arg[0].of.resource);
    log_line("%s writes %s;", sink->name, text_of(&arg[1]));
    result->of.u32 = 6;
  } else {
    CHECK(!strcmp(name, "[static]sink.open-sinks"));
    result->of.u32 = (uint32_t)open_sinks;
  }
  return NULL;
}

static void start(guest_t* g, const char* file, wasm_encoding_t encoding) {
  wasm_config_t* config = wasm_config_new();
  witrt_config_set_host_encoding(config, encoding);
  g->engine = wasm_engine_new_with_config(config);
  g->store = wasm_store_new(g->engine);
  g->module = load(g->store, file);
  wasm_importtype_vec_t imports;
  wasm_module_imports(g->module, &imports);
  wasm_extern_vec_new_uninitialized(&g->imports, imports.size);
  for (size_t i = 0; i < imports.size; i++) {
    const wasm_name_t* name = wasm_importtype_name(imports.data[i]);
    const wasm_functype_t* type = wasm_externtype_as_functype_const(wasm_importtype_type(imports.data[i]));
    char* env = calloc(1, name->size + 1);
    memcpy(env, name->data, name->size);
    wasm_func_t* func = wasm_func_new_with_env(g->store, type, host, env, free);
    REQUIRE(func);
    g->imports.data[i] = wasm_func_as_extern(func);
  }
  wasm_importtype_vec_delete(&imports);
  wasm_trap_t* trap = NULL;
  g->instance = wasm_instance_new(g->store, g->module, &g->imports, &trap);
  REQUIRE(g->instance && !trap);
  wasm_module_exports(g->module, &g->types);
  wasm_instance_exports(g->instance, &g->exports);
  REQUIRE(g->types.size == g->exports.size);
}

static void finish(guest_t* g) {
  wasm_extern_vec_delete(&g->exports);
  wasm_extern_vec_delete(&g->imports);
  wasm_exporttype_vec_delete(&g->types);
  wasm_instance_delete(g->instance);
  wasm_module_delete(g->module);
  wasm_store_delete(g->store);
  wasm_engine_delete(g->engine);
}

static wasm_func_t* find(guest_t* g, const char* wanted) {
  for (size_t i = 0; i < g->types.size; i++) {
    const wasm_name_t* name = wasm_exporttype_name(g->types.data[i]);
    size_t size = strlen(wanted);
    if (name->size >= size && !memcmp(name->data + name->size - size, wanted, size) &&
        (name->size == size || name->data[name->size - size - 1] == '#')) {
      return wasm_extern_as_func(g->exports.data[i]);
    }
  }
  CHECK(!wanted);
  return NULL;
}

static wasm_val_t call_n(guest_t* g, const char* name, wasm_val_t* arg, size_t size) {
  wasm_val_t result[1] = {WASM_INIT_VAL};
  wasm_val_vec_t args = {size, arg}, results = WASM_ARRAY_VEC(result);
  wasm_trap_t* trap = wasm_func_call(find(g, name), &args, &results);
  if (!CHECK(!trap)) {
    wasm_name_t message;
    wasm_trap_message(trap, &message);
    fprintf(stderr, "  %s: %s\n", name, message.data);
    wasm_name_delete(&message);
    wasm_trap_delete(trap);
  }
  return result[0];
}

static wasm_val_t call(guest_t* g, const char* name, wasm_val_t arg) { return call_n(g, name, &arg, 1); }

/* Calls what fails before the component runs. */
static void fails(guest_t* g, const char* name, wasm_val_t arg, witrt_error_kind_t kind, const char* message) {
  wasm_val_t one[1] = {arg}, result[1] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(one), results = WASM_ARRAY_VEC(result);
  witrt_error_t* error = NULL;
  CHECK(!witrt_func_call(find(g, name), &args, &results, &error));
  REQUIRE(error);
  CHECK_EQ(witrt_error_kind(error), kind);
  const char* found = witrt_error_message(error);
  if (!CHECK(!strncmp(found, message, strlen(message)))) fprintf(stderr, "  %s\n", found);
  witrt_error_delete(error);
  CHECK(result[0].kind == WASM_EXTERNREF);
}

static int is_text(const wasm_string_t* string, const char* text) {
  char room[200];
  size_t size = 0;
  int read = wasm_string_read(string, WASM_UTF8, room, sizeof room, &size);
  return read && size == strlen(text) && !memcmp(room, text, size);
}

static void values(const char* file, wasm_encoding_t encoding) {
  guest_t g;
  start(&g, file, encoding);

  /* Scalars, and what stands for them. */
  wasm_val_t got = call(&g, "flip", (wasm_val_t)WASM_BOOL_VAL(true));
  CHECK(got.kind == WASM_BOOL && got.of.u8 == 0);
  got = call(&g, "next-char", (wasm_val_t)WASM_CHAR_VAL(0xe9));
  CHECK(got.kind == WASM_CHAR && got.of.u32 == 0xea);
  got = call(&g, "next-color", (wasm_val_t)WASM_ENUM_VAL(2));
  CHECK(got.kind == WASM_ENUM && got.of.u32 == 0);
  got = call(&g, "toggle", (wasm_val_t)WASM_FLAGS_VAL(5));
  CHECK(got.kind == WASM_FLAGS && got.of.u32 == 2);
  wasm_val_t ints[] = {WASM_S8_VAL(127), WASM_U8_VAL(255), WASM_S16_VAL(32767), WASM_U16_VAL(65535),
    WASM_S32_VAL(INT32_MAX), WASM_U32_VAL(UINT32_MAX), WASM_S64_VAL(INT64_MAX), WASM_U64_VAL(UINT64_MAX)};
  got = call_n(&g, "ints", ints, 8);
  REQUIRE(got.kind == WASM_TUPLE && got.of.fields->size == 8);
  CHECK(got.of.fields->data[0].of.s8 == -128 && got.of.fields->data[0].of.i64 == -128);
  CHECK(got.of.fields->data[2].of.s16 == -32768 && got.of.fields->data[6].of.s64 == INT64_MIN);
  CHECK(got.of.fields->data[7].of.u64 == 0);
  wasm_val_delete(&got);
  CHECK(got.kind == WASM_EXTERNREF);

  /* Text by itself is a handle, as ever. */
  wasm_string_t text = WASM_STRING_LIT16(u"Zoë 🦀");
  got = call(&g, "greet", (wasm_val_t)WASM_STRING_VAL(&text));
  CHECK(got.kind == WASM_STRING && is_text(got.of.string, "hello, Zoë 🦀! (9 bytes, 5 chars)"));
  wasm_val_delete(&got);

  /* Packed lists. */
  uint8_t bytes[] = {1, 2, 255};
  wasm_list_t list = WASM_LIST_OF(WASM_U8, bytes, 3);
  got = call(&g, "reverse-bytes", (wasm_val_t)WASM_LIST_VAL(&list));
  REQUIRE(got.kind == WASM_LIST && got.of.list->element == WASM_U8 && got.of.list->size == 3);
  CHECK(!memcmp(got.of.list->data, "\xff\x02\x01", 3));
  wasm_val_delete(&got);
  double numbers[] = {0.5, 0.25};
  list = (wasm_list_t)WASM_LIST_OF(WASM_F64, numbers, 2);
  CHECK(call(&g, "sum", (wasm_val_t)WASM_LIST_VAL(&list)).of.f64 == 0.75);
  /* The same as values. */
  wasm_val_t each[] = {WASM_F64_VAL(1), WASM_F64_VAL(2.5)};
  list = (wasm_list_t)WASM_LIST_OF_VALS(each, 2);
  CHECK(call(&g, "sum", (wasm_val_t)WASM_LIST_VAL(&list)).of.f64 == 3.5);
  list = (wasm_list_t)WASM_LIST_OF_VALS(NULL, 0);
  CHECK(call(&g, "sum", (wasm_val_t)WASM_LIST_VAL(&list)).of.f64 == 0);

  /* A record with text, a number, a list of text, and an option of a record. */
  wasm_string_t name = WASM_STRING_LIT16(u"Zoë"), tags[] = {WASM_STRING_LIT("a"), WASM_STRING_LIT16(u"🦀")};
  wasm_list_t tag_list = WASM_LIST_OF(WASM_STRING, tags, 2);
  wasm_val_t xy[] = {WASM_S32_VAL(3), WASM_S32_VAL(4)};
  wasm_val_vec_t point = WASM_ARRAY_VEC(xy);
  wasm_val_t home = WASM_RECORD_VAL(&point);
  wasm_val_t person[] = {WASM_STRING_VAL(&name), WASM_U8_VAL(41), WASM_LIST_VAL(&tag_list), WASM_SOME_VAL(&home)};
  wasm_val_vec_t fields = WASM_ARRAY_VEC(person);
  got = call(&g, "birthday", (wasm_val_t)WASM_RECORD_VAL(&fields));
  REQUIRE(got.kind == WASM_RECORD && got.of.fields->size == 4);
  wasm_val_t* field = got.of.fields->data;
  CHECK(is_text(field[0].of.string, "Zoë") && wasm_string_encoding(field[0].of.string) == encoding);
  CHECK(field[1].of.u8 == 42 && field[2].of.list->size == 3);
  CHECK(is_text(&wasm_list_strings(field[2].of.list)[1], "🦀"));
  CHECK(is_text(&wasm_list_strings(field[2].of.list)[2], "older é"));
  REQUIRE(field[3].kind == WASM_OPTION && field[3].of.option);
  CHECK(field[3].of.option->of.fields->data[0].of.s32 == -3);
  /* What came out goes in again; a part of it is not given up by itself. */
  wasm_val_t inner = field[3];
  wasm_val_delete(&inner);
  wasm_string_delete(field[0].of.string);
  wasm_val_t again = call(&g, "birthday", got), copy;
  CHECK(again.of.fields->data[1].of.u8 == 43 && again.of.fields->data[2].of.list->size == 4);
  wasm_val_copy(&copy, &again);
  wasm_val_delete(&again);
  wasm_val_delete(&got);
  CHECK(copy.kind == WASM_RECORD && is_text(copy.of.fields->data[0].of.string, "Zoë"));
  CHECK(is_text(&wasm_list_strings(copy.of.fields->data[2].of.list)[3], "older é"));
  /* A handle in a value. */
  wasm_string_t* handle = wasm_string_new(WASM_UTF8, "Ann", 3);
  person[0].of.string = handle;
  person[3] = (wasm_val_t)WASM_NONE_VAL;
  got = call(&g, "birthday", (wasm_val_t)WASM_RECORD_VAL(&fields));
  CHECK(is_text(got.of.fields->data[0].of.string, "Ann") && !got.of.fields->data[3].of.option);
  wasm_val_delete(&got);
  wasm_string_delete(handle);
  wasm_val_delete(&copy);

  /* Cases. */
  wasm_val_t two = WASM_F64_VAL(2.0);
  wasm_variant_t circle = {1, two}, dot = {0, WASM_EMPTY_VAL};
  got = call(&g, "grow", (wasm_val_t)WASM_VARIANT_VAL(&circle));
  CHECK(got.kind == WASM_VARIANT && got.of.variant->index == 1 && got.of.variant->val.of.f64 == 4.0);
  wasm_val_delete(&got);
  got = call(&g, "area", (wasm_val_t)WASM_VARIANT_VAL(&dot));
  CHECK(got.kind == WASM_OPTION && !got.of.option);
  wasm_val_delete(&got);
  text = (wasm_string_t)WASM_STRING_LIT("3,-4");
  got = call(&g, "parse", (wasm_val_t)WASM_STRING_VAL(&text));
  REQUIRE(got.kind == WASM_RESULT && got.of.variant->index == 0);
  CHECK(got.of.variant->val.of.fields->data[1].of.s32 == -4);
  wasm_val_delete(&got);
  text = (wasm_string_t)WASM_STRING_LIT("é");
  got = call(&g, "parse", (wasm_val_t)WASM_STRING_VAL(&text));
  CHECK(got.of.variant->index == 1 && is_text(got.of.variant->val.of.string, "bad point: é"));
  wasm_val_delete(&got);
  got = call(&g, "check", (wasm_val_t)WASM_S32_VAL(1));
  CHECK(got.of.variant->index == 0 && got.of.variant->val.kind == WASM_NONE);
  wasm_val_delete(&got);
  got = call(&g, "path", (wasm_val_t)WASM_U32_VAL(3));
  REQUIRE(got.kind == WASM_LIST && got.of.list->element == WASM_VAL && got.of.list->size == 3);
  CHECK(wasm_list_vals(got.of.list)[2].of.fields->data[1].of.s32 == 4);
  wasm_val_delete(&got);

  /* More than sixteen core values go through memory. */
  wasm_string_t t[8];
  wasm_val_t wide[9];
  for (int i = 0; i < 8; i++) {
    t[i] = (wasm_string_t)WASM_STRING_LIT("ab");
    t[i].size = (size_t)(i % 3);
    wide[i] = (wasm_val_t)WASM_STRING_VAL(&t[i]);
  }
  wide[8] = (wasm_val_t)WASM_U64_VAL(7);
  got = call_n(&g, "wide", wide, 9);
  CHECK(is_text(got.of.string, ",a,ab,,a,ab,,a,7"));
  wasm_val_delete(&got);

  /* What is wrong, and where. */
  fails(&g, "flip", (wasm_val_t)WASM_U32_VAL(1), WITRT_ERROR_WRONG_KIND, "parameter 0 (\"b\"): expected bool, found u32");
  person[0] = (wasm_val_t)WASM_STRING_VAL(&name);
  person[1] = (wasm_val_t)WASM_U32_VAL(1);
  fails(&g, "birthday", (wasm_val_t)WASM_RECORD_VAL(&fields), WITRT_ERROR_WRONG_KIND,
    "parameter 0 (\"p\"), field \"age\": expected u8, found u32");
  wasm_val_t null_list = WASM_LIST_VAL(NULL);
  fails(&g, "sum", null_list, WITRT_ERROR_NULL_POINTER, "parameter 0 (\"numbers\")");
  list = (wasm_list_t)WASM_LIST_OF(WASM_F64, numbers, SIZE_MAX / 2);
  fails(&g, "sum", (wasm_val_t)WASM_LIST_VAL(&list), WITRT_ERROR_OUT_OF_RANGE, "parameter 0 (\"numbers\"): a list of");
  list = (wasm_list_t)WASM_LIST_OF(WASM_F32, numbers, 2);
  fails(&g, "sum", (wasm_val_t)WASM_LIST_VAL(&list), WITRT_ERROR_WRONG_KIND, "parameter 0 (\"numbers\"), elements: expected f64");
  circle.index = 4;
  fails(&g, "grow", (wasm_val_t)WASM_VARIANT_VAL(&circle), WITRT_ERROR_OUT_OF_RANGE, "parameter 0 (\"s\"): there is no case 4");
  fails(&g, "next-char", (wasm_val_t)WASM_CHAR_VAL(0xd800), WITRT_ERROR_OUT_OF_RANGE, "parameter 0 (\"c\"): 0xd800");
  uint16_t lone[] = {0xd800};
  text = (wasm_string_t)WASM_STRING_UTF16(lone, 1);
  fails(&g, "greet", (wasm_val_t)WASM_STRING_VAL(&text), WITRT_ERROR_BAD_TEXT, "parameter 0 (\"name\")");
  finish(&g);
}

static void callbacks(const char* file) {
  guest_t g;
  start(&g, file, WASM_UTF8);
  logged[0] = 0;
  wasm_string_t text = WASM_STRING_LIT16(u"straße");
  wasm_val_t got = call(&g, "run", (wasm_val_t)WASM_STRING_VAL(&text));
  CHECK(is_text(got.of.string,
    "answer to straße [9 8] some straße ok 1,-2 6,0 18446744073709551615 sink 610"));
  CHECK(!strcmp(logged, "straße;answer to straße;straße writes straße;straße dropped;"));
  wasm_val_delete(&got);
  text = (wasm_string_t)WASM_STRING_LIT("x");
  got = call(&g, "run", (wasm_val_t)WASM_STRING_VAL(&text));
  CHECK(is_text(got.of.string, "answer to x [9 8] none err x 18446744073709551615 sink 610"));
  wasm_val_delete(&got);
  CHECK_EQ(open_sinks, 0);

  /* After a trap the instance answers a number of its own, and nothing else is lost. */
  wasm_val_t arg[] = {WASM_STRING_VAL(&text)};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg);
  wasm_trap_t* trap = wasm_func_call(find(&g, "boom"), &args, NULL);
  CHECK(trap);
  wasm_frame_t* frame = wasm_trap_origin(trap);
  CHECK(frame);
  wasm_frame_delete(frame);
  wasm_trap_delete(trap);
  fails(&g, "greet", arg[0], WITRT_ERROR_POISONED, "");
  wasm_instance_t* second = wasm_instance_new(g.store, g.module, &g.imports, NULL);
  REQUIRE(second);
  wasm_extern_vec_delete(&g.exports);
  wasm_instance_exports(second, &g.exports);
  got = call(&g, "count", arg[0]);
  CHECK_EQ(got.of.u32, 1);
  wasm_instance_delete(second);
  finish(&g);
}

static void resources(const char* file) {
  guest_t g;
  start(&g, file, WASM_UTF16);
  wasm_string_t title = WASM_STRING_LIT("first"), line = WASM_STRING_LIT16(u"zwei ß");
  wasm_val_t book = call(&g, "[constructor]logbook", (wasm_val_t)WASM_STRING_VAL(&title));
  CHECK(book.kind == WASM_OWN && book.of.resource && !wasm_resource_data(book.of.resource));
  wasm_val_t add[] = {WASM_BORROW_VAL(book.of.resource), WASM_STRING_VAL(&line)};
  CHECK_EQ(call_n(&g, "[method]logbook.add", add, 2).of.u32, 1);
  wasm_val_t got = call(&g, "[method]logbook.text", add[0]);
  CHECK(is_text(got.of.string, "first\nzwei ß"));
  wasm_val_delete(&got);
  wasm_resource_t* other = wasm_resource_copy(book.of.resource);
  CHECK(wasm_resource_same(other, book.of.resource) && other != book.of.resource);
  wasm_val_delete(&book);
  CHECK_EQ(call_n(&g, "live", NULL, 0).of.u32, 1);
  add[0].of.resource = other;
  CHECK_EQ(call_n(&g, "[method]logbook.add", add, 2).of.u32, 2);
  wasm_resource_delete(other);
  CHECK_EQ(call_n(&g, "live", NULL, 0).of.u32, 0);

  /* The host's own is no logbook; nobody takes it, so it is finalized here. */
  sink_t* sink = calloc(1, sizeof *sink);
  open_sinks++;
  wasm_resource_t* own = wasm_resource_new(sink, sink_drop, NULL);
  CHECK(wasm_resource_data(own) == sink);
  fails(&g, "[method]logbook.text", (wasm_val_t)WASM_BORROW_VAL(own), WITRT_ERROR_WRONG_KIND,
    "parameter 0 (\"self\"): a logbook is made by the component");
  CHECK_EQ(open_sinks, 1);
  wasm_resource_delete(own);
  CHECK_EQ(open_sinks, 0);
  finish(&g);
}

static int prints(const wasm_valtype_t* type, const char* text) {
  wasm_name_t found;
  witrt_valtype_print(type, &found);
  int same = found.size == strlen(text) && !memcmp(found.data, text, found.size);
  if (!same) fprintf(stderr, "  %.*s\n", (int)found.size, found.data);
  wasm_name_delete(&found);
  return same;
}

static void types(const char* file) {
  guest_t g;
  start(&g, file, WASM_UTF8);
  wasm_functype_t* birthday = wasm_func_type(find(&g, "birthday"));
  const wasm_valtype_t* person = wasm_functype_params(birthday)->data[0];
  CHECK_EQ(wasm_valtype_kind(person), WASM_RECORD);
  CHECK_EQ(witrt_valtype_size(person), 4);
  CHECK(prints(person, "record { name: string, age: u8, tags: list<string>, home: option<record { x: s32, y: s32 }> }"));
  CHECK(witrt_valtype_equal(person, wasm_functype_results(birthday)->data[0]));
  CHECK(!strncmp(witrt_functype_param_name(birthday, 0)->data, "p", 1));
  wasm_name_t name;
  witrt_valtype_name(person, 2, &name);
  CHECK(name.size == 4 && !memcmp(name.data, "tags", 4));
  wasm_name_delete(&name);
  witrt_valtype_name(person, 4, &name);
  CHECK_EQ(name.size, 0);
  wasm_valtype_t* tags = witrt_valtype_at(person, 2);
  CHECK(wasm_valtype_kind(tags) == WASM_LIST && prints(tags, "list<string>"));
  CHECK(!witrt_valtype_at(person, 4) && !witrt_valtype_equal(person, tags));
  wasm_valtype_t* text = witrt_valtype_at(tags, 0);
  CHECK(wasm_valtype_kind(text) == WASM_STRING && witrt_valtype_size(text) == 0);
  wasm_valtype_delete(text);
  wasm_valtype_delete(tags);

  /* A function type of such types, for a host function that another host calls. */
  wasm_functype_t* mine = wasm_functype_new_1_0(wasm_valtype_copy(person));
  REQUIRE(mine);
  CHECK(witrt_valtype_equal(person, wasm_functype_params(mine)->data[0]));
  wasm_functype_delete(mine);
  CHECK(!wasm_valtype_new(WASM_RECORD));
  wasm_valtype_t* flag = wasm_valtype_new_bool();
  CHECK(wasm_valtype_kind(flag) == WASM_BOOL && prints(flag, "bool"));
  wasm_valtype_delete(flag);
  wasm_functype_delete(birthday);
  finish(&g);
}

/* Text in place of bytes, and what is no component. */
static void formats(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  const char* text = "(component\n"
    "  (core module $m (func (export \"f\") (param i32) (result i32) local.get 0))\n"
    "  (core instance $i (instantiate $m))\n"
    "  (func (export \"f\") (param \"x\" s8) (result s8) (canon lift (core func $i \"f\"))))";
  wasm_byte_vec_t bytes;
  wasm_byte_vec_new(&bytes, strlen(text), text);
  CHECK(wasm_module_validate(store, &bytes));
  wasm_module_t* module = wasm_module_new(store, &bytes);
  CHECK(module);
  wasm_byte_vec_t out;
  wasm_module_serialize(module, &out);
  CHECK(out.size > 0);
  wasm_module_delete(module);
  out.data[out.size / 2] ^= 1;
  CHECK(!wasm_module_deserialize(store, &out) && witrt_error_kind(witrt_error_last()) == WITRT_ERROR_BAD_ARTEFACT);
  out.data[out.size / 2] ^= 1;
  module = wasm_module_deserialize(store, &out);
  wasm_byte_vec_delete(&out);
  REQUIRE(module);
  wasm_extern_vec_t none = WASM_EMPTY_VEC, exports;
  wasm_instance_t* instance = wasm_instance_new(store, module, &none, NULL);
  REQUIRE(instance);
  wasm_instance_exports(instance, &exports);
  wasm_val_t arg[] = {WASM_S8_VAL(-1)}, result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  CHECK(!wasm_func_call(wasm_extern_as_func(exports.data[0]), &args, &results));
  CHECK(result[0].kind == WASM_S8 && result[0].of.s8 == -1);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_byte_vec_delete(&bytes);
  text = "(component (import \"f\" (func async)))";
  wasm_byte_vec_new(&bytes, strlen(text), text);
  CHECK(!wasm_module_new(store, &bytes) && witrt_error_kind(witrt_error_last()) == WITRT_ERROR_UNSUPPORTED_FORMAT);
  wasm_byte_vec_delete(&bytes);
  text = "(component\n (import))";
  wasm_byte_vec_new(&bytes, strlen(text), text);
  CHECK(!wasm_module_new(store, &bytes) && witrt_error_kind(witrt_error_last()) == WITRT_ERROR_MALFORMED_TEXT);
  wasm_byte_vec_delete(&bytes);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
}

/* A value within a value, so many times. */
static void nested(size_t times, bool copied) {
  wasm_val_t *vals = calloc(times + 1, sizeof *vals), copy = WASM_INIT_VAL;
  vals[0] = (wasm_val_t)WASM_U8_VAL(1);
  for (size_t i = 0; i < times; i++) vals[i + 1] = (wasm_val_t)WASM_SOME_VAL(&vals[i]);
  witrt_error_clear_last();
  wasm_val_copy(&copy, &vals[times]);
  CHECK_EQ(witrt_error_kind(witrt_error_last()), copied ? WITRT_ERROR_NONE : WITRT_ERROR_OUT_OF_RANGE);
  CHECK_EQ(copy.kind, copied ? WASM_OPTION : WASM_EXTERNREF);
  wasm_val_delete(&copy);
  free(vals);
}

int main(void) {
  nested(500, true);
  nested(1000000, false);
  static const char* const files[] = {COMPONENTS "c/guest-utf8.wasm", COMPONENTS "c/guest-utf16.wasm"};
  for (int i = 0; i < 2; i++) {
    values(files[i], WASM_UTF8);
    values(files[i], WASM_UTF16);
    callbacks(files[i]);
    resources(files[i]);
    types(files[i]);
  }
  formats();
  return check_result();
}
