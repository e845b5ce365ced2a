/* A guest to test with: engine, store, module and instance in one struct. */

#ifndef GUEST_H
#define GUEST_H

#include "check.h"
#include "witrt.h"

typedef struct {
  wasm_engine_t* engine;
  wasm_store_t* store;
  wasm_module_t* module;
  wasm_instance_t* instance;
  wasm_extern_vec_t exports;
  /* A second one in the same store, where a test has two. */
  wasm_module_t* other_module;
  wasm_instance_t* other_instance;
} guest_t;

/* Bytes of a C string, without the NUL; to be deleted. */
static inline wasm_byte_vec_t bytes_of(const char* text) {
  wasm_byte_vec_t bytes;
  wasm_byte_vec_new(&bytes, strlen(text), text);
  return bytes;
}

static inline wasm_module_t* module_of(wasm_store_t* store, const char* wat) {
  wasm_byte_vec_t bytes = bytes_of(wat);
  wasm_module_t* module = wasm_module_new(store, &bytes);
  wasm_byte_vec_delete(&bytes);
  return module;
}

static inline void guest_start(guest_t* g) {
  memset(g, 0, sizeof *g);
  g->engine = wasm_engine_new();
  REQUIRE(g->engine);
  g->store = wasm_store_new(g->engine);
  REQUIRE(g->store);
}

/* Once a guest has a store: compiles and instantiates. */
static inline void guest_load(guest_t* g, const char* wat, const wasm_extern_vec_t* imports) {
  g->module = module_of(g->store, wat);
  if (!g->module) fprintf(stderr, "%s\n", witrt_error_message(witrt_error_last()));
  REQUIRE(g->module);
  g->instance = wasm_instance_new(g->store, g->module, imports, NULL);
  REQUIRE(g->instance);
  wasm_instance_exports(g->instance, &g->exports);
}

static inline void guest_open(guest_t* g, const char* wat) {
  guest_start(g);
  guest_load(g, wat, NULL);
}

static inline void guest_close(guest_t* g) {
  if (g->instance) wasm_extern_vec_delete(&g->exports);
  wasm_instance_delete(g->instance);
  wasm_module_delete(g->module);
  wasm_store_delete(g->store);
  wasm_engine_delete(g->engine);
}

/* Borrowed from the guest, which must have it. */
static inline wasm_func_t* guest_func(const guest_t* g, size_t index) {
  REQUIRE(index < g->exports.size);
  wasm_func_t* func = wasm_extern_as_func(g->exports.data[index]);
  REQUIRE(func);
  return func;
}

/* The message of a trap, as a C string in a static buffer; deletes the trap. */
static inline const char* message_of(wasm_trap_t* trap) {
  static char text[512];
  wasm_message_t message;
  if (!trap) return "(no trap)";
  wasm_trap_message(trap, &message);
  CHECK(message.size > 0 && message.data[message.size - 1] == 0);
  snprintf(text, sizeof text, "%s", message.size ? message.data : "");
  wasm_byte_vec_delete(&message);
  wasm_trap_delete(trap);
  return text;
}

/* Whether a guest may do what the processor has to stop, such as reading where
 * no memory is: valgrind takes that for a mistake of the program. */
static inline bool may_fault(void) { return getenv("WITHOUT_FAULTS") == NULL; }

static inline int has(const char* text, const char* part) {
  return text && strstr(text, part) != NULL;
}

#endif
