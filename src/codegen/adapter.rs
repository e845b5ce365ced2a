//! One adapter as a core function.
//!
//! Every slot of a plan is written once, so it becomes locals. Where a string
//! comes from is known here: in a slot of the host, or in linear memory.
//!
//! Not here: indices of the encoded module.

use super::convert;
use super::interface::{EntryResult, ImportCall, Intrinsic, Strings, Where};
use super::ir::{Body, Callee, Ins, broken, words};
use super::spaces::Spaces;
use crate::abi::{AllocArg, GuestEncoding};
use crate::error::Result;
use crate::plan::stage::{Record, Role, Stage};
use crate::plan::{Adapter, AdapterPlan, Op, Program, Slot, TextMem, Use};
use crate::types::{FuncType, ValType};
use std::borrow::Cow;
use std::collections::HashMap;
use wasm_encoder::{BlockType, Catch, Instruction};

/// What all adapters of a program share.
pub(super) struct Gen<'a> {
    pub program: &'a Program,
    pub spaces: &'a Spaces,
    pub deferred: &'a [u32],
    /// As [`stage::firsts`](crate::plan::stage::firsts) tells it.
    pub firsts: &'a [bool],
    /// The lists of calls that entries park, by position in `deferred`.
    pub shapes: &'a [Vec<u32>],
    /// Of each exported adapter that parks calls, the position of its list.
    pub shape_of: &'a HashMap<u32, u32>,
    /// Whether an entry leaves calls parked when it returns.
    pub leaves: bool,
}

impl Gen<'_> {
    /// The function of an adapter in a role, and its type.
    pub fn body(&self, role: Role, adapter: u32, plan: &AdapterPlan) -> Result<(FuncType, Body)> {
        let mut frame = Frame {
            gen_: self,
            role,
            adapter,
            plan,
            stage: self.stage(role, plan),
            places: vec![Place::None; plan.slots as usize],
            params: Vec::new(),
            locals: Vec::new(),
            wide: None,
            deferred: Vec::new(),
            code: Vec::new(),
        };
        frame.params()?;
        if role == Role::Entry && self.pays(plan) {
            frame.pay();
        }
        let catches = role == Role::Hook && self.spaces.throws;
        if catches {
            // An exception must not get past an adapter to a handler in the
            // core: deferred calls have to run before.
            frame.push(Instruction::Block(BlockType::Empty));
            let catch = Cow::Owned(vec![Catch::All { label: 0 }]);
            frame.push(Instruction::TryTable(BlockType::Empty, catch));
        }
        for (i, op) in plan.ops.iter().enumerate() {
            frame.op(i, op)?;
        }
        if catches {
            frame.push(Instruction::Return);
            frame.push(Instruction::End);
            frame.push(Instruction::End);
            frame.call(Intrinsic::Uncaught);
            frame.push(Instruction::Unreachable);
        }
        frame.push(Instruction::End);
        let results = frame.results()?;
        let ty = FuncType::new(frame.params.iter().copied(), results);
        Ok((ty, Body { locals: frame.locals, code: frame.code }))
    }

    /// What the host makes of the results of an entry, and which calls are due
    /// then.
    pub fn entry(&self, plan: &AdapterPlan) -> (Vec<EntryResult>, Vec<u32>) {
        let stage = self.stage(Role::Entry, plan);
        let lifts = stage.direct.iter().filter_map(|i| match plan.ops.get(*i) {
            Some(Op::LiftStr { to, mem, .. }) => Some((*to, *mem)),
            _ => None,
        });
        let lifts: HashMap<Slot, TextMem> = lifts.collect();
        let mut outs = Vec::new();
        if let Some(Op::Ret { values }) = plan.ops.last() {
            for (used, ty) in values.iter().zip(plan.ty.results()) {
                outs.push(match (ty, lifts.get(&used.slot)) {
                    (ValType::String, Some(mem)) => EntryResult::View(self.mem(*mem) as u32),
                    (ValType::String, None) => EntryResult::Slot,
                    (ty, _) => EntryResult::Word(*ty),
                });
            }
        }
        let mut debts = Vec::new();
        if !stage.runs_deferred && !self.parks(plan).1 {
            for (at, record) in &stage.records {
                let Some(Op::Defer { func, .. }) = plan.ops.get(*at) else { continue };
                if *record != Record::Now {
                    debts.push(self.deferred(*func));
                }
            }
        }
        (outs, debts)
    }

    pub fn stage(&self, role: Role, plan: &AdapterPlan) -> Stage {
        Stage::new(self.program, self.firsts, role, plan, |func| {
            let params = self.spaces.func(func).ok()?.params();
            params.iter().all(|ty| convert::to_word(*ty).is_some()).then_some(params.len() as u32)
        })
    }

    /// A memory's position among those that plans use.
    pub fn mem(&self, mem: TextMem) -> i32 {
        self.program.used_mems.binary_search(&mem).unwrap_or_default() as i32
    }

    /// How the strings in so many slots will be encoded.
    pub fn texts(&self, plan: &AdapterPlan, first: Slot, count: usize) -> Vec<GuestEncoding> {
        let any = self.program.convention.text;
        (first..first + count as Slot).map(|slot| plan.text_of(slot).unwrap_or(any)).collect()
    }

    /// A function's position among those that calls are deferred to.
    pub fn deferred(&self, func: u32) -> u32 {
        self.deferred.binary_search(&func).unwrap_or_default() as u32
    }
}

/// What became of a slot of the plan.
#[derive(Clone, Copy)]
pub(super) enum Place {
    None,
    /// A local.
    Word(u32),
    /// A slot of the host, and the local of its length. An owned one is given
    /// back after its one use.
    Held {
        slot: At,
        len: u32,
        owned: bool,
    },
    /// Length and slot, and from the third local on what is inline instead.
    Inline {
        len: u32,
        slot: u32,
        parts: u32,
    },
    /// Text that the host checks when it is handed over.
    Lifted {
        mem: i32,
        ptr: u32,
        len: u32,
    },
}

#[derive(Clone, Copy)]
pub(super) enum At {
    Const(i32),
    Local(u32),
}

/// A call that was deferred.
struct Deferred<'p> {
    func: u32,
    args: &'p [Use],
    record: Record,
}

pub(super) struct Frame<'g, 'p> {
    pub gen_: &'g Gen<'g>,
    role: Role,
    pub adapter: u32,
    pub plan: &'p AdapterPlan,
    stage: Stage,
    places: Vec<Place>,
    params: Vec<ValType>,
    locals: Vec<ValType>,
    /// A local for conversions.
    wide: Option<u32>,
    deferred: Vec<Deferred<'p>>,
    code: Vec<Ins>,
}

impl<'p> Frame<'_, 'p> {
    fn params(&mut self) -> Result<()> {
        let mut strings = 0;
        let inline = self.role == Role::Entry && self.gen_.strings(self.plan) == Strings::Inline;
        for (i, ty) in self.plan.ty.params().iter().enumerate() {
            let place = match (ty, self.role) {
                (ValType::String, _) if inline => self.inline_place(),
                (ValType::String, Role::Entry) => {
                    strings += 1;
                    let slot = At::Const(strings - 1);
                    Place::Held { slot, len: self.param(ValType::I32), owned: false }
                }
                (ValType::String, _) => {
                    let slot = At::Local(self.param(ValType::I32));
                    Place::Held { slot, len: self.param(ValType::I32), owned: false }
                }
                (ty, _) => Place::Word(self.param(ty.carrier())),
            };
            self.set(i as Slot, place)?;
        }
        Ok(())
    }

    pub fn param(&mut self, ty: ValType) -> u32 {
        self.params.push(ty);
        self.params.len() as u32 - 1
    }

    fn op(&mut self, i: usize, op: &'p Op) -> Result<()> {
        if self.stage.before.contains(&i) {
            self.call(Intrinsic::Settle);
        }
        match op {
            Op::Convert { with, from, to } => {
                let from = self.word(*from)?;
                let wide = match self.wide {
                    Some(local) => local,
                    None => *self.wide.insert(
                        self.params.len() as u32 + {
                            self.locals.push(ValType::I64);
                            self.locals.len() as u32 - 1
                        },
                    ),
                };
                convert::emit(*with, from, wide, &mut self.code);
                let local = self.store(with.to.carrier());
                self.set(*to, Place::Word(local))
            }
            Op::LiftStr { mem, ptr, len, to } => {
                let mem = self.gen_.mem(*mem);
                let (ptr, len) = (self.word(*ptr)?, self.word(*len)?);
                if self.stage.direct.contains(&i) {
                    return self.set(*to, Place::Lifted { mem, ptr, len });
                }
                self.push(Instruction::I32Const(mem));
                self.push(Instruction::LocalGet(ptr));
                self.push(Instruction::LocalGet(len));
                self.call(Intrinsic::Lift);
                let place = self.store_held();
                self.set(*to, place)
            }
            Op::LowerStr { alloc, mem, from, to } => self.lower(*alloc, *mem, *from, *to),
            Op::CallCore { func, args, to } => {
                self.words(args)?;
                self.code.push(Ins::Call(Callee::Core(*func)));
                let results = self.gen_.spaces.func(*func)?.results().to_vec();
                self.store_all(&results, *to)
            }
            Op::CallAdapter { adapter, args, to } => {
                let callee = self.gen_.program.adapters.get(*adapter as usize);
                match callee.ok_or_else(|| broken("no such adapter"))? {
                    Adapter::Import { ty, .. } => {
                        let ty = ty.clone();
                        self.call_import(i, *adapter, &ty, args, *to)
                    }
                    callee => self.call_inner(*adapter, callee.ty(), args, *to),
                }
            }
            Op::Refuse { when, message } => {
                let when = self.word(*when)?;
                self.push(Instruction::LocalGet(when));
                self.push(Instruction::If(BlockType::Empty));
                self.push(Instruction::I32Const(*message as i32));
                self.push(Instruction::LocalGet(when));
                self.call(Intrinsic::Refuse);
                self.push(Instruction::Unreachable);
                self.push(Instruction::End);
                Ok(())
            }
            Op::Idle { when, func } => {
                let when = self.word(*when)?;
                self.push(Instruction::LocalGet(when));
                self.push(Instruction::If(BlockType::Empty));
                self.call(Intrinsic::Idle(self.gen_.deferred(*func)));
                self.push(Instruction::End);
                Ok(())
            }
            Op::Defer { func, args } => {
                let record =
                    self.stage.records.get(&i).copied().ok_or_else(|| broken("no record"))?;
                match record {
                    Record::Now => {
                        self.words(args)?;
                        self.call(Intrinsic::Defer(self.gen_.deferred(*func)));
                    }
                    Record::Parked(place, word) => self.park(*func, args, place, word)?,
                    Record::No | Record::With(_) => {}
                }
                self.deferred.push(Deferred { func: *func, args, record });
                Ok(())
            }
            Op::Ret { values } => self.ret(values),
        }
    }

    /// The guest's allocator is asked, then the text is written.
    fn lower(&mut self, alloc: u32, mem: TextMem, from: Use, to: Slot) -> Result<()> {
        let place = self.place(from)?;
        let (Place::Held { len, .. } | Place::Inline { len, .. }) = place else {
            return Err(broken("this slot is no string"));
        };
        self.alloc_args(mem.text, len);
        self.code.push(Ins::Call(Callee::Core(alloc)));
        let ptr = self.store(ValType::I32);
        match place {
            Place::Inline { len, slot, parts } => self.write_inline(mem, ptr, len, slot, parts),
            Place::Held { slot, owned, .. } => self.write(slot, owned, mem, ptr),
            _ => {}
        }
        self.set(to, Place::Word(ptr))?;
        self.set(to + 1, Place::Word(len))
    }

    /// What the guest's allocator takes, for text of a length.
    fn alloc_args(&mut self, text: GuestEncoding, len: u32) {
        let program = self.gen_.program;
        for arg in program.convention.alloc.iter() {
            match arg {
                AllocArg::Size => self.size(text, len),
                AllocArg::Align => {
                    self.push(Instruction::I32Const(text.align() as i32));
                }
                AllocArg::Const(number) => self.push(Instruction::I32Const(*number)),
            }
        }
    }

    /// How many bytes text of a length takes.
    fn size(&mut self, text: GuestEncoding, len: u32) {
        let (shift, tag) = text.shift();
        self.push(Instruction::LocalGet(len));
        if shift > 0 {
            self.push(Instruction::I32Const(shift as i32));
            self.push(Instruction::I32Shl);
        }
        if let Some(tag) = tag {
            self.push(Instruction::LocalGet(len));
            self.push(Instruction::LocalGet(len));
            self.push(Instruction::I32Const(tag as i32));
            self.push(Instruction::I32And);
            self.push(Instruction::Select);
        }
    }

    /// The host writes.
    pub fn write(&mut self, slot: At, take: bool, mem: TextMem, ptr: u32) {
        self.at(slot);
        self.push(Instruction::I32Const(take as i32));
        self.push(Instruction::I32Const(self.gen_.mem(mem)));
        self.push(Instruction::LocalGet(ptr));
        self.call(Intrinsic::Write);
    }

    fn call_import(
        &mut self,
        i: usize,
        adapter: u32,
        ty: &FuncType,
        args: &[Use],
        to: Slot,
    ) -> Result<()> {
        let settles = self.stage.after.contains(&i);
        let with = self.deferred.last().filter(|call| call.record == Record::With(i));
        let with = with.map(|call| (self.gen_.deferred(call.func), call.args));
        if let Some((_, args)) = with {
            self.words(args)?;
        }
        let mut texts = Vec::new();
        for arg in args {
            match self.place(*arg)? {
                Place::None | Place::Inline { .. } => return Err(broken("not to be handed on")),
                Place::Word(local) => self.push(Instruction::LocalGet(local)),
                Place::Held { slot, owned, .. } => {
                    texts.push(if owned { Where::Taken } else { Where::Slot });
                    self.at(slot);
                }
                Place::Lifted { mem, ptr, len } => {
                    texts.push(Where::Memory(mem as u32));
                    self.push(Instruction::LocalGet(ptr));
                    self.push(Instruction::LocalGet(len));
                }
            }
        }
        let with = with.map(|(deferred, _)| deferred);
        let inline = self.gen_.gives_inline(self.plan, ty, to);
        let results = self.gen_.texts(self.plan, to, ty.results().len());
        let call = ImportCall { adapter, with, settles, texts, inline, results, ty: None };
        self.call(Intrinsic::Call(call));
        for (i, ty) in ty.results().iter().enumerate().rev() {
            let place = match ty.is_text() && inline {
                true => self.store_inline(),
                false => self.store_value(*ty),
            };
            self.set(to + i as Slot, place)?;
        }
        Ok(())
    }

    fn call_inner(&mut self, adapter: u32, ty: &FuncType, args: &[Use], to: Slot) -> Result<()> {
        let mut owned_slots = Vec::new();
        for arg in args {
            match self.place(*arg)? {
                Place::Word(local) => self.push(Instruction::LocalGet(local)),
                Place::Held { slot, len, owned } => {
                    self.at(slot);
                    self.push(Instruction::LocalGet(len));
                    if owned {
                        owned_slots.push(slot);
                    }
                }
                _ => return Err(broken("an argument is nowhere")),
            }
        }
        self.code.push(Ins::Call(Callee::Inner(adapter)));
        self.store_all(ty.results(), to)?;
        for slot in owned_slots {
            self.at(slot);
            self.call(Intrinsic::Release);
        }
        Ok(())
    }

    fn ret(&mut self, values: &[Use]) -> Result<()> {
        let deferred = std::mem::take(&mut self.deferred);
        if self.stage.at_exit {
            self.call(Intrinsic::Settle);
        }
        let runs = self.stage.runs_deferred;
        for call in deferred.iter().rev().filter(|_| runs) {
            match call.record {
                Record::Now => self.call(Intrinsic::Undefer),
                Record::Parked(place, _) => self.parked(place),
                _ => {}
            }
            self.words(call.args)?;
            self.code.push(Ins::Call(Callee::Core(call.func)));
        }
        for value in values {
            match self.place(*value)? {
                Place::None | Place::Inline { .. } => return Err(broken("not to be returned")),
                Place::Word(local) => self.push(Instruction::LocalGet(local)),
                Place::Held { slot, .. } if self.role == Role::Entry => self.at(slot),
                Place::Held { slot, len, owned } => {
                    self.at(slot);
                    if !owned {
                        self.call(Intrinsic::Copy);
                    }
                    self.push(Instruction::LocalGet(len));
                }
                Place::Lifted { ptr, len, .. } => {
                    self.push(Instruction::LocalGet(ptr));
                    self.push(Instruction::LocalGet(len));
                }
            }
        }
        if self.role == Role::Entry && self.gen_.parks(self.plan).1 {
            // They stay parked.
            return Ok(());
        }
        for call in deferred.iter().filter(|call| !runs && call.record != Record::Now) {
            self.words(call.args)?;
        }
        if !runs && deferred.iter().any(|call| matches!(call.record, Record::Parked(..))) {
            self.parked(0);
        }
        Ok(())
    }

    /// The types of what `ret` leaves.
    fn results(&self) -> Result<Vec<ValType>> {
        let types = self.plan.ty.results();
        if self.role != Role::Entry {
            return Ok(types.iter().flat_map(|ty| words(*ty)).collect());
        }
        let (outs, debts) = self.gen_.entry(self.plan);
        let mut results = Vec::new();
        for out in outs {
            match out {
                EntryResult::Word(ty) => results.push(ty.carrier()),
                EntryResult::View(_) => results.extend([ValType::I32, ValType::I32]),
                EntryResult::Slot => results.push(ValType::I32),
            }
        }
        for debt in debts {
            let func = self.gen_.deferred.get(debt as usize);
            let func = func.ok_or_else(|| broken("no such deferred function"))?;
            results.extend(self.gen_.spaces.func(*func)?.params());
        }
        Ok(results)
    }

    pub fn push(&mut self, instruction: Instruction<'static>) {
        self.code.push(instruction.into());
    }

    fn call(&mut self, intrinsic: Intrinsic) {
        self.call_to(Callee::Intrinsic(intrinsic));
    }

    pub fn call_to(&mut self, callee: Callee) {
        self.code.push(Ins::Call(callee));
    }

    fn at(&mut self, slot: At) {
        self.push(match slot {
            At::Const(slot) => Instruction::I32Const(slot),
            At::Local(local) => Instruction::LocalGet(local),
        });
    }

    fn words(&mut self, uses: &[Use]) -> Result<()> {
        for used in uses {
            let local = self.word(*used)?;
            self.push(Instruction::LocalGet(local));
        }
        Ok(())
    }

    /// Takes the top of the stack into a new local.
    fn store(&mut self, ty: ValType) -> u32 {
        let local = self.local(ty);
        self.push(Instruction::LocalSet(local));
        local
    }

    pub fn local(&mut self, ty: ValType) -> u32 {
        self.locals.push(ty);
        (self.params.len() + self.locals.len()) as u32 - 1
    }

    /// Takes a slot and its length into new locals.
    fn store_held(&mut self) -> Place {
        let len = self.store(ValType::I32);
        let slot = At::Local(self.store(ValType::I32));
        Place::Held { slot, len, owned: true }
    }

    /// Takes results, the last on top, to a slot of the plan and those after.
    fn store_all(&mut self, types: &[ValType], to: Slot) -> Result<()> {
        for (i, ty) in types.iter().enumerate().rev() {
            let place = self.store_value(*ty);
            self.set(to + i as Slot, place)?;
        }
        Ok(())
    }

    /// Takes a value, of a string slot and length, into new locals.
    fn store_value(&mut self, ty: ValType) -> Place {
        match ty.is_text() {
            true => self.store_held(),
            false => Place::Word(self.store(ty.carrier())),
        }
    }

    fn set(&mut self, slot: Slot, place: Place) -> Result<()> {
        let at = self.places.get_mut(slot as usize).ok_or_else(|| broken("no such slot"))?;
        *at = place;
        Ok(())
    }

    fn place(&self, used: Use) -> Result<Place> {
        match self.places.get(used.slot as usize) {
            Some(Place::None) | None => {
                Err(broken(&format!("adapter {} reads an empty slot", self.adapter)))
            }
            Some(place) => Ok(*place),
        }
    }

    pub fn word(&self, used: Use) -> Result<u32> {
        match self.place(used)? {
            Place::Word(local) => Ok(local),
            _ => Err(broken("a string where a number is due")),
        }
    }
}
