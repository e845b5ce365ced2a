//! An import of a face: the plan of the adapter that answers what the core calls.
//!
//! Where a plan cannot say what has to be done, two added core functions do: one makes
//! addresses, lengths and numbers of what the core passes, one makes what the core gets
//! of these.
//!
//! Not here: exports.

use super::glue::{self, Code, Func, Local};
use super::making::{Args, Back, Hook, HookArg, Maker, plan, used};
use super::memory::{MEMORY, load, text_mem};
use super::rules::{Owner, ResultForm, Rules, TextForm};
use super::sequence::{Lies, Sequence, margins, told};
use super::shape::{is_flat, is_plain, leaf};
use super::wit::Function;
use crate::error::Result;
use crate::plan::{AdapterPlan, Conversion, Op, Slot};
use crate::types::tree::Type;
use crate::types::{FuncType, ValType};
use wasm_encoder::{BlockType, Instruction as I};

const I32: ValType = ValType::I32;

/// The plan for a core import of this type, of which `import` is the adapter.
pub(super) fn make(
    maker: &mut Maker<'_>,
    function: &Function,
    import: u32,
    core: &FuncType,
    rules: &Rules,
) -> Result<AdapterPlan> {
    let params = core.params();
    let flat = maker.flat_type(function)?;
    let mut hook = Hook {
        maker,
        rules,
        function,
        parameter: String::new(),
        core,
        read: Func::new(params),
        outs: Args::default(),
        given: Vec::new(),
        taken: 0,
        expected: Vec::new(),
        frees: Vec::new(),
        refusals: Vec::new(),
        forms: Vec::new(),
        slots: params.len() as u32,
        ops: Vec::new(),
    };
    hook.make(import, flat)
}

/// Where the result of the host goes.
pub(super) enum To {
    Nothing,
    /// It is the core's result.
    Value,
    /// To an area whose address is this parameter, which may be the last one.
    Area(Local),
    /// To a buffer: its address and its capacity are these parameters.
    Buffer(Local, Local),
    /// Its address is the core's result, and its length goes to this address.
    Length(Local),
    /// Its address goes to the first of these, its length to the second one, and the core gets
    /// one number or, for none, the other.
    Cells(Local, Option<Local>, Option<(i32, i32)>),
}

impl Hook<'_, '_> {
    fn make(&mut self, import: u32, flat: FuncType) -> Result<AdapterPlan> {
        let function = self.function;
        if self.rules.spelled.is_said() {
            return self.make_spelled(import, flat);
        }
        if let Some(ty) = &function.result
            && let Some(back) = (self.maker.known.import_back)(self, ty)
        {
            return self.make_with(import, flat, ty, back);
        }
        if let Some(ty) = &function.result
            && self.is_stored(ty)
        {
            return self.make_stored(import, flat, ty);
        }
        let sequence = self.sequence_of_result();
        let form = self.rules.result;
        let to = match (&function.result, sequence, form) {
            (None, ..) => To::Nothing,
            (_, Some(_), ResultForm::Area) => To::Area(self.take(I32)),
            (_, Some(_), _) => To::Value,
            (Some(Type::Scalar(_) | Type::Enum(_) | Type::Flags(_)), ..) => To::Value,
            (Some(ty), ..) => return Err(self.unsupported("result", function.at, ty)),
        };
        for param in &function.params {
            self.param(&param.ty, &param.name, param.at)?;
        }
        let to = match (to, form) {
            (To::Value, ResultForm::LengthOut) if sequence.is_some() => To::Length(self.take(I32)),
            (To::Value, ResultForm::AreaLast) if sequence.is_some() => To::Area(self.take(I32)),
            (To::Value, ResultForm::Buffer) if sequence.is_some() => {
                To::Buffer(self.take(I32), self.take(I32))
            }
            (to, _) => to,
        };
        self.make_to(import, flat, &to, sequence, form)
    }

    /// The text or list that the result is, and whether it may be none.
    pub fn sequence_of_result(&mut self) -> Option<(Sequence, bool)> {
        match &self.function.result {
            Some(Type::String) => Some((Sequence::text(self.rules), false)),
            Some(Type::List(list)) if is_flat(&list.element) => {
                Some((self.maker.list(&list.element, self.rules), false))
            }
            Some(Type::List(list)) if list.element == Type::String => {
                Some((Sequence::texts(), false))
            }
            Some(ty @ Type::Option(_))
                if self.rules.null_options && ty.at(1) == Some(&Type::String) =>
            {
                Some((Sequence::text(self.rules), true))
            }
            _ => None,
        }
    }

    /// The plan where a number, text or list goes there.
    pub fn make_to(
        &mut self,
        import: u32,
        flat: FuncType,
        to: &To,
        sequence: Option<(Sequence, bool)>,
        form: ResultForm,
    ) -> Result<AdapterPlan> {
        let results = self.core_results(to, sequence, form)?;
        self.check(results)?;
        let args = self.arguments(&flat)?;
        let results = flat.results().to_vec();
        let back = self.new_slots(results.len() as u32);
        self.ops.push(Op::CallAdapter { adapter: import, args, to: back });
        let values = self.answer(to, sequence, form, &results, back)?;
        let mut ops = std::mem::take(&mut self.ops);
        ops.push(Op::Ret { values });
        Ok(plan(self.core.clone(), self.slots, ops))
    }

    /// The plan where a convention has its own way for the result.
    fn make_with(
        &mut self,
        import: u32,
        flat: FuncType,
        result: &Type,
        back: Back,
    ) -> Result<AdapterPlan> {
        let function = self.function;
        let mut locals = if back.area { vec![self.take(I32)] } else { vec![] };
        for param in &function.params {
            self.param(&param.ty, &param.name, param.at)?;
        }
        self.check(back.results.clone())?;
        let args = self.arguments(&flat)?;
        let found = self.new_slots(flat.results().len() as u32);
        self.ops.push(Op::CallAdapter { adapter: import, args, to: found });
        let mut write = Func::new(self.core.params());
        let mut passed: Vec<_> = (0..self.core.params().len() as u32).map(used).collect();
        let sequences = sequences(result, self.rules);
        let mut sequences = sequences.iter();
        for (from, ty) in (found..).zip(flat.results()) {
            if *ty == ValType::String {
                let Some(sequence) = sequences.next() else {
                    return Err(self.unsupported("result", function.at, result));
                };
                let alloc = match (self.maker.known.import_alloc)(self)? {
                    Some(alloc) => alloc,
                    None => self.maker.alloc(function.at, self.rules, sequence.align, 0, 0)?,
                };
                let (to, mem) = (self.new_slots(2), text_mem(sequence.encoding));
                self.ops.push(Op::LowerStr { alloc, mem, from: used(from), to });
                passed.extend([used(to), used(to + 1)]);
                locals.extend([write.param(I32), write.param(I32)]);
                continue;
            }
            let mut slot = from;
            if *ty != ty.carrier() {
                slot = self.new_slots(1);
                let with = Conversion { from: *ty, to: ty.carrier(), checked: false };
                self.ops.push(Op::Convert { with, from: used(from), to: slot });
            }
            passed.push(used(slot));
            locals.push(write.param(ty.carrier()));
        }
        (back.code)(self, result, &locals, &mut write)?;
        let func = self.maker.glue.add(write, &back.results);
        let count = back.results.len() as u32;
        let to = self.new_slots(count);
        self.ops.push(Op::CallCore { func, args: passed.into(), to });
        let mut ops = std::mem::take(&mut self.ops);
        ops.push(Op::Ret { values: (to..to + count).map(used).collect() });
        Ok(plan(self.core.clone(), self.slots, ops))
    }

    /// Checks that the core's function is what it should be.
    pub fn check(&mut self, results: Vec<ValType>) -> Result<()> {
        let wanted = FuncType::new(self.expected.clone(), results);
        if *self.core == wanted {
            return Ok(());
        }
        let why = match self.forms.is_empty() {
            true => "the types of the face need".to_owned(),
            false => format!("{} needs", self.forms.join(", ")),
        };
        let name = &self.function.name;
        let message =
            format!("import {name}: the core imports a function {}; {why} {wanted}", self.core);
        Err(self.maker.mismatch(self.function.at, message))
    }

    pub fn new_slots(&mut self, count: u32) -> Slot {
        self.slots += count;
        self.slots - count
    }

    /// The next of the core's parameters.
    pub fn take(&mut self, ty: ValType) -> Local {
        self.taken += 1;
        self.expected.push(ty);
        self.taken - 1
    }

    /// What the function that reads gives.
    pub fn out(&mut self, ty: ValType, push: impl FnOnce(&mut Code)) -> u32 {
        push(self.outs.push(ty));
        self.outs.types.len() as u32 - 1
    }

    /// Gives two locals out, as an address and a length.
    pub fn outs(&mut self, locals: [Local; 2]) -> [u32; 2] {
        locals.map(|local| {
            self.out(I32, |code| {
                code.get(local);
            })
        })
    }

    /// Hands a number on.
    pub fn give(&mut self, ty: ValType, push: impl FnOnce(&mut Code)) {
        let at = self.out(ty.carrier(), push);
        self.given.push(HookArg::Number(ty, at));
    }

    /// Hands a sequence on.
    pub fn give_sequence(&mut self, sequence: Sequence, pointer: Local, length: Local) -> [u32; 2] {
        let outs = self.outs([pointer, length]);
        let mut read = outs[0];
        if self.maker.known.dangling {
            read = self.out(I32, |code| {
                code.get(pointer).i32(0).get(length).op(I::Select);
            });
        }
        self.given.push(HookArg::Sequence(sequence, read, outs[1]));
        outs
    }

    /// A parameter of the face, made of what the core passes.
    pub fn param(&mut self, ty: &Type, name: &str, at: usize) -> Result<()> {
        name.clone_into(&mut self.parameter);
        if (self.maker.known.import_param)(self, ty)? {
            return Ok(());
        }
        match ty {
            Type::Scalar(_) | Type::Enum(_) | Type::Flags(_) => {
                let ty = leaf(ty);
                let local = self.take(ty.carrier());
                self.give(ty, |code| {
                    code.get(local);
                    if ty == ValType::Bool {
                        code.i32(0).op(I::I32Ne);
                    }
                });
            }
            Type::String => {
                let form = self.rules.text;
                self.sequence(Sequence::text(self.rules), form, false, at)?;
            }
            Type::List(list) if is_flat(&list.element) => {
                let form = self.rules.text.of_lists();
                let sequence = self.maker.list(&list.element, self.rules);
                self.sequence(sequence, form, false, at)?;
            }
            Type::Option(_) if self.rules.null_options && ty.at(1) == Some(&Type::String) => {
                let form = self.rules.text;
                self.sequence(Sequence::text(self.rules), form, true, at)?;
            }
            Type::List(list) if list.element == Type::String => self.texts(name, at)?,
            Type::Record(_) | Type::Tuple(_) => self.record(ty, name, at)?,
            other => return Err(self.unsupported(&format!("parameter {name}"), at, other)),
        }
        Ok(())
    }

    fn sequence(
        &mut self,
        sequence: Sequence,
        form: TextForm,
        option: bool,
        at: usize,
    ) -> Result<()> {
        self.maker.memory(at)?;
        self.forms.push(told(form).to_owned());
        let p = self.take(I32);
        let (pointer, length) = (self.read.local(I32), self.read.local(I32));
        match form {
            TextForm::PointerLength => {
                let n = self.take(I32);
                let code = &mut self.read.code;
                code.get(p).set(pointer).get(n);
                sequence.count_to_length(code);
                code.set(length);
            }
            TextForm::Nul => {
                let count = glue::length(&mut self.maker.glue, MEMORY, sequence.size)?;
                self.read.code.get(p).set(pointer).get(p).call(count).set(length);
            }
            TextForm::Struct | TextForm::Prefixed => {
                let code = &mut self.read.code;
                code.get(p).op(I::If(BlockType::Empty));
                if form == TextForm::Struct {
                    code.get(p).op(load(I32, 0)).set(pointer).get(p).op(load(I32, 4));
                } else {
                    code.plus(p, 4).set(pointer).get(p).op(load(I32, 0));
                }
                sequence.count_to_length(code);
                code.set(length).op(I::End);
            }
        }
        self.sequence_at((sequence, form, option), [p, pointer, length], at)
    }

    /// Hands on text or a list, of which this is what the core has passed, and the address and
    /// the length.
    pub fn sequence_at(
        &mut self,
        (sequence, form, option): (Sequence, TextForm, bool),
        [p, pointer, length]: [Local; 3],
        at: usize,
    ) -> Result<()> {
        let (head, tail) = margins(form, &sequence);
        if option {
            self.give(ValType::U32, |code| {
                code.get(p).i32(0).op(I::I32Ne);
            });
        }
        let outs = self.give_list(sequence, pointer, length, at)?;
        if self.rules.owner == Owner::Callee {
            // The host is called here.
            let head = if form == TextForm::Struct { 0 } else { head };
            self.free_later(sequence.lies(head, tail, true), outs, at)?;
        }
        Ok(())
    }

    /// A trap with this message where the local is not zero.
    pub fn refuse(&mut self, when: Local, message: &str) {
        let message = self.maker.message(format!("import {}: {message}", self.function.name));
        let at = self.out(I32, |code| {
            code.get(when);
        });
        self.refusals.push((message, at));
    }

    /// Has a function called with an address and a length when the host has returned.
    pub fn owe(&mut self, func: u32, outs: [u32; 2]) {
        self.frees.push((func, outs));
    }

    /// Has what the host was given freed when it has returned.
    pub fn free_later(&mut self, lies: Lies, outs: [u32; 2], at: usize) -> Result<()> {
        let Some(rule) = self.rules.free.clone() else {
            let message = format!(
                "import {}: the host frees what it gets, which needs `free`",
                self.function.name
            );
            return Err(self.maker.wrong(at, message));
        };
        let func = self.maker.free(at, self.rules, &rule, lies)?;
        self.frees.push((func, outs));
        Ok(())
    }

    /// The steps that make arguments for the host of what the core passes.
    pub fn arguments(&mut self, flat: &FuncType) -> Result<Box<[crate::plan::Use]>> {
        let params = self.core.params().len() as u32;
        let count = self.outs.types.len() as u32;
        let from = if self.read.code.0.is_empty() && self.outs.code.reads(0..params) {
            0
        } else {
            let mut read = self.read.clone();
            read.code.append(&self.outs.code);
            let func = self.maker.glue.add(read, &self.outs.types);
            let to = self.new_slots(count);
            let args = (0..params).map(used).collect();
            self.ops.push(Op::CallCore { func, args, to });
            to
        };
        for (func, outs) in std::mem::take(&mut self.frees) {
            let args = outs.iter().map(|out| used(from + out)).collect();
            self.ops.push(Op::Defer { func, args });
        }
        for (message, at) in std::mem::take(&mut self.refusals) {
            self.ops.push(Op::Refuse { when: used(from + at), message });
        }
        let mut args = Vec::new();
        for given in std::mem::take(&mut self.given) {
            args.push(used(match given {
                HookArg::Number(ty, at) if ty == ty.carrier() => from + at,
                HookArg::Number(ty, at) => {
                    let to = self.new_slots(1);
                    let with = Conversion { from: ty.carrier(), to: ty, checked: false };
                    self.ops.push(Op::Convert { with, from: used(from + at), to });
                    to
                }
                HookArg::Sequence(sequence, at, len) => {
                    let to = self.new_slots(1);
                    let mem = text_mem(sequence.encoding);
                    let (ptr, len) = (used(from + at), used(from + len));
                    self.ops.push(Op::LiftStr { mem, ptr, len, to });
                    to
                }
            }));
        }
        if args.len() != flat.params().len() {
            return Err(crate::error::Error::internal("arguments of an import are missing"));
        }
        Ok(args.into())
    }

    pub fn unsupported(&self, what: &str, at: usize, ty: &Type) -> crate::error::Error {
        let message = format!(
            "import {}: {what}: the convention {} has no form for {ty} here{}",
            self.function.name,
            self.maker.known.name,
            self.maker.instead(ty)
        );
        self.maker.wrong(at, message)
    }
}

/// The text and lists in a type, in the order of its leaves.
fn sequences(ty: &Type, rules: &Rules) -> Vec<Sequence> {
    match ty {
        Type::String => vec![Sequence::text(rules)],
        Type::List(list) if is_plain(&list.element) => vec![Sequence::list(&list.element)],
        Type::Option(cases) | Type::Result(cases) => {
            let types = cases.cases.iter().filter_map(|case| case.ty.as_ref());
            types.flat_map(|ty| sequences(ty, rules)).collect()
        }
        Type::Record(fields) | Type::Tuple(fields) => {
            fields.fields.iter().flat_map(|field| sequences(&field.ty, rules)).collect()
        }
        Type::Scalar(_)
        | Type::List(_)
        | Type::Variant(_)
        | Type::Enum(_)
        | Type::Flags(_)
        | Type::Own(_)
        | Type::Borrow(_) => vec![],
    }
}
