//! Prepared calls, and host functions with slots: a part of the world that the
//! target `capi` plays with.

use super::api::*;
use super::play::step;
use super::second::{Task, discard};
use super::world::{World, finalized, read, value_of};
use std::alloc::{Layout, alloc, dealloc};
use std::ptr::{null, null_mut};

const TEXT8: u8 = 64;
const TEXT16: u8 = 65;
const LAZY8: u8 = 66;
const LAZY16: u8 = 67;
/// The first of four, in the order of the encodings.
const GROW8: u8 = 72;
const GROW32: u8 = 75;
const TOO_SMALL: u32 = 607;
const OUT_OF_MEMORY: u32 = 611;

/// A prepared function, which a callback may delete while it is called.
pub struct Ready {
    handle: Ptr,
    number: usize,
    params: Vec<u8>,
    results: Vec<u8>,
}

/// What a host function with slots is given.
struct Env {
    world: *mut World,
    params: Vec<u8>,
    results: Vec<u8>,
}

/// Where a call makes room for a text: no byte more than it asks for.
struct Room {
    world: *mut World,
    encoding: u32,
    refuses: bool,
    calls: usize,
    units: usize,
    data: Option<(*mut u8, Layout)>,
}

impl Room {
    /// The text that was written there, which is well-formed.
    fn check(&self) {
        assert_eq!(self.calls, 1);
        let Some((data, layout)) = self.data else { return assert_eq!(self.units, 0) };
        // SAFETY: the call has written all of it.
        let bytes = unsafe { std::slice::from_raw_parts(data, layout.size()) };
        match self.encoding {
            0 => drop(std::str::from_utf8(bytes).expect("well-formed")),
            1 => {
                let units = bytes.as_chunks().0.iter().map(|unit| u16::from_ne_bytes(*unit));
                assert!(char::decode_utf16(units).all(|c| c.is_ok()));
            }
            2 => {}
            _ => {
                let mut units = bytes.as_chunks().0.iter().map(|unit| u32::from_ne_bytes(*unit));
                assert!(units.all(|unit| char::from_u32(unit).is_some()));
            }
        }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if let Some((data, layout)) = self.data {
            // SAFETY: it was allocated so.
            unsafe { dealloc(data, layout) };
        }
    }
}

extern "C" fn grow(env: Ptr, units: usize) -> Ptr {
    // SAFETY: the room is lent to the call; nothing else uses it meanwhile.
    unsafe {
        let room = &mut *env.cast::<Room>();
        (room.calls, room.units) = (room.calls + 1, units);
        if (*room.world).below(4) == 3 {
            delete(room.world);
        }
        if room.refuses || units == 0 {
            return null_mut();
        }
        let size = [1, 2, 1, 4][room.encoding as usize];
        let layout = Layout::from_size_align(units * size, size).expect("a possible size");
        let data = alloc(layout);
        room.data = Some((data, layout));
        data.cast()
    }
}

/// Kinds of slots for a list of kinds of values, mostly fitting; results of calls may
/// ask for room.
fn slots(w: &mut World, kinds: &[u8], of_call: bool) -> Vec<u8> {
    let text = |n: u8| if n < 4 { TEXT8 + n } else { GROW8 + n - 4 };
    let ways = if of_call { 8 } else { 4 };
    let slot = |kind: &u8| if *kind == STRING { text(w.below(ways) as u8) } else { *kind };
    let mut slots: Vec<u8> = kinds.iter().map(slot).collect();
    if w.below(32) == 31 {
        slots.push(99);
    }
    slots
}

/// # Safety
///
/// As for all that plays: objects are alive, and no reference to the world is
/// held while the library runs.
pub unsafe fn prepare(w: *mut World) {
    // SAFETY: as said.
    unsafe {
        let (func, params, results) = (*w).func_and_kinds();
        let params = slots(&mut *w, &params, false);
        let results = slots(&mut *w, &results, true);
        let handle = witrt_func_prepare(
            func,
            params.as_ptr(),
            params.len(),
            results.as_ptr(),
            results.len(),
            null_mut(),
        );
        if !handle.is_null() {
            (*w).made += 1;
            let number = (*w).made;
            (*w).ready.push(Ready { handle, number, params, results });
        }
    }
}

/// # Safety
///
/// As for [`prepare`].
pub unsafe fn delete(w: *mut World) {
    // SAFETY: as said.
    unsafe {
        if !(*w).ready.is_empty() {
            let n = (*w).ready.len();
            let i = (*w).below(n);
            let ready = (*w).ready.swap_remove(i);
            discard(w, Task::Prepared(ready.handle));
        }
    }
}

/// # Safety
///
/// As for [`prepare`].
pub unsafe fn call(w: *mut World) {
    // SAFETY: as said; what is lent to the call is owned by it.
    unsafe {
        if (*w).ready.is_empty() {
            return;
        }
        let n = (*w).ready.len();
        let i = (*w).below(n);
        let Ready { handle, number, params, results } = &(&(*w).ready)[i];
        let (handle, number, params, results) = (*handle, *number, params.clone(), results.clone());

        let mut texts = Vec::new();
        let mut owned: Vec<Value> = Vec::new();
        let mut args = vec![Slot([0; 2]); params.len()];
        for (slot, kind) in args.iter_mut().zip(&params) {
            match *kind {
                TEXT8 | TEXT16 => {
                    let text = (*w).text();
                    if text.0.encoding == u32::from(*kind == TEXT16) {
                        *slot = Slot([text.0.data as u64, text.0.size as u64]);
                    }
                    texts.push(text);
                }
                LAZY8 | LAZY16 => {
                    let string = (*w).string();
                    let mut copy = NO_VALUE;
                    wasm_val_copy(&mut copy, &Value { kind: STRING, of: string as u64 });
                    slot.0[0] = if copy.kind == STRING { copy.of } else { 0 };
                    owned.push(copy);
                }
                EXTERNREF.. => {
                    let copy = wasm_ref_copy((*w).any());
                    slot.0[0] = copy as u64;
                    owned.push(Value { kind: EXTERNREF, of: copy as u64 });
                }
                _ => slot.0[0] = [0, 1, 255, u64::MAX][(*w).below(4)],
            }
        }
        let mut rooms: Vec<Vec<u64>> = Vec::new();
        let mut outs = vec![Slot([0; 2]); results.len()];
        let mut grown: Vec<*mut Room> = vec![null_mut(); results.len()];
        for (i, (slot, kind)) in outs.iter_mut().zip(&results).enumerate() {
            match *kind {
                TEXT8 | TEXT16 => {
                    let mut room = vec![0_u64; 16];
                    *slot = Slot([room.as_mut_ptr() as u64, (*w).below(33) as u64]);
                    rooms.push(room);
                }
                GROW8..=GROW32 => {
                    let (encoding, refuses) = ((*kind - GROW8).into(), (*w).below(4) == 3);
                    let room = Room { world: w, encoding, refuses, calls: 0, units: 0, data: None };
                    grown[i] = Box::into_raw(Box::new(room));
                    *slot = Slot([grow as *const () as u64, grown[i] as u64]);
                }
                _ => {}
            }
        }
        let given: Vec<u64> = outs.iter().map(|slot| slot.0[1]).collect();
        let mut error = null_mut();
        let done = witrt_prepared_call(handle, args.as_ptr(), outs.as_mut_ptr(), &mut error);
        for mut value in owned {
            wasm_val_delete(&mut value);
        }
        let grown: Vec<Option<Box<Room>>> =
            grown.into_iter().map(|room| (!room.is_null()).then(|| Box::from_raw(room))).collect();
        let short = match witrt_error_kind(error) {
            TOO_SMALL => !done,
            OUT_OF_MEMORY => !done && witrt_error_capacity(error, null_mut()),
            _ => false,
        };
        witrt_error_delete(error);
        assert!(grown.iter().flatten().all(|room| room.calls <= 1));
        if !done && !short {
            return;
        }
        let alive = (*w).ready.iter().any(|ready| ready.number == number);
        let races = (*w).second.is_some();
        for (i, (slot, kind)) in outs.iter().zip(&results).enumerate() {
            let [at, len] = slot.0;
            match *kind {
                TEXT8 | TEXT16 if len > given[i] => {
                    assert!(short);
                    if alive {
                        let kept = witrt_prepared_take_result(handle, i);
                        assert!(races || !kept.is_null());
                        let encoding = u32::from(*kind == TEXT16);
                        assert!(races || wasm_string_length(kept, encoding) as u64 == len);
                        if !kept.is_null() {
                            (*w).strings.push((kept, None));
                        }
                    }
                }
                GROW8..=GROW32 => {
                    let Some(room) = &grown[i] else { continue };
                    if !room.refuses || room.units == 0 {
                        room.check();
                    } else if alive {
                        assert!(short);
                        let kept = witrt_prepared_take_result(handle, i);
                        assert!(races || !kept.is_null());
                        let length = wasm_string_length(kept, room.encoding);
                        assert!(races || length == room.units);
                        if !kept.is_null() {
                            (*w).strings.push((kept, None));
                        }
                    }
                }
                TEXT8 => {
                    let bytes = std::slice::from_raw_parts(at as *const u8, len as usize);
                    std::str::from_utf8(bytes).expect("well-formed");
                }
                TEXT16 => {
                    let units = std::slice::from_raw_parts(at as *const u16, len as usize);
                    String::from_utf16(units).expect("well-formed");
                }
                LAZY8 | LAZY16 => {
                    let encoding = u32::from(*kind == LAZY16);
                    assert!(races || wasm_string_length(at as Ptr, encoding) as u64 == len);
                    let mut room = vec![0_u64; len as usize / 2 + 1];
                    let to = room.as_mut_ptr().cast();
                    if (*w).below(2) == 0 {
                        let taken =
                            wasm_string_take(at as Ptr, encoding, to, len as usize, null_mut());
                        assert!(races || taken);
                        if !taken {
                            wasm_string_delete(at as Ptr);
                        }
                    } else {
                        (*w).strings.push((at as Ptr, None));
                    }
                }
                EXTERNREF.. => (*w).values.push(value_of(EXTERNREF, at)),
                _ => {}
            }
        }
    }
}

/// A host function with slots, of any type.
///
/// # Safety
///
/// As for [`prepare`].
pub unsafe fn func(w: *mut World) {
    // SAFETY: as said; the finalizer takes the environment back.
    unsafe {
        let (store, params, results) = ((*w).store(), (*w).kinds(), (*w).kinds());
        let params = slots(&mut *w, &params, false);
        let results = slots(&mut *w, &results, false);
        let env = Box::new(Env { world: w, params, results });
        let (params, results) = (env.params.clone(), env.results.clone());
        let env = Box::into_raw(env);
        let func = witrt_func_new_with_slots(
            store,
            params.as_ptr(),
            params.len(),
            results.as_ptr(),
            results.len(),
            Some(call_back),
            env.cast(),
            Some(gone),
            null_mut(),
        );
        if func.is_null() {
            drop(Box::from_raw(env));
        } else {
            (*w).attached += 1;
            (*w).keep(func);
        }
    }
}

extern "C" fn gone(env: Ptr) {
    // SAFETY: it was made for this function, whose last call this is.
    let env = unsafe { Box::from_raw(env.cast::<Env>()) };
    finalized(env.world.cast());
}

extern "C" fn call_back(env: Ptr, caller: Ptr, args: *const Slot, results: *mut Slot) -> Ptr {
    // SAFETY: the environment lives as long as the function, so during this
    // call; the slots are as many as the kinds.
    unsafe {
        let Env { world: w, params, results: kinds } = &*env.cast::<Env>();
        let (w, params, kinds) = (*w, params.clone(), kinds.clone());
        let before = (*w).lent.len();
        for (i, kind) in params.iter().enumerate() {
            let [at, len] = (*args.add(i)).0;
            match *kind {
                TEXT8 if len > 0 => {
                    let bytes = std::slice::from_raw_parts(at as *const u8, len as usize);
                    std::str::from_utf8(bytes).expect("well-formed");
                }
                LAZY8 | LAZY16 => {
                    let encoding = u32::from(*kind == LAZY16);
                    assert_eq!(wasm_string_length(at as Ptr, encoding) as u64, len);
                    read(at as Ptr, None);
                    (*w).lent.push(at as Ptr);
                }
                _ => {}
            }
        }
        (*w).depth += 1;
        if (*w).depth < 4 {
            for _ in 0..(*w).below(4) {
                step(w);
            }
        }
        (*w).depth -= 1;
        (*w).lent.truncate(before);
        if (*w).below(16) == 0 {
            let store = (*w).store();
            let trap = wasm_trap_new(store, null());
            if !trap.is_null() {
                return trap;
            }
        }
        for (i, kind) in kinds.iter().enumerate() {
            let slot = results.add(i);
            match *kind {
                TEXT8 | TEXT16 => {
                    let text = (*w).text();
                    if text.0.encoding == u32::from(*kind == TEXT16) {
                        witrt_caller_return_text(caller, i, text.0.data, text.0.size);
                    }
                }
                LAZY8 | LAZY16 => (*slot).0[0] = wasm_string_copy((*w).string()) as u64,
                EXTERNREF.. => (*slot).0[0] = wasm_ref_copy((*w).any()) as u64,
                _ => (*slot).0[0] = [0, 1, 255, u64::MAX][(*w).below(4)],
            }
        }
        null_mut()
    }
}

/// Deletes what is left.
///
/// # Safety
///
/// As for [`prepare`].
pub unsafe fn clear(w: *mut World) {
    // SAFETY: as said; each is deleted once.
    unsafe {
        for ready in std::mem::take(&mut (*w).ready) {
            witrt_prepared_delete(ready.handle);
        }
    }
}
