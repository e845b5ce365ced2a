//! Strings of the C layer: through callbacks, kept, stale, and wrong.

mod c;

use c::*;

const TEXT: &str = r#"(module
    (memory 1)
    (func $alloc (param i32) (result i32) i32.const 64)
    (func $both (param i32 i32) (result i32 i32) local.get 0 local.get 1)
    (@interface func $up (import "host" "up") (param string) (result string))
    (@interface func (export "echo") (param string) (result string)
        arg.get 0 string-to-memory $alloc call-core $both memory-to-string)
    (@interface func (export "up") (param string) (result string)
        arg.get 0 call-adapter $up))"#;

fn host_string(text: &[u16]) -> wasm_string_t {
    wasm_string_t {
        data: text.as_ptr().cast(),
        size: text.len(),
        encoding: UTF16,
        flags: 0,
        reserved: 0,
    }
}

fn string_val(string: *const wasm_string_t) -> wasm_val_t {
    wasm_val_t { kind: STRING, of: wasm_val_union_t { string: string.cast_mut() } }
}

fn read(string: *const wasm_string_t) -> Option<String> {
    let mut units = [0u8; 64];
    let mut written = usize::MAX;
    let to = units.as_mut_ptr().cast();
    let done = unsafe { wasm_string_read(string, UTF8, to, units.len(), &mut written) };
    done.then(|| String::from_utf8(units[..written].to_vec()).unwrap())
}

/// Returns its argument in a way that `env` chooses.
unsafe extern "C" fn answering(
    env: *mut c_void,
    args: *const wasm_val_vec_t,
    results: *mut wasm_val_vec_t,
) -> *mut wasm_trap_t {
    static UNITS: [u16; 2] = [0xd83e, 0xdd80];
    static LONE: [u16; 3] = [b'a' as u16, 0xdd80, b'b' as u16];
    unsafe {
        let arg = (*(*args).data).of.string;
        let result = &mut *(*results).data;
        result.of.string = match env.addr() {
            // The argument itself, which belongs to the call.
            0 => arg,
            1 => wasm_string_copy(arg),
            2 => from_mut(Box::leak(Box::new(host_string(&UNITS)))),
            3 => from_mut(Box::leak(Box::new(host_string(&LONE)))),
            4 => {
                let mut lenient = host_string(&LONE);
                lenient.flags = 1;
                from_mut(Box::leak(Box::new(lenient)))
            }
            5 => null_mut(),
            6 => {
                // Deleting an argument is refused.
                wasm_string_delete(arg);
                assert_eq!(last_kind(), 601);
                let text = read(arg).unwrap() + "!";
                wasm_string_new(UTF8, text.as_ptr().cast(), text.len())
            }
            _ => {
                result.kind = I32;
                null_mut()
            }
        };
    }
    null_mut()
}

#[test]
fn strings_go_through_callbacks() {
    let expected = [
        Ok("héllo"),
        Ok("héllo"),
        Ok("🦀"),
        Err((400, "code unit 1")),
        Ok("a\u{fffd}b"),
        Err((603, "must not be NULL")),
        Ok("héllo!"),
        Err((601, "expected string, found i32")),
    ];
    let text: Vec<u16> = "héllo".encode_utf16().collect();
    for (way, expected) in expected.into_iter().enumerate() {
        let store = store();
        let env = std::ptr::without_provenance_mut(way);
        let up = Box::into_raw(host(&store, &[STRING], &[STRING], answering, env)).cast();
        let instance = instance(&store, TEXT, &mut [up]);
        for _ in 0..3 {
            let argument = host_string(&text);
            let mut results = [wasm_val_t::null()];
            let outcome = call(&*func(&instance, "up"), &mut [string_val(&argument)], &mut results);
            match (outcome, expected) {
                (Ok(()), Ok(text)) => {
                    let string = unsafe { results[0].of.string };
                    assert_eq!(read(string).as_deref(), Some(text), "way {way}");
                    unsafe { wasm_val_delete(&mut results[0]) };
                }
                (Err(trap), Err((_, part))) => {
                    let message = message(&trap);
                    assert!(message.contains(part), "way {way}: {message}");
                }
                (Err(trap), Ok(_)) => panic!("way {way}: {}", message(&trap)),
                (Ok(()), Err(_)) => panic!("way {way}: no trap"),
            }
        }
        drop(unsafe { Box::from_raw(up) });
    }
}

#[test]
fn a_result_is_readable_until_it_is_deleted() {
    let store = store();
    let up = Box::into_raw(host(&store, &[STRING], &[STRING], answering, null_mut())).cast();
    let instance = instance(&store, TEXT, &mut [up]);
    let echo = func(&instance, "echo");
    let mut kept = Vec::new();
    for text in ["one", "zwei", "trois", "四"] {
        let argument = wasm_string_t {
            data: text.as_ptr().cast(),
            size: text.len(),
            encoding: UTF8,
            flags: 0,
            reserved: 0,
        };
        let mut results = [wasm_val_t::null()];
        assert!(call(&*echo, &mut [string_val(&argument)], &mut results).is_ok());
        kept.push((text, results[0]));
    }
    for (text, val) in &kept {
        let string = unsafe { val.of.string };
        assert_eq!(read(string).as_deref(), Some(*text));
        assert_eq!(unsafe { wasm_string_length(string, UTF16) }, text.encode_utf16().count());
        let mut bytes = MaybeUninit::uninit();
        assert!(unsafe { wasm_string_borrow(string, bytes.as_mut_ptr()) });
        assert_eq!(unsafe { bytes.assume_init() }.size, text.len());
        // Too small: nothing is written, and the length is told.
        let mut written = 77;
        let mut room = [9u8; 2];
        let to = room.as_mut_ptr().cast();
        assert!(!unsafe { wasm_string_read(string, UTF8, to, 2, &mut written) });
        assert_eq!((written, room, last_kind()), (77, [9, 9], 607));
        let mut needed = 0;
        assert!(unsafe { witrt_error_capacity(witrt_error_last().as_ref(), &mut needed) });
        assert_eq!(needed, text.len());
    }
    // A copy of the struct is not the string.
    let copy = unsafe { kept[0].1.of.string.read() };
    assert_eq!(read(&copy), None);
    assert_eq!(last_kind(), 601);
    // Handles are arguments too, and copies outlive the store.
    let mut results = [wasm_val_t::null()];
    assert!(call(&*echo, &mut [kept[3].1], &mut results).is_ok());
    let clone = unsafe { wasm_string_copy(results[0].of.string) };
    let (stale, mut val) = (unsafe { kept[0].1.of.string }, kept[0].1);
    unsafe { wasm_val_delete(&mut val) };
    assert_eq!(read(stale), None, "deleted strings are told");
    unsafe { wasm_string_delete(stale) };
    assert_eq!(last_kind(), 601);
    drop((instance, echo, unsafe { Box::from_raw(up) }, store));
    assert_eq!(read(unsafe { kept[2].1.of.string }).as_deref(), Some("trois"));
    for (_, mut val) in kept.drain(1..) {
        unsafe { wasm_val_delete(&mut val) };
    }
    unsafe { wasm_val_delete(&mut results[0]) };
    assert_eq!(read(clone).as_deref(), Some("四"));
    unsafe { wasm_string_delete(clone) };
}

#[test]
fn host_strings_are_checked() {
    let units = [b'a' as u16, 0xd800, b'b' as u16];
    let mut bad = host_string(&units);
    assert!(!unsafe { wasm_string_is_valid(&bad) });
    let mut position = 0;
    assert!(unsafe { witrt_error_position(witrt_error_last().as_ref(), &mut position) });
    assert_eq!((position, last_kind()), (1, 400));
    assert_eq!(unsafe { wasm_string_length(&bad, UTF8) }, 0);
    bad.flags = 1;
    assert_eq!(read(&bad).as_deref(), Some("a\u{fffd}b"));
    let spoil = |change: fn(&mut wasm_string_t)| {
        let mut string = host_string(&units[..1]);
        change(&mut string);
        assert!(!unsafe { wasm_string_is_valid(&string) });
        last_kind()
    };
    assert_eq!(spoil(|s| s.encoding = 7), 604);
    assert_eq!(spoil(|s| s.flags = 7), 604);
    assert_eq!(spoil(|s| s.data = null()), 603);
    assert_eq!(spoil(|s| s.data = s.data.wrapping_byte_add(1)), 606);
    assert_eq!(spoil(|s| s.size = usize::MAX), 606);
    assert_eq!(spoil(|s| s.reserved = 5), 601);
    let empty = wasm_string_t { data: null(), size: 0, ..host_string(&[]) };
    assert_eq!(read(&empty).as_deref(), Some(""));
    assert!(unsafe { wasm_string_new(UTF16, units.as_ptr().cast(), 3) }.is_null());
    assert!(unsafe { wasm_string_new(9, units.as_ptr().cast(), 1) }.is_null());
}
