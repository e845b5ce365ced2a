/* Host functions whose values are described, and what functions of the host's make: what
 * is lent, what is returned when, what is lost when something fails half way. */

#include "check.h"
#include <uchar.h>
#include <witrt.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static wasm_module_t* compile(wasm_store_t* store, const char* text) {
  wasm_byte_vec_t source;
  wasm_byte_vec_new(&source, strlen(text), text);
  wasm_module_t* module = wasm_module_new(store, &source);
  wasm_byte_vec_delete(&source);
  REQUIRE(module);
  return module;
}

/* A host function for the import `f` of a component. */
static wasm_func_t* imported(wasm_store_t* store, const char* type, const witrt_field_t* params, size_t count,
                             const witrt_field_t* result, witrt_slot_callback_t callback) {
  char component[300];
  snprintf(component, sizeof component,
           "(component (import \"r\" (type $r (sub resource))) (import \"f\" (func %s)))", type);
  wasm_module_t* module = compile(store, component);
  wasm_importtype_vec_t imports;
  wasm_module_imports(module, &imports);
  const wasm_importtype_t* last = imports.data[imports.size - 1];
  const wasm_functype_t* of = wasm_externtype_as_functype_const(wasm_importtype_type(last));
  wasm_func_t* func = witrt_func_new_with_fields(store, of, params, count, result, result ? 1 : 0, callback, NULL, NULL, NULL);
  wasm_importtype_vec_delete(&imports);
  wasm_module_delete(module);
  REQUIRE(func);
  return func;
}

typedef struct {
  witrt_text_t name;
  wasm_resource_t* owner;
  uint32_t count;
} item_t;
static int destroyed;
static void destroy(void* data) {
  (void)data;
  destroyed++;
}

/* What arguments point to is there until the callback is over, and then returned. */
static wasm_trap_t* items(void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  (void)env;
  item_t both[2], more[20];
  char* odd = (char*)both + 1;
  CHECK(!witrt_caller_argument(caller, 0, odd));
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_OUT_OF_RANGE);
  CHECK(witrt_caller_argument(caller, 0, &both[0]) && witrt_caller_argument(caller, 1, &both[1]));
  for (size_t i = 0; i < COUNT(more); i++) {
    CHECK(witrt_caller_argument(caller, 1, &more[i]));
    wasm_resource_delete(more[i].owner);
  }
  for (size_t i = 0; i < 2; i++) {
    const item_t* shown = args[i].value;
    CHECK_EQ(both[i].name.size, shown->name.size);
    CHECK(!memcmp(both[i].name.data, shown->name.data, shown->name.size));
    CHECK(*(const char*)both[i].name.data == "AB"[i] && both[i].count == i + 1);
    CHECK(wasm_resource_same(both[i].owner, shown->owner));
    wasm_resource_delete(both[i].owner);
  }
  results[0].text = (witrt_text_t){both[0].name.data, 3};
  return NULL;
}

static void arguments(wasm_engine_t* engine) {
  wasm_store_t* store = wasm_store_new(engine);
  witrt_field_t fields[] = {WITRT_FIELD(item_t, name, WITRT_SLOT_UTF8), WITRT_FIELD(item_t, owner, WASM_OWN),
                            WITRT_FIELD(item_t, count, WASM_U32)};
  witrt_field_t item = WITRT_RECORD(item_t, fields), params[] = {item, item};
  witrt_field_t result = WITRT_PLAIN(WITRT_SLOT_UTF8);
  wasm_func_t* func = imported(store, "(param \"a\" (tuple string (own $r) u32)) (param \"b\" (tuple string (own $r) u32)) (result string)",
                           params, 2, &result, items);
  const size_t sizes[] = {5, 200, 300000};
  destroyed = 0;
  for (size_t i = 0; i < COUNT(sizes); i++) {
    wasm_string_t strings[2];
    wasm_val_t parts[2][3], values[2], got;
    wasm_val_vec_t tuples[2];
    char* units[2];
    for (size_t k = 0; k < 2; k++) {
      units[k] = malloc(sizes[i]);
      memset(units[k], "AB"[k], sizes[i]);
      strings[k] = (wasm_string_t)WASM_STRING_UTF8(units[k], sizes[i]);
      parts[k][0] = (wasm_val_t)WASM_STRING_VAL(&strings[k]);
      parts[k][1] = (wasm_val_t)WASM_OWN_VAL(wasm_resource_new(NULL, destroy, NULL));
      parts[k][2] = (wasm_val_t)WASM_U32_VAL((uint32_t)k + 1);
      tuples[k] = (wasm_val_vec_t)WASM_ARRAY_VEC(parts[k]);
      values[k] = (wasm_val_t)WASM_TUPLE_VAL(&tuples[k]);
    }
    wasm_val_vec_t args = WASM_ARRAY_VEC(values), results = {1, &got};
    CHECK(witrt_func_call(func, &args, &results, NULL));
    CHECK(wasm_string_length(got.of.string, WASM_UTF8) == 3);
    wasm_val_delete(&got);
    for (size_t k = 0; k < 2; k++) {
      wasm_resource_delete(parts[k][1].of.resource);
      free(units[k]);
    }
  }
  wasm_func_delete(func);
  wasm_store_delete(store);
  CHECK_EQ(destroyed, 6);
}

typedef struct {
  bool some;
  uint32_t between;
  const char* text;
} loose_t;
static const void* look_at(const void* value, size_t* size) {
  const char* text = *(const char* const*)value;
  *size = strlen(text);
  return text;
}
static wasm_trap_t* loose(void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  (void)env, (void)args;
  static const loose_t value = {true, 7, "loose"};
  static uint64_t room[sizeof value / sizeof(uint64_t) + 1];
  witrt_slot_t odd = {.value = (char*)room + 1};
  CHECK(!witrt_caller_return_value(caller, 0, &odd));
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_OUT_OF_RANGE);
  CHECK(!witrt_caller_return_text(caller, 0, "x", 1));
  results[0].value = &value;
  return NULL;
}

/* An option whose tag and payload, which a function looks at, are apart. */
static void between(wasm_engine_t* engine) {
  static const witrt_access_t access = {look_at, NULL, NULL};
  wasm_store_t* store = wasm_store_new(engine);
  witrt_field_t text = {WITRT_SLOT_UTF8, 0, offsetof(loose_t, text), sizeof(char*), 0, 0, NULL, &access};
  witrt_field_t fields[] = {WITRT_OPTION(loose_t, some, &text), WITRT_FIELD(loose_t, between, WASM_U32)};
  witrt_field_t tuple = WITRT_RECORD(loose_t, fields);
  wasm_func_t* func = imported(store, "(result (tuple (option string) u32))", NULL, 0, &tuple, loose);
  wasm_val_t got;
  wasm_val_vec_t none = WASM_EMPTY_VEC, results = {1, &got};
  CHECK(witrt_func_call(func, &none, &results, NULL));
  const wasm_val_t* parts = got.of.fields->data;
  CHECK(parts[1].of.u32 == 7 && wasm_string_length(parts[0].of.option->of.string, WASM_UTF8) == 5);
  wasm_val_delete(&got);
  wasm_func_delete(func);
  wasm_store_delete(store);
}

/* A guest has as many texts as it likes, all of them the same bytes. */
#define MANY                                                                                             \
  "(component (core module $m (memory (export \"mem\") 1600)"                                            \
  "(func (export \"g\") (param i32) (result i32) (local $i i32)"                                         \
  " (block (loop (br_if 1 (i32.ge_u (local.get $i) (local.get 0)))"                                      \
  " (i32.store offset=1024 (i32.mul (local.get $i) (i32.const 8)) (i32.const 1048576))"                  \
  " (i32.store offset=1028 (i32.mul (local.get $i) (i32.const 8)) (i32.const 16777216))"                 \
  " (local.set $i (i32.add (local.get $i) (i32.const 1))) (br 0)))"                                      \
  " (i32.store (i32.const 16) (i32.const 1024)) (i32.store (i32.const 20) (local.get 0)) i32.const 16)"  \
  "(func (export \"h\") (param i32) (result i32)"                                                        \
  " (i32.store (i32.const 16) (i32.const 65536)) (i32.store (i32.const 20) (local.get 0)) i32.const 16)" \
  "(func (export \"realloc\") (param i32 i32 i32 i32) (result i32) unreachable))"                        \
  "(core instance $i (instantiate $m))"                                                                  \
  "(func (export \"g\") (param \"n\" u32) (result (list string))"                                        \
  " (canon lift (core func $i \"g\") (memory $i \"mem\") (realloc (func $i \"realloc\"))))"              \
  "(func (export \"h\") (param \"n\" u32) (result (list u8))"                                            \
  " (canon lift (core func $i \"h\") (memory $i \"mem\") (realloc (func $i \"realloc\")))))"

static size_t made;
static uint64_t* big;
static const size_t most = (size_t)128 << 20;
static void* make_room(void* value, size_t size) {
  (void)value;
  made += size;
  return big;
}
static void* make_list(void* value, size_t size) {
  *(void**)value = malloc(size * sizeof(void*) + 1);
  return *(void**)value;
}
static void* make_odd(void* value, size_t size) {
  (void)value, (void)size;
  return (char*)big + 1;
}
static void* take_big(void* env, size_t size) {
  (void)env;
  return size <= most ? big : NULL;
}

/* What functions make is limited as well, and what is made is paid for once. */
static void limits(wasm_engine_t* engine) {
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = compile(store, MANY);
  wasm_extern_vec_t none = WASM_EMPTY_VEC, exports;
  wasm_instance_t* instance = wasm_instance_new(store, module, &none, NULL);
  REQUIRE(instance);
  wasm_instance_exports(instance, &exports);
  big = malloc(most);
  REQUIRE(big);
  static const witrt_access_t room_of = {NULL, make_room, NULL}, list_of = {NULL, make_list, NULL}, odd_of = {NULL, make_odd, NULL};
  witrt_field_t u32 = WITRT_PLAIN(WASM_U32);
  witrt_field_t string = {WITRT_SLOT_UTF8, 0, 0, sizeof(void*), 0, 0, NULL, &room_of};
  witrt_field_t strings = {WASM_LIST, 0, 0, sizeof(void*), 0, 1, &string, &list_of};
  witrt_field_t text = WITRT_VALUE(witrt_text_t, WITRT_SLOT_UTF8), byte = WITRT_VALUE(uint8_t, WASM_U8);
  witrt_field_t bytes = WITRT_LIST(&byte), grown = WITRT_GROWN(&bytes);
  witrt_field_t odd = {WASM_LIST, 0, 0, sizeof(void*), 0, 1, &text, &odd_of};
  wasm_func_t* many = wasm_extern_as_func(exports.data[0]);
  witrt_prepared_t* prepared = witrt_func_prepare_fields(many, &u32, 1, &odd, 1, NULL);
  REQUIRE(prepared);
  void* list = NULL;
  witrt_slot_t in = {.u32 = 1}, out = {.buffer = {&list, sizeof list}};
  witrt_error_t* error;
  CHECK(!witrt_prepared_call(prepared, &in, &out, &error));
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_OUT_OF_RANGE);
  witrt_error_delete(error);
  witrt_prepared_delete(prepared);

  prepared = witrt_func_prepare_fields(wasm_extern_as_func(exports.data[1]), &u32, 1, &grown, 1, NULL);
  REQUIRE(prepared);
  in.u32 = 80 << 20, out.grow = (witrt_grow_t){take_big, NULL};
  CHECK(witrt_prepared_call(prepared, &in, &out, NULL) && out.span.size == 80 << 20);
  witrt_prepared_delete(prepared);

  /* The instance is not called any more after the last of these. */
  prepared = witrt_func_prepare_fields(many, &u32, 1, &strings, 1, NULL);
  REQUIRE(prepared);
  for (in.u32 = 4; in.u32 <= 32; in.u32 += 28) {
    list = NULL, made = 0, out.buffer = (witrt_buffer_t){&list, sizeof list};
    CHECK_EQ(witrt_prepared_call(prepared, &in, &out, NULL), in.u32 == 4);
    CHECK(made > 0 && made <= most);
    free(list);
  }
  witrt_prepared_delete(prepared);
  free(big);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
}

/* A resource, and text that may not fit behind it. */
typedef struct {
  wasm_resource_t* owner;
  witrt_text_t name;
} owned_t;
static wasm_resource_t* own;
static void* no_room(void* value, size_t size) {
  (void)value, (void)size;
  return NULL;
}
static wasm_trap_t* half(void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  (void)env, (void)args;
  static owned_t value;
  owned_t to = {own, {NULL, 0}};
  /* The resource was there already. */
  CHECK(!witrt_caller_argument(caller, 0, &to));
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_OUT_OF_MEMORY);
  CHECK(to.owner == NULL);
  value = (owned_t){own, {"\xe6\xbc\xa2", 3}};
  results[0].value = &value;
  return NULL;
}

/* Handles that were made for a value which then fails are taken back. */
static void taken_back(wasm_engine_t* engine) {
  static const witrt_access_t refuses = {NULL, no_room, NULL};
  wasm_store_t* store = wasm_store_new(engine);
  witrt_field_t fields[] = {WITRT_FIELD(owned_t, owner, WASM_OWN), WITRT_FIELD(owned_t, name, WITRT_SLOT_UTF8)};
  witrt_field_t none[] = {fields[0], fields[1]}, narrow[] = {fields[0], fields[1]};
  none[1].access = &refuses, narrow[1].kind = WITRT_SLOT_LATIN1;
  witrt_field_t param = WITRT_RECORD(owned_t, none), result = WITRT_RECORD(owned_t, fields), latin1 = WITRT_RECORD(owned_t, narrow);
  wasm_func_t* func = imported(
    store, "(param \"a\" (tuple (own $r) string)) (result (tuple (own $r) string))", &param, 1, &result, half);
  const witrt_field_t* fail[] = {&latin1, &param};
  const int kinds[] = {WITRT_ERROR_OUT_OF_RANGE, WITRT_ERROR_OUT_OF_MEMORY};
  for (int i = 0; i < 2; i++) {
    witrt_prepared_t* prepared = witrt_func_prepare_fields(func, &result, 1, fail[i], 1, NULL);
    REQUIRE(prepared);
    destroyed = 0;
    own = wasm_resource_new(NULL, destroy, NULL);
    owned_t value = {wasm_resource_new(NULL, destroy, NULL), {"x", 1}}, got = {own, {NULL, 0}};
    witrt_slot_t in = {.value = &value}, out = {.buffer = {&got, sizeof got}};
    witrt_error_t* error;
    CHECK(!witrt_prepared_call(prepared, &in, &out, &error));
    CHECK_EQ(witrt_error_kind(error), kinds[i]);
    CHECK(i == 0 || got.owner == NULL);
    witrt_error_delete(error);
    wasm_resource_delete(own);
    wasm_resource_delete(value.owner);
    CHECK_EQ(destroyed, 2);
    witrt_prepared_delete(prepared);
  }
  wasm_func_delete(func);
  wasm_store_delete(store);
}

/* Text that is the result comes from memory that ends with the callback. */
static wasm_trap_t* passing(void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  (void)env, (void)args;
  char16_t text[] = u"Zo\u00eb";
  CHECK(!witrt_caller_return_text(caller, 1, text, 3));
  CHECK(!witrt_caller_return_text(caller, 0, u"\xd800", 1));
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_BAD_TEXT);
  CHECK(witrt_caller_return_text(caller, 0, u"other", 5) && witrt_caller_return_text(caller, 0, text, 3));
  memset(text, 0, sizeof text);
  results[0].text = (witrt_text_t){NULL, 9};
  return NULL;
}

static void returned_text(wasm_engine_t* engine) {
  wasm_store_t* store = wasm_store_new(engine);
  witrt_field_t result = WITRT_PLAIN(WITRT_SLOT_UTF16);
  wasm_func_t* func = imported(store, "(result string)", NULL, 0, &result, passing);
  wasm_val_t got;
  wasm_val_vec_t args = WASM_EMPTY_VEC, results = {1, &got};
  char units[8];
  REQUIRE(witrt_func_call(func, &args, &results, NULL));
  size_t written = 0;
  CHECK(wasm_string_read(got.of.string, WASM_UTF8, units, sizeof units, &written) && written == 4);
  CHECK(!memcmp(units, "Zo\xc3\xab", 4));
  wasm_val_delete(&got);
  wasm_func_delete(func);
  wasm_store_delete(store);
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  arguments(engine);
  between(engine);
  limits(engine);
  taken_back(engine);
  returned_text(engine);
  wasm_engine_delete(engine);
  return check_result();
}
