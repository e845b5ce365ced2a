//! Calls that a face spells out: what the core takes, in which order, where it leaves the
//! parts of its result, and how long these are.
//!
//! Not here: how arguments come into memory.

use super::computed::{Scope, Value};
use super::expression::Expression;
use super::glue::{self, Code, Local};
use super::making::{Args, Call};
use super::memory::{MEMORY, load, store};
use super::rules::{Owner, Spelled};
use super::sequence::{Lies, Sequence};
use super::shape::{is_flat, leaf};
use super::wit::fields;
use crate::error::Result;
use crate::types::ValType;
use crate::types::kind::width;
use crate::types::tree::Type;
use wasm_encoder::{BlockType, Instruction as I};

const I32: ValType = ValType::I32;
/// What the value is called that the core returns.
const RETURNED: &str = "returned";
/// What the result of the face's function is called.
const RESULT: &str = "result";

/// A part of the result that has a name.
struct Part<'t> {
    name: String,
    ty: &'t Type,
    sequence: Option<Sequence>,
    /// Where in the area the core leaves it, or its address.
    cell: Option<u32>,
    /// Where it leaves the length.
    length_cell: Option<u32>,
    /// The address of the buffer that it writes it to, and how many elements fit.
    buffer: Option<(Local, Local)>,
}

impl<'m> Call<'m, '_> {
    /// Arguments and result of a call that the face spells out.
    pub fn spelled(&mut self, spelled: &Spelled) -> Result<()> {
        if !self.maker.known.spelled {
            return Err(self.maker.not_spelled(self.rules, self.name, self.at));
        }
        let mut scope = Scope::default();
        let mut usual = Vec::new();
        let mut slot = 0;
        for param in &self.function.params {
            self.what = format!("parameter {}", param.name);
            self.at = param.at;
            self.named_param(&param.name, &param.ty, &mut slot, &mut scope, &mut usual)?;
        }
        (self.what, self.at) = (RESULT.into(), self.function.at);
        let args = spelled.args.clone().unwrap_or(usual);
        self.check_used(spelled, &args)?;
        let mut parts = self.parts()?;
        for part in &mut parts {
            self.room(spelled, part, &args, &mut scope)?;
        }
        let mut stored = Vec::new();
        for (_, arg) in &args {
            if let Expression::Place(name) = arg {
                let cell = self.cell(format!("&{name}"), 4, 4, &mut scope);
                stored.push((name, cell));
            }
        }
        let wanted: Vec<ValType> = self.core.params().to_vec();
        if wanted.len() != args.len() {
            let message = format!(
                "export {}: the core function is {}; the face passes {} arguments",
                self.name,
                self.core,
                args.len()
            );
            let at = spelled.args.as_ref().and(args.first()).map_or(self.place, |(at, _)| *at);
            return Err(self.maker.mismatch(at, message));
        }
        for ((at, arg), ty) in args.iter().zip(&wanted) {
            let mut code = Code::default();
            self.argument(*at, arg, *ty, &scope, &mut code)?;
            self.args.push(*ty).append(&code);
        }
        for (name, cell) in stored {
            let (area, local) = (self.area.map_or(0, |(_, area)| area), self.wrap.local(I32));
            self.after.get(area).op(load(I32, cell)).set(local);
            scope.add(name.clone(), ValType::U32, local);
        }
        self.returned(spelled, &parts, &mut scope)
    }

    /// A parameter: what it is in the core gets names.
    fn named_param(
        &mut self,
        name: &str,
        ty: &Type,
        slot: &mut u32,
        scope: &mut Scope,
        usual: &mut Vec<(usize, Expression)>,
    ) -> Result<()> {
        let (known, at) = (self.sequences.len(), self.at);
        let before = std::mem::take(&mut self.args);
        self.param(ty, slot)?;
        let Args { types, code } = std::mem::replace(&mut self.args, before);
        let locals: Vec<Local> = types.iter().map(|ty| self.wrap.local(*ty)).collect();
        self.before.append(&code);
        locals.iter().rev().for_each(|local| {
            self.before.set(*local);
        });
        let mut add = |name: String, value: Value, passed: bool| {
            if passed {
                usual.push((at, Expression::Name(name.clone())));
            }
            scope.values.insert(name, value);
        };
        let sequence = self.sequences.get(known).copied();
        for (i, (core, local)) in types.iter().zip(&locals).enumerate() {
            let of = match ty {
                Type::Scalar(_) | Type::Enum(_) | Type::Flags(_) => leaf(ty),
                // It is spelled in words of the core's.
                Type::String
                | Type::List(_)
                | Type::Record(_)
                | Type::Tuple(_)
                | Type::Variant(_)
                | Type::Option(_)
                | Type::Result(_)
                | Type::Own(_)
                | Type::Borrow(_) => *core,
            };
            let name = match i {
                0 => name.to_owned(),
                // Of fields that are passed one by one.
                _ if fields(ty).is_some() => format!("{name}.{i}"),
                _ => format!("{name}.length"),
            };
            add(name, Value { ty: of, local: *local }, true);
        }
        if let Some((_, length, sequence)) = sequence {
            let (count, size) = (self.wrap.local(I32), self.wrap.local(I32));
            sequence.push_count(&mut self.before, length);
            self.before.set(count).get(length);
            if !sequence.bytes {
                self.before.times(sequence.size);
            }
            self.before.set(size);
            add(format!("{name}.length"), Value { ty: ValType::U32, local: count }, false);
            add(format!("{name}.size"), Value { ty: ValType::U32, local: size }, false);
        }
        Ok(())
    }

    /// A parameter that is passed nowhere is a mistake.
    fn check_used(&self, spelled: &Spelled, args: &[(usize, Expression)]) -> Result<()> {
        let mut names = Vec::new();
        args.iter().for_each(|(_, arg)| arg.names(&mut names));
        spelled.all().for_each(|(_, other)| other.names(&mut names));
        for param in &self.function.params {
            let is = |name: &&str| name.split('.').next() == Some(&*param.name);
            if !names.iter().any(is) {
                let message =
                    format!("{}: parameter {} is not among `args`", self.name, param.name);
                return Err(self.maker.wrong(param.at, message));
            }
        }
        Ok(())
    }

    /// The parts of the result, by their names.
    fn parts(&mut self) -> Result<Vec<Part<'m>>> {
        let function = self.function;
        let Some(ty) = &function.result else { return Ok(Vec::new()) };
        // What is there where the function succeeds.
        let held = match ty {
            Type::Option(_) => Some(ty.at(1)),
            Type::Result(_) => Some(ty.at(0)),
            _ => None,
        };
        let Some(ty) = held.unwrap_or(Some(ty)) else { return Ok(Vec::new()) };
        let all: Vec<_> = match fields(ty) {
            Some(fields) => fields
                .iter()
                .enumerate()
                .map(|(i, field)| {
                    let name =
                        if field.name.is_empty() { i.to_string() } else { field.name.to_string() };
                    (format!("{RESULT}.{name}"), &field.ty)
                })
                .collect(),
            None => vec![(RESULT.to_owned(), ty)],
        };
        let mut parts = Vec::new();
        for (name, ty) in all {
            let sequence = match ty {
                Type::Scalar(_) | Type::Enum(_) | Type::Flags(_) => None,
                Type::String => Some(Sequence::text(self.rules)),
                Type::List(list) if is_flat(&list.element) => {
                    Some(self.maker.list(&list.element, self.rules))
                }
                other => return Err(self.unsupported(other)),
            };
            parts.push(Part { name, ty, sequence, cell: None, length_cell: None, buffer: None });
        }
        Ok(parts)
    }

    /// Room for what the core stores of a part, where it is told of it.
    fn room(
        &mut self,
        spelled: &Spelled,
        part: &mut Part<'_>,
        args: &[(usize, Expression)],
        scope: &mut Scope,
    ) -> Result<()> {
        let mut names = Vec::new();
        args.iter().for_each(|(_, arg)| arg.names(&mut names));
        let name = part.name.clone();
        let lengths = format!("{name}.length");
        let (told, told_length) = (names.contains(&&*name), names.contains(&&*lengths));
        if let (Some(sequence), Some((at, room))) = (part.sequence, spelled.room.of(&name)) {
            let (cell, area) = self.area(8, 4);
            let alloc = self.maker.alloc(self.at, self.rules, 8, 0, 0)?;
            let Some(rule) = self.rules.free.clone() else { return Err(self.no_free()) };
            let lies = Lies { align: 8, ..Lies::default() };
            let free = self.maker.free(self.at, self.rules, &rule, lies)?;
            self.cells.push((cell, free));
            let (count, size) = (self.wrap.local(I32), self.wrap.local(I32));
            let place = self.wrap.local(I32);
            let mut code = Code::default();
            self.push_number(at, room, scope, &mut code)?;
            code.op(I::I32TruncSatF64U).set(count).get(count).times(sequence.size).set(size);
            code.get(area).get(size).op(store(I32, cell + 4));
            code.get(size).call(alloc).set(place);
            // Where there is no memory, this traps.
            code.get(place).op(load(ValType::U8, 0)).op(I::Drop);
            code.get(area).get(place).op(store(I32, cell));
            self.before.append(&code);
            part.buffer = Some((place, count));
            scope.add(name.clone(), ValType::U32, place);
            scope.add(format!("{name}.size"), ValType::U32, count);
        } else if told {
            let (size, align) = match part.sequence {
                Some(_) => (4, 4),
                None => (leaf_size(part.ty), leaf_size(part.ty)),
            };
            part.cell = Some(self.cell(name, size, align, scope));
        }
        if told_length && part.sequence.is_some() {
            let cell = self.cell(lengths, 4, 4, scope);
            part.length_cell = Some(cell);
            if let (Some((_, count)), Some((_, area))) = (part.buffer, self.area) {
                self.before.get(area).get(count).op(store(I32, cell));
            }
        }
        Ok(())
    }

    /// Room for a word that the core stores; the name is its address.
    fn cell(&mut self, name: String, size: u32, align: u32, scope: &mut Scope) -> u32 {
        let (cell, area) = self.area(size, align);
        let address = self.wrap.local(I32);
        self.before.plus(area, cell as i32).set(address);
        scope.add(name, ValType::U32, address);
        cell
    }

    /// The result: its parts, and whether there are any.
    fn returned(&mut self, spelled: &Spelled, parts: &[Part<'_>], scope: &mut Scope) -> Result<()> {
        let function = self.function;
        let tagged = matches!(function.result, Some(Type::Option(_) | Type::Result(_)));
        if let Some((ty, local)) = self.returned.first() {
            scope.add(RETURNED.into(), *ty, *local);
        }
        let area = self.area.map_or(0, |(_, area)| area);
        // Where each part is: a number, or the address of a sequence.
        let mut places = Vec::new();
        for part in parts {
            let ty = part.sequence.map_or_else(|| leaf(part.ty), |_| ValType::U32);
            let place = match (part.buffer, part.cell, &spelled.address) {
                (Some((place, _)), ..) => place,
                (_, Some(cell), _) => {
                    let local = self.wrap.local(ty.carrier());
                    self.after.get(area).op(load(ty, cell)).set(local);
                    local
                }
                (_, _, Some((at, address))) if part.sequence.is_some() => {
                    let (mut code, local) = (Code::default(), self.wrap.local(I32));
                    self.push_number(*at, address, scope, &mut code)?;
                    code.op(I::I32TruncSatF64U).set(local);
                    self.after.append(&code);
                    local
                }
                _ => {
                    // What is returned keeps its name, whatever becomes of this.
                    let (found, local) = (self.take(ty.carrier()), self.wrap.local(ty.carrier()));
                    self.after.get(found).set(local);
                    local
                }
            };
            if part.sequence.is_none() {
                scope.add(part.name.clone(), ty, place);
            }
            places.push(place);
        }
        let left = |call: &Self| call.taken < call.core.results().len();
        let by_length = |part: &&Part<'_>| {
            part.buffer.is_some()
                && part.length_cell.is_none()
                && spelled.length.of(&part.name).is_none()
        };
        let is_length = parts.iter().any(|part| by_length(&part)) && left(self);
        let rest = match left(self) {
            true => {
                let (ty, _) = self.returned[self.taken];
                Some((ty, self.take(ty)))
            }
            false => None,
        };
        // What says where the result lies, or how long it is, is no status.
        let mut names = Vec::new();
        spelled.length.0.iter().for_each(|(.., length)| length.names(&mut names));
        let is_status = !is_length && spelled.address.is_none() && !names.contains(&RETURNED);
        // Whether it has succeeded.
        let good = self.wrap.local(I32);
        let mut code = Code::default();
        match (&spelled.ok, rest) {
            (Some((at, ok)), _) => {
                self.push_number(*at, ok, scope, &mut code)?;
                code.ops([I::F64Const(0.0.into()), I::F64Ne]);
            }
            (None, Some((I32, status))) if is_status => {
                code.get(status).op(I::I32Eqz);
            }
            (None, None)
                if matches!(function.result, Some(Type::Option(_))) && parts.len() == 1 =>
            {
                code.get(places[0]).i32(0).op(I::I32Ne);
            }
            _ => {
                code.i32(1);
            }
        }
        code.set(good);
        self.after.append(&code);
        // How long the sequences are.
        let mut counts = Vec::new();
        for (part, place) in parts.iter().zip(&places) {
            let count = self.wrap.local(I32);
            counts.push(count);
            let Some(sequence) = part.sequence else { continue };
            let mut code = Code::default();
            if let Some((at, length)) = spelled.length.of(&part.name) {
                self.push_number(at, length, scope, &mut code)?;
                code.op(I::I32TruncSatF64U);
            } else if let Some(cell) = part.length_cell {
                code.get(area).op(load(I32, cell));
            } else if let (true, Some((ty, length))) = (part.buffer.is_some() && is_length, rest) {
                code.get(length);
                if ty == ValType::I64 {
                    code.ops([I::F64ConvertI64S, I::I32TruncSatF64U]);
                }
            } else if let Some((_, room)) = part.buffer {
                code.get(room);
            } else if !sequence.bytes {
                let length = glue::length(&mut self.maker.glue, MEMORY, sequence.size)?;
                code.get(*place).call(length);
            } else {
                let message = format!(
                    "{}: the face has to say how long `{}` is: with `length`, or as \
                     `{1}.length` among `args`, for its address",
                    self.name, part.name
                );
                return Err(self.maker.wrong(self.at, message));
            }
            code.set(count);
            if let Some((_, room)) = part.buffer {
                code.get(good).get(count).get(room).ops([I::I32LeU, I::I32And]).set(good);
            }
            self.after.get(good).op(I::If(BlockType::Empty)).append(&code).op(I::End);
        }
        let bad = self.wrap.local(I32);
        self.after.get(good).op(I::I32Eqz).set(bad);
        let case = match &function.result {
            Some(Type::Option(_)) => Some(good),
            Some(Type::Result(_)) => Some(bad),
            _ => None,
        };
        match case {
            Some(case) => self.give(ValType::U32, |code| {
                code.get(case);
            }),
            // The type has no room for a failure.
            None => self.refuse(bad, "the core tells of a failure".into()),
        }
        for ((part, place), count) in parts.iter().zip(places).zip(counts) {
            match part.sequence {
                None => {
                    self.only(tagged.then_some(good), leaf(part.ty), place);
                    self.scalar(part.ty, place);
                }
                Some(sequence) => {
                    let length = self.wrap.local(I32);
                    self.after.get(count);
                    sequence.count_to_length(&mut self.after);
                    self.after.i32(0).get(good).op(I::Select).set(length);
                    let is_told = part.buffer.is_some() || spelled.address.is_some();
                    if part.cell.is_none() && !is_told {
                        self.only(Some(good), I32, place);
                    }
                    let outs = self.give_list(sequence, place, length)?;
                    if self.rules.result_owner == Owner::Caller && !is_told {
                        let rule = self.rules.free_result.as_ref().or(self.rules.free.as_ref());
                        let Some(rule) = rule.cloned() else { return Err(self.no_free()) };
                        let tail = if sequence.bytes || part.length_cell.is_some() {
                            0
                        } else {
                            sequence.size
                        };
                        self.free_later(&rule, sequence.lies(0, tail, true), outs)?;
                    }
                }
            }
        }
        match function.result.as_ref().filter(|ty| matches!(ty, Type::Result(_))) {
            Some(ty) => match ty.at(1) {
                Some(error) => self.error(error, spelled, bad, rest, scope),
                None => Ok(()),
            },
            None => Ok(()),
        }
    }

    /// What is behind `err`.
    fn error(
        &mut self,
        ty: &Type,
        spelled: &Spelled,
        bad: Local,
        rest: Option<(ValType, Local)>,
        scope: &Scope,
    ) -> Result<()> {
        let mut code = Code::default();
        let of = if *ty == Type::String { I32 } else { leaf(ty).carrier() };
        match (&spelled.err, rest) {
            (Some((at, err)), _) => self.argument(*at, err, of, scope, &mut code)?,
            (None, Some((found, status))) if found == of && *ty != Type::String => {
                code.get(status);
            }
            _ => {
                let message = format!(
                    "{}: `err` says what the error is: `err = \"error_text(returned)\"`",
                    self.name
                );
                return Err(self.maker.wrong(self.at, message));
            }
        }
        let place = self.wrap.local(of);
        code.set(place);
        match ty {
            Type::Scalar(_) | Type::Enum(_) | Type::Flags(_) => {
                self.after.get(bad).op(I::If(BlockType::Empty)).append(&code).op(I::End);
                self.scalar(ty, place);
            }
            Type::String => {
                let (sequence, length) = (Sequence::text(self.rules), self.wrap.local(I32));
                let count = glue::length(&mut self.maker.glue, MEMORY, sequence.size)?;
                code.get(place).call(count).set(length);
                self.after.get(bad).op(I::If(BlockType::Empty)).append(&code).op(I::End);
                self.give_sequence(sequence, place, length);
            }
            other => return Err(self.unsupported(other)),
        }
        Ok(())
    }

    /// What is not there is zero.
    fn only(&mut self, when: Option<Local>, ty: ValType, local: Local) {
        if let Some(when) = when
            && ty.carrier() == I32
        {
            self.after.get(local).i32(0).get(when).op(I::Select).set(local);
        }
    }
}

/// Bytes of a number where the core stores it: cases are words.
fn leaf_size(ty: &Type) -> u32 {
    width(leaf(ty).number()) as u32
}
