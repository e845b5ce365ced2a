/* Where a function is called, and what else happens while it runs: a table, of
 * which each row is tried for each function. */

/* The call that is to be made; what gives up its arguments; and what the
 * thread's last error said after it. */
static void (*function)(void*);
static void (*give_up)(void*, part_t);
static void* arguments;
static witrt_error_kind_t outcome;
static int again;

/* The rounds of a situation: whether there is one more, and whether what was to
 * happen meanwhile did. */
static int round_;
static bool more, hooked;

/* All but what is an argument. */
static void delete_others(guest_t* guest) {
  wasm_extern_vec_delete(&guest->exports);
  wasm_instance_delete(guest->instance);
  wasm_module_delete(guest->module);
  wasm_instance_delete(guest->other_instance);
  wasm_module_delete(guest->other_module);
  if (guest != &mine || !store_is_argument) wasm_store_delete(guest->store);
  memset(guest, 0, sizeof *guest);
}

static void delete_mine(void) { delete_others(&mine); }

/* With the handles that the call was given. */
static void delete_all(void) {
  hooked = true;
  delete_mine();
  give_up(arguments, HANDLES);
}

/* ---- The heap: this program's own front to it ----
 *
 * It counts allocations of the call that is watched, of sizes that are chosen, and
 * at one of them something happens. A sanitizer has a heap of its own, and is left
 * alone. */

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define CAN_REFUSE 1
#else
#define CAN_REFUSE 0
#endif
static size_t least, most;
static int left;              /* how many there are before the one */
static bool (*at_one)(void);  /* whether it is refused */

#if CAN_REFUSE
static bool refused(size_t size) {
  if (!watching || size < least || size > most || left-- != 0) return false;
  watching = false, hooked = true;
  bool refuse = at_one();
  watching = true;
  if (refuse) errno = ENOMEM;
  return refuse;
}
void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);
void* malloc(size_t size) { return refused(size) ? NULL : __libc_malloc(size); }
void* calloc(size_t n, size_t size) { return refused(n * size) ? NULL : __libc_calloc(n, size); }
void* realloc(void* old, size_t size) { return refused(size) ? NULL : __libc_realloc(old, size); }
void* aligned_alloc(size_t align, size_t size) { return refused(size) ? NULL : __libc_memalign(align, size); }
int posix_memalign(void** out, size_t align, size_t size) {
  if (refused(size)) return ENOMEM;
  *out = __libc_memalign(align, size);
  return *out ? 0 : ENOMEM;
}
#endif

/* ---- Calls ---- */

/* That what came back is what was sent. */
static void check_results(void) {
  for (int i = 0; i < 5; i++) {
    const wasm_val_vec_t* vec = i < 4 ? &places_wasm_val_vec[i] : &result_wasm_val_vec;
    if (vec->size == 2 && vec->data && !of_component) check_pair(vec->data[0].of.ref, vec->data[1].of.ref);
  }
  check_pair(slot_results[0].ref, slot_results[2].ref);
}

static void* call_now(void* unused) {
  (void)unused;
  witrt_error_clear_last();
  function(arguments);
  outcome = witrt_error_kind(witrt_error_last());
  if (!CHECK(outcome != WITRT_ERROR_PANIC)) fprintf(stderr, "  %s\n", witrt_error_message(witrt_error_last()));
  return NULL;
}

static void call_here(void) { call_now(NULL); }

static void call_on_thread(void) {
  pthread_t thread;
  REQUIRE(pthread_create(&thread, NULL, call_now, NULL) == 0);
  pthread_join(thread, NULL);
}

/* From within a call of a guest: of its function, or of one that has text. */
static void within(void (*what)(void), int export) {
  in_callback = what;
  wasm_func_t* go = wasm_func_copy(guest_func(&mine, (size_t)export));
  witrt_prepared_t* prepared = export == GO
    ? witrt_func_prepare(go, echo_takes, 3, echo_gives, 3, NULL)
    : witrt_func_prepare(go, pair_kinds, 2, pair_kinds, 2, NULL);
  wasm_func_delete(go);
  witrt_slot_t args[3] = {{.bits = {0, 0}}}, results[3] = {{.bits = {0, 0}}};
  char room[LARGE];
  if (export == GO) results[1].buffer = (witrt_buffer_t){room, sizeof room};
  CHECK(witrt_prepared_call(prepared, args, results, NULL));
  for (int i = 0; i < 3; i += 2)
    if (export == GO || i == 0) wasm_ref_delete(results[i].ref);
  if (export != GO) wasm_ref_delete(results[1].ref);
  witrt_prepared_delete(prepared);
}

static void busy(void) { within(call_on_thread, F); }

static void callback(void) {
  within(call_here, round_ ? GO : F);
  more = round_ < 1;
}

/* After everything else that was made in the store, the store itself and its
 * engine were deleted. */
static void alone(void) {
  delete_mine();
  delete_engine();
  call_now(NULL);
}

static void twice(void) {
  call_now(NULL);
  if (again == UNSAID) return;
  hooked = true;
  call_now(NULL);
  if (again == REFUSED) CHECK(strings_are == OWN || outcome != WITRT_ERROR_NONE);
}

/* ---- Deleted meanwhile ---- */

static pthread_t deleter;
static bool deleting;
static int deleted;

static void* delete_there(void* what) {
  (*(void (**)(void))what)();
  __atomic_store_n(&deleted, 1, __ATOMIC_SEQ_CST);
  return NULL;
}

/* On another thread, and waits for it: but not for ever, if it has to wait for
 * this one. */
static bool delete_on_thread(void (**what)(void)) {
  const struct timespec pause = {0, 50000};
  deleted = 0, deleting = hooked = true;
  REQUIRE(pthread_create(&deleter, NULL, delete_there, (void*)what) == 0);
  for (int i = 0; i < 400 && !__atomic_load_n(&deleted, __ATOMIC_SEQ_CST); i++) nanosleep(&pause, NULL);
  return false;
}

static void all_on_thread(void) {
  static void (*what)(void) = delete_all;
  delete_on_thread(&what);
}
static bool others_on_thread(void) {
  static void (*what)(void) = delete_mine;
  return delete_on_thread(&what);
}

/* First in a callback; then at each allocation of the call, up to a number. */
static void meanwhile(void) {
  hooked = deleting = false;
  if (round_ == 0) in_callback = all_on_thread;
  at_one = others_on_thread, least = 0, most = SIZE_MAX, left = round_ - 1;
  watching = CAN_REFUSE && round_ > 0;
  call_now(NULL);
  watching = false;
  if (deleting) pthread_join(deleter, NULL);
  check_results();
  more = CAN_REFUSE && (round_ == 0 || (hooked && round_ < 16));
}

static void in_a_callback(void) {
  in_callback = delete_all;
  call_now(NULL);
  check_results();
}

/* By another thread while a guest runs, which then waits for that. */
static volatile char* memory;
static int over;
static void* delete_while_running(void* unused) {
  const struct timespec pause = {0, 20000};
  while (!memory[0]) {
    if (__atomic_load_n(&over, __ATOMIC_SEQ_CST)) return unused;
    nanosleep(&pause, NULL);
  }
  delete_all();
  memory[4] = 1;
  return unused;
}

static void running(void) {
  hooked = false, over = 0;
  memory = wasm_memory_data(wasm_extern_as_memory(mine.exports.data[M]));
  memory[8] = 1;
  REQUIRE(pthread_create(&deleter, NULL, delete_while_running, NULL) == 0);
  call_now(NULL);
  __atomic_store_n(&over, 1, __ATOMIC_SEQ_CST);
  pthread_join(deleter, NULL);
}

/* ---- References ---- */

/* How many objects of its own a guest makes, and how many of the host's have to go
 * in after them, until the heap of a fresh store is full, and something is
 * collected. */
static int until_full[2];

static void burn(int export, int32_t times) {
  if (times <= 0) return;
  wasm_val_t arg = WASM_I32_VAL(times);
  wasm_val_vec_t args = {1, &arg};
  CHECK(wasm_func_call(guest_func(&mine, (size_t)export), &args, NULL) == NULL);
}

static void put(uint32_t index, wasm_foreign_t* object) {
  wasm_table_t* table = wasm_extern_as_table(mine.exports.data[T]);
  CHECK(wasm_table_set(table, index, wasm_foreign_as_ref(object)));
  wasm_foreign_delete(object);
}

/* An object that guests had, and that nobody has any more. */
static void drop_one(void (*then)(void*)) {
  wasm_foreign_t* object = foreign();
  if (then) wasm_foreign_set_host_info_with_finalizer(object, NULL, then);
  put(7, object);
  put(7, NULL);
}

/* Fills the heap so far that the next reference but `before` collects. */
static void fill(int before) {
  enum { STEP = 100 };
  if (!until_full[0]) {
    guest_t was = mine;
    bool used = store_is_argument;
    for (int i = 0; i < 2; i++) {
      open_guest(&mine);
      store_is_argument = false;
      drop_one(NULL);
      uintptr_t dropped = numbered;
      burn(BURN, until_full[0] - STEP);
      while (!gone[dropped]) {
        REQUIRE(++until_full[i] < 10000000);
        if (i) put(6, foreign());
        else burn(BURN, STEP), until_full[i] += STEP - 1;
      }
      delete_mine();
    }
    mine = was, store_is_argument = used, from = &mine;
  }
  burn(BURN, until_full[0] - STEP);
  for (int i = until_full[1] - 1 - before; i > 0; i--) put(6, foreign());
}

static void collected(void* unused) { (void)unused, hooked = true; }

/* A collection at the first reference that the call makes, the second and so on,
 * and at the end of what the host gave to a guest. */
static void unrooted(void) {
  hooked = false;
  drop_one(collected);
  fill(round_);
  burn(BURN_LATER, 2 * until_full[0]);
  CHECK(!hooked);
  call_now(NULL);
  bool did = hooked;
  check_results();
  if (mine.store) {
    burn(BURN, 2 * until_full[0]);
    wasm_val_t value;
    wasm_global_get(wasm_extern_as_global(mine.exports.data[G]), &value);
    number(value.of.ref);
    wasm_val_delete(&value);
    for (uint32_t i = 0; i < 8; i++) {
      wasm_ref_t* element = wasm_table_get(wasm_extern_as_table(mine.exports.data[T]), i);
      number(element);
      wasm_ref_delete(element);
    }
  }
  hooked = did, more = round_ < 4;
}

static bool is_final;
static void delete_finally(void* unused) {
  (void)unused;
  if (!is_final) is_final = true, delete_all();
}
static void attach_deleter(void* object) {
  wasm_ref_set_host_info_with_finalizer(object, NULL, delete_finally);
}

/* By the finalizer of what the call collects, replaces or deletes. */
static void finally(void) {
  hooked = false, is_final = false;
  drop_one(delete_finally);
  fill(0);
  REQUIRE(!hooked);
  call_now(NULL);
  is_final = true;
}

/* ---- Memory that is refused ---- */

static bool refuse_one(void) { return true; }

/* Each copy of what is LARGE, one after the other. A string of a guest is held
 * meanwhile, and has to stay what it is. */
static void refusing(void) {
  static witrt_error_kind_t otherwise;
  wasm_string_t* held = guest_text();
  hooked = false;
  at_one = refuse_one, least = LARGE, most = 4 * LARGE, left = round_ - 1;
  watching = round_ > 0;
  call_now(NULL);
  watching = false;
  if (round_ == 0) otherwise = outcome;
  if (!CHECK(outcome == otherwise || outcome == WITRT_ERROR_OUT_OF_MEMORY)) fprintf(stderr, "  %u\n", (unsigned)outcome);
  static char copy[LARGE];
  size_t written = 0;
  CHECK_EQ(wasm_string_length(held, WASM_UTF8), LARGE);
  CHECK(wasm_string_read(held, WASM_UTF8, copy, sizeof copy, &written));
  CHECK(written == LARGE && copy[0] == 'a' && copy[LARGE - 1] == 'a' && memcmp(copy, copy + 1, LARGE - 1) == 0);
  wasm_string_delete(held);
  more = CAN_REFUSE && (round_ == 0 || (hooked && round_ < 16));
}

/* ---- All of them ---- */

typedef struct {
  const char* name;
  void (*arrange)(void);
  int strings;            /* what strings are */
  bool large;             /* whether text is, and sizes */
  uint32_t least;         /* how often it has to happen, in all functions */
  bool nulls;             /* whether references are null */
  void (*attach)(void*);  /* what is done to each handle that is an argument */
  bool of_component;      /* whether they and values are a component's */
} situation_t;

static const situation_t situations[] = {
  {"here", call_here, OWN, false, 0, false, NULL, false},
  {"other thread", call_on_thread, OWN, false, 0, false, NULL, false},
  {"busy store", busy, OWN, false, 0, false, NULL, false},
  {"siblings gone", alone, OWN, false, 0, false, NULL, false},
  {"in a callback", callback, OWN, false, 0, false, NULL, false},
  {"a string made", callback, MADE, false, 0, false, NULL, false},
  {"a guest's string", callback, OF_GUEST, false, 0, false, NULL, false},
  {"deleted twice", twice, OWN, false, 14, false, NULL, false},
  {"a made one twice", twice, MADE, false, 14, false, NULL, false},
  {"a guest's twice", twice, OF_GUEST, false, 14, false, NULL, false},
  {"deleted in a callback", in_a_callback, OWN, false, 5, false, NULL, false},
  {"deleted meanwhile", meanwhile, OWN, false, CAN_REFUSE ? 300 : 5, false, NULL, false},
  {"deleted while it runs", running, OWN, false, 5, false, NULL, false},
  {"the same, only it", running, OWN, false, 5, true, NULL, false},
  {"deleted by finalizers", finally, OWN, false, 10, false, attach_deleter, false},
  {"collected meanwhile", unrooted, OWN, false, 20, false, NULL, false},
  {"large", call_here, OWN, true, 0, false, NULL, false},
  {"memory refused", refusing, OWN, true, CAN_REFUSE ? 8 : 0, false, NULL, false},
  {"the same, made", refusing, MADE, true, CAN_REFUSE ? 8 : 0, false, NULL, false},
  {"the same, a guest's", refusing, OF_GUEST, true, CAN_REFUSE ? 8 : 0, false, NULL, false},
  {"the same, ill-formed", refusing, ILL_FORMED, true, CAN_REFUSE ? 8 : 0, false, NULL, false},
  {"a component's", call_here, OWN, false, 0, false, NULL, true},
  {"its, in a callback", callback, OWN, false, 0, false, NULL, true},
  {"its, siblings gone", alone, OWN, false, 0, false, NULL, true},
  {"its, twice", twice, OWN, false, 14, false, NULL, true},
  {"deleted in its callback", in_a_callback, OWN, false, 2, false, NULL, true},
  {"deleted meanwhile", meanwhile, OWN, false, 2, false, NULL, true},
  {"its, large", call_here, OWN, true, 0, false, NULL, true},
  {"its memory refused", refusing, OWN, true, CAN_REFUSE ? 4 : 0, false, NULL, true},
};
enum { SITUATIONS = sizeof situations / sizeof *situations };
