/* Text results that go where a function of the host's says: once, in every
 * encoding, both ways that adapters run; refusals; what may be done meanwhile. */

#include <uchar.h>

#include "guest.h"

enum { ENCODINGS = 4, LONG = 1 << 20, AT_LONG = 65536 };
enum { AT, THREE };
static const size_t unit_size[ENCODINGS] = {1, 2, 1, 4};
static const witrt_slot_kind_t grow_kind[ENCODINGS] = {
  WITRT_SLOT_GROW_UTF8, WITRT_SLOT_GROW_UTF16, WITRT_SLOT_GROW_LATIN1, WITRT_SLOT_GROW_UTF32};

static const char* wat =
  "(module (import \"\" \"again\" (func $again (param i32)))"
  "  (memory 40)"
  "  (data (i32.const 8) \"na\\c3\\afve \\c3\\bf\") (data (i32.const 40) \"a\\ff\")"
  "  (data (i32.const 48) \"\\f0\\9f\\a6\\80 \\e6\\bc\\a2\")"
  "  (func $at (param i32 i32) (result i32 i32)"
  "    (memory.fill (i32.const 65536) (i32.const 120) (i32.const 1048576))"
  "    (call $again (local.get 1)) local.get 0 local.get 1)"
  "  (@interface func $i (import \"\" \"again\") (param s32))"
  "  (@interface implement (func $again) (param i32) arg.get 0 i32-to-s32 call-adapter $i)"
  "  (@interface func (export \"at\") (param u32) (param u32) (result string)"
  "    arg.get 0 u32-to-i32 arg.get 1 u32-to-i32 call-core $at memory-to-string)"
  "  (@interface func (export \"three\") (param string) (param u32)"
  "      (result string) (result u32) (result string) (result string)"
  "    arg.get 0 arg.get 1 arg.get 0 arg.get 0))";

/* Room that a call asks for. */
typedef struct {
  void* data;
  size_t units, unit;
  int calls;
  bool refuses, is_odd;
} room_t;

static void* grow(void* env, size_t units) {
  room_t* room = env;
  room->calls++;
  room->units = units;
  if (room->refuses || !units) return NULL;
  free(room->data);
  /* No byte more, for the sanitizers to watch. */
  room->data = malloc(units * room->unit + room->is_odd);
  return (char*)room->data + room->is_odd;
}

static witrt_slot_t slot_of(room_t* room) {
  witrt_slot_t slot = {.grow = {grow, room}};
  return slot;
}

static guest_t g;
static witrt_prepared_t* nested;
static int called_back;

static wasm_trap_t* again(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  called_back++;
  if (!nested) return NULL;
  witrt_prepared_t* same = nested;
  nested = NULL;
  for (int refuses = 0; refuses < 2; refuses++) {
    room_t room = {.unit = 2, .refuses = refuses};
    witrt_slot_t in[] = {{.u32 = 48}, {.u32 = 8}}, out = slot_of(&room);
    CHECK_EQ(witrt_prepared_call(same, in, &out, NULL), !refuses);
    CHECK(room.calls == 1 && room.units == 4);
    if (!refuses) CHECK(memcmp(room.data, u"\U0001F980 漢", 8) == 0);
    free(room.data);
  }
  return NULL;
}

static void open_guest(witrt_back_end_t back_end, bool replaces) {
  memset(&g, 0, sizeof g);
  wasm_config_t* config = wasm_config_new();
  witrt_config_set_back_end(config, back_end);
  if (replaces) witrt_config_set_ill_formed(config, WITRT_ILL_FORMED_REPLACE);
  g.engine = wasm_engine_new_with_config(config);
  g.store = wasm_store_new(g.engine);
  wasm_functype_t* type = wasm_functype_new_1_0(wasm_valtype_new(WASM_S32));
  wasm_func_t* callback = wasm_func_new(g.store, type, again);
  wasm_functype_delete(type);
  wasm_extern_t* import[] = {wasm_func_as_extern(callback)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  guest_load(&g, wat, &imports);
  wasm_func_delete(callback);
}

static witrt_prepared_t* prepare(witrt_slot_kind_t result) {
  static const witrt_slot_kind_t params[] = {WASM_U32, WASM_U32};
  witrt_prepared_t* call = witrt_func_prepare(guest_func(&g, AT), params, 2, &result, 1, NULL);
  REQUIRE(call);
  return call;
}

/* The kind of the error that a call fails with; zero for none. */
static uint32_t call_at(witrt_prepared_t* call, size_t at, size_t len, room_t* room, size_t* needed) {
  witrt_slot_t in[] = {{.u32 = (uint32_t)at}, {.u32 = (uint32_t)len}}, out = slot_of(room);
  witrt_error_t* error = NULL;
  bool ok = witrt_prepared_call(call, in, &out, &error);
  CHECK(ok == !error && out.grow.grow == grow && out.grow.env == room);
  uint32_t kind = error ? witrt_error_kind(error) : 0;
  if (needed && !witrt_error_capacity(error, needed)) *needed = SIZE_MAX;
  witrt_error_delete(error);
  return kind;
}

static void texts(bool replaces) {
  static const struct {
    size_t at, len, units[ENCODINGS];
    const void* data[ENCODINGS];
  } all[] = {
    {8, 9, {9, 7, 7, 7}, {"naïve ÿ", u"naïve ÿ", "na\xEFve \xFF", U"naïve ÿ"}},
    {48, 8, {8, 4, 3, 3}, {"\U0001F980 漢", u"\U0001F980 漢", "? ?", U"\U0001F980 漢"}},
    {40, 2, {4, 2, 2, 2}, {"a\uFFFD", u"a\uFFFD", "a?", U"a\uFFFD"}},
    {8, 2, {2, 2, 2, 2}, {"na", u"na", "na", U"na"}},
    {8, 0, {0, 0, 0, 0}, {"", u"", "", U""}},
  };
  for (int e = 0; e < ENCODINGS; e++) {
    witrt_prepared_t* call = prepare(grow_kind[e]);
    for (size_t t = 0; t < sizeof all / sizeof *all; t++) {
      room_t room = {.unit = unit_size[e]};
      bool fits = replaces || !(t == 2 || (t == 1 && e == WASM_LATIN1));
      uint32_t kind = call_at(call, all[t].at, all[t].len, &room, NULL);
      /* Text that cannot be given makes no room. */
      CHECK_EQ(room.calls, fits);
      CHECK_EQ(kind == 0, fits);
      if (!fits) continue;
      CHECK_EQ(room.units, all[t].units[e]);
      if (room.units) CHECK(memcmp(room.data, all[t].data[e], room.units * room.unit) == 0);
      free(room.data);
    }
    room_t room = {.unit = unit_size[e]};
    CHECK_EQ(call_at(call, AT_LONG, LONG, &room, NULL), 0);
    CHECK_EQ(room.units, LONG);
    size_t wrong = 0;
    for (size_t i = 0; i < LONG * room.unit; i++) wrong += ((char*)room.data)[i] != (i % room.unit == 0 ? 'x' : 0);
    CHECK_EQ(wrong, 0);
    free(room.data);
    witrt_prepared_delete(call);
  }
}

/* Nothing is lost: the text is kept. */
static void refusals(void) {
  for (int e = 0; e < ENCODINGS; e++) {
    witrt_prepared_t* call = prepare(grow_kind[e]);
    room_t room = {.unit = unit_size[e], .refuses = true};
    size_t needed = 0;
    CHECK_EQ(call_at(call, 8, 9, &room, &needed), WITRT_ERROR_OUT_OF_MEMORY);
    CHECK(room.calls == 1 && needed == room.units && needed == (e == WASM_UTF8 ? 9 : 7));
    wasm_string_t* kept = witrt_prepared_take_result(call, 0);
    REQUIRE(kept && !witrt_prepared_take_result(call, 0));
    char buffer[16];
    CHECK(wasm_string_take(kept, WASM_UTF8, buffer, 9, NULL) && memcmp(buffer, "naïve ÿ", 9) == 0);
    /* Where nothing is needed, nothing is refused; the next call forgets. */
    CHECK_EQ(call_at(call, 8, 9, &room, NULL), WITRT_ERROR_OUT_OF_MEMORY);
    CHECK_EQ(call_at(call, 8, 0, &room, NULL), 0);
    CHECK(witrt_prepared_take_result(call, 0) == NULL);
    room = (room_t){.unit = unit_size[e], .is_odd = true};
    CHECK_EQ(call_at(call, 8, 9, &room, &needed), unit_size[e] > 1 ? WITRT_ERROR_OUT_OF_RANGE : 0);
    kept = witrt_prepared_take_result(call, 0);
    CHECK_EQ(kept != NULL, unit_size[e] > 1);
    wasm_string_delete(kept);
    free(room.data);
    witrt_prepared_delete(call);
  }
}

/* Calls within a call, each with room of its own. */
static void within(void) {
  for (int refuses = 0; refuses < 2; refuses++) {
    room_t room = {.unit = 2, .refuses = refuses};
    witrt_prepared_t* call = nested = prepare(WITRT_SLOT_GROW_UTF16);
    called_back = 0;
    CHECK_EQ(call_at(call, 8, 9, &room, NULL), refuses ? WITRT_ERROR_OUT_OF_MEMORY : 0);
    CHECK(called_back == 3 && room.calls == 1 && room.units == 7);
    if (!refuses) CHECK(memcmp(room.data, u"naïve ÿ", 14) == 0);
    wasm_string_t* kept = witrt_prepared_take_result(call, 0);
    CHECK((kept != NULL) == refuses);
    if (kept) CHECK_EQ(wasm_string_length(kept, WASM_UTF16), 7);
    wasm_string_delete(kept);
    free(room.data);
    witrt_prepared_delete(call);
  }
}

/* Several results: with a buffer, and with a text that is refused. */
static void several(void) {
  static const witrt_slot_kind_t params[] = {WITRT_SLOT_UTF16, WASM_U32};
  static const witrt_slot_kind_t results[] = {
    WITRT_SLOT_GROW_UTF32, WASM_U32, WITRT_SLOT_LATIN1, WITRT_SLOT_LAZY_UTF8};
  witrt_prepared_t* three = witrt_func_prepare(guest_func(&g, THREE), params, 2, results, 4, NULL);
  REQUIRE(three);
  for (int how = 0; how < 4; how++) {
    room_t room = {.unit = 4, .refuses = how & 1};
    char bytes[8];
    witrt_slot_t in[] = {{.text = {u"naïve", 5}}, {.u32 = 7}};
    witrt_slot_t out[] = {slot_of(&room), {.u32 = 0}, {.buffer = {bytes, how & 2 ? 2 : 8}}, {.lazy = {NULL, 0}}};
    witrt_error_t* error = NULL;
    CHECK_EQ(witrt_prepared_call(three, in, out, &error), how == 0);
    size_t index = 9;
    if (how) {
      CHECK_EQ(witrt_error_kind(error), how & 1 ? WITRT_ERROR_OUT_OF_MEMORY : WITRT_ERROR_BUFFER_TOO_SMALL);
      CHECK(witrt_error_argument(error, &index) && index == (how & 1 ? 0 : 2));
    }
    witrt_error_delete(error);
    CHECK(room.calls == 1 && room.units == 5 && out[1].u32 == 7 && out[2].text.size == 5);
    CHECK(out[3].lazy.length == 6 && out[0].grow.env == &room);
    if (!(how & 1)) CHECK(memcmp(room.data, U"naïve", 20) == 0);
    if (!(how & 2)) CHECK(memcmp(bytes, "na\xEFve", 5) == 0);
    for (size_t i = 0; i < 4; i += 2) {
      wasm_string_t* kept = witrt_prepared_take_result(three, i);
      CHECK((kept != NULL) == ((how >> i / 2 & 1) != 0));
      wasm_string_delete(kept);
    }
    wasm_string_delete(out[3].lazy.string);
    free(room.data);
  }
  witrt_prepared_delete(three);
}

/* The store is shut meanwhile; deleting is permitted, and what is of no store. */
typedef struct {
  witrt_prepared_t *same, *other;
  char text[16];
  int calls;
} meanwhile_t;

static void* do_meanwhile(void* env, size_t units) {
  meanwhile_t* all = env;
  all->calls++;
  room_t room = {.unit = 1};
  CHECK_EQ(call_at(all->same, 8, 9, &room, NULL), WITRT_ERROR_STORE_BUSY);
  CHECK(room.calls == 0 && witrt_prepared_take_result(all->same, 0) == NULL);
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_STORE_BUSY);
  wasm_string_t* string = wasm_string_new(WASM_UTF8, "own", 3);
  CHECK_EQ(wasm_string_length(string, WASM_UTF16), 3);
  wasm_string_delete(string);
  witrt_prepared_delete(all->other);
  witrt_prepared_delete(all->same);
  return units < sizeof all->text ? all->text : NULL;
}

static void meanwhile(void) {
  meanwhile_t all = {.same = prepare(WITRT_SLOT_GROW_UTF8), .other = prepare(WITRT_SLOT_UTF8)};
  witrt_slot_t in[] = {{.u32 = 8}, {.u32 = 9}}, out = {.grow = {do_meanwhile, &all}};
  CHECK(witrt_prepared_call(all.same, in, &out, NULL));
  CHECK(all.calls == 1 && strcmp(all.text, "naïve ÿ") == 0);
}

static void mistakes(void) {
  witrt_prepared_t* call = prepare(WITRT_SLOT_GROW_UTF8);
  witrt_slot_t in[] = {{.u32 = 8}, {.u32 = 9}}, out = {.grow = {NULL, NULL}};
  witrt_error_t* error = NULL;
  called_back = 0;
  CHECK(!witrt_prepared_call(call, in, &out, &error));
  CHECK(witrt_error_kind(error) == WITRT_ERROR_NULL_POINTER && has(witrt_error_message(error), "`grow`"));
  CHECK_EQ(called_back, 0);
  witrt_error_delete(error);
  witrt_prepared_delete(call);
  /* Arguments are there already, and callbacks lend what they return. */
  for (int e = 0; e < ENCODINGS; e++) {
    witrt_slot_kind_t params[] = {grow_kind[e], WASM_U32}, text = WITRT_SLOT_UTF8;
    witrt_slot_kind_t results[] = {WITRT_SLOT_UTF8, WASM_U32, WITRT_SLOT_UTF8, WITRT_SLOT_UTF8};
    CHECK(!witrt_func_prepare(guest_func(&g, THREE), params, 2, results, 4, &error));
    CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_WRONG_KIND);
    witrt_error_delete(error);
    for (int result = 0; result < 2; result++) {
      CHECK(!witrt_func_new_with_slots(g.store, result ? &text : params, 1, result ? params : &text, 1,
                                     (witrt_slot_callback_t)(void (*)(void))grow, NULL, NULL, &error));
      CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_WRONG_KIND);
      witrt_error_delete(error);
    }
  }
}

int main(void) {
  for (int i = 0; i < 4; i++) {
    open_guest(i & 1 ? WITRT_BACK_END_REFERENCE : WITRT_BACK_END_COMPILED, i & 2);
    texts(i & 2);
    refusals();
    within();
    several();
    meanwhile();
    mistakes();
    guest_close(&g);
  }
  return check_result();
}
