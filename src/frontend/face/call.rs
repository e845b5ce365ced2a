//! An export of a face: the plan of its adapter, and the core function that stands
//! between plan and core where there is more to do than a plan can say.
//!
//! The plan writes text and lists into memory and passes addresses, lengths and
//! numbers; the function in between passes these on as the core takes them, and gives
//! what the core returns as the plan takes it.
//!
//! Not here: imports.

use super::finish::{Buffer, Then};
use super::glue::{self, Code, Func, Local};
use super::make::Maker;
use super::memory::{Lies, MEMORY, store, text_mem};
use super::rules::{CallArg, CallRule, Owner, Rules, TextForm};
use super::shape::{Leaf, Shape, is_plain, leaf};
use super::text::Place;
use super::wit::{Function, fields, types_of};
use crate::abi::GuestEncoding;
use crate::error::Result;
use crate::plan::{AdapterPlan, Conversion, Op, Slot, Use};
use crate::types::tree::Type;
use crate::types::{FuncType, ValType};
use wasm_encoder::{BlockType, Instruction as I};

const I32: ValType = ValType::I32;

/// The plan of a function's adapter.
pub(super) fn make(
    maker: &mut Maker<'_>,
    function: &Function,
    core: Option<&Place<String>>,
    rules: &Rules,
) -> Result<AdapterPlan> {
    let (target, core_type, name, is_global) = maker.target(function, core)?;
    maker.exported.insert(target, core.map_or(function.at, |core| core.at));
    let mut rules = rules.clone();
    if is_global {
        // It is what the guest has, and keeps.
        rules.result_owner = Owner::Callee;
    }
    if let Some(post) = rules.post {
        let post = format!("{post}{name}");
        let free = CallRule { name: post, args: Some(vec![CallArg::Pointer]) };
        rules.free_pair = maker.core_func(&free.name).map(|_| free);
    }
    let ty = maker.flat_type(function)?;
    let place = core.map_or(function.at, |core| core.at);
    let mut call = Call::new(maker, &rules, function, place, ty, (target, core_type.clone()));
    let mut slot = 0;
    for param in &function.params {
        call.what = format!("parameter {}", param.name);
        call.at = param.at;
        call.param(&param.ty, &mut slot)?;
    }
    (call.what, call.at) = ("result".into(), function.at);
    for ty in core_type.results() {
        let local = call.wrap.local(*ty);
        call.returned.push((*ty, local));
    }
    call.result(function.result.as_ref())?;
    (call.maker.known.end)(&mut call, &core_type)?;
    call.finish(&core_type)
}

/// A call of the core in the making.
pub(super) struct Call<'m, 'a> {
    pub maker: &'m mut Maker<'a>,
    pub rules: &'m Rules,
    pub name: &'m str,
    pub function: &'m Function,
    /// What is being made, for people, and where it is in the face.
    pub what: String,
    pub at: usize,
    pub place: usize,
    pub ty: FuncType,
    pub target: u32,
    /// The type of the core function.
    pub core: FuncType,
    /// The plan's steps before the call.
    pub ops: Vec<Op>,
    pub slots: u32,
    /// The function in between: its parameters are what the plan passes.
    pub wrap: Func,
    pub passed: Vec<Use>,
    /// What is done before the core is called, with the arguments all there.
    pub before: Code,
    /// What the core takes: first, in order, and last.
    pub first: Args,
    pub args: Args,
    pub last: Args,
    /// What the core returns.
    pub returned: Vec<(ValType, Local)>,
    /// How many of these have been taken, and of which types they should be.
    pub taken: usize,
    pub expected: Vec<ValType>,
    /// What is done afterwards.
    pub after: Code,
    /// What the plan gets, and what it does with it.
    pub outs: Args,
    pub then: Vec<Then>,
    /// The area, and how much of it is used.
    pub area: Option<(Slot, Local)>,
    pub area_size: u32,
    /// A buffer that the core writes to: where in the area its address is.
    pub buffer: Option<Buffer>,
    /// Text and lists among the arguments: address, and length as the plan counts it.
    pub sequences: Vec<(Local, Local, Sequence)>,
    /// A reference among the arguments that the core writes a list to.
    pub filled: Option<Local>,
    /// The forms that were met, in words.
    pub forms: Vec<String>,
    /// What the guest does between calls.
    pub idle: Option<Idle>,
}

/// What a guest does between calls, when it says that it is time.
pub(super) struct Idle {
    /// The function `() -> (whether it is, whether that was stopped half way)`.
    pub due: u32,
    pub run: u32,
    /// What is told of one that was.
    pub stopped: u32,
}

/// Values in order.
#[derive(Clone, Default)]
pub(super) struct Args {
    pub types: Vec<ValType>,
    pub code: Code,
}

impl Args {
    pub fn push(&mut self, ty: ValType) -> &mut Code {
        self.types.push(ty);
        &mut self.code
    }
}

/// A sequence: text, or a list of scalars or of records of these.
#[derive(Clone, Copy)]
pub(super) struct Sequence {
    /// How it is encoded: bytes as Latin-1, which any are.
    pub encoding: GuestEncoding,
    /// Bytes of a unit or element.
    pub size: u32,
    pub align: u32,
    /// Whether its length, in the plan, is in bytes.
    pub bytes: bool,
    /// Whether it is an array of texts, of which its length is the number.
    pub texts: bool,
}

impl Sequence {
    pub fn text(rules: &Rules) -> Sequence {
        let size = rules.encoding.align();
        Sequence { encoding: rules.encoding, size, align: size, bytes: false, texts: false }
    }

    /// A list of elements that lie as in C.
    pub fn list(element: &Type) -> Sequence {
        let (size, align) = (element.size() as u32, element.align());
        Sequence {
            encoding: GuestEncoding::Latin1,
            size: size.max(1),
            align,
            bytes: true,
            texts: false,
        }
    }

    /// An array of texts.
    pub fn texts() -> Sequence {
        let encoding = GuestEncoding::Latin1;
        Sequence { encoding, size: 1, align: 4, bytes: true, texts: true }
    }

    /// Puts the length as the core counts it.
    pub fn push_count(&self, code: &mut Code, length: Local) {
        code.get(length);
        if self.bytes && self.size > 1 {
            match self.size.is_power_of_two() {
                true => code.i32(self.size.trailing_zeros() as i32).op(I::I32ShrU),
                false => code.i32(self.size as i32).op(I::I32DivU),
            };
        }
    }

    /// Makes the length, as the plan counts it, of a count on the stack.
    pub fn count_to_length(&self, code: &mut Code) {
        if self.bytes {
            code.times(self.size);
        }
    }

    /// Makes units of the bytes on the stack.
    pub fn push_bytes(&self, code: &mut Code) {
        if self.size > 1 {
            code.i32(self.size as i32).op(I::I32DivU);
        }
    }

    /// How it lies, as what frees it is told.
    pub fn lies(&self, head: u32, tail: u32, result: bool) -> Lies {
        let (shift, unit) = match self.bytes {
            true => (0, self.size),
            false => (self.size.trailing_zeros(), 1),
        };
        Lies { shift, unit, align: self.align, head, tail, result }
    }
}

/// Bytes before and after a sequence in memory.
pub(super) fn margins(form: TextForm, sequence: &Sequence) -> (u32, u32) {
    match form {
        TextForm::PointerLength => (0, 0),
        TextForm::Nul if sequence.bytes => (0, 0),
        TextForm::Nul => (0, sequence.size),
        TextForm::Struct => (8, 0),
        TextForm::Prefixed => (4, 0),
    }
}

/// A form in words.
pub(super) fn told(form: TextForm) -> &'static str {
    match form {
        TextForm::PointerLength => "text as pointer and length",
        TextForm::Nul => "NUL-terminated text",
        TextForm::Struct => "text as a struct by its address",
        TextForm::Prefixed => "length-prefixed text",
    }
}

impl<'m, 'a> Call<'m, 'a> {
    fn new(
        maker: &'m mut Maker<'a>,
        rules: &'m Rules,
        function: &'m Function,
        place: usize,
        ty: FuncType,
        (target, core): (u32, FuncType),
    ) -> Call<'m, 'a> {
        let slots = ty.params().len() as u32;
        Call {
            maker,
            rules,
            name: &function.name,
            function,
            what: String::new(),
            at: function.at,
            place,
            ty,
            target,
            core,
            ops: Vec::new(),
            slots,
            wrap: Func::default(),
            passed: Vec::new(),
            before: Code::default(),
            first: Args::default(),
            args: Args::default(),
            last: Args::default(),
            returned: Vec::new(),
            taken: 0,
            expected: Vec::new(),
            after: Code::default(),
            outs: Args::default(),
            then: Vec::new(),
            area: None,
            area_size: 0,
            buffer: None,
            sequences: Vec::new(),
            filled: None,
            forms: Vec::new(),
            idle: None,
        }
    }

    /// So many new slots of the plan.
    pub fn new_slots(&mut self, count: u32) -> Slot {
        self.slots += count;
        self.slots - count
    }

    /// Passes a slot to the function in between.
    pub fn pass(&mut self, slot: Slot, ty: ValType) -> Local {
        self.passed.push(used(slot));
        self.wrap.param(ty)
    }

    /// A number of the plan as a word of the core, passed on.
    pub fn number(&mut self, slot: Slot, ty: ValType) -> Local {
        let core = ty.carrier();
        if ty == core {
            return self.pass(slot, ty);
        }
        let to = self.new_slots(1);
        let with = Conversion { from: ty, to: core, checked: false };
        self.ops.push(Op::Convert { with, from: used(slot), to });
        self.pass(to, core)
    }

    /// Writes a sequence into the guest's memory, and passes address and length on.
    pub fn lower(
        &mut self,
        slot: Slot,
        sequence: Sequence,
        form: TextForm,
    ) -> Result<(Local, Local)> {
        self.lower_for(self.rules.owner, slot, sequence, form)
    }

    /// The same, whoever frees arguments else.
    pub fn lower_for(
        &mut self,
        owner: Owner,
        slot: Slot,
        sequence: Sequence,
        form: TextForm,
    ) -> Result<(Local, Local)> {
        let to = self.lower_slot(owner, slot, sequence, form)?;
        let (pointer, length) = (self.pass(to, I32), self.pass(to + 1, I32));
        self.sequences.push((pointer, length, sequence));
        Ok((pointer, length))
    }

    /// The same, passed on by nobody: address and length are in the slots from this one on.
    pub fn lower_slot(
        &mut self,
        owner: Owner,
        slot: Slot,
        sequence: Sequence,
        form: TextForm,
    ) -> Result<Slot> {
        let (head, tail) = margins(form, &sequence);
        let alloc = self.maker.alloc(self.at, self.rules, sequence.align, head, tail)?;
        let mut owed = None;
        if owner == Owner::Caller {
            let Some(rule) = &self.rules.free else {
                let message = format!(
                    "{}: {} needs what frees arguments: `free = \"free\"` names it; where the \
                     guest frees them, `owner = \"callee\"` says so",
                    self.name, self.what
                );
                return Err(self.maker.wrong(self.at, message));
            };
            owed = Some(self.maker.free(
                self.at,
                self.rules,
                rule,
                sequence.lies(head, tail, false),
            )?);
        }
        let to = self.write(slot, sequence.encoding, alloc, owed);
        if form == TextForm::Nul && !sequence.bytes {
            let func = glue::terminate(&mut self.maker.glue, MEMORY, sequence.size)?;
            let found = self.new_slots(1);
            let args = Box::new([used(to), used(to + 1)]);
            self.ops.push(Op::CallCore { func, args, to: found });
            let message = self.maker.message(format!(
                "{}: {}: text with U+0000 in it cannot be passed NUL-terminated",
                self.name, self.what
            ));
            self.ops.push(Op::Refuse { when: used(found), message });
        }
        Ok(to)
    }

    /// Writes text or bytes where a function of their size says, and owes a call of
    /// another one with address and length; these two are in the slots from this one on.
    pub fn write(
        &mut self,
        slot: Slot,
        encoding: GuestEncoding,
        alloc: u32,
        owed: Option<u32>,
    ) -> Slot {
        let to = self.new_slots(2);
        self.ops.push(Op::LowerStr { alloc, mem: text_mem(encoding), from: used(slot), to });
        if let Some(func) = owed {
            self.ops.push(Op::Defer { func, args: Box::new([used(to), used(to + 1)]) });
        }
        to
    }

    /// A parameter: its leaves are in the slots from this one on.
    fn param(&mut self, ty: &Type, slot: &mut Slot) -> Result<()> {
        if (self.maker.known.param)(self, ty, slot)? {
            return Ok(());
        }
        match ty {
            Type::Scalar(_) | Type::Enum(_) | Type::Flags(_) => {
                let ty = leaf(ty);
                let local = self.number(*slot, ty);
                *slot += 1;
                self.args.push(ty.carrier()).get(local);
            }
            Type::String => {
                self.sequence(Sequence::text(self.rules), self.rules.text, None, slot)?
            }
            Type::List(list) if is_plain(&list.element) => {
                let form = match self.rules.text {
                    TextForm::Nul => TextForm::PointerLength,
                    form => form,
                };
                self.sequence(Sequence::list(&list.element), form, None, slot)?;
            }
            Type::List(list) if list.element == Type::String => self.texts_param(slot)?,
            Type::Option(_) if self.rules.null_options && ty.at(1) == Some(&Type::String) => {
                let tag = self.number(*slot, ValType::U32);
                *slot += 1;
                self.sequence(Sequence::text(self.rules), self.rules.text, Some(tag), slot)?;
            }
            Type::Record(_) | Type::Tuple(_) => self.record(ty, slot)?,
            other => return Err(self.unsupported(other)),
        }
        Ok(())
    }

    /// A sequence as an argument, null where a tag is zero.
    pub fn sequence(
        &mut self,
        sequence: Sequence,
        form: TextForm,
        tag: Option<Local>,
        slot: &mut Slot,
    ) -> Result<()> {
        self.forms.push(told(form).to_owned());
        let (pointer, length) = self.lower(*slot, sequence, form)?;
        *slot += 1;
        let head = match form {
            TextForm::Struct => {
                self.before.plus(pointer, -8).get(pointer).op(store(I32, 0));
                self.before.plus(pointer, -8);
                sequence.push_count(&mut self.before, length);
                self.before.op(store(I32, 4));
                8
            }
            TextForm::Prefixed => {
                self.before.plus(pointer, -4);
                sequence.push_count(&mut self.before, length);
                self.before.op(store(I32, 0));
                4
            }
            TextForm::PointerLength | TextForm::Nul => 0,
        };
        // For none there is room as for an empty text, which nobody gets.
        if let (Some(tag), Some(rule), Owner::Callee) = (tag, &self.rules.free, self.rules.owner) {
            let (before, behind) = margins(form, &sequence);
            let lies = sequence.lies(before, behind, false);
            let free = self.maker.free(self.at, self.rules, rule, lies)?;
            self.before.get(tag).ops([I::I32Eqz, I::If(BlockType::Empty)]);
            self.before.get(pointer).get(length).call(free).op(I::End);
        }
        let code = self.args.push(I32).plus(pointer, -head);
        if let Some(tag) = tag {
            code.i32(0).get(tag).op(I::Select);
        }
        if form == TextForm::PointerLength {
            sequence.push_count(self.args.push(I32), length);
        }
        Ok(())
    }

    /// A record as an argument: its one field, its fields, or the address of them all.
    fn record(&mut self, ty: &Type, slot: &mut Slot) -> Result<()> {
        let all = fields(ty).unwrap_or_default();
        if let ([_], _) | (_, true) = (all, self.rules.flat_records) {
            return all.iter().try_for_each(|field| self.param(&field.ty, slot));
        }
        self.forms.push("a record by its address".into());
        let layout = Shape::of(ty, self.rules.within, self.rules.small_enums)
            .ok_or_else(|| self.unsupported(ty))?;
        let (at, area) = self.area(layout.size, layout.align);
        for ((offset, part), ty) in layout.leaves.into_iter().zip(types_of(ty)) {
            match part {
                Leaf::Number(number) => {
                    let local = self.number(*slot, leaf(ty));
                    self.before.get(area).get(local).op(store(number, at + offset));
                }
                Leaf::Text => {
                    let form = self.within()?;
                    let sequence = Sequence::text(self.rules);
                    let (pointer, length) = self.lower(*slot, sequence, form)?;
                    self.before.get(area).get(pointer).op(store(I32, at + offset));
                    if form == TextForm::PointerLength {
                        self.before.get(area).get(length).op(store(I32, at + offset + 4));
                    }
                }
            }
            *slot += 1;
        }
        self.args.push(I32).plus(area, at as i32);
        Ok(())
    }

    /// Room in the call's area: where in it, and its address.
    pub fn area(&mut self, size: u32, align: u32) -> (u32, Local) {
        let at = self.area_size.next_multiple_of(align.max(1));
        self.area_size = at + size;
        let (_, local) = match self.area {
            Some(area) => area,
            None => {
                let slot = self.new_slots(1);
                let local = self.pass(slot, I32);
                *self.area.insert((slot, local))
            }
        };
        (at, local)
    }

    /// What text in records and arrays is.
    pub fn within(&self) -> Result<TextForm> {
        self.maker.within(self.rules, self.at, &format!("{}: {}", self.name, self.what))
    }

    pub fn unsupported(&self, ty: &Type) -> crate::error::Error {
        let message = format!(
            "{}: {}: the convention {} has no form for {ty} here",
            self.name, self.what, self.maker.known.name
        );
        self.maker.wrong(self.at, message)
    }
}

impl Maker<'_> {
    /// What text in records and arrays is.
    pub fn within(&self, rules: &Rules, at: usize, what: &str) -> Result<TextForm> {
        match rules.within {
            form @ (TextForm::PointerLength | TextForm::Nul) => Ok(form),
            TextForm::Struct | TextForm::Prefixed => {
                let message = format!(
                    "{what}: text in records and arrays is pointer-length or nul: `within` says \
                     which"
                );
                Err(self.wrong(at, message))
            }
        }
    }
}

pub(super) fn used(slot: Slot) -> Use {
    Use { slot, last: false }
}
