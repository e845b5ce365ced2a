//! What guests make up, as C gets it: the components of the target `doors`, called by the
//! C API. Whatever a guest says, a value that comes out is one of its type, and stays what
//! it is when its store is gone.

use super::Bytes;
use super::api::*;
use super::doors::{Made, component};
use super::tree::{Wood, check, told};
use std::ptr::null_mut;

/// Does what the bytes say, in a store of this engine.
///
/// # Panics
///
/// Where a value is not of its type, or changes.
pub(super) fn play(mut bytes: Bytes<'_>, engine: Ptr) {
    let Some(Made { text, types: signatures, .. }) = component(&mut bytes, false) else { return };
    let mut kept = Vec::new();
    // SAFETY: what is given lives as long as the header asks for; all is deleted once.
    unsafe {
        let store = wasm_store_new(engine);
        let mut file = Vector::EMPTY;
        wasm_byte_vec_new(&mut file, text.len(), text.as_ptr());
        let module = wasm_module_new(store, &file);
        assert!(!module.is_null(), "{text}");
        wasm_byte_vec_delete(&mut file);
        let mut types = Vector::EMPTY;
        wasm_module_imports(module, &mut types);
        let ty = wasm_externtype_as_functype(wasm_importtype_type(*types.data.cast()));
        let note = wasm_func_new_with_env(store, ty, Some(noted), null_mut(), None);
        wasm_importtype_vec_delete(&mut types);
        let instance = wasm_instance_new(store, module, &Vector::of(&mut [note]), &mut null_mut());
        assert!(!instance.is_null(), "{text}");
        for _ in 0..8 {
            let at = bytes.below(signatures.len());
            let name = format!("f{at}");
            let func = witrt_instance_export(instance, name.as_ptr().cast(), name.len());
            let [params, results] = [&signatures[at].params, &signatures[at].results];
            let mut wood = Wood::default();
            let args = params.fields.iter().map(|field| wood.value(&mut bytes, &field.ty, 2));
            let mut args = args.collect::<Vec<_>>();
            let mut found = vec![Value { kind: 99, of: 99 }; results.fields.len()];
            let (args, mut places) = (Vector::of(&mut args), Vector::of(&mut found));
            let mut error = null_mut();
            let good = witrt_func_call(func, &args, &mut places, &mut error);
            assert_ne!(witrt_error_kind(error), 699, "a panic: {text}");
            witrt_error_delete(error);
            wasm_ref_delete(func);
            assert!(!good || !wood.wrong && !wood.ill, "wrong values reached the guest: {text}");
            for (field, value) in results.fields.iter().zip(found) {
                if good {
                    check(&value, &field.ty);
                    let told = told(&value);
                    kept.push((value, told));
                } else {
                    assert_eq!((value.kind, value.of), (99, 99), "written on failure: {text}");
                }
            }
        }
        for object in [note, instance, module] {
            wasm_ref_delete(object);
        }
        wasm_store_delete(store);
        for (mut value, before) in kept {
            assert_eq!(told(&value), before, "a value has changed: {text}");
            wasm_val_delete(&mut value);
        }
    }
}

extern "C" fn noted(_: Ptr, _: *const Vector, _: *mut Vector) -> Ptr {
    null_mut()
}
