//! Imports that a face spells out: what each of the core's parameters is, by its name.
//!
//! Not here: how values are read and written.

use super::expression::Expression;
use super::glue::{self, Local};
use super::hook::To;
use super::hook_parts::{Goes, Status};
use super::making::Hook;
use super::memory::MEMORY;
use super::rules::{ResultForm, TextForm};
use super::sequence::Sequence;
use super::shape::{FieldRules, Shape, is_flat, leaf};
use super::wit::fields;
use crate::error::{Error, Result};
use crate::plan::AdapterPlan;
use crate::types::tree::Type;
use crate::types::{FuncType, ValType};
use wasm_encoder::Instruction as I;

const I32: ValType = ValType::I32;
/// What a parameter of the core is called that nothing is made of.
const NOTHING: &str = "_";
/// What the result, and what is behind `err`, are called.
const RESULT: &str = "result";
const ERROR: &str = "error";

/// The core's parameters by their names: which one, where the face says so, and whether it was
/// asked for.
struct Names(Vec<(String, Local, usize, bool)>);

impl Names {
    fn find(&mut self, name: &str) -> Option<(Local, usize)> {
        let found = self.0.iter_mut().find(|(known, ..)| known == name)?;
        found.3 = true;
        Some((found.1, found.2))
    }
}

impl Hook<'_, '_> {
    /// The plan of such an import.
    pub fn make_spelled(&mut self, import: u32, flat: FuncType) -> Result<AdapterPlan> {
        let function = self.function;
        let mut names = self.names()?;
        for param in &function.params {
            param.name.clone_into(&mut self.parameter);
            self.named(&param.name, &param.ty, param.at, &mut names)?;
        }
        // Each was looked at by itself.
        self.expected = self.core.params().to_vec();
        let ty = function.result.as_ref();
        let (ok, status) = self.status(ty, &mut names)?;
        let number = matches!(ty, Some(Type::Scalar(_) | Type::Enum(_) | Type::Flags(_)));
        let sequence = self.sequence_of_result();
        let told = ty.is_some() && names.find(RESULT).is_some();
        let mut goes = Vec::new();
        let to = match (ty, sequence) {
            (Some(_), Some((sequence, _))) => Some(self.place(&mut names, sequence, ok)?),
            (Some(_), None) if number && !told => Some((To::Value, self.rules.result)),
            (Some(ty), _) => {
                let (good, bad) = match ty {
                    Type::Option(_) => (ty.at(1).map(|ty| (ty, Some(1))), None),
                    Type::Result(_) => (ty.at(0).map(|ty| (ty, Some(0))), ty.at(1)),
                    ty => (Some((ty, None)), None),
                };
                if let Some((ty, case)) = good {
                    self.parts(RESULT, ty, case, &mut names, &mut goes)?;
                }
                // Where `err` is said it is all that the core gets of an error, unless it wants it.
                let wanted = self.rules.spelled.err.is_none() || names.find(ERROR).is_some();
                if let (Some(ty), Status::Nothing | Status::Number(..), true) =
                    (bad, status, wanted)
                {
                    self.parts(ERROR, ty, Some(1), &mut names, &mut goes)?;
                }
                None
            }
            (None, _) => None,
        };
        if let Some((name, _, at, _)) = names.0.iter().find(|(.., used)| !used) {
            let message = format!("import {}: nothing is called `{name}` here", function.name);
            return Err(self.maker.wrong(*at, message));
        }
        if let Some((to, form)) = to {
            return self.make_to(import, flat, &to, sequence, form);
        }
        self.check(status.results())?;
        self.store(import, flat, ty, &goes, status)
    }

    fn names(&self) -> Result<Names> {
        let (name, spelled, count) =
            (&self.function.name, &self.rules.spelled, self.core.params().len());
        if spelled.address.is_some() || !spelled.length.0.is_empty() || !spelled.room.0.is_empty() {
            let settings = ["address", "length", "room"];
            let message = format!("import {name}: `args`, `ok` and `err` spell an import out");
            return Err(self.wrong_at(&settings, message));
        }
        let Some(args) = &spelled.args else {
            let message = format!("import {name}: `args` says what each of the core's is");
            return Err(self.wrong_at(&["ok", "err"], message));
        };
        if args.len() != count {
            let message = format!(
                "import {name}: the core imports a function {}; the face names {} arguments",
                self.core,
                args.len()
            );
            let at = args.first().map_or(self.function.at, |(at, _)| *at);
            return Err(self.maker.mismatch(at, message));
        }
        let mut names: Vec<(String, Local, usize, bool)> = Vec::new();
        for ((at, arg), local) in args.iter().zip(0..) {
            let Expression::Name(arg) = arg else {
                let message = format!(
                    "import {name}: each of `args` is a name: of a parameter, `text.length`, \
                     `result`, or `_` for what is of no use"
                );
                return Err(self.maker.wrong(*at, message));
            };
            if names.iter().any(|(known, ..)| known == arg) {
                let message = format!("import {name}: `{arg}` is there already");
                return Err(self.maker.wrong(*at, message));
            }
            if arg != NOTHING {
                names.push((arg.clone(), local, *at, false));
            }
        }
        Ok(Names(names))
    }

    fn wrong_at(&self, settings: &[&str], message: String) -> Error {
        self.maker.wrong(self.rules.place_of(settings, self.function.at), message)
    }

    /// One of the core's parameters, which has to be there.
    fn needed(&self, name: &str, at: usize, names: &mut Names) -> Result<(Local, usize)> {
        names.find(name).ok_or_else(|| {
            let message = format!("import {}: `{name}` is not among `args`", self.function.name);
            self.maker.wrong(at, message)
        })
    }

    /// The same, which is of this type.
    fn of_type(&self, name: &str, ty: ValType, at: usize, names: &mut Names) -> Result<Local> {
        let (local, at) = self.needed(name, at, names)?;
        self.check_type(name, local, ty, at)
    }

    fn check_type(&self, name: &str, local: Local, ty: ValType, at: usize) -> Result<Local> {
        let found = self.core.params()[local as usize];
        if found == ty {
            return Ok(local);
        }
        let message = format!(
            "import {}: the core passes `{name}` as {found}; the types of the face need {ty}",
            self.function.name
        );
        Err(self.maker.mismatch(at, message))
    }

    /// One that may be there, of 32 bits: as it is, or the lower half of one of 64.
    fn word(&mut self, name: &str, names: &mut Names) -> Result<Option<Local>> {
        let Some((local, at)) = names.find(name) else { return Ok(None) };
        if self.core.params()[local as usize] != ValType::I64 {
            return self.check_type(name, local, I32, at).map(Some);
        }
        let word = self.read.local(I32);
        self.read.code.get(local).op(I::I32WrapI64).set(word);
        Ok(Some(word))
    }

    /// A parameter of the face, made of what the core passes.
    fn named(&mut self, name: &str, ty: &Type, at: usize, names: &mut Names) -> Result<()> {
        let (text, option) = match (ty, ty.at(1)) {
            (Type::Option(_), Some(Type::String)) if self.rules.null_options => (true, true),
            (ty, _) => (*ty == Type::String, false),
        };
        if text {
            let sequence = Sequence::text(self.rules);
            return self.named_sequence(name, sequence, option, at, names);
        }
        match ty {
            Type::Scalar(_) | Type::Enum(_) | Type::Flags(_) => {
                let ty = leaf(ty);
                let local = self.of_type(name, ty.carrier(), at, names)?;
                self.give(ty, |code| {
                    code.get(local);
                    if ty == ValType::Bool {
                        code.i32(0).op(I::I32Ne);
                    }
                });
                Ok(())
            }
            Type::List(list) if is_flat(&list.element) => {
                let sequence = self.maker.list(&list.element, self.rules);
                self.named_sequence(name, sequence, false, at, names)
            }
            Type::List(list) if list.element == Type::String => {
                let array = self.of_type(name, I32, at, names)?;
                let lengths = format!("{name}.length");
                let Some(count) = self.word(&lengths, names)? else {
                    return Err(self
                        .needed(&lengths, at, names)
                        .err()
                        .unwrap_or_else(|| Error::internal("a length is there, and is not")));
                };
                let each = self.maker.within(self.rules, at, &self.function.name)?;
                let pack = self.maker.pack_texts(at, self.rules, each, None)?;
                self.texts_at(array, count, pack, at)
            }
            Type::Record(_) | Type::Tuple(_) if names.find(name).is_some() => {
                let place = self.of_type(name, I32, at, names)?;
                let lies = FieldRules::of(self.rules, self.rules.within);
                let Some(shape) = Shape::of(ty, lies) else {
                    return Err(self.unsupported(&format!("parameter {name}"), at, ty));
                };
                self.maker.memory(at)?;
                self.record_at(ty, &shape, place, at)
            }
            Type::Record(_) | Type::Tuple(_) => {
                let all = fields(ty).unwrap_or_default();
                all.iter().enumerate().try_for_each(|(i, field)| {
                    let name = of_field(name, &field.name, i);
                    self.named(&name, &field.ty, at, names)
                })
            }
            other => Err(self.unsupported(&format!("parameter {name}"), at, other)),
        }
    }

    /// Text or a list, whose length is there, or which a zero ends.
    fn named_sequence(
        &mut self,
        name: &str,
        sequence: Sequence,
        option: bool,
        at: usize,
        names: &mut Names,
    ) -> Result<()> {
        self.maker.memory(at)?;
        let p = self.of_type(name, I32, at, names)?;
        let (lengths, sizes) = (format!("{name}.length"), format!("{name}.size"));
        let (count, size) = (self.word(&lengths, names)?, self.word(&sizes, names)?);
        let (pointer, length) = (self.read.local(I32), self.read.local(I32));
        self.read.code.get(p).set(pointer);
        let mut form = TextForm::PointerLength;
        match (count, size) {
            (Some(count), _) => {
                self.read.code.get(count);
                sequence.count_to_length(&mut self.read.code);
            }
            (None, Some(size)) => {
                self.read.code.get(size);
                if !sequence.bytes {
                    sequence.push_bytes(&mut self.read.code);
                }
            }
            (None, None) if !sequence.bytes => {
                form = TextForm::Nul;
                let func = glue::length(&mut self.maker.glue, MEMORY, sequence.size)?;
                self.read.code.get(p).call(func);
            }
            (None, None) => {
                let message = format!(
                    "import {}: `{lengths}` or `{sizes}` is not among `args`",
                    self.function.name
                );
                return Err(self.maker.wrong(at, message));
            }
        }
        self.read.code.set(length);
        self.sequence_at((sequence, form, option), [p, pointer, length], at)
    }

    /// Where text or a list goes that the host returns, and in which form.
    fn place(
        &mut self,
        names: &mut Names,
        sequence: Sequence,
        ok: Option<(i32, i32)>,
    ) -> Result<(To, ResultForm)> {
        let at = self.function.at;
        let (length, room) = (format!("{RESULT}.length"), format!("{RESULT}.size"));
        let mut address = |name: &str| match names.find(name) {
            Some((local, at)) => self.check_type(name, local, I32, at).map(Some),
            None => Ok(None),
        };
        let (result, length, room) = (address(RESULT)?, address(&length)?, address(&room)?);
        // What has a length beside it needs no zero at its end.
        let form = if length.is_some() { ResultForm::LengthOut } else { ResultForm::Nul };
        Ok(match (result, length, room) {
            (Some(result), None, Some(room)) => (To::Buffer(result, room), ResultForm::Buffer),
            (Some(_), None, None) if sequence.bytes && !sequence.texts => {
                let message = format!(
                    "import {}: `{RESULT}.length`, where the length goes, is not among `args`",
                    self.function.name
                );
                return Err(self.maker.wrong(at, message));
            }
            (Some(result), length, None) => (To::Cells(result, length, ok), form),
            (None, Some(length), None) => (To::Length(length), form),
            (None, None, None) => (To::Value, self.rules.result),
            (_, _, Some(_)) => {
                let message = format!(
                    "import {}: `{RESULT}.size` is what the buffer at `{RESULT}` has room for, \
                     and the length is returned",
                    self.function.name
                );
                return Err(self.maker.wrong(at, message));
            }
        })
    }

    /// Where the parts of a result go.
    fn parts<'t>(
        &mut self,
        name: &str,
        ty: &'t Type,
        case: Option<u32>,
        names: &mut Names,
        goes: &mut Vec<Goes<'t>>,
    ) -> Result<()> {
        let at = self.function.at;
        if let (None, Some(fields)) = (names.find(name), fields(ty)) {
            return fields.iter().enumerate().try_for_each(|(i, field)| {
                self.parts(&of_field(name, &field.name, i), &field.ty, case, names, goes)
            });
        }
        self.maker.memory(at)?;
        let to = self.of_type(name, I32, at, names)?;
        let lengths = format!("{name}.length");
        let length = match (ty, names.find(&lengths)) {
            (Type::String, Some((local, at))) => Some(self.check_type(&lengths, local, I32, at)?),
            _ => None,
        };
        let text = match length {
            // Text in a record, if there is any.
            _ if *ty != Type::String => self.rules.within,
            Some(_) => TextForm::PointerLength,
            None => TextForm::Nul,
        };
        goes.push(Goes { ty, to, length, text, case });
        Ok(())
    }

    /// What the core gets beside a result that is stored: the numbers for success and for none,
    /// and all of it.
    fn status(&self, ty: Option<&Type>, names: &mut Names) -> Result<(Option<(i32, i32)>, Status)> {
        let spelled = &self.rules.spelled;
        let number = |said: &Option<(usize, Expression)>, usual: i32| match said {
            None => Ok(usual),
            Some((_, Expression::Number(number))) if number.fract() == 0.0 => Ok(*number as i32),
            Some((at, _)) => {
                let message = format!(
                    "import {}: what the core gets of an import is a number",
                    self.function.name
                );
                Err(self.maker.wrong(*at, message))
            }
        };
        let (ok, err) = (number(&spelled.ok, 0)?, number(&spelled.err, 1)?);
        if self.core.results() != [I32] {
            return Ok((None, Status::Nothing));
        }
        let error = match ty {
            Some(ty @ Type::Result(_)) => ty.at(1),
            _ => None,
        };
        let is_number = error.is_some_and(|ty| {
            matches!(ty, Type::Scalar(_) | Type::Enum(_) | Type::Flags(_))
                && leaf(ty).carrier() == I32
        });
        let status = match is_number && spelled.err.is_none() && names.find(ERROR).is_none() {
            true => Status::Error(ok),
            false => Status::Number(ok, err),
        };
        Ok((Some((ok, err)), status))
    }
}

/// The name of a field of what is called so.
fn of_field(of: &str, name: &str, number: usize) -> String {
    match name {
        "" => format!("{of}.{number}"),
        name => format!("{of}.{name}"),
    }
}
