/* Modules: what they ask for and offer, validation, sharing between stores,
 * serialization with the interface kept. */

#include <unistd.h>

#include "guest.h"

static const char* wat =
  "(module"
  "  (import \"env\" \"log\" (func (param i32)))"
  "  (import \"env\" \"tab\" (table 1 4 externref))"
  "  (import \"\" \"mem\" (memory 1))"
  "  (import \"x\" \"g\" (global (mut f64)))"
  "  (func $f (param i32 i64) (result f32) f32.const 0)"
  "  (export \"f\" (func $f)) (export \"m\" (memory 0))"
  "  (export \"t\" (table 0)) (export \"g\" (global 0)))";

static const char* with_interface =
  "(module"
  "  (memory 1) (data (i32.const 16) \"from adapter\")"
  "  (func $text (result i32 i32) i32.const 16 i32.const 12)"
  "  (export \"hidden\" (func $text))"
  "  (@interface func (export \"text\") (result string) call-core $text memory-to-string))";

static int name_is(const wasm_name_t* name, const char* text) {
  return name->size == strlen(text) && strncmp(name->data ? name->data : "", text, name->size) == 0;
}

static void imports_and_exports(wasm_store_t* store) {
  wasm_module_t* module = module_of(store, wat);
  REQUIRE(module);
  wasm_importtype_vec_t imports;
  wasm_module_imports(module, &imports);
  REQUIRE(imports.size == 4);
  static const char* names[][2] = {{"env", "log"}, {"env", "tab"}, {"", "mem"}, {"x", "g"}};
  static const wasm_externkind_t kinds[] = {WASM_EXTERN_FUNC, WASM_EXTERN_TABLE, WASM_EXTERN_MEMORY, WASM_EXTERN_GLOBAL};
  for (size_t i = 0; i < 4; i++) {
    CHECK(name_is(wasm_importtype_module(imports.data[i]), names[i][0]));
    CHECK(name_is(wasm_importtype_name(imports.data[i]), names[i][1]));
    CHECK_EQ(wasm_externtype_kind(wasm_importtype_type(imports.data[i])), kinds[i]);
  }
  const wasm_tabletype_t* table = wasm_externtype_as_tabletype_const(wasm_importtype_type(imports.data[1]));
  CHECK(wasm_tabletype_limits(table)->max == 4);
  CHECK_EQ(wasm_valtype_kind(wasm_tabletype_element(table)), WASM_EXTERNREF);
  const wasm_memorytype_t* memory = wasm_externtype_as_memorytype_const(wasm_importtype_type(imports.data[2]));
  CHECK_EQ(wasm_memorytype_limits(memory)->max, wasm_limits_max_default);

  wasm_exporttype_vec_t exports;
  wasm_module_exports(module, &exports);
  REQUIRE(exports.size == 4);
  CHECK(name_is(wasm_exporttype_name(exports.data[0]), "f"));
  CHECK(name_is(wasm_exporttype_name(exports.data[3]), "g"));
  const wasm_functype_t* func = wasm_externtype_as_functype_const(wasm_exporttype_type(exports.data[0]));
  REQUIRE(func && wasm_functype_params(func)->size == 2);
  CHECK_EQ(wasm_valtype_kind(wasm_functype_params(func)->data[1]), WASM_I64);
  CHECK_EQ(wasm_valtype_kind(wasm_functype_results(func)->data[0]), WASM_F32);
  wasm_module_delete(module);
  /* Types outlive their module. */
  CHECK(name_is(wasm_exporttype_name(exports.data[2]), "t"));
  wasm_importtype_vec_delete(&imports);
  wasm_exporttype_vec_delete(&exports);

  /* An interface takes the place of the core's exports. */
  module = module_of(store, with_interface);
  REQUIRE(module);
  wasm_module_exports(module, &exports);
  REQUIRE(exports.size == 1);
  CHECK(name_is(wasm_exporttype_name(exports.data[0]), "text"));
  func = wasm_externtype_as_functype_const(wasm_exporttype_type(exports.data[0]));
  CHECK_EQ(wasm_valtype_kind(wasm_functype_results(func)->data[0]), WASM_STRING);
  wasm_exporttype_vec_delete(&exports);
  wasm_module_delete(module);
}

static void validation(wasm_store_t* store) {
  static const struct { const char* wat; int valid; } cases[] = {
    {"(module)", 1}, {" ", 1}, {"", 0}, {"(module (func (result i32) i32.const 0))", 1},
    {"(module (func (result i32)))", 0}, {"(module", 0}, {"(modul)", 0},
    {"(module (@interface func (export \"f\") (result string)))", 0},
    {"(module (@interface func (export \"f\") (param s8) (result s8) arg.get 0))", 1},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    wasm_byte_vec_t bytes = bytes_of(cases[i].wat);
    CHECK_EQ(wasm_module_validate(store, &bytes), cases[i].valid);
    wasm_module_t* module = wasm_module_new(store, &bytes);
    if (!CHECK((module != NULL) == cases[i].valid)) fprintf(stderr, "  %s\n", cases[i].wat);
    wasm_module_delete(module);
    wasm_byte_vec_delete(&bytes);
  }
}

/* Calls the only export of an instance of it, and compares the text. */
static void says(wasm_store_t* store, wasm_module_t* module, const char* expected) {
  REQUIRE(module);
  wasm_instance_t* instance = wasm_instance_new(store, module, NULL, NULL);
  REQUIRE(instance);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  REQUIRE(exports.size == 1);
  wasm_val_t result[] = {WASM_INIT_VAL};
  wasm_val_vec_t results = WASM_ARRAY_VEC(result);
  CHECK(wasm_func_call(wasm_extern_as_func(exports.data[0]), NULL, &results) == NULL);
  REQUIRE(result[0].kind == WASM_STRING);
  char text[32];
  size_t written = 0;
  CHECK(wasm_string_read(result[0].of.string, WASM_UTF8, text, sizeof text, &written));
  CHECK(written == strlen(expected) && memcmp(text, expected, written) == 0);
  wasm_val_delete(&result[0]);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
}

static void sharing(wasm_engine_t* engine, wasm_store_t* store) {
  wasm_module_t* module = module_of(store, with_interface);
  wasm_shared_module_t* shared = wasm_module_share(module);
  REQUIRE(shared);
  wasm_module_delete(module);
  wasm_store_t* other = wasm_store_new(engine);
  module = wasm_module_obtain(other, shared);
  says(other, module, "from adapter");
  wasm_module_delete(module);
  wasm_store_delete(other);

  /* Another engine cannot have it. */
  wasm_engine_t* foreign = wasm_engine_new();
  other = wasm_store_new(foreign);
  CHECK(wasm_module_obtain(other, shared) == NULL);
  wasm_shared_module_delete(shared);
  wasm_store_delete(other);
  wasm_engine_delete(foreign);
}

static void serialization(wasm_store_t* store) {
  wasm_module_t* module = module_of(store, with_interface);
  wasm_byte_vec_t bytes;
  wasm_module_serialize(module, &bytes);
  wasm_module_delete(module);
  REQUIRE(bytes.size > 0);
  module = wasm_module_deserialize(store, &bytes);
  says(store, module, "from adapter");
  wasm_module_delete(module);

  /* Every kind of damage is noticed. */
  for (size_t at = 0; at < bytes.size; at += 1 + bytes.size / 64) {
    bytes.data[at] ^= 0x40;
    module = wasm_module_deserialize(store, &bytes);
    if (!CHECK(module == NULL)) fprintf(stderr, "  byte %zu of %zu\n", at, bytes.size);
    wasm_module_delete(module);
    bytes.data[at] ^= 0x40;
  }
  size_t size = bytes.size;
  for (bytes.size = 0; bytes.size < size; bytes.size += 1 + size / 16)
    CHECK(wasm_module_deserialize(store, &bytes) == NULL);
  bytes.size = size;
  wasm_byte_vec_delete(&bytes);
  bytes = bytes_of("(module)");
  CHECK(wasm_module_deserialize(store, &bytes) == NULL);
  wasm_byte_vec_delete(&bytes);
}

static void write_file(const char* path, const wasm_byte_vec_t* bytes) {
  FILE* file = fopen(path, "wb");
  REQUIRE(file);
  CHECK(fwrite(bytes->data, 1, bytes->size, file) == bytes->size);
  CHECK(fclose(file) == 0);
}

static void refuses_file(wasm_engine_t* engine, const char* path, witrt_error_kind_t kind) {
  witrt_error_t* error = NULL;
  CHECK(witrt_module_deserialize_file(engine, path, &error) == NULL);
  CHECK_EQ(witrt_error_kind(error), kind);
  if (kind == WITRT_ERROR_UNREADABLE_FILE || kind == WITRT_ERROR_BAD_ARTEFACT)
    CHECK(strstr(witrt_error_message(error), path) != NULL);
  CHECK_EQ(witrt_error_kind(witrt_error_last()), kind);
  witrt_error_delete(error);
}

static void serialization_to_a_file(wasm_engine_t* engine, wasm_store_t* store) {
  wasm_module_t* module = module_of(store, with_interface);
  wasm_byte_vec_t bytes;
  wasm_module_serialize(module, &bytes);
  wasm_module_delete(module);
  REQUIRE(bytes.size > 0);
  /* These programs run several at once. */
  char path[64];
  snprintf(path, sizeof path, "modules-%ld-Zo\xc3\xab.bin", (long)getpid());
  write_file(path, &bytes);
  witrt_error_t* error = (witrt_error_t*)store;
  module = witrt_module_deserialize_file(engine, path, &error);
  CHECK(error == NULL);
  says(store, module, "from adapter");
  wasm_shared_module_t* shared = wasm_module_share(module);
  wasm_module_delete(module);
  /* Its name may be given up, and the file lives on with the module. */
  CHECK(remove(path) == 0);
  module = wasm_module_obtain(store, shared);
  says(store, module, "from adapter");
  wasm_byte_vec_t again;
  wasm_module_serialize(module, &again);
  CHECK(again.size == bytes.size && memcmp(again.data, bytes.data, bytes.size) == 0);
  wasm_byte_vec_delete(&again);
  wasm_module_delete(module);
  wasm_shared_module_delete(shared);

  refuses_file(engine, path, WITRT_ERROR_UNREADABLE_FILE);
  refuses_file(engine, ".", WITRT_ERROR_UNREADABLE_FILE);
  refuses_file(engine, "", WITRT_ERROR_UNREADABLE_FILE);
  refuses_file(engine, "modules-\xff.bin", WITRT_ERROR_BAD_TEXT);
  refuses_file(engine, NULL, WITRT_ERROR_NULL_POINTER);
  refuses_file(NULL, path, WITRT_ERROR_NULL_POINTER);
  CHECK(witrt_module_deserialize_file(engine, path, NULL) == NULL);
  size_t size = bytes.size;
  for (bytes.size = 0; bytes.size < size; bytes.size += 1 + size / 16) {
    write_file(path, &bytes);
    refuses_file(engine, path, WITRT_ERROR_BAD_ARTEFACT);
  }
  bytes.size = size;
  for (size_t at = 0; at < bytes.size; at += 1 + bytes.size / 64) {
    bytes.data[at] ^= 0x40;
    write_file(path, &bytes);
    refuses_file(engine, path, WITRT_ERROR_BAD_ARTEFACT);
    bytes.data[at] ^= 0x40;
  }
  CHECK(remove(path) == 0);
  wasm_byte_vec_delete(&bytes);
}

/* Text to binary, which then is the same module. */
static void assembling(wasm_store_t* store) {
  wasm_byte_vec_t text = bytes_of(with_interface), binary, again;
  witrt_error_t* error = (witrt_error_t*)store;
  CHECK(witrt_module_assemble(&text, &binary, &error));
  CHECK(error == NULL);
  CHECK(binary.size > 8 && memcmp(binary.data, "\0asm\1\0\0\0", 8) == 0);
  CHECK(witrt_module_assemble(&binary, &again, NULL));
  CHECK(again.size == binary.size && memcmp(again.data, binary.data, again.size) == 0);
  wasm_module_t* module = wasm_module_new(store, &binary);
  says(store, module, "from adapter");
  wasm_module_delete(module);
  wasm_byte_vec_delete(&text);
  wasm_byte_vec_delete(&binary);
  wasm_byte_vec_delete(&again);

  text = bytes_of("(module");
  CHECK(!witrt_module_assemble(&text, &again, &error));
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_MALFORMED_TEXT);
  CHECK(again.data == NULL);
  witrt_error_delete(error);
  wasm_byte_vec_delete(&text);
}

/* No store is needed to compile, and none is kept. */
static void without_a_store(void) {
  wasm_engine_t* engine = wasm_engine_new();
  witrt_error_t* error = (witrt_error_t*)engine;
  size_t size = strlen(with_interface);
  CHECK(witrt_module_validate(engine, with_interface, size, &error) && !error);
  CHECK(!witrt_module_validate(engine, with_interface, size - 1, &error));
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_MALFORMED_TEXT);
  witrt_error_delete(error);
  wasm_module_t* made = witrt_module_new(engine, with_interface, size, &error);
  REQUIRE(made && !error);
  wasm_byte_vec_t bytes;
  wasm_module_serialize(made, &bytes);
  wasm_module_t* loaded = witrt_module_deserialize(engine, bytes.data, bytes.size, &error);
  REQUIRE(loaded && !error);
  CHECK(!witrt_module_deserialize(engine, bytes.data, bytes.size / 2, &error));
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_BAD_ARTEFACT);
  witrt_error_delete(error);
  wasm_byte_vec_delete(&bytes);
  CHECK(!witrt_module_new(engine, NULL, 1, NULL) && !witrt_module_new(NULL, "", 0, NULL));
  wasm_store_t* store = wasm_store_new(engine);
  wasm_engine_delete(engine);
  says(store, made, "from adapter");
  says(store, loaded, "from adapter");
  wasm_store_delete(store);
  /* It is its engine's all the same. */
  engine = wasm_engine_new();
  store = wasm_store_new(engine);
  CHECK(!witrt_instance_new(store, made, NULL, &error));
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_WRONG_STORE);
  witrt_error_delete(error);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  wasm_module_delete(made);
  wasm_module_delete(loaded);
}

/* Whatever `witrt_module_new` takes can stand in a file. */
static void from_files(wasm_engine_t* engine) {
  char path[] = "/tmp/witrt-module-XXXXXX";
  int file = mkstemp(path);
  REQUIRE(file >= 0);
  witrt_error_t* error;
  CHECK(witrt_module_new_from_file(engine, path, &error) == NULL); /* it is empty */
  CHECK(has(witrt_error_message(error), path));
  witrt_error_delete(error);
  const char* text = "(module (func (export \"f\")))";
  CHECK(write(file, text, strlen(text)) == (ssize_t)strlen(text) && close(file) == 0);
  wasm_module_t* module = witrt_module_new_from_file(engine, path, &error);
  REQUIRE(module && !error);
  wasm_exporttype_vec_t exports;
  wasm_module_exports(module, &exports);
  CHECK_EQ(exports.size, 1);
  wasm_exporttype_vec_delete(&exports);
  wasm_module_delete(module);
  CHECK(unlink(path) == 0);
  CHECK(witrt_module_new_from_file(engine, path, &error) == NULL);
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_UNREADABLE_FILE);
  CHECK(has(witrt_error_message(error), path));
  witrt_error_delete(error);
  CHECK(witrt_module_new_from_file(engine, NULL, NULL) == NULL);
  CHECK(witrt_module_new_from_file(NULL, path, NULL) == NULL);
  CHECK(witrt_module_new_from_file(engine, "/tmp", NULL) == NULL);
  /* It has no end. */
  CHECK(witrt_module_new_from_file(engine, "/dev/zero", &error) == NULL);
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_UNREADABLE_FILE);
  CHECK(has(witrt_error_message(error), "/dev/zero: this is a device"));
  witrt_error_delete(error);
}

int main(void) {
  guest_t g;
  guest_start(&g);
  imports_and_exports(g.store);
  validation(g.store);
  sharing(g.engine, g.store);
  serialization(g.store);
  serialization_to_a_file(g.engine, g.store);
  without_a_store();
  assembling(g.store);
  from_files(g.engine);
  guest_close(&g);
  return check_result();
}
