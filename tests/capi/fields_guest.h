/* Components of real tools, with the host's own structs: how these are described, and a
 * guest to be called with them. */

#ifndef FIELDS_GUEST_H
#define FIELDS_GUEST_H

#include "check.h"
#include <stdarg.h>
#include <uchar.h>
#include <witrt.h>

#define DIR MODULES "/components/"
#define COUNT(array) (sizeof(array) / sizeof *(array))

typedef struct {
  int32_t x, y;
} point_t;
typedef struct {
  point_t from, to;
} segment_t;
typedef struct {
  const point_t* data;
  size_t size;
} points_t;
typedef struct {
  const witrt_text_t* data;
  size_t size;
} texts_t;
typedef struct {
  bool some;
  point_t is;
} maybe_point_t;
/* In another order than the record, with something of the host's in between. */
typedef struct {
  maybe_point_t home;
  texts_t tags;
  void* mine;
  witrt_text_t name;
  uint8_t age;
} person_t;
typedef struct {
  uint16_t tag;
  union {
    double circle;
    segment_t segment;
    witrt_text_t named;
  } as;
} shape_t;
typedef struct {
  uint32_t some;
  double is;
} maybe_f64_t;
typedef struct {
  bool some;
  witrt_text_t is;
} maybe_text_t;
typedef struct {
  bool some;
  maybe_text_t is;
} maybe_maybe_text_t;
typedef struct {
  uint8_t tag;
  union {
    point_t ok;
    witrt_text_t err;
  } as;
} parsed_t;
typedef struct {
  uint8_t tag, color;
} checked_t;
typedef struct {
  uint64_t tag;
  uint32_t ok;
} halved_t;
typedef struct {
  uint8_t tag;
  union {
    points_t ok;
    witrt_text_t err;
  } as;
} looked_up_t;
/* The other way round than the tuple has them. */
typedef struct {
  uint64_t h;
  int64_t g;
  uint32_t f;
  int32_t e;
  uint16_t d;
  int16_t c;
  uint8_t b;
  int8_t a;
} ints_t;
typedef struct {
  float a;
  double b;
} floats_t;

static const witrt_field_t point_fields[] = {
  WITRT_FIELD(point_t, x, WASM_S32), WITRT_FIELD(point_t, y, WASM_S32)};
static const witrt_field_t point = WITRT_RECORD(point_t, point_fields);
static const witrt_field_t points = WITRT_LIST(&point);
static const witrt_field_t segment_fields[] = {
  WITRT_FIELD_AS(segment_t, from, &point), WITRT_FIELD_AS(segment_t, to, &point)};
static const witrt_field_t segment = WITRT_RECORD(segment_t, segment_fields);
static const witrt_field_t point_in = WITRT_FIELD_AS(maybe_point_t, is, &point);
static const witrt_field_t maybe_point = WITRT_OPTION(maybe_point_t, some, &point_in);
static const witrt_field_t f64_in = WITRT_FIELD(maybe_f64_t, is, WASM_F64);
static const witrt_field_t maybe_f64 = WITRT_OPTION(maybe_f64_t, some, &f64_in);
static const witrt_field_t bytes_element = WITRT_VALUE(uint8_t, WASM_U8);
static const witrt_field_t bytes = WITRT_LIST(&bytes_element);
static const witrt_field_t f64_element = WITRT_VALUE(double, WASM_F64);
static const witrt_field_t f64s = WITRT_LIST(&f64_element);
static const witrt_field_t s32_element = WITRT_VALUE(int32_t, WASM_S32);
static const witrt_field_t s32s = WITRT_LIST(&s32_element);
static const witrt_field_t checked_cases[] = {WITRT_NOTHING, WITRT_FIELD(checked_t, color, WASM_ENUM)};
static const witrt_field_t checked = WITRT_RESULT(checked_t, tag, checked_cases);
static const witrt_field_t halved_cases[] = {WITRT_FIELD(halved_t, ok, WASM_U32), WITRT_NOTHING};
static const witrt_field_t halved = WITRT_RESULT(halved_t, tag, halved_cases);
static const witrt_field_t ints_fields[] = {
  WITRT_FIELD(ints_t, a, WASM_S8), WITRT_FIELD(ints_t, b, WASM_U8), WITRT_FIELD(ints_t, c, WASM_S16),
  WITRT_FIELD(ints_t, d, WASM_U16), WITRT_FIELD(ints_t, e, WASM_S32), WITRT_FIELD(ints_t, f, WASM_U32),
  WITRT_FIELD(ints_t, g, WASM_S64), WITRT_FIELD(ints_t, h, WASM_U64)};
static const witrt_field_t ints = WITRT_RECORD(ints_t, ints_fields);
static const witrt_field_t floats_fields[] = {
  WITRT_FIELD(floats_t, a, WASM_F32), WITRT_FIELD(floats_t, b, WASM_F64)};
static const witrt_field_t floats = WITRT_RECORD(floats_t, floats_fields);

/* With text, in the encoding of `describe`. */
static witrt_field_t text_plain = WITRT_PLAIN(WITRT_SLOT_UTF8);
static witrt_field_t text_element = WITRT_VALUE(witrt_text_t, WITRT_SLOT_UTF8);
static const witrt_field_t texts = WITRT_LIST(&text_element);
static witrt_field_t text_in = WITRT_FIELD(maybe_text_t, is, WITRT_SLOT_UTF8);
static const witrt_field_t maybe_text = WITRT_OPTION(maybe_text_t, some, &text_in);
static const witrt_field_t maybe_text_in = WITRT_FIELD_AS(maybe_maybe_text_t, is, &maybe_text);
static const witrt_field_t maybe_maybe_text =
  WITRT_OPTION(maybe_maybe_text_t, some, &maybe_text_in);
static witrt_field_t person_fields[] = {
  WITRT_FIELD(person_t, name, WITRT_SLOT_UTF8), WITRT_FIELD(person_t, age, WASM_U8),
  WITRT_FIELD_AS(person_t, tags, &texts), WITRT_FIELD_AS(person_t, home, &maybe_point)};
static const witrt_field_t person = WITRT_RECORD(person_t, person_fields);
static witrt_field_t shape_cases[] = {
  WITRT_NOTHING, WITRT_FIELD(shape_t, as.circle, WASM_F64),
  WITRT_FIELD_AS(shape_t, as.segment, &segment), WITRT_FIELD(shape_t, as.named, WITRT_SLOT_UTF8)};
static const witrt_field_t shape = WITRT_VARIANT(shape_t, tag, shape_cases);
static witrt_field_t parsed_cases[] = {
  WITRT_FIELD_AS(parsed_t, as.ok, &point), WITRT_FIELD(parsed_t, as.err, WITRT_SLOT_UTF8)};
static const witrt_field_t parsed = WITRT_RESULT(parsed_t, tag, parsed_cases);
static witrt_field_t looked_up_cases[] = {
  WITRT_FIELD_AS(looked_up_t, as.ok, &points), WITRT_FIELD(looked_up_t, as.err, WITRT_SLOT_UTF8)};
static const witrt_field_t looked_up = WITRT_RESULT(looked_up_t, tag, looked_up_cases);

static witrt_slot_kind_t encoding;
static inline void describe(witrt_slot_kind_t kind) {
  encoding = kind;
  text_plain.kind = text_element.kind = text_in.kind = person_fields[0].kind = kind;
  shape_cases[3].kind = parsed_cases[1].kind = looked_up_cases[1].kind = kind;
}

/* Text in that encoding, which stays until the program ends. */
static char pool[1 << 20];
static size_t pooled;
static void* room(size_t size) {
  void* at = pool + pooled;
  pooled += (size + 15) / 16 * 16;
  REQUIRE(pooled <= sizeof pool);
  return memset(at, 0, size);
}
static wasm_encoding_t wasm_encoding(void) {
  return encoding == WITRT_SLOT_UTF16 ? WASM_UTF16 : encoding == WITRT_SLOT_UTF32 ? WASM_UTF32 : WASM_UTF8;
}
static inline witrt_text_t text_of(const char* text) {
  size_t size = strlen(text), units;
  wasm_string_t string = WASM_STRING_UTF8(text, size);
  void* data = room(4 * size + 4);
  CHECK(wasm_string_read(&string, wasm_encoding(), data, size, &units));
  return (witrt_text_t){data, units};
}
/* Whether it is this, told in UTF-8. */
static inline bool is(witrt_text_t text, const char* expected) {
  char told[1000];
  size_t size = 0;
  wasm_string_t string = {.data = text.data, .size = text.size, .encoding = wasm_encoding()};
  REQUIRE(wasm_string_read(&string, WASM_UTF8, told, sizeof told, &size));
  bool same = size == strlen(expected) && !memcmp(told, expected, size);
  if (!same) fprintf(stderr, "  \"%.*s\" is not \"%s\"\n", (int)size, told, expected);
  return same;
}

/* What the host was told. */
static char logged[4096];
static void tell(const char* format, ...) {
  va_list args;
  va_start(args, format);
  size_t size = strlen(logged);
  REQUIRE(vsnprintf(logged + size, sizeof logged - size, format, args) >= 0);
  va_end(args);
}
static const char* utf8(witrt_text_t text) {
  size_t size = 0;
  char* told = room(4 * text.size + 1);
  wasm_string_t string = {.data = text.data, .size = text.size, .encoding = wasm_encoding()};
  REQUIRE(wasm_string_read(&string, WASM_UTF8, told, 4 * text.size, &size));
  return told;
}

/* The functions that guests import. */
static int open_sinks;
static void sink_drop(void* data) {
  tell("dropped %s\n", (char*)data);
  open_sinks--;
  free(data);
}
static wasm_trap_t* host(
  void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  const char* name = env;
  static uint8_t digest[2];
  static maybe_text_t found;
  char made[200];
  if (!strcmp(name, "log")) {
    tell("log %u %s\n", args[0].u32, utf8(args[1].text));
  } else if (!strcmp(name, "ask")) {
    /* On the stack: it is copied at once. */
    snprintf(made, sizeof made, "answer to %s", utf8(args[0].text));
    witrt_slot_t answer = {.text = text_of(made)};
    CHECK(witrt_caller_return_value(caller, 0, &answer));
    CHECK(!witrt_caller_return_value(caller, 1, &answer));
  } else if (!strcmp(name, "digest")) {
    const uint8_t* data = args[0].span.data;
    digest[0] = (uint8_t)args[0].span.size, digest[1] = 0;
    for (size_t i = 0; i < args[0].span.size; i++) digest[1] ^= data[i];
    results[0].span = (witrt_span_t){digest, 2};
  } else if (!strcmp(name, "find")) {
    snprintf(made, sizeof made, "found %s", utf8(args[0].text));
    found = (maybe_text_t){args[0].text.size > 1, text_of(made)};
    results[0].value = &found;
  } else if (!strcmp(name, "lookup")) {
    wasm_string_t string = {.data = args[0].text.data, .size = args[0].text.size, .encoding = wasm_encoding()};
    point_t both[] = {{1, -2}, {(int32_t)wasm_string_length(&string, WASM_UTF32), 0}};
    looked_up_t result = {.tag = args[0].text.size <= 1};
    snprintf(made, sizeof made, "no %s", utf8(args[0].text));
    if (result.tag == 0) result.as.ok = (points_t){both, 2};
    else result.as.err = text_of(made);
    witrt_slot_t given = {.value = &result};
    CHECK(witrt_caller_return_value(caller, 0, &given));
  } else if (!strcmp(name, "now")) {
    results[0].u64 = UINT64_MAX;
  } else if (!strcmp(name, "[constructor]sink")) {
    char* sink = calloc(1, 100);
    snprintf(sink, 100, "%s", utf8(args[0].text));
    open_sinks++;
    results[0].resource = wasm_resource_new(sink, sink_drop, NULL);
  } else if (!strcmp(name, "[method]sink.write")) {
    wasm_string_t string = {.data = args[1].text.data, .size = args[1].text.size, .encoding = wasm_encoding()};
    tell("sink %s %s\n", (char*)wasm_resource_data(args[0].resource), utf8(args[1].text));
    results[0].u32 = (uint32_t)wasm_string_length(&string, WASM_UTF32);
  } else {
    CHECK(!strcmp(name, "[static]sink.open-sinks"));
    results[0].u32 = (uint32_t)open_sinks;
  }
  return NULL;
}

typedef struct {
  wasm_store_t* store;
  wasm_module_t* module;
  wasm_instance_t* instance;
  wasm_exporttype_vec_t types;
  wasm_extern_vec_t exports;
  /* Which of them were called. */
  bool called[64];
} guest_t;

/* No export is left out. */
static inline void all_called(const guest_t* g) {
  for (size_t i = 0; i < g->types.size; i++) {
    const wasm_name_t* name = wasm_exporttype_name(g->types.data[i]);
    if (!CHECK(g->called[i])) fprintf(stderr, "  %.*s\n", (int)name->size, name->data);
  }
}

static void finish(guest_t* g) {
  wasm_extern_vec_delete(&g->exports);
  wasm_instance_delete(g->instance);
  wasm_exporttype_vec_delete(&g->types);
  wasm_module_delete(g->module);
  wasm_store_delete(g->store);
}

/* The host's functions, each described. */
static wasm_func_t* supplied(guest_t* g, const char* name, const wasm_functype_t* type) {
  const witrt_field_t u32 = WITRT_PLAIN(WASM_U32), u64 = WITRT_PLAIN(WASM_U64);
  const witrt_field_t own = WITRT_PLAIN(WASM_OWN), borrow = WITRT_PLAIN(WASM_BORROW);
  const struct {
    const char* name;
    size_t params, results;
    witrt_field_t param[2], result;
  } all[] = {
    {"log", 2, 0, {u32, text_plain}, u32},
    {"ask", 1, 1, {text_plain, u32}, text_plain},
    {"digest", 1, 1, {bytes, u32}, bytes},
    {"find", 1, 1, {text_plain, u32}, maybe_text},
    {"lookup", 1, 1, {text_plain, u32}, looked_up},
    {"now", 0, 1, {u32, u32}, u64},
    {"[constructor]sink", 1, 1, {text_plain, u32}, own},
    {"[method]sink.write", 2, 1, {borrow, text_plain}, u32},
    {"[static]sink.open-sinks", 0, 1, {u32, u32}, u32},
  };
  for (size_t i = 0; i < COUNT(all); i++) {
    if (strcmp(all[i].name, name)) continue;
    witrt_error_t* error = NULL;
    char* env = calloc(1, strlen(name) + 1);
    memcpy(env, name, strlen(name));
    wasm_func_t* func = witrt_func_new_with_fields(
      g->store, type, all[i].param, all[i].params, &all[i].result, all[i].results, host, env, free, &error);
    if (!func) fprintf(stderr, "%s: %s\n", name, witrt_error_message(error));
    REQUIRE(func);
    return func;
  }
  REQUIRE(!"a function that is known");
  return NULL;
}

static void start(guest_t* g, wasm_engine_t* engine, const char* name) {
  char path[1000];
  snprintf(path, sizeof path, DIR "%s", name);
  FILE* f = fopen(path, "rb");
  REQUIRE(f);
  static char text[300000];
  size_t size = fread(text, 1, sizeof text, f);
  fclose(f);
  wasm_byte_vec_t binary;
  wasm_byte_vec_new(&binary, size, text);
  *g = (guest_t){.store = wasm_store_new(engine)};
  g->module = wasm_module_new(g->store, &binary);
  REQUIRE(g->module);
  wasm_byte_vec_delete(&binary);
  wasm_module_exports(g->module, &g->types);
  wasm_importtype_vec_t imports;
  wasm_module_imports(g->module, &imports);
  wasm_extern_vec_t externs;
  wasm_extern_vec_new_uninitialized(&externs, imports.size);
  for (size_t i = 0; i < imports.size; i++) {
    const wasm_name_t* import = wasm_importtype_name(imports.data[i]);
    char called[100];
    snprintf(called, sizeof called, "%.*s", (int)import->size, import->data);
    const wasm_functype_t* type = wasm_externtype_as_functype_const(wasm_importtype_type(imports.data[i]));
    externs.data[i] = wasm_func_as_extern(supplied(g, called, type));
  }
  g->instance = wasm_instance_new(g->store, g->module, &externs, NULL);
  REQUIRE(g->instance);
  wasm_instance_exports(g->instance, &g->exports);
  REQUIRE(g->exports.size <= COUNT(g->called));
  wasm_extern_vec_delete(&externs);
  wasm_importtype_vec_delete(&imports);
}

static wasm_func_t* find(guest_t* g, const char* wanted) {
  size_t size = strlen(wanted);
  for (size_t i = 0; i < g->types.size; i++) {
    const wasm_name_t* name = wasm_exporttype_name(g->types.data[i]);
    if (name->size >= size && !memcmp(name->data + name->size - size, wanted, size) &&
        (name->size == size || name->data[name->size - size - 1] == '#')) {
      g->called[i] = true;
      return wasm_extern_as_func(g->exports.data[i]);
    }
  }
  REQUIRE(!"an export that is there");
  return NULL;
}

/* A call that is prepared for one use: its arguments are described in `params`. */
static inline bool call_with(
  guest_t* g, const char* name, const witrt_field_t* params, size_t count, const witrt_slot_t* args,
  const witrt_field_t* result, witrt_slot_t* out) {
  witrt_error_t* error = NULL;
  witrt_prepared_t* prepared =
    witrt_func_prepare_fields(find(g, name), params, count, result, result ? 1 : 0, &error);
  if (!prepared) fprintf(stderr, "%s: %s\n", name, witrt_error_message(error));
  REQUIRE(prepared && !error);
  bool done = witrt_prepared_call(prepared, args, out, &error);
  if (!done) fprintf(stderr, "%s: %s\n", name, witrt_error_message(error));
  witrt_error_delete(error);
  witrt_prepared_delete(prepared);
  return done;
}

#endif
