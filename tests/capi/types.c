/* Types are plain values: made, asked, copied, cast and deleted without an
 * engine. */

#include "guest.h"

static void valtypes(void) {
  static const wasm_valkind_t kinds[] = {
    WASM_I32, WASM_I64, WASM_F32, WASM_F64, WASM_EXTERNREF, WASM_FUNCREF,
    WASM_S8, WASM_U8, WASM_S16, WASM_U16, WASM_S32, WASM_U32, WASM_S64, WASM_U64, WASM_STRING,
    WASM_BOOL, WASM_CHAR,
  };
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    wasm_valtype_t* type = wasm_valtype_new(kinds[i]);
    REQUIRE(type);
    CHECK_EQ(wasm_valtype_kind(type), kinds[i]);
    wasm_valtype_t* copy = wasm_valtype_copy(type);
    wasm_valtype_delete(type);
    CHECK_EQ(wasm_valtype_kind(copy), kinds[i]);
    CHECK_EQ(wasm_valtype_is_ref(copy), kinds[i] >= 128);
    CHECK_EQ(wasm_valtype_is_num(copy), kinds[i] < WASM_STRING);
    wasm_valtype_delete(copy);
  }
  for (int kind = 0; kind < 256; kind++) {
    int known = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) known |= kinds[i] == kind;
    if (known) continue;
    CHECK(wasm_valtype_new((wasm_valkind_t)kind) == NULL);
  }
  CHECK_EQ(WASM_I32, 0);
  CHECK_EQ(WASM_F64, 3);
  CHECK_EQ(WASM_S8, 16);
  CHECK_EQ(WASM_U64, 23);
  CHECK_EQ(WASM_STRING, 24);
  CHECK_EQ(WASM_EXTERNREF, 128);
  CHECK_EQ(WASM_FUNCREF, 129);

  wasm_valtype_t* shorthand[] = {
    wasm_valtype_new_i32(), wasm_valtype_new_i64(), wasm_valtype_new_f32(),
    wasm_valtype_new_f64(), wasm_valtype_new_externref(), wasm_valtype_new_funcref(),
  };
  for (size_t i = 0; i < 6; i++) {
    CHECK_EQ(wasm_valtype_kind(shorthand[i]), kinds[i]);
    wasm_valtype_delete(shorthand[i]);
  }
}

static void names(void) {
  CHECK(strcmp(witrt_valkind_name(WASM_I32), "i32") == 0);
  CHECK(strcmp(witrt_valkind_name(WASM_STRING), "string") == 0);
  CHECK(strcmp(witrt_valkind_name(WASM_FUNCREF), "funcref") == 0);
  CHECK(strcmp(witrt_valkind_name(WASM_RECORD), "record") == 0);
  /* What is in these has to be said. Then types without values, and no kind at all. */
  for (unsigned kind = WASM_ENUM; kind <= WASM_BORROW; kind++) CHECK(wasm_valtype_new(kind) == NULL);
  CHECK(witrt_valkind_name(WASM_NONE) == NULL && wasm_valtype_new(WASM_VAL) == NULL);
  CHECK(witrt_valkind_name(4) == NULL && witrt_valkind_name(255) == NULL);
}

static void functypes(void) {
  wasm_functype_t* type = wasm_functype_new_3_2(
    wasm_valtype_new_i32(), wasm_valtype_new_f64(), wasm_valtype_new(WASM_STRING),
    wasm_valtype_new_funcref(), wasm_valtype_new(WASM_U16));
  REQUIRE(type);
  const wasm_valtype_vec_t* params = wasm_functype_params(type);
  const wasm_valtype_vec_t* results = wasm_functype_results(type);
  REQUIRE(params->size == 3 && results->size == 2);
  CHECK(wasm_functype_params(type) == params);
  CHECK_EQ(wasm_valtype_kind(params->data[0]), WASM_I32);
  CHECK_EQ(wasm_valtype_kind(params->data[1]), WASM_F64);
  CHECK_EQ(wasm_valtype_kind(params->data[2]), WASM_STRING);
  CHECK_EQ(wasm_valtype_kind(results->data[0]), WASM_FUNCREF);
  CHECK_EQ(wasm_valtype_kind(results->data[1]), WASM_U16);

  wasm_externtype_t* upcast = wasm_functype_as_externtype(type);
  CHECK_EQ(wasm_externtype_kind(upcast), WASM_EXTERN_FUNC);
  CHECK(wasm_externtype_as_functype(upcast) == type);
  CHECK(wasm_externtype_as_functype_const(wasm_functype_as_externtype_const(type)) == type);
  CHECK(wasm_externtype_as_globaltype(upcast) == NULL);
  CHECK(wasm_externtype_as_tabletype(upcast) == NULL);
  CHECK(wasm_externtype_as_memorytype(upcast) == NULL);
  CHECK(wasm_externtype_as_tagtype(upcast) == NULL);

  wasm_externtype_t* copy = wasm_externtype_copy(upcast);
  wasm_functype_delete(type);
  CHECK_EQ(wasm_functype_params(wasm_externtype_as_functype(copy))->size, 3);
  wasm_externtype_delete(copy);

  wasm_functype_t* empty = wasm_functype_new_0_0();
  CHECK_EQ(wasm_functype_params(empty)->size, 0);
  CHECK_EQ(wasm_functype_results(empty)->size, 0);
  wasm_functype_delete(empty);
}

/* Parameters of adapters have names, which the type keeps; none is made up. */
static void param_names(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  static const char text[] =
    "(@interface func (export \"f\") (param $name string) (param s32))";
  wasm_byte_vec_t bytes = {sizeof text - 1, (char*)text};
  wasm_module_t* module = wasm_module_new(store, &bytes);
  REQUIRE(module);
  wasm_exporttype_vec_t exports;
  wasm_module_exports(module, &exports);
  const wasm_externtype_t* type = wasm_exporttype_type(exports.data[0]);
  wasm_functype_t* copy = wasm_functype_copy(wasm_externtype_as_functype_const(type));
  wasm_exporttype_vec_delete(&exports);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  const wasm_name_t* name = witrt_functype_param_name(copy, 0);
  REQUIRE(name);
  CHECK(name->size == 4 && memcmp(name->data, "name", 4) == 0);
  CHECK(witrt_functype_param_name(copy, 0) == name);
  CHECK(witrt_functype_param_name(copy, 1) == NULL);
  CHECK(witrt_functype_param_name(copy, 2) == NULL);
  CHECK(witrt_functype_param_name(NULL, 0) == NULL);
  wasm_functype_delete(copy);

  wasm_functype_t* made = wasm_functype_new_1_0(wasm_valtype_new_i32());
  CHECK(witrt_functype_param_name(made, 0) == NULL);
  wasm_functype_delete(made);
}

static void globaltypes(void) {
  wasm_globaltype_t* type = wasm_globaltype_new(wasm_valtype_new_i64(), WASM_VAR);
  REQUIRE(type);
  CHECK_EQ(wasm_valtype_kind(wasm_globaltype_content(type)), WASM_I64);
  CHECK_EQ(wasm_globaltype_mutability(type), WASM_VAR);
  wasm_globaltype_t* copy = wasm_globaltype_copy(type);
  wasm_externtype_t* upcast = wasm_globaltype_as_externtype(type);
  CHECK_EQ(wasm_externtype_kind(upcast), WASM_EXTERN_GLOBAL);
  CHECK(wasm_externtype_as_globaltype(upcast) == type);
  CHECK(wasm_externtype_as_functype_const(upcast) == NULL);
  /* Deleting through the base is the same. */
  wasm_externtype_delete(upcast);
  CHECK_EQ(wasm_globaltype_mutability(copy), WASM_VAR);
  wasm_globaltype_delete(copy);
}

static void tabletypes(void) {
  wasm_limits_t limits = {3, 7};
  wasm_tabletype_t* type = wasm_tabletype_new(wasm_valtype_new_funcref(), &limits);
  REQUIRE(type);
  limits.min = 99; /* copied, so this changes nothing */
  CHECK_EQ(wasm_valtype_kind(wasm_tabletype_element(type)), WASM_FUNCREF);
  CHECK_EQ(wasm_tabletype_limits(type)->min, 3);
  CHECK_EQ(wasm_tabletype_limits(type)->max, 7);
  CHECK_EQ(wasm_externtype_kind(wasm_tabletype_as_externtype(type)), WASM_EXTERN_TABLE);
  wasm_tabletype_t* copy = wasm_tabletype_copy(type);
  wasm_tabletype_delete(type);
  CHECK_EQ(wasm_tabletype_limits(copy)->max, 7);
  wasm_tabletype_delete(copy);

  CHECK(wasm_tabletype_new(wasm_valtype_new_i32(), &limits) == NULL);
  CHECK(wasm_tabletype_new(wasm_valtype_new(WASM_STRING), &limits) == NULL);
}

static void memorytypes(void) {
  wasm_limits_t limits = {1, wasm_limits_max_default};
  wasm_memorytype_t* type = wasm_memorytype_new(&limits);
  REQUIRE(type);
  CHECK_EQ(wasm_memorytype_limits(type)->min, 1);
  CHECK_EQ(wasm_memorytype_limits(type)->max, 0xffffffff);
  CHECK_EQ(wasm_externtype_kind(wasm_memorytype_as_externtype(type)), WASM_EXTERN_MEMORY);
  wasm_memorytype_delete(type);

  /* Limits that no memory can have are a matter for wasm_memory_new. */
  wasm_limits_t bad = {5, 2};
  type = wasm_memorytype_new(&bad);
  REQUIRE(type);
  CHECK_EQ(wasm_memorytype_limits(type)->min, 5);
  CHECK_EQ(wasm_memorytype_limits(type)->max, 2);
  wasm_memorytype_delete(type);
}

static void tagtypes(void) {
  wasm_tagtype_t* type = wasm_tagtype_new(wasm_functype_new_1_0(wasm_valtype_new_i32()));
  REQUIRE(type);
  CHECK_EQ(wasm_functype_params(wasm_tagtype_functype(type))->size, 1);
  wasm_tagtype_t* copy = wasm_tagtype_copy(type);
  CHECK_EQ(wasm_externtype_kind(wasm_tagtype_as_externtype(copy)), WASM_EXTERN_TAG);
  CHECK(wasm_externtype_as_tagtype(wasm_tagtype_as_externtype(copy)) == copy);
  wasm_tagtype_delete(type);
  wasm_tagtype_delete(copy);
}

static void importtypes_and_exporttypes(void) {
  wasm_name_t module, name;
  wasm_name_new_from_string(&module, "Wörld");
  wasm_name_new_empty(&name);
  wasm_importtype_t* import = wasm_importtype_new(
    &module, &name, wasm_functype_as_externtype(wasm_functype_new_0_0()));
  REQUIRE(import);
  CHECK_EQ(wasm_importtype_module(import)->size, 6);
  CHECK(memcmp(wasm_importtype_module(import)->data, "Wörld", 6) == 0);
  CHECK_EQ(wasm_importtype_name(import)->size, 0);
  CHECK_EQ(wasm_externtype_kind(wasm_importtype_type(import)), WASM_EXTERN_FUNC);
  wasm_importtype_t* import_copy = wasm_importtype_copy(import);
  wasm_importtype_delete(import);
  CHECK_EQ(wasm_importtype_module(import_copy)->size, 6);
  wasm_importtype_delete(import_copy);

  wasm_name_new_from_string_nt(&name, "run");
  CHECK_EQ(name.size, 4);
  wasm_limits_t limits = {1, 1};
  wasm_exporttype_t* export = wasm_exporttype_new(
    &name, wasm_memorytype_as_externtype(wasm_memorytype_new(&limits)));
  REQUIRE(export);
  CHECK_EQ(wasm_exporttype_name(export)->size, 4);
  CHECK_EQ(wasm_externtype_kind(wasm_exporttype_type(export)), WASM_EXTERN_MEMORY);
  wasm_exporttype_t* export_copy = wasm_exporttype_copy(export);
  wasm_exporttype_delete(export);
  CHECK(strcmp(wasm_exporttype_name(export_copy)->data, "run") == 0);
  wasm_exporttype_delete(export_copy);
}

static void printed(wasm_externtype_t* type, const char* expected) {
  wasm_name_t text;
  witrt_externtype_print(type, &text);
  if (!CHECK(text.size == strlen(expected) && strncmp(text.size ? text.data : "", expected, text.size) == 0))
    fprintf(stderr, "  %.*s\n", (int)text.size, text.data);
  wasm_name_delete(&text);
  wasm_externtype_delete(type);
}

static void printing(void) {
  wasm_limits_t limits = {1, 16}, open = {1, wasm_limits_max_default};
  printed(wasm_functype_as_externtype(wasm_functype_new_2_1(
    wasm_valtype_new_string(), wasm_valtype_new_i64(), wasm_valtype_new_u32())),
    "func (string, i64) -> (u32)");
  printed(wasm_memorytype_as_externtype(wasm_memorytype_new(&limits)), "memory 1 16");
  printed(wasm_tabletype_as_externtype(wasm_tabletype_new(wasm_valtype_new_funcref(), &open)), "table 1 funcref");
  printed(wasm_globaltype_as_externtype(wasm_globaltype_new(wasm_valtype_new_i64(), WASM_VAR)), "global mut i64");
  printed(wasm_tagtype_as_externtype(wasm_tagtype_new(wasm_functype_new_1_0(wasm_valtype_new_f32()))),
    "tag (f32) -> ()");
  printed(NULL, "");
  const char* kinds[] = {"func", "global", "table", "memory", "tag"};
  for (uint8_t i = 0; i < 5; i++) CHECK(strcmp(witrt_externkind_name(i), kinds[i]) == 0);
  CHECK(witrt_externkind_name(5) == NULL && witrt_externkind_name(255) == NULL);
}

int main(void) {
  printing();
  valtypes();
  names();
  functypes();
  param_names();
  globaltypes();
  tabletypes();
  memorytypes();
  tagtypes();
  importtypes_and_exporttypes();
  return check_result();
}
