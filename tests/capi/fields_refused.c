/* Descriptions that are wrong: each kind, number, offset, size, stride and function, and
 * the way to it that the error names. */

#include "fields_guest.h"

static guest_t g;
static witrt_error_t* error;

/* Prepares with what must be refused, and looks at why. */
static void refused(
  int line, const char* name, const witrt_field_t* params, size_t count, const witrt_field_t* result,
  size_t results, witrt_error_kind_t kind, const char* message) {
  witrt_prepared_t* prepared =
    witrt_func_prepare_fields(find(&g, name), params, count, result, results, &error);
  const char* told = error ? witrt_error_message(error) : "(no error)";
  if (!check_(!prepared && error && witrt_error_kind(error) == kind && !strcmp(told, message), "refused", __FILE__, line))
    fprintf(stderr, "  %s\n", told);
  witrt_error_delete(error);
  witrt_prepared_delete(prepared);
}
#define REFUSED(name, param, result, kind, message) \
  refused(__LINE__, name, &(param), 1, &(result), 1, WITRT_ERROR_##kind, message)

static const void* look(const void* value, size_t* size) {
  *size = 0;
  return value;
}
static void* make(void* value, size_t size) {
  (void)size;
  return value;
}

/* The person, with one field changed. */
static witrt_field_t* with(size_t i, witrt_field_t field) {
  static witrt_field_t changed[4], all;
  memcpy(changed, person_fields, sizeof changed);
  changed[i] = field;
  all = person;
  all.parts = changed;
  return &all;
}
#define FIELD(...) ((witrt_field_t)WITRT_FIELD(__VA_ARGS__))

static void kinds(void) {
  witrt_field_t f64 = WITRT_PLAIN(WASM_F64), u32 = WITRT_PLAIN(WASM_U32);
  witrt_field_t val = WITRT_PLAIN(WITRT_SLOT_VAL), grown = WITRT_GROWN(&points);
  REFUSED("sum", f64, f64, WRONG_KIND, "parameter 0 (\"numbers\"): expected list<f64>, found f64");
  REFUSED("sum", s32s, f64, WRONG_KIND, "parameter 0 (\"numbers\"), element: expected f64, found s32");
  REFUSED("sum", f64s, u32, WRONG_KIND, "result: expected f64, found u32");
  REFUSED("sum", point, f64, WRONG_KIND, "parameter 0 (\"numbers\"): expected list<f64>, found record");
  REFUSED("sum", text_plain, f64, WRONG_KIND, "parameter 0 (\"numbers\"): expected list<f64>, found string");
  REFUSED("path", u32, texts, WRONG_KIND,
          "result, element: expected record { x: s32, y: s32 }, found string");
  witrt_field_t unsigned_y[] = {point_fields[0], FIELD(point_t, y, WASM_U32)};
  witrt_field_t other = WITRT_RECORD(point_t, unsigned_y), others = WITRT_LIST(&other);
  REFUSED("path", u32, others, WRONG_KIND, "result, element, field \"y\": expected s32, found u32");
  REFUSED("greet", u32, text_plain, WRONG_KIND, "parameter 0 (\"name\"): expected string, found u32");
  REFUSED("birthday", *with(0, FIELD(person_t, name, WASM_U32)), person, WRONG_KIND,
          "parameter 0 (\"p\"), field \"name\": expected string, found u32");
  REFUSED("birthday", *with(0, FIELD(person_t, name, WITRT_SLOT_LAZY_UTF8)), person, WRONG_KIND,
          "parameter 0 (\"p\"), field \"name\": expected string, found text that a struct cannot hold so");
  REFUSED("birthday", *with(1, FIELD(person_t, age, WITRT_SLOT_VAL)), person, WRONG_KIND,
          "parameter 0 (\"p\"), field \"age\": expected u8, found an unknown kind");
  REFUSED("birthday", *with(2, FIELD(person_t, name, WITRT_SLOT_UTF8)), person, WRONG_KIND,
          "parameter 0 (\"p\"), field \"tags\": expected list<string>, found string");
  REFUSED("path", grown, points, WRONG_KIND, "parameter 0 (\"n\"): only the result of a call goes where a function says");
  witrt_field_t twice = WITRT_SAME(&grown), same = WITRT_SAME(&twice);
  REFUSED("path", u32, same, WRONG_KIND, "result: a description that means another one's");
  (void)val;
  witrt_field_t cases[] = {shape_cases[0], shape_cases[1], shape_cases[2], WITRT_NOTHING};
  witrt_field_t none = shape;
  none.parts = cases;
  REFUSED("grow", none, shape, WRONG_KIND, "parameter 0 (\"s\"), case \"named\": expected string, found no value");
  cases[3] = shape_cases[3], cases[0] = shape_cases[1];
  REFUSED("grow", none, shape, WRONG_KIND, "parameter 0 (\"s\"), case \"dot\": expected no value, found f64");
}

static void counts(void) {
  witrt_field_t u32 = WITRT_PLAIN(WASM_U32), two[] = {u32, u32};
  refused(__LINE__, "path", two, 2, &points, 1, WITRT_ERROR_WRONG_KIND, "the function has 1 parameters, not 2");
  refused(__LINE__, "path", &u32, 1, &points, 0, WITRT_ERROR_WRONG_KIND,
          "the function has 1 results, not 0");
  witrt_field_t few = person, none = points, more = shape;
  few.count = 3;
  REFUSED("birthday", few, person, WRONG_COUNT, "parameter 0 (\"p\"): expected 4 parts, found 3");
  none.count = 0;
  REFUSED("centroid", none, maybe_point, WRONG_COUNT, "parameter 0 (\"points\"): expected 1 parts, found 0");
  more.count = 5;
  REFUSED("area", more, maybe_f64, WRONG_COUNT, "parameter 0 (\"s\"): expected 4 parts, found 5");
  none.count = 1, none.parts = NULL;
  REFUSED("centroid", none, maybe_point, NULL_POINTER, "parameter 0 (\"points\"): parts: the pointer is NULL");
  witrt_field_t same = WITRT_SAME(NULL);
  REFUSED("centroid", same, maybe_point, NULL_POINTER, "parameter 0 (\"points\"): `parts` must not be NULL");
  refused(__LINE__, "path", NULL, 1, &points, 1, WITRT_ERROR_NULL_POINTER, "`params` must not be NULL");
}

static void places(void) {
  witrt_field_t age = person_fields[1];
  age.size = 2;
  REFUSED("birthday", *with(1, age), person, OUT_OF_RANGE, "parameter 0 (\"p\"), field \"age\": u8 takes 1 bytes here, and there are 2");
  age = person_fields[1], age.offset = sizeof(person_t);
  REFUSED("birthday", *with(1, age), person, OUT_OF_RANGE,
          "parameter 0 (\"p\"), field \"age\": 1 bytes at 64 are not within 64");
  age.offset = SIZE_MAX;
  REFUSED("birthday", *with(1, age), person, OUT_OF_RANGE,
          "parameter 0 (\"p\"), field \"age\": 1 bytes at 18446744073709551615 are not within 64");
  age.offset = offsetof(person_t, name) + 3;
  REFUSED("birthday", *with(1, age), person, OUT_OF_RANGE,
          "parameter 0 (\"p\"), field \"age\": it lies where field \"name\" does");
  witrt_field_t name = person_fields[0];
  name.offset += 4;
  REFUSED("birthday", *with(0, name), person, OUT_OF_RANGE, "parameter 0 (\"p\"), field \"name\": at 44 it is not aligned");
  name = person_fields[0], name.size = 8;
  REFUSED("birthday", *with(0, name), person, OUT_OF_RANGE,
          "parameter 0 (\"p\"), field \"name\": string takes 16 bytes here, and there are 8");
  witrt_field_t home = person_fields[3];
  home.size += 4;
  REFUSED("birthday", *with(3, home), person, OUT_OF_RANGE,
          "parameter 0 (\"p\"), field \"home\": option<record { x: s32, y: s32 }> takes 12 bytes here, and there are 16");

  /* Strides. */
  witrt_field_t element = f64_element, list = WITRT_LIST(&element), f64 = WITRT_PLAIN(WASM_F64);
  element.offset = 8;
  REFUSED("sum", list, f64, OUT_OF_RANGE, "parameter 0 (\"numbers\"), element: an element begins at 0, not at 8");
  witrt_field_t odd = point, odds = WITRT_LIST(&odd);
  odd.size = 10;
  REFUSED("centroid", odds, maybe_point, OUT_OF_RANGE,
          "parameter 0 (\"points\"), element: elements of 10 bytes do not follow each other where they have to be aligned to 4");
  odd.size = 7;
  REFUSED("centroid", odds, maybe_point, OUT_OF_RANGE,
          "parameter 0 (\"points\"), element, field \"y\": 4 bytes at 4 are not within 7");
  list = (witrt_field_t)WITRT_LIST(&f64_element), list.size = 8;
  REFUSED("sum", list, f64, OUT_OF_RANGE, "parameter 0 (\"numbers\"): list<f64> takes 16 bytes here, and there are 8");

  /* Arrays. */
  witrt_field_t array = WITRT_ARRAY(double[3], &f64_element);
  array.size = 20;
  REFUSED("sum", array, f64, OUT_OF_RANGE, "parameter 0 (\"numbers\"): an array of 20 bytes has no elements of 8 bytes");
  array.size = 0;
  REFUSED("sum", array, f64, OUT_OF_RANGE, "parameter 0 (\"numbers\"): an array of 0 bytes has no elements of 8 bytes");
  array = (witrt_field_t)WITRT_ARRAY(int32_t[2], &s32_element);
  REFUSED("sum", array, f64, WRONG_KIND, "parameter 0 (\"numbers\"), element: expected f64, found s32");
  REFUSED("greet", array, text_plain, WRONG_KIND, "parameter 0 (\"name\"): expected string, found an array");
  array = (witrt_field_t)WITRT_ARRAY(double[3], &f64_element), array.count = 3;
  REFUSED("sum", array, f64, WRONG_COUNT, "parameter 0 (\"numbers\"): expected 1 parts, found 3");

  /* Tags. */
  witrt_field_t tagged = shape;
  tagged.tag_size = 3;
  REFUSED("area", tagged, maybe_f64, OUT_OF_RANGE,
          "parameter 0 (\"s\"), tag: an integer of 3 bytes does not hold every variant { dot, circle(f64), "
          "segment(tuple<record { x: s32, y: s32 }, record { x: s32, y: s32 }>), named(string) }");
  tagged = shape, tagged.tag_offset = sizeof(shape_t) - 1;
  REFUSED("area", tagged, maybe_f64, OUT_OF_RANGE, "parameter 0 (\"s\"), tag: 2 bytes at 23 are not within 24");
  tagged.tag_offset = 8;
  REFUSED("area", tagged, maybe_f64, OUT_OF_RANGE, "parameter 0 (\"s\"), case \"circle\": it lies where the tag does");
  witrt_field_t color = checked_cases[1], s32 = WITRT_PLAIN(WASM_S32);
  color.size = 3;
  witrt_field_t cases[] = {WITRT_NOTHING, color}, wide = checked;
  wide.parts = cases;
  REFUSED("check", s32, wide, OUT_OF_RANGE,
          "result, case \"err\": an integer of 3 bytes does not hold every enum { red, green, blue }");
}

static void functions(void) {
  static const witrt_access_t none, looks = {look, NULL, NULL}, makes = {NULL, make, NULL};
  witrt_field_t f64 = WITRT_PLAIN(WASM_F64), u32 = WITRT_PLAIN(WASM_U32), list = f64s, record = point;
  list.access = &none;
  REFUSED("sum", list, f64, NULL_POINTER, "parameter 0 (\"numbers\"): look: the pointer is NULL");
  list.access = &makes;
  REFUSED("sum", list, f64, NULL_POINTER, "parameter 0 (\"numbers\"): look: the pointer is NULL");
  list = (witrt_field_t)WITRT_ARRAY(double[3], &f64_element), list.access = &looks;
  REFUSED("sum", list, f64, UNSUPPORTED, "parameter 0 (\"numbers\"): only text, lists and what has cases is looked at by functions");
  list = points, list.access = &looks;
  REFUSED("path", u32, list, NULL_POINTER, "result: make: the pointer is NULL");
  record.access = &looks;
  list = (witrt_field_t)WITRT_LIST(&record);
  REFUSED("centroid", list, maybe_point, UNSUPPORTED,
          "parameter 0 (\"points\"), element: only text, lists and what has cases is looked at by functions");
  /* What functions make has to be there already. */
  witrt_field_t made = text_element, words = WITRT_LIST(&made), grown = WITRT_GROWN(&words);
  made.access = &makes;
  REFUSED("words", text_plain, words, UNSUPPORTED,
          "result, element: elements that functions make are in a list that no function makes room for");
  witrt_field_t in = text_in, maybe = maybe_text, again[] = {WITRT_FIELD_AS(maybe_maybe_text_t, is, &maybe)};
  witrt_field_t both = WITRT_OPTION(maybe_maybe_text_t, some, again);
  in.access = &makes, maybe.parts = &in;
  witrt_field_t given = maybe_text;
  REFUSED("maybe", given, both, UNSUPPORTED,
          "result, case \"some\": a payload that functions make is in a struct that no function makes");
  words.access = &makes;
  REFUSED("words", text_plain, grown, UNSUPPORTED, "result: what functions make has a place already");
}

/* A host function's, too. */
static void hosts(void) {
  wasm_importtype_vec_t imports;
  wasm_module_imports(g.module, &imports);
  witrt_field_t grown = WITRT_GROWN(&bytes), u32 = WITRT_PLAIN(WASM_U32);
  witrt_field_t late = WITRT_PLAIN(WITRT_SLOT_GROW_UTF8);
  for (size_t i = 0; i < imports.size; i++) {
    const wasm_name_t* name = wasm_importtype_name(imports.data[i]);
    const wasm_functype_t* type = wasm_externtype_as_functype_const(wasm_importtype_type(imports.data[i]));
    const struct {
      const char* name;
      const witrt_field_t *param, *result;
      witrt_error_kind_t kind;
      const char* message;
    } all[] = {
      {"digest", &f64s, &bytes, WITRT_ERROR_WRONG_KIND, "parameter 0 (\"data\"), element: expected u8, found f64"},
      {"digest", &bytes, &u32, WITRT_ERROR_WRONG_KIND, "result: expected list<u8>, found u32"},
      {"digest", &grown, &bytes, WITRT_ERROR_WRONG_KIND, "only the result of a call goes where a function says"},
      {"digest", &bytes, &grown, WITRT_ERROR_WRONG_KIND,
       "result: only the result of a call goes where a function says"},
      {"ask", &late, &text_plain, WITRT_ERROR_WRONG_KIND, "only the result of a call goes where a function says"},
    };
    for (size_t j = 0; j < COUNT(all); j++) {
      if (name->size != strlen(all[j].name) || memcmp(name->data, all[j].name, name->size)) continue;
      /* The finalizer is not called: there is nothing to be freed. */
      wasm_func_t* func = witrt_func_new_with_fields(
        g.store, type, all[j].param, 1, all[j].result, 1, host, "digest", free, &error);
      CHECK(!func && error);
      CHECK_EQ(witrt_error_kind(error), all[j].kind);
      if (!CHECK(!strcmp(witrt_error_message(error), all[j].message)))
        fprintf(stderr, "  %s\n", witrt_error_message(error));
      witrt_error_delete(error);
    }
  }
  wasm_importtype_vec_delete(&imports);
}

/* Core code has no description for several results, of which each is in a slot. */
static void several_results(void) {
  const char text[] = "(module (@interface func (export \"both\") (param s64) (param string)"
    " (result s64) (result string) arg.get 0 arg.get 1))";
  wasm_byte_vec_t source;
  wasm_byte_vec_new(&source, strlen(text), text);
  wasm_module_t* module = wasm_module_new(g.store, &source);
  wasm_byte_vec_delete(&source);
  REQUIRE(module);
  wasm_instance_t* instance = witrt_instance_new(g.store, module, NULL, NULL);
  REQUIRE(instance);
  wasm_extern_t* both = witrt_instance_export(instance, "both", 4);
  REQUIRE(both);
  const witrt_field_t string = WITRT_PLAIN(WITRT_SLOT_UTF8);
  const witrt_field_t plain[] = {WITRT_PLAIN(WASM_S64), string}, same[] = {plain[0], WITRT_SAME(&string)};
  const char said[] = "the function is (s64, string) -> (s64, string): several results go into plain slots only";
  wasm_functype_t* type = wasm_func_type(wasm_extern_as_func(both));
  CHECK(!witrt_func_prepare_fields(wasm_extern_as_func(both), plain, 2, same, 2, &error));
  CHECK(error && witrt_error_kind(error) == WITRT_ERROR_UNSUPPORTED && !strcmp(witrt_error_message(error), said));
  witrt_error_delete(error), error = NULL;
  CHECK(!witrt_func_new_with_fields(g.store, type, plain, 2, same, 2, host, NULL, NULL, &error));
  CHECK(error && witrt_error_kind(error) == WITRT_ERROR_UNSUPPORTED && !strcmp(witrt_error_message(error), said));
  witrt_error_delete(error), error = NULL;

  witrt_prepared_t* prepared = witrt_func_prepare_fields(wasm_extern_as_func(both), plain, 2, plain, 2, NULL);
  REQUIRE(prepared);
  char room[3];
  witrt_slot_t args[] = {{.s64 = -7}, {.text = {"abc", 3}}}, results[] = {{.s64 = 0}, {.buffer = {room, 2}}};
  CHECK(!witrt_prepared_call(prepared, args, results, &error));
  CHECK(error && !strncmp(witrt_error_message(error), "result 1: ", 10));
  witrt_error_delete(error), error = NULL;
  results[1].buffer = (witrt_buffer_t){room, 3};
  CHECK(witrt_prepared_call(prepared, args, results, NULL));
  CHECK(results[0].s64 == -7 && results[1].text.size == 3 && !memcmp(room, "abc", 3));
  witrt_prepared_delete(prepared);
  wasm_functype_delete(type);
  wasm_extern_delete(both);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  describe(WITRT_SLOT_UTF8);
  start(&g, engine, "c/guest-utf8.wasm");
  kinds();
  counts();
  places();
  functions();
  hosts();
  several_results();
  finish(&g);
  wasm_engine_delete(engine);
  return check_result();
}
