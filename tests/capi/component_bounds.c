/* Values of components that are odd, or too large, and too many instances. */

#include <pthread.h>
#include <stdatomic.h>

#include "check.h"
#include <witrt.h>

static wasm_instance_t* of_text(wasm_store_t* store, const char* text, wasm_extern_vec_t* exports) {
  wasm_byte_vec_t bytes;
  wasm_byte_vec_new(&bytes, strlen(text), text);
  wasm_module_t* module = wasm_module_new(store, &bytes);
  wasm_byte_vec_delete(&bytes);
  REQUIRE(module);
  wasm_extern_vec_t none = WASM_EMPTY_VEC;
  wasm_instance_t* instance = wasm_instance_new(store, module, &none, NULL);
  wasm_module_delete(module);
  if (instance) wasm_instance_exports(instance, exports);
  return instance;
}

/* Arrays of numbers are read at any address; bool and char are checked. */
static void packed(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_extern_vec_t exports;
  wasm_instance_t* instance = of_text(store, "(component\n"
    "  (core module $m (memory (export \"mem\") 1)\n"
    "    (func (export \"f\") (param i32 i32) (result i32) (i32.load (local.get 0)))\n"
    "    (func (export \"realloc\") (param i32 i32 i32 i32) (result i32) i32.const 64))\n"
    "  (core instance $i (instantiate $m))\n"
    "  (func (export \"bools\") (param \"x\" (list bool)) (result u32)\n"
    "    (canon lift (core func $i \"f\") (memory $i \"mem\") (realloc (func $i \"realloc\"))))\n"
    "  (func (export \"chars\") (param \"x\" (list char)) (result u32)\n"
    "    (canon lift (core func $i \"f\") (memory $i \"mem\") (realloc (func $i \"realloc\")))))", &exports);
  REQUIRE(instance && exports.size == 2);
  wasm_func_t *take_bools = wasm_extern_as_func(exports.data[0]), *take_chars = wasm_extern_as_func(exports.data[1]);
  uint32_t room[2] = {0, 0}, crab = 0x1f980;
  uint8_t* odd = (uint8_t*)room + 1;
  memcpy(odd, &crab, sizeof crab);
  wasm_list_t list = WASM_LIST_OF(WASM_CHAR, odd, 1);
  wasm_val_t arg[1] = {WASM_LIST_VAL(&list)}, result[1] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  CHECK(witrt_func_call(take_chars, &args, &results, NULL));
  CHECK_EQ(result[0].of.u32, crab);
  odd[2] = 0xff;
  CHECK(!witrt_func_call(take_chars, &args, &results, NULL));
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_OUT_OF_RANGE);
  uint8_t bools[] = {1, 0, 1, 1};
  list = (wasm_list_t)WASM_LIST_OF(WASM_BOOL, bools, 4);
  CHECK(witrt_func_call(take_bools, &args, &results, NULL));
  CHECK_EQ(result[0].of.u32, 0x01010001);
  bools[2] = 2;
  witrt_error_t* error = NULL;
  CHECK(!witrt_func_call(take_bools, &args, &results, &error));
  REQUIRE(error);
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_OUT_OF_RANGE);
  CHECK(strstr(witrt_error_message(error), "element 2: 2 is no bool"));
  witrt_error_delete(error);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
}

static void fails_to_copy(wasm_val_t val) {
  wasm_val_t copy = WASM_U8_VAL(0);
  wasm_val_copy(&copy, &val);
  CHECK_EQ(copy.kind, WASM_EXTERNREF);
  witrt_error_kind_t kind = witrt_error_kind(witrt_error_last());
  CHECK(kind == WITRT_ERROR_OUT_OF_RANGE || kind == WITRT_ERROR_OUT_OF_MEMORY);
}

/* Copies of values that are larger than all addresses. */
static void absurd_copies(void) {
  static const wasm_valkind_t kinds[] = {WASM_U8, WASM_F64, WASM_STRING, WASM_VAL};
  static wasm_val_t one;
  for (size_t i = 0; i < sizeof kinds; i++) {
    for (size_t size = SIZE_MAX; size >= SIZE_MAX / 2; size /= 2) {
      wasm_list_t list = {&one, size, kinds[i]};
      fails_to_copy((wasm_val_t)WASM_LIST_VAL(&list));
    }
  }
  wasm_val_vec_t fields = {SIZE_MAX / 2, &one};
  fails_to_copy((wasm_val_t)WASM_RECORD_VAL(&fields));
}

/* A store has no more instances than it may. */
static void instances(void) {
  wasm_config_t* config = wasm_config_new();
  witrt_config_set_max_instances(config, 2);
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  wasm_store_t* store = wasm_store_new(engine);
  wasm_instance_t* made[2];
  wasm_extern_vec_t exports;
  for (int i = 0; i < 4; i++) {
    wasm_instance_t* instance = of_text(store, "(component)", &exports);
    CHECK((instance != NULL) == (i < 2));
    if (instance) {
      wasm_extern_vec_delete(&exports);
      made[i] = instance;
    } else {
      CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_LIMIT_REACHED);
    }
  }
  wasm_instance_delete(made[0]);
  wasm_instance_delete(made[1]);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
}

static wasm_trap_t* give_back(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  results->data[0] = *(int*)env ? (wasm_val_t)WASM_SOME_VAL(&args->data[0]) : args->data[0];
  return NULL;
}

/* A host function of a component's type, called by the host: what it returns is the
 * caller's, and what it was lent stays so. */
static void given_back(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_extern_vec_t exports;
  wasm_instance_t* instance = of_text(store, "(component\n"
    "  (core module $m (memory (export \"mem\") 1)\n"
    "    (func (export \"f\") (param i32 i32) (result i32) i32.const 0)\n"
    "    (func (export \"realloc\") (param i32 i32 i32 i32) (result i32) i32.const 64))\n"
    "  (core instance $i (instantiate $m))\n"
    "  (func (export \"f\") (param \"x\" (list u8)) (result (list u8))\n"
    "    (canon lift (core func $i \"f\") (memory $i \"mem\") (realloc (func $i \"realloc\")))))", &exports);
  REQUIRE(instance && exports.size == 1);
  wasm_functype_t* type = wasm_func_type(wasm_extern_as_func(exports.data[0]));
  int wrong = 0;
  wasm_func_t* func = wasm_func_new_with_env(store, type, give_back, &wrong, NULL);
  uint8_t bytes[] = {1, 2, 3};
  wasm_list_t list = WASM_LIST_OF(WASM_U8, bytes, 3);
  wasm_val_t lent = WASM_LIST_VAL(&list), arg[1], result[1] = {WASM_INIT_VAL};
  wasm_val_copy(&arg[0], &lent);
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  CHECK(witrt_func_call(func, &args, NULL, NULL));
  CHECK(witrt_func_call(func, &args, &results, NULL));
  CHECK(result[0].kind == WASM_LIST && result[0].of.list != arg[0].of.list);
  CHECK(arg[0].of.list->size == 3 && !memcmp(arg[0].of.list->data, bytes, 3));
  wasm_val_delete(&arg[0]);
  CHECK(result[0].of.list->size == 3 && !memcmp(result[0].of.list->data, bytes, 3));
  arg[0] = result[0];
  wrong = 1;
  CHECK(!witrt_func_call(func, &args, NULL, NULL));
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_WRONG_KIND);
  CHECK(arg[0].of.list->size == 3 && !memcmp(arg[0].of.list->data, bytes, 3));
  wasm_val_delete(&arg[0]);
  wasm_functype_delete(type);
  wasm_func_delete(func);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
}

/* A few bytes of types whose text would fill the memory: messages are cut. */
static void large_types(void) {
  enum { NAME = 90000, DEPTH = 17 };
  char* text = malloc(NAME + 100 * DEPTH + 1000);
  REQUIRE(text);
  char* at = text + sprintf(text, "(component (type $r (record (field \"");
  memset(at, 'x', NAME);
  at += NAME;
  at += sprintf(at, "\" u8))) (import \"r\" (type $t0 (eq $r)))\n");
  for (int i = 1; i <= DEPTH; i++) at += sprintf(at, "(type $t%d (tuple $t%d $t%d))\n", i, i - 1, i - 1);
  sprintf(at, "(import \"f\" (func (param \"x\" $t%d))))", DEPTH);
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_byte_vec_t bytes;
  wasm_byte_vec_new(&bytes, strlen(text), text);
  free(text);
  wasm_module_t* module = wasm_module_new(store, &bytes);
  REQUIRE(module);
  wasm_importtype_vec_t imports;
  wasm_module_imports(module, &imports);
  REQUIRE(imports.size == 1);
  const wasm_functype_t* type = wasm_externtype_as_functype_const(wasm_importtype_type(imports.data[0]));
  wasm_name_t printed;
  witrt_valtype_print(wasm_functype_params(type)->data[0], &printed);
  CHECK(printed.size > 60000 && printed.size < 70000);
  wasm_name_delete(&printed);
  wasm_importtype_vec_delete(&imports);
  witrt_linker_t* linker = witrt_linker_new();
  witrt_error_t* error = NULL;
  CHECK(!witrt_linker_instantiate(linker, store, module, &error));
  REQUIRE(error);
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_MISSING_IMPORT);
  CHECK(strlen(witrt_error_message(error)) < 1000);
  witrt_error_delete(error);
  witrt_linker_delete(linker);
  wasm_byte_vec_delete(&bytes);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
}

static atomic_bool ticking;
static void* tick(void* engine) {
  while (atomic_load(&ticking)) witrt_engine_increment_epoch(engine);
  return NULL;
}
static uint64_t five_times(void* env) { return ++*(int*)env <= 5 ? 1000 : 0; }

/* What bounds a store bounds the instances of components in it, also those that are
 * there already; and who is asked at deadlines is asked for them, too. */
static void of_one_store(void) {
  wasm_config_t* config = wasm_config_new();
  CHECK(witrt_config_set_epoch_interruption(config, true));
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  wasm_store_t* store = wasm_store_new(engine);
  wasm_extern_vec_t exports;
  wasm_instance_t* instance = of_text(store, "(component\n"
    "  (core module $m (memory 1)\n"
    "    (func (export \"grow\") (result i32) (memory.grow (i32.const 1)))\n"
    "    (func (export \"spin\") (loop $l br $l)))\n"
    "  (core instance $i (instantiate $m))\n"
    "  (func (export \"grow\") (result s32) (canon lift (core func $i \"grow\")))\n"
    "  (func (export \"spin\") (canon lift (core func $i \"spin\"))))", &exports);
  REQUIRE(instance && exports.size == 2);
  wasm_func_t *grow = wasm_extern_as_func(exports.data[0]), *spin = wasm_extern_as_func(exports.data[1]);
  wasm_val_t result[1] = {WASM_INIT_VAL};
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  const int32_t sizes[] = {1, 2, -1, -1, 3, -1};
  for (int i = 0; i < 6; i++) {
    if (i == 0) CHECK(witrt_store_set_max_memory_bytes(store, 3 << 16));
    if (i == 4) CHECK(witrt_store_set_max_memory_bytes(store, 4 << 16));
    CHECK(witrt_func_call(grow, NULL, &results, NULL));
    CHECK_EQ(result[0].of.s32, sizes[i]);
  }
  int asked = 0;
  CHECK(witrt_store_set_epoch_callback(store, five_times, &asked, NULL));
  CHECK(witrt_store_set_epoch_deadline(store, 1));
  pthread_t ticker;
  atomic_store(&ticking, true);
  REQUIRE(pthread_create(&ticker, NULL, tick, engine) == 0);
  witrt_error_t* error = NULL;
  CHECK(!witrt_func_call(spin, NULL, NULL, &error));
  CHECK_EQ(witrt_error_trap_code(error), WITRT_TRAP_INTERRUPTED);
  CHECK_EQ(asked, 6);
  witrt_error_delete(error);
  atomic_store(&ticking, false);
  pthread_join(ticker, NULL);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
}

int main(void) {
  of_one_store();
  packed();
  absurd_copies();
  instances();
  given_back();
  large_types();
  return check_result();
}
