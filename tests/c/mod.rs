//! What tests of the C layer share: the calls that a C program would make.

#![allow(dead_code, unused_imports)] // each test uses some of it

pub use std::ffi::{CStr, c_char, c_void};
pub use std::mem::MaybeUninit;
pub use std::ptr::{from_mut, from_ref, null, null_mut};
pub use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
pub use witrt::capi::base::vec::{wasm_byte_t, wasm_byte_vec_t, wasm_message_t, wasm_name_t};
pub use witrt::capi::base::{cell::*, handle::*, report::*, text::*, value::*};
pub use witrt::capi::engine::*;
pub use witrt::capi::error::*;
pub use witrt::capi::externs::*;
pub use witrt::capi::families::*;
pub use witrt::capi::func::*;
pub use witrt::capi::instance::*;
pub use witrt::capi::linker::*;
pub use witrt::capi::module::*;
pub use witrt::capi::store::*;
pub use witrt::capi::string::*;
pub use witrt::capi::trap::*;
pub use witrt::capi::types::*;
pub use witrt::capi::value::*;

pub const I32: u8 = wasm_valkind_enum::WASM_I32 as u8;
pub const U32: u8 = wasm_valkind_enum::WASM_U32 as u8;
pub const STRING: u8 = wasm_valkind_enum::WASM_STRING as u8;
pub const EXTERNREF: u8 = wasm_valkind_enum::WASM_EXTERNREF as u8;
pub const FUNCREF: u8 = wasm_valkind_enum::WASM_FUNCREF as u8;

pub const UTF8: u32 = wasm_encoding_enum::WASM_UTF8 as u32;
pub const UTF16: u32 = wasm_encoding_enum::WASM_UTF16 as u32;

pub fn store() -> Box<wasm_store_t> {
    wasm_store_new(wasm_engine_new().as_deref()).unwrap()
}

pub fn bytes(text: &str) -> wasm_byte_vec_t {
    wasm_byte_vec_t { size: text.len(), data: text.as_ptr().cast_mut().cast() }
}

pub fn module(store: &wasm_store_t, text: &str) -> Box<wasm_module_t> {
    let made = unsafe { wasm_module_new(Some(store), &bytes(text)) };
    made.unwrap_or_else(|| panic!("{}", last_error()))
}

pub fn instance(
    store: &wasm_store_t,
    text: &str,
    imports: &mut [*mut wasm_extern_t],
) -> Box<wasm_instance_t> {
    let imports = wasm_extern_vec_t { size: imports.len(), data: imports.as_mut_ptr() };
    let module = module(store, text);
    let made = unsafe { wasm_instance_new(store, &*module, &imports, null_mut()) };
    made.unwrap_or_else(|| panic!("{}", last_error()))
}

pub fn export(instance: &wasm_instance_t, name: &str) -> Box<wasm_extern_t> {
    let found = unsafe { witrt_instance_export(Some(instance), name.as_ptr().cast(), name.len()) };
    found.unwrap_or_else(|| panic!("{}", last_error()))
}

pub fn func(instance: &wasm_instance_t, name: &str) -> Box<wasm_func_t> {
    let export = export(instance, name);
    let func = unsafe { wasm_extern_as_func_const(&*export).as_ref() };
    wasm_func_copy(func).unwrap()
}

pub fn last_error() -> String {
    let error = unsafe { witrt_error_last().as_ref() };
    unsafe { CStr::from_ptr(witrt_error_message(error)) }.to_str().unwrap().to_owned()
}

pub fn last_kind() -> u32 {
    witrt_error_kind(unsafe { witrt_error_last().as_ref() })
}

pub fn i32_val(value: i32) -> wasm_val_t {
    wasm_val_t { kind: I32, of: wasm_val_union_t { i32: value } }
}

pub fn ref_val(object: *mut wasm_ref_t) -> wasm_val_t {
    wasm_val_t { kind: EXTERNREF, of: wasm_val_union_t { r#ref: object } }
}

pub fn vals(values: &mut [wasm_val_t]) -> wasm_val_vec_t {
    wasm_val_vec_t { size: values.len(), data: values.as_mut_ptr() }
}

pub fn call(
    func: *const wasm_func_t,
    args: &mut [wasm_val_t],
    results: &mut [wasm_val_t],
) -> Result<(), Box<wasm_trap_t>> {
    match unsafe { wasm_func_call(func, &vals(args), &mut vals(results)) } {
        None => Ok(()),
        Some(trap) => Err(trap),
    }
}

pub fn message(trap: &wasm_trap_t) -> String {
    let mut out = MaybeUninit::uninit();
    unsafe { wasm_trap_message(Some(trap), out.as_mut_ptr()) };
    let mut out = unsafe { out.assume_init() };
    let text = unsafe { std::slice::from_raw_parts(out.data.cast::<u8>(), out.size) };
    let text = CStr::from_bytes_with_nul(text).unwrap().to_str().unwrap().to_owned();
    unsafe { wasm_byte_vec_delete(&mut out) };
    text
}

pub fn trap(store: &wasm_store_t, text: &str) -> Box<wasm_trap_t> {
    unsafe { wasm_trap_new(Some(store), &bytes(text)) }.unwrap()
}

pub fn types(kinds: &[u8]) -> wasm_valtype_vec_t {
    let mut types: Vec<_> =
        kinds.iter().map(|kind| Box::into_raw(wasm_valtype_new(*kind).unwrap())).collect();
    let mut out = MaybeUninit::uninit();
    unsafe { wasm_valtype_vec_new(out.as_mut_ptr(), types.len(), types.as_mut_ptr()) };
    unsafe { out.assume_init() }
}

pub fn functype(params: &[u8], results: &[u8]) -> Box<wasm_functype_t> {
    unsafe { wasm_functype_new(&mut types(params), &mut types(results)) }.unwrap()
}

pub fn host(
    store: &wasm_store_t,
    params: &[u8],
    results: &[u8],
    callback: unsafe extern "C" fn(
        *mut c_void,
        *const wasm_val_vec_t,
        *mut wasm_val_vec_t,
    ) -> *mut wasm_trap_t,
    env: *mut c_void,
) -> Box<wasm_func_t> {
    let ty = functype(params, results);
    unsafe { wasm_func_new_with_env(Some(store), Some(&ty), Some(callback), env, None) }.unwrap()
}

pub unsafe extern "C" fn count(counter: *mut c_void) {
    unsafe { &*counter.cast::<AtomicUsize>() }.fetch_add(1, Ordering::SeqCst);
}

pub fn counter(counter: &AtomicUsize) -> *mut c_void {
    from_ref(counter).cast_mut().cast()
}
