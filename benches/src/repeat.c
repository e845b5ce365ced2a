/* One workload of prepared calls and callbacks over and over, for tools that count
 * instructions. Text has eight bytes.
 *
 *     repeat WORKLOAD TIMES       without arguments, the workloads */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uchar.h>
#include <witrt.h>

static const char guest[] =
  "(module"
  "  (import \"host\" \"log\" (func $log (param i32 i32)))"
  "  (import \"host\" \"ask\" (func $ask (result i32 i32)))"
  "  (import \"host\" \"sum\" (func $sum (param i32 i32) (result i32)))"
  "  (memory 1)"
  "  (global $len (mut i32) (i32.const 8))"
  "  (data (i32.const 1024) \"12345678\")"
  "  (func $alloc (param i32) (result i32) i32.const 1024)"
  "  (func $free (param i32 i32))"
  "  (func $add (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))"
  "  (func $sink (param i32 i32) (result i32) (global.set $len (local.get 1)) (local.get 1))"
  "  (func $source (result i32 i32) (i32.const 1024) (global.get $len))"
#define LOOP(name, call) \
  "  (func $" name " (param i32) (loop $again " call \
  "    (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_if $again (local.get 0))))"
  LOOP("logs", "(call $log (i32.const 1024) (global.get $len))")
  LOOP("asks", "(drop (drop (call $ask)))")
  LOOP("sums", "(drop (call $sum (i32.const 1) (i32.const 2)))")
  "  (@interface func $host_log (import \"host\" \"log\") (param string))"
  "  (@interface implement (import \"host\" \"log\") (param i32) (param i32)"
  "    arg.get 0 arg.get 1 memory-to-string call-adapter $host_log)"
  "  (@interface func $host_ask (import \"host\" \"ask\") (result string))"
  "  (@interface implement (import \"host\" \"ask\") (result i32) (result i32)"
  "    call-adapter $host_ask string-to-memory $alloc)"
  "  (@interface func $host_sum (import \"host\" \"sum\") (param s32) (param s32) (result s32))"
  "  (@interface implement (import \"host\" \"sum\") (param i32) (param i32) (result i32)"
  "    arg.get 0 i32-to-s32 arg.get 1 i32-to-s32 call-adapter $host_sum s32-to-i32)"
  "  (@interface func (export \"add\") (param s32) (param s32) (result s32)"
  "    arg.get 0 s32-to-i32 arg.get 1 s32-to-i32 call-core $add i32-to-s32)"
  "  (@interface func (export \"sink\") (param string) (result u32)"
  "    arg.get 0 string-to-memory $alloc defer-call-core $free call-core $sink i32-to-u32)"
  "  (@interface func (export \"source\") (result string)"
  "    call-core $source defer-call-core $free memory-to-string)"
#define EXPORT(name) \
  "  (@interface func (export \"" name "\") (param u32) arg.get 0 u32-to-i32 call-core $" name ")"
  EXPORT("logs") EXPORT("asks") EXPORT("sums") ")";

typedef witrt_slot_kind_t kind_t;

/* The host's functions. */
static wasm_trap_t* hear(void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  (void)caller, (void)results;
  *(size_t*)env = args[0].text.size;
  return NULL;
}
static wasm_trap_t* answer(void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  (void)env, (void)caller, (void)args;
  results[0].text = (witrt_text_t){"12345678", 8};
  return NULL;
}
static wasm_trap_t* sum(void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  (void)env, (void)caller;
  results[0].s32 = args[0].s32 + args[1].s32;
  return NULL;
}
static void* grow(void* env, size_t size) {
  (void)size;
  return env;
}

static void* must(void* object, const char* what) {
  if (!object) {
    fprintf(stderr, "%s: failed\n", what);
    exit(1);
  }
  return object;
}

/* What a workload calls, and with what. */
typedef struct {
  const char *name, *func;
  kind_t params[2], results[1];
  size_t param_count, result_count;
  bool wide, loops;
} workload_t;

static const workload_t workloads[] = {
  {"add", "add", {WASM_S32, WASM_S32}, {WASM_S32}, 2, 1, false, false},
  {"in-utf8", "sink", {WITRT_SLOT_UTF8}, {WASM_U32}, 1, 1, false, false},
  {"in-utf16", "sink", {WITRT_SLOT_UTF16}, {WASM_U32}, 1, 1, true, false},
  {"out-utf8", "source", {0}, {WITRT_SLOT_UTF8}, 0, 1, false, false},
  {"out-utf16", "source", {0}, {WITRT_SLOT_UTF16}, 0, 1, true, false},
  {"grow-utf8", "source", {0}, {WITRT_SLOT_GROW_UTF8}, 0, 1, false, false},
  {"lazy-utf8", "source", {0}, {WITRT_SLOT_LAZY_UTF8}, 0, 1, false, false},
  {"back-utf8", "logs", {WASM_U32}, {0}, 1, 0, false, true},
  {"back-utf16", "logs", {WASM_U32}, {0}, 1, 0, true, true},
  {"answer-utf8", "asks", {WASM_U32}, {0}, 1, 0, false, true},
  {"back-numbers", "sums", {WASM_U32}, {0}, 1, 0, false, true},
};
#define COUNT(array) (sizeof(array) / sizeof *(array))

int main(int argc, char** argv) {
  const workload_t* found = NULL;
  for (size_t i = 0; i < COUNT(workloads); i++) {
    if (argc < 3) puts(workloads[i].name);
    else if (!strcmp(workloads[i].name, argv[1])) found = &workloads[i];
  }
  if (argc < 3) return 0;
  must((void*)found, argv[1]);
  unsigned times = (unsigned)atoi(argv[2]);

  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = must(witrt_module_new(engine, guest, sizeof guest - 1, NULL), "the module");
  kind_t text = found->wide ? WITRT_SLOT_UTF16 : WITRT_SLOT_UTF8, plain = WITRT_SLOT_UTF8;
  kind_t numbers[] = {WASM_S32, WASM_S32};
  size_t heard = 0;
  wasm_extern_t* supplied[] = {
    wasm_func_as_extern(must(witrt_func_new_with_slots(store, &text, 1, NULL, 0, hear, &heard, NULL, NULL), "log")),
    wasm_func_as_extern(must(witrt_func_new_with_slots(store, NULL, 0, &plain, 1, answer, NULL, NULL, NULL), "ask")),
    wasm_func_as_extern(must(witrt_func_new_with_slots(store, numbers, 2, numbers, 1, sum, NULL, NULL, NULL), "sum"))};
  wasm_extern_vec_t imports = {COUNT(supplied), supplied};
  wasm_instance_t* instance = must(wasm_instance_new(store, module, &imports, NULL), "the instance");
  wasm_extern_t* export = must(witrt_instance_export(instance, found->func, strlen(found->func)), found->func);
  witrt_prepared_t* call = must(
    witrt_func_prepare(wasm_extern_as_func(export), found->params, found->param_count, found->results, found->result_count, NULL),
    "its type");

  witrt_slot_t args[2] = {{.s32 = 40}, {.s32 = 2}}, out;
  static char room[64];
  if (!strcmp(found->func, "sink")) args[0].text = (witrt_text_t){found->wide ? (void*)u"12345678" : (void*)"12345678", 8};
  /* Calls back need one entry. */
  if (found->loops) args[0].u32 = times, times = 1;
  bool grows = !strncmp(found->name, "grow", 4), is_lazy = !strncmp(found->name, "lazy", 4);
  for (unsigned i = 0; i < times; i++) {
    if (grows) out.grow = (witrt_grow_t){grow, room};
    else out.buffer = (witrt_buffer_t){room, sizeof room / 2};
    if (!witrt_prepared_call(call, args, &out, NULL)) must(NULL, "a call");
    if (is_lazy) wasm_string_delete(out.lazy.string);
  }
  return 0;
}
