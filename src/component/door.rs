//! Calls by a component's door: through the core module that was appended to it, whose
//! functions are entered as core functions are.
//!
//! What a call needs beside lowering and lifting is done here: the guest may call
//! nobody while it gives room or takes it back. Numbers and text are put into the frame
//! as they are. Whatever is not plain, or not right, is left to those who check, lower
//! and lift any value, before the guest runs.
//!
//! Not here: what the module does; who may enter an instance.

#![allow(unsafe_code)] // the frame, and what arguments point to

use super::check::{number, with_text};
use super::component::Told;
use super::ends::{Arguments, To, put_slot, put_text};
use super::engine_types::encoding_of;
use super::frame::Frame;
use super::gate::Gate;
use super::text::find;
use super::walk_lift::{Lifting, MOST_COPIED, Source, area, own, pair, scalar, too_much};
use crate::abi::door::*;
use crate::abi::{GuestEncoding, INLINE, INLINE_ENCODING};
use crate::error::{Error, ErrorKind};
use crate::guest::StoreData;
use crate::guest::strings::Str;
use crate::guest::tree::Is;
use crate::guest::tree::arena::Arena;
use crate::guest::tree::slot::kind;
use crate::guest::tree::walk::{Reading, Taken};
use crate::string::{self, Dest, Policy, SHORT, Text, short};
use crate::types::kind::extended;
use crate::types::tree::{Fields, Signature, Type};
use std::sync::OnceLock;
use wasmtime::component::__internal::wasmtime_environ::component::TypeResourceTableIndex;
use wasmtime::component::__internal::{LiftContext, LowerContext};
use wasmtime::{AsContextMut as _, Result, Store, ValRaw};

/// How a function is called by a door.
pub(super) struct Way {
    gate: Gate,
    /// Its position among those that are behind it.
    at: usize,
    first: u32,
    which: u32,
    pays: bool,
    /// Whether there is text among its arguments.
    takes_text: bool,
    /// Whether its values are to be lowered and lifted by the host, all of them.
    pub walks: bool,
}

/// Longer text is lowered in place.
const MOST_LAID: usize = 8 << 10;

impl Way {
    pub fn new(gate: Gate, (at, entrance): (usize, &Entrance), ty: &Signature) -> Way {
        let takes_text = ty.params.fields.iter().any(|field| matches!(field.ty, Type::String));
        let Entrance { first, which, pays, walks, .. } = *entrance;
        Way { gate, at, first, which, pays, takes_text, walks }
    }

    /// A call has been made by the engine's way.
    pub fn learn(&self, frame: &Frame, ty: &Signature, cx: &mut LiftContext<'_>) {
        let mut is_own = |table| {
            let table = TypeResourceTableIndex::from_u32(table);
            cx.instance_mut().resource_owned_by_own_instance(table)
        };
        if let Some(told) = self.place(frame)
            && told.get().is_none()
            && ty.params.fields.iter().all(|field| needs_no_handle(&field.ty, &mut is_own))
        {
            let encoding = encoding_of(cx.options().string_encoding);
            let _ = told.set(Told { options: cx.options_index(), encoding });
        }
    }

    fn place<'f>(&self, frame: &'f Frame) -> Option<&'f OnceLock<Told>> {
        frame.shared().told().get(self.at)
    }

    /// How its values are lowered and lifted, once that is known.
    pub fn told<'f>(&self, frame: &'f Frame) -> Option<&'f Told> {
        self.place(frame)?.get()
    }

    /// The component, to be written to and read for a call of this function.
    pub fn context<'s>(
        &self,
        store: &'s mut Store<StoreData>,
        told: &Told,
    ) -> LowerContext<'s, StoreData> {
        LowerContext::new(store.as_context_mut(), told.options, self.gate.instance)
    }

    /// Calls the function with numbers and text that it puts into the frame, or tells
    /// that this is not for here; then nothing has run.
    pub fn call(
        &self,
        store: &mut Store<StoreData>,
        frame: &Frame,
        ty: &Signature,
        args: Arguments<'_>,
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
            (false, _) => self.enter(store, frame, RUN, to)?,
            (true, true) => self.enter(store, frame, PREPARE_AND_RUN, to)?,
            (true, false) => {
                match self.gate.step_inside(store, self.first + PREPARE, self.which)? {
                    DONE => self.enter(store, frame, RUN, to)?,
                    status => status,
                }
            }
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
        frame: &Frame,
        words: impl Iterator<Item = u64>,
        to: &mut To<'_>,
    ) -> Result<i32> {
        words.zip((WORDS..).step_by(8)).for_each(|(word, at)| self.gate.set(at, word));
        #[cfg(test)]
        tests::made(1);
        self.enter(store, frame, RUN, to)
    }

    fn enter(
        &self,
        store: &mut Store<StoreData>,
        frame: &Frame,
        step: u32,
        to: &mut To<'_>,
    ) -> Result<i32> {
        let entered = self.gate.step(store, self.first + step, self.which);
        entered.map_err(|error| self.first_of(frame, error, to))
    }

    /// What has gone wrong first. Where the guest failed after its return, what was wrong
    /// with its result, or with the place for it, would have been found before.
    #[cold]
    fn first_of(&self, frame: &Frame, error: wasmtime::Error, to: &mut To<'_>) -> wasmtime::Error {
        if self.gate.get(INSIDE) as i32 != ENDS {
            return error;
        }
        match self.give_short(frame, to) {
            Ok(()) => error,
            Err(first) => first,
        }
    }

    /// Gives the text that is in the frame.
    fn give_short(&self, frame: &Frame, to: &mut To<'_>) -> Result<()> {
        // SAFETY: the guest does not run until it has been read.
        let bytes = unsafe { self.gate.bytes(0, FRAME_SIZE) };
        give(frame, bytes, INLINE, RETURNED as usize, to)
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
                let word = self.result();
                let number = |word: ValRaw| scalar(*kind, word.get_u64());
                match to.end() {
                    None => to.returned.slot = number(word)?,
                    Some(end) => match end.as_take() {
                        None => put_slot(number(word)?, end)?,
                        Some(value) => lifting(frame, &[], INLINE, |from| {
                            value.take_words(ty, from, &mut Taken([word].iter()))
                        })?,
                    },
                }
            }
            (DONE, Some(_)) => {
                self.give_short(frame, to)?;
                if !self.gate.whole {
                    self.pay(store)?;
                }
            }
            (_, Some(_)) => {
                let told = self.told(frame).ok_or_else(unknown)?;
                let at = self.gate.get(RESULT) as u32;
                {
                    let mut cx = self.context(store, told);
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
            self.gate.step_inside(store, self.first + PAY, self.which)?;
        }
        Ok(())
    }

    /// Puts arguments into the frame; `None` if they are not all right, or not for
    /// there.
    fn lay(&self, frame: &Frame, fields: &Fields, args: Arguments<'_>) -> Option<()> {
        let mut to = Laying { gate: &self.gate, at: WORDS, used: TEXTS as usize };
        match args {
            Arguments::Slots(slots, read, _) => {
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
            Arguments::Ends(args) => {
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

/// Whether all that is lent in a value of this type is lent to the instance that made it,
/// which needs no handle for it: it gets what it knows it as. What others lend has to be
/// given back before the call is over, which only the engine notes.
fn needs_no_handle(ty: &Type, is_own: &mut impl FnMut(u32) -> bool) -> bool {
    match ty {
        Type::Borrow(of) => !of.is_hosts && is_own(of.table),
        Type::List(list) => needs_no_handle(&list.element, is_own),
        Type::Record(fields) | Type::Tuple(fields) => {
            fields.fields.iter().all(|field| needs_no_handle(&field.ty, is_own))
        }
        Type::Variant(cases) | Type::Result(cases) | Type::Option(cases) => {
            let mut held = cases.cases.iter().filter_map(|case| case.ty.as_ref());
            held.all(|ty| needs_no_handle(ty, is_own))
        }
        Type::Scalar(_) | Type::Enum(_) | Type::Flags(_) | Type::String | Type::Own(_) => true,
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

/// Has a value of the host's own type taken out of this memory, or out of core values.
fn lifting<R>(
    frame: &Frame,
    memory: &[u8],
    encoding: GuestEncoding,
    take: impl FnOnce(&mut Reading<'_, '_>) -> R,
) -> R {
    let (mut arena, mut lent) = (Arena::new(0), Vec::new());
    let source = Source::Memory(memory, encoding);
    take(&mut Lifting::of(source, frame, &mut arena, &mut lent).reading())
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
        return lifting(frame, memory, encoding, |from| value.take_memory(&Type::String, from, at));
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

#[cfg(test)]
mod tests {
    use crate::{BackEnd, Config, Engine, Instance, Module, Resource, Store, Val};
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
            // What is known of a component is known of all its instances.
            let other = Instance::new(&mut store, &module, &[]).unwrap();
            for (name, arg, expected) in [
                ("bytes", bytes(), [0, by]),
                ("echo", "first".into(), [by, 0]),
                ("wide", "x".into(), [0, by]),
            ] {
                let func = other.func(&mut store, name).unwrap();
                let before = MADE.get();
                func.call(&mut store, &[arg], &mut [Val::Bool(false)]).unwrap();
                let after = MADE.get();
                assert_eq!([after[0] - before[0], after[1] - before[1]], expected, "{name}");
            }
        }
    }

    /// What a component has made is lent by the door once a call has told what it knows
    /// it as, and given by it; what the host lends is not.
    #[test]
    fn resources_by_the_door() {
        let text = r#"(component
            (import "r" (type $hosts (sub resource)))
            (type $made' (resource (rep i32)))
            (export $made "made" (type $made'))
            (core func $new (canon resource.new $made'))
            (core func $drop (canon resource.drop $hosts))
            (core module $m
              (import "" "drop" (func $drop (param i32)))
              (func (export "id") (param i32) (result i32) (local.get 0))
              (func (export "end") (param i32) (result i32) (call $drop (local.get 0)) (i32.const 0)))
            (core instance $i (instantiate $m (with "" (instance (export "drop" (func $drop))))))
            (func (export "make") (param "n" u32) (result (own $made)) (canon lift (core func $new)))
            (func (export "get") (param "x" (borrow $made)) (result u32) (canon lift (core func $i "id")))
            (func (export "take") (param "x" (own $made)) (result u32) (canon lift (core func $i "id")))
            (func (export "hosts-lent") (param "x" (borrow $hosts)) (result u32) (canon lift (core func $i "end")))
            (func (export "hosts-own") (param "x" (own $hosts)) (result u32) (canon lift (core func $i "end"))))"#;
        let engine = Engine::default();
        let module = Module::new(&engine, text.as_bytes()).unwrap();
        let mut store = Store::new(&engine);
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let mut made = |name: &str, arg: Val<'_>| {
            let func = instance.func(&mut store, name).unwrap();
            let (before, mut results) = (MADE.get(), [Val::Bool(false)]);
            func.call(&mut store, &[arg], &mut results).unwrap();
            let [result] = results;
            (MADE.get()[1] - before[1], result)
        };
        let mut of = |name: &str, arg| made(name, arg).0;
        let hosts = || Resource::new(std::sync::Arc::new(()));
        assert_eq!([0; 3].map(|_| of("hosts-lent", Val::Borrow(hosts()))), [0; 3]);
        assert_eq!([0; 3].map(|_| of("hosts-own", Val::Own(hosts()))), [0, 1, 1]);
        let mut make = |n| match made("make", Val::U32(n)) {
            (0, Val::Own(made)) => made,
            other => panic!("{other:?}"),
        };
        let all = [1, 2, 3].map(&mut make);
        for resource in &all {
            let ways = [0; 3].map(|_| made("get", Val::Borrow(resource.clone())).0);
            assert_eq!(ways, [0, 1, 1]);
        }
        assert_eq!(all.map(|resource| made("take", Val::Own(resource)).0), [0, 1, 1]);
    }
}
