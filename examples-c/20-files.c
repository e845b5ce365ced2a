/* A component of WASI 0.2 reads a file of a folder that the host has given it, and
 * no other: not by `..`, not by an absolute path. */

#include "common.h"

static bool print(void* env, const wasm_byte_t* data, size_t size) {
  (void)env;
  return fwrite(data, 1, size, stdout) == size;
}

static void read_file(wasm_store_t* store, wasm_module_t* module, const char* path) {
  witrt_wasi_t* wasi = witrt_wasi_new();
  wasm_string_t args[] = {WASM_STRING_LIT("probe"), WASM_STRING_LIT("read"),
                          WASM_STRING_UTF8(path, strlen(path))};
  for (int i = 0; i < 3; i++) check(witrt_wasi_push_arg(wasi, &args[i]), "argument");
  /* The folder's name for the guest is what the host likes. */
  const char* folder = EXAMPLES "/../tests/wasi/files";
  wasm_string_t host = WASM_STRING_UTF8(folder, strlen(folder)), guest = WASM_STRING_LIT("/data");
  check(witrt_wasi_preopen_dir(wasi, &host, &guest, WITRT_WASI_READ), "folder");
  check(witrt_wasi_set_stdout_callback(wasi, print, false, NULL, NULL), "standard output");
  check(witrt_store_set_wasi(store, wasi, NULL), "WASI");
  witrt_wasi_delete(wasi);

  wasm_instance_t* instance = wasm_instance_new(store, module, NULL, NULL);
  check(instance != NULL, "instance");
  fflush(stdout);
  check(witrt_instance_run(instance, NULL, NULL), "run");
  wasm_instance_delete(instance);
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load_module(store, "../tests/wasi/probe-component.wasm");
  read_file(store, module, "/data/poem.txt");
  read_file(store, module, "/data/../probe.c");
  read_file(store, module, "/etc/passwd");
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
