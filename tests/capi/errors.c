/* The last error of a thread: what it says, and where. */

#include <pthread.h>

#include "guest.h"

static wasm_module_t* compile(wasm_store_t* store, const char* bytes, size_t size) {
  wasm_byte_vec_t vec;
  wasm_byte_vec_new(&vec, size, bytes);
  wasm_module_t* module = wasm_module_new(store, &vec);
  wasm_byte_vec_delete(&vec);
  return module;
}

static void places(wasm_store_t* store) {
  static const char text[] = "(module\n  (func (export \"f\"))\n  (@interface bogus))";
  CHECK(compile(store, text, sizeof text - 1) == NULL);
  const witrt_error_t* error = witrt_error_last();
  REQUIRE(error);
  size_t line = 0, column = 0, other = 77;
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_MALFORMED_TEXT);
  CHECK(strcmp(witrt_error_kind_name(witrt_error_kind(error)), "MalformedText") == 0);
  CHECK(witrt_error_line_column(error, &line, &column));
  CHECK(line == 3 && column > 1);
  CHECK(!witrt_error_argument(error, &other) && !witrt_error_position(error, &other));
  CHECK(!witrt_error_capacity(error, &other));
  CHECK_EQ(other, 77);
  CHECK(strlen(witrt_error_message(error)) > 10);

  static const char binary[] = "\0asm\1\0\0\0\1\5\1\x60";
  CHECK(compile(store, binary, sizeof binary - 1) == NULL);
  error = witrt_error_last();
  CHECK(witrt_error_offset(error, &other));
  CHECK(other >= 8 && other <= sizeof binary);

  static const char elf[] = "\x7f" "ELF\2\1\1\0";
  CHECK(compile(store, elf, sizeof elf - 1) == NULL);
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_UNSUPPORTED_FORMAT);
  CHECK(has(witrt_error_message(witrt_error_last()), "object file"));
}

static void copies(void) {
  CHECK(wasm_valtype_new(99) == NULL);
  witrt_error_t* error = witrt_error_copy(witrt_error_last());
  REQUIRE(error);
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_UNKNOWN_KIND);
  witrt_error_clear_last();
  CHECK(witrt_error_last() == NULL);
  CHECK_EQ(witrt_error_kind(NULL), WITRT_ERROR_NONE);
  CHECK(strcmp(witrt_error_message(NULL), "") == 0);
  CHECK(has(witrt_error_message(error), "99"));
  /* Success leaves it alone. */
  CHECK(wasm_valtype_new(99) == NULL);
  wasm_valtype_delete(wasm_valtype_new_i32());
  CHECK(witrt_error_last() != NULL);
  witrt_error_delete(error);
  witrt_error_delete(NULL);
  CHECK(witrt_error_copy(NULL) == NULL);
  CHECK(witrt_error_kind_name(12345) == NULL);
}

static void* other_thread(void* unused) {
  (void)unused;
  if (witrt_error_last() != NULL) return "not empty";
  if (wasm_valtype_new(98) != NULL) return "made";
  return has(witrt_error_message(witrt_error_last()), "98") ? NULL : "lost";
}

static void threads(void) {
  CHECK(wasm_valtype_new(99) == NULL);
  pthread_t thread;
  void* failure = "not started";
  REQUIRE(pthread_create(&thread, NULL, other_thread, NULL) == 0);
  pthread_join(thread, &failure);
  if (!CHECK(failure == NULL)) fprintf(stderr, "  %s\n", (char*)failure);
  CHECK(has(witrt_error_message(witrt_error_last()), "99"));
}

static void linking(wasm_store_t* store) {
  wasm_module_t* module = module_of(store,
    "(module (import \"env\" \"one\" (func)) (import \"env\" \"two\" (func (param i32))))");
  wasm_trap_t* trap = NULL;
  CHECK(wasm_instance_new(store, module, NULL, &trap) == NULL);
  REQUIRE(trap);
  witrt_error_t* error = witrt_trap_error(trap);
  REQUIRE(error);
  CHECK(witrt_error_kind(error) == WITRT_ERROR_WRONG_COUNT || witrt_error_kind(error) == WITRT_ERROR_MISSING_IMPORT);
  CHECK_EQ(witrt_error_kind(error), witrt_error_kind(witrt_error_last()));
  CHECK(witrt_error_trap(error) == NULL || wasm_trap_same(witrt_error_trap(error), trap));
  witrt_error_delete(error);
  wasm_trap_delete(trap);

  wasm_globaltype_t* type = wasm_globaltype_new(wasm_valtype_new_i32(), WASM_CONST);
  wasm_val_t wrong = WASM_I64_VAL(1);
  CHECK(wasm_global_new(store, type, &wrong) == NULL);
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_WRONG_KIND);
  wasm_val_t right = WASM_I32_VAL(1);
  wasm_global_t* global = wasm_global_new(store, type, &right);
  wasm_global_set(global, &right);
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_IMMUTABLE);
  wasm_globaltype_delete(type);
  wasm_global_delete(global);
  wasm_module_delete(module);
}

/* The siblings of the standard's functions, which give an error object. */
static void siblings(wasm_engine_t* engine, wasm_store_t* store) {
  witrt_error_t* error = NULL;
  wasm_config_t* config = wasm_config_new();
  CHECK(witrt_config_set_max_stack_bytes(config, 0));
  CHECK(witrt_engine_new_with_config(config, &error) == NULL);
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_BAD_CONFIG);
  witrt_error_delete(error);

  wasm_byte_vec_t bytes = bytes_of("(module (func (export \"f\") (param i32) (result i32) unreachable))");
  CHECK(witrt_module_validate(engine, bytes.data, bytes.size, &error) && error == NULL);
  error = (witrt_error_t*)engine;
  wasm_module_t* module = witrt_module_new(engine, bytes.data, bytes.size, &error);
  CHECK(module != NULL && error == NULL);
  error = (witrt_error_t*)engine;
  wasm_instance_t* instance = witrt_instance_new(store, module, NULL, &error);
  CHECK(instance != NULL && error == NULL);
  wasm_extern_t* export = witrt_instance_export(instance, "f", 1);
  REQUIRE(export);
  wasm_func_t* func = wasm_extern_as_func(export);

  size_t argument = 77;
  CHECK(!witrt_func_call(func, NULL, NULL, &error));
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_WRONG_COUNT);
  witrt_error_delete(error);
  wasm_val_t arg[] = {WASM_F32_VAL(1)};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg);
  CHECK(!witrt_func_call(func, &args, NULL, &error));
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_WRONG_KIND);
  CHECK(witrt_error_argument(error, &argument) && argument == 0);
  witrt_error_delete(error);
  arg[0] = (wasm_val_t)WASM_I32_VAL(1);
  CHECK(!witrt_func_call(func, &args, NULL, &error));
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_TRAP);
  CHECK_EQ(witrt_error_trap_code(error), WITRT_TRAP_UNREACHABLE);
  REQUIRE(witrt_error_trap(error));
  wasm_frame_t* frame = wasm_trap_origin(witrt_error_trap(error));
  REQUIRE(frame);
  CHECK_EQ(wasm_frame_func_index(frame), 0);
  wasm_frame_delete(frame);
  witrt_error_delete(error);
  CHECK(!witrt_func_call(func, &args, NULL, NULL));

  wasm_byte_vec_delete(&bytes);
  bytes = bytes_of("(module (func (result i32)))");
  CHECK(!witrt_module_validate(engine, bytes.data, bytes.size, &error));
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_INVALID_CORE);
  witrt_error_delete(error);
  CHECK(witrt_module_deserialize(engine, bytes.data, bytes.size, &error) == NULL);
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_BAD_ARTEFACT);
  witrt_error_delete(error);
  wasm_byte_vec_delete(&bytes);
  wasm_extern_delete(export);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
}

int main(void) {
  guest_t g;
  guest_start(&g);
  places(g.store);
  copies();
  threads();
  linking(g.store);
  siblings(g.engine, g.store);
  guest_close(&g);
  return check_result();
}
