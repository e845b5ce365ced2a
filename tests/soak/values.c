/* Components, faces and WASI, by the million: values of every kind, both ways, with
 * resources of either side, traps and mistakes between them; and instances made and
 * thrown away.
 *
 *   soak_values CALLS INSTANCES
 *
 * What is measured is in soak.h. */

#include <uchar.h>

#include "../capi/text.h"
#include "soak.h"
#include "witrt.h"

enum { CALLS_PER_STORE = 20000, INSTANCES_PER_STORE = 100, BOOKS = 4 };

static wasm_engine_t* engine;
static wasm_store_t* store;

static wasm_byte_vec_t file(const char* name) {
  char path[1000];
  snprintf(path, sizeof path, MODULES "/%s", name);
  FILE* f = fopen(path, "rb");
  REQUIRE(f);
  wasm_byte_vec_t bytes;
  wasm_byte_vec_new_uninitialized(&bytes, 200000);
  bytes.size = fread(bytes.data, 1, bytes.size, f);
  fclose(f);
  return bytes;
}

/* What is compiled once, and used in every store. */
static wasm_shared_module_t* shared(const char* name, const char* face) {
  wasm_store_t* first = wasm_store_new(engine);
  wasm_byte_vec_t bytes = file(name), told = {0, NULL};
  if (face) told = file(face);
  wasm_module_t* module = face
    ? witrt_module_attach(engine, bytes.data, bytes.size, told.data, told.size, NULL)
    : wasm_module_new(first, &bytes);
  REQUIRE(module);
  wasm_shared_module_t* result = wasm_module_share(module);
  wasm_module_delete(module);
  wasm_byte_vec_delete(&told);
  wasm_byte_vec_delete(&bytes);
  wasm_store_delete(first);
  return result;
}

/* The host that the guests import. */
static int sinks;
static void end_sink(void* data) { (void)data, sinks--; }

static wasm_trap_t* host(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  static const uint8_t digest[] = {1, 2};
  static const wasm_list_t list = WASM_LIST_OF(WASM_U8, digest, 2);
  static wasm_string_t answer = WASM_STRING_LIT("an answer");
  static wasm_variant_t failure = {1, {.kind = WASM_STRING, .of = {.string = &answer}}};
  const char* name = env;
  wasm_val_t* result = results->data;
  if (!strcmp(name, "ask")) {
    /* Its own, or what it was given. */
    result->of.string = below(2) ? &answer : args->data[0].of.string;
  } else if (!strcmp(name, "digest")) {
    result->of.list = below(2) ? &list : args->data[0].of.list;
  } else if (!strcmp(name, "find")) {
    result->of.option = below(2) ? &args->data[0] : NULL;
  } else if (!strcmp(name, "lookup")) {
    result->of.variant = &failure;
  } else if (!strcmp(name, "now")) {
    result->of.u64 = below(1000);
  } else if (!strcmp(name, "[constructor]sink")) {
    sinks++;
    result->of.resource = wasm_resource_new(NULL, end_sink, NULL);
  } else if (!strcmp(name, "[method]sink.write")) {
    /* Now and then the host fails, with handles of both sides in use. */
    if (below(16) == 0) return wasm_trap_new(store, NULL);
    result->of.u32 = (uint32_t)wasm_string_length(args->data[1].of.string, WASM_UTF16);
  } else if (!strcmp(name, "[static]sink.open-sinks")) {
    result->of.u32 = (uint32_t)sinks;
  } else {
    RIGHT(!strcmp(name, "log"));
  }
  return NULL;
}

static wasm_instance_t* instantiate(wasm_shared_module_t* of) {
  wasm_module_t* module = wasm_module_obtain(store, of);
  wasm_importtype_vec_t types;
  wasm_module_imports(module, &types);
  wasm_extern_vec_t imports;
  wasm_extern_vec_new_uninitialized(&imports, types.size);
  for (size_t i = 0; i < types.size; i++) {
    const wasm_name_t* name = wasm_importtype_name(types.data[i]);
    char* env = calloc(1, name->size + 1);
    memcpy(env, name->data, name->size);
    const wasm_functype_t* type = wasm_externtype_as_functype_const(wasm_importtype_type(types.data[i]));
    imports.data[i] = wasm_func_as_extern(wasm_func_new_with_env(store, type, host, env, free));
  }
  wasm_instance_t* instance = wasm_instance_new(store, module, &imports, NULL);
  REQUIRE(instance);
  wasm_extern_vec_delete(&imports);
  wasm_importtype_vec_delete(&types);
  wasm_module_delete(module);
  return instance;
}

enum { GREET, SUM, REVERSE, WORDS, WIDE, MAYBE, GROW, RUN, BOOM, MAKE, ADD, TEXT, LIVE, FUNCS };
static const char* const names[FUNCS] = {"greet", "sum", "reverse-bytes", "words", "wide", "maybe", "grow", "run",
  "boom", "[constructor]logbook", "[method]logbook.add", "[method]logbook.text", "live"};
enum { F_GREET, F_REVERSE, F_PARSE, F_BOOM, F_LIVE, F_FUNCS };
static const char* const face_names[F_FUNCS] = {"greet", "reverse-bytes", "parse", "boom", "live-bytes"};

static wasm_shared_module_t *components[2], *attached;
static wasm_instance_t *instance, *face;
static wasm_extern_t *found[FUNCS], *face_found[F_FUNCS];
static wasm_resource_t* books[BOOKS];
static witrt_prepared_t *birthday, *path;

static wasm_extern_t* export(wasm_instance_t* of, const char* name) {
  wasm_extern_t* is = witrt_instance_export(of, name, strlen(name));
  REQUIRE(is);
  return is;
}

typedef struct {
  int32_t x, y;
} point_t;
typedef struct {
  witrt_text_t name;
  struct {
    const witrt_text_t* data;
    size_t size;
  } tags;
  point_t home;
  uint8_t age;
  bool is_at_home;
} person_t;

static const witrt_field_t point_fields[] = {WITRT_FIELD(point_t, x, WASM_S32), WITRT_FIELD(point_t, y, WASM_S32)};
static const witrt_field_t point = WITRT_RECORD(point_t, point_fields), points = WITRT_LIST(&point);
static const witrt_field_t text_field = WITRT_VALUE(witrt_text_t, WITRT_SLOT_UTF16), texts = WITRT_LIST(&text_field);
static const witrt_field_t at_home[] = {WITRT_FIELD_AS(person_t, home, &point)};
static const witrt_field_t person_fields[] = {WITRT_FIELD(person_t, name, WITRT_SLOT_UTF16),
  WITRT_FIELD(person_t, age, WASM_U8), WITRT_FIELD_AS(person_t, tags, &texts),
  WITRT_OPTION(person_t, is_at_home, at_home)};
static const witrt_field_t person = WITRT_RECORD(person_t, person_fields);
static const witrt_field_t count_field = WITRT_PLAIN(WASM_U32);

static void begin(void) {
  instance = instantiate(components[below(2)]);
  for (int i = 0; i < FUNCS; i++) found[i] = export(instance, names[i]);
  wasm_extern_t *of_birthday = export(instance, "birthday"), *of_path = export(instance, "path");
  birthday = witrt_func_prepare_fields(wasm_extern_as_func(of_birthday), &person, 1, &person, 1, NULL);
  path = witrt_func_prepare_fields(wasm_extern_as_func(of_path), &count_field, 1, &points, 1, NULL);
  REQUIRE(birthday && path);
  wasm_extern_delete(of_birthday), wasm_extern_delete(of_path);
}

static void end(void) {
  for (int i = 0; i < BOOKS; i++) wasm_resource_delete(books[i]), books[i] = NULL;
  witrt_prepared_delete(birthday), witrt_prepared_delete(path);
  for (int i = 0; i < FUNCS; i++) wasm_extern_delete(found[i]);
  wasm_instance_delete(instance);
}

static bool call(wasm_extern_t* of, wasm_val_t* arg, size_t count, wasm_val_t* result) {
  wasm_val_vec_t args = {count, arg}, results = {1, result};
  witrt_error_t* error = NULL;
  bool good = witrt_func_call(wasm_extern_as_func(of), &args, &results, &error);
  RIGHT(good == (error == NULL));
  witrt_error_delete(error);
  return good;
}

static const struct { const char* text; size_t size, words; } samples[] = {
  {"", 0, 1}, {"a", 1, 1}, {"plain ascii text of middling length, for the wide loops of the kernels", 70, 13},
  {"na\xc3\xafve caf\xc3\xa9", 12, 2}, {"\xe6\xbc\xa2 \xe5\xad\x97", 7, 2}, {"x\xf0\x9f\xa6\x80 y", 7, 2},
};

/* One of them, in either encoding. */
static unsigned some(wasm_string_t* text) {
  static char16_t wide[8][128];
  static unsigned next;
  unsigned i = below(sizeof samples / sizeof *samples);
  char16_t* room = wide[next++ % 8];
  *text = (wasm_string_t)WASM_STRING_UTF8(samples[i].text, samples[i].size);
  if (below(2)) *text = (wasm_string_t)WASM_STRING_UTF16(room, utf16_of(samples[i].text, samples[i].size, room));
  return i;
}

/* Whether a text is this one, with something before and after. */
static bool is(const wasm_string_t* text, const char* before, unsigned i, const char* after) {
  char room[300], wanted[300];
  size_t size = 0, b = strlen(before), a = strlen(after);
  memcpy(wanted, before, b), memcpy(wanted + b, samples[i].text, samples[i].size);
  memcpy(wanted + b + samples[i].size, after, a);
  size_t all = b + samples[i].size + (*after ? a : 0);
  return wasm_string_read(text, WASM_UTF8, room, sizeof room, &size) && size >= all && memcmp(room, wanted, all) == 0;
}

static void persons(void) {
  static const char16_t name[] = u"Zo\u00eb", *const tags[] = {u"baker", u"\U0001F980"};
  witrt_text_t tag[] = {{tags[0], 5}, {tags[1], 2}};
  person_t in = {.name = {name, 3}, .tags = {tag, below(3)}, .age = (uint8_t)below(256), .is_at_home = below(2)};
  in.home.x = (int32_t)below(100);
  /* Sometimes there is too little room, and what came is taken afterwards, or not. */
  uint64_t room[60];
  witrt_slot_t arg = {.value = &in}, result = {.buffer = {room, below(8) ? sizeof room : 24}};
  size_t capacity = result.buffer.capacity;
  witrt_error_t* error = NULL;
  bool good = witrt_prepared_call(birthday, &arg, &result, &error);
  RIGHT(good == (capacity > 24));
  witrt_error_delete(error);
  if (!good) {
    if (below(2)) return;
    result = (witrt_slot_t){.buffer = {room, sizeof room}};
    RIGHT(witrt_prepared_take(birthday, 0, &result, NULL));
  }
  const person_t* out = result.span.data;
  RIGHT(out->age == (uint8_t)(in.age + 1) && out->name.size == 3 && memcmp(out->name.data, name, 6) == 0);
  RIGHT(out->tags.size == in.tags.size + 1 && out->is_at_home == in.is_at_home);
  for (size_t i = 0; i < in.tags.size; i++) RIGHT(memcmp(out->tags.data[i].data, tags[i], 2 * tag[i].size) == 0);
  if (in.is_at_home) RIGHT(out->home.x == -in.home.x);
}

static void lists(void) {
  static uint8_t bytes[3000];
  static double numbers[300];
  wasm_val_t result = WASM_INIT_VAL, arg;
  if (below(2)) {
    size_t size = below(sizeof bytes);
    for (size_t i = 0; i < size; i++) bytes[i] = (uint8_t)(i * 7 + size);
    wasm_list_t list = WASM_LIST_OF(WASM_U8, bytes, size);
    arg = (wasm_val_t)WASM_LIST_VAL(&list);
    RIGHT(call(below(2) ? found[REVERSE] : face_found[F_REVERSE], &arg, 1, &result));
    RIGHT(result.of.list->size == size);
    for (size_t i = 0; i < size; i += 97) RIGHT(((const uint8_t*)result.of.list->data)[i] == bytes[size - 1 - i]);
    wasm_val_delete(&result);
  } else {
    wasm_list_t list = WASM_LIST_OF(WASM_F64, numbers, below(300));
    double sum = 0;
    for (size_t i = 0; i < list.size; i++) sum += numbers[i] = below(100);
    arg = (wasm_val_t)WASM_LIST_VAL(&list);
    RIGHT(call(found[SUM], &arg, 1, &result) && result.of.f64 == sum);
    point_t room[50];
    witrt_slot_t n = {.u32 = below(50)}, out = {.buffer = {room, sizeof room}};
    uint32_t count = n.u32;
    RIGHT(witrt_prepared_call(path, &n, &out, NULL) && out.span.size == count);
    for (uint32_t i = 0; i < count; i++) RIGHT(room[i].x == (int)i && room[i].y == (int)(i * i));
  }
}

static void trees(void) {
  wasm_string_t text;
  unsigned i = some(&text);
  wasm_val_t given = WASM_STRING_VAL(&text), result = WASM_INIT_VAL, arg;
  switch (below(3)) {
    case 0: {
      RIGHT(call(found[WORDS], &given, 1, &result) && result.of.list->size == samples[i].words);
      break;
    }
    case 1: {
      arg = below(2) ? (wasm_val_t)WASM_SOME_VAL(&given) : (wasm_val_t)WASM_NONE_VAL;
      RIGHT(call(found[MAYBE], &arg, 1, &result));
      const wasm_val_t* inner = result.of.option;
      RIGHT((inner != NULL) == (arg.of.option != NULL));
      if (inner && inner->of.option) RIGHT(is(inner->of.option->of.string, "", i, ""));
      break;
    }
    default: {
      wasm_variant_t named = {3, given};
      arg = (wasm_val_t)WASM_VARIANT_VAL(&named);
      RIGHT(call(found[GROW], &arg, 1, &result) && is(result.of.variant->val.of.string, "", i, "+"));
    }
  }
  wasm_val_delete(&result);
}

/* Made, lent, kept over other calls, and given back. */
static void resources(void) {
  wasm_resource_t** book = &books[below(BOOKS)];
  wasm_string_t text;
  unsigned i = some(&text);
  wasm_val_t arg[2] = {WASM_STRING_VAL(&text), WASM_STRING_VAL(&text)}, result = WASM_INIT_VAL;
  if (!*book) {
    RIGHT(call(found[MAKE], arg, 1, &result));
    *book = result.of.resource;
    return;
  }
  arg[0] = (wasm_val_t)WASM_BORROW_VAL(*book);
  if (below(2)) {
    RIGHT(call(found[ADD], arg, 2, &result));
    return;
  }
  RIGHT(call(found[TEXT], arg, 1, &result));
  wasm_val_delete(&result);
  wasm_resource_delete(*book);
  *book = NULL;
  unsigned live = 0;
  for (int b = 0; b < BOOKS; b++) live += books[b] != NULL;
  RIGHT(call(found[LIVE], NULL, 0, &result) && result.of.u32 == live);
  (void)i;
}

static void mistakes(void) {
  wasm_string_t bad = WASM_STRING_UTF8("ab\xff", 3), x = WASM_STRING_LIT("x");
  wasm_list_t absurd = WASM_LIST_OF(WASM_F64, NULL, SIZE_MAX / 2);
  wasm_val_t arg = WASM_STRING_VAL(&bad), result = WASM_INIT_VAL;
  switch (below(6)) {
    case 0: RIGHT(!call(found[GREET], &arg, 1, &result)); break;
    case 1: RIGHT(!call(found[SUM], &arg, 1, &result)); break;
    case 2: RIGHT(!call(found[WIDE], &arg, 1, &result)); break;
    case 3: arg = (wasm_val_t)WASM_LIST_VAL(&absurd); RIGHT(!call(found[SUM], &arg, 1, &result)); break;
    case 4:
      arg = (wasm_val_t)WASM_STRING_VAL(&x);
      RIGHT(!call(face_found[F_BOOM], &arg, 1, &result));
      break;
    default:
      /* The component is not entered again: the next instance. */
      arg = (wasm_val_t)WASM_STRING_VAL(&x);
      RIGHT(!call(found[BOOM], &arg, 1, &result));
      RIGHT(!call(found[LIVE], NULL, 0, &result));
      end(), begin();
  }
}

static void greet(wasm_extern_t* of) {
  wasm_string_t text;
  unsigned i = some(&text);
  wasm_val_t arg = WASM_STRING_VAL(&text), result = WASM_INIT_VAL;
  RIGHT(call(of, &arg, 1, &result) && is(result.of.string, "hello, ", i, "! ("));
  wasm_val_delete(&result);
}

static void faces(void) {
  wasm_string_t good = WASM_STRING_LIT("3,-4"), bad = WASM_STRING_LIT("x");
  bool fails = below(2);
  wasm_val_t arg = WASM_STRING_VAL(fails ? &bad : &good), result = WASM_INIT_VAL;
  RIGHT(call(face_found[F_PARSE], &arg, 1, &result) && result.of.variant->index == (uint32_t)fails);
  wasm_val_delete(&result);
  RIGHT(call(face_found[F_LIVE], NULL, 0, &result) && result.of.u32 == 0);
}

static void one_call(uint64_t i) {
  if (i % CALLS_PER_STORE == 0) {
    store = wasm_store_new(engine);
    begin();
    face = instantiate(attached);
    for (int f = 0; f < F_FUNCS; f++) face_found[f] = export(face, face_names[f]);
  }
  switch (below(16)) {
    case 0: case 1: case 2: lists(); break;
    case 3: case 4: trees(); break;
    case 5: case 6: persons(); break;
    case 7: case 8: resources(); break;
    case 9: greet(face_found[F_GREET]); break;
    case 10: faces(); break;
    case 11: if (below(8) == 0) mistakes(); break;
    case 12: {
      wasm_string_t text;
      some(&text);
      wasm_val_t arg = WASM_STRING_VAL(&text), result = WASM_INIT_VAL;
      /* Sometimes the host fails in it: that instance is done with. */
      if (call(found[RUN], &arg, 1, &result)) wasm_val_delete(&result);
      else end(), begin();
      break;
    }
    default: greet(found[GREET]);
  }
  if ((i + 1) % CALLS_PER_STORE == 0) {
    end();
    for (int f = 0; f < F_FUNCS; f++) wasm_extern_delete(face_found[f]);
    wasm_instance_delete(face);
    wasm_store_delete(store);
    RIGHT(sinks == 0);
  }
}

static wasm_shared_module_t *solo, *command;
static size_t printed;
static bool print(void* env, const wasm_byte_t* data, size_t size) {
  (void)env, (void)data;
  printed += size;
  return true;
}

/* An instance of a small component, of a large one, or of a command that prints. */
static void one_instance(uint64_t i) {
  if (i % INSTANCES_PER_STORE == 0) store = wasm_store_new(engine);
  if (below(50) == 0) {
    witrt_wasi_t* wasi = witrt_wasi_new();
    wasm_string_t name = WASM_STRING_LIT("probe"), what = WASM_STRING_LIT("args");
    RIGHT(witrt_wasi_push_arg(wasi, &name) && witrt_wasi_push_arg(wasi, &what));
    RIGHT(witrt_wasi_set_stdout_callback(wasi, print, below(2), NULL, NULL));
    RIGHT(witrt_wasi_set_stdin_bytes(wasi, "bytes", 5));
    RIGHT(witrt_store_set_wasi(store, wasi, NULL));
    witrt_wasi_delete(wasi);
    wasm_module_t* module = wasm_module_obtain(store, command);
    wasm_instance_t* of = wasm_instance_new(store, module, NULL, NULL);
    int32_t status = 1;
    size_t before = printed;
    RIGHT(of && witrt_instance_run(of, &status, NULL) && status == 0);
    wasm_instance_delete(of);
    wasm_module_delete(module);
    RIGHT(printed > before);
  } else {
    bool large = below(16) == 0;
    wasm_instance_t* of = instantiate(large ? components[below(2)] : solo);
    wasm_extern_t* echo = export(of, large ? "greet" : "echo");
    wasm_string_t text;
    unsigned sample = some(&text);
    wasm_val_t arg = WASM_STRING_VAL(&text), result = WASM_INIT_VAL;
    RIGHT(call(echo, &arg, 1, &result) && is(result.of.string, large ? "hello, " : "", sample, ""));
    wasm_val_delete(&result);
    wasm_extern_delete(echo);
    wasm_instance_delete(of);
  }
  if ((i + 1) % INSTANCES_PER_STORE == 0) wasm_store_delete(store);
}

int main(int argc, char** argv) {
  uint64_t calls = argc > 1 ? strtoull(argv[1], NULL, 10) : 400000;
  uint64_t instances = argc > 2 ? strtoull(argv[2], NULL, 10) : 20000;
  engine = wasm_engine_new();
  REQUIRE(engine);
  components[0] = shared("components/c/guest-utf8.wasm", NULL);
  components[1] = shared("components/c/guest-utf16.wasm", NULL);
  attached = shared("../attach/c-clang-nostdlib/guest.wasm", "../attach/c-clang-nostdlib/face.toml");
  solo = shared("components/wat/solo-utf16.wasm", NULL);
  command = shared("../wasi/probe.wasm", NULL);
  soak("calls", calls, CALLS_PER_STORE, one_call);
  soak("instances", instances, INSTANCES_PER_STORE, one_instance);
  CHECK_EQ(wrong, 0);
  wasm_shared_module_delete(components[0]), wasm_shared_module_delete(components[1]);
  wasm_shared_module_delete(attached), wasm_shared_module_delete(solo), wasm_shared_module_delete(command);
  wasm_engine_delete(engine);
  return check_result();
}
