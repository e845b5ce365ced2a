//! Values with parts by the C API: through a component to a host function and back, kept
//! beyond what they came from, and deleted in any order, on two threads; and what guests
//! make up.

use super::Bytes;
use super::api::*;
use super::components::{ALLOCATORS, ENDLESS, HONEST, any_type, between};
use super::tree::{FINALIZED, OWN, Wood, check, told};
use std::ptr::null_mut;
use std::sync::LazyLock;
use std::sync::atomic::Ordering;
use witrt::Engine;
use witrt::wit::Type;

/// Hosts with either encoding, on either back end.
static ENGINES: LazyLock<[usize; 4]> = LazyLock::new(|| {
    [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(encoding, back_end)| {
        // SAFETY: as the header says.
        unsafe {
            let config = wasm_config_new();
            assert!(witrt_config_set_opt_level(config, 0));
            assert!(witrt_config_set_parallel_compilation(config, false));
            assert!(witrt_config_set_host_encoding(config, encoding));
            assert!(witrt_config_set_back_end(config, back_end));
            assert!(witrt_config_set_max_memory_bytes(config, 16 << 20));
            wasm_engine_new_with_config(config) as usize
        }
    })
});

/// Where types are looked at.
static TYPES: LazyLock<Engine> = LazyLock::new(Engine::default);

/// A value that is kept, and what it says.
struct Kept(Value, String);

/// What the host function has to do with the next call.
struct Host<'a> {
    bytes: Bytes<'a>,
    ty: Type,
    store: Ptr,
    func: Ptr,
    honest: bool,
    given: String,
    /// What is answered, until the call has returned.
    answer: Wood,
    /// What has to come back: nothing, where that fails.
    expected: Option<String>,
    kept: Vec<Kept>,
    made: usize,
    called: bool,
}

/// A handle that goes to another thread.
#[derive(Clone, Copy)]
struct Lent<T>(T);
// SAFETY: the header permits it: deleting anywhere, and calls get errors.
unsafe impl<T> Send for Lent<T> {}

/// Does something on this thread, or on another.
fn somewhere(elsewhere: bool, deed: impl FnOnce()) {
    let deed = Lent(deed);
    let run = move || {
        let Lent(deed) = { deed };
        deed();
    };
    if elsewhere {
        std::thread::scope(|scope| scope.spawn(run).join()).expect("no panic there");
    } else {
        run();
    }
}

/// Does what the bytes say.
///
/// # Panics
///
/// Where a value is not what was given, or a resource is not given up once.
pub fn play(data: &[u8]) {
    let mut bytes = Bytes(data);
    if data.first().is_some_and(|first| *first >= 224) {
        let engine = ENGINES[usize::from(bytes.byte()) % 4] as Ptr;
        return super::claimed::play(bytes, engine);
    }
    let Some((types, ty, signature)) = any_type(&TYPES, &mut bytes) else { return };
    let encoding = ["utf8", "utf16", "latin1+utf16"][bytes.below(3)];
    let lies = bytes.below(ENDLESS);
    let layout = &signature.params.layout;
    let text = between(&types, &ty, layout, encoding, ALLOCATORS[lies]);
    let engine = ENGINES[bytes.below(4)] as Ptr;
    let before = FINALIZED.load(Ordering::SeqCst);
    // SAFETY: what is given lives as long as the header asks for; all is deleted once.
    unsafe {
        let store = wasm_store_new(engine);
        let mut file = Vector::EMPTY;
        wasm_byte_vec_new(&mut file, text.len(), text.as_ptr());
        let module = wasm_module_new(store, &file);
        assert!(!module.is_null(), "{text}");
        wasm_byte_vec_delete(&mut file);
        let mut host = Box::new(Host {
            bytes,
            ty: signature.params.fields[0].ty.clone(),
            store,
            func: null_mut(),
            honest: lies <= HONEST,
            given: String::new(),
            answer: Wood::default(),
            expected: None,
            kept: Vec::new(),
            made: 0,
            called: false,
        });
        let host = &raw mut *host;
        let mut types = Vector::EMPTY;
        wasm_module_imports(module, &mut types);
        let ty = wasm_externtype_as_functype(wasm_importtype_type(*types.data.cast()));
        let import = wasm_func_new_with_env(store, ty, Some(call_back), host.cast(), None);
        wasm_importtype_vec_delete(&mut types);
        let instance =
            wasm_instance_new(store, module, &Vector::of(&mut [import]), &mut null_mut());
        assert!(!instance.is_null());
        (*host).func = witrt_instance_export(instance, c"go".as_ptr().cast(), 2);
        for object in [import, instance, module] {
            wasm_ref_delete(object);
        }
        for _ in 0..3 {
            if !call(host) {
                break;
            }
        }
        end(host);
        assert_eq!(FINALIZED.load(Ordering::SeqCst) - before, (*host).made, "{text}");
    }
}

/// One call; whether the instance can be called again.
unsafe fn call(host: *mut Host<'_>) -> bool {
    // SAFETY: as in `play`; the host is reached for a moment each.
    unsafe {
        let mut wood = Wood::default();
        let mut again = NO_VALUE;
        let arg = {
            let Host { bytes, ty, kept, .. } = &mut *host;
            // What came back once may be given once more.
            match kept.last() {
                Some(Kept(value, _)) if bytes.below(8) == 7 => {
                    wasm_val_copy(&mut again, value);
                    again
                }
                _ => wood.value(bytes, ty, 3),
            }
        };
        let refused = wood.wrong || wood.ill;
        if !refused {
            (*host).given = told(&arg);
        }
        (*host).called = false;
        (*host).expected = None;
        let mut results = [Value { kind: 99, of: 99 }];
        let mut args = [arg];
        let (args, mut places) = (Vector::of(&mut args), Vector::of(&mut results));
        let mut error = null_mut();
        let good = match (*host).bytes.below(2) {
            0 => witrt_func_call((*host).func, &args, &mut places, &mut error),
            _ => {
                let trap = wasm_func_call((*host).func, &args, &mut places);
                wasm_ref_delete(trap);
                trap.is_null()
            }
        };
        let kind = witrt_error_kind(error);
        witrt_error_delete(error);
        assert_ne!(kind, 699, "a panic");
        (*host).made += wood.made + (*host).answer.made;
        assert!(!(refused && ((*host).called || good)), "wrong values reached the guest");
        assert!(!(*host).honest || refused || (*host).called, "{kind}: refused");
        let [result] = results;
        if good {
            check(&result, &(*host).ty);
            let found = told(&result);
            if (*host).honest {
                assert_eq!(Some(&found), (*host).expected.as_ref());
            }
            (*host).kept.push(Kept(result, found));
        } else {
            assert_eq!((result.kind, result.of), (99, 99), "written on failure");
            assert!(!(*host).honest || refused || (*host).expected.is_none(), "{kind}");
        }
        // A value that is lent is deleted by who made it, before or after what came of it.
        (*host).answer = Wood::default();
        wasm_val_delete(&mut again);
        drop(wood);
        if (*host).bytes.below(4) == 0 {
            delete_one(host);
        }
        good || refused
    }
}

/// Deletes something that is kept, after it was read again.
unsafe fn delete_one(host: *mut Host<'_>) {
    // SAFETY: as above.
    unsafe {
        let (kept, bytes) = (&raw mut (*host).kept, &raw mut (*host).bytes);
        if (*kept).is_empty() {
            return;
        }
        let at = (*bytes).below((*kept).len());
        let Kept(mut value, before) = (*kept).swap_remove(at);
        assert_eq!(told(&value), before, "a value has changed");
        let elsewhere = (*bytes).below(4) == 0;
        let place = Lent(&raw mut value);
        somewhere(elsewhere, move || {
            let Lent(place) = { place };
            wasm_val_delete(place);
        });
    }
}

/// Deletes the store, the function and what is kept, in an order that the bytes choose.
unsafe fn end(host: *mut Host<'_>) {
    // SAFETY: as above; each is deleted once.
    unsafe {
        let mut objects = vec![((*host).store, true), ((*host).func, false)];
        while !objects.is_empty() || !(*host).kept.is_empty() {
            if objects.is_empty() || (*host).bytes.below(2) == 0 && !(*host).kept.is_empty() {
                delete_one(host);
                continue;
            }
            let at = (*host).bytes.below(objects.len());
            let elsewhere = (*host).bytes.below(4) == 0;
            let object = Lent(objects.swap_remove(at));
            somewhere(elsewhere, move || {
                let Lent((object, is_store)) = { object };
                if is_store { wasm_store_delete(object) } else { wasm_ref_delete(object) }
            });
        }
    }
}

/// Looks at what it is given, keeps it at times, and answers with a value of its own, or
/// with what it was given, or not at all.
extern "C" fn call_back(env: Ptr, args: *const Vector, results: *mut Vector) -> Ptr {
    let host = env.cast::<Host<'_>>();
    // SAFETY: as in `play`; the vectors are the library's, for this call.
    unsafe {
        (*host).called = true;
        let arg = &*(*args).data.cast::<Value>();
        let result = (*results).data.cast::<Value>();
        check(arg, &(*host).ty);
        let found = told(arg);
        if (*host).honest {
            assert_eq!(found, (*host).given);
        }
        if (*host).bytes.below(4) == 0 {
            let mut copy = NO_VALUE;
            wasm_val_copy(&mut copy, arg);
            (*host).kept.push(Kept(copy, found.clone()));
        }
        match (*host).bytes.below(8) {
            0 => delete_one(host),
            // It is entered once, and by one thread.
            1 => {
                let elsewhere = (*host).bytes.below(2) == 0;
                let lent = Lent((host, arg));
                somewhere(elsewhere, move || {
                    let Lent((host, arg)) = { lent };
                    let (mut args, mut error) = ([*arg], null_mut());
                    let args = Vector::of(&mut args);
                    assert!(!witrt_func_call((*host).func, &args, null_mut(), &mut error));
                    assert_eq!(witrt_error_kind(error), BUSY);
                    witrt_error_delete(error);
                });
            }
            _ => {}
        }
        let how = (*host).bytes.below(8);
        if how == 0 {
            *result = *arg;
            (*host).expected = Some(found);
            return null_mut();
        }
        let answer = {
            let Host { bytes, ty, answer, .. } = &mut *host;
            answer.value(bytes, ty, 3)
        };
        let refused = (*host).answer.wrong || (*host).answer.ill;
        if !refused && how != 1 {
            (*host).expected = Some(told(&answer));
        }
        // Parts may stand where they outlast this function, if all of them are right. What
        // is by itself is given up.
        if how < 4 && !(*host).answer.wrong {
            *result = answer;
            if answer.kind == OWN {
                (*result).of = wasm_resource_copy(answer.of as Ptr) as u64;
            }
        } else if !(*host).answer.wrong {
            let mut copy = NO_VALUE;
            wasm_val_copy(&mut copy, &answer);
            *result = copy;
            // It has to be one that needs nothing of the original.
            let made = std::mem::take(&mut (*host).answer).made;
            (*host).answer.made = made;
        }
        if how == 1 || (*host).answer.wrong {
            return wasm_trap_new((*host).store, &Vector::EMPTY);
        }
        null_mut()
    }
}
