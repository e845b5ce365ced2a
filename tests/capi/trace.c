/* A line for each call, for who asks for it. */

#include <unistd.h>

#include "guest.h"

typedef struct {
  char text[2048];
  int lines, ended;
} lines_t;

static void tell(void* env, const char* line, size_t size) {
  lines_t* lines = env;
  strncat(lines->text, line, size);
  strcat(lines->text, "\n");
  lines->lines++;
}
static void end(void* env) { ((lines_t*)env)->ended++; }

static wasm_trap_t* log_text(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)results;
  *(size_t*)env += wasm_string_length(args->data[0].of.string, WASM_UTF8);
  return NULL;
}

/* The guest logs what it is given, and answers with a part of it. */
static const char* echo =
  "(module"
  "  (import \"in\" \"log\" (func $log (param i32 i32)))"
  "  (memory 1)"
  "  (func $alloc (param i32) (result i32) i32.const 1024)"
  "  (func $run (param i32 i32 i32) (result i32)"
  "    (call $log (local.get 0) (local.get 1)) (i32.mul (local.get 2) (local.get 1)))"
  "  (@interface func $told (import \"env\" \"log\") (param string))"
  "  (@interface implement (import \"in\" \"log\") (param i32) (param i32)"
  "    arg.get 0 arg.get 1 memory-to-string call-adapter $told)"
  "  (@interface func (export \"run\") (param string) (param s8) (result s32)"
  "    arg.get 0 string-to-memory $alloc arg.get 1 s8-to-i32 call-core $run i32-to-s32)"
  "  (func $fail (param i64 f64 externref) unreachable)"
  "  (@interface func (export \"fail\") (param i64) (param f64) (param externref)"
  "    arg.get 0 arg.get 1 arg.get 2 call-core $fail))";

static void called(wasm_engine_t* engine, const char* expected) {
  size_t logged = 0;
  guest_t g;
  memset(&g, 0, sizeof g);
  g.store = wasm_store_new(engine);
  wasm_functype_t* type = wasm_functype_new_1_0(wasm_valtype_new_string());
  wasm_func_t* log = wasm_func_new_with_env(g.store, type, log_text, &logged, NULL);
  wasm_functype_delete(type);
  wasm_extern_t* import[] = {wasm_func_as_extern(log)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  guest_load(&g, echo, &imports);
  wasm_extern_t* run = witrt_instance_export(g.instance, "run", 3);
  wasm_extern_t* fail = witrt_instance_export(g.instance, "fail", 4);
  REQUIRE(run && fail);

  wasm_string_t text = WASM_STRING_LIT16(u"Zoë \"x\"");
  wasm_val_t arg[] = {WASM_STRING_VAL(&text), WASM_S8_VAL(-3)}, result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  CHECK(wasm_func_call(wasm_extern_as_func(run), &args, &results) == NULL);
  CHECK_EQ(result[0].of.s32, -24);
  CHECK_EQ(logged, 8);
  /* A prepared call is one, too. */
  witrt_slot_kind_t params[] = {WITRT_SLOT_UTF8, WASM_S8}, out[] = {WASM_S32};
  witrt_prepared_t* prepared = witrt_func_prepare(wasm_extern_as_func(run), params, 2, out, 1, NULL);
  REQUIRE(prepared);
  char many[150];
  memset(many, 'm', sizeof many);
  witrt_slot_t slots[2], answer;
  slots[0].text.data = many, slots[0].text.size = sizeof many, slots[1].s8 = 2;
  CHECK(witrt_prepared_call(prepared, slots, &answer, NULL) && answer.s32 == 300);
  witrt_prepared_delete(prepared);
  wasm_val_t bad[] = {WASM_I64_VAL(-1), WASM_F64_VAL(0.5), WASM_REF_VAL(NULL)};
  wasm_val_vec_t bads = WASM_ARRAY_VEC(bad);
  CHECK(has(message_of(wasm_func_call(wasm_extern_as_func(fail), &bads, NULL)), "unreachable"));

  char line[512], m[101];
  memset(m, 'm', 100), m[100] = 0;
  snprintf(line, sizeof line,
    "call run(\"Zo\303\253 \\\"x\\\"\", -3)\nimport env.log(\"Zo\303\253 \\\"x\\\"\")\n"
    "call run(\"%s\"\342\200\246, 2)\nimport env.log(\"%s\"\342\200\246)\ncall fail(-1, 0.5, null)\n", m, m);
  if (expected && !CHECK(strcmp(expected, line) == 0)) fprintf(stderr, "%s---\n%s", expected, line);
  wasm_extern_delete(run);
  wasm_extern_delete(fail);
  wasm_func_delete(log);
  guest_close(&g);
}

/* Values with parts; and a component that comes from a file. */
static void components(void) {
  static const char text[] = "(component"
    "  (import \"host:x/log@1.0.0\" (instance $log (export \"note\" (func (param \"n\" (tuple u32 bool))))))"
    "  (core module $m (import \"l\" \"note\" (func $note (param i32 i32))) (memory (export \"mem\") 1)"
    "    (func (export \"f\") (param i32 i32 i32 i32) (result i32)"
    "      (call $note (i32.load8_u (local.get 0)) (i32.const 1)) (local.get 1))"
    "    (func (export \"realloc\") (param i32 i32 i32 i32) (result i32) i32.const 64))"
    "  (core func $lowered (canon lower (func $log \"note\")))"
    "  (core instance $l (export \"note\" (func $lowered)))"
    "  (core instance $i (instantiate $m (with \"l\" (instance $l))))"
    "  (func (export \"sum\") (param \"l\" (list u8)) (param \"o\" (option s8)) (result u32)"
    "    (canon lift (core func $i \"f\") (memory $i \"mem\") (realloc (func $i \"realloc\")))))";
  char path[] = "/tmp/witrt-component-XXXXXX";
  int file = mkstemp(path);
  REQUIRE(file >= 0 && write(file, text, sizeof text - 1) == (ssize_t)(sizeof text - 1) && close(file) == 0);
  lines_t lines;
  memset(&lines, 0, sizeof lines);
  wasm_config_t* config = wasm_config_new();
  CHECK(witrt_config_set_trace(config, tell, &lines, end));
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  wasm_store_t* store = wasm_store_new(engine);
  witrt_error_t* error = NULL;
  wasm_module_t* module = witrt_module_new_from_file(engine, path, &error);
  if (!module) fprintf(stderr, "%s\n", witrt_error_message(error));
  REQUIRE(module && unlink(path) == 0);
  witrt_linker_t* linker = witrt_linker_new();
  CHECK(witrt_linker_define_unknown_as_traps(linker, store, module, NULL));
  wasm_instance_t* instance = witrt_linker_instantiate(linker, store, module, &error);
  if (!instance) fprintf(stderr, "%s\n", witrt_error_message(error));
  REQUIRE(instance);
  wasm_extern_t* sum = witrt_instance_export(instance, "sum", 3);
  REQUIRE(sum);
  uint8_t bytes[] = {9, 8, 7, 6, 5, 4, 3, 2, 1};
  wasm_list_t list = WASM_LIST_OF(WASM_U8, bytes, 9);
  wasm_val_t some = WASM_S8_VAL(-5), arg[] = {WASM_LIST_VAL(&list), WASM_SOME_VAL(&some)}, result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  CHECK(!witrt_func_call(wasm_extern_as_func(sum), &args, &results, &error));
  CHECK(has(witrt_error_message(error), "\"host:x/log@1.0.0\" \"note\" is not defined"));
  witrt_error_delete(error);
  const char* expected = "call sum([9, 8, 7, 6, 5, 4, 3, 2, …], some(-5))\nimport host:x/log@1.0.0#note((9, true))\n";
  if (!CHECK(strcmp(lines.text, expected) == 0)) fprintf(stderr, "%s", lines.text);
  wasm_extern_delete(sum);
  wasm_instance_delete(instance);
  witrt_linker_delete(linker);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  CHECK_EQ(lines.ended, 1);
}

int main(void) {
  components();
  for (int back_end = 0; back_end < 2; back_end++) {
    lines_t lines;
    memset(&lines, 0, sizeof lines);
    wasm_config_t* config = wasm_config_new();
    CHECK(witrt_config_set_back_end(config, (witrt_back_end_t)back_end));
    CHECK(!witrt_config_set_trace(config, NULL, &lines, end));
    CHECK(!witrt_config_set_trace(NULL, tell, &lines, end));
    CHECK_EQ(lines.ended, 0);
    CHECK(witrt_config_set_trace(config, tell, &lines, end));
    wasm_engine_t* engine = wasm_engine_new_with_config(config);
    REQUIRE(engine);
    called(engine, lines.text);
    CHECK_EQ(lines.lines, 5);
    CHECK_EQ(lines.ended, 0);
    wasm_engine_delete(engine);
    CHECK_EQ(lines.ended, 1);
  }
  wasm_engine_t* engine = wasm_engine_new();
  called(engine, NULL);
  wasm_engine_delete(engine);
  return check_result();
}
