//! What the target `capi` uses of `witrt.h`, as C declares it.

#![allow(missing_docs)] // the header says it

use std::ffi::c_void;
use std::ptr::null_mut;

/// Any pointer of the API.
pub type Ptr = *mut c_void;

/// A vector of the API, of whichever elements.
#[repr(C)]
pub struct Vector {
    pub size: usize,
    pub data: Ptr,
}

impl Vector {
    pub const EMPTY: Vector = Vector { size: 0, data: null_mut() };

    /// What is lent for a call.
    pub fn of<T>(items: &mut [T]) -> Vector {
        Vector { size: items.len(), data: items.as_mut_ptr().cast() }
    }
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Value {
    pub kind: u8,
    pub of: u64,
}

pub const NO_VALUE: Value = Value { kind: EXTERNREF, of: 0 };
pub const BUSY: u32 = 605;
pub const STRING: u8 = 24;
pub const EXTERNREF: u8 = 128;
pub const KINDS: [u8; 16] = [0, 1, 2, 3, 16, 17, 18, 19, 20, 21, 22, 23, 24, 128, 129, 99];

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Text {
    pub data: *const c_void,
    pub size: usize,
    pub encoding: u32,
    pub flags: u32,
    pub reserved: usize,
}

/// A slot of a prepared call.
#[repr(C, align(8))]
#[derive(Clone, Copy)]
pub struct Slot(pub [u64; 2]);

/// A host function with slots.
pub type SlotCallback = extern "C" fn(Ptr, Ptr, *const Slot, *mut Slot) -> Ptr;

/// A host function.
pub type Callback = extern "C" fn(Ptr, *const Vector, *mut Vector) -> Ptr;

// The header's declarations, with one type for all pointers.
unsafe extern "C" {
    pub fn wasm_config_new() -> Ptr;
    pub fn witrt_config_set_opt_level(config: Ptr, level: u32) -> bool;
    pub fn witrt_config_set_parallel_compilation(config: Ptr, on: bool) -> bool;
    pub fn witrt_config_set_max_stack_bytes(config: Ptr, bytes: usize) -> bool;
    pub fn wasm_engine_new_with_config(config: Ptr) -> Ptr;
    pub fn wasm_store_new(engine: Ptr) -> Ptr;
    pub fn wasm_store_delete(store: Ptr);
    pub fn witrt_store_settle(store: Ptr, error: *mut Ptr) -> bool;
    pub fn witrt_error_delete(error: Ptr);
    pub fn witrt_error_kind(error: Ptr) -> u32;
    pub fn witrt_error_capacity(error: Ptr, capacity: *mut usize) -> bool;
    pub fn witrt_error_last() -> Ptr;
    pub fn witrt_error_clear_last();
    pub fn wasm_byte_vec_new(out: *mut Vector, size: usize, data: *const u8);
    pub fn wasm_byte_vec_delete(vec: *mut Vector);
    pub fn wasm_valtype_new(kind: u8) -> Ptr;
    pub fn wasm_valtype_vec_new(out: *mut Vector, size: usize, data: *const Ptr);
    pub fn wasm_functype_new(params: *mut Vector, results: *mut Vector) -> Ptr;
    pub fn wasm_functype_delete(ty: Ptr);
    pub fn wasm_functype_params(ty: Ptr) -> *const Vector;
    pub fn wasm_valtype_kind(ty: Ptr) -> u8;
    pub fn wasm_func_type(func: Ptr) -> Ptr;
    pub fn wasm_func_result_arity(func: Ptr) -> usize;
    pub fn wasm_func_new_with_env(
        store: Ptr,
        ty: Ptr,
        callback: Option<Callback>,
        env: Ptr,
        finalizer: Option<extern "C" fn(Ptr)>,
    ) -> Ptr;
    pub fn wasm_func_call(func: Ptr, args: *const Vector, results: *mut Vector) -> Ptr;
    pub fn wasm_module_new(store: Ptr, bytes: *const Vector) -> Ptr;
    pub fn wasm_module_share(module: Ptr) -> Ptr;
    pub fn wasm_module_obtain(store: Ptr, shared: Ptr) -> Ptr;
    pub fn wasm_module_exports(module: Ptr, out: *mut Vector);
    pub fn wasm_exporttype_vec_delete(vec: *mut Vector);
    pub fn wasm_instance_new(
        store: Ptr,
        module: Ptr,
        imports: *const Vector,
        trap: *mut Ptr,
    ) -> Ptr;
    pub fn wasm_instance_exports(instance: Ptr, out: *mut Vector);
    pub fn wasm_extern_vec_delete(vec: *mut Vector);
    pub fn wasm_foreign_new(store: Ptr) -> Ptr;
    pub fn wasm_trap_new(store: Ptr, message: *const Vector) -> Ptr;
    pub fn wasm_trap_message(trap: Ptr, out: *mut Vector);
    pub fn wasm_trap_trace(trap: Ptr, out: *mut Vector);
    pub fn wasm_frame_vec_delete(vec: *mut Vector);
    pub fn wasm_ref_copy(object: Ptr) -> Ptr;
    pub fn wasm_ref_same(a: Ptr, b: Ptr) -> bool;
    pub fn wasm_ref_delete(object: Ptr);
    pub fn wasm_ref_set_host_info_with_finalizer(
        object: Ptr,
        info: Ptr,
        finalizer: Option<extern "C" fn(Ptr)>,
    );
    pub fn wasm_ref_get_host_info(object: Ptr) -> Ptr;
    pub fn wasm_ref_as_func(object: Ptr) -> Ptr;
    pub fn wasm_ref_as_trap(object: Ptr) -> Ptr;
    pub fn wasm_ref_as_instance(object: Ptr) -> Ptr;
    pub fn wasm_ref_as_module(object: Ptr) -> Ptr;
    pub fn wasm_ref_as_memory(object: Ptr) -> Ptr;
    pub fn wasm_memory_grow(memory: Ptr, delta: u32) -> bool;
    pub fn wasm_memory_data(memory: Ptr) -> *mut u8;
    pub fn wasm_memory_data_size(memory: Ptr) -> usize;
    pub fn wasm_ref_as_table(object: Ptr) -> Ptr;
    pub fn wasm_table_get(table: Ptr, index: u32) -> Ptr;
    pub fn wasm_table_set(table: Ptr, index: u32, value: Ptr) -> bool;
    pub fn wasm_table_grow(table: Ptr, delta: u32, init: Ptr) -> bool;
    pub fn wasm_ref_as_global(object: Ptr) -> Ptr;
    pub fn wasm_global_get(global: Ptr, out: *mut Value);
    pub fn wasm_global_set(global: Ptr, value: *const Value);
    pub fn wasm_val_copy(out: *mut Value, value: *const Value);
    pub fn wasm_val_delete(value: *mut Value);
    pub fn witrt_config_set_host_encoding(config: Ptr, encoding: u32) -> bool;
    pub fn witrt_config_set_back_end(config: Ptr, back_end: u32) -> bool;
    pub fn witrt_config_set_max_memory_bytes(config: Ptr, bytes: usize) -> bool;
    pub fn wasm_module_imports(module: Ptr, out: *mut Vector);
    pub fn wasm_importtype_vec_delete(vec: *mut Vector);
    pub fn wasm_importtype_type(ty: Ptr) -> Ptr;
    pub fn wasm_externtype_as_functype(ty: Ptr) -> Ptr;
    pub fn witrt_instance_export(instance: Ptr, name: *const u8, size: usize) -> Ptr;
    pub fn witrt_func_call(
        func: Ptr,
        args: *const Vector,
        results: *mut Vector,
        error: *mut Ptr,
    ) -> bool;
    pub fn wasm_resource_new(
        data: Ptr,
        finalizer: Option<extern "C" fn(Ptr)>,
        error: *mut Ptr,
    ) -> Ptr;
    pub fn wasm_resource_data(resource: Ptr) -> Ptr;
    pub fn wasm_resource_copy(resource: Ptr) -> Ptr;
    pub fn wasm_resource_delete(resource: Ptr);
    pub fn wasm_string_new(encoding: u32, data: *const c_void, size: usize) -> Ptr;
    pub fn wasm_string_copy(string: Ptr) -> Ptr;
    pub fn wasm_string_delete(string: Ptr);
    pub fn wasm_string_length(string: Ptr, encoding: u32) -> usize;
    pub fn wasm_string_read(
        string: Ptr,
        encoding: u32,
        to: Ptr,
        capacity: usize,
        written: *mut usize,
    ) -> bool;
    pub fn wasm_string_is_handle(string: Ptr) -> bool;
    pub fn wasm_string_is_valid(string: Ptr) -> bool;
    pub fn wasm_functype_results(ty: Ptr) -> *const Vector;
    pub fn witrt_func_prepare(
        func: Ptr,
        params: *const u8,
        param_count: usize,
        results: *const u8,
        result_count: usize,
        error: *mut Ptr,
    ) -> Ptr;
    pub fn witrt_prepared_delete(prepared: Ptr);
    pub fn witrt_prepared_call(
        prepared: Ptr,
        args: *const Slot,
        results: *mut Slot,
        error: *mut Ptr,
    ) -> bool;
    pub fn witrt_prepared_take_result(prepared: Ptr, index: usize) -> Ptr;
    pub fn witrt_func_new_with_slots(
        store: Ptr,
        params: *const u8,
        param_count: usize,
        results: *const u8,
        result_count: usize,
        callback: Option<SlotCallback>,
        env: Ptr,
        finalizer: Option<extern "C" fn(Ptr)>,
        error: *mut Ptr,
    ) -> Ptr;
    pub fn witrt_caller_return_text(
        caller: Ptr,
        index: usize,
        data: *const c_void,
        len: usize,
    ) -> bool;
    pub fn wasm_string_take(
        string: Ptr,
        encoding: u32,
        to: Ptr,
        capacity: usize,
        error: *mut Ptr,
    ) -> bool;
}
