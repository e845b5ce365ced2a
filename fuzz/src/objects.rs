//! Modules, instances and functions for a fuzzer that plays with the C API, and
//! the host function that they call back.

use super::api::*;
use super::play::{look_at, step};
use super::world::{World, finalized, read};
use std::collections::HashMap;
use std::ptr::{null, null_mut};
use std::sync::{LazyLock, Mutex};

/// Modules that were compiled for an earlier input.
static SHARED: LazyLock<Mutex<HashMap<String, usize>>> = LazyLock::new(Mutex::default);

/// A module of core exports, of every kind.
const PLAIN: &str = r#"(module
  (func (export "f") (param i32) (result i32) local.get 0)
  (func (export "trap") unreachable)
  (func (export "same") (param externref) (result externref)
    (table.set $e (i32.const 0) (local.get 0)) (table.get $e (i32.const 0)))
  (type $s (struct (field i32)))
  (func (export "burn") (param i32)
    (local.set 0 (i32.and (local.get 0) (i32.const 0x3fff)))
    (loop $l (drop (struct.new $s (i32.const 0)))
      (br_if $l (i32.gt_s (local.tee 0 (i32.sub (local.get 0) (i32.const 1))) (i32.const 0)))))
  (global (export "g") (mut externref) (ref.null extern))
  (global (export "n") (mut i32) (i32.const 7))
  (table (export "t") 2 10 funcref)
  (table $e (export "e") 2 10 externref)
  (memory (export "m") 1 4))"#;

fn shared() -> std::sync::MutexGuard<'static, HashMap<String, usize>> {
    SHARED.lock().expect("no panic while it is locked")
}

/// A new module: made of the bytes, or one of core exports, or none at all.
pub(super) unsafe fn module(w: *mut World) {
    // SAFETY: as in `step`.
    unsafe {
        let text = match (*w).below(4) {
            0 => PLAIN.to_owned(),
            1 => "(module (memory 1) (@interface func (export \"x\") call-core 0))".to_owned(),
            _ => (*w).module_text(),
        };
        let store = (*w).store();
        let known = shared().get(&text).copied();
        let module = match known {
            Some(known) => wasm_module_obtain(store, known as Ptr),
            None => {
                let mut bytes = Vector::EMPTY;
                wasm_byte_vec_new(&mut bytes, text.len(), text.as_ptr());
                let module = wasm_module_new(store, &bytes);
                wasm_byte_vec_delete(&mut bytes);
                let room = shared().len() < 200;
                if !module.is_null() && room {
                    shared().insert(text, wasm_module_share(module) as usize);
                }
                module
            }
        };
        (*w).keep(module);
    }
}

/// An instance, with imports that fit the generated modules or with none.
pub(super) unsafe fn instantiate(w: *mut World) {
    // SAFETY: as in `step`.
    unsafe {
        let (store, module) = ((*w).store(), wasm_ref_copy((*w).of_kind(wasm_ref_as_module)));
        (*w).pinned += 1;
        let mut imports: Vec<Ptr> = Vec::new();
        if (*w).below(8) != 7 {
            for (params, results) in [(&[24][..], &[][..]), (&[24], &[24]), (&[21], &[21])] {
                let ty = functype(params, results);
                let func = wasm_func_new_with_env(store, ty, Some(call_back), w.cast(), None);
                wasm_functype_delete(ty);
                imports.push(func);
            }
        }
        let mut trap = null_mut();
        let mut instance = wasm_instance_new(store, module, &Vector::of(&mut imports), &mut trap);
        if instance.is_null() && !trap.is_null() {
            // A module without imports, perhaps.
            wasm_ref_delete(trap);
            trap = null_mut();
            instance = wasm_instance_new(store, module, &Vector::EMPTY, &mut trap);
        }
        for import in imports {
            (*w).keep(import);
        }
        (*w).keep(trap);
        (*w).keep(instance);
        exports(w, instance);
        let mut types = Vector::EMPTY;
        wasm_module_exports(module, &mut types);
        wasm_exporttype_vec_delete(&mut types);
        wasm_ref_delete(module);
        (*w).pinned -= 1;
    }
}

pub(super) unsafe fn exports(w: *mut World, instance: Ptr) {
    // SAFETY: as in `step`; copies are kept, the vector's own are deleted.
    unsafe {
        let mut exports = Vector::EMPTY;
        wasm_instance_exports(instance, &mut exports);
        for i in 0..exports.size {
            let export = *exports.data.cast::<Ptr>().add(i);
            (*w).keep(wasm_ref_copy(export));
            // The second and third of the plain module.
            if exports.size == 9 && (*w).mirrors.len() < 4 && !wasm_ref_as_func(export).is_null() {
                match i {
                    2 => (*w).mirrors.push(wasm_ref_copy(export)),
                    3 => (*w).burners.push(wasm_ref_copy(export)),
                    _ => {}
                }
            }
        }
        wasm_extern_vec_delete(&mut exports);
    }
}

unsafe fn functype(params: &[u8], results: &[u8]) -> Ptr {
    // SAFETY: the vectors' elements are consumed with them.
    unsafe {
        let mut lists = [Vector::EMPTY, Vector::EMPTY];
        for (list, kinds) in lists.iter_mut().zip([params, results]) {
            let types: Vec<Ptr> = kinds.iter().map(|kind| wasm_valtype_new(*kind)).collect();
            wasm_valtype_vec_new(list, types.len(), types.as_ptr());
        }
        let [params, results] = &mut lists;
        wasm_functype_new(params, results)
    }
}

/// A host function of any type.
pub(super) unsafe fn func(w: *mut World) {
    // SAFETY: as in `step`.
    unsafe {
        let (store, params, results) = ((*w).store(), (*w).kinds(), (*w).kinds());
        let ty = functype(&params, &results);
        let callback = if (*w).below(16) == 15 { None } else { Some(call_back as Callback) };
        let func = wasm_func_new_with_env(store, ty, callback, w.cast(), Some(finalized));
        wasm_functype_delete(ty);
        if !func.is_null() {
            (*w).attached += 1;
        }
        (*w).keep(func);
    }
}

/// Calls a function, mostly with what it wants.
pub(super) unsafe fn call(w: *mut World) {
    // SAFETY: as in `step`. No reference to the world is held during the call.
    unsafe {
        let (func, mut kinds, _) = (*w).func_and_kinds();
        if (*w).below(32) == 31 {
            kinds.push(16);
        }
        let mut texts = Vec::new();
        let mut args: Vec<Value> = Vec::new();
        for kind in kinds {
            let value = (*w).value(kind, &mut texts);
            args.push(value);
        }
        // Nothing that is lent to the call may be deleted from its callbacks:
        // so the call gets owners of its own.
        let mut owned: Vec<Value> = Vec::new();
        for arg in &mut args {
            let own_text = texts.iter().any(|t| std::ptr::eq(&t.0, (arg.of as Ptr).cast()));
            if arg.kind >= EXTERNREF || arg.kind == STRING && !own_text {
                let mut copy = NO_VALUE;
                wasm_val_copy(&mut copy, arg);
                *arg = copy;
                owned.push(copy);
            }
        }
        let own_func = wasm_ref_copy(func);
        let mut results = vec![NO_VALUE; wasm_func_result_arity(func)];
        let args = Vector::of(&mut args);
        let mut places = Vector::of(&mut results);
        let trap = wasm_func_call(own_func, &args, &mut places);
        wasm_ref_delete(own_func);
        for mut value in owned {
            wasm_val_delete(&mut value);
        }
        if trap.is_null() {
            for result in results {
                if result.kind == STRING {
                    (*w).strings.push((result.of as Ptr, None));
                } else {
                    (*w).values.push(result);
                }
            }
        } else {
            assert!(results.iter().all(|r| r.kind == EXTERNREF && r.of == 0), "written on failure");
            look_at(trap);
            (*w).keep(trap);
        }
    }
}

/// A host function of whatever type: uses what it is given, calls back in, and
/// answers with anything.
extern "C" fn call_back(env: Ptr, args: *const Vector, results: *mut Vector) -> Ptr {
    let world = env.cast::<World>();
    // SAFETY: as in `play`; the vectors are the library's, for this call.
    unsafe {
        let args = std::slice::from_raw_parts((*args).data.cast::<Value>(), (*args).size);
        let before = (*world).lent.len();
        for arg in args.iter().filter(|arg| arg.kind == STRING) {
            assert!(wasm_string_is_handle(arg.of as Ptr));
            read(arg.of as Ptr, None);
            (*world).lent.push(arg.of as Ptr);
        }
        (*world).depth += 1;
        if (*world).depth < 4 {
            for _ in 0..(*world).below(4) {
                step(world);
            }
        }
        (*world).depth -= 1;
        // Strings are good until the end, whatever was called in between.
        for arg in args.iter().filter(|arg| arg.kind == STRING) {
            read(arg.of as Ptr, None);
        }
        let trap = match (*world).below(16) {
            0 => {
                let store = (*world).store();
                wasm_trap_new(store, null())
            }
            _ => null_mut(),
        };
        if trap.is_null() {
            let results = &*results;
            for i in 0..results.size {
                let result = results.data.cast::<Value>().add(i);
                let mut texts = Vec::new();
                let kind = (*result).kind;
                let value = (*world).value(kind, &mut texts);
                // It is given up: so a copy. The library copies the host's own
                // texts only after this returns, so that they become handles.
                let mut copy = NO_VALUE;
                wasm_val_copy(&mut copy, &value);
                *result = copy;
            }
        }
        (*world).lent.truncate(before);
        trap
    }
}
