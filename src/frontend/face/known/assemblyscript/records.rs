//! Records: objects with their fields in them, numbers and strings by their addresses.
//!
//! Not here: which class one is of.

use super::super::super::call::{Call, Sequence, used};
use super::super::super::memory::{load, store};
use super::super::super::rules::TextForm;
use super::super::super::shape::{Leaf, Shape, leaf};
use super::super::super::wit::fields;
use super::classes::classes;
use super::{objects, own};
use crate::abi::GuestEncoding;
use crate::error::{Error, Result};
use crate::plan::Op;
use crate::types::ValType;
use crate::types::tree::Type;
use wasm_encoder::Instruction as I;

const I32: ValType = ValType::I32;

/// The shape of a record that an object can be: what has parts is another object.
fn shape(call: &Call<'_, '_>, ty: &Type) -> Result<Shape> {
    let is_field = |ty: &Type| matches!(ty, Type::Scalar(_) | Type::Enum(_) | Type::String);
    let all = fields(ty).filter(|all| all.iter().all(|field| is_field(&field.ty)));
    all.and_then(|_| Shape::of(ty, TextForm::Nul)).ok_or_else(|| call.unsupported(ty))
}

/// The class of a record, which only a face can tell.
fn class(call: &mut Call<'_, '_>, key: &str) -> Result<u32> {
    let Some((class, place)) = own::id(call.maker, key)? else {
        let message = format!(
            "{key}: a record needs the number of its class: `ids = {{ \"{key}\" = 10 }}`; the \
             JavaScript that `asc --bindings` writes says it"
        );
        return Err(call.maker.wrong(call.at, message));
    };
    let classes = classes(call.maker);
    if !classes.is_record(class) {
        let message = format!("{key}: class {class} of the core is no record");
        return Err(call.maker.mismatch(place, message));
    }
    Ok(class)
}

/// Makes the object that a record is passed as: its slot.
pub(super) fn param(call: &mut Call<'_, '_>, ty: &Type, slot: &mut u32) -> Result<()> {
    let shape = shape(call, ty)?;
    let at = call.at;
    let param = call.what.strip_prefix("parameter ").unwrap_or_default();
    let key = format!("{}.{param}", call.name);
    let class = class(call, &key)?;
    let make = objects::make(call.maker, at, class, true)?;
    let string = classes(call.maker).string();
    let text = objects::make(call.maker, at, string, true)?;
    let let_go = objects::let_go(call.maker, at)?;
    let size = shape.size as i32;
    let name = format!("record {make} {size}");
    let make = call.maker.glue.named(name, &[], &[I32], |f, _| {
        let object = f.local(I32);
        f.code.i32(size).call(make).set(object);
        // It is looked at before it is filled.
        f.code.get(object).i32(0).i32(size).op(I::MemoryFill(0)).get(object);
        Ok(())
    })?;
    let object = call.new_slots(1);
    call.ops.push(Op::CallCore { func: make, args: Box::new([]), to: object });
    let args = Box::new([used(object), used(object)]);
    call.ops.push(Op::Defer { func: let_go, args });
    let pointer = call.pass(object, I32);
    for (offset, leaf) in shape.leaves {
        let (local, ty) = match leaf {
            Leaf::Number(ty) => (call.number(*slot, ty), ty),
            Leaf::Text => {
                let to = call.write(*slot, GuestEncoding::Utf16, text, Some(let_go));
                (call.pass(to, I32), I32)
            }
        };
        *slot += 1;
        call.before.get(pointer).get(local).op(store(ty, offset));
    }
    call.forms.push("an object by its address".into());
    call.args.push(I32).get(pointer);
    Ok(())
}

/// Takes the object that a record is returned as.
pub(super) fn result(call: &mut Call<'_, '_>, ty: &Type) -> Result<()> {
    let shape = shape(call, ty)?;
    let key = call.name.to_owned();
    let class = class(call, &key)?;
    call.maker.memory(call.at)?;
    call.forms.push("the address of an object returned".into());
    let object = call.take(I32);
    let (place, bad) = (call.wrap.local(I32), call.wrap.local(I32));
    let is_class = objects::is_class(call.maker, class)?;
    call.after.get(object).call(is_class).op(I::I32Eqz).set(bad);
    call.refuse(bad, format!("the core returned what is not of class {class}, or null"));
    // Where it is none, nothing of it is looked at.
    let text = objects::read_text(call.maker, false)?;
    call.after.i32(0).get(object).get(bad).op(I::Select).set(place);
    let all = fields(ty).ok_or_else(|| Error::internal("a record without fields"))?;
    for ((offset, part), field) in shape.leaves.into_iter().zip(all) {
        match part {
            Leaf::Number(number) => {
                let local = call.wrap.local(leaf(&field.ty).carrier());
                call.after.get(place).op(load(number, offset)).set(local);
                call.scalar(&field.ty, local);
            }
            Leaf::Text => {
                let [address, length, wrong] = [(); 3].map(|()| call.wrap.local(I32));
                call.after.i32(0).get(place).op(load(I32, offset)).get(bad).op(I::Select);
                call.after.call(text).set(wrong).set(length).set(address);
                let why = format!("the core returned a record whose {} is no string", field.name);
                call.refuse(wrong, why);
                let sequence = Sequence::text(call.rules);
                call.give_sequence(sequence, address, length);
            }
        }
    }
    Ok(())
}
