//! An export of a face: the plan of its adapter, and the core function that stands
//! between plan and core where there is more to do than a plan can say.
//!
//! The plan writes text and lists into memory and passes addresses, lengths and
//! numbers; the function in between passes these on as the core takes them, and gives
//! what the core returns as the plan takes it.
//!
//! Not here: imports.

use super::glue::{self, Code, Func, Local};
use super::making::{Args, Call, Maker, used};
use super::memory::{MEMORY, store, text_mem};
use super::rules::{CallArg, CallRule, Owner, Rules, TextForm};
use super::sequence::{Sequence, margins, told};
use super::shape::{FieldRules, Leaf, Shape, is_flat, lacking, leaf};
use super::text::Place;
use super::wit::{Function, fields, types_of};
use crate::abi::GuestEncoding;
use crate::error::Result;
use crate::plan::{AdapterPlan, Conversion, Op, Slot};
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
        let free = CallRule { name: post, args: Some(vec![CallArg::Pointer]), at: None };
        rules.free_pair = maker.core_func(&free.name).map(|_| free);
    }
    let ty = maker.flat_type(function)?;
    let place = core.map_or(function.at, |core| core.at);
    let mut call = Call::new(maker, &rules, function, place, ty, (target, core_type.clone()));
    for ty in core_type.results() {
        let local = call.wrap.local(*ty);
        call.returned.push((*ty, local));
    }
    if rules.spelled.is_said() {
        call.spelled(&rules.spelled)?;
        return call.finish(&core_type);
    }
    let mut slot = 0;
    for param in &function.params {
        call.what = format!("parameter {}", param.name);
        call.at = param.at;
        call.param(&param.ty, &mut slot)?;
    }
    (call.what, call.at) = ("result".into(), function.at);
    call.check_words()?;
    call.result(function.result.as_ref())?;
    (call.maker.known.end)(&mut call, &core_type)?;
    call.finish(&core_type)
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
            cells: Vec::new(),
            sequences: Vec::new(),
            filled: None,
            forms: Vec::new(),
            idle: None,
        }
    }

    /// More words than the convention passes as arguments lie in memory.
    fn check_words(&self) -> Result<()> {
        let (words, most) = (self.args.types.len(), self.maker.known.most_words);
        if words <= most {
            return Ok(());
        }
        let message = format!(
            "{}: its parameters are {words} words; the convention {} passes up to {most} here",
            self.name, self.maker.known.name
        );
        Err(self.maker.wrong(self.at, message))
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
        let to = match sequence.relaid {
            Some(relaid) => self.lower_relaid(owner, slot, sequence, form, relaid)?,
            None => self.lower_slot(owner, slot, sequence, form)?,
        };
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
    pub fn param(&mut self, ty: &Type, slot: &mut Slot) -> Result<()> {
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
            Type::List(list) if is_flat(&list.element) => {
                let form = self.rules.text.of_lists();
                let sequence = self.maker.list(&list.element, self.rules);
                self.sequence(sequence, form, None, slot)?;
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
        self.unseen(tag, sequence, form, pointer, length)?;
        self.args.push(I32).plus(pointer, -head).null_unless(tag);
        if form == TextForm::PointerLength {
            sequence.push_count(self.args.push(I32), length);
        }
        Ok(())
    }

    /// For none there is room as for an empty text, which nobody gets: who frees it else does
    /// not see it.
    fn unseen(
        &mut self,
        tag: Option<Local>,
        sequence: Sequence,
        form: TextForm,
        pointer: Local,
        length: Local,
    ) -> Result<()> {
        if let (Some(tag), Some(rule), Owner::Callee) = (tag, &self.rules.free, self.rules.owner) {
            let (before, behind) = margins(form, &sequence);
            let lies = sequence.lies(before, behind, false);
            let free = self.maker.free(self.at, self.rules, rule, lies)?;
            self.before.get(tag).ops([I::I32Eqz, I::If(BlockType::Empty)]);
            self.before.get(pointer).get(length).call(free).op(I::End);
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
        let layout = Shape::of(ty, FieldRules::of(self.rules, self.rules.within))
            .ok_or_else(|| self.unsupported(ty))?;
        let (at, area) = self.area(layout.size, layout.align);
        for ((offset, part), ty) in layout.leaves.into_iter().zip(types_of(ty)) {
            match part {
                Leaf::Number(number) => {
                    let local = self.number(*slot, leaf(ty));
                    self.before.get(area).get(local).op(store(number, at + offset));
                }
                Leaf::Text | Leaf::Maybe => {
                    let tag = matches!(part, Leaf::Maybe).then(|| {
                        *slot += 1;
                        self.number(*slot - 1, ValType::U32)
                    });
                    let form = self.within()?;
                    let sequence = Sequence::text(self.rules);
                    let (pointer, length) = self.lower(*slot, sequence, form)?;
                    self.unseen(tag, sequence, form, pointer, length)?;
                    self.before.get(area).get(pointer);
                    self.before.null_unless(tag).op(store(I32, at + offset));
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
            "{}: {}: the convention {} has no form for {ty} here{}",
            self.name,
            self.what,
            self.maker.known.name,
            self.maker.instead(ty)
        );
        self.maker.wrong(self.at, message)
    }
}

impl Maker<'_> {
    /// What can be written instead of a type that the convention has no form for.
    pub fn instead(&self, ty: &Type) -> String {
        let is_c = self.known.spelled;
        match lacking(ty) {
            Some((field, ty)) if is_c => format!(
                ": `{field}` is {ty}, which lies nowhere in C as such: what tells whether it is \
                 there, or which case it is, and what that holds are fields of their own"
            ),
            Some((field, ty)) => format!(": `{field}` is {ty}"),
            None if is_c && matches!(ty, Type::Option(_) | Type::Result(_)) => {
                ": of a result, `result = \"out\"` or a call that is spelled out has one; of a \
                 parameter, a `bool` and the value are two"
                    .into()
            }
            None => String::new(),
        }
    }

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
