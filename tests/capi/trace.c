/* A line for each call, for who asks for it. */

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

int main(void) {
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
