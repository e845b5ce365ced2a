//! Records: objects with their fields in them, numbers and strings by their addresses.
//!
//! Not here: which class one is of.

use super::super::super::glue::{Func, Local};
use super::super::super::making::{Back, Call, Hook, Maker, used};
use super::super::super::memory::{load, store};
use super::super::super::rules::TextForm;
use super::super::super::sequence::Sequence;
use super::super::super::shape::{FieldRules, Leaf, Shape, leaf};
use super::super::super::wit::fields;
use super::settings::classes;
use super::{objects, settings};
use crate::abi::GuestEncoding;
use crate::error::{Error, Result};
use crate::plan::Op;
use crate::types::ValType;
use crate::types::tree::Type;
use wasm_encoder::{BlockType, Instruction as I};

const I32: ValType = ValType::I32;

/// The shape of a record that an object can be: what has parts is another object.
fn shape(ty: &Type) -> Option<Shape> {
    let is_field = |ty: &Type| match ty {
        Type::Option(_) => ty.at(1) == Some(&Type::String),
        ty => matches!(ty, Type::Scalar(_) | Type::Enum(_) | Type::String),
    };
    fields(ty).filter(|all| all.iter().all(|field| is_field(&field.ty)))?;
    let lies = FieldRules { text: TextForm::Nul, null_options: true, small_enums: false };
    Shape::of(ty, lies)
}

/// The class of a record, which only a face can tell.
fn class(maker: &Maker<'_>, at: usize, key: &str) -> Result<u32> {
    let Some((class, place)) = settings::of(maker).ids.get(key).copied() else {
        let message = format!(
            "{key}: a record needs the number of its class: `ids = {{ \"{key}\" = 10 }}`; the \
             JavaScript that `asc --bindings` writes says it"
        );
        return Err(maker.wrong(at, message));
    };
    let classes = classes(maker);
    if !classes.is_record(class) {
        let message = format!("{key}: class {class} of the core is no record");
        return Err(maker.mismatch(place, message));
    }
    Ok(class)
}

/// Makes the object that a record is passed as: its slot.
pub(super) fn param(call: &mut Call<'_, '_>, ty: &Type, slot: &mut u32) -> Result<()> {
    let shape = shape(ty).ok_or_else(|| call.unsupported(ty))?;
    let at = call.at;
    let param = call.what.strip_prefix("parameter ").unwrap_or_default();
    let key = format!("{}.{param}", call.name);
    let class = class(call.maker, call.at, &key)?;
    let make = objects::make(call.maker, at, class, true)?;
    let string = classes(call.maker).string();
    let text = objects::make(call.maker, at, string, true)?;
    let let_go = objects::let_go(call.maker, at)?;
    let retain = objects::retain(call.maker, at)?;
    let size = shape.size as i32;
    let make = empty(call.maker, make, size)?;
    let object = call.new_slots(1);
    call.ops.push(Op::CallCore { func: make, args: Box::new([]), to: object });
    let args = Box::new([used(object), used(object)]);
    call.ops.push(Op::Defer { func: let_go, args });
    let pointer = call.pass(object, I32);
    for (offset, leaf) in shape.leaves {
        let (local, tag, ty) = match leaf {
            Leaf::Number(ty) => (call.number(*slot, ty), None, ty),
            Leaf::Text | Leaf::Maybe => {
                let tag = matches!(leaf, Leaf::Maybe).then(|| {
                    *slot += 1;
                    call.number(*slot - 1, ValType::U32)
                });
                let to = call.write(*slot, GuestEncoding::Utf16, text, Some(let_go));
                (call.pass(to, I32), tag, I32)
            }
        };
        *slot += 1;
        call.before.get(pointer).get(local).null_unless(tag);
        if let (Leaf::Text | Leaf::Maybe, Some(retain)) = (leaf, retain) {
            call.before.call(retain);
        }
        call.before.op(store(ty, offset));
    }
    call.forms.push("an object by its address".into());
    call.args.push(I32).get(pointer);
    Ok(())
}

/// The function `() -> (object)` that makes one with nothing in it: it is looked at before
/// it is filled.
fn empty(maker: &mut Maker<'_>, make: u32, size: i32) -> Result<u32> {
    maker.glue.named(format!("record {make} {size}"), &[], &[I32], |f, _| {
        let object = f.local(I32);
        f.code.i32(size).call(make).set(object);
        f.code.get(object).i32(0).i32(size).op(I::MemoryFill(0)).get(object);
        Ok(())
    })
}

/// Takes the object that a record is returned as.
pub(super) fn result(call: &mut Call<'_, '_>, ty: &Type) -> Result<()> {
    let shape = shape(ty).ok_or_else(|| call.unsupported(ty))?;
    let key = call.name.to_owned();
    let class = class(call.maker, call.at, &key)?;
    call.maker.memory(call.at)?;
    call.forms.push("the address of an object returned".into());
    let object = call.take(I32);
    let (place, bad) = (call.wrap.local(I32), call.wrap.local(I32));
    let is_class = objects::is_class(call.maker, class)?;
    call.after.get(object).call(is_class).op(I::I32Eqz).set(bad);
    call.refuse(bad, format!("the core returned what is not of class {class}, or null"));
    // Where it is none, nothing of it is looked at.
    call.after.i32(0).get(object).get(bad).op(I::Select).set(place);
    let all = fields(ty).ok_or_else(|| Error::internal("a record without fields"))?;
    for ((offset, part), field) in shape.leaves.into_iter().zip(all) {
        match part {
            Leaf::Number(number) => {
                let local = call.wrap.local(leaf(&field.ty).carrier());
                call.after.get(place).op(load(number, offset)).set(local);
                call.scalar(&field.ty, local);
            }
            Leaf::Text | Leaf::Maybe => {
                let option = matches!(part, Leaf::Maybe);
                let text = objects::read_text(call.maker, option)?;
                let [address, length, wrong, object] = [(); 4].map(|()| call.wrap.local(I32));
                call.after.i32(0).get(place).op(load(I32, offset)).get(bad).op(I::Select);
                call.after.set(object).get(object).call(text);
                call.after.set(wrong).set(length).set(address);
                if option {
                    call.give(ValType::U32, |code| {
                        code.get(object).i32(0).op(I::I32Ne);
                    });
                }
                let why = format!("the core returned a record whose {} is no string", field.name);
                call.refuse(wrong, why);
                let sequence = Sequence::text(call.rules);
                call.give_sequence(sequence, address, length);
            }
        }
    }
    super::give_back(call, object)
}

/// Takes the object that the core passes to the host.
pub(super) fn import_param(hook: &mut Hook<'_, '_>, ty: &Type) -> Result<()> {
    let at = hook.function.at;
    let shape = shape(ty).ok_or_else(|| hook.unsupported("parameter", at, ty))?;
    let key = format!("{}.{}", hook.function.name, hook.parameter);
    let class = class(hook.maker, at, &key)?;
    let is_class = objects::is_class(hook.maker, class)?;
    hook.forms.push("an object by its address".into());
    let object = hook.take(I32);
    let (place, bad) = (hook.read.local(I32), hook.read.local(I32));
    let code = &mut hook.read.code;
    code.get(object).call(is_class).op(I::I32Eqz).set(bad);
    code.i32(0).get(object).get(bad).op(I::Select).set(place);
    hook.refuse(bad, &format!("the core passed what is not of class {class}, or null"));
    let all = fields(ty).ok_or_else(|| Error::internal("a record without fields"))?;
    for ((offset, part), field) in shape.leaves.into_iter().zip(all) {
        match part {
            Leaf::Number(number) => {
                let local = hook.read.local(number.carrier());
                hook.read.code.get(place).op(load(number, offset)).set(local);
                let ty = leaf(&field.ty);
                hook.give(ty, |code| {
                    code.get(local);
                    if ty == ValType::Bool {
                        code.i32(0).op(I::I32Ne);
                    }
                });
            }
            Leaf::Text | Leaf::Maybe => {
                let option = matches!(part, Leaf::Maybe);
                let text = objects::read_text(hook.maker, option)?;
                let [address, length, wrong, object] = [(); 4].map(|()| hook.read.local(I32));
                let code = &mut hook.read.code;
                code.i32(0).get(place).op(load(I32, offset)).get(bad).op(I::Select).set(object);
                code.get(object).call(text).set(wrong).set(length).set(address);
                if option {
                    hook.give(ValType::U32, |code| {
                        code.get(object).i32(0).op(I::I32Ne);
                    });
                }
                let why = format!("the core passed a record whose {} is no string", field.name);
                hook.refuse(wrong, &why);
                hook.give_sequence(Sequence::text(hook.rules), address, length);
            }
        }
    }
    Ok(())
}

/// A record that the host returns is an object.
pub(super) fn import_back(_: &Hook<'_, '_>, ty: &Type) -> Option<Back> {
    fields(ty)?;
    Some(Back { area: false, results: vec![I32], code: back })
}

/// Makes it of its numbers and its texts, which are held until it is.
fn back(hook: &mut Hook<'_, '_>, ty: &Type, leaves: &[Local], write: &mut Func) -> Result<()> {
    let at = hook.function.at;
    let shape = shape(ty).ok_or_else(|| hook.unsupported("result", at, ty))?;
    let key = hook.function.name.clone();
    let class = class(hook.maker, at, &key)?;
    let make = objects::make(hook.maker, at, class, false)?;
    let make = empty(hook.maker, make, shape.size as i32)?;
    let let_go = objects::let_go(hook.maker, at)?;
    let counted = objects::is_counted(hook.maker);
    let object = write.local(I32);
    write.code.call(make).set(object);
    let mut leaves = leaves.iter().copied();
    let missing = || Error::internal("a record has too few parts");
    for (offset, part) in shape.leaves {
        let local = leaves.next().ok_or_else(missing)?;
        match part {
            Leaf::Number(number) => {
                write.code.get(object).get(local).op(store(number, offset));
            }
            Leaf::Text | Leaf::Maybe => {
                // Of what may be none the first leaf tells whether it is.
                let (local, tag) = match part {
                    Leaf::Maybe => (leaves.next().ok_or_else(missing)?, Some(local)),
                    _ => (local, None),
                };
                let length = leaves.next().ok_or_else(missing)?;
                write.code.get(object).get(local).null_unless(tag).op(store(I32, offset));
                // Where references are counted, this one is the object's, if it has it.
                match (counted, tag) {
                    (false, _) => {
                        write.code.get(local).get(length).call(let_go);
                    }
                    (true, Some(tag)) => {
                        write.code.get(tag).ops([I::I32Eqz, I::If(BlockType::Empty)]);
                        write.code.get(local).get(length).call(let_go).op(I::End);
                    }
                    (true, None) => {}
                }
            }
        }
    }
    write.code.get(object);
    Ok(())
}
