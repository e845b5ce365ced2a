/* A module of AssemblyScript, which tells nothing of its types, is called with UTF-16
 * once a face says what they are. Its errors are traps with their messages. */

#include <uchar.h>

#include "common.h"

static const char face[] =
    "convention = 'assemblyscript'\n"
    "wit = 'greet: func(name: string) -> string;'\n";

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  check(store != NULL, "store");

  FILE* file = fopen(EXAMPLES "/21-assemblyscript.wasm", "rb");
  static char bytes[1 << 16];
  if (!file) {
    perror("21-assemblyscript.wasm");
    return 1;
  }
  size_t size = fread(bytes, 1, sizeof bytes, file);
  fclose(file);

  program_t program = {0};
  program.module = witrt_module_attach(engine, bytes, size, face, sizeof face - 1, NULL);
  check(program.module != NULL, "attach");
  program.instance = wasm_instance_new(store, program.module, NULL, NULL);
  check(program.instance != NULL, "instance");
  wasm_instance_exports(program.instance, &program.exports);
  wasm_func_t* greet = function(&program, "greet");

  static const char16_t name[] = u"Zoë 🦀";
  wasm_string_t text = WASM_STRING_UTF16(name, sizeof name / sizeof *name - 1);
  wasm_val_t arg[] = {WASM_STRING_VAL(&text)}, result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  check_call(wasm_func_call(greet, &args, &results), "greet");

  char16_t answer[64];
  size_t units = 0;
  check(wasm_string_read(result[0].of.string, WASM_UTF16, answer, 64, &units), "read");
  printf("%zu code units:", units);
  for (size_t i = 0; i < units; i++) printf(" %04x", (unsigned)answer[i]);
  printf("\n");
  print_text(result[0].of.string);
  printf("\n");
  wasm_val_delete(&result[0]);

  wasm_string_t nobody = WASM_STRING_UTF16(name, 0);
  wasm_val_t none[] = {WASM_STRING_VAL(&nobody)};
  wasm_val_vec_t empty = WASM_ARRAY_VEC(none);
  wasm_trap_t* trap = wasm_func_call(greet, &empty, &results);
  check(trap != NULL, "a trap");
  wasm_message_t message;
  wasm_trap_message(trap, &message);
  printf("%s\n", message.data);
  wasm_byte_vec_delete(&message);
  wasm_trap_delete(trap);

  stop(&program);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
