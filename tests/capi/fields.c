/* Every export of components of real tools, with the host's own structs, in both
 * directions; room that is too small, room that is made, trees. */

#include "fields_guest.h"

static char memory[4096];
#define ROOM {.buffer = {memory, sizeof memory}}

static void text(guest_t* g) {
  witrt_slot_t in[2] = {{.text = text_of("Zoë 🦀")}}, out = ROOM;
  CHECK(call_with(g, "greet", &text_plain, 1, in, &text_plain, &out));
  CHECK(is(out.text, "hello, Zoë 🦀! (9 bytes, 5 chars)"));
  witrt_field_t two[] = {text_plain, text_plain};
  in[0].text = text_of("ab"), in[1].text = text_of("é"), out = (witrt_slot_t)ROOM;
  CHECK(call_with(g, "concat", two, 2, in, &text_plain, &out) && is(out.text, "abé"));
  witrt_field_t u32 = WITRT_PLAIN(WASM_U32);
  in[0].text = text_of("añ🦀");
  CHECK(call_with(g, "count", &text_plain, 1, in, &u32, &out) && out.u32 == 3);

  uint8_t some[] = {1, 2, 255};
  in[0].span = (witrt_span_t){some, 3}, out = (witrt_slot_t)ROOM;
  CHECK(call_with(g, "reverse-bytes", &bytes, 1, in, &bytes, &out));
  CHECK(out.span.size == 3 && out.span.data == memory && !memcmp(memory, "\xff\2\1", 3));
  in[0].span.size = 0, out = (witrt_slot_t)ROOM;
  CHECK(call_with(g, "reverse-bytes", &bytes, 1, in, &bytes, &out) && out.span.size == 0);

  double numbers[] = {0.5, 0.25};
  witrt_field_t f64 = WITRT_PLAIN(WASM_F64);
  in[0].span = (witrt_span_t){numbers, 2};
  CHECK(call_with(g, "sum", &f64s, 1, in, &f64, &out) && out.f64 == 0.75);

  in[0].text = text_of("3,-4"), out = (witrt_slot_t)ROOM;
  CHECK(call_with(g, "parse", &text_plain, 1, in, &parsed, &out));
  const parsed_t* result = out.span.data;
  CHECK(result->tag == 0 && result->as.ok.x == 3 && result->as.ok.y == -4);
  in[0].text = text_of("é"), out = (witrt_slot_t)ROOM;
  CHECK(call_with(g, "parse", &text_plain, 1, in, &parsed, &out));
  CHECK(result->tag == 1 && is(result->as.err, "bad point: é"));
}

static void scalars(guest_t* g) {
  witrt_field_t flag = WITRT_PLAIN(WASM_BOOL), one = WITRT_PLAIN(WASM_CHAR);
  witrt_slot_t in[8] = {{.u8 = 1}}, out;
  CHECK(call_with(g, "flip", &flag, 1, in, &flag, &out) && out.u8 == 0);
  in[0].u32 = 0xe9;
  CHECK(call_with(g, "next-char", &one, 1, in, &one, &out) && out.u32 == 0xea);
  /* The same as values of C's types. */
  static const witrt_field_t b = WITRT_VALUE(bool, WASM_BOOL), c = WITRT_VALUE(uint32_t, WASM_CHAR);
  CHECK(call_with(g, "next-char", &c, 1, in, &c, &out) && out.u32 == 0xea);
  in[0].u64 = 0, in[0].u8 = 1;
  CHECK(call_with(g, "flip", &b, 1, in, &b, &out) && out.u8 == 0);
  in[0].u32 = 0xe9;
  witrt_field_t eight[] = {
    WITRT_PLAIN(WASM_S8), WITRT_PLAIN(WASM_U8), WITRT_PLAIN(WASM_S16), WITRT_PLAIN(WASM_U16),
    WITRT_PLAIN(WASM_S32), WITRT_PLAIN(WASM_U32), WITRT_PLAIN(WASM_S64), WITRT_PLAIN(WASM_U64)};
  in[0].s8 = 127, in[1].u8 = 255, in[2].s16 = 32767, in[3].u16 = 65535, in[4].s32 = INT32_MAX;
  in[5].u32 = UINT32_MAX, in[6].s64 = INT64_MAX, in[7].u64 = UINT64_MAX;
  ints_t all;
  out.buffer = (witrt_buffer_t){&all, sizeof all};
  CHECK(call_with(g, "ints", eight, 8, in, &ints, &out));
  CHECK(all.a == -128 && all.b == 0 && all.c == -32768 && all.d == 0 && all.e == INT32_MIN);
  CHECK(all.f == 0 && all.g == INT64_MIN && all.h == 0 && out.span.size == sizeof all);
  witrt_field_t two[] = {WITRT_PLAIN(WASM_F32), WITRT_PLAIN(WASM_F64)};
  floats_t both;
  in[0].f32 = 1.5F, in[1].f64 = -0.5, out.buffer = (witrt_buffer_t){&both, sizeof both};
  CHECK(call_with(g, "floats", two, 2, in, &floats, &out) && both.a == 0.75F && both.b == -0.25);
  witrt_field_t color = WITRT_PLAIN(WASM_ENUM), access = WITRT_PLAIN(WASM_FLAGS);
  in[0].u32 = 2;
  CHECK(call_with(g, "next-color", &color, 1, in, &color, &out) && out.u32 == 0);
  in[0].u32 = 5;
  CHECK(call_with(g, "toggle", &access, 1, in, &access, &out) && out.u32 == 2);
}

static void shapes(guest_t* g) {
  shape_t dot = {.tag = 0}, circle = {.tag = 1, .as.circle = 2};
  shape_t line = {.tag = 2, .as.segment = {{1, 2}, {3, 4}}};
  shape_t named = {.tag = 3, .as.named = text_of("é")};
  maybe_f64_t area;
  witrt_slot_t in = {.value = &circle}, out = {.buffer = {&area, sizeof area}};
  CHECK(call_with(g, "area", &shape, 1, &in, &maybe_f64, &out) && area.some == 1 && area.is == 12);
  in.value = &named, out.buffer = (witrt_buffer_t){&area, sizeof area};
  CHECK(call_with(g, "area", &shape, 1, &in, &maybe_f64, &out) && area.some == 0);
  const shape_t* grown = (void*)memory;
  in.value = &dot, out = (witrt_slot_t)ROOM;
  CHECK(call_with(g, "grow", &shape, 1, &in, &shape, &out) && grown->tag == 1 && grown->as.circle == 1);
  in.value = &circle, out = (witrt_slot_t)ROOM;
  CHECK(call_with(g, "grow", &shape, 1, &in, &shape, &out) && grown->tag == 1 && grown->as.circle == 4);
  in.value = &line, out = (witrt_slot_t)ROOM;
  CHECK(call_with(g, "grow", &shape, 1, &in, &shape, &out));
  CHECK(grown->tag == 2 && grown->as.segment.from.x == 1 && grown->as.segment.to.x == 4 &&
        grown->as.segment.to.y == 5);
  in.value = &named, out = (witrt_slot_t)ROOM;
  CHECK(call_with(g, "grow", &shape, 1, &in, &shape, &out) && grown->tag == 3 && is(grown->as.named, "é+"));
}

static void records(guest_t* g) {
  witrt_text_t tags[] = {text_of("a"), text_of("🦀")};
  person_t zoe = {.name = text_of("Zoë"), .age = 41, .tags = {tags, 2}, .home = {true, {3, 4}}};
  witrt_slot_t in = {.value = &zoe}, out = ROOM;
  CHECK(call_with(g, "birthday", &person, 1, &in, &person, &out));
  const person_t* older = (void*)memory;
  CHECK(out.span.data == memory && is(older->name, "Zoë") && older->age == 42);
  CHECK(older->tags.size == 3 && is(older->tags.data[1], "🦀") && is(older->tags.data[2], "older é"));
  CHECK(older->home.some && older->home.is.x == -3 && older->home.is.y == 4);
  /* All of it is in the room. */
  CHECK((const char*)older->tags.data >= memory && out.span.size <= sizeof memory);
  person_t nobody = {.age = 255};
  in.value = &nobody, out = (witrt_slot_t)ROOM;
  CHECK(call_with(g, "birthday", &person, 1, &in, &person, &out));
  CHECK(older->name.size == 0 && older->age == 0 && older->tags.size == 1 && !older->home.some);

  point_t all[] = {{1, 2}, {3, -8}};
  maybe_point_t middle;
  in.span = (witrt_span_t){all, 2}, out.buffer = (witrt_buffer_t){&middle, sizeof middle};
  CHECK(call_with(g, "centroid", &points, 1, &in, &maybe_point, &out));
  CHECK(middle.some && middle.is.x == 2 && middle.is.y == -3);
  in.span.size = 0, out.buffer = (witrt_buffer_t){&middle, sizeof middle};
  CHECK(call_with(g, "centroid", &points, 1, &in, &maybe_point, &out) && !middle.some);
  witrt_field_t u32 = WITRT_PLAIN(WASM_U32);
  point_t path[3];
  in.u32 = 3, out.buffer = (witrt_buffer_t){path, sizeof path};
  CHECK(call_with(g, "path", &u32, 1, &in, &points, &out));
  CHECK(out.span.size == 3 && out.span.data == path && path[2].x == 2 && path[2].y == 4);
  in.u32 = 0, out.buffer = (witrt_buffer_t){NULL, 0};
  CHECK(call_with(g, "path", &u32, 1, &in, &points, &out) && out.span.size == 0);
}

/* Structs that lie otherwise than the component's: fields in another order, and apart;
 * what lies between them is left alone. */
typedef struct {
  int32_t y;
  const char* mine;
  int32_t x;
} apart_t;
static void apart(guest_t* g) {
  const witrt_field_t fields[] = {WITRT_FIELD(apart_t, x, WASM_S32), WITRT_FIELD(apart_t, y, WASM_S32)};
  const witrt_field_t element = WITRT_RECORD(apart_t, fields), list = WITRT_LIST(&element);
  apart_t all[] = {{.x = 1, .y = 2, .mine = "a"}, {.x = 3, .y = -8, .mine = "b"}};
  maybe_point_t middle;
  witrt_slot_t in = {.span = {all, 2}}, out = {.buffer = {&middle, sizeof middle}};
  CHECK(call_with(g, "centroid", &list, 1, &in, &maybe_point, &out));
  CHECK(middle.some && middle.is.x == 2 && middle.is.y == -3);
  witrt_field_t u32 = WITRT_PLAIN(WASM_U32);
  in.u32 = 2, out.buffer = (witrt_buffer_t){all, sizeof all};
  CHECK(call_with(g, "path", &u32, 1, &in, &list, &out));
  CHECK(out.span.size == 2 && all[1].x == 1 && all[1].y == 1 && !strcmp(all[1].mine, "b"));
}

static void lists(guest_t* g) {
  witrt_slot_t in[9] = {{.text = text_of("a é  b")}}, out = ROOM;
  CHECK(call_with(g, "words", &text_plain, 1, in, &texts, &out));
  const witrt_text_t* words = out.span.data;
  CHECK(out.span.size == 4 && is(words[0], "a") && is(words[1], "é") && is(words[2], "") && is(words[3], "b"));
  witrt_field_t two[] = {texts, maybe_text};
  witrt_text_t parts[] = {text_of("a"), text_of("b")};
  maybe_text_t none = {false, {0}}, dashes = {true, text_of("--")};
  in[0].span = (witrt_span_t){parts, 2}, in[1].value = &none, out = (witrt_slot_t)ROOM;
  CHECK(call_with(g, "join", two, 2, in, &text_plain, &out) && is(out.text, "a|b"));
  in[1].value = &dashes, out = (witrt_slot_t)ROOM;
  CHECK(call_with(g, "join", two, 2, in, &text_plain, &out) && is(out.text, "a--b"));

  const maybe_maybe_text_t* maybe = (void*)memory;
  in[0].value = &none, out = (witrt_slot_t)ROOM;
  CHECK(call_with(g, "maybe", &maybe_text, 1, in, &maybe_maybe_text, &out) && !maybe->some);
  maybe_text_t empty = {true, {0}}, some = {true, text_of("é")};
  in[0].value = &empty, out = (witrt_slot_t)ROOM;
  CHECK(call_with(g, "maybe", &maybe_text, 1, in, &maybe_maybe_text, &out) && maybe->some && !maybe->is.some);
  in[0].value = &some, out = (witrt_slot_t)ROOM;
  CHECK(call_with(g, "maybe", &maybe_text, 1, in, &maybe_maybe_text, &out) && maybe->is.some && is(maybe->is.is, "é"));

  witrt_field_t s32 = WITRT_PLAIN(WASM_S32), u32 = WITRT_PLAIN(WASM_U32);
  checked_t check;
  in[0].s32 = 1, out.buffer = (witrt_buffer_t){&check, sizeof check};
  CHECK(call_with(g, "check", &s32, 1, in, &checked, &out) && check.tag == 0);
  in[0].s32 = -2, out.buffer = (witrt_buffer_t){&check, sizeof check};
  CHECK(call_with(g, "check", &s32, 1, in, &checked, &out) && check.tag == 1 && check.color == 2);
  halved_t half;
  in[0].u32 = 8, out.buffer = (witrt_buffer_t){&half, sizeof half};
  CHECK(call_with(g, "halve", &u32, 1, in, &halved, &out) && half.tag == 0 && half.ok == 4);
  in[0].u32 = 7, out.buffer = (witrt_buffer_t){&half, sizeof half};
  CHECK(call_with(g, "halve", &u32, 1, in, &halved, &out) && half.tag == 1);

  witrt_field_t wide[9];
  const char* letters[] = {"a", "é", "", "🦀", "e", "f", "g", "h"};
  for (int i = 0; i < 8; i++) wide[i] = text_plain, in[i].text = text_of(letters[i]);
  wide[8] = (witrt_field_t)WITRT_PLAIN(WASM_U64), in[8].u64 = UINT64_MAX, out = (witrt_slot_t)ROOM;
  CHECK(call_with(g, "wide", wide, 9, in, &text_plain, &out));
  CHECK(is(out.text, "a,é,,🦀,e,f,g,h,18446744073709551615"));
}

static void resources(guest_t* g) {
  witrt_field_t own = WITRT_PLAIN(WASM_OWN), borrow = WITRT_PLAIN(WASM_BORROW);
  witrt_field_t u32 = WITRT_PLAIN(WASM_U32);
  witrt_slot_t in[2] = {{.text = text_of("first")}}, out;
  CHECK(call_with(g, "[constructor]logbook", &text_plain, 1, in, &own, &out));
  wasm_resource_t* a = out.resource;
  in[0].text = text_of("second ß");
  CHECK(call_with(g, "[constructor]logbook", &text_plain, 1, in, &own, &out));
  wasm_resource_t* b = out.resource;
  witrt_field_t add[] = {borrow, text_plain}, merge[] = {own, borrow};
  in[0].resource = a, in[1].text = text_of("one");
  CHECK(call_with(g, "[method]logbook.add", add, 2, in, &u32, &out) && out.u32 == 1);
  CHECK(call_with(g, "live", NULL, 0, NULL, &u32, &out) && out.u32 == 2);
  in[0].resource = a, in[1].resource = b;
  CHECK(call_with(g, "[static]logbook.merge", merge, 2, in, &own, &out));
  wasm_resource_t* merged = out.resource;
  wasm_resource_delete(a);
  in[0].resource = merged, out = (witrt_slot_t)ROOM;
  CHECK(call_with(g, "[method]logbook.text", &borrow, 1, in, &text_plain, &out));
  CHECK(is(out.text, "first\none\n--\nsecond ß"));
  wasm_resource_delete(merged);
  wasm_resource_delete(b);
  CHECK(call_with(g, "live", NULL, 0, NULL, &u32, &out) && out.u32 == 0);
}

static void hosts(guest_t* g, bool wide) {
  witrt_slot_t in = {.text = text_of("straße")}, out = ROOM;
  logged[0] = 0;
  CHECK(call_with(g, "run", &text_plain, 1, &in, &text_plain, &out));
  CHECK(is(out.text, wide
    ? "answer to straße [12 174] some found straße ok 1,-2 6,0 18446744073709551615 sink 610"
    : "answer to straße [7 45] some found straße ok 1,-2 6,0 18446744073709551615 sink 610"));
  CHECK(!strcmp(logged, "log 1 straße\nlog 2 answer to straße\nsink straße straße\ndropped straße\n"));
  in.text = text_of("x"), out = (witrt_slot_t)ROOM;
  CHECK(call_with(g, "run", &text_plain, 1, &in, &text_plain, &out));
  CHECK(is(out.text, wide ? "answer to x [2 120] none err no x 18446744073709551615 sink 110"
                          : "answer to x [1 120] none err no x 18446744073709551615 sink 110"));
  CHECK_EQ(open_sinks, 0);
}

static void* take(void* env, size_t size) {
  size_t* asked = env;
  *asked = size;
  return size <= sizeof memory ? memory : NULL;
}
static void* refuse(void* env, size_t size) {
  *(size_t*)env = size;
  return NULL;
}

/* Room of every size: what there is too little room for is kept. */
static void rooms(guest_t* g) {
  witrt_text_t tags[] = {text_of("a"), text_of("🦀")};
  person_t zoe = {.name = text_of("Zoë"), .age = 41, .tags = {tags, 2}, .home = {true, {3, 4}}};
  witrt_slot_t in = {.value = &zoe}, out;
  witrt_error_t* error;
  witrt_prepared_t* birthday = witrt_func_prepare_fields(find(g, "birthday"), &person, 1, &person, 1, NULL);
  REQUIRE(birthday);
  size_t needed = 0, asked = 0, small = 0;
  for (size_t size = 0; size < 1000; size++) {
    memset(memory, 0x55, sizeof memory);
    out.buffer = (witrt_buffer_t){memory, size};
    bool done = witrt_prepared_call(birthday, &in, &out, &error);
    size_t left = size;
    while (left < sizeof memory && memory[left] == 0x55) left++;
    CHECK_EQ(left, sizeof memory);
    if (!done) {
      CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_BUFFER_TOO_SMALL);
      CHECK(witrt_error_capacity(error, &needed) && needed > size);
      witrt_error_delete(error);
      small++;
      /* Still too small; then there is enough. */
      out.buffer = (witrt_buffer_t){memory, size};
      CHECK(!witrt_prepared_take(birthday, 0, &out, NULL));
      out.buffer = (witrt_buffer_t){memory, needed};
      CHECK(witrt_prepared_take(birthday, 0, &out, NULL));
    }
    const person_t* older = out.span.data;
    CHECK(is(older->name, "Zoë") && older->age == 42 && is(older->tags.data[2], "older é"));
    CHECK(!witrt_prepared_take(birthday, 0, &out, NULL));
  }
  CHECK_EQ(small, needed);
  out.buffer = (witrt_buffer_t){memory + 1, 1000};
  CHECK(!witrt_prepared_call(birthday, &in, &out, &error));
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_OUT_OF_RANGE);
  witrt_error_delete(error);
  witrt_prepared_delete(birthday);

  /* Room that a function makes: once, and for all of it. */
  witrt_field_t grown = WITRT_GROWN(&person);
  birthday = witrt_func_prepare_fields(find(g, "birthday"), &person, 1, &grown, 1, NULL);
  REQUIRE(birthday);
  out.grow = (witrt_grow_t){take, &asked};
  CHECK(witrt_prepared_call(birthday, &in, &out, NULL));
  CHECK(asked == needed && out.span.size == needed && out.span.data == memory);
  CHECK(is(((const person_t*)out.span.data)->name, "Zoë"));
  out.grow = (witrt_grow_t){refuse, &asked};
  CHECK(!witrt_prepared_call(birthday, &in, &out, &error));
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_OUT_OF_MEMORY);
  witrt_error_delete(error);
  out.grow = (witrt_grow_t){take, &asked};
  CHECK(witrt_prepared_take(birthday, 0, &out, NULL) && is(((const person_t*)out.span.data)->name, "Zoë"));
  witrt_prepared_delete(birthday);

  /* As a tree, and of one. */
  witrt_field_t val = WITRT_PLAIN(WITRT_SLOT_VAL);
  CHECK(call_with(g, "birthday", &person, 1, &in, &val, &out));
  CHECK(out.val.kind == WASM_RECORD && out.val.of.fields->data[1].of.u8 == 42);
  witrt_slot_t again = {.val = out.val}, old = ROOM;
  CHECK(call_with(g, "birthday", &val, 1, &again, &person, &old));
  CHECK(((const person_t*)memory)->age == 43);
  wasm_val_delete(&out.val);

  /* Text, which is kept as a string too. */
  witrt_prepared_t* join = witrt_func_prepare_fields(
    find(g, "join"), (witrt_field_t[]){texts, maybe_text}, 2, &text_plain, 1, NULL);
  REQUIRE(join);
  maybe_text_t none = {false, {0}};
  witrt_slot_t parts[] = {{.span = {tags, 2}}, {.value = &none}};
  out.buffer = (witrt_buffer_t){memory, 1};
  CHECK(!witrt_prepared_call(join, parts, &out, NULL));
  CHECK(out.text.size > 1);
  out.buffer = (witrt_buffer_t){memory, out.text.size};
  CHECK(witrt_prepared_take(join, 0, &out, NULL) && is(out.text, "a|🦀"));
  out.buffer = (witrt_buffer_t){memory, 1};
  CHECK(!witrt_prepared_call(join, parts, &out, NULL));
  wasm_string_t* kept = witrt_prepared_take_result(join, 0);
  CHECK(wasm_string_length(kept, WASM_UTF32) == 3);
  wasm_string_delete(kept);
  witrt_prepared_delete(join);
}

/* Lists that lie in a struct, and have one length. */
static bool fails_with(guest_t* g, const char* name, const witrt_field_t* param, witrt_slot_t in,
                       const witrt_field_t* result, witrt_slot_t out, const char* message) {
  witrt_error_t* error = NULL;
  witrt_prepared_t* prepared = witrt_func_prepare_fields(find(g, name), param, 1, result, 1, NULL);
  REQUIRE(prepared);
  bool done = witrt_prepared_call(prepared, &in, &out, &error);
  bool told = !done && witrt_error_kind(error) == WITRT_ERROR_OUT_OF_RANGE && !strcmp(witrt_error_message(error), message);
  if (!done && !told) fprintf(stderr, "  %s\n", witrt_error_message(error));
  witrt_error_delete(error);
  witrt_prepared_delete(prepared);
  return told;
}
typedef struct {
  witrt_text_t name, tags[3];
  uint8_t age;
  maybe_point_t home;
} tagged_t;
static void arrays(guest_t* g) {
  double numbers[4] = {1, 2, 3, 0.5};
  witrt_field_t four = WITRT_ARRAY(double[4], &f64_element), f64 = WITRT_PLAIN(WASM_F64);
  witrt_slot_t in = {.value = numbers}, out;
  CHECK(call_with(g, "sum", &four, 1, &in, &f64, &out) && out.f64 == 6.5);
  uint8_t back[3] = {0};
  witrt_field_t three = WITRT_ARRAY(uint8_t[3], &bytes_element);
  in.value = "abc", out.buffer = (witrt_buffer_t){back, sizeof back};
  CHECK(call_with(g, "reverse-bytes", &three, 1, &in, &three, &out) && !memcmp(back, "cba", 3));
  CHECK(out.span.data == back && out.span.size == 3);
  out.buffer = (witrt_buffer_t){back, sizeof back};
  in.span = (witrt_span_t){"ab", 2};
  CHECK(fails_with(g, "reverse-bytes", &bytes, in, &three, out, "result: expected 3 elements, found 2"));
  in.span = (witrt_span_t){NULL, 0};
  CHECK(fails_with(g, "reverse-bytes", &bytes, in, &three, out, "result: expected 3 elements, found 0"));
  in.span = (witrt_span_t){"abcd", 4};
  CHECK(fails_with(g, "reverse-bytes", &bytes, in, &three, out, "result: expected 3 elements, found 4"));
  witrt_field_t grown = WITRT_GROWN(&three);
  in.value = "xyz", out.grow = (witrt_grow_t){take, &(size_t){0}};
  CHECK(call_with(g, "reverse-bytes", &three, 1, &in, &grown, &out) && !memcmp(memory, "zyx", 3));
  point_t both[2];
  witrt_field_t two = WITRT_ARRAY(point_t[2], &point), u32 = WITRT_PLAIN(WASM_U32);
  in.u32 = 2, out.buffer = (witrt_buffer_t){both, sizeof both};
  CHECK(call_with(g, "path", &u32, 1, &in, &two, &out) && both[0].x == 0 && both[1].y == 1);
  /* In a record, of text. */
  witrt_field_t texts3 = WITRT_ARRAY(witrt_text_t[3], &text_element);
  witrt_field_t fields[] = {
    WITRT_FIELD(tagged_t, name, encoding), WITRT_FIELD(tagged_t, age, WASM_U8),
    WITRT_FIELD_AS(tagged_t, tags, &texts3), WITRT_FIELD_AS(tagged_t, home, &maybe_point)};
  witrt_field_t tagged = WITRT_RECORD(tagged_t, fields);
  witrt_text_t tags[] = {text_of("a"), text_of("🦀")};
  person_t zoe = {.name = text_of("Zoë"), .age = 41, .tags = {tags, 2}, .home = {true, {3, 4}}};
  in.value = &zoe, out = (witrt_slot_t)ROOM;
  CHECK(call_with(g, "birthday", &person, 1, &in, &tagged, &out));
  tagged_t* older = (void*)memory;
  CHECK(is(older->name, "Zoë") && is(older->tags[1], "🦀") && is(older->tags[2], "older é") && older->age == 42);
  /* What it points to stays in the room. */
  tagged_t copy = *older;
  _Alignas(8) char more[1000];
  in.value = &copy, out.buffer = (witrt_buffer_t){more, sizeof more};
  CHECK(fails_with(g, "birthday", &tagged, in, &tagged, out, "result, field \"tags\": expected 3 elements, found 4"));
  CHECK(call_with(g, "birthday", &tagged, 1, &in, &person, &out) && ((person_t*)(void*)more)->tags.size == 4);
  /* An element that is not there is told by its place. */
  copy.tags[1].data = NULL, out.buffer = (witrt_buffer_t){more, sizeof more};
  witrt_prepared_t* birthday = witrt_func_prepare_fields(find(g, "birthday"), &tagged, 1, &person, 1, NULL);
  REQUIRE(birthday);
  witrt_error_t* error = NULL;
  CHECK(!witrt_prepared_call(birthday, &in, &out, &error));
  CHECK(strstr(witrt_error_message(error), "parameter 0 (\"p\"), field \"tags\", element 1: data"));
  witrt_error_delete(error);
  witrt_prepared_delete(birthday);
}

/* What is wrong with values is told before anything runs. */
static void mistakes(guest_t* g) {
  witrt_prepared_t* birthday = witrt_func_prepare_fields(find(g, "birthday"), &person, 1, &person, 1, NULL);
  witrt_prepared_t* area = witrt_func_prepare_fields(find(g, "area"), &shape, 1, &maybe_f64, 1, NULL);
  REQUIRE(birthday && area);
  witrt_text_t tags[] = {text_of("a"), {NULL, 3}};
  person_t zoe = {.name = text_of("Zoë"), .tags = {tags, 2}};
  witrt_slot_t in = {.value = &zoe}, out = ROOM;
  shape_t wrong = {.tag = 4};
  witrt_error_t* error;
#define FAILS(prepared, kind, message)                                      \
  do {                                                                      \
    CHECK(!witrt_prepared_call(prepared, &in, &out, &error));               \
    CHECK_EQ(witrt_error_kind(error), kind);                                \
    if (!CHECK(strstr(witrt_error_message(error), message)))                \
      fprintf(stderr, "  %s\n", witrt_error_message(error));                \
    witrt_error_delete(error);                                              \
    out = (witrt_slot_t)ROOM;                                               \
  } while (0)
  FAILS(birthday, WITRT_ERROR_NULL_POINTER, "parameter 0 (\"p\"), field \"tags\", element 1: data");
  tags[1] = text_of("b"), zoe.tags.data = NULL;
  FAILS(birthday, WITRT_ERROR_NULL_POINTER, "parameter 0 (\"p\"), field \"tags\": data");
  zoe.tags.data = (const witrt_text_t*)((const char*)tags + 1);
  FAILS(birthday, WITRT_ERROR_OUT_OF_RANGE, "parameter 0 (\"p\"), field \"tags\": `data` is not aligned");
  zoe.tags = (texts_t){tags, SIZE_MAX / 2};
  FAILS(birthday, WITRT_ERROR_OUT_OF_RANGE, "parameter 0 (\"p\"), field \"tags\": `data` cannot have");
  *(uint8_t*)&zoe.home.some = 2, zoe.tags.size = 0;
  FAILS(birthday, WITRT_ERROR_OUT_OF_RANGE, "parameter 0 (\"p\"), field \"home\": there is no case 2");
  in.value = NULL;
  FAILS(birthday, WITRT_ERROR_NULL_POINTER, "parameter 0 (\"p\"): `value`");
  in.value = &wrong;
  FAILS(area, WITRT_ERROR_OUT_OF_RANGE, "parameter 0 (\"s\"): there is no case 4");
  witrt_prepared_delete(birthday);
  witrt_prepared_delete(area);
  /* In the same words whichever way the text lies, and whatever is wrong with it. */
  witrt_slot_kind_t utf8 = WITRT_SLOT_UTF8;
  witrt_field_t plain = WITRT_PLAIN(WITRT_SLOT_UTF8);
  witrt_prepared_t* greets[] = {
    witrt_func_prepare(find(g, "greet"), &utf8, 1, &utf8, 1, NULL),
    witrt_func_prepare_fields(find(g, "greet"), &plain, 1, &plain, 1, NULL)};
  for (int i = 0; i < 2; i++) {
    REQUIRE(greets[i]);
    in.text = (witrt_text_t){NULL, 3}, out = (witrt_slot_t)ROOM;
    FAILS(greets[i], WITRT_ERROR_NULL_POINTER, "parameter 0 (\"name\"): ");
    in.text = (witrt_text_t){"a\xff", 2};
    FAILS(greets[i], WITRT_ERROR_BAD_TEXT, "parameter 0 (\"name\"): ill-formed text: ");
    witrt_prepared_delete(greets[i]);
  }
}

/* A call that traps: the last one of its instance. */
static void traps(guest_t* g, const char* name, const witrt_field_t* param, witrt_slot_t in, const witrt_field_t* result) {
  witrt_prepared_t* prepared = witrt_func_prepare_fields(find(g, name), param, 1, result, 1, NULL);
  REQUIRE(prepared);
  witrt_slot_t out = ROOM;
  witrt_error_t* error;
  CHECK(!witrt_prepared_call(prepared, &in, &out, &error));
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_TRAP);
  witrt_error_delete(error);
  witrt_prepared_delete(prepared);
}

/* Small ones, with text in each encoding. */
static void small(wasm_engine_t* engine) {
  witrt_field_t u32 = WITRT_PLAIN(WASM_U32), s64 = WITRT_PLAIN(WASM_S64);
  const struct {
    const char* file;
    uint32_t units;
  } all[] = {
    {"solo-utf8", 7}, {"solo-utf16", 4}, {"mini-utf8", 7}, {"mini-utf16", 4}, {"mini-compact-utf16", 4},
  };
  for (size_t i = 0; i < COUNT(all); i++) {
    guest_t g;
    char file[50];
    snprintf(file, sizeof file, "wat/%s.wasm", all[i].file);
    start(&g, engine, file);
    witrt_slot_t in = {.text = text_of("aé🦀")}, out = ROOM;
    CHECK(call_with(&g, "echo", &text_plain, 1, &in, &text_plain, &out) && is(out.text, "aé🦀"));
    CHECK(call_with(&g, "units", &text_plain, 1, &in, &u32, &out) && out.u32 == all[i].units);
    if (i < 2) {
      int32_t numbers[] = {1, -2, INT32_MAX};
      point_t at = {3, 4}, mirrored;
      in.span = (witrt_span_t){numbers, 3};
      CHECK(call_with(&g, "sum", &s32s, 1, &in, &s64, &out) && out.s64 == 2147483646);
      in.value = &at, out.buffer = (witrt_buffer_t){&mirrored, sizeof mirrored};
      CHECK(call_with(&g, "mirror", &point, 1, &in, &point, &out));
      CHECK(mirrored.x == -3 && mirrored.y == 4);
    } else {
      CHECK(call_with(&g, "tag", &text_plain, 1, &in, &u32, &out) && out.u32 == (i == 4));
      in.text = text_of("é"), out = (witrt_slot_t)ROOM;
      CHECK(call_with(&g, "relay", &text_plain, 1, &in, &text_plain, &out) && is(out.text, "answer to é"));
      /* The same bytes are text in some of them. */
      in.u32 = 0, out = (witrt_slot_t)ROOM;
      if (i != 3) CHECK(call_with(&g, "bad", &u32, 1, &in, &text_plain, &out) && is(out.text, "A"));
      in.u32 = 3;
      traps(&g, "bad", &u32, in, &text_plain);
    }
    all_called(&g);
    finish(&g);
  }
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  /* In each pair the second one has UTF-16. Some are core modules. */
  const char* guests[] = {"c/guest-utf8.wasm", "c/guest-utf16.wasm", "c/core-utf8.wasm",
                          "c/core-utf16.wasm", "c/plain-utf8.wasm", "c/plain-utf16.wasm"};
  const witrt_slot_kind_t kinds[] = {WITRT_SLOT_UTF8, WITRT_SLOT_UTF16, WITRT_SLOT_UTF32};
  for (size_t i = 0; i < COUNT(guests) * COUNT(kinds); i++) {
    pooled = 0;
    size_t file = i % COUNT(guests);
    describe(kinds[i / COUNT(guests)]);
    guest_t g;
    start(&g, engine, guests[file]);
    text(&g);
    if (file < 4) {
      scalars(&g);
      shapes(&g);
      records(&g);
      apart(&g);
      lists(&g);
      resources(&g);
      hosts(&g, file % 2);
      rooms(&g);
      arrays(&g);
      mistakes(&g);
      witrt_field_t u32 = WITRT_PLAIN(WASM_U32);
      traps(&g, "boom", &text_plain, (witrt_slot_t){.text = text_of("x")}, &u32);
    }
    all_called(&g);
    finish(&g);
    if (file == 0) {
      pooled = 0;
      small(engine);
    }
  }
  wasm_engine_delete(engine);
  return check_result();
}
