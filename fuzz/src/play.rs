//! The C API, driven by a fuzzer's bytes: each asks for one function, with
//! whatever objects there are. What the header permits is done: NULL, objects
//! of another kind or store, deletion in any order, calls from callbacks. What
//! it forbids is not: nothing is used after it was deleted.

use super::api::*;
use super::objects::{call, exports, func, instantiate, module};
use super::prepared;
use super::second::{self, Task, discard};
use super::world::{World, finalized, read_again};
use std::ptr::null_mut;
use std::sync::atomic::Ordering;

/// Does what the bytes say; then deletes all, in an order that they choose.
///
/// # Panics
///
/// Where an answer is wrong.
pub fn play(data: &[u8]) {
    let mut world = Box::new(World::new(data));
    let world: *mut World = &raw mut *world;
    // SAFETY: the world lives in its box until the end of this function; a
    // callback runs only while `step` is in the library, without a reference
    // to it: fields are reached through the pointer, for a moment each.
    unsafe {
        (*world).new_store();
        while !(*world).used_up() {
            step(world);
        }
        clear(world);
        let finalized = (*world).finalized.load(Ordering::SeqCst);
        assert_eq!((*world).attached, finalized, "finalizers run once");
    }
}

/// One function of the API.
///
/// # Safety
///
/// As in [`play`].
pub(super) unsafe fn step(world: *mut World) {
    // SAFETY: objects are alive; the header permits the rest.
    unsafe {
        let w = &raw mut *world;
        match (*w).below(48) {
            0 if (*w).stores.len() < 3 => (*w).new_store(),
            1 if (*w).stores.len() > 1 => {
                let i = (*w).below((*w).stores.len());
                let store = (*w).stores.swap_remove(i);
                discard(w, Task::Store(store));
            }
            2 => module(w),
            3 | 4 => instantiate(w),
            5 => {
                let instance = (*w).of_kind(wasm_ref_as_instance);
                exports(w, instance);
            }
            6 => func(w),
            7..=13 => call(w),
            14 => {
                let store = (*w).store();
                (*w).keep(wasm_foreign_new(store));
            }
            15 => {
                let object = (*w).any();
                (*w).keep(wasm_ref_copy(object));
            }
            16 | 17 if !(*w).refs.is_empty() => {
                let i = (*w).below((*w).refs.len());
                let object = (*w).refs.swap_remove(i);
                discard(w, Task::Ref(object));
            }
            18 => {
                let (a, b) = ((*w).any(), (*w).any());
                assert_eq!(wasm_ref_same(a, b), wasm_ref_same(b, a));
                assert!(wasm_ref_same(a, a));
            }
            19 => {
                // What was attached before may delete what it comes from.
                let object = wasm_ref_copy((*w).any());
                if !object.is_null() {
                    (*w).attached += 1;
                    wasm_ref_set_host_info_with_finalizer(object, w.cast(), Some(finalized));
                    assert_eq!(wasm_ref_get_host_info(object), w.cast());
                }
                wasm_ref_delete(object);
            }
            20 => {
                let text = (*w).text();
                let string = wasm_string_new(text.0.encoding, text.0.data, text.0.size);
                if !string.is_null() {
                    (*w).strings.push((string, None));
                }
            }
            21 => {
                let string = (*w).string();
                let clone = wasm_string_copy(string);
                if !clone.is_null() {
                    (*w).strings.push((clone, None));
                }
            }
            22 | 23 if !(*w).strings.is_empty() => {
                let i = (*w).below((*w).strings.len());
                let (string, _) = (*w).strings.swap_remove(i);
                discard(w, Task::String(string));
            }
            24 | 25 if !(*w).strings.is_empty() => {
                second::read_one(w);
            }
            26 => {
                let store = (*w).store();
                let mut error = null_mut();
                if !witrt_store_settle(store, &mut error) {
                    assert!(!error.is_null());
                    witrt_error_delete(error);
                }
            }
            27 => {
                let trap = (*w).of_kind(wasm_ref_as_trap);
                look_at(trap);
            }
            28 => {
                let memory = (*w).of_kind(wasm_ref_as_memory);
                let delta = (*w).below(3) as u32;
                wasm_memory_grow(memory, delta);
                let (data, size) = (wasm_memory_data(memory), wasm_memory_data_size(memory));
                if size > 0 {
                    *data.add((*w).byte()) ^= 0x80;
                }
            }
            29 => {
                let table = (*w).of_kind(wasm_ref_as_table);
                let (value, index) = ((*w).any(), (*w).below(4) as u32);
                match (*w).below(3) {
                    0 => drop(wasm_table_set(table, index, value)),
                    1 => drop(wasm_table_grow(table, index, value)),
                    _ => (*w).keep(wasm_table_get(table, index)),
                }
            }
            30 => {
                let global = (*w).of_kind(wasm_ref_as_global);
                let mut value = NO_VALUE;
                wasm_global_get(global, &mut value);
                (*w).values.push(value);
                let mut texts = Vec::new();
                let kind = value.kind;
                let value = (*w).value(kind, &mut texts);
                let mut copy = NO_VALUE;
                wasm_val_copy(&mut copy, &value);
                wasm_global_set(global, &copy);
                wasm_val_delete(&mut copy);
            }
            31 if !(*w).values.is_empty() => {
                let i = (*w).below((*w).values.len());
                let mut value = (*w).values.swap_remove(i);
                let mut copy = NO_VALUE;
                wasm_val_copy(&mut copy, &value);
                wasm_val_delete(&mut value);
                if copy.kind == STRING && copy.of != 0 {
                    (*w).strings.push((copy.of as Ptr, None));
                } else {
                    (*w).values.push(copy);
                }
            }
            32 | 33 => prepared::prepare(w),
            34 => prepared::delete(w),
            35..=37 => prepared::call(w),
            38 => prepared::func(w),
            39..=41 => second::steps_elsewhere(w),
            42..=44 => second::there_and_back(w),
            45 | 46 => second::burn(w),
            _ => {}
        }
        assert_ne!(witrt_error_kind(witrt_error_last()), 699, "a panic");
    }
}

/// A trap has a message and may have frames.
pub(super) unsafe fn look_at(trap: Ptr) {
    // SAFETY: the trap is alive or NULL.
    unsafe {
        let (mut message, mut trace) = (Vector::EMPTY, Vector::EMPTY);
        wasm_trap_message(trap, &mut message);
        assert!(trap.is_null() || message.size > 0);
        wasm_byte_vec_delete(&mut message);
        wasm_trap_trace(trap, &mut trace);
        wasm_frame_vec_delete(&mut trace);
    }
}

unsafe fn clear(w: *mut World) {
    // SAFETY: as in `step`; each object is deleted once.
    unsafe {
        if let Some(second) = &mut (*w).second {
            second.finish();
        }
        (*w).second = None;
        prepared::clear(w);
        for func in
            std::mem::take(&mut (*w).mirrors).into_iter().chain(std::mem::take(&mut (*w).burners))
        {
            wasm_ref_delete(func);
        }
        let stores = std::mem::take(&mut (*w).stores);
        let last = if (*w).below(2) == 0 { 0 } else { stores.len() };
        for store in &stores[last..] {
            wasm_store_delete(*store);
        }
        for (string, before) in std::mem::take(&mut (*w).strings) {
            read_again(w, string, before.as_ref());
            wasm_string_delete(string);
        }
        for mut value in std::mem::take(&mut (*w).values) {
            wasm_val_delete(&mut value);
        }
        for object in std::mem::take(&mut (*w).refs) {
            wasm_ref_delete(object);
        }
        for store in &stores[..last] {
            wasm_store_delete(*store);
        }
    }
}
