/* Host functions with described values that a component calls: arguments are shown where
 * they lie in the guest, and what is returned may lie there, too. */

#include "check.h"
#include <uchar.h>
#include <witrt.h>

/* What the guest passes begins at 1024, and is zero once it has been asked for room. */
#define GUEST                                                                                          \
  "(component"                                                                                         \
  " (import \"bytes\" (func $bytes (param \"t\" string) (param \"b\" (list u8)) (result (list u8))))"  \
  " (import \"text\" (func $text (param \"t\" string) (result string)))"                               \
  " (import \"many\" (func $many " MANY " (result u32)))"                                              \
  " (core module $mem (memory (export \"memory\") 1)"                                                  \
  "  (func (export \"realloc\") (param i32 i32 i32 i32) (result i32)"                                  \
  "   (memory.fill (i32.const 1024) (i32.const 0) (i32.const 128))"                                    \
  "   (drop (memory.grow (i32.const 1))) (i32.const 4096)))"                                           \
  " (core instance $mem (instantiate $mem))"                                                           \
  " (core func $b (canon lower (func $bytes) (memory $mem \"memory\") (realloc (func $mem \"realloc\"))))" \
  " (core func $t (canon lower (func $text) (memory $mem \"memory\") (realloc (func $mem \"realloc\"))))"  \
  " (core func $n (canon lower (func $many) (memory $mem \"memory\")))"                                \
  " (core module $m (import \"m\" \"memory\" (memory 1))"                                              \
  "  (import \"h\" \"b\" (func $b (param i32 i32 i32 i32 i32)))"                                       \
  "  (import \"h\" \"t\" (func $t (param i32 i32 i32)))"                                               \
  "  (import \"h\" \"n\" (func $n (param i32) (result i32)))"                                          \
  "  (func $answer (result i64) (i64.or"                                                               \
  "   (i64.shl (i64.load32_u (i32.const 2052)) (i64.const 56)) (i64.load (i32.load (i32.const 2048)))))" \
  "  (func (export \"bytes\") (param i64) (result i64)"                                                \
  "   (i32.store (i32.const 1024) (i32.const 0x636261)) (i64.store (i32.const 1032) (local.get 0))"    \
  "   (call $b (i32.const 1024) (i32.const 3) (i32.const 1032) (i32.const 7) (i32.const 2048))"        \
  "   (call $answer))"                                                                                 \
  "  (func (export \"text\") (param i64) (result i64) (i64.store (i32.const 1024) (local.get 0))"      \
  "   (call $t (i32.const 1024) (i32.const 3) (i32.const 2048)) (call $answer))"                       \
  "  (func (export \"many\") (result i32) (local i32)"                                                 \
  "   (loop (i32.store (i32.add (i32.const 1024) (i32.mul (local.get 0) (i32.const 4))) (local.get 0))" \
  "    (local.set 0 (i32.add (local.get 0) (i32.const 1))) (br_if 0 (i32.lt_u (local.get 0) (i32.const 17))))" \
  "   (call $n (i32.const 1024))))"                                                                    \
  " (core instance $i (instantiate $m (with \"m\" (instance $mem)) (with \"h\" (instance"              \
  "  (export \"b\" (func $b)) (export \"t\" (func $t)) (export \"n\" (func $n))))))"                   \
  " (func (export \"bytes\") (param \"x\" u64) (result u64) (canon lift (core func $i \"bytes\")))"    \
  " (func (export \"text\") (param \"x\" u64) (result u64) (canon lift (core func $i \"text\")))"      \
  " (func (export \"many\") (result u32) (canon lift (core func $i \"many\"))))"
#define MANY                                                                                     \
  "(param \"a\" u32) (param \"b\" u32) (param \"c\" u32) (param \"d\" u32) (param \"e\" u32)"    \
  "(param \"f\" u32) (param \"g\" u32) (param \"h\" u32) (param \"i\" u32) (param \"j\" u32)"    \
  "(param \"k\" u32) (param \"l\" u32) (param \"m\" u32) (param \"n\" u32) (param \"o\" u32)"    \
  "(param \"p\" u32) (param \"q\" u32)"

/* How a callback returns what it was shown. */
typedef enum { IN_THE_SLOT, AT_ONCE, OF_ITS_OWN } way_t;
static way_t way;
static bool wide;
static const void* shown;

/* The instance that calls, and another of the same store. */
static wasm_instance_t *calling, *other;
static uint64_t call(wasm_instance_t* instance, const char* name, uint64_t arg, bool has_arg, witrt_error_t** error);

/* Nobody gets at the memory that is shown while it is shown. */
static void call_others(void) {
  witrt_error_t* error = NULL;
  call(calling, "many", 0, false, &error);
  CHECK(error && witrt_error_kind(error) == WITRT_ERROR_STORE_BUSY);
  witrt_error_delete(error);
  CHECK_EQ(call(other, "many", 0, false, NULL), 16);
}

static wasm_trap_t* bytes(void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  (void)env;
  CHECK(args[0].text.size == 3 && !memcmp(args[0].text.data, "abc", 3));
  CHECK(args[1].span.size == 7);
  call_others();
  CHECK(!memcmp(args[0].text.data, "abc", 3));
  shown = args[1].span.data;
  uint8_t own[7];
  memcpy(own, args[1].span.data, sizeof own);
  witrt_slot_t slot = args[1];
  switch (way) {
    case IN_THE_SLOT: results[0] = slot; break;
    case OF_ITS_OWN: slot.span.data = own; /* fall through */
    default:
      CHECK(!witrt_caller_return_value(caller, 1, &slot));
      CHECK(witrt_caller_return_value(caller, 0, &slot));
      memset(own, 0, sizeof own);
  }
  return NULL;
}

static wasm_trap_t* text(void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  (void)env;
  witrt_text_t found = args[0].text;
  shown = found.data;
  if (way == IN_THE_SLOT) results[0].text = found;
  else {
    char16_t own[3] = {0};
    memcpy(own, found.data, found.size * (wide ? 2 : 1));
    CHECK(!witrt_caller_return_text(caller, 0, wide ? (const void*)u"\xd800" : "\xff", 1));
    CHECK(witrt_caller_return_text(caller, 0, way == OF_ITS_OWN ? own : found.data, found.size));
    memset(own, 0, sizeof own);
  }
  return NULL;
}

static wasm_trap_t* many(void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  (void)env, (void)caller;
  for (uint32_t i = 0; i < 17; i++) CHECK_EQ(args[i].u32, i);
  results[0].u32 = args[16].u32;
  return NULL;
}

static uint64_t call(wasm_instance_t* instance, const char* name, uint64_t arg, bool has_arg, witrt_error_t** error) {
  static const witrt_field_t u64 = WITRT_PLAIN(WASM_U64), u32 = WITRT_PLAIN(WASM_U32);
  wasm_extern_t* found = witrt_instance_export(instance, name, strlen(name));
  REQUIRE(found);
  witrt_prepared_t* prepared =
    witrt_func_prepare_fields(wasm_extern_as_func(found), &u64, has_arg, has_arg ? &u64 : &u32, 1, NULL);
  REQUIRE(prepared);
  witrt_slot_t in = {.u64 = arg}, out = {.u64 = 0};
  bool done = witrt_prepared_call(prepared, &in, &out, error);
  if (!error) CHECK(done);
  witrt_prepared_delete(prepared);
  wasm_extern_delete(found);
  return has_arg ? out.u64 : out.u32;
}

static void run(wasm_engine_t* engine, witrt_slot_kind_t kind) {
  wasm_store_t* store = wasm_store_new(engine);
  wasm_byte_vec_t source;
  wasm_byte_vec_new(&source, strlen(GUEST), GUEST);
  wasm_module_t* module = wasm_module_new(store, &source);
  wasm_byte_vec_delete(&source);
  REQUIRE(module);
  wasm_importtype_vec_t types;
  wasm_module_imports(module, &types);
  witrt_field_t byte = WITRT_VALUE(uint8_t, WASM_U8), list = WITRT_LIST(&byte), string = WITRT_PLAIN(kind);
  witrt_field_t utf8 = WITRT_PLAIN(WITRT_SLOT_UTF8), both[] = {utf8, list}, numbers[17];
  for (size_t i = 0; i < 17; i++) numbers[i] = (witrt_field_t)WITRT_PLAIN(WASM_U32);
  const struct {
    const witrt_field_t *params, *result;
    size_t count;
    witrt_slot_callback_t callback;
  } all[] = {{both, &list, 2, bytes}, {&string, &string, 1, text}, {numbers, numbers, 17, many}};
  wasm_extern_t* imports[3];
  for (size_t i = 0; i < 3; i++) {
    const wasm_functype_t* type = wasm_externtype_as_functype_const(wasm_importtype_type(types.data[i]));
    wasm_func_t* func = witrt_func_new_with_fields(
      store, type, all[i].params, all[i].count, all[i].result, 1, all[i].callback, NULL, NULL, NULL);
    REQUIRE(func);
    imports[i] = wasm_func_as_extern(func);
  }
  wasm_extern_vec_t supplied = {3, imports};
  wasm_instance_t* instance = wasm_instance_new(store, module, &supplied, NULL);
  REQUIRE(instance);
  calling = instance, other = wasm_instance_new(store, module, &supplied, NULL);
  REQUIRE(other);
  for (way = IN_THE_SLOT; way <= OF_ITS_OWN; way++) {
    for (int again = 0; again < 3; again++) {
      CHECK_EQ(call(instance, "bytes", 0x07060504030201, true, NULL), 0x0707060504030201u);
      CHECK_EQ(call(instance, "text", 0x7a7978, true, NULL) & 0xff00000000ffffff, 0x03000000007a7978u);
    }
    CHECK_EQ(call(instance, "many", 0, false, NULL), 16);
  }
  witrt_error_t* error = NULL;
  way = IN_THE_SLOT, shown = NULL;
  call(instance, "text", 0xff, true, &error);
  CHECK(error && witrt_error_kind(error) == WITRT_ERROR_TRAP && shown == NULL);
  witrt_error_delete(error);
  wasm_instance_delete(instance);
  wasm_instance_delete(other);
  for (size_t i = 0; i < 3; i++) wasm_extern_delete(imports[i]);
  wasm_importtype_vec_delete(&types);
  wasm_module_delete(module);
  wasm_store_delete(store);
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  run(engine, WITRT_SLOT_UTF8);
  wide = true;
  run(engine, WITRT_SLOT_UTF16);
  wasm_engine_delete(engine);
  return check_result();
}
