/* What stands for each type of argument in the header: any_TYPE makes one, right
 * or wrong; drop_TYPE gives up what that made, and tells whether it is gone. */

#ifndef MISUSE_ARGUMENTS_H
#define MISUSE_ARGUMENTS_H

#include "guest.h"

/* What to pass in the place that is tried; GOOD in all others. From WRONG on
 * there are several kinds of wrong. */
enum { GOOD, NOTHING, OTHER, WRONG, VARIANTS = WRONG + 12 };

/* What to give up: the handles, which is permitted while a call has them; or
 * all. */
typedef enum { HANDLES, ALL } part_t;

/* Two stores with the same in them; `from` is the one that objects are taken
 * of. */
static guest_t mine, theirs, *from = &mine;
static bool store_is_argument;

/* What strings are, whether references are null, and whether strings, names and
 * sizes are LARGE. */
static enum { OWN, MADE, OF_GUEST, ILL_FORMED } strings_are;
static bool nulls;
static bool large;
/* Whether functions, instances, modules and values are those of a component. */
static bool of_component;
enum { LARGE = 100003 };
static char text[LARGE + 1], buffer[2 * LARGE];
static void write_text(void) {
  memset(text, 'a', LARGE);
  memset(buffer, 'a', sizeof buffer);
  if (!large) text[4] = 0;
}

/* Objects of the host's, by numbers that are their host info, and whether each
 * is gone. A pair of them is numbered in a row. */
enum { MANY = 1 << 16 };
static uint8_t gone[MANY];
static uintptr_t numbered;
static void end(void* number) { gone[(uintptr_t)number]++; }

static wasm_foreign_t* foreign(void) {
  wasm_foreign_t* object = wasm_foreign_new(from->store);
  REQUIRE(object && ++numbered < MANY);
  wasm_foreign_set_host_info_with_finalizer(object, (void*)numbered, end);
  return object;
}

/* An object that is still itself; zero for none. */
static uintptr_t number(const wasm_ref_t* object) {
  if (!object) return 0;
  uintptr_t number = (uintptr_t)wasm_ref_get_host_info(object);
  CHECK(number > 0 && number <= numbered && !gone[number]);
  return number;
}

/* That two objects are those that were made together. */
static void check_pair(const wasm_ref_t* a, const wasm_ref_t* b) {
  if (a && b) CHECK_EQ(number(b), number(a) + 1);
}

static wasm_trap_t* a_trap(void) {
  wasm_message_t message;
  wasm_name_new_from_string_nt(&message, "t");
  wasm_trap_t* trap = wasm_trap_new(from->store, &message);
  wasm_byte_vec_delete(&message);
  return trap;
}

/* What a guest exports, in this order. */
enum { F, G, T, M, BURN, BURN_LATER, TRAP, WAIT, GO, HELD, PASS };

static wasm_trap_t* a_guest_trap(void) { return wasm_func_call(guest_func(from, TRAP), NULL, NULL); }

static wasm_store_t* the_store(void) {
  wasm_store_t* store = from->store;
  if (from == &mine) store_is_argument = true;
  else from->store = NULL;
  return store;
}

/* What has a part in a finalizer's deleting. */
static void (*attach)(void* object);

/* A new handle of one of the classes that have handles. */
static void* handle(int class) {
  wasm_extern_t** e = from->exports.data;
  void* made;
  if (of_component && class == 0) class = 8;
  if (of_component && (class == 4 || class == 5)) class += 5;
  switch (class) {
    case 0: made = wasm_extern_copy(e[F]); break;
    case 1: made = wasm_extern_copy(e[G]); break;
    case 2: made = wasm_extern_copy(e[T]); break;
    case 3: made = wasm_extern_copy(e[M]); break;
    case 4: made = wasm_instance_copy(from->instance); break;
    case 5: made = wasm_module_copy(from->module); break;
    case 6: made = a_trap(); break;
    case 7: made = foreign(); break;
    case 8: made = wasm_extern_copy(e[PASS]); break;
    case 9: made = wasm_instance_copy(from->other_instance); break;
    case 10: made = wasm_module_copy(from->other_module); break;
    default: made = a_guest_trap();
  }
  if (attach) attach(made);
  return made;
}

/* A new type of one of the classes that can be cast to each other. */
static void* type(int class) {
  static const wasm_limits_t limits = {1, 2};
  switch (class % 5) {
    case 0: return wasm_functype_new_1_0(wasm_valtype_new_externref());
    case 1: return wasm_globaltype_new(wasm_valtype_new_externref(), WASM_VAR);
    case 2: return wasm_tabletype_new(wasm_valtype_new_externref(), &limits);
    case 3: return wasm_memorytype_new(&limits);
    default: return wasm_tagtype_new(wasm_functype_new_0_0());
  }
}

/* What is deleted with a function, when `part` says so. */
#define DROP(X, part) \
  static bool drop_##X##_t_p(part_t now, X##_t* object) { \
    if (now < part) return false; \
    X##_delete(object); \
    return true; \
  }
#define OBJECT(X, make, class, part) \
  static X##_t* any_##X##_t_p(int how) { \
    return how == NOTHING ? NULL : make(how == GOOD ? class : how - WRONG); \
  } \
  DROP(X, part)
OBJECT(wasm_func, handle, 0, HANDLES)
OBJECT(wasm_global, handle, 1, HANDLES)
OBJECT(wasm_table, handle, 2, HANDLES)
OBJECT(wasm_memory, handle, 3, HANDLES)
OBJECT(wasm_instance, handle, 4, HANDLES)
OBJECT(wasm_module, handle, 5, HANDLES)
OBJECT(wasm_trap, handle, 11, HANDLES)
OBJECT(wasm_foreign, handle, 7, HANDLES)
OBJECT(wasm_ref, handle, 7, HANDLES)
OBJECT(wasm_extern, handle, 0, HANDLES)
OBJECT(wasm_functype, type, 0, ALL)
OBJECT(wasm_globaltype, type, 1, ALL)
OBJECT(wasm_tabletype, type, 2, ALL)
OBJECT(wasm_memorytype, type, 3, ALL)
OBJECT(wasm_tagtype, type, 4, ALL)
OBJECT(wasm_externtype, type, 3, ALL)

static wasm_name_t a_name(void) {
  wasm_name_t name;
  wasm_name_new_from_string(&name, "n");
  return name;
}

static wasm_importtype_t* an_importtype(void) {
  wasm_name_t module = a_name(), name = a_name();
  return wasm_importtype_new(&module, &name, type(0));
}

static wasm_exporttype_t* an_exporttype(void) {
  wasm_name_t name = a_name();
  return wasm_exporttype_new(&name, type(0));
}

static wasm_frame_t* a_frame(void) {
  wasm_trap_t* trap = a_guest_trap();
  wasm_frame_t* frame = wasm_trap_origin(trap);
  wasm_trap_delete(trap);
  return frame;
}

static witrt_error_t* an_error(void) {
  wasm_valtype_delete(wasm_valtype_new(99));
  return witrt_error_copy(witrt_error_last());
}

/* One that has what the module of a guest asks for. */
static witrt_linker_t* a_linker(void) {
  witrt_linker_t* linker = witrt_linker_new();
  REQUIRE(witrt_linker_define(linker, "", 0, "back", 4, from->exports.data[F]));
  return linker;
}

/* What no cast can bring another thing for: wrong is nothing, too. */
#define PLAIN(X, value, part) \
  static X##_t* any_##X##_t_p(int how) { return how == GOOD ? value : NULL; } \
  DROP(X, part)
PLAIN(wasm_config, wasm_config_new(), ALL)
PLAIN(wasm_engine, wasm_engine_new(), ALL)
PLAIN(wasm_shared_module, wasm_module_share(from->module), ALL)
PLAIN(wasm_valtype, wasm_valtype_new_i32(), ALL)
PLAIN(wasm_importtype, an_importtype(), ALL)
PLAIN(wasm_exporttype, an_exporttype(), ALL)
PLAIN(wasm_frame, a_frame(), ALL)
PLAIN(witrt_error, an_error(), ALL)
PLAIN(wasm_resource, wasm_resource_new(NULL, NULL, NULL), ALL)
PLAIN(witrt_linker, a_linker(), ALL)
PLAIN(witrt_wasi, witrt_wasi_new(), ALL)
PLAIN(wasm_store, the_store(), HANDLES)

/* Memory of the caller's, to read a number or a value from or write it to. */
#define STRUCT(X, n, good, wrong) \
  static X places_##X[4][n]; \
  static X* any_##X##_p(int how) { \
    static int used; \
    X* place = places_##X[used++ % 4]; \
    X as_wrong = wrong; \
    if (how == NOTHING) return NULL; \
    if (how == GOOD) good(place); \
    else *place = as_wrong; \
    return place; \
  }
#define NO_DROP(X) static bool drop_##X##_p(part_t now, void* p) { return (void)p, now == ALL; }
#define PAIR(a, b) {a, b}
#define ZERO(place) (*(place) = 0)
#define LIMITS(place) (*(place) = (wasm_limits_t){1, 2})
STRUCT(size_t, 1, ZERO, SIZE_MAX)
STRUCT(uint64_t, 1, ZERO, UINT64_MAX)
STRUCT(int32_t, 1, ZERO, INT32_MAX)
STRUCT(wasm_narrowest_t, 1, ZERO, UINT32_MAX)
STRUCT(wasm_limits_t, 1, LIMITS, PAIR(9, 3))
NO_DROP(size_t)
NO_DROP(uint64_t)
NO_DROP(int32_t)
NO_DROP(wasm_byte_t)
NO_DROP(wasm_narrowest_t)
NO_DROP(wasm_limits_t)

/* A value that is a reference, or of a component: the first of two where there is
 * room. */
static wasm_ref_t* an_object(void) { return nulls ? NULL : wasm_foreign_as_ref(foreign()); }
static wasm_val_t a_value(void) {
  if (!of_component) return (wasm_val_t)WASM_REF_VAL(an_object());
  wasm_list_t list = WASM_LIST_OF(WASM_U8, text, large ? LARGE : 4);
  wasm_val_t lent = WASM_LIST_VAL(&list), value;
  wasm_val_copy(&value, &lent);
  return value;
}
#define VALUE(place) (*(place) = a_value())
#define BAD_KIND {.kind = 77}
STRUCT(wasm_val_t, LARGE, VALUE, BAD_KIND)
static wasm_val_t* out_wasm_val_t_p(void) {
  static wasm_val_t place;
  return place = (wasm_val_t)WASM_INIT_VAL, &place;
}
static bool drop_wasm_val_t_p(part_t now, wasm_val_t* val) {
  if (now == ALL) wasm_val_delete(val);
  return now == ALL;
}

static wasm_string_t* guest_text(void) {
  wasm_val_t value = WASM_INIT_VAL;
  wasm_val_vec_t results = {1, &value};
  REQUIRE(wasm_func_call(guest_func(from, HELD), NULL, &results) == NULL);
  return value.of.string;
}

static wasm_string_t* any_wasm_string_t_p(int how) {
  static wasm_string_t places[4];
  static int used;
  wasm_string_t* place = &places[used++ % 4];
  if (how == NOTHING) return NULL;
  *place = (wasm_string_t)WASM_STRING_UTF8(text, large ? LARGE : 4);
  if (how != GOOD) place->encoding = 99, place->flags = 0xff;
  else if (strings_are == ILL_FORMED) text[1] = '\xff', place->flags = WASM_STRING_REPLACE;
  else if (strings_are == MADE) return wasm_string_copy(place);
  else if (strings_are == OF_GUEST) return guest_text();
  return place;
}
DROP(wasm_string, ALL)

/* A vector with elements that are there, or with one that is said to be. */
#define VECTOR(X, n, element) \
  static X##_vec_t places_##X##_vec[4]; \
  static X##_vec_t* any_##X##_vec_t_p(int how) { \
    static int used; \
    X##_vec_t* place = &places_##X##_vec[used++ % 4]; \
    if (how == NOTHING) return NULL; \
    X##_vec_new_uninitialized(place, how == GOOD ? n : 0); \
    for (size_t i = 0; i < place->size; i++) place->data[i] = element; \
    if (how != GOOD) place->size = 1; \
    return place; \
  } \
  static X##_vec_t result_##X##_vec; \
  static X##_vec_t* out_##X##_vec_t_p(void) { \
    X##_vec_new_uninitialized(&result_##X##_vec, n == 2 ? n : 0); \
    return &result_##X##_vec; \
  } \
  static bool drop_##X##_vec_t_p(part_t now, X##_vec_t* vec) { \
    if (now == ALL) X##_vec_delete(vec); \
    return now == ALL; \
  }
#define POINTERS(X, element) \
  VECTOR(X, 1, element) \
  static X##_t** any_##X##_t_pp(int how) { \
    static X##_t* elements[LARGE]; \
    elements[0] = how == GOOD ? element : NULL; \
    return how == NOTHING ? NULL : elements; \
  }
POINTERS(wasm_valtype, wasm_valtype_new_i64())
POINTERS(wasm_functype, type(0))
POINTERS(wasm_globaltype, type(1))
POINTERS(wasm_tabletype, type(2))
POINTERS(wasm_memorytype, type(3))
POINTERS(wasm_tagtype, type(4))
POINTERS(wasm_externtype, type(1))
POINTERS(wasm_importtype, an_importtype())
POINTERS(wasm_exporttype, an_exporttype())
POINTERS(wasm_frame, a_frame())
POINTERS(wasm_extern, handle(0))
VECTOR(wasm_byte, large ? (size_t)LARGE : 1, '(')
VECTOR(wasm_val, 2, a_value())
static wasm_byte_vec_t* any_short_wasm_byte_vec_t_p(int how) {
  bool was = large;
  large = false;
  wasm_byte_vec_t* vec = any_wasm_byte_vec_t_p(how);
  large = was;
  return vec;
}
#define any_short_wasm_name_t_p any_short_wasm_byte_vec_t_p
#define any_short_wasm_message_t_p any_short_wasm_byte_vec_t_p
#define out_wasm_message_t_p out_wasm_byte_vec_t_p
#define out_wasm_name_t_p out_wasm_byte_vec_t_p
#define drop_wasm_name_t_p drop_wasm_byte_vec_t_p
#define drop_wasm_message_t_p drop_wasm_byte_vec_t_p
#define drop_short_wasm_byte_vec_t_p drop_wasm_byte_vec_t_p
#define drop_short_wasm_name_t_p drop_wasm_byte_vec_t_p
#define drop_short_wasm_message_t_p drop_wasm_byte_vec_t_p

/* Places for what is made. */
#define PLACE(X) \
  static X##_t* place_of_##X; \
  static X##_t** any_##X##_t_pp(int how) { \
    place_of_##X = NULL; \
    return how == NOTHING ? NULL : &place_of_##X; \
  } \
  static bool drop_##X##_t_pp(part_t now, X##_t** place) { \
    if (now == ALL && place) X##_delete(*place); \
    return now == ALL; \
  }
PLACE(wasm_trap)
PLACE(witrt_error)

static void* any_void_p(int how) { return how == NOTHING ? NULL : buffer; }
static char* any_char_p(int how) {
  static char name[] = "name";
  return how == NOTHING ? NULL : name;
}
static char* any_wasm_byte_t_p(int how) { return how == NOTHING ? NULL : text; }

static wasm_trap_t* plain(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  return NULL;
}
static wasm_trap_t* with_env(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)env;
  return plain(args, results);
}
static void finalizer(void* data) { (void)data; }
static wasm_func_callback_t any_wasm_func_callback_t(int how) { return how == NOTHING ? NULL : plain; }
static wasm_func_callback_with_env_t any_wasm_func_callback_with_env_t(int how) {
  return how == NOTHING ? NULL : with_env;
}
static uint64_t no_more(void* env) { return (void)env, 0; }
static witrt_epoch_callback_t any_witrt_epoch_callback_t(int how) { return how == NOTHING ? NULL : no_more; }
static void told(void* env, const char* line, size_t size) { (void)env, (void)line, (void)size; }
static witrt_trace_callback_t any_witrt_trace_callback_t(int how) { return how == NOTHING ? NULL : told; }
static size_t reads(void* env, wasm_byte_t* room, size_t size) { return (void)env, (void)room, (void)size, 0; }
static bool writes(void* env, const wasm_byte_t* data, size_t size) { return (void)env, (void)data, (void)size, true; }
static witrt_wasi_read_t any_witrt_wasi_read_t(int how) { return how == NOTHING ? NULL : reads; }
static witrt_wasi_write_t any_witrt_wasi_write_t(int how) { return how == NOTHING ? NULL : writes; }
typedef void (*finalizer_t)(void*);
static finalizer_t any_finalizer_t(int how) { return how == NOTHING ? NULL : finalizer; }

/* Numbers. A size goes with data, so it is not made larger than that. */
#define NUMBER(X, good, wrong) \
  static X any_##X(int how) { return how == NOTHING ? 0 : how == GOOD ? (X)(good) : (X)(wrong); }
typedef size_t short_size_t, index_number, param_count_number, result_count_number;
NUMBER(size_t, large ? LARGE : 1, 1)
NUMBER(short_size_t, 4, 1)
NUMBER(index_number, 1, 1)
NUMBER(param_count_number, 2, 1)
NUMBER(result_count_number, 2, 1)
NUMBER(bool, 1, 1)
NUMBER(uint32_t, 1, UINT32_MAX)
NUMBER(uint64_t, 1, UINT64_MAX)
NUMBER(wasm_table_size_t, 1, UINT32_MAX)
NUMBER(wasm_memory_pages_t, 1, UINT32_MAX)
NUMBER(wasm_mutability_t, WASM_VAR, 99)
NUMBER(wasm_externkind_t, 1, 99)
NUMBER(wasm_valkind_t, WASM_I64, 99)
NUMBER(wasm_encoding_t, WASM_UTF8, 99)
NUMBER(witrt_opt_level_t, 1, 99)
NUMBER(witrt_ill_formed_t, 1, 99)
NUMBER(witrt_back_end_t, 1, 99)
NUMBER(witrt_wasi_inherit_t, WITRT_WASI_ENV | WITRT_WASI_STDOUT, 99)
NUMBER(witrt_wasi_access_t, WITRT_WASI_READ_WRITE, 99)
NUMBER(witrt_error_kind_t, WITRT_ERROR_TRAP, 99)

#endif
