//! The standard C API, of this library and of the engine: `add(i32, i32)` by
//! `wasm_func_call`, from the same code.
//!
//! A module of the programs that need it: it brings the engine's `wasm_*`
//! functions in, whose names are also those of this library.

use libloading::{Library, Symbol};
use std::ffi::c_void;
use std::ptr::null_mut;

// Brings them into the program.
use wasmtime_c_api as _;

/// Any object of the API.
pub type Object = *mut c_void;

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
pub struct Api {
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

impl Api {
    /// Those of the engine, which are linked in.
    pub fn engines() -> Api {
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

    /// Those of a shared library.
    pub fn of(library: &Library) -> Result<Api, libloading::Error> {
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

    /// A function, ready to be called; everything else lives as long as the
    /// process.
    pub fn add(&self) -> Object {
        let mut bytes = MODULE.to_vec();
        let binary = Vector { size: bytes.len(), data: bytes.as_mut_ptr() };
        let none = Vector { size: 0, data: null_mut() };
        let mut exports = Vector { size: 0, data: null_mut() };
        // SAFETY: used as the standard says; nothing is deleted.
        unsafe {
            let store = (self.store_new)((self.engine_new)());
            let module = (self.module_new)(store, &binary);
            assert!(!module.is_null(), "the module compiles");
            let instance = (self.instance_new)(store, module, &none, null_mut());
            assert!(!instance.is_null(), "the module has no imports");
            (self.instance_exports)(instance, &mut exports);
            assert_eq!(exports.size, 1);
            (self.extern_as_func)(*exports.data)
        }
    }

    /// Calls it.
    pub fn call(&self, func: Object) {
        let mut args = [Val::i32(40), Val::i32(2)];
        let mut results = [Val { kind: 128, of: 0 }];
        let args = Vector { size: 2, data: args.as_mut_ptr() };
        let mut results_vec = Vector { size: 1, data: results.as_mut_ptr() };
        // SAFETY: the vectors are as long as they say.
        let trap = unsafe { (self.func_call)(func, &args, &mut results_vec) };
        assert!(trap.is_null() && results[0].of as i32 == 42);
    }
}

/// `(func (export "add") (param i32 i32) (result i32) …)`
const MODULE: &[u8] = b"\0asm\x01\0\0\0\
    \x01\x07\x01\x60\x02\x7f\x7f\x01\x7f\
    \x03\x02\x01\x00\
    \x07\x07\x01\x03add\x00\x00\
    \x0a\x09\x01\x07\x00\x20\x00\x20\x01\x6a\x0b";
