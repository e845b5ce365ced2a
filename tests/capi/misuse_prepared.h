/* What stands for the arguments of the functions for prepared calls. */

static const witrt_slot_kind_t pair_kinds[] = {WASM_EXTERNREF, WASM_EXTERNREF};
static const witrt_slot_kind_t echo_takes[] = {WITRT_SLOT_UTF8, WASM_EXTERNREF, WASM_EXTERNREF};
static const witrt_slot_kind_t echo_gives[] = {WASM_EXTERNREF, WITRT_SLOT_UTF8, WASM_EXTERNREF};

static witrt_slot_kind_t* any_witrt_slot_kind_t_p(int how) {
  static witrt_slot_kind_t kinds[4][2];
  static int used;
  witrt_slot_kind_t* place = kinds[used++ % 4];
  place[0] = place[1] = how == GOOD ? WASM_EXTERNREF : 99;
  return how == NOTHING ? NULL : place;
}
NO_DROP(witrt_slot_kind_t)

/* Two references, described; and descriptions of nothing. */
static witrt_field_t* any_witrt_field_t_p(int how) {
  static witrt_field_t fields[4][2];
  static int used;
  const witrt_field_t right = WITRT_PLAIN(WASM_EXTERNREF);
  const witrt_field_t wrong[] = {
    WITRT_PLAIN(99), WITRT_SAME(NULL), WITRT_LIST(NULL), WITRT_GROWN(NULL),
    WITRT_SAME(fields[0]), WITRT_RECORD(fields[0], fields[1]), WITRT_PLAIN(WASM_ENUM)};
  witrt_field_t* place = fields[used++ % 4];
  place[0] = place[1] = how == GOOD ? right : wrong[(unsigned)how % (sizeof wrong / sizeof *wrong)];
  return how == NOTHING ? NULL : place;
}
NO_DROP(witrt_field_t)

/* The slots of `echo`: of its arguments, and of its results. */
static witrt_slot_t slot_args[3], slot_results[3];
static witrt_slot_t* any_witrt_slot_t_p(int how) {
  memset(slot_args, 0, sizeof slot_args);
  if (how == GOOD) {
    slot_args[0].text = (witrt_text_t){text, large ? LARGE : 4};
    slot_args[1].ref = an_object(), slot_args[2].ref = an_object();
  } else slot_args[0].text.size = 4;
  return how == NOTHING ? NULL : slot_args;
}
static witrt_slot_t* out_witrt_slot_t_p(void) {
  memset(slot_results, 0, sizeof slot_results);
  slot_results[1].buffer = (witrt_buffer_t){buffer, large ? LARGE : 64};
  return slot_results;
}
static bool drop_witrt_slot_t_p(part_t now, witrt_slot_t* slots) {
  if (now != ALL || !slots) return false;
  for (int i = 0; i < 3; i++)
    if ((slots == slot_args ? echo_takes : echo_gives)[i] == WASM_EXTERNREF) wasm_ref_delete(slots[i].ref);
  return true;
}

/* The call that is being answered, if one is; an argument only says whether to
 * pass it. */
static const witrt_caller_t* the_caller;
static witrt_caller_t* any_witrt_caller_t_p(int how) { return how == GOOD ? (witrt_caller_t*)(void*)text : NULL; }
static bool drop_witrt_caller_t_p(part_t now, witrt_caller_t* caller) { return (void)now, (void)caller, false; }

static wasm_trap_t* slot_callback(void* env, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  (void)env, (void)caller, (void)args, (void)results;
  return NULL;
}
static witrt_slot_callback_t any_witrt_slot_callback_t(int how) { return how == NOTHING ? NULL : slot_callback; }

static witrt_prepared_t* a_prepared(void) {
  return witrt_func_prepare(guest_func(from, GO), echo_takes, 3, echo_gives, 3, NULL);
}
PLAIN(witrt_prepared, a_prepared(), HANDLES)
