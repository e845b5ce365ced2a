//! [`Gate`]: the core module that was appended to a component, in an instance: where it
//! is, its frame, and steps of a call.
//!
//! Not here: what is put into the frame, and in which order steps are made.

#![allow(unsafe_code)] // the frame, and the engine's traits, of one that only asks

use super::component::DoorAt;
use super::engine_types::NO_ABI;
use crate::abi::door::*;
use crate::error::{Error, ErrorKind};
use crate::guest::StoreData;
use std::ptr::NonNull;
use wasmtime::component::__internal::wasmtime_environ::component::{
    CanonicalOptionsDataModel, OptionsIndex,
};
use wasmtime::component::__internal::{
    CanonicalAbiInfo, InstanceType, InterfaceType, LiftContext, LowerContext,
};
use wasmtime::component::{ComponentNamedList, ComponentType, Instance, Lift, TypedFunc};
use wasmtime::{AsContextMut as _, Result, Store, ValRaw};
use wasmtime_environ::{HostPtr, PtrSize as _};

/// The door of an instance.
#[derive(Clone, Copy)]
pub(super) struct Gate {
    pub instance: Instance,
    enter: wasmtime::Func,
    /// [`FRAME_SIZE`] bytes, which stay where they are.
    frame: NonNull<u8>,
    /// Whether the guest may call others, for the engine.
    may_leave: NonNull<i32>,
    pub whole: bool,
}

// SAFETY: both places are the instance's, and are touched only by who has it to itself.
unsafe impl Send for Gate {}
// SAFETY: as above.
unsafe impl Sync for Gate {}

/// A frame, and behind it what the engine's code finds it by.
pub(super) struct Room(NonNull<[u64; ROOM]>);

const ROOM: usize = FRAME_SIZE / 8 + DEFINITION;
/// So many words the engine's record of a memory has at most.
const DEFINITION: usize = 4;

// SAFETY: it is memory, and used by who has the instance to itself.
unsafe impl Send for Room {}
// SAFETY: as above.
unsafe impl Sync for Room {}

impl Room {
    /// `None` where the engine's record is larger than it was.
    fn new() -> Option<Room> {
        let layout = HostPtr.vm_memory_definition();
        if usize::from(layout.size()) > 8 * DEFINITION {
            return None;
        }
        let room: Box<[u64]> = vec![0; ROOM].into_boxed_slice();
        let room = Room(NonNull::from(Box::leak(room)).cast());
        let put = |offset: u8, word: usize| {
            // SAFETY: it is within the record, for which there is room, and aligned: all
            // fields are words.
            unsafe { room.definition().byte_add(offset.into()).cast::<usize>().write(word) }
        };
        put(layout.base(), room.frame().as_ptr().expose_provenance());
        put(layout.current_length(), FRAME_SIZE);
        Some(room)
    }

    fn frame(&self) -> NonNull<u8> {
        self.0.cast()
    }

    fn definition(&self) -> NonNull<u8> {
        // SAFETY: it is behind the frame.
        unsafe { self.frame().byte_add(FRAME_SIZE) }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        // SAFETY: it was leaked when it was made, as a slice of as many words, which an
        // array is too.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}

impl Gate {
    /// Finds the door of an instance that was made just now, and gives it its frame.
    pub fn find(
        store: &mut Store<StoreData>,
        instance: Instance,
        at: DoorAt<'_>,
    ) -> Result<(Gate, Room)> {
        let broken = || Error::internal("a component's door is not where it was put");
        let options = match at.options.get() {
            Some(known) => *known,
            None => {
                let func = instance.get_func(&mut *store, at.export).ok_or_else(broken)?;
                // SAFETY: the function takes four numbers and gives one word, which
                // `Asked` does not look at.
                let ask = unsafe { TypedFunc::<(u32, u32, u32, u32), Asked>::new_unchecked(func) };
                let Asked(found) = ask.call(&mut *store, (NO_STEP, 0, 0, 0))?;
                *at.options.get_or_init(|| found)
            }
        };
        let room = Room::new().ok_or_else(broken)?;
        let cx = LowerContext::new(store.as_context_mut(), options, instance);
        let (options, of) = (cx.options(), cx.instance());
        let CanonicalOptionsDataModel::LinearMemory(found) = &options.data_model else {
            return Err(broken().into());
        };
        let (memory, enter) = found.memory.zip(found.realloc).ok_or_else(broken)?;
        let stand_in = of.runtime_memory(memory).as_ptr() as usize;
        let may_leave = of.instance_flags(options.instance).as_raw().cast();
        let enter = of.runtime_realloc(enter).cast::<u8>();
        // SAFETY: the engine's record of a function has a pointer to that of the instance
        // that it is of, which is the door's, and lives as long as the store. The offset is
        // the one by which the engine, of the same release, defines it.
        let context = unsafe {
            let at = HostPtr.vm_func_ref().vmctx();
            enter.byte_add(at.into()).cast::<NonNull<u8>>().read()
        };
        // Of an instance's imports come memories first.
        let import = HostPtr.vmctx_dynamic_data_start() + HostPtr.vm_memory_import().from();
        // SAFETY: that record begins with so much, at offsets that are the engine's too,
        // and the door has an import.
        let import = unsafe { context.byte_add(import.into()).cast::<usize>() };
        // SAFETY: as above; none of the door's code, which reads it, has run or is running.
        // It asks for this memory by nothing but its import, and for no place in it that is
        // not in a frame; the room is kept for as long as the instance.
        unsafe {
            if import.read() != stand_in {
                return Err(broken().into());
            }
            import.write(room.definition().as_ptr().expose_provenance());
        }
        // SAFETY: the engine gave it, as a function of this store.
        let enter = unsafe { wasmtime::Func::from_raw(&mut *store, enter.as_ptr().cast()) };
        let (enter, frame) = (enter.ok_or_else(broken)?, room.frame());
        let gate = Gate { instance, enter, frame, may_leave, whole: at.whole };
        gate.set(RETURNED, RETURNED_TEXT);
        Ok((gate, room))
    }

    /// Whether the guest was entered where it may call nobody.
    pub fn is_inside(&self) -> bool {
        self.get(INSIDE) as u32 != 0
    }

    /// A step of a call of this function.
    pub fn step(&self, store: &mut Store<StoreData>, step: u32, which: u32) -> Result<i32> {
        let mut raw = [step, which, 0, 0].map(ValRaw::u32);
        let all: *mut [ValRaw] = &raw mut raw;
        // SAFETY: it has the type of a `realloc`: four numbers, and one back.
        unsafe { self.enter.call_unchecked(store.as_context_mut(), all) }?;
        Ok(raw[0].get_i32())
    }

    /// A step of a call in which the guest may call nobody.
    pub fn step_inside(&self, store: &mut Store<StoreData>, step: u32, which: u32) -> Result<i32> {
        // SAFETY: the instance keeps it, where the engine's code reads it; this has the
        // instance to itself. A trap leaves it as it is: the guest does not run again.
        let before = unsafe { self.may_leave.replace(0) };
        let done = self.step(store, step, which)?;
        // SAFETY: as above.
        unsafe { self.may_leave.write(before) };
        Ok(done)
    }

    /// So many bytes of the frame from there on.
    ///
    /// # Safety
    ///
    /// The instance must not be entered, and the frame not be asked for otherwise, as
    /// long as they are used.
    pub unsafe fn bytes<'a>(&self, at: usize, len: usize) -> &'a mut [u8] {
        assert!(at <= FRAME_SIZE && len <= FRAME_SIZE - at);
        // SAFETY: the frame has so many, and the caller vouches for the rest.
        unsafe { std::slice::from_raw_parts_mut(self.frame.add(at).as_ptr(), len) }
    }

    pub fn get(&self, at: u64) -> u64 {
        // SAFETY: it is used at once.
        let bytes = unsafe { self.bytes(at as usize, 8) };
        bytes.try_into().map_or(0, u64::from_le_bytes)
    }

    pub fn set(&self, at: u64, bits: u64) {
        // SAFETY: as above.
        unsafe { self.bytes(at as usize, 8) }.copy_from_slice(&bits.to_le_bytes());
    }
}

/// The number of the options that a function was lifted with.
struct Asked(OptionsIndex);

// SAFETY: a number is one word, which is not looked at.
unsafe impl ComponentType for Asked {
    type Lower = [ValRaw; 1];
    const ABI: CanonicalAbiInfo = NO_ABI;
    fn typecheck(_: &InterfaceType, _: &InstanceType<'_>) -> Result<()> {
        Ok(())
    }
}

// SAFETY: as above.
unsafe impl ComponentNamedList for Asked {}

// SAFETY: as above.
unsafe impl Lift for Asked {
    fn linear_lift_from_flat(
        cx: &mut LiftContext<'_>,
        _: InterfaceType,
        _: &Self::Lower,
    ) -> Result<Asked> {
        Ok(Asked(cx.options_index()))
    }

    fn linear_lift_from_memory(
        _: &mut LiftContext<'_>,
        _: InterfaceType,
        _: &[u8],
    ) -> Result<Asked> {
        Err(Error::new(ErrorKind::Panic, "internal error: a number is one word").into())
    }
}
