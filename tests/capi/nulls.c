/* Every function of the header with NULL in each pointer place, with an object
 * of each wrong kind where a cast can bring one there, and with numbers that
 * name nothing: each in a process of its own, which must end well.
 *
 * The table of functions is made from the header by nulls.awk. */

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"

/* What to pass in the place that is tried; GOOD in all others. From WRONG on
 * there are several kinds of wrong. */
enum { GOOD, NOTHING, WRONG, VARIANTS = WRONG + 9 };

typedef struct {
  const char* name;
  int count;
  void (*call)(int at, int how);
} row_t;

static guest_t g;
static wasm_func_t* thrower;

static wasm_trap_t* a_trap(void) {
  wasm_message_t message;
  wasm_name_new_from_string_nt(&message, "t");
  return wasm_trap_new(g.store, &message);
}

static wasm_trap_t* a_guest_trap(void) { return wasm_func_call(thrower, NULL, NULL); }

/* A new handle of one of the classes that have handles. */
static void* handle(int class) {
  wasm_extern_t** e = g.exports.data;
  switch (class) {
    case 0: return wasm_extern_copy(e[0]);
    case 1: return wasm_extern_copy(e[1]);
    case 2: return wasm_extern_copy(e[2]);
    case 3: return wasm_extern_copy(e[3]);
    case 4: return wasm_instance_copy(g.instance);
    case 5: return wasm_module_copy(g.module);
    case 6: return a_trap();
    case 7: return wasm_foreign_new(g.store);
    default: return a_guest_trap();
  }
}

/* A new type of one of the classes that can be cast to each other. */
static void* type(int class) {
  static const wasm_limits_t limits = {1, 2};
  switch (class % 5) {
    case 0: return wasm_functype_new_1_0(wasm_valtype_new_i32());
    case 1: return wasm_globaltype_new(wasm_valtype_new_i32(), WASM_VAR);
    case 2: return wasm_tabletype_new(wasm_valtype_new_funcref(), &limits);
    case 3: return wasm_memorytype_new(&limits);
    default: return wasm_tagtype_new(wasm_functype_new_0_0());
  }
}

#define OBJECT(X, make, class)                        \
  static X* any_##X##_p(int how) {                    \
    if (how == NOTHING) return NULL;                  \
    return make(how == GOOD ? class : how - WRONG);   \
  }
OBJECT(wasm_func_t, handle, 0)
OBJECT(wasm_global_t, handle, 1)
OBJECT(wasm_table_t, handle, 2)
OBJECT(wasm_memory_t, handle, 3)
OBJECT(wasm_instance_t, handle, 4)
OBJECT(wasm_module_t, handle, 5)
OBJECT(wasm_trap_t, handle, 8)
OBJECT(wasm_foreign_t, handle, 7)
OBJECT(wasm_ref_t, handle, 7)
OBJECT(wasm_extern_t, handle, 0)
OBJECT(wasm_functype_t, type, 0)
OBJECT(wasm_globaltype_t, type, 1)
OBJECT(wasm_tabletype_t, type, 2)
OBJECT(wasm_memorytype_t, type, 3)
OBJECT(wasm_tagtype_t, type, 4)
OBJECT(wasm_externtype_t, type, 3)

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
  return witrt_error_copy(witrt_last_error());
}

/* What no cast can bring another thing for: wrong is nothing, too. */
#define PLAIN(X, value) \
  static X* any_##X##_p(int how) { return how == GOOD ? value : NULL; }
PLAIN(wasm_config_t, wasm_config_new())
PLAIN(wasm_engine_t, wasm_engine_new())
PLAIN(wasm_store_t, g.store)
PLAIN(wasm_shared_module_t, wasm_module_share(g.module))
PLAIN(wasm_valtype_t, wasm_valtype_new_i32())
PLAIN(wasm_importtype_t, an_importtype())
PLAIN(wasm_exporttype_t, an_exporttype())
PLAIN(wasm_frame_t, a_frame())
PLAIN(witrt_error_t, an_error())
PLAIN(witrt_linker_t, witrt_linker_new())

/* Memory of the caller's, to read a number or a value from or write it to. */
#define STRUCT(X, good, wrong)               \
  static X* any_##X##_p(int how) {           \
    static X places[4];                      \
    static int used;                         \
    X* place = &places[used++ % 4];          \
    X as_good = good, as_wrong = wrong;      \
    if (how == NOTHING) return NULL;         \
    *place = how == GOOD ? as_good : as_wrong; \
    return place;                            \
  }
#define PAIR(a, b) {a, b}
STRUCT(size_t, 0, SIZE_MAX)
STRUCT(uint64_t, 0, UINT64_MAX)
STRUCT(wasm_limits_t, PAIR(1, 2), PAIR(9, 3))
#define BAD_KIND {.kind = 77}
STRUCT(wasm_val_t, WASM_I32_VAL(1), BAD_KIND)
#define BAD_ENCODING {"text", 4, 99, 0xff, 0}
STRUCT(wasm_string_t, WASM_STRING_LIT("text"), BAD_ENCODING)

/* A vector with one element that is there, or that is said to be there. */
#define VECTOR(X, element)                          \
  static X##_vec_t* any_##X##_vec_t_p(int how) {    \
    static X##_vec_t places[4];                     \
    static int used;                                \
    X##_vec_t* place = &places[used++ % 4];         \
    if (how == NOTHING) return NULL;                \
    X##_vec_new_uninitialized(place, how == GOOD);  \
    place->size = 1;                                \
    if (how == GOOD) place->data[0] = element;      \
    return place;                                   \
  }
#define POINTERS(X, element)                        \
  VECTOR(X, element)                                \
  static X##_t** any_##X##_t_pp(int how) {          \
    static X##_t* elements[1];                      \
    elements[0] = how == GOOD ? element : NULL;     \
    return how == NOTHING ? NULL : elements;        \
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
VECTOR(wasm_byte, '(')
VECTOR(wasm_val, (wasm_val_t)WASM_I32_VAL(1))
#define any_wasm_name_t_p any_wasm_byte_vec_t_p
#define any_wasm_message_t_p any_wasm_byte_vec_t_p

/* Places for what is made. */
static wasm_trap_t* trap_place;
static wasm_trap_t** any_wasm_trap_t_pp(int how) { return how == NOTHING ? NULL : &trap_place; }
static witrt_error_t* error_place;
static witrt_error_t** any_witrt_error_t_pp(int how) { return how == NOTHING ? NULL : &error_place; }

static char buffer[64] = "a";
static void* any_void_p(int how) { return how == NOTHING ? NULL : buffer; }
static char* any_char_p(int how) { return how == NOTHING ? NULL : buffer; }
#define any_wasm_byte_t_p any_char_p

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
typedef void (*finalizer_t)(void*);
static finalizer_t any_finalizer_t(int how) { return how == NOTHING ? NULL : finalizer; }

/* Numbers. A size goes with data of one element, so it is not made larger. */
#define NUMBER(X, wrong) \
  static X any_##X(int how) { return how == NOTHING ? 0 : how == GOOD ? 1 : (X)(wrong); }
NUMBER(size_t, 1)
NUMBER(bool, 1)
NUMBER(uint32_t, UINT32_MAX)
NUMBER(uint64_t, UINT64_MAX)
NUMBER(wasm_table_size_t, UINT32_MAX)
NUMBER(wasm_memory_pages_t, UINT32_MAX)
NUMBER(wasm_mutability_t, 99)
NUMBER(wasm_valkind_t, 99)
NUMBER(wasm_encoding_t, 99)
NUMBER(witrt_opt_level_t, 99)
NUMBER(witrt_ill_formed_t, 99)
NUMBER(witrt_error_kind_t, 99)

#define ARG(i, X) any_##X(i == at ? how : GOOD)
#include "nulls.inc"

/* Where the child is, for the parent to tell. */
typedef struct {
  int at, how;
} place_t;

/* In the child: everything is made here, because threads of an engine do not
 * survive a fork. */
static void try(const row_t* row, volatile place_t* place) {
  alarm(60);
  checks_failed = 0;
  wasm_config_t* config = wasm_config_new();
  witrt_config_set_parallel_compilation(config, false);
  witrt_config_set_opt_level(config, WITRT_OPT_LEVEL_NONE);
  g.engine = wasm_engine_new_with_config(config);
  for (place->at = 0; place->at < row->count; ++place->at) {
    g.store = wasm_store_new(g.engine);
    guest_load(&g,
      "(module (func (export \"f\") unreachable) (global (export \"g\") (mut i32) (i32.const 1))"
      "  (table (export \"t\") 1 funcref) (memory (export \"m\") 1))", NULL);
    thrower = guest_func(&g, 0);
    for (place->how = GOOD; place->how < VARIANTS; ++place->how) row->call(place->at, place->how);
  }
  _exit(checks_failed != 0);
}

int main(void) {
  volatile place_t* place =
    mmap(NULL, sizeof *place, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(place != MAP_FAILED);
  for (int i = 0; i < FUNCTIONS; i++) {
    pid_t child = fork();
    if (child == 0) try(&rows[i], place);
    int status = -1;
    waitpid(child, &status, 0);
    if (!CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0))
      fprintf(stderr, "  %s, argument %d, variant %d: status %#x\n", rows[i].name, place->at, place->how,
              (unsigned)status);
  }
  CHECK(FUNCTIONS > 300);
  return check_result();
}
