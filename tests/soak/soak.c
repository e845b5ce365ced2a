/* Calls of every kind, and modules loaded and thrown away, by the million:
 * what comes back is right, and the process does not grow.
 *
 *   soak CALLS LOADS
 *   soak CALLS LOADS leak    with a mistake, that it has to find
 *
 * What is measured is in soak.h. */

#include <uchar.h>

#include "../capi/guest.h"
#include "../capi/text.h"
#include "soak.h"

enum { CALLS_PER_STORE = 20000, LOADS_PER_STORE = 50, HELD = 8 };

static const char* wat =
  "(module"
  "  (import \"host\" \"shout\" (func $shout (param i32 i32) (result i32 i32)))"
  "  (memory 2 4) (global $next (mut i32) (i32.const 1024)) (global $freed (mut i32) (i32.const 0))"
  "  (func $malloc (param $n i32) (result i32) (local $at i32)"
  "    (if (i32.gt_u (i32.add (global.get $next) (local.get $n)) (i32.const 130000))"
  "      (then (global.set $next (i32.const 1024))))"
  "    (local.set $at (global.get $next))"
  "    (global.set $next (i32.add (global.get $next) (local.get $n))) (local.get $at))"
  "  (func $free (param i32 i32) (global.set $freed (i32.add (global.get $freed) (i32.const 1))))"
  "  (func $same (param i32 i32) (result i32 i32) local.get 0 local.get 1)"
  "  (func $add (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))"
  "  (func $wide (param i64) (result i64) (i64.add (local.get 0) (i64.const 1)))"
  "  (func $trap unreachable)"
  "  (func $deep call $deep)"
  "  (@interface func $host (import \"host\" \"shout\") (param string) (result string))"
  "  (@interface implement (func $shout) (param i32) (param i32) (result i32) (result i32)"
  "    arg.get 0 arg.get 1 memory-to-string call-adapter $host string-to-memory $malloc)"
  "  (@interface func (export \"add\") (param u8) (param u8) (result u8)"
  "    arg.get 0 u8-to-i32 arg.get 1 u8-to-i32 call-core $add i32-to-u8)"
  "  (@interface func (export \"echo\") (param string) (result string)"
  "    arg.get 0 string-to-memory $malloc call-core $same defer-call-core $free memory-to-string)"
  "  (@interface func (export \"shout\") (param string) (result string)"
  "    arg.get 0 string-to-memory $malloc call-core $shout memory-to-string)"
  "  (@interface func (export \"wide\") (param s64) (result s64)"
  "    arg.get 0 s64-to-i64 call-core $wide i64-to-s64)"
  "  (@interface func (export \"trap\") call-core $trap)"
  "  (@interface func (export \"deep\") call-core $deep)"
  "  (@interface func (export \"ref\") (param externref) (result externref) arg.get 0)"
  "  (@interface func (export \"plain\") (param i32) (param i32) (result i32)"
  "    arg.get 0 arg.get 1 call-core $add))";
enum { ADD, ECHO, SHOUT, WIDE, TRAP, DEEP, REF, PLAIN };

static guest_t g;
static int depth;
static uint64_t finalized, made;
static void finalize(void* at) { (void)at, finalized++; }

static wasm_trap_t* call(int export, wasm_val_t* arg, size_t count, wasm_val_t* result) {
  wasm_val_vec_t args = {count, arg}, results = {1, result};
  return wasm_func_call(guest_func(&g, (size_t)export), &args, &results);
}

/* The host's side of "shout": answers the same text, in three ways; calls back
 * in; fails now and then. */
static wasm_trap_t* shout(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  static char16_t text[256];
  static wasm_string_t own;
  size_t size = 0;
  const wasm_string_t* given = args->data[0].of.string;
  if (depth < 3 && below(8) == 0) {
    wasm_val_t arg = WASM_STRING_VAL((wasm_string_t*)given), result = WASM_INIT_VAL;
    depth++;
    wasm_trap_t* trap = call(below(2) ? ECHO : SHOUT, &arg, 1, &result);
    depth--;
    if (trap) return trap;
    results->data[0] = result;
    return NULL;
  }
  switch (below(64)) {
    case 0: return wasm_trap_new(g.store, NULL);
    case 1: results->data[0] = (wasm_val_t)WASM_I32_VAL(1); return NULL; /* of the wrong kind */
    default: break;
  }
  switch (below(3)) {
    case 0: results->data[0] = (wasm_val_t)WASM_STRING_VAL(wasm_string_copy(given)); return NULL;
    case 1:
      RIGHT(wasm_string_read(given, WASM_UTF16, text, 256, &size));
      results->data[0] = (wasm_val_t)WASM_STRING_VAL(wasm_string_new(WASM_UTF16, text, size));
      return NULL;
    default:
      RIGHT(wasm_string_read(given, WASM_UTF16, text, 256, &size));
      own = (wasm_string_t)WASM_STRING_UTF16(text, size);
      results->data[0] = (wasm_val_t)WASM_STRING_VAL(&own);
      return NULL;
  }
}

static void prepare(void);

static void open_store(void) {
  g.store = wasm_store_new(g.engine);
  REQUIRE(g.store);
  wasm_functype_t* type = wasm_functype_new_1_1(wasm_valtype_new_string(), wasm_valtype_new_string());
  wasm_func_t* func = wasm_func_new(g.store, type, shout);
  wasm_functype_delete(type);
  wasm_extern_t* import[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  guest_load(&g, wat, &imports);
  wasm_func_delete(func);
  prepare();
}

static witrt_prepared_t *into_buffer, *lazily;

static void close_store(void) {
  witrt_prepared_delete(into_buffer), witrt_prepared_delete(lazily);
  wasm_extern_vec_delete(&g.exports);
  wasm_instance_delete(g.instance);
  wasm_module_delete(g.module);
  wasm_store_delete(g.store);
}

static const struct { const char* text; size_t size; } samples[] = {
  {"", 0}, {"a", 1}, {"plain ascii text of middling length, for the wide loops of the kernels", 71},
  {"na\xc3\xafve caf\xc3\xa9", 12}, {"\xe6\xbc\xa2\xe5\xad\x97", 6}, {"x\0\xf0\x9f\xa6\x80 y", 8},
};
static wasm_val_t held[HELD];
static unsigned held_sample[HELD];

static void check_text(const wasm_val_t* val, unsigned i) {
  char narrow[128];
  char16_t wide[128], want[128];
  size_t size = 0;
  RIGHT(val->kind == WASM_STRING);
  if (below(2)) {
    RIGHT(wasm_string_read(val->of.string, WASM_UTF8, narrow, 128, &size) && size == samples[i].size &&
          memcmp(narrow, samples[i].text, size) == 0);
  } else {
    size_t units = utf16_of(samples[i].text, samples[i].size, want);
    RIGHT(wasm_string_length(val->of.string, WASM_UTF16) == units);
    RIGHT(wasm_string_read(val->of.string, WASM_UTF16, wide, 128, &size) && size == units &&
          memcmp(wide, want, 2 * size) == 0);
  }
}

static void strings(int export) {
  unsigned i = below(sizeof samples / sizeof *samples);
  char16_t wide[128];
  wasm_string_t text = WASM_STRING_UTF8(samples[i].text, samples[i].size);
  if (below(2)) text = (wasm_string_t)WASM_STRING_UTF16(wide, utf16_of(samples[i].text, samples[i].size, wide));
  wasm_val_t arg = WASM_STRING_VAL(&text), result = WASM_INIT_VAL;
  wasm_trap_t* trap = call(export, &arg, 1, &result);
  if (trap) {
    RIGHT(export == SHOUT);
    wasm_trap_delete(trap);
    return;
  }
  check_text(&result, i);
  /* Some are kept over later calls, and are still what they were. */
  unsigned place = below(HELD * 4);
  if (place >= HELD) {
    wasm_val_delete(&result);
    return;
  }
  if (held[place].of.string) {
    check_text(&held[place], held_sample[place]);
    wasm_val_delete(&held[place]);
  }
  held[place] = result, held_sample[place] = i;
}

static void fails(void) {
  wasm_string_t bad = WASM_STRING_UTF8("ab\xff", 3);
  wasm_val_t arg = WASM_STRING_VAL(&bad), result = WASM_INIT_VAL;
  wasm_trap_t* trap = NULL;
  switch (below(5)) {
    case 0: trap = call(TRAP, NULL, 0, &result); break;
    case 1: trap = call(ECHO, &arg, 1, &result); break;
    case 2: trap = call(ECHO, NULL, 1, &result); break;
    case 3: trap = call(WIDE, &arg, 1, &result); break;
    default: trap = may_fault() ? call(DEEP, NULL, 0, &result) : call(TRAP, NULL, 0, &result);
  }
  RIGHT(trap != NULL && result.kind == WASM_EXTERNREF);
  wasm_message_t message;
  wasm_trap_message(trap, &message);
  RIGHT(message.size > 1);
  wasm_byte_vec_delete(&message);
  wasm_frame_vec_t trace;
  wasm_trap_trace(trap, &trace);
  wasm_frame_vec_delete(&trace);
  wasm_trap_delete(trap);
}

/* The same text through a prepared call: into a buffer of ours, which may be
 * too small, or lazily. */
static void prepare(void) {
  static const witrt_slot_kind_t in[] = {WITRT_SLOT_UTF16}, out[] = {WITRT_SLOT_UTF16}, lazy[] = {WITRT_SLOT_LAZY_UTF16};
  into_buffer = witrt_func_prepare(guest_func(&g, ECHO), in, 1, out, 1, NULL);
  lazily = witrt_func_prepare(guest_func(&g, SHOUT), in, 1, lazy, 1, NULL);
  REQUIRE(into_buffer && lazily);
}

static void prepared(void) {
  char16_t wide[128], room[128];
  unsigned i = below(sizeof samples / sizeof *samples);
  size_t units = utf16_of(samples[i].text, samples[i].size, wide), size = below(8) ? 128 : units / 2;
  witrt_slot_t arg = {.text = {wide, units}}, result = {.buffer = {room, size}};
  witrt_error_t* error = NULL;
  if (below(2)) {
    bool fits = size >= units;
    RIGHT(witrt_prepared_call(into_buffer, &arg, &result, &error) == fits && result.text.size == units);
    if (fits) RIGHT(memcmp(room, wide, 2 * units) == 0);
    else if (below(2)) wasm_string_delete(witrt_prepared_take_result(into_buffer, 0));
  } else if (witrt_prepared_call(lazily, &arg, &result, &error)) {
    RIGHT(result.lazy.length == units && wasm_string_take(result.lazy.string, WASM_UTF16, room, 128, NULL) &&
          memcmp(room, wide, 2 * units) == 0);
  } else {
    RIGHT(error != NULL); /* the callback's */
  }
  witrt_error_delete(error);
}

static bool leak;

static void one_call(void) {
  /* So much that other changes of the resident memory do not hide it. */
  for (int i = 0; leak && i < 8; i++) wasm_valtype_new_i32();
  uint32_t a = below(256), b = below(256);
  wasm_val_t arg[2] = {WASM_INIT_VAL, WASM_INIT_VAL}, result = WASM_INIT_VAL;
  switch (below(20)) {
    case 0: case 1: case 2: case 3:
      arg[0] = (wasm_val_t)WASM_U8_VAL((uint8_t)a), arg[1] = (wasm_val_t)WASM_U8_VAL((uint8_t)b);
      RIGHT(call(ADD, arg, 2, &result) == NULL && result.of.u8 == (uint8_t)(a + b));
      break;
    case 4: case 5: case 6:
      arg[0] = (wasm_val_t)WASM_I32_VAL((int32_t)a), arg[1] = (wasm_val_t)WASM_I32_VAL((int32_t)b);
      RIGHT(call(PLAIN, arg, 2, &result) == NULL && result.of.i32 == (int32_t)(a + b));
      break;
    case 7:
      arg[0] = (wasm_val_t)WASM_S64_VAL(-(int64_t)a);
      RIGHT(call(WIDE, arg, 1, &result) == NULL && result.of.s64 == 1 - (int64_t)a);
      break;
    case 8:
      if (below(8) == 0) {
        wasm_foreign_t* foreign = wasm_foreign_new(g.store);
        wasm_foreign_set_host_info_with_finalizer(foreign, foreign, finalize);
        made++;
        arg[0] = (wasm_val_t)WASM_REF_VAL(wasm_foreign_as_ref(foreign));
        RIGHT(call(REF, arg, 1, &result) == NULL && wasm_ref_same(result.of.ref, arg[0].of.ref));
        wasm_val_delete(&result);
        wasm_foreign_delete(foreign);
      }
      break;
    case 9: if (below(4) == 0) fails(); break;
    case 10: if (below(16) == 0) RIGHT(witrt_store_settle(g.store, NULL)); break;
    case 11: case 12: strings(SHOUT); break;
    case 13: case 14: case 15: prepared(); break;
    default: strings(ECHO);
  }
}

static void calls(uint64_t i) {
  if (i % CALLS_PER_STORE == 0) open_store();
  one_call();
  if ((i + 1) % CALLS_PER_STORE == 0) close_store(); /* with strings still held */
}

/* A small module, each another one: by its numbers, its names, its length. */
static void load(uint64_t i) {
  if (i % LOADS_PER_STORE == 0) g.store = wasm_store_new(g.engine);
  char text[1024];
  unsigned core = below(1000);
  int length = snprintf(text, sizeof text,
    "(module (memory 1) (func $c%u (result i32) (i32.add (i32.const %u) (i32.const %u)))"
    "  (func $where (result i32 i32) i32.const %u i32.const 4) (data (i32.const 16) \"%04u\")"
    "  (@interface func (export \"number %u\") (result u32) call-core $c%u i32-to-u32)"
    "  (@interface func (export \"text %u\") (result string) call-core $where memory-to-string)",
    core, (unsigned)i, below(1u << 30), below(1000), below(10000), below(1000), core, below(1000));
  for (uint32_t more = below(4); more > 0; more--)
    length += snprintf(text + length, sizeof text - (size_t)length,
      " (@interface func (export \"more %u\") (param u8) (result s32) arg.get 0 u8-to-i32 i32-to-s32)", more);
  bool whole = below(16) != 0;
  if (whole) snprintf(text + length, sizeof text - (size_t)length, ")");
  wasm_byte_vec_t bytes = bytes_of(text), binary;
  if (below(2) && witrt_module_assemble(&bytes, &binary, NULL)) {
    wasm_byte_vec_delete(&bytes);
    bytes = binary;
  }
  wasm_module_t* module = wasm_module_new(g.store, &bytes);
  wasm_byte_vec_delete(&bytes);
  RIGHT((module != NULL) == whole);
  if (module) {
    wasm_instance_t* instance = wasm_instance_new(g.store, module, NULL, NULL);
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    wasm_val_t result = WASM_INIT_VAL;
    wasm_val_vec_t results = {1, &result};
    for (size_t export = 0; export < 2; export++) {
      RIGHT(exports.size >= 2 && wasm_func_call(wasm_extern_as_func(exports.data[export]), NULL, &results) == NULL);
      wasm_val_delete(&result);
    }
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
  }
  if ((i + 1) % LOADS_PER_STORE == 0) wasm_store_delete(g.store);
}

int main(int argc, char** argv) {
  uint64_t call_count = argc > 1 ? strtoull(argv[1], NULL, 10) : 400000;
  uint64_t load_count = argc > 2 ? strtoull(argv[2], NULL, 10) : 2000;
  leak = argc > 3 && strcmp(argv[3], "leak") == 0;
  wasm_config_t* config = wasm_config_new();
  witrt_config_set_opt_level(config, WITRT_OPT_LEVEL_NONE);
  witrt_config_set_parallel_compilation(config, false);
  g.engine = wasm_engine_new_with_config(config);
  REQUIRE(g.engine);
  soak("calls", call_count, CALLS_PER_STORE, calls);
  for (int i = 0; i < HELD; i++) wasm_val_delete(&held[i]);
  CHECK(made > 0 && finalized == made);
  soak("module loads", load_count, LOADS_PER_STORE, load);
  CHECK_EQ(wrong, 0);
  wasm_engine_delete(g.engine);
  return check_result();
}
