/* A module that wasm-bindgen has made for JavaScript, called without any: text in UTF-16,
 * a list of strings, a struct of Rust by its address, an error with its message, and a
 * function of the host. */

#include <uchar.h>

#include "common.h"

/* Rust's types as they stand in 22-bindgen.rs. */
static const char face[] =
    "convention = 'wasm-bindgen'\n"
    "wit = '''\n"
    "greet: func(name: string) -> result<string, string>;\n"
    "words: func(text: string) -> list<string>;\n"
    "counter-new: func(total: u32) -> u32;\n"
    "counter-add: func(counter: u32, text: string) -> u32;\n"
    "wbg-counter-free: func(counter: u32);\n"
    "'''\n"
    "imports = 'log: func(line: string);'\n";

static wasm_trap_t* log_line(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)results;
  printf("console: ");
  print_text(args->data[0].of.string);
  printf("\n");
  return NULL;
}

/* Calls a function with this text last; what comes back is the caller's to delete. */
static wasm_val_t call(const program_t* program, const char* name, const uint32_t* counter, const char16_t* text) {
  size_t units = 0;
  while (text[units]) units++;
  wasm_string_t string = WASM_STRING_UTF16(text, units);
  wasm_val_t both[2], result[] = {WASM_INIT_VAL};
  size_t count = 0;
  if (counter) both[count++] = (wasm_val_t)WASM_U32_VAL(*counter);
  both[count++] = (wasm_val_t)WASM_STRING_VAL(&string);
  wasm_val_vec_t args = {count, both}, results = WASM_ARRAY_VEC(result);
  check_call(wasm_func_call(function(program, name), &args, &results), name);
  return result[0];
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  check(store != NULL, "store");

  FILE* file = fopen(EXAMPLES "/22-bindgen.wasm", "rb");
  static char bytes[1 << 16];
  if (!file) {
    perror("22-bindgen.wasm");
    return 1;
  }
  size_t size = fread(bytes, 1, sizeof bytes, file);
  fclose(file);

  /* All that it imports beside `console.log` is its tool's, and is there already. */
  program_t program = {0};
  program.module = witrt_module_attach(engine, bytes, size, face, sizeof face - 1, NULL);
  check(program.module != NULL, "attach");
  wasm_importtype_vec_t types;
  wasm_module_imports(program.module, &types);
  check(types.size == 1, "one import");
  const wasm_functype_t* type = wasm_externtype_as_functype_const(wasm_importtype_type(types.data[0]));
  wasm_func_t* log = wasm_func_new(store, type, log_line);
  wasm_importtype_vec_delete(&types);
  wasm_extern_t* supplied[] = {wasm_func_as_extern(log)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(supplied);
  program.instance = wasm_instance_new(store, program.module, &imports, NULL);
  check(program.instance != NULL, "instance");
  wasm_instance_exports(program.instance, &program.exports);

  static const char16_t* const names[] = {u"Zoë 🦀", u""};
  for (int i = 0; i < 2; i++) {
    wasm_val_t greeted = call(&program, "greet", NULL, names[i]);
    const wasm_variant_t* outcome = greeted.of.variant;
    printf(outcome->index == 0 ? "" : "error: ");
    print_text(outcome->val.of.string);
    printf("\n");
    wasm_val_delete(&greeted);
  }

  wasm_val_t words = call(&program, "words", NULL, u"eins zwei drei");
  const wasm_list_t* list = words.of.list;
  for (size_t i = 0; i < list->size; i++) {
    print_text(&wasm_list_strings(list)[i]);
    printf(i + 1 < list->size ? ", " : "\n");
  }
  wasm_val_delete(&words);

  /* The guest's own struct, until it is freed. */
  wasm_val_t total[] = {WASM_U32_VAL(10)}, result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(total), results = WASM_ARRAY_VEC(result);
  check_call(wasm_func_call(function(&program, "counter-new"), &args, &results), "counter-new");
  uint32_t counter = result[0].of.u32;
  call(&program, "counter-add", &counter, u"añ");
  printf("%u\n", call(&program, "counter-add", &counter, u"🦀").of.u32);
  wasm_val_t given[] = {WASM_U32_VAL(counter)};
  wasm_val_vec_t last = WASM_ARRAY_VEC(given), nothing = WASM_EMPTY_VEC;
  check_call(wasm_func_call(function(&program, "wbg-counter-free"), &last, &nothing), "free");

  wasm_func_delete(log);
  stop(&program);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
