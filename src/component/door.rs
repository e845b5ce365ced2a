//! Calls by a component's door: through the core module that was appended to it, whose
//! functions are entered as core functions are.
//!
//! What a call needs beside lowering and lifting is done here: the guest may call
//! nobody while it gives room or takes it back. Numbers and text are put into the frame
//! as they are. Whatever is not plain, or not right, is left to those who check, lower
//! and lift any value, before the guest runs.
//!
//! Not here: what the module does; who may enter an instance.

#![allow(unsafe_code)] // the frame, and the engine's traits, of one that only asks

use super::call::{Frame, Given, NO_ABI, To, of_store, own, put_slot, put_text};
use super::check::{number, with_text};
use super::text::find;
use super::walk_lift::{Lifting, MOST_COPIED, Source, area, pair, scalar, too_much};
use super::walk_lower::{encoding_of, extended};
use crate::abi::door::*;
use crate::abi::{GuestEncoding, INLINE, INLINE_ENCODING};
use crate::error::{Error, ErrorKind};
use crate::guest::StoreData;
use crate::guest::strings::Str;
use crate::guest::tree::Is;
use crate::guest::tree::arena::Arena;
use crate::guest::tree::slot::kind;
use crate::guest::tree::walk::Taken;
use crate::string::{self, Dest, Policy, SHORT, Text, short};
use crate::types::tree::{Fields, Signature, Type};
use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::sync::OnceLock;
use wasmtime::component::__internal::wasmtime_environ::component::{
    CanonicalOptionsDataModel, OptionsIndex,
};
use wasmtime::component::__internal::{
    CanonicalAbiInfo, InstanceType, InterfaceType, LiftContext, LowerContext,
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
    whole: bool,
}

// SAFETY: both places are the instance's, and are touched only by who has it to itself.
unsafe impl Send for Gate {}
// SAFETY: as above.
unsafe impl Sync for Gate {}

/// How a function is called by a door.
pub(super) struct Way {
    gate: Gate,
    first: u32,
    pays: bool,
    /// Whether there is text among its arguments.
    takes_text: bool,
    /// Whether its values are to be lowered and lifted by the host, all of them.
    pub walks: bool,
}

/// How values are lowered and lifted for a function, which its first call, by the
/// engine's own way, tells.
pub(super) struct Told {
    options: OptionsIndex,
    instance: wasmtime::component::Instance,
    pub encoding: GuestEncoding,
}

impl Told {
    /// The component, to be written to and read.
    pub fn context<'s>(&self, store: &'s mut Store<StoreData>) -> LowerContext<'s, StoreData> {
        LowerContext::new(store.as_context_mut(), self.options, self.instance)
    }
}

/// Longer text is lowered in place.
const MOST_LAID: usize = 8 << 10;

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
    fn step(&self, store: &mut Store<StoreData>, step: u32) -> Result<i32> {
        let mut raw = [ValRaw::u32(step), ValRaw::u32(0), ValRaw::u32(0), ValRaw::u32(0)];
        let all: *mut [ValRaw] = &raw mut raw;
        // SAFETY: it has the type of a `realloc`: four numbers, and one back.
        unsafe { self.enter.call_unchecked(store.as_context_mut(), all) }?;
        Ok(raw[0].get_i32())
    }

    /// A step of a call in which the guest may call nobody.
    fn step_inside(&self, store: &mut Store<StoreData>, step: u32) -> Result<i32> {
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
    unsafe fn bytes<'a>(&self, at: usize, len: usize) -> &'a mut [u8] {
        assert!(at <= FRAME_SIZE && len <= FRAME_SIZE - at);
        // SAFETY: the frame has so many, and the caller vouches for the rest.
        unsafe { std::slice::from_raw_parts_mut(self.frame.add(at).as_ptr(), len) }
    }

    fn get(&self, at: u64) -> u64 {
        // SAFETY: it is used at once.
        let bytes = unsafe { self.bytes(at as usize, 8) };
        bytes.try_into().map_or(0, u64::from_le_bytes)
    }

    fn set(&self, at: u64, bits: u64) {
        // SAFETY: as above.
        unsafe { self.bytes(at as usize, 8) }.copy_from_slice(&bits.to_le_bytes());
    }
}

impl Way {
    pub fn new(gate: Gate, entrance: &Entrance, ty: &Signature) -> Way {
        let takes_text = ty.params.fields.iter().any(|field| matches!(field.ty, Type::String));
        let Entrance { first, pays, walks, .. } = *entrance;
        Way { gate, first, pays, takes_text, walks }
    }

    /// A call has been made by the engine's way.
    pub fn learn(&self, frame: &Frame, cx: &LiftContext<'_>) {
        if let Some(told) = self.place(frame)
            && told.get().is_none()
        {
            let encoding = encoding_of(cx.options().string_encoding);
            let (options, instance) = (cx.options_index(), cx.instance_handle());
            let _ = told.set(Told { options, instance, encoding });
        }
    }

    fn place<'f>(&self, frame: &'f Frame) -> Option<&'f OnceLock<Told>> {
        frame.shared().told.get((self.first / EACH) as usize)
    }

    /// How its values are lowered and lifted, once that is known.
    pub fn told<'f>(&self, frame: &'f Frame) -> Option<&'f Told> {
        self.place(frame)?.get()
    }

    /// Calls the function with numbers and text that it puts into the frame, or tells
    /// that this is not for here; then nothing has run.
    pub fn call(
        &self,
        store: &mut Store<StoreData>,
        frame: &Frame,
        ty: &Signature,
        args: Given<'_>,
        to: &mut To<'_>,
    ) -> Result<bool> {
        if self.walks {
            return Ok(false);
        }
        let result = ty.results.fields.first().map(|field| &field.ty);
        if matches!(result, Some(Type::String)) && self.told(frame).is_none()
            || self.lay(frame, &ty.params, args).is_none()
        {
            return Ok(false);
        }
        let status = match (self.takes_text, self.gate.whole) {
            (false, _) => self.gate.step(store, self.first + RUN)?,
            (true, true) => self.gate.step(store, self.first + PREPARE_AND_RUN)?,
            (true, false) => match self.gate.step_inside(store, self.first + PREPARE)? {
                DONE => self.gate.step(store, self.first + RUN)?,
                status => status,
            },
        };
        #[cfg(test)]
        tests::made(0);
        self.finish(store, frame, ty, status, to)?;
        Ok(true)
    }

    /// Calls the function with these words, and gives the status.
    pub fn run(
        &self,
        store: &mut Store<StoreData>,
        words: impl Iterator<Item = u64>,
    ) -> Result<i32> {
        words.zip((WORDS..).step_by(8)).for_each(|(word, at)| self.gate.set(at, word));
        #[cfg(test)]
        tests::made(1);
        self.gate.step(store, self.first + RUN)
    }

    /// What the function returned, as a core value.
    pub fn result(&self) -> ValRaw {
        ValRaw::u64(self.gate.get(RESULT))
    }

    /// Takes the result of a call of this status, a number or text, and pays.
    pub fn finish(
        &self,
        store: &mut Store<StoreData>,
        frame: &Frame,
        ty: &Signature,
        status: i32,
        to: &mut To<'_>,
    ) -> Result<()> {
        to.returned.owned = true;
        match (status, ty.results.fields.first().map(|field| &field.ty)) {
            (MISALIGNED, _) => wasmtime::bail!("realloc return: result not aligned"),
            (BEYOND, _) => wasmtime::bail!("realloc return: beyond end of memory"),
            (_, None) => {}
            (_, Some(ty @ Type::Scalar(kind))) => {
                if let Some(value) = to.end().and_then(|end| end.as_take()) {
                    let (mut arena, mut lent) = (Arena::new(0), Vec::new());
                    let source = Source::Memory(&[], INLINE);
                    let mut lifting = Lifting::of(source, frame, &mut arena, &mut lent);
                    let word = [self.result()];
                    value.take_words(ty, &mut lifting.reading(), &mut Taken(word.iter()))?;
                    return Ok(());
                }
                let slot = scalar(*kind, self.gate.get(RESULT))?;
                match to.end() {
                    Some(end) => put_slot(slot, end)?,
                    None => to.returned.slot = slot,
                }
            }
            (DONE, Some(_)) => {
                // SAFETY: the guest does not run until it has been read.
                let frames = unsafe { self.gate.bytes(0, FRAME_SIZE) };
                give(frame, frames, INLINE, RETURNED as usize, to)?;
                if !self.gate.whole {
                    self.pay(store)?;
                }
            }
            (_, Some(_)) => {
                let told = self.told(frame).ok_or_else(unknown)?;
                let at = self.gate.get(RESULT) as u32;
                {
                    let mut cx = told.context(store);
                    let memory = cx.as_slice_mut();
                    let at = area(memory, &ty.results, at)?;
                    give(frame, memory, told.encoding, at, to)?;
                }
                self.pay(store)?;
            }
        }
        Ok(())
    }

    /// The result has been read.
    pub fn pay(&self, store: &mut Store<StoreData>) -> Result<()> {
        if self.pays {
            self.gate.step_inside(store, self.first + PAY)?;
        }
        Ok(())
    }

    /// Puts arguments into the frame; `None` if they are not all right, or not for
    /// there.
    fn lay(&self, frame: &Frame, fields: &Fields, args: Given<'_>) -> Option<()> {
        let mut to = Laying { gate: &self.gate, at: WORDS, used: TEXTS as usize };
        match args {
            Given::Slots(slots, read, _) => {
                if slots.len() != fields.fields.len() {
                    return None;
                }
                for (field, slot) in fields.fields.iter().zip(slots) {
                    match &field.ty {
                        Type::Scalar(kind) if slot.kind == *kind => {
                            to.number(*kind, slot.bits())?;
                        }
                        Type::String if slot.kind == kind::STRING => {
                            // SAFETY: who calls vouches for the text.
                            let text = unsafe { read(slot.of.text) }.ok()?;
                            to.string(frame, &text)?;
                        }
                        _ => return None,
                    }
                }
            }
            Given::Ends(args) => {
                for (field, arg) in fields.fields.iter().zip(args) {
                    match (&field.ty, arg.is()) {
                        (Type::Scalar(kind), Is::Number(bits)) => to.number(*kind, bits)?,
                        (Type::String, Is::Text(text, policy)) => {
                            to.text(frame, text, policy)?;
                        }
                        (Type::String, Is::String(text)) => to.string(frame, text)?,
                        _ => return None,
                    }
                }
            }
        }
        Some(())
    }
}

/// Arguments on their way into the frame.
struct Laying<'g> {
    gate: &'g Gate,
    /// The next word.
    at: u64,
    /// Where there is room for text.
    used: usize,
}

impl Laying<'_> {
    fn word(&mut self, bits: u64) {
        self.gate.set(self.at, bits);
        self.at += 8;
    }

    fn number(&mut self, kind: u8, bits: u64) -> Option<()> {
        number(kind, bits).ok()?;
        self.word(extended(kind, bits));
        Some(())
    }

    fn string(&mut self, frame: &Frame, text: &Str<'_>) -> Option<()> {
        match text.host_text() {
            Some(lent) => self.text(frame, lent, text.policy()),
            // What was a view is a copy by now.
            None => {
                let laid = |text: Text<'_>, policy| self.text(frame, text, Some(policy));
                with_text(frame.host(), text, laid).ok()?
            }
        }
    }

    fn text(&mut self, frame: &Frame, text: Text<'_>, policy: Option<Policy>) -> Option<()> {
        // SAFETY: the guest does not run meanwhile, and words are elsewhere.
        let room = unsafe { self.gate.bytes(self.used, FRAME_SIZE - self.used) };
        let few = room.first_chunk_mut::<SHORT>().and_then(|room| short(text, room));
        let len = match few {
            Some(len) => len,
            None if text.len() > MOST_LAID => return None,
            None => {
                let policy = policy.unwrap_or_else(|| frame.host().data().policy);
                string::copy(text, Dest::of_bytes(INLINE_ENCODING, room), policy).ok()?
            }
        };
        self.word(self.used as u64);
        self.word(len as u64);
        self.used += len;
        Some(())
    }
}

/// Gives a text that was returned, and is told of at this place in memory.
fn give(
    frame: &Frame,
    memory: &[u8],
    encoding: GuestEncoding,
    at: usize,
    to: &mut To<'_>,
) -> Result<()> {
    if let Some(value) = to.end().and_then(|end| end.as_take()) {
        let (mut arena, mut lent) = (Arena::new(0), Vec::new());
        let source = Source::Memory(memory, encoding);
        let mut lifting = Lifting::of(source, frame, &mut arena, &mut lent);
        return value.take_memory(&Type::String, &mut lifting.reading(), at);
    }
    let (at, len) = pair(memory, at);
    let text = find(memory, encoding, at, len)?;
    let pay = |bytes| if bytes > MOST_COPIED { Err(too_much()) } else { Ok(()) };
    if let Some(end) = to.end() {
        return put_text(frame, text, end, pay);
    }
    pay(2 * text.len())?;
    to.returned.text = Some(own(frame, text)?);
    Ok(())
}

#[cold]
fn unknown() -> Error {
    Error::new(ErrorKind::Panic, "internal error: a result is nowhere")
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

#[cfg(test)]
mod tests {
    use crate::{BackEnd, Config, Engine, Instance, Module, Store, Val};
    use std::cell::Cell;

    thread_local! {
        /// How many calls have gone by a door, as they are and lowered by the host.
        pub static MADE: Cell<[usize; 2]> = const { Cell::new([0; 2]) };
    }

    pub fn made(which: usize) {
        let mut made = MADE.get();
        made[which] += 1;
        MADE.set(made);
    }

    /// Which calls go by the door: all but the first where anything is lowered or lifted
    /// by the host.
    #[test]
    fn by_the_door() {
        let text = r#"(component
            (core module $m
              (memory (export "memory") 2)
              (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
              (func (export "echo") (param i32 i32) (result i32)
                (i32.store (i32.const 16) (local.get 0))
                (i32.store (i32.const 20) (local.get 1))
                (i32.const 16))
              (func (export "id") (param i32) (result i32) (local.get 0)))
            (core instance $i (instantiate $m))
            (func (export "echo") (param "x" string) (result string)
              (canon lift (core func $i "echo")
                (memory (core memory $i "memory")) (realloc (func $i "realloc"))))
            (func (export "wide") (param "x" string) (result string)
              (canon lift (core func $i "echo") string-encoding=utf16
                (memory (core memory $i "memory")) (realloc (func $i "realloc"))))
            (func (export "bytes") (param "x" (list u8)) (result (list u8))
              (canon lift (core func $i "echo")
                (memory (core memory $i "memory")) (realloc (func $i "realloc"))))
            (func (export "id") (param "x" u32) (result u32) (canon lift (core func $i "id"))))"#;
        let long = "long".repeat(5000);
        for (back_end, by) in [(BackEnd::Compiled, 1), (BackEnd::Reference, 0)] {
            let engine = Engine::new(Config::new().back_end(back_end)).unwrap();
            let module = Module::new(&engine, text.as_bytes()).unwrap();
            let mut store = Store::new(&engine);
            let instance = Instance::new(&mut store, &module, &[]).unwrap();
            let mut made = |name: &str, arg: Val<'_>| {
                let func = instance.func(&mut store, name).unwrap();
                let before = MADE.get();
                func.call(&mut store, &[arg], &mut [Val::Bool(false)]).unwrap();
                let after = MADE.get();
                [after[0] - before[0], after[1] - before[1]]
            };
            assert_eq!([1, 2].map(|n| made("id", Val::U32(n))), [[by, 0]; 2]);
            assert_eq!(made("echo", "first".into()), [0; 2]);
            let texts = ["", "x", "é", &long[..7000]];
            assert_eq!(texts.map(|text| made("echo", text.into())), [[by, 0]; 4]);
            assert_eq!(made("echo", long.as_str().into()), [0, by]);
            assert_eq!([1, 2].map(|_| made("wide", "x".into())), [[0; 2], [0, by]]);
            let bytes = || Val::List(crate::List::U8(vec![1].into()));
            assert_eq!([1, 2].map(|_| made("bytes", bytes())), [[0; 2], [0, by]]);
        }
    }
}
