/* What hosts do with values of components: give back what they were lent, or a part
 * of it; fill results and then trap; change text while it is read; delete where a
 * resource ends. */

#include "check.h"
#include <pthread.h>
#include <stdatomic.h>
#include <uchar.h>
#include <witrt.h>

static wasm_engine_t* engine;
static wasm_store_t* store;

static wasm_module_t* module_of(const char* text) {
  wasm_byte_vec_t bytes;
  wasm_byte_vec_new(&bytes, strlen(text), text);
  wasm_module_t* module = wasm_module_new(store, &bytes);
  wasm_byte_vec_delete(&bytes);
  REQUIRE(module);
  return module;
}

/* The type of a module's first import. */
static wasm_functype_t* type_of(const char* text) {
  wasm_module_t* module = module_of(text);
  wasm_importtype_vec_t imports;
  wasm_module_imports(module, &imports);
  REQUIRE(imports.size > 0);
  const wasm_externtype_t* type = wasm_importtype_type(imports.data[imports.size - 1]);
  wasm_functype_t* copy = wasm_functype_copy(wasm_externtype_as_functype_const(type));
  wasm_importtype_vec_delete(&imports);
  wasm_module_delete(module);
  return copy;
}

static int finalized;
static void finalize(void* data) {
  (void)data;
  finalized++;
}

static wasm_trap_t* trap_of(const char* text) {
  wasm_message_t message;
  wasm_name_new_from_string_nt(&message, text);
  wasm_trap_t* trap = wasm_trap_new(store, &message);
  wasm_name_delete(&message);
  return trap;
}

/* Returns a part of its first argument, the field of that number. */
typedef struct {
  int field;
  bool fails;
} part_t;

static wasm_trap_t* part(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  const part_t* p = env;
  const wasm_val_t* fields = args->data[0].of.fields->data;
  results->data[0] = fields[p->field];
  if (p->field == 2) results->data[0] = *fields[2].of.option;
  if (p->field == 3) results->data[0] = fields[3].of.variant->val;
  if (p->field == 4) results->data[0] = wasm_list_vals(fields[4].of.list)[0];
  return p->fails ? trap_of("after all") : NULL;
}

/* A result that is an argument, or within one, stays the caller's, whoever owns it
 * there. */
static void parts(void) {
  static const char* const results[] = {"(list u8)", "string", "(list u8)", "(list u8)", "(list u8)"};
  for (int i = 0; i < 10; i++) {
    part_t p = {i % 5, i >= 5};
    char text[600];
    snprintf(text, sizeof text, "(component (type $r' (record (field \"a\" (list u8)) (field \"b\" string)"
      " (field \"c\" (option (list u8))) (field \"d\" (result (list u8))) (field \"e\" (list (list u8)))))"
      " (import \"r\" (type $r (eq $r'))) (import \"f\" (func (param \"x\" $r) (result %s))))", results[p.field]);
    wasm_functype_t* type = type_of(text);
    wasm_func_t* func = wasm_func_new_with_env(store, type, part, &p, NULL);
    REQUIRE(func);
    uint8_t bytes[] = {1, 2, 3};
    wasm_list_t list = WASM_LIST_OF(WASM_U8, bytes, 3);
    wasm_val_t lent = WASM_LIST_VAL(&list), owned[4];
    for (int j = 0; j < 4; j++) wasm_val_copy(&owned[j], &lent);
    wasm_string_t* string = wasm_string_new(WASM_UTF8, "text", 4);
    wasm_variant_t ok = {0, owned[2]};
    wasm_list_t one = WASM_LIST_OF_VALS(&owned[3], 1);
    wasm_val_t field[] = {owned[0], WASM_STRING_VAL(string), WASM_SOME_VAL(&owned[1]), WASM_RESULT_VAL(&ok),
      WASM_LIST_VAL(&one)};
    wasm_val_vec_t fields = WASM_ARRAY_VEC(field);
    wasm_val_t arg[] = {WASM_RECORD_VAL(&fields)}, result[] = {WASM_INIT_VAL};
    wasm_val_vec_t args = WASM_ARRAY_VEC(arg), got = WASM_ARRAY_VEC(result);
    for (int times = 0; times < 3; times++) {
      CHECK_EQ(witrt_func_call(func, &args, &got, NULL), !p.fails);
      if (p.fails) continue;
      if (p.field == 1) {
        CHECK(result[0].kind == WASM_STRING && result[0].of.string != string);
        CHECK_EQ(wasm_string_length(result[0].of.string, WASM_UTF8), 4);
      } else {
        REQUIRE(result[0].kind == WASM_LIST && result[0].of.list != owned[0].of.list);
        CHECK(result[0].of.list->size == 3 && !memcmp(result[0].of.list->data, bytes, 3));
      }
      wasm_val_delete(&result[0]);
    }
    for (int j = 0; j < 4; j++) {
      CHECK(owned[j].of.list->size == 3 && !memcmp(owned[j].of.list->data, bytes, 3));
      wasm_val_delete(&owned[j]);
    }
    CHECK_EQ(wasm_string_length(string, WASM_UTF8), 4);
    wasm_string_delete(string);
    wasm_functype_delete(type);
    wasm_func_delete(func);
  }
}

static wasm_trap_t* same(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)env;
  results->data[0] = args->data[0];
  return NULL;
}

/* A component gets back what it has passed: text, lists of any size, a resource. */
static void passed_back(void) {
  wasm_module_t* module = module_of("(component (import \"r\" (type $r (sub resource)))"
    " (type $t' (record (field \"a\" (own $r)) (field \"b\" (list u8)) (field \"c\" string) (field \"d\" (list string))))"
    " (import \"t\" (type $t (eq $t'))) (import \"f\" (func $f (param \"x\" $t) (result $t)))"
    " (core module $l (memory (export \"m\") 1) (global $next (mut i32) (i32.const 64))"
    "   (func (export \"realloc\") (param i32 i32 i32 i32) (result i32)"
    "     (global.set $next (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8))) global.get $next"
    "     (global.set $next (i32.add (global.get $next) (local.get 3)))"
    "     (if (i32.gt_u (global.get $next) (i32.mul (memory.size) (i32.const 65536)))"
    "       (then (drop (memory.grow (i32.const 32)))))))"
    " (core instance $l (instantiate $l))"
    " (core func $f (canon lower (func $f) (memory $l \"m\") (realloc (func $l \"realloc\"))))"
    " (core module $m (import \"\" \"f\" (func $f (param i32 i32 i32 i32 i32 i32 i32 i32)))"
    "   (func (export \"go\") (param i32 i32 i32 i32 i32 i32 i32) (result i32) (call $f (local.get 0) (local.get 1)"
    "     (local.get 2) (local.get 3) (local.get 4) (local.get 5) (local.get 6) (i32.const 16)) (i32.const 16)))"
    " (core instance $m (instantiate $m (with \"\" (instance (export \"f\" (func $f))))))"
    " (func (export \"go\") (param \"x\" $t) (result $t)"
    "   (canon lift (core func $m \"go\") (memory $l \"m\") (realloc (func $l \"realloc\")))))");
  wasm_importtype_vec_t types;
  wasm_module_imports(module, &types);
  const wasm_functype_t* type = wasm_externtype_as_functype_const(wasm_importtype_type(types.data[0]));
  wasm_func_t* func = wasm_func_new_with_env(store, type, same, NULL, NULL);
  wasm_importtype_vec_delete(&types);
  wasm_extern_t* import[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import), exports;
  wasm_instance_t* instance = wasm_instance_new(store, module, &imports, NULL);
  REQUIRE(instance);
  wasm_instance_exports(instance, &exports);
  finalized = 0;
  static uint8_t bytes[300000];
  static char letters[300000];
  for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(i * 7), letters[i] = (char)('a' + i % 26);
  int made = 0;
  for (size_t size = 0; size <= sizeof bytes; size = size * 9 + 3) {
    wasm_list_t list = WASM_LIST_OF(WASM_U8, bytes, size);
    wasm_string_t text = WASM_STRING_UTF8(letters, size), texts[2] = {text, text};
    wasm_list_t strings = WASM_LIST_OF(WASM_STRING, texts, 2);
    wasm_resource_t* own = wasm_resource_new(NULL, finalize, NULL);
    made++;
    wasm_val_t field[] = {WASM_OWN_VAL(own), WASM_LIST_VAL(&list), WASM_STRING_VAL(&text), WASM_LIST_VAL(&strings)};
    wasm_val_vec_t fields = WASM_ARRAY_VEC(field);
    wasm_val_t arg[] = {WASM_RECORD_VAL(&fields)}, result[] = {WASM_INIT_VAL};
    wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
    REQUIRE(witrt_func_call(wasm_extern_as_func(exports.data[0]), &args, &results, NULL));
    const wasm_val_t* got = result[0].of.fields->data;
    CHECK(wasm_resource_same(got[0].of.resource, own));
    wasm_resource_delete(own);
    CHECK_EQ(finalized, made - 1);
    CHECK(got[1].of.list->size == size && !memcmp(got[1].of.list->data, bytes, size));
    CHECK(got[2].of.string->size == size && !memcmp(got[2].of.string->data, letters, size));
    const wasm_string_t* second = &wasm_list_strings(got[3].of.list)[1];
    CHECK(second->size == size && !memcmp(second->data, letters, size));
    wasm_val_delete(&result[0]);
    CHECK_EQ(finalized, made);
  }
  CHECK(made > 5);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_func_delete(func);
  wasm_module_delete(module);
}

/* Puts something of its own into its result, and traps. */
static wasm_string_t* made;
static wasm_trap_t* fill(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args;
  switch (*(int*)env) {
  case 0:
    results->data[0].of.string = made = wasm_string_new(WASM_UTF8, "text", 4);
    break;
  case 1:
    results->data[0].of.resource = wasm_resource_new(NULL, finalize, NULL);
    break;
  default: {
    wasm_val_t own = WASM_OWN_VAL(wasm_resource_new(NULL, finalize, NULL)), some = WASM_SOME_VAL(&own);
    wasm_val_copy(&results->data[0], &some);
    wasm_val_delete(&own);
  }
  }
  return trap_of("after all");
}

/* What a callback has put into its results is given up, whether or not it traps. */
static void filled_results(void) {
  static const char* const types[] = {
    "(component (import \"f\" (func (result string))))",
    "(component (import \"r\" (type $r (sub resource))) (import \"f\" (func (result (own $r)))))",
    "(component (import \"r\" (type $r (sub resource))) (import \"f\" (func (result (option (own $r))))))"};
  for (int i = 0; i < 3; i++) {
    wasm_functype_t* type = type_of(types[i]);
    wasm_func_t* func = wasm_func_new_with_env(store, type, fill, &i, NULL);
    finalized = 0;
    witrt_error_t* error = NULL;
    CHECK(!witrt_func_call(func, NULL, NULL, &error));
    REQUIRE(error);
    CHECK(!strcmp(witrt_error_message(error), "after all"));
    witrt_error_delete(error);
    CHECK_EQ(finalized, i > 0);
    if (i == 0) CHECK(!wasm_string_is_valid(made));
    wasm_functype_delete(type);
    wasm_func_delete(func);
  }
}

/* Text that another thread changes is some text: the call goes on, and so does the
 * instance. */
enum { CHANGING = 200 };
static char narrow[CHANGING];
static char16_t wide[CHANGING];
static char32_t chars[CHANGING];
static atomic_bool change;

static void* changer(void* unused) {
  (void)unused;
  for (unsigned n = 1; atomic_load_explicit(&change, memory_order_relaxed); n = n * 1103515245 + 12345) {
    unsigned at = n / 65536 % CHANGING;
    static const unsigned units[] = {'a', 0xe9, 0xd800, 0x20ac, 0xdc00, 'b', 0x110000, 'c'};
    unsigned unit = units[n / 7 % 8];
    ((volatile char*)narrow)[at] = (char)unit;
    ((volatile char16_t*)wide)[at] = (char16_t)unit;
    ((volatile char32_t*)chars)[at] = unit;
  }
  return NULL;
}

static void changing_text(void) {
  static const char* const encodings[] = {"utf8", "utf16", "latin1+utf16"};
  for (int i = 0; i < CHANGING; i++) narrow[i] = 'a', wide[i] = 'a', chars[i] = 'a';
  atomic_store(&change, true);
  pthread_t thread;
  REQUIRE(pthread_create(&thread, NULL, changer, NULL) == 0);
  for (int e = 0; e < 3; e++) {
    char text[900];
    snprintf(text, sizeof text, "(component (core module $m (memory (export \"mem\") 1)"
      " (func (export \"realloc\") (param i32 i32 i32 i32) (result i32) i32.const 1024)"
      " (func (export \"len\") (param i32 i32) (result i32) local.get 1))"
      " (core instance $i (instantiate $m))"
      " (func (export \"text\") (param \"x\" string) (result u32) (canon lift (core func $i \"len\")"
      "   (memory $i \"mem\") (realloc (func $i \"realloc\")) string-encoding=%s))"
      " (func (export \"chars\") (param \"x\" (list char)) (result u32) (canon lift (core func $i \"len\")"
      "   (memory $i \"mem\") (realloc (func $i \"realloc\")) string-encoding=%s)))", encodings[e], encodings[e]);
    wasm_module_t* module = module_of(text);
    wasm_extern_vec_t none = WASM_EMPTY_VEC, exports;
    wasm_instance_t* instance = wasm_instance_new(store, module, &none, NULL);
    REQUIRE(instance);
    wasm_instance_exports(instance, &exports);
    int done = 0;
    for (int i = 0; i < 60000; i++) {
      wasm_string_t string = i % 2 ? (wasm_string_t)WASM_STRING_UTF8(narrow, CHANGING)
                                   : (wasm_string_t)WASM_STRING_UTF16(wide, CHANGING);
      string.flags = i % 4 < 2 ? WASM_STRING_REPLACE : 0;
      wasm_list_t list = WASM_LIST_OF(WASM_CHAR, chars, CHANGING);
      bool is_list = i % 5 == 0;
      wasm_val_t arg[] = {is_list ? (wasm_val_t)WASM_LIST_VAL(&list) : (wasm_val_t)WASM_STRING_VAL(&string)};
      wasm_val_t result[] = {WASM_INIT_VAL};
      wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
      if (witrt_func_call(wasm_extern_as_func(exports.data[is_list]), &args, &results, NULL)) {
        done++;
        continue;
      }
      witrt_error_kind_t kind = witrt_error_kind(witrt_error_last());
      if (!CHECK(kind == WITRT_ERROR_BAD_TEXT || kind == WITRT_ERROR_OUT_OF_RANGE)) break;
    }
    CHECK(done > 1000);
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
  }
  atomic_store(&change, false);
  pthread_join(thread, NULL);
}

/* A resource that ends with the call that it was lent to: its finalizer may delete,
 * and finds the store in use. */
typedef struct {
  wasm_resource_t* resource;
  wasm_extern_vec_t* exports;
  wasm_instance_t* instance;
  witrt_error_kind_t told;
} ending_t;

static void end(void* data) {
  ending_t* e = data;
  finalized++;
  wasm_val_t result[] = {WASM_INIT_VAL};
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  CHECK(!witrt_func_call(wasm_extern_as_func(e->exports->data[1]), NULL, &results, NULL));
  e->told = witrt_error_kind(witrt_error_last());
  wasm_resource_delete(wasm_resource_new(NULL, finalize, NULL));
  wasm_instance_delete(e->instance);
  e->instance = NULL;
}

static wasm_trap_t* use(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)results;
  ending_t* e = env;
  CHECK(wasm_resource_data(args->data[0].of.resource) == e);
  wasm_resource_delete(e->resource);
  return NULL;
}

static void ending_loans(void) {
  wasm_module_t* module = module_of("(component"
    " (import \"a:b/c\" (instance $c (export \"r\" (type $r (sub resource)))"
    "   (export \"use\" (func (param \"x\" (borrow $r))))))"
    " (alias export $c \"r\" (type $r))"
    " (core func $drop (canon resource.drop $r)) (core func $use (canon lower (func $c \"use\")))"
    " (core module $m (import \"\" \"drop\" (func $drop (param i32))) (import \"\" \"use\" (func $use (param i32)))"
    "   (func (export \"go\") (param i32) (call $use (local.get 0)) (call $drop (local.get 0)))"
    "   (func (export \"seven\") (result i32) i32.const 7))"
    " (core instance $i (instantiate $m (with \"\" (instance (export \"drop\" (func $drop)) (export \"use\" (func $use))))))"
    " (func (export \"go\") (param \"x\" (borrow $r)) (canon lift (core func $i \"go\")))"
    " (func (export \"seven\") (result u32) (canon lift (core func $i \"seven\"))))");
  wasm_importtype_vec_t types;
  wasm_module_imports(module, &types);
  const wasm_functype_t* type = wasm_externtype_as_functype_const(wasm_importtype_type(types.data[0]));
  ending_t e = {NULL, NULL, NULL, WITRT_ERROR_NONE};
  wasm_func_t* func = wasm_func_new_with_env(store, type, use, &e, NULL);
  wasm_importtype_vec_delete(&types);
  wasm_extern_t* import[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import), exports;
  e.instance = wasm_instance_new(store, module, &imports, NULL);
  REQUIRE(e.instance);
  wasm_instance_exports(e.instance, &exports);
  e.exports = &exports;
  finalized = 0;
  e.resource = wasm_resource_new(&e, end, NULL);
  wasm_val_t arg[] = {WASM_BORROW_VAL(e.resource)};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg);
  CHECK(witrt_func_call(wasm_extern_as_func(exports.data[0]), &args, NULL, NULL));
  CHECK_EQ(finalized, 2);
  CHECK_EQ(e.told, WITRT_ERROR_STORE_BUSY);
  wasm_val_t result[] = {WASM_INIT_VAL};
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  CHECK(witrt_func_call(wasm_extern_as_func(exports.data[1]), NULL, &results, NULL));
  CHECK_EQ(result[0].of.u32, 7);
  wasm_extern_vec_delete(&exports);
  wasm_func_delete(func);
  wasm_module_delete(module);
}

int main(void) {
  engine = wasm_engine_new();
  store = wasm_store_new(engine);
  parts();
  passed_back();
  filled_results();
  changing_text();
  ending_loans();
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return check_result();
}
