//! The standard `wasm_func_call` of `add(i32, i32)`: this library's against
//! that of the engine's own C API, from the same code; and a prepared call.
//!
//!     cargo run --release --bin func_call PATH/libwitrt.so

use libloading::{Library, Symbol};
use std::ffi::c_void;
use std::ptr::null_mut;
use witrt_bench::interleaved;

// Brings the engine's `wasm_*` functions into the program.
use wasmtime_c_api as _;

type Object = *mut c_void;

#[repr(C)]
struct Vector<T> {
    size: usize,
    data: *mut T,
}

#[repr(C)]
struct Val {
    kind: u8,
    of: u64,
}

impl Val {
    fn i32(n: i32) -> Val {
        Val { kind: 0, of: n as u32 as u64 }
    }
}

/// The functions of one library.
struct Api {
    engine_new: unsafe extern "C" fn() -> Object,
    store_new: unsafe extern "C" fn(Object) -> Object,
    module_new: unsafe extern "C" fn(Object, *const Vector<u8>) -> Object,
    instance_new:
        unsafe extern "C" fn(Object, Object, *const Vector<Object>, *mut Object) -> Object,
    instance_exports: unsafe extern "C" fn(Object, *mut Vector<Object>),
    extern_as_func: unsafe extern "C" fn(Object) -> Object,
    func_call: unsafe extern "C" fn(Object, *const Vector<Val>, *mut Vector<Val>) -> Object,
}

macro_rules! linked {
    ($($field:ident = $name:ident($($arg:ty),*) $(-> $ret:ty)?;)+) => {{
        unsafe extern "C" { $(fn $name($(_: $arg),*) $(-> $ret)?;)+ }
        Api { $($field: $name),+ }
    }};
}

fn engine_own() -> Api {
    linked! {
        engine_new = wasm_engine_new() -> Object;
        store_new = wasm_store_new(Object) -> Object;
        module_new = wasm_module_new(Object, *const Vector<u8>) -> Object;
        instance_new = wasm_instance_new(Object, Object, *const Vector<Object>, *mut Object) -> Object;
        instance_exports = wasm_instance_exports(Object, *mut Vector<Object>);
        extern_as_func = wasm_extern_as_func(Object) -> Object;
        func_call = wasm_func_call(Object, *const Vector<Val>, *mut Vector<Val>) -> Object;
    }
}

fn ours(library: &Library) -> Result<Api, libloading::Error> {
    /// # Safety
    /// The name must be of a function of this type.
    unsafe fn get<T: Copy>(library: &Library, name: &str) -> Result<T, libloading::Error> {
        // SAFETY: the caller vouches for the type.
        let symbol: Symbol<'_, T> = unsafe { library.get(name.as_bytes()) }?;
        Ok(*symbol)
    }
    // SAFETY: the standard declares these names with these types.
    unsafe {
        Ok(Api {
            engine_new: get(library, "wasm_engine_new")?,
            store_new: get(library, "wasm_store_new")?,
            module_new: get(library, "wasm_module_new")?,
            instance_new: get(library, "wasm_instance_new")?,
            instance_exports: get(library, "wasm_instance_exports")?,
            extern_as_func: get(library, "wasm_extern_as_func")?,
            func_call: get(library, "wasm_func_call")?,
        })
    }
}

/// `(func (export "add") (param i32 i32) (result i32) …)`
const MODULE: &[u8] = b"\0asm\x01\0\0\0\
    \x01\x07\x01\x60\x02\x7f\x7f\x01\x7f\
    \x03\x02\x01\x00\
    \x07\x07\x01\x03add\x00\x00\
    \x0a\x09\x01\x07\x00\x20\x00\x20\x01\x6a\x0b";

/// A function, ready to be called; everything else lives as long as the
/// process.
fn add(api: &Api) -> Object {
    let mut bytes = MODULE.to_vec();
    let binary = Vector { size: bytes.len(), data: bytes.as_mut_ptr() };
    let none = Vector { size: 0, data: null_mut() };
    let mut exports = Vector { size: 0, data: null_mut() };
    // SAFETY: used as the standard says; nothing is deleted.
    unsafe {
        let store = (api.store_new)((api.engine_new)());
        let module = (api.module_new)(store, &binary);
        assert!(!module.is_null(), "the module compiles");
        let instance = (api.instance_new)(store, module, &none, null_mut());
        assert!(!instance.is_null(), "the module has no imports");
        (api.instance_exports)(instance, &mut exports);
        assert_eq!(exports.size, 1);
        (api.extern_as_func)(*exports.data)
    }
}

fn call(api: &Api, func: Object) {
    let mut args = [Val::i32(40), Val::i32(2)];
    let mut results = [Val { kind: 128, of: 0 }];
    let args = Vector { size: 2, data: args.as_mut_ptr() };
    let mut results_vec = Vector { size: 1, data: results.as_mut_ptr() };
    // SAFETY: the vectors are as long as they say.
    let trap = unsafe { (api.func_call)(func, &args, &mut results_vec) };
    assert!(trap.is_null() && results[0].of as i32 == 42);
}

/// The same function, prepared.
struct Prepared<'l> {
    call: Symbol<
        'l,
        unsafe extern "C" fn(Object, *const [u64; 2], *mut [u64; 2], *mut Object) -> bool,
    >,
    handle: Object,
}

impl<'l> Prepared<'l> {
    fn new(library: &'l Library, func: Object) -> Result<Prepared<'l>, libloading::Error> {
        type Prepare =
            unsafe extern "C" fn(Object, *const u8, usize, *const u8, usize, *mut Object) -> Object;
        // SAFETY: the header declares these names with these types, and the
        // kind of `i32` as 0.
        unsafe {
            let prepare: Symbol<'_, Prepare> = library.get(b"witrt_func_prepare")?;
            let handle = prepare(func, [0, 0].as_ptr(), 2, [0].as_ptr(), 1, null_mut());
            assert!(!handle.is_null(), "its type");
            Ok(Prepared { call: library.get(b"witrt_prepared_call")?, handle })
        }
    }

    fn call(&self) {
        let (args, mut result) = ([[40, 0], [2, 0]], [0, 0]);
        // SAFETY: there is a slot for each argument and result.
        let done = unsafe { (self.call)(self.handle, args.as_ptr(), &mut result, null_mut()) };
        assert!(done && result[0] as i32 == 42);
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("the path of libwitrt.so is needed")?;
    // SAFETY: loading the library runs nothing.
    let library = unsafe { Library::new(path) }?;
    let (theirs, ours) = (engine_own(), ours(&library)?);
    let (their_add, our_add) = (add(&theirs), add(&ours));
    let prepared = Prepared::new(&library, our_add)?;
    let [a, b, p] =
        interleaved([&mut || call(&ours, our_add), &mut || call(&theirs, their_add), &mut || {
            prepared.call()
        }]);
    println!("wasm_func_call of add(i32, i32), median of interleaved repetitions");
    println!("  this library / the engine's C API: {:.2}  ({a:.0} ns / {b:.0} ns here)", a / b);
    println!("witrt_prepared_call of the same");
    println!("  prepared / the engine's wasm_func_call: {:.2}  ({p:.0} ns here)", p / b);
    Ok(())
}
