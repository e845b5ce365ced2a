/* The guest that each cell has, and the host functions that it calls. */

static const char* const wats[] = {
  "(module"
  "  (import \"\" \"back\" (func $back (param externref externref) (result externref externref)))"
  "  (type $s (struct (field i32)))"
  "  (memory (export \"m\") 1) (global (export \"g\") (mut externref) (ref.null extern))"
  "  (table (export \"t\") 8 externref) (global $burns (mut i32) (i32.const 1))"
  "  (func $burn (export \"burn\") (param i32) (loop $l (drop (struct.new $s (local.get 0)))"
  "    (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))"
  "  (func (export \"burn later\") (param i32) (global.set $burns (local.get 0)))"
  "  (func $wait (export \"wait\") (if (i32.load8_u (i32.const 8)) (then (i32.store8 (i32.const 0) (i32.const 1))"
  "    (loop $l (br_if $l (i32.eqz (i32.load8_u (i32.const 4))))))))"
  "  (func (export \"f\") (param externref externref) (result externref externref)"
  "    (local $a externref) (local $b externref) (call $wait)"
  "    (call $back (local.get 0) (local.get 1)) (local.set $b) (local.set $a)"
  "    (call $burn (global.get $burns)) (local.get $a) (local.get $b))"
  "  (func (export \"trap\") unreachable)"
  "  (func $start (call $back (ref.null extern) (ref.null extern)) drop drop)"
  "  (start $start))",
  "(module (import \"\" \"wait\" (func $wait)) (memory 4) (start $start)"
  "  (func $start (memory.fill (i32.const 1000) (i32.const 97) (i32.const 100003)))"
  "  (func $text (result i32 i32) i32.const 1000 i32.const 100003)"
  "  (@interface func $echo (import \"\" \"echo\") (param string) (param externref) (param externref)"
  "    (result externref) (result string) (result externref))"
  "  (@interface func (export \"go\") (param string) (param externref) (param externref)"
  "    (result externref) (result string) (result externref)"
  "    call-core $wait arg.get 0 arg.get 1 arg.get 2 call-adapter $echo)"
  "  (@interface func (export \"held\") (result string) call-core $text memory-to-string))",
  "(component"
  "  (import \"back\" (func $back (param \"a\" (list u8)) (param \"b\" (list u8)) (result (list u8))))"
  "  (core module $l (memory (export \"m\") 1) (global $next (mut i32) (i32.const 64))"
  "    (func (export \"realloc\") (param i32 i32 i32 i32) (result i32) global.get $next"
  "      (global.set $next (i32.add (global.get $next) (local.get 3)))"
  "      (if (i32.gt_u (global.get $next) (i32.mul (memory.size) (i32.const 65536)))"
  "        (then (drop (memory.grow (i32.const 4)))))))"
  "  (core instance $l (instantiate $l))"
  "  (core func $back (canon lower (func $back) (memory $l \"m\") (realloc (func $l \"realloc\"))))"
  "  (core module $m (import \"\" \"back\" (func $back (param i32 i32 i32 i32 i32)))"
  "    (func (export \"pass\") (param i32 i32 i32 i32) (result i32)"
  "      (call $back (local.get 0) (local.get 1) (local.get 2) (local.get 3) (i32.const 16)) (i32.const 16)))"
  "  (core instance $m (instantiate $m (with \"\" (instance (export \"back\" (func $back))))))"
  "  (func (export \"pass\") (param \"a\" (list u8)) (param \"b\" (list u8)) (result (list u8))"
  "    (canon lift (core func $m \"pass\") (memory $l \"m\") (realloc (func $l \"realloc\")))))",
};
enum { WATS = sizeof wats / sizeof *wats };

/* What host functions do first, once. */
static void (*in_callback)(void);

/* Allocations of what it does are not the library's: see below. */
static __thread bool watching;

static void called_back(const witrt_caller_t* caller, const wasm_ref_t* a, const wasm_ref_t* b) {
  const witrt_caller_t* before = the_caller;
  void (*first)(void) = in_callback;
  in_callback = NULL, the_caller = caller;
  check_pair(a, b);
  if (first) first();
  check_pair(a, b);
  the_caller = before;
}

static wasm_trap_t* back(void* guest, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  bool watched = watching;
  watching = false, from = guest;
  for (int i = 0; i < 2 && from->store; i++) results[i].ref = wasm_foreign_as_ref(foreign());
  called_back(caller, args[0].ref, args[1].ref);
  watching = watched;
  return NULL;
}

static wasm_trap_t* echo(void* guest, const witrt_caller_t* caller, const witrt_slot_t* args, witrt_slot_t* results) {
  bool watched = watching;
  watching = false, from = guest;
  for (int i = 0; i < 3 && from->store; i += 2) results[i].ref = wasm_foreign_as_ref(foreign());
  called_back(caller, args[1].ref, args[2].ref);
  results[1].text = (witrt_text_t){text, large ? LARGE : 4};
  watching = watched;
  return NULL;
}

/* The component's: it gives back what it was lent. */
static wasm_trap_t* pass_back(void* guest, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  bool watched = watching;
  watching = false, from = guest;
  called_back(NULL, NULL, NULL);
  results->data[0] = args->data[1];
  watching = watched;
  return NULL;
}

/* How many stores there are: each has a host function with a finalizer. */
static int stores;
static void store_ended(void* unused) { (void)unused, __atomic_sub_fetch(&stores, 1, __ATOMIC_SEQ_CST); }

static wasm_engine_t* engine;
static wasm_shared_module_t* compiled[WATS];

static void make_engine(void) {
  wasm_config_t* config = wasm_config_new();
  witrt_config_set_parallel_compilation(config, false);
  witrt_config_set_opt_level(config, WITRT_OPT_LEVEL_NONE);
  engine = wasm_engine_new_with_config(config);
  wasm_store_t* store = wasm_store_new(engine);
  for (int i = 0; i < WATS; i++) {
    wasm_module_t* module = module_of(store, wats[i]);
    REQUIRE(module);
    compiled[i] = wasm_module_share(module);
    wasm_module_delete(module);
  }
  wasm_store_delete(store);
}

static void delete_engine(void) {
  for (int i = 0; i < WATS; i++) wasm_shared_module_delete(compiled[i]);
  wasm_engine_delete(engine), engine = NULL;
}

static void open_component(guest_t* guest) {
  wasm_module_t* module = guest->other_module = wasm_module_obtain(guest->store, compiled[2]);
  REQUIRE(module);
  wasm_importtype_vec_t types;
  wasm_module_imports(module, &types);
  const wasm_functype_t* type = wasm_externtype_as_functype_const(wasm_importtype_type(types.data[0]));
  wasm_func_t* func = wasm_func_new_with_env(guest->store, type, pass_back, guest, NULL);
  wasm_importtype_vec_delete(&types);
  wasm_extern_t* import[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  guest->other_instance = wasm_instance_new(guest->store, module, &imports, NULL);
  REQUIRE(guest->other_instance);
  wasm_func_delete(func);
  guest->exports.data[PASS] = witrt_instance_export(guest->other_instance, "pass", 4);
}

/* Exports of the first module, then those of the other, then the component's. */
static void open_guest(guest_t* guest) {
  static const char* const names[] = {"f", "g", "t", "m", "burn", "burn later", "trap", "wait", "go", "held"};
  enum { COUNT = sizeof names / sizeof *names };
  if (!engine) make_engine();
  guest->store = wasm_store_new(engine), stores++;
  wasm_func_t* funcs[] = {
    witrt_func_new_with_slots(guest->store, pair_kinds, 2, pair_kinds, 2, back, guest, store_ended, NULL),
    witrt_func_new_with_slots(guest->store, echo_takes, 3, echo_gives, 3, echo, guest, NULL, NULL),
  };
  wasm_extern_vec_new_uninitialized(&guest->exports, COUNT + 1);
  for (int i = 0, at = 0; i < 2; i++) {
    wasm_extern_t* import[] = {i ? guest->exports.data[WAIT] : NULL, wasm_func_as_extern(funcs[i])};
    wasm_extern_vec_t imports = {i ? 2 : 1, i ? import : import + 1};
    wasm_module_t* module = wasm_module_obtain(guest->store, compiled[i]);
    wasm_instance_t* instance = wasm_instance_new(guest->store, module, &imports, NULL);
    REQUIRE(instance);
    for (; at < (i ? COUNT : GO); at++) {
      guest->exports.data[at] = witrt_instance_export(instance, names[at], strlen(names[at]));
      REQUIRE(guest->exports.data[at]);
    }
    if (i == 0) guest->module = module, guest->instance = instance;
    else wasm_module_delete(module), wasm_instance_delete(instance);
    wasm_func_delete(funcs[i]);
  }
  open_component(guest);
  from = guest;
}
