/* What stands for the arguments of the functions for prepared calls. */

static witrt_slot_kind_t* any_witrt_slot_kind_t_p(int how) {
  static witrt_slot_kind_t kinds[4][1];
  static int used;
  witrt_slot_kind_t* place = kinds[used++ % 4];
  place[0] = how == GOOD ? WITRT_SLOT_UTF8 : 99;
  return how == NOTHING ? NULL : place;
}

/* A string slot: as text, as a buffer and as a lazy string alike. */
static witrt_slot_t* any_witrt_slot_t_p(int how) {
  static witrt_slot_t slots[4][1];
  static int used;
  static char room[64] = "text";
  witrt_slot_t* place = slots[used++ % 4];
  place[0].buffer = (witrt_buffer_t){how == GOOD ? room : NULL, how == GOOD ? sizeof room : 4};
  return how == NOTHING ? NULL : place;
}

static wasm_trap_t* slot_callback(void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  (void)env, (void)caller, (void)args, (void)results;
  return NULL;
}
static witrt_slot_callback_t any_witrt_slot_callback_t(int how) { return how == NOTHING ? NULL : slot_callback; }

static wasm_func_t* echo(void) {
  static const witrt_slot_kind_t kinds[] = {WITRT_SLOT_UTF8};
  return witrt_func_new_prepared(from->store, kinds, 1, kinds, 1, slot_callback, NULL, NULL, NULL);
}

static witrt_prepared_t* a_prepared(void) {
  static const witrt_slot_kind_t kinds[] = {WITRT_SLOT_UTF8};
  wasm_func_t* func = echo();
  witrt_prepared_t* prepared = witrt_func_prepare(func, kinds, 1, kinds, 1, NULL);
  wasm_func_delete(func);
  return prepared;
}
PLAIN(witrt_prepared_t, a_prepared())

/* There is one during a callback only, and this is none: NULL is what a program
 * can have. */
static witrt_caller_t* any_witrt_caller_t_p(int how) {
  (void)how;
  return NULL;
}
