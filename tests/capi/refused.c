/* Names, messages, paths and lists, as long as a host likes, while there is no
 * memory for copies of them: errors, and all works again afterwards. */

#include "guest.h"
#include "refusing.h"

enum { SIZE = 4 << 20 };
static char* text; /* so many bytes, then NUL */
static guest_t g;

static const char* wat =
  "(module (import \"host\" \"fail\" (func $fail))"
  "  (func (export \"go\") (call $fail)))";

static void refuse_large(bool on) {
#if CAN_REFUSE
  refuse_from = on ? 1 << 20 : SIZE_MAX;
#else
  (void)on;
#endif
}

/* The last error: of this kind, and of a message that is short. */
static void told(uint32_t kind) {
  const witrt_error_t* error = witrt_error_last();
  if (!CHECK(witrt_error_kind(error) == kind)) fprintf(stderr, "  %s\n", witrt_error_message(error));
  CHECK(strlen(witrt_error_message(error)) < 500);
  witrt_error_clear_last();
}

static wasm_message_t message; /* `text`, with its NUL */
static wasm_trap_t* given;     /* what the callback fails with */
static wasm_trap_t* fail(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  return wasm_trap_copy(given);
}

static wasm_trap_t* fail_with_env(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)env;
  return fail(args, results);
}

static void end(void* env) { ++*(int*)env; }

static wasm_trap_t* fail_prepared(void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  (void)args, (void)results;
  wasm_trap_t* trap = witrt_caller_trap(caller, text, SIZE);
  *(int*)env += trap == NULL;
  return trap ? trap : witrt_caller_trap(caller, "short", 5);
}

/* The whole message, copied out. */
static void is_whole(const wasm_trap_t* trap) {
  wasm_message_t out;
  wasm_trap_message(trap, &out);
  CHECK_EQ(out.size, SIZE + 1);
  CHECK(out.size && memcmp(out.data, text, SIZE + 1) == 0);
  wasm_byte_vec_delete(&out);
}

/* A trap with a message that cannot be copied is still that trap. */
static void is_given(wasm_trap_t* trap, bool refusing) {
  if (!CHECK(trap != NULL)) return;
  CHECK(wasm_trap_same(trap, given));
  witrt_error_t* error = witrt_trap_error(trap);
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_TRAP);
  CHECK(strlen(witrt_error_message(error)) == SIZE);
  witrt_error_delete(error);
  CHECK(strlen(witrt_error_message(witrt_error_last())) == (refusing ? strlen("(no memory for the message)") : SIZE));
  if (refusing) {
    wasm_message_t out = {1, text};
    wasm_trap_message(trap, &out);
    CHECK(out.size == 0 && out.data == NULL);
    told(WITRT_ERROR_OUT_OF_MEMORY);
  } else {
    is_whole(trap);
  }
  wasm_trap_delete(trap);
}

static void messages(void) {
  given = wasm_trap_new(g.store, &message);
  is_whole(given);
  wasm_func_t* go = guest_func(&g, 0);
  wasm_module_t* starting = module_of(g.store,
    "(module (import \"host\" \"fail\" (func $fail)) (start $fail))");
  wasm_functype_t* type = wasm_functype_new_0_0();
  wasm_func_t* callback = wasm_func_new(g.store, type, fail);
  wasm_extern_t* import[] = {wasm_func_as_extern(callback)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  for (int refusing = CAN_REFUSE; refusing >= 0; refusing--) {
    refuse_large(refusing);
    wasm_trap_t* trap = wasm_trap_new(g.store, &message);
    CHECK_EQ(trap == NULL, refusing);
    if (refusing) told(WITRT_ERROR_OUT_OF_MEMORY);
    wasm_trap_delete(trap);
    is_given(wasm_func_call(go, NULL, NULL), refusing);
    CHECK(wasm_instance_new(g.store, starting, &imports, &trap) == NULL);
    is_given(trap, refusing);
    witrt_error_t* error = NULL;
    CHECK(witrt_instance_new(g.store, starting, &imports, &error) == NULL);
    is_given(wasm_trap_copy(witrt_error_trap(error)), refusing);
    witrt_error_delete(error);

    int none = 0;
    wasm_func_t* prepared = witrt_func_new_with_slots(g.store, NULL, 0, NULL, 0, fail_prepared, &none, NULL, NULL);
    trap = wasm_func_call(prepared, NULL, NULL);
    CHECK_EQ(none, refusing);
    CHECK(trap != NULL);
    if (!refusing) is_whole(trap);
    wasm_trap_delete(trap);
    wasm_func_delete(prepared);
  }
  wasm_func_delete(callback);
  wasm_functype_delete(type);
  wasm_module_delete(starting);
  wasm_trap_delete(given);
}

static void names(void) {
  wasm_name_t name, module;
  wasm_byte_vec_new(&name, SIZE, text);
  wasm_byte_vec_new(&module, SIZE, text);
  wasm_importtype_t* import = wasm_importtype_new(&module, &name, wasm_functype_as_externtype(wasm_functype_new_0_0()));
  wasm_byte_vec_new(&name, SIZE, text);
  wasm_exporttype_t* export = wasm_exporttype_new(&name, wasm_functype_as_externtype(wasm_functype_new_0_0()));
  REQUIRE(import && export);
  witrt_linker_t* linker = witrt_linker_new();
  for (int refusing = CAN_REFUSE; refusing >= 0; refusing--) {
    refuse_large(refusing);
    CHECK(witrt_instance_export(g.instance, text, SIZE) == NULL);
    told(WITRT_ERROR_OUT_OF_RANGE);

    CHECK_EQ(witrt_linker_define(linker, text, SIZE, "n", 1, g.exports.data[0]), !refusing);
    if (refusing) told(WITRT_ERROR_OUT_OF_MEMORY);
    CHECK_EQ(witrt_linker_define(linker, "m", 1, text, SIZE, g.exports.data[0]), !refusing);
    if (refusing) told(WITRT_ERROR_OUT_OF_MEMORY);
    CHECK_EQ(witrt_linker_define_instance(linker, text, SIZE, g.instance), !refusing);
    if (refusing) told(WITRT_ERROR_OUT_OF_MEMORY);
    int ended = 0;
    wasm_functype_t* type = wasm_functype_new_0_0();
    wasm_store_t* store = wasm_store_new(g.engine);
    witrt_linker_t* own = witrt_linker_new();
    CHECK_EQ(witrt_linker_define_func(own, store, text, SIZE, "n", 1, type, fail_with_env, &ended, end, NULL), !refusing);
    witrt_linker_delete(own);
    wasm_store_delete(store);
    wasm_functype_delete(type);
    CHECK_EQ(ended, !refusing);
    CHECK(witrt_linker_define(linker, "host", 4, "fail", 4, g.exports.data[0]));
    wasm_instance_t* linked = witrt_linker_instantiate(linker, g.store, g.module, NULL);
    CHECK(linked != NULL);
    wasm_instance_delete(linked);

    wasm_importtype_t* import_copy = wasm_importtype_copy(import);
    wasm_exporttype_t* export_copy = wasm_exporttype_copy(export);
    CHECK_EQ(import_copy == NULL, refusing);
    CHECK_EQ(export_copy == NULL, refusing);
    if (refusing) told(WITRT_ERROR_OUT_OF_MEMORY);
    wasm_importtype_delete(import_copy);
    wasm_exporttype_delete(export_copy);

    /* No path is as long. */
    wasm_config_t* config = wasm_config_new();
    CHECK(!witrt_config_set_cache_dir(config, text));
    told(WITRT_ERROR_OUT_OF_RANGE);
    wasm_config_delete(config);
    CHECK(witrt_module_deserialize_file(g.engine, text, NULL) == NULL);
    told(WITRT_ERROR_OUT_OF_RANGE);
  }
  witrt_linker_delete(linker);
  wasm_importtype_delete(import);
  wasm_exporttype_delete(export);
}

/* More than any function or module can take: told before a list is made of it. */
static void lists(void) {
  enum { COUNT = 1 << 20 };
  wasm_val_t* args = calloc(COUNT, sizeof *args);
  wasm_extern_t** externs = calloc(COUNT, sizeof *externs);
  witrt_slot_kind_t* kinds = calloc(COUNT, sizeof *kinds);
  wasm_valtype_vec_t params, results;
  wasm_valtype_vec_new_uninitialized(&params, COUNT);
  REQUIRE(args && externs && kinds && params.size);
  for (int i = 0; i < COUNT; i++) externs[i] = g.exports.data[0], params.data[i] = wasm_valtype_new(WASM_I32);
  wasm_val_vec_t many_args = {COUNT, args};
  wasm_extern_vec_t many_imports = {COUNT, externs};
  for (int refusing = CAN_REFUSE; refusing >= 0; refusing--) {
    refuse_large(refusing);
    wasm_trap_t* trap = wasm_func_call(guest_func(&g, 0), &many_args, NULL);
    CHECK(trap != NULL);
    wasm_trap_delete(trap);
    told(WITRT_ERROR_WRONG_COUNT);
    CHECK(wasm_instance_new(g.store, g.module, &many_imports, NULL) == NULL);
    told(refusing ? WITRT_ERROR_OUT_OF_MEMORY : WITRT_ERROR_WRONG_COUNT);
    CHECK(witrt_func_prepare(guest_func(&g, 0), kinds, COUNT, NULL, 0, NULL) == NULL);
    told(WITRT_ERROR_OUT_OF_RANGE);
    CHECK(witrt_func_prepare(guest_func(&g, 0), NULL, 0, kinds, COUNT, NULL) == NULL);
    told(WITRT_ERROR_OUT_OF_RANGE);
  }
  wasm_valtype_vec_new_empty(&results);
  refuse_large(CAN_REFUSE);
  CHECK(wasm_functype_new(&params, &results) == NULL);
  told(WITRT_ERROR_OUT_OF_RANGE);
  refuse_large(false);
  CHECK(params.size == 0);
  free(args), free(externs), free(kinds);
}

int main(void) {
  text = malloc(SIZE + 1);
  memset(text, 'x', SIZE);
  text[SIZE] = 0;
  message = (wasm_message_t){SIZE + 1, text};
  memset(&g, 0, sizeof g);
  g.engine = wasm_engine_new();
  g.store = wasm_store_new(g.engine);
  wasm_functype_t* type = wasm_functype_new_0_0();
  wasm_func_t* callback = wasm_func_new(g.store, type, fail);
  wasm_extern_t* import[] = {wasm_func_as_extern(callback)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  guest_load(&g, wat, &imports);
  wasm_func_delete(callback), wasm_functype_delete(type);
  messages();
  names();
  lists();
#if CAN_REFUSE
  CHECK(refused >= 10);
#else
  puts("a heap that refuses copies: not with this heap");
#endif
  guest_close(&g);
  free(text);
  return check_result();
}
