/* Memories: seen from both sides, growing, limits. */

#include "guest.h"

static int32_t call(const guest_t* g, size_t export, int32_t a, int32_t b, int* trapped) {
  wasm_func_t* func = guest_func(g, export);
  wasm_val_t arg[] = {WASM_I32_VAL(a), WASM_I32_VAL(b)}, result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = {wasm_func_param_arity(func), arg}, results = WASM_ARRAY_VEC(result);
  wasm_trap_t* trap = wasm_func_call(func, &args, &results);
  *trapped = trap != NULL;
  wasm_trap_delete(trap);
  return result[0].of.i32;
}

static void a_guests_memory(void) {
  guest_t g;
  guest_open(&g,
    "(module (memory (export \"memory\") 2 3)"
    "  (func (export \"size\") (result i32) memory.size)"
    "  (func (export \"load\") (param i32) (result i32) local.get 0 i32.load8_s)"
    "  (func (export \"store\") (param i32 i32) local.get 0 local.get 1 i32.store8)"
    "  (data (i32.const 0x1000) \"\\01\\02\\03\\04\"))");
  wasm_memory_t* memory = wasm_extern_as_memory(g.exports.data[0]);
  REQUIRE(memory);
  int trapped;
  CHECK_EQ(wasm_memory_size(memory), 2);
  CHECK_EQ(wasm_memory_data_size(memory), 2 * MEMORY_PAGE_SIZE);
  CHECK_EQ(call(&g, 1, 0, 0, &trapped), 2);
  CHECK(memcmp(wasm_memory_data(memory) + 0x1000, "\1\2\3\4", 4) == 0);
  CHECK_EQ(call(&g, 2, 0x1003, 0, &trapped), 4);

  wasm_memory_data(memory)[0x1003] = 5;
  CHECK_EQ(call(&g, 2, 0x1003, 0, &trapped), 5);
  call(&g, 3, 0x1002, 6, &trapped);
  CHECK_EQ(wasm_memory_data(memory)[0x1002], 6);
  call(&g, 2, 0x1ffff, 0, &trapped);
  CHECK(!trapped);
  if (may_fault()) {
    call(&g, 2, 0x20000, 0, &trapped);
    CHECK(trapped);
  }

  CHECK(wasm_memory_grow(memory, 0));
  CHECK(wasm_memory_grow(memory, 1));
  CHECK(!wasm_memory_grow(memory, 1));
  CHECK(!wasm_memory_grow(memory, UINT32_MAX));
  CHECK_EQ(wasm_memory_size(memory), 3);
  CHECK_EQ(call(&g, 1, 0, 0, &trapped), 3);
  CHECK_EQ(wasm_memory_data(memory)[0x1002], 6);
  CHECK_EQ(wasm_memory_data(memory)[0x20000], 0);
  wasm_memorytype_t* type = wasm_memory_type(memory);
  CHECK_EQ(wasm_memorytype_limits(type)->max, 3);
  wasm_memorytype_delete(type);
  guest_close(&g);
}

static wasm_memory_t* memory_of(wasm_store_t* store, uint32_t min, uint32_t max) {
  wasm_limits_t limits = {min, max};
  wasm_memorytype_t* type = wasm_memorytype_new(&limits);
  wasm_memory_t* memory = wasm_memory_new(store, type);
  wasm_memorytype_delete(type);
  return memory;
}

static void the_hosts_memory(void) {
  guest_t g;
  guest_start(&g);
  wasm_memory_t* memory = memory_of(g.store, 1, 2);
  REQUIRE(memory);
  CHECK_EQ(wasm_memory_size(memory), 1);
  memcpy(wasm_memory_data(memory), "hello", 5);
  wasm_extern_t* import[] = {wasm_memory_as_extern(memory)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  guest_load(&g,
    "(module (import \"\" \"m\" (memory 1 2)) (export \"m\" (memory 0))"
    "  (func (export \"load\") (param i32) (result i32) local.get 0 i32.load8_u))", &imports);
  int trapped;
  CHECK_EQ(call(&g, 1, 4, 0, &trapped), 'o');
  CHECK(wasm_memory_same(memory, wasm_extern_as_memory(g.exports.data[0])));
  CHECK(wasm_memory_grow(memory, 1));
  CHECK(!wasm_memory_grow(memory, 1));
  wasm_memory_delete(memory);

  CHECK(memory_of(g.store, 5, 2) == NULL);
  CHECK(memory_of(g.store, 65537, UINT32_MAX) == NULL);
  CHECK(memory_of(g.store, 0, 65537) == NULL);
  memory = memory_of(g.store, 0, 0);
  REQUIRE(memory);
  CHECK_EQ(wasm_memory_data_size(memory), 0);
  CHECK(!wasm_memory_grow(memory, 1));
  wasm_memory_delete(memory);
  guest_close(&g);
}

/* Bytes are copied in and out, all or none of them. */
static void bounds(void) {
  guest_t g;
  guest_open(&g, "(module (memory (export \"m\") 1 2) (data (i32.const 65532) \"last\"))");
  wasm_memory_t* memory = wasm_extern_as_memory(g.exports.data[0]);
  char room[8] = "........";
  CHECK(witrt_memory_read(memory, 65532, room, 4, NULL) && memcmp(room, "last....", 8) == 0);
  CHECK(witrt_memory_write(memory, 65530, "12", 2, NULL));
  CHECK(witrt_memory_read(memory, 65530, room, 6, NULL) && memcmp(room, "12last..", 8) == 0);
  struct { size_t offset, size; } outside[] = {
    {65533, 4}, {65537, 0}, {65536, 1}, {SIZE_MAX, 1}, {SIZE_MAX, 2}, {SIZE_MAX - 1, 4}, {1, SIZE_MAX / 2}};
  for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
    witrt_error_t *read = NULL, *written = NULL;
    CHECK(!witrt_memory_read(memory, outside[i].offset, room, outside[i].size, &read));
    CHECK(!witrt_memory_write(memory, outside[i].offset, room, outside[i].size, &written));
    CHECK_EQ(witrt_error_kind(read), WITRT_ERROR_OUT_OF_RANGE);
    CHECK_EQ(witrt_error_kind(written), WITRT_ERROR_OUT_OF_RANGE);
    witrt_error_delete(read);
    witrt_error_delete(written);
  }
  CHECK(memcmp(room, "12last..", 8) == 0);
  CHECK(witrt_memory_read(memory, 65530, room, 6, NULL) && memcmp(room, "12last", 6) == 0);
  CHECK(witrt_memory_read(memory, 65536, NULL, 0, NULL) && witrt_memory_write(memory, 0, NULL, 0, NULL));
  witrt_error_t* error;
  CHECK(!witrt_memory_read(memory, 0, NULL, 1, &error));
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_NULL_POINTER);
  witrt_error_delete(error);
  CHECK(!witrt_memory_write(memory, 0, NULL, 1, NULL) && !witrt_memory_read(NULL, 0, room, 1, NULL));
  /* Also within the memory, whichever end comes first. */
  enum { PART = 40000 };
  char* data = wasm_memory_data(memory);
  for (int i = 0; i < PART + 1; i++) data[i] = (char)(i % 251);
  CHECK(witrt_memory_write(memory, 1, data, PART, NULL));
  int moved = 0;
  for (int i = 0; i < PART; i++) moved += data[i + 1] == (char)(i % 251);
  CHECK_EQ(moved, PART);
  CHECK(witrt_memory_read(memory, 1, data, PART, NULL));
  for (int i = 0; i < PART; i++) moved -= data[i] == (char)(i % 251);
  CHECK_EQ(moved, 0);
  /* What it has grown by is there. */
  CHECK(wasm_memory_grow(memory, 1) && witrt_memory_write(memory, 131071, "x", 1, NULL));
  guest_close(&g);
}

int main(void) {
  bounds();
  a_guests_memory();
  the_hosts_memory();
  return check_result();
}
