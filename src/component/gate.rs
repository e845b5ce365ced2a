//! [`Gate`]: the core module that was appended to a component, in an instance: where it
//! is, its frame, and steps of a call.
//!
//! Not here: what is put into the frame, and in which order steps are made.

#![allow(unsafe_code)] // the frame, and the engine's traits, of one that only asks

use super::engine_types::{NO_ABI, of_store};
use crate::abi::GuestEncoding;
use crate::abi::door::*;
use crate::error::{Error, ErrorKind};
use crate::guest::StoreData;
use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use wasmtime::component::__internal::wasmtime_environ::component::{
    CanonicalOptionsDataModel, OptionsIndex,
};
use wasmtime::component::__internal::{
    CanonicalAbiInfo, InstanceType, InterfaceType, LowerContext,
};
use wasmtime::component::{ComponentExportIndex, ComponentNamedList, ComponentType, Lower};
use wasmtime::{AsContextMut as _, Result, Store, ValRaw};

/// The door of an instance.
#[derive(Clone, Copy)]
pub(super) struct Gate {
    enter: wasmtime::Func,
    /// The module's memory: [`FRAME_SIZE`] bytes, which stay where they are.
    frame: NonNull<u8>,
    /// Whether the guest may call others, for the engine.
    may_leave: NonNull<i32>,
    pub whole: bool,
}

// SAFETY: both places are the instance's, and are touched only by who has it to itself.
unsafe impl Send for Gate {}
// SAFETY: as above.
unsafe impl Sync for Gate {}

/// How values are lowered and lifted for a function, which its first call, by the
/// engine's own way, tells.
pub(super) struct Told {
    pub options: OptionsIndex,
    pub instance: wasmtime::component::Instance,
    pub encoding: GuestEncoding,
}

impl Told {
    /// The component, to be written to and read.
    pub fn context<'s>(&self, store: &'s mut Store<StoreData>) -> LowerContext<'s, StoreData> {
        LowerContext::new(store.as_context_mut(), self.options, self.instance)
    }
}

impl Gate {
    /// Finds the door of an instance that was made just now.
    pub fn find(
        store: &mut Store<StoreData>,
        instance: &wasmtime::component::Instance,
        at: &ComponentExportIndex,
        whole: bool,
    ) -> Result<Gate> {
        let broken = || Error::internal("a component's door is not where it was put");
        let func = instance.get_func(&mut *store, at).ok_or_else(broken)?;
        let found = Cell::new(None);
        // SAFETY: the function takes a text, whose two words `Ask` writes, and gives
        // nothing.
        let ask = unsafe { wasmtime::component::TypedFunc::<Ask, ()>::new_unchecked(func) };
        // The frame is no guest's memory, which the host may have limited to less.
        let limits = store.data().limits;
        let data = store.data_mut();
        data.limits.memory_bytes = data.limits.memory_bytes.max(FRAME_SIZE);
        // The first time it gets its size.
        let grown = ask.call(&mut *store, Ask(&raw const found));
        store.data_mut().limits = limits;
        grown?;
        found.set(None);
        ask.call(&mut *store, Ask(&raw const found))?;
        let Found { enter, frame, may_leave } = found.into_inner().ok_or_else(broken)?;
        // SAFETY: the engine gave it, as a function of this store.
        let enter = unsafe { wasmtime::Func::from_raw(&mut *store, enter.as_ptr().cast()) };
        let gate = Gate { enter: enter.ok_or_else(broken)?, frame, may_leave, whole };
        gate.set(RETURNED, RETURNED_TEXT);
        Ok(gate)
    }

    /// Whether the guest was entered where it may call nobody.
    pub fn is_inside(&self) -> bool {
        self.get(INSIDE) as u32 != 0
    }

    /// A step of a call.
    pub fn step(&self, store: &mut Store<StoreData>, step: u32) -> Result<i32> {
        let mut raw = [ValRaw::u32(step), ValRaw::u32(0), ValRaw::u32(0), ValRaw::u32(0)];
        let all: *mut [ValRaw] = &raw mut raw;
        // SAFETY: it has the type of a `realloc`: four numbers, and one back.
        unsafe { self.enter.call_unchecked(store.as_context_mut(), all) }?;
        Ok(raw[0].get_i32())
    }

    /// A step of a call in which the guest may call nobody.
    pub fn step_inside(&self, store: &mut Store<StoreData>, step: u32) -> Result<i32> {
        // SAFETY: the instance keeps it, where the engine's code reads it; this has the
        // instance to itself. A trap leaves it as it is: the guest does not run again.
        let before = unsafe { self.may_leave.replace(0) };
        let done = self.step(store, step)?;
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

/// What a door says of itself.
struct Found {
    enter: NonNull<std::ffi::c_void>,
    frame: NonNull<u8>,
    may_leave: NonNull<i32>,
}

/// An argument that only looks at where it is lowered to.
struct Ask(*const Cell<Option<Found>>);

// SAFETY: the engine does not send it anywhere.
unsafe impl Send for Ask {}
// SAFETY: as above.
unsafe impl Sync for Ask {}

// SAFETY: a text is two words, which lowering writes.
unsafe impl ComponentType for Ask {
    type Lower = [ValRaw; 2];
    const ABI: CanonicalAbiInfo = NO_ABI;
    fn typecheck(_: &InterfaceType, _: &InstanceType<'_>) -> Result<()> {
        Ok(())
    }
}

// SAFETY: as above.
unsafe impl ComponentNamedList for Ask {}

// SAFETY: as above.
unsafe impl Lower for Ask {
    fn linear_lower_to_flat<T>(
        &self,
        cx: &mut LowerContext<'_, T>,
        _: InterfaceType,
        dst: &mut MaybeUninit<Self::Lower>,
    ) -> Result<()> {
        let cx = of_store(cx)?;
        dst.write([ValRaw::u64(0); 2]);
        let memory = cx.as_slice_mut();
        let (size, frame) = (memory.len(), NonNull::from(memory).cast());
        let options = cx.options();
        let CanonicalOptionsDataModel::LinearMemory(found) = &options.data_model else {
            return Ok(());
        };
        let (Some(realloc), FRAME_SIZE) = (found.realloc, size) else { return Ok(()) };
        let instance = cx.instance();
        let found = Found {
            enter: instance.runtime_realloc(realloc).cast(),
            frame,
            may_leave: instance.instance_flags(options.instance).as_raw().cast(),
        };
        // SAFETY: `Gate::find` keeps it until the call is over.
        unsafe { &*self.0 }.set(Some(found));
        Ok(())
    }

    fn linear_lower_to_memory<T>(
        &self,
        _: &mut LowerContext<'_, T>,
        _: InterfaceType,
        _: usize,
    ) -> Result<()> {
        Err(Error::new(ErrorKind::Panic, "internal error: a text is two words").into())
    }
}
