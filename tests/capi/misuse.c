/* Every function of the header, used wrongly in every way that the header
 * permits: a table of functions and situations, of which each cell has to end
 * with a normal return. Each function has a process of its own.
 *
 *   as meant       with objects of the right kind
 *   NULL           in each place for a pointer or number
 *   wrong kind     an object of each other kind, where a cast can bring one
 *                  there; numbers that name nothing; vectors of NULL
 *   other store    an object of another store in each place
 *   other thread   on a second thread, while the first does nothing
 *   busy store     on a second thread, while the first is in the store
 *   siblings gone  after everything else that was made in the store, the store
 *                  itself and its engine were deleted
 *   in a callback  from a host function that a guest of the store has called
 *
 * `misuse table` prints a line for each function. The functions are read from
 * the header by misuse.awk; that none is missing is checked with the list of
 * symbols. */

#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"

/* What to pass in the place that is tried; GOOD in all others. From WRONG on
 * there are several kinds of wrong. */
enum { GOOD, NOTHING, OTHER, WRONG, VARIANTS = WRONG + 9 };

/* Where to call. */
typedef enum { HERE, THREAD, BUSY, ALONE, CALLBACK, SITUATIONS } situation_t;

enum { COLUMNS = 8 };
static const char* const columns[COLUMNS] = {
  "as meant", "NULL", "wrong kind", "other store", "other thread", "busy store", "siblings gone", "in a callback",
};

typedef struct {
  const char* name;
  int count;
  void (*call)(int at, int how);
} row_t;

/* Two stores with the same in them; `from` is the one that objects are taken
 * of. */
static guest_t mine, theirs, *from = &mine;
static bool store_used;
static situation_t situation;

static wasm_func_t* thrower(void) { return guest_func(from, 0); }

static wasm_trap_t* a_trap(void) {
  wasm_message_t message;
  wasm_name_new_from_string_nt(&message, "t");
  return wasm_trap_new(from->store, &message);
}

static wasm_trap_t* a_guest_trap(void) { return wasm_func_call(thrower(), NULL, NULL); }

static wasm_store_t* the_store(void) {
  if (from == &mine) store_used = true;
  return from->store;
}

/* A new handle of one of the classes that have handles. */
static void* handle(int class) {
  wasm_extern_t** e = from->exports.data;
  switch (class) {
    case 0: return wasm_extern_copy(e[0]);
    case 1: return wasm_extern_copy(e[1]);
    case 2: return wasm_extern_copy(e[2]);
    case 3: return wasm_extern_copy(e[3]);
    case 4: return wasm_instance_copy(from->instance);
    case 5: return wasm_module_copy(from->module);
    case 6: return a_trap();
    case 7: return wasm_foreign_new(from->store);
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
PLAIN(wasm_store_t, the_store())
PLAIN(wasm_shared_module_t, wasm_module_share(from->module))
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
NUMBER(witrt_back_end_t, 99)
NUMBER(witrt_error_kind_t, 99)

#include "misuse_prepared.h"

/* The call that is to be made, and what the thread's last error said then. */
static void (*function)(void*);
static void* arguments;
static witrt_error_kind_t outcome;

static void* call_now(void* unused) {
  (void)unused;
  witrt_clear_last_error();
  function(arguments);
  outcome = witrt_error_kind(witrt_last_error());
  return NULL;
}

static void call_on_thread(void) {
  pthread_t thread;
  REQUIRE(pthread_create(&thread, NULL, call_now, NULL) == 0);
  pthread_join(thread, NULL);
}

static wasm_trap_t* called_back(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  if (situation == BUSY) call_on_thread();
  else call_now(NULL);
  return NULL;
}

/* Calls in the situation. */
static void arranged(void (*call)(void*), void* args) {
  function = call, arguments = args;
  switch (situation) {
    case THREAD: call_on_thread(); break;
    case BUSY: case CALLBACK: {
      wasm_func_t* go = wasm_func_copy(guest_func(&mine, 4));
      wasm_trap_delete(wasm_func_call(go, NULL, NULL));
      wasm_func_delete(go);
      break;
    }
    case ALONE:
      wasm_extern_vec_delete(&mine.exports);
      wasm_instance_delete(mine.instance);
      wasm_module_delete(mine.module);
      if (!store_used) wasm_store_delete(mine.store);
      wasm_engine_delete(mine.engine);
      /* fall through */
    default: call_now(NULL);
  }
}

#define ARG(i, X) \
  (from = i == at && how == OTHER ? &theirs : &mine, any_##X(i == at && how != OTHER ? how : GOOD))
#include "misuse.inc"

/* What the children tell. */
typedef struct {
  int at, how;
  situation_t situation;
  uint8_t tried[FUNCTIONS][COLUMNS], ended[FUNCTIONS][COLUMNS];
  uint32_t told[700]; /* how often each kind of error was the answer */
} report_t;
static volatile report_t* report;

static wasm_engine_t* engine_of_this_thread(void) {
  wasm_config_t* config = wasm_config_new();
  witrt_config_set_parallel_compilation(config, false);
  witrt_config_set_opt_level(config, WITRT_OPT_LEVEL_NONE);
  return wasm_engine_new_with_config(config);
}

static void open_guest(guest_t* guest, wasm_engine_t* engine) {
  guest->engine = engine;
  guest->store = wasm_store_new(engine);
  wasm_functype_t* type = wasm_functype_new_0_0();
  wasm_func_t* back = wasm_func_new(guest->store, type, called_back);
  wasm_functype_delete(type);
  wasm_extern_t* import[] = {wasm_func_as_extern(back)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  guest_load(guest,
    "(module (import \"\" \"back\" (func $back))"
    "  (func (export \"f\") unreachable) (global (export \"g\") (mut i32) (i32.const 1))"
    "  (table (export \"t\") 1 funcref) (memory (export \"m\") 1)"
    "  (func (export \"go\") call $back))", &imports);
  wasm_func_delete(back);
  store_used = false;
  from = &mine;
}

static void cell(int row, int at, int how, int column) {
  report->at = at, report->how = how;
  report->tried[row][column]++;
  outcome = WITRT_ERROR_NONE;
  rows[row].call(at, how);
  report->ended[row][column]++;
  if (outcome < 700) report->told[outcome]++;
}

/* In the child: everything is made here, because threads of an engine do not
 * survive a fork. */
static void try(int row) {
  alarm(60);
  checks_failed = 0;
  wasm_engine_t* engine = engine_of_this_thread();
  open_guest(&theirs, engine);
  int places = rows[row].count ? rows[row].count : 1;
  for (int at = 0; at < places; at++) {
    open_guest(&mine, engine);
    int variants = rows[row].count ? VARIANTS : GOOD + 1;
    for (int how = at ? NOTHING : GOOD; how < variants; how++)
      cell(row, at, how, how < WRONG ? (const int[]){0, 1, 3}[how] : 2);
  }
  for (situation = THREAD; situation < SITUATIONS; situation++) {
    report->situation = situation;
    open_guest(&mine, engine);
    cell(row, 0, GOOD, 3 + (int)situation);
    if (situation == ALONE) engine = engine_of_this_thread();
  }
  _exit(checks_failed != 0);
}

/* Every symbol of the library is in the table. */
static void complete(void) {
  char line[100];
  FILE* symbols = fopen(SYMBOLS, "r");
  REQUIRE(symbols);
  int count = 0;
  while (fgets(line, sizeof line, symbols)) {
    line[strcspn(line, "\r\n")] = 0;
    int found = 0;
    for (int i = 0; i < FUNCTIONS; i++) found |= strcmp(rows[i].name, line) == 0;
    if (!CHECK(found)) fprintf(stderr, "  %s\n", line);
    count++;
  }
  fclose(symbols);
  CHECK_EQ(count, FUNCTIONS);
}

static void print(bool all) {
  int sums[COLUMNS][2] = {{0}};
  for (int i = 0; i < FUNCTIONS; i++) {
    if (all) printf("%-45s", rows[i].name);
    for (int c = 0; c < COLUMNS; c++) {
      sums[c][0] += report->tried[i][c], sums[c][1] += report->ended[i][c];
      if (all) printf(" %3d", report->ended[i][c]);
    }
    if (all) printf("\n");
  }
  int total[2] = {0, 0};
  printf("%d functions; calls, and those that returned:\n", FUNCTIONS);
  for (int c = 0; c < COLUMNS; c++) {
    printf("  %-14s %5d %5d\n", columns[c], sums[c][0], sums[c][1]);
    total[0] += sums[c][0], total[1] += sums[c][1];
    CHECK_EQ(sums[c][0], sums[c][1]);
    CHECK(sums[c][0] >= FUNCTIONS || c < 4);
  }
  printf("  %-14s %5d %5d\n", "all", total[0], total[1]);
  static const struct { const char* name; witrt_error_kind_t kind; uint32_t least; } answers[] = {
    {"NULL pointer", WITRT_ERROR_NULL_POINTER, 200}, {"wrong kind", WITRT_ERROR_WRONG_KIND, 200},
    {"wrong store", WITRT_ERROR_WRONG_STORE, 10}, {"store busy", WITRT_ERROR_STORE_BUSY, 20},
    {"unknown kind", WITRT_ERROR_UNKNOWN_KIND, 30},
  };
  printf("answers:");
  for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
    uint32_t count = report->told[answers[i].kind];
    printf(" %s %u%s", answers[i].name, (unsigned)count, i + 1 < sizeof answers / sizeof *answers ? "," : "\n");
    /* That the situations were what they are called. */
    CHECK(count >= answers[i].least);
  }
  CHECK_EQ(report->told[WITRT_ERROR_PANIC], 0);
}

int main(int argc, char** argv) {
  report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE((const volatile void*)report != MAP_FAILED);
  complete();
  for (int i = 0; i < FUNCTIONS; i++) {
    report->at = report->how = 0, report->situation = HERE;
    pid_t child = fork();
    if (child == 0) try(i);
    int status = -1;
    waitpid(child, &status, 0);
    if (!CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0))
      fprintf(stderr, "  %s, argument %d, variant %d, situation %d: status %#x\n", rows[i].name, report->at,
              report->how, (int)report->situation, (unsigned)status);
  }
  print(argc > 1 && strcmp(argv[1], "table") == 0);
  return check_result();
}
