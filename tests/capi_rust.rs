//! The C layer, called as C calls it: identity, ownership, re-entry, threads,
//! wrong calls. The programs in `tests/capi` test what it does.

mod c;

use c::*;

const MANY: &str = r#"(module
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (global (export "g") (mut externref) (ref.null extern))
    (table (export "t") 2 4 funcref)
    (memory (export "m") 1 2)
    (func (export "same") (param externref) (result externref) (local.get 0)))"#;

#[test]
fn an_export_is_one_object() {
    let store = store();
    let instance = instance(&store, MANY, &mut []);
    for name in ["add", "g", "t", "m"] {
        let (a, b) = (export(&instance, name), export(&instance, name));
        assert!(wasm_extern_same(Some(&a), Some(&b)), "{name}");
        assert!(!std::ptr::eq(&*a, &*b));
        let mut info = 7;
        let info: *mut c_void = from_mut(&mut info).cast();
        unsafe { wasm_extern_set_host_info(from_ref(&*a).cast_mut(), info) };
        assert_eq!(wasm_extern_get_host_info(Some(&b)), info, "{name}");
        let up = unsafe { wasm_extern_as_ref_const(&*b) };
        assert!(std::ptr::eq(up.cast(), &*b), "casts are the identity");
        assert_eq!(wasm_ref_get_host_info(unsafe { up.as_ref() }), info, "{name}");
    }
    let (add, memory) = (export(&instance, "add"), export(&instance, "m"));
    assert!(!wasm_extern_same(Some(&add), Some(&memory)));
    assert!(unsafe { wasm_extern_as_memory_const(&*add) }.is_null());
    assert!(unsafe { wasm_ref_as_trap_const(wasm_extern_as_ref_const(&*add)) }.is_null());
}

#[test]
fn a_reexported_import_is_the_same_object() {
    let store = store();
    let first = instance(&store, MANY, &mut []);
    let mut exports = ["add", "g", "t", "m"].map(|name| Box::into_raw(export(&first, name)));
    let second = instance(
        &store,
        r#"(module
            (import "a" "add" (func (param i32 i32) (result i32)))
            (import "a" "g" (global (mut externref)))
            (import "a" "t" (table 2 4 funcref))
            (import "a" "m" (memory 1 2))
            (export "add" (func 0)) (export "g" (global 0))
            (export "t" (table 0)) (export "m" (memory 0)))"#,
        &mut exports,
    );
    for (name, first) in ["add", "g", "t", "m"].iter().zip(exports) {
        let again = export(&second, name);
        assert!(wasm_extern_same(Some(&again), unsafe { first.as_ref() }), "{name}");
        wasm_extern_delete(Some(unsafe { Box::from_raw(first) }));
    }
}

#[test]
fn finalizers_run_once() {
    let store = store();
    let counts: [AtomicUsize; 4] = Default::default();
    let instance = instance(&store, MANY, &mut []);
    let add = export(&instance, "add");
    let set = |index: usize| unsafe {
        let add = from_ref(&*add).cast_mut();
        wasm_extern_set_host_info_with_finalizer(add, counter(&counts[index]), Some(count));
    };
    let seen = |index: usize| counts[index].load(Ordering::SeqCst);
    set(0);
    set(1);
    assert_eq!((seen(0), seen(1)), (1, 0), "what is replaced is finalized");
    let foreign = wasm_foreign_new(Some(&store)).unwrap();
    let up = Box::into_raw(foreign).cast::<wasm_ref_t>();
    unsafe { wasm_ref_set_host_info_with_finalizer(up, counter(&counts[2]), Some(count)) };
    wasm_ref_delete(Some(unsafe { Box::from_raw(up) }));
    assert_eq!(seen(2), 1, "deleted through the base");
    let ty = functype(&[], &[]);
    let env = counter(&counts[3]);
    let made =
        unsafe { wasm_func_new_with_env(Some(&store), Some(&ty), Some(nothing), env, Some(count)) };
    drop(made);
    drop((instance, add));
    assert_eq!((seen(1), seen(3)), (0, 0), "objects live as long as their store");
    drop(store);
    assert_eq!((seen(0), seen(1), seen(2), seen(3)), (1, 1, 1, 1));
}

unsafe extern "C" fn nothing(
    _: *mut c_void,
    _: *const wasm_val_vec_t,
    _: *mut wasm_val_vec_t,
) -> *mut wasm_trap_t {
    null_mut()
}

/// What a finalizer that calls back found.
#[derive(Default)]
struct Intruder {
    func: AtomicPtr<wasm_func_t>,
    refused: AtomicUsize,
    ran: AtomicUsize,
}

unsafe extern "C" fn intrude(intruder: *mut c_void) {
    let intruder = unsafe { &*intruder.cast::<Intruder>() };
    intruder.ran.fetch_add(1, Ordering::SeqCst);
    let func = intruder.func.load(Ordering::SeqCst);
    if let Err(trap) = call(func, &mut [i32_val(1), i32_val(2)], &mut [i32_val(0)]) {
        assert_eq!(last_kind(), 605, "{}", message(&trap));
        intruder.refused.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn a_finalizer_inside_the_engine_is_refused() {
    const ROUNDS: usize = 100_000;
    let intruder = Intruder::default();
    let store = store();
    let instance = instance(&store, MANY, &mut []);
    let (add, same) = (func(&instance, "add"), func(&instance, "same"));
    intruder.func.store(from_ref(&*add).cast_mut(), Ordering::SeqCst);
    for _ in 0..ROUNDS {
        let foreign = Box::into_raw(wasm_foreign_new(Some(&store)).unwrap()).cast::<wasm_ref_t>();
        let info = from_ref(&intruder).cast_mut().cast();
        unsafe { wasm_ref_set_host_info_with_finalizer(foreign, info, Some(intrude)) };
        let mut results = [ref_val(null_mut())];
        assert!(call(&*same, &mut [ref_val(foreign)], &mut results).is_ok());
        unsafe { wasm_val_delete(&mut results[0]) };
        wasm_ref_delete(Some(unsafe { Box::from_raw(foreign) }));
    }
    let refused = intruder.refused.load(Ordering::SeqCst);
    assert!(refused > 0, "the engine never collected");
    // What is left is finalized with the store, and may call into another.
    let left = ROUNDS - intruder.ran.load(Ordering::SeqCst);
    intruder.func.store(from_ref(other_add()).cast_mut(), Ordering::SeqCst);
    drop((instance, add, same, store));
    assert_eq!(intruder.ran.load(Ordering::SeqCst), ROUNDS, "{left} were left");
}

/// A function of a store that is never deleted.
fn other_add() -> &'static wasm_func_t {
    let store = Box::leak(store());
    Box::leak(func(&instance(store, MANY, &mut []), "add"))
}

#[test]
fn externrefs_keep_their_identity() {
    let store = store();
    let instance = instance(&store, MANY, &mut []);
    let same = func(&instance, "same");
    let foreign = wasm_foreign_new(Some(&store)).unwrap();
    let trap = trap(&store, "carried");
    let objects: [*const wasm_ref_t; 4] = unsafe {
        [
            wasm_foreign_as_ref_const(&*foreign),
            wasm_trap_as_ref_const(&*trap),
            wasm_func_as_ref_const(&*same),
            wasm_instance_as_ref_const(&*instance),
        ]
    };
    for object in objects {
        let mut results = [wasm_val_t::null()];
        assert!(call(&*same, &mut [ref_val(object.cast_mut())], &mut results).is_ok());
        let back = unsafe { results[0].of.r#ref };
        assert!(wasm_ref_same(unsafe { back.as_ref() }, unsafe { object.as_ref() }));
        unsafe { wasm_val_delete(&mut results[0]) };
        assert!(unsafe { results[0].of.r#ref }.is_null());
        // By way of a global.
        let global = export(&instance, "g");
        let global = unsafe { wasm_extern_as_global_const(&*global) };
        unsafe { wasm_global_set(global.cast_mut(), &ref_val(object.cast_mut())) };
        let mut held = MaybeUninit::uninit();
        unsafe { wasm_global_get(global.as_ref(), held.as_mut_ptr()) };
        let mut held = unsafe { held.assume_init() };
        assert!(wasm_ref_same(unsafe { held.of.r#ref.as_ref() }, unsafe { object.as_ref() }));
        unsafe { wasm_val_delete(&mut held) };
    }
}

#[test]
fn tables_give_the_functions_that_were_put_in() {
    let store = store();
    let instance = instance(&store, MANY, &mut []);
    let add = func(&instance, "add");
    let own = host(&store, &[], &[], nothing, null_mut());
    let table = export(&instance, "t");
    let table = unsafe { wasm_extern_as_table_const(&*table) }.cast_mut();
    for func in [&add, &own] {
        let up = unsafe { wasm_func_as_ref_const(&**func) };
        assert!(unsafe { wasm_table_set(table, 1, up.cast_mut()) }, "{}", last_error());
        let back = wasm_table_get(unsafe { table.as_ref() }, 1).unwrap();
        assert!(wasm_ref_same(Some(&back), unsafe { up.as_ref() }));
    }
    let foreign = wasm_foreign_new(Some(&store)).unwrap();
    let up = unsafe { wasm_foreign_as_ref_const(&*foreign) }.cast_mut();
    assert!(!unsafe { wasm_table_set(table, 1, up) });
    assert_eq!(last_kind(), 601);
    assert!(!unsafe { wasm_table_set(table, 2, null_mut()) });
    assert_eq!(last_kind(), 606);
    assert!(unsafe { wasm_table_grow(table, 2, null_mut()) });
    assert!(!unsafe { wasm_table_grow(table, 1, null_mut()) });
    assert_eq!(wasm_table_size(unsafe { table.as_ref() }), 4);
}

unsafe extern "C" fn trapping(
    env: *mut c_void,
    _: *const wasm_val_vec_t,
    _: *mut wasm_val_vec_t,
) -> *mut wasm_trap_t {
    let trap = unsafe { env.cast::<wasm_trap_t>().as_ref() };
    Box::into_raw(wasm_trap_copy(trap).unwrap())
}

#[test]
fn a_trap_comes_out_as_the_object_it_went_in_as() {
    let store = store();
    let mine = trap(&store, "mine\0");
    let env = from_ref(&*mine).cast_mut().cast();
    let raise = Box::into_raw(host(&store, &[], &[], trapping, env)).cast::<wasm_extern_t>();
    let text = r#"(module (import "a" "b" (func $raise)) (func (export "go") call $raise))"#;
    let instance = instance(&store, text, &mut [raise]);
    let go = func(&instance, "go");
    let out = call(&*go, &mut [], &mut []).unwrap_err();
    assert!(wasm_trap_same(Some(&out), Some(&mine)));
    assert_eq!(message(&out), "mine");
    let frame = wasm_trap_origin(Some(&out)).unwrap();
    assert_eq!(wasm_frame_func_index(Some(&frame)), 1);
    assert!(wasm_instance_same(Some(&instance), unsafe {
        wasm_frame_instance(Some(&frame)).as_ref()
    }));
    assert_eq!(witrt_trap_code(Some(&out)), 0);
    drop((out, mine));
    // Frames own their data.
    assert_eq!(wasm_frame_func_index(Some(&frame)), 1);
    drop(unsafe { Box::from_raw(raise) });
}

/// Everything that the next callback deletes.
struct Doomed {
    store: *mut wasm_store_t,
    caller: *mut wasm_func_t,
    callee: *mut wasm_extern_t,
    instance: *mut wasm_instance_t,
}

unsafe extern "C" fn deleting(
    env: *mut c_void,
    _: *const wasm_val_vec_t,
    results: *mut wasm_val_vec_t,
) -> *mut wasm_trap_t {
    unsafe {
        let doomed = &mut *env.cast::<Doomed>();
        wasm_store_delete(Some(Box::from_raw(doomed.store)));
        wasm_func_delete(Some(Box::from_raw(doomed.caller)));
        wasm_extern_delete(Some(Box::from_raw(doomed.callee)));
        wasm_instance_delete(Some(Box::from_raw(doomed.instance)));
        (*results).data.write(i32_val(42));
    }
    null_mut()
}

#[test]
fn a_callback_may_delete_everything() {
    let store = Box::into_raw(store());
    let mut doomed = Doomed { store, caller: null_mut(), callee: null_mut(), instance: null_mut() };
    let env = from_mut(&mut doomed).cast();
    let callee = host(unsafe { &*store }, &[], &[I32], deleting, env);
    doomed.callee = Box::into_raw(callee).cast();
    let text = r#"(module (import "a" "b" (func $f (result i32)))
        (func (export "go") (result i32) call $f))"#;
    let made = instance(unsafe { &*store }, text, &mut [doomed.callee]);
    doomed.instance = Box::into_raw(made);
    doomed.caller = Box::into_raw(func(unsafe { &*doomed.instance }, "go"));
    let mut results = [wasm_val_t::null()];
    assert!(call(doomed.caller, &mut [], &mut results).is_ok());
    assert_eq!(unsafe { results[0].of.i32 }, 42);
}

unsafe extern "C" fn countdown(
    env: *mut c_void,
    args: *const wasm_val_vec_t,
    results: *mut wasm_val_vec_t,
) -> *mut wasm_trap_t {
    unsafe {
        let n = (*(*args).data).of.i32;
        let mut result = [i32_val(0)];
        if n > 0 {
            let go = (*env.cast::<AtomicPtr<wasm_func_t>>()).load(Ordering::SeqCst);
            if let Err(trap) = call(go, &mut [i32_val(n - 1)], &mut result) {
                return Box::into_raw(trap);
            }
        }
        (*(*results).data).of.i32 = result[0].of.i32 + n;
    }
    null_mut()
}

#[test]
fn callbacks_call_back() {
    let store = store();
    let slot = AtomicPtr::new(null_mut());
    let env = from_ref(&slot).cast_mut().cast();
    let callee = Box::into_raw(host(&store, &[I32], &[I32], countdown, env)).cast();
    let text = r#"(module (import "a" "b" (func $f (param i32) (result i32)))
        (func (export "go") (param i32) (result i32) local.get 0 call $f))"#;
    let instance = instance(&store, text, &mut [callee]);
    let go = func(&instance, "go");
    slot.store(from_ref(&*go).cast_mut(), Ordering::SeqCst);
    let mut results = [wasm_val_t::null()];
    assert!(call(&*go, &mut [i32_val(20)], &mut results).is_ok());
    assert_eq!(unsafe { results[0].of.i32 }, 210);
    // Deeper than the stack allows: a trap, not a crash.
    let trap = call(&*go, &mut [i32_val(1_000_000)], &mut results).unwrap_err();
    assert_eq!(witrt_trap_code(Some(&trap)), 9, "{}", message(&trap));
    assert_eq!(unsafe { results[0].of.i32 }, 210, "results are left alone");
    drop(unsafe { Box::from_raw(callee) });
}

unsafe extern "C" fn from_elsewhere(
    env: *mut c_void,
    _: *const wasm_val_vec_t,
    results: *mut wasm_val_vec_t,
) -> *mut wasm_trap_t {
    let other = env.addr();
    let kind = std::thread::spawn(move || {
        let func = std::ptr::with_exposed_provenance::<wasm_func_t>(other);
        let func = unsafe { (*func.cast::<AtomicPtr<wasm_func_t>>()).load(Ordering::SeqCst) };
        let trap = call(func, &mut [i32_val(1), i32_val(2)], &mut [i32_val(0)]).unwrap_err();
        drop(trap);
        // Deleting is permitted.
        drop(wasm_func_copy(unsafe { func.as_ref() }));
        last_kind()
    });
    unsafe { (*(*results).data).of.i32 = kind.join().unwrap_or(0) as i32 };
    null_mut()
}

#[test]
fn a_second_thread_is_refused() {
    let store = store();
    let instance = instance(&store, MANY, &mut []);
    let add = func(&instance, "add");
    let slot = AtomicPtr::new(from_ref(&*add).cast_mut());
    let env = from_ref(&slot).cast_mut().cast::<c_void>();
    let _ = env.expose_provenance();
    let callee = host(&store, &[], &[I32], from_elsewhere, env);
    let mut results = [wasm_val_t::null()];
    assert!(call(&*callee, &mut [], &mut results).is_ok());
    assert_eq!(unsafe { results[0].of.i32 }, 605);
}

#[test]
fn wrong_calls_trap_before_the_function_runs() {
    let (mine, other) = (store(), store());
    let instance = instance(&mine, MANY, &mut []);
    let add = func(&instance, "add");
    let mut results = [i32_val(7)];
    let mut expect = |args: &mut [wasm_val_t], kind: u32| {
        assert!(call(&*add, args, &mut results).is_err());
        assert_eq!(last_kind(), kind, "{}", last_error());
        assert_eq!(unsafe { results[0].of.i32 }, 7);
    };
    expect(&mut [], 600);
    expect(&mut [i32_val(1)], 600);
    expect(&mut [i32_val(1); 20], 600);
    let u32_val = wasm_val_t { kind: U32, ..i32_val(1) };
    expect(&mut [i32_val(1), u32_val], 601);
    let mut argument = 99;
    assert!(unsafe { witrt_error_argument(witrt_error_last().as_ref(), &mut argument) });
    assert_eq!(argument, 1);
    for kind in [4, 5, 39, 127, 130, 255] {
        expect(&mut [i32_val(1), wasm_val_t { kind, ..i32_val(1) }], 604);
    }
    let same = func(&instance, "same");
    let foreign = wasm_foreign_new(Some(&other)).unwrap();
    let up = unsafe { wasm_foreign_as_ref_const(&*foreign) }.cast_mut();
    assert!(call(&*same, &mut [ref_val(up)], &mut [wasm_val_t::null()]).is_err());
    assert_eq!(last_kind(), 602);
    // A result vector may be too short, or missing.
    assert!(call(&*add, &mut [i32_val(1), i32_val(2)], &mut []).is_ok());
    assert!(unsafe { wasm_func_call(null(), null(), null_mut()) }.is_some());
    assert_eq!(last_kind(), 603);
}

#[test]
fn errors_tell_the_place() {
    let engine = wasm_engine_new().unwrap();
    let compile = |text: &str, error: *mut *mut witrt_error_t| unsafe {
        witrt_module_new(Some(&engine), text.as_ptr().cast(), text.len(), error)
    };
    let mut error = null_mut();
    let made = compile("(module\n  (func (oops)))", &mut error);
    assert!(made.is_none());
    let (mut line, mut column) = (0, 0);
    assert!(unsafe { witrt_error_line_column(error.as_ref(), &mut line, &mut column) });
    assert_eq!((line, witrt_error_kind(unsafe { error.as_ref() })), (2, 100));
    assert!(column > 1);
    let copy = witrt_error_copy(unsafe { error.as_ref() }).unwrap();
    witrt_error_delete(Some(unsafe { Box::from_raw(error) }));
    assert_eq!(witrt_error_kind(Some(&copy)), 100);
    let name = unsafe { CStr::from_ptr(witrt_error_kind_name(100)) };
    assert_eq!(name.to_str(), Ok("MalformedText"));
    assert!(witrt_error_kind_name(1).is_null());
    // Success sets the error to NULL.
    let mut error = std::ptr::dangling_mut();
    assert!(compile("(module)", &mut error).is_some());
    assert!(error.is_null());
    witrt_error_clear_last();
    assert!(witrt_error_last().is_null());
}

#[test]
fn vectors_survive_what_programs_do() {
    let mut vec = MaybeUninit::uninit();
    unsafe { wasm_valtype_vec_new_uninitialized(vec.as_mut_ptr(), 4) };
    let mut vec = unsafe { vec.assume_init() };
    // Half filled, then copied, then shortened, then deleted twice.
    unsafe { vec.data.add(1).write(Box::into_raw(wasm_valtype_new(STRING).unwrap())) };
    let mut copy = MaybeUninit::uninit();
    unsafe { wasm_valtype_vec_copy(copy.as_mut_ptr(), &vec) };
    let mut copy = unsafe { copy.assume_init() };
    assert!(unsafe { (*copy.data).is_null() });
    assert_eq!(wasm_valtype_kind(unsafe { (*copy.data.add(1)).as_ref() }), STRING);
    copy.size = 2;
    for _ in 0..2 {
        unsafe { wasm_valtype_vec_delete(&mut copy) };
        unsafe { wasm_valtype_vec_delete(&mut vec) };
        assert!(vec.data.is_null() && vec.size == 0);
    }
    let mut huge = MaybeUninit::uninit();
    unsafe { wasm_val_vec_new_uninitialized(huge.as_mut_ptr(), usize::MAX) };
    let huge = unsafe { huge.assume_init() };
    assert!(huge.data.is_null() && huge.size == 0);
    assert_eq!(last_kind(), 611);
}

#[test]
fn instantiation_tells_what_is_wrong() {
    let store = store();
    let text = r#"(module (import "a" "b" (func (param i32))) (func (export "f")))"#;
    let module = module(&store, text);
    let mut failed = std::ptr::dangling_mut();
    let made = unsafe { wasm_instance_new(&*store, &*module, null(), &mut failed) };
    assert!(made.is_none());
    assert_eq!(last_kind(), 600);
    drop(unsafe { Box::from_raw(failed) });
    let wrong = Box::into_raw(host(&store, &[], &[], nothing, null_mut())).cast::<wasm_extern_t>();
    for import in [wrong, null_mut()] {
        let mut imports = [import];
        let imports = wasm_extern_vec_t { size: 1, data: imports.as_mut_ptr() };
        let mut error = null_mut();
        assert!(unsafe { witrt_instance_new(&*store, &*module, &imports, &mut error) }.is_none());
        let mut argument = 9;
        assert!(unsafe { witrt_error_argument(error.as_ref(), &mut argument) });
        assert_eq!(argument, 0);
        drop(unsafe { Box::from_raw(error) });
    }
    drop(unsafe { Box::from_raw(wrong) });
    // By name, and with a start function that traps.
    let mut linker = witrt_linker_new().unwrap();
    let mut error = null_mut();
    let made = unsafe { witrt_linker_instantiate(&*linker, &*store, &*module, &mut error) };
    assert!(made.is_none());
    assert_eq!(witrt_error_kind(unsafe { error.as_ref() }), 300);
    drop(unsafe { Box::from_raw(error) });
    let right = host(&store, &[I32], &[], nothing, null_mut());
    let name = |text: &'static str| text.as_ptr().cast::<c_char>();
    let item = unsafe { wasm_func_as_extern_const(&*right) };
    assert!(unsafe { witrt_linker_define(&mut *linker, name("a"), 1, name("b"), 1, item) });
    let made = unsafe { witrt_linker_instantiate(&*linker, &*store, &*module, null_mut()) };
    assert!(made.is_some(), "{}", last_error());
    let starts = self::module(&store, "(module (func $f unreachable) (start $f))");
    let mut failed = null_mut();
    assert!(unsafe { wasm_instance_new(&*store, &*starts, null(), &mut failed) }.is_none());
    let failed = unsafe { Box::from_raw(failed) };
    assert_eq!(witrt_trap_code(Some(&failed)), 1);
    let empty = self::module(&store, "(module)");
    let mut failed = std::ptr::dangling_mut();
    assert!(unsafe { wasm_instance_new(&*store, &*empty, null(), &mut failed) }.is_some());
    assert!(failed.is_null(), "set to NULL on success");
}

#[test]
fn many_values_use_buffers_of_the_store() {
    let store = store();
    let params = "i32 ".repeat(20);
    let gets: String = (0..20).map(|i| format!("local.get {i} ")).collect();
    let text = format!(
        r#"(module (import "a" "b" (func $f (param {params}) (result {params})))
            (func (export "go") (param {params}) (result {params}) {gets} call $f))"#
    );
    let callee = host(&store, &[I32; 20], &[I32; 20], reversing, null_mut());
    let callee = Box::into_raw(callee).cast();
    let instance = instance(&store, &text, &mut [callee]);
    let go = func(&instance, "go");
    for _ in 0..3 {
        let mut args: Vec<_> = (0..20).map(i32_val).collect();
        let mut results = [wasm_val_t::null(); 20];
        assert!(call(&*go, &mut args, &mut results).is_ok());
        let found: Vec<_> = results.iter().map(|val| unsafe { val.of.i32 }).collect();
        assert_eq!(found, (0..20).rev().collect::<Vec<_>>());
    }
    drop(unsafe { Box::from_raw(callee) });
}

unsafe extern "C" fn reversing(
    _: *mut c_void,
    args: *const wasm_val_vec_t,
    results: *mut wasm_val_vec_t,
) -> *mut wasm_trap_t {
    for i in 0..20 {
        unsafe { (*results).data.add(i).write(*(*args).data.add(19 - i)) };
    }
    null_mut()
}

#[test]
fn interface_kinds_have_no_globals_and_tables() {
    let content = wasm_valtype_new(STRING);
    assert!(wasm_globaltype_new(content, 1).is_none());
    assert_eq!(last_kind(), 608);
    let limits = wasm_limits_t { min: 1, max: u32::MAX };
    assert!(wasm_tabletype_new(wasm_valtype_new(U32), Some(&limits)).is_none());
    assert!(wasm_tabletype_new(wasm_valtype_new(FUNCREF), Some(&limits)).is_some());
    assert!(wasm_valtype_new(4).is_none());
    assert_eq!(last_kind(), 604);
    // Limits out of order are a type, and no memory.
    let store = store();
    let limits = wasm_limits_t { min: 2, max: 1 };
    let ty = wasm_memorytype_new(Some(&limits)).unwrap();
    assert!(wasm_memory_new(Some(&store), Some(&ty)).is_none());
    assert_eq!(last_kind(), 606);
}
