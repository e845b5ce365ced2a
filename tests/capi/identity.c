/* Objects have identity and carry host information, whatever handle they are
 * seen through. */

#include "guest.h"

static int finalized[16];
static void finalize(void* at) { (*(int*)at)++; }

/* The laws of every class of references; X borrowed, OTHER another of it. */
#define LAWS(CLASS, slot)                                                       \
  static void CLASS##_laws(wasm_##CLASS##_t* x, wasm_##CLASS##_t* other) {      \
    REQUIRE(x && other);                                                        \
    wasm_##CLASS##_t* copy = wasm_##CLASS##_copy(x);                            \
    CHECK(wasm_##CLASS##_same(x, x) && wasm_##CLASS##_same(x, copy));           \
    CHECK(!wasm_##CLASS##_same(x, other) && !wasm_##CLASS##_same(other, copy)); \
    CHECK(!wasm_##CLASS##_same(x, NULL) && !wasm_##CLASS##_same(NULL, x));      \
    wasm_ref_t* ref = wasm_##CLASS##_as_ref(x);                                 \
    CHECK(wasm_ref_as_##CLASS(ref) == x);                                       \
    CHECK(wasm_ref_as_##CLASS##_const(wasm_##CLASS##_as_ref_const(x)) == x);    \
    CHECK(wasm_ref_same(ref, wasm_##CLASS##_as_ref(copy)));                     \
    CHECK(wasm_##CLASS##_get_host_info(x) == NULL);                             \
    wasm_##CLASS##_set_host_info(x, &finalized[15]);                            \
    CHECK(wasm_##CLASS##_get_host_info(copy) == &finalized[15]);                \
    CHECK(wasm_ref_get_host_info(ref) == &finalized[15]);                       \
    CHECK(wasm_##CLASS##_get_host_info(other) == NULL);                         \
    wasm_ref_set_host_info_with_finalizer(ref, &finalized[slot], finalize);     \
    CHECK(wasm_##CLASS##_get_host_info(copy) == &finalized[slot]);              \
    wasm_##CLASS##_set_host_info_with_finalizer(other, &finalized[slot], NULL); \
    /* Deleting a handle, here through the base, gives up one owner. */         \
    wasm_ref_delete(wasm_##CLASS##_as_ref(copy));                               \
    CHECK(wasm_##CLASS##_get_host_info(x) == &finalized[slot]);                 \
  }

LAWS(func, 0)
LAWS(global, 1)
LAWS(table, 2)
LAWS(memory, 3)
LAWS(instance, 4)
LAWS(trap, 5)
LAWS(foreign, 6)
LAWS(module, 7)
LAWS(extern, 8)

static const char* wat =
  "(module"
  "  (func (export \"f\") unreachable) (func (export \"f2\"))"
  "  (global (export \"g\") i32 (i32.const 1)) (global (export \"g2\") i32 (i32.const 1))"
  "  (table (export \"t\") 1 funcref) (table (export \"t2\") 1 funcref)"
  "  (memory (export \"m\") 1) (memory (export \"m2\") 1))";

static wasm_trap_t* new_trap(wasm_store_t* store) {
  wasm_message_t message;
  wasm_name_new_from_string_nt(&message, "t");
  wasm_trap_t* trap = wasm_trap_new(store, &message);
  wasm_byte_vec_delete(&message);
  return trap;
}

static void laws(void) {
  guest_t g;
  guest_open(&g, wat);
  wasm_extern_t** e = g.exports.data;
  REQUIRE(g.exports.size == 8);

  /* First on an object of its own, because host information is seen through
   * every class. */
  wasm_instance_t* second = wasm_instance_new(g.store, g.module, NULL, NULL);
  wasm_extern_vec_t second_exports;
  wasm_instance_exports(second, &second_exports);
  extern_laws(second_exports.data[0], second_exports.data[1]);

  func_laws(wasm_extern_as_func(e[0]), wasm_extern_as_func(e[1]));
  global_laws(wasm_extern_as_global(e[2]), wasm_extern_as_global(e[3]));
  table_laws(wasm_extern_as_table(e[4]), wasm_extern_as_table(e[5]));
  memory_laws(wasm_extern_as_memory(e[6]), wasm_extern_as_memory(e[7]));
  instance_laws(g.instance, second);

  wasm_trap_t *trap = new_trap(g.store), *trap2 = new_trap(g.store);
  trap_laws(trap, trap2);
  wasm_trap_delete(trap);
  wasm_trap_delete(trap2);

  wasm_foreign_t *foreign = wasm_foreign_new(g.store), *foreign2 = wasm_foreign_new(g.store);
  foreign_laws(foreign, foreign2);
  /* Downcasts to another class fail. */
  wasm_ref_t* ref = wasm_foreign_as_ref(foreign);
  CHECK(wasm_ref_as_func(ref) == NULL && wasm_ref_as_global(ref) == NULL);
  CHECK(wasm_ref_as_table(ref) == NULL && wasm_ref_as_memory(ref) == NULL);
  CHECK(wasm_ref_as_instance(ref) == NULL && wasm_ref_as_module(ref) == NULL);
  CHECK(wasm_ref_as_trap(ref) == NULL && wasm_ref_as_extern(ref) == NULL);
  wasm_foreign_delete(foreign);
  wasm_foreign_delete(foreign2);

  wasm_module_t* module2 = module_of(g.store, "(module)");
  module_laws(g.module, module2);
  wasm_module_delete(module2);

  wasm_extern_vec_delete(&second_exports);
  wasm_instance_delete(second);
  guest_close(&g);
  for (int i = 0; i < 9; i++) CHECK_EQ(finalized[i], 1);
  CHECK_EQ(finalized[15], 0);
}

/* The same export is the same object, fetched twice or exported again by
 * another instance. */
static void exports_are_objects(void) {
  guest_t g;
  guest_open(&g, wat);
  wasm_extern_vec_t again;
  wasm_instance_exports(g.instance, &again);
  for (size_t i = 0; i < again.size; i++) {
    CHECK(wasm_extern_same(again.data[i], g.exports.data[i]));
    CHECK_EQ(wasm_extern_kind(again.data[i]), i / 2);
    CHECK_EQ(wasm_extern_as_func(again.data[i]) != NULL, i / 2 == WASM_EXTERN_FUNC);
    CHECK_EQ(wasm_extern_as_global(again.data[i]) != NULL, i / 2 == WASM_EXTERN_GLOBAL);
    CHECK_EQ(wasm_extern_as_table(again.data[i]) != NULL, i / 2 == WASM_EXTERN_TABLE);
    CHECK_EQ(wasm_extern_as_memory(again.data[i]) != NULL, i / 2 == WASM_EXTERN_MEMORY);
    wasm_externtype_t* type = wasm_extern_type(again.data[i]);
    CHECK_EQ(wasm_externtype_kind(type), i / 2);
    wasm_externtype_delete(type);
  }
  wasm_extern_set_host_info(again.data[0], &again);
  CHECK(wasm_func_get_host_info(guest_func(&g, 0)) == &again);

  wasm_extern_t* import[] = {g.exports.data[0], g.exports.data[2], g.exports.data[4], g.exports.data[6]};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  wasm_module_t* middle = module_of(g.store,
    "(module (import \"\" \"f\" (func $f)) (import \"\" \"g\" (global $g i32))"
    "  (import \"\" \"t\" (table $t 1 funcref)) (import \"\" \"m\" (memory $m 1))"
    "  (func $own (export \"own\"))"
    "  (export \"f\" (func $f)) (export \"g\" (global $g)) (export \"t\" (table $t)) (export \"m\" (memory $m)))");
  REQUIRE(middle);
  wasm_instance_t* instance = wasm_instance_new(g.store, middle, &imports, NULL);
  REQUIRE(instance);
  wasm_extern_vec_t passed;
  wasm_instance_exports(instance, &passed);
  REQUIRE(passed.size == 5);
  CHECK(!wasm_extern_same(passed.data[0], import[0]));
  for (size_t i = 0; i < 4; i++) CHECK(wasm_extern_same(passed.data[i + 1], import[i]));
  CHECK(wasm_extern_get_host_info(passed.data[1]) == &again);

  wasm_extern_vec_delete(&passed);
  wasm_instance_delete(instance);
  wasm_module_delete(middle);
  wasm_extern_vec_delete(&again);
  guest_close(&g);
}

/* What is exported twice, or supplied by the host, is one object. */
static void exported_twice(void) {
  guest_t g;
  guest_start(&g);
  wasm_limits_t limits = {1, 4};
  wasm_memorytype_t* memory_type = wasm_memorytype_new(&limits);
  wasm_memory_t* memory = wasm_memory_new(g.store, memory_type);
  wasm_memorytype_delete(memory_type);
  wasm_val_t value = WASM_I32_VAL(1);
  wasm_globaltype_t* global_type = wasm_globaltype_new(wasm_valtype_new_i32(), WASM_VAR);
  wasm_global_t* global = wasm_global_new(g.store, global_type, &value);
  wasm_globaltype_delete(global_type);
  wasm_extern_t* import[] = {wasm_memory_as_extern(memory), wasm_global_as_extern(global)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  guest_load(&g,
    "(module (import \"\" \"m\" (memory 1 4)) (import \"\" \"g\" (global (mut i32)))"
    "  (memory 1 4) (global (mut i32) (i32.const 7)) (table 1 funcref) (func)"
    "  (export \"m\" (memory 0)) (export \"g\" (global 0))"
    "  (export \"m1\" (memory 1)) (export \"g1\" (global 1)) (export \"t1\" (table 0)) (export \"f1\" (func 0))"
    "  (export \"f2\" (func 0)) (export \"t2\" (table 0)) (export \"g2\" (global 1)) (export \"m2\" (memory 1)))", &imports);
  wasm_extern_t** e = g.exports.data;
  CHECK(wasm_extern_same(e[0], import[0]) && wasm_extern_same(e[1], import[1]));
  for (int i = 2; i < 6; i++) {
    for (int j = 0; j < 10; j++) CHECK_EQ(wasm_extern_same(e[i], e[j]), j == i || j == 11 - i);
  }
  /* Through another instance too. */
  wasm_extern_t* own[] = {e[2], e[8]};
  wasm_extern_vec_t again = WASM_ARRAY_VEC(own);
  wasm_instance_t* second = wasm_instance_new(g.store, g.module, &again, NULL);
  REQUIRE(second);
  wasm_extern_vec_t exports;
  wasm_instance_exports(second, &exports);
  CHECK(wasm_extern_same(exports.data[0], e[9]) && wasm_extern_same(exports.data[1], e[3]));
  for (int i = 2; i < 6; i++) CHECK(!wasm_extern_same(exports.data[i], e[i]));
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(second);
  wasm_memory_delete(memory);
  wasm_global_delete(global);
  guest_close(&g);
}

/* Setting host information again finalizes what was there, by the end of the
 * store at the latest, and nothing is finalized twice. */
static void replaced(void) {
  int first = 0, second = 0;
  guest_t g;
  guest_start(&g);
  wasm_foreign_t* foreign = wasm_foreign_new(g.store);
  wasm_foreign_set_host_info_with_finalizer(foreign, &first, finalize);
  wasm_foreign_set_host_info_with_finalizer(foreign, &second, finalize);
  CHECK(wasm_foreign_get_host_info(foreign) == &second);
  CHECK_EQ(second, 0);
  wasm_foreign_t* copy = wasm_foreign_copy(foreign);
  wasm_foreign_delete(foreign);
  CHECK(wasm_foreign_get_host_info(copy) == &second);
  wasm_foreign_delete(copy);
  guest_close(&g);
  CHECK(first == 1 && second == 1);
}

int main(void) {
  laws();
  exports_are_objects();
  exported_twice();
  replaced();
  return check_result();
}
