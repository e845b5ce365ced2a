/* The host's own structs: described once, checked when a call is prepared, and from then
 * on read and written where they are. */

#include "common.h"

/* record person { name: string, age: u8, tags: list<string>, home: option<point> }, in
 * another order, with a member that the component does not know. */
typedef struct {
  int32_t x, y;
} point_t;
typedef struct {
  int visits;
  uint8_t age;
  bool is_at_home;
  point_t home;
  witrt_text_t name;
  struct {
    const witrt_text_t* data;
    size_t size;
  } tags;
} person_t;

static const witrt_field_t point_fields[] = {
  WITRT_FIELD(point_t, x, WASM_S32),
  WITRT_FIELD(point_t, y, WASM_S32),
};
static const witrt_field_t point = WITRT_RECORD(point_t, point_fields);
static const witrt_field_t points = WITRT_LIST(&point);
static const witrt_field_t text = WITRT_VALUE(witrt_text_t, WITRT_SLOT_UTF8);
static const witrt_field_t texts = WITRT_LIST(&text);
/* An option in the struct itself: its tag is one member, what it holds another. */
static const witrt_field_t at_home[] = {WITRT_FIELD_AS(person_t, home, &point)};
static const witrt_field_t person_fields[] = {
  WITRT_FIELD(person_t, name, WITRT_SLOT_UTF8),
  WITRT_FIELD(person_t, age, WASM_U8),
  WITRT_FIELD_AS(person_t, tags, &texts),
  WITRT_OPTION(person_t, is_at_home, at_home),
};
static const witrt_field_t person = WITRT_RECORD(person_t, person_fields);

#define KINDS "probe:guest/kinds@1.2.0#"

static witrt_prepared_t* prepare(
  wasm_instance_t* instance, const char* name, const witrt_field_t* param, const witrt_field_t* result) {
  wasm_extern_t* export = witrt_instance_export(instance, name, strlen(name));
  check(export != NULL, name);
  witrt_error_t* error;
  witrt_prepared_t* prepared =
    witrt_func_prepare_fields(wasm_extern_as_func(export), param, 1, result, 1, &error);
  if (!prepared) printf("refused: %s\n", witrt_error_message(error));
  witrt_error_delete(error);
  wasm_extern_delete(export);
  return prepared;
}

static void print(const person_t* p) {
  printf("%.*s, %d", (int)p->name.size, (const char*)p->name.data, p->age);
  for (size_t i = 0; i < p->tags.size; i++)
    printf(", %.*s", (int)p->tags.data[i].size, (const char*)p->tags.data[i].data);
  if (p->is_at_home) printf(", at %d,%d", p->home.x, p->home.y);
  putchar('\n');
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load_module(store, "../tests/modules/components/c/guest-utf16.wasm");
  /* What it imports is not called here. */
  witrt_linker_t* linker = witrt_linker_new();
  check(witrt_linker_define_unknown_as_traps(linker, store, module, NULL), "linker");
  wasm_instance_t* instance = witrt_linker_instantiate(linker, store, module, NULL);
  check(instance != NULL, "instance");

  /* A struct in, a struct out: it comes first in the room, what it points to behind it. */
  witrt_text_t tags[] = {{"baker", 5}, {"🦀", 4}};
  person_t zoe = {.age = 41, .is_at_home = true, .home = {3, 4}, .name = {"Zoë", 4}, .tags = {tags, 2}};
  witrt_prepared_t* birthday = prepare(instance, KINDS "birthday", &person, &person);
  uint64_t room[40];
  witrt_slot_t in = {.value = &zoe}, out = {.buffer = {room, sizeof room}};
  check(witrt_prepared_call(birthday, &in, &out, NULL), "birthday");
  print(out.span.data);

  /* Too little room: the error tells how much it takes, and nothing is lost. */
  witrt_error_t* error;
  size_t needed = 0;
  out.buffer = (witrt_buffer_t){room, 16};
  if (!witrt_prepared_call(birthday, &in, &out, &error) && witrt_error_capacity(error, &needed)) {
    printf("more than 16 bytes: %d\n", needed > 16);
    witrt_error_delete(error);
    out.buffer = (witrt_buffer_t){malloc(needed), needed};
    check(witrt_prepared_take(birthday, 0, &out, NULL), "take");
    print(out.span.data);
    free((void*)out.span.data);
  }

  /* Structs that lie as the component's do are copied as they are. */
  static const witrt_field_t count = WITRT_PLAIN(WASM_U32);
  witrt_prepared_t* path = prepare(instance, KINDS "path", &count, &points);
  point_t all[4];
  in.u32 = 4, out.buffer = (witrt_buffer_t){all, sizeof all};
  check(witrt_prepared_call(path, &in, &out, NULL), "path");
  for (size_t i = 0; i < out.span.size; i++) printf("%d,%d ", all[i].x, all[i].y);
  putchar('\n');

  /* A description that does not fit is refused when the call is prepared. */
  static const witrt_field_t wrong_fields[] = {
    WITRT_FIELD(point_t, x, WASM_S32),
    WITRT_FIELD(point_t, y, WASM_U32),
  };
  static const witrt_field_t wrong = WITRT_RECORD(point_t, wrong_fields), wrongs = WITRT_LIST(&wrong);
  check(prepare(instance, KINDS "path", &count, &wrongs) == NULL, "wrong");

  witrt_prepared_delete(path);
  witrt_prepared_delete(birthday);
  wasm_instance_delete(instance);
  witrt_linker_delete(linker);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
