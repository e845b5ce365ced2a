/* A command of WASI, made by any C or Rust compiler, is run like a program: with
 * arguments, an environment and standard input of the host's choice, and with its
 * output caught, a line at a time. What the host does not give, it does not have. */

#include "common.h"

/* Standard output of the guest; false would refuse it. */
static bool print_line(void* env, const wasm_byte_t* line, size_t size) {
  printf("line %d: %.*s", ++*(int*)env, (int)size, line);
  return true;
}

static void run(wasm_store_t* store, wasm_module_t* module, const char* what) {
  int lines = 0;
  witrt_wasi_t* wasi = witrt_wasi_new();
  wasm_string_t name = WASM_STRING_LIT("probe"), command = WASM_STRING_UTF8(what, strlen(what));
  wasm_string_t more = WASM_STRING_LIT16(u"3"), key = WASM_STRING_LIT("GREETING");
  wasm_string_t value = WASM_STRING_LIT16(u"grüß dich");
  check(witrt_wasi_push_arg(wasi, &name), "the program's name");
  check(witrt_wasi_push_arg(wasi, &command) && witrt_wasi_push_arg(wasi, &more), "arguments");
  check(witrt_wasi_set_env(wasi, &key, &value), "the environment");
  check(witrt_wasi_set_stdin_bytes(wasi, "first\nsecond", 12), "standard input");
  check(witrt_wasi_set_stdout_callback(wasi, print_line, true, &lines, NULL), "standard output");
  check(witrt_store_set_wasi(store, wasi, NULL), "WASI");
  witrt_wasi_delete(wasi);

  /* Each run is of a new instance, as a process is new. */
  wasm_instance_t* instance = wasm_instance_new(store, module, NULL, NULL);
  check(instance != NULL, "instance");
  int32_t status;
  check(witrt_instance_run(instance, &status, NULL), what);
  printf("\n%s ended with %d\n", what, status);
  wasm_instance_delete(instance);
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load_module(store, "../tests/wasi/probe.wasm");
  run(store, module, "args");
  run(store, module, "env");
  run(store, module, "cat");
  run(store, module, "exit"); /* with 3: no end of this process */
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
