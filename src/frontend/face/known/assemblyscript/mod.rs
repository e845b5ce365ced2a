//! AssemblyScript: text, lists and arrays are objects on a heap that is collected, each
//! with the size of what it holds and the number of its class before it. Text is UTF-16.
//!
//! Objects that are passed are held by the host until the call has ended; nobody frees.
//! A face says of which classes lists are: their numbers differ from module to module.

mod classes;
mod objects;
mod own;
mod records;
mod settings;
mod texts;

use self::classes::Kind;
use self::settings::{classes, inner};
use super::super::glue::zero;
use super::super::making::{Call, Hook, Maker, Then, used};
use super::super::rules::{Owner, ResultForm, Rules, TextForm};
use super::super::wit::fields;
use super::{NamedConvention, PLAIN, c, exports};
use crate::abi::GuestEncoding;
use crate::error::{Error, Result};
use crate::frontend::core::Core;
use crate::plan::Op;
use crate::types::tree::Type;
use crate::types::{FuncType, ValType, kind};
use wasm_encoder::{BlockType, Instruction as I};

const I32: ValType = ValType::I32;

pub(super) const ASSEMBLYSCRIPT: NamedConvention = NamedConvention {
    name: "assemblyscript",
    rules,
    import_rules: rules,
    init: &["_initialize", "_start"],
    extras: &["ids", "optional", "references", "runtime"],
    begin: settings::begin,
    guess: |core| {
        let all = |names: [&str; 2]| names.iter().all(|name| exports(core, name));
        if all(["__new", "__pin"]) || all(["__alloc", "__retain"]) {
            return 20;
        }
        if core.imports.iter().any(own::is_abort) { 10 } else { 0 }
    },
    lacks: |core| {
        let makes = exports(core, "__new") || exports(core, "__alloc");
        (!makes).then_some(
            "It makes no objects for others: without text and lists this convention is of use; \n\
             # `asc --exportRuntime` makes modules with them. Where bytes lie in buffers that are \
             exported,\n# `convention = \"c\"` with `alloc = \"input(512)\"` passes them: docs/guests.md.",
        )
    },
    supplied: |core| core.imports.iter().map(own::is_supplied).collect(),
    supplies: own::supplies,
    param,
    result,
    import_param,
    import_result,
    import_back: records::import_back,
    import_alloc: |hook| {
        let string = classes(hook.maker).string();
        objects::make(hook.maker, hook.function.at, string, true).map(Some)
    },
    end,
    ..PLAIN
};

fn rules(core: &Core) -> Rules {
    Rules {
        encoding: GuestEncoding::Utf16,
        text: TextForm::Prefixed,
        result: ResultForm::Object,
        alloc: None,
        free: None,
        ..c::rules(core)
    }
}

/// What is no object.
fn is_number(ty: &Type) -> bool {
    matches!(ty, Type::Scalar(_) | Type::Enum(_) | Type::Flags(_))
}

/// Refuses what a face sets in vain.
fn check(maker: &Maker<'_>, rules: &Rules, name: &str, at: usize) -> Result<()> {
    let (message, settings): (_, &[&str]) = if rules.encoding != GuestEncoding::Utf16 {
        ("text of AssemblyScript is UTF-16", &["encoding"])
    } else if rules.text != TextForm::Prefixed || rules.result != ResultForm::Object {
        let message = "text and lists of AssemblyScript are objects, which have one form";
        (message, &["text", "result"])
    } else if rules.alloc.is_some() || rules.free.is_some() || rules.free_result.is_some() {
        let message = "objects of AssemblyScript are made by its runtime, and nobody frees them";
        (message, &["alloc", "free", "free-result"])
    } else {
        return Ok(());
    };
    Err(maker.wrong(rules.place_of(settings, at), format!("{name}: {message}")))
}

fn param(call: &mut Call<'_, '_>, ty: &Type, slot: &mut u32) -> Result<bool> {
    if is_number(ty) {
        return Ok(false);
    }
    let at = call.at;
    check(call.maker, call.rules, call.name, at)?;
    if fields(ty).is_some() {
        records::param(call, ty, slot)?;
        return Ok(true);
    }
    let (inner, option) = inner(ty);
    let tag = option.then(|| call.number(*slot, ValType::U32));
    *slot += option as u32;
    let classes = classes(call.maker);
    let let_go = objects::let_go(call.maker, at)?;
    let object = match inner {
        Type::String => {
            let alloc = objects::make(call.maker, at, classes.string(), true)?;
            call.write(*slot, GuestEncoding::Utf16, alloc, Some(let_go))
        }
        Type::List(list) if matches!(list.element, Type::Scalar(_)) => {
            let param = call.what.strip_prefix("parameter ").unwrap_or_default();
            let key = format!("{}.{param}", call.name);
            let (class, kind) = class_of(call.maker, at, &key, inner)?;
            let place = kind.place(class, &classes);
            let alloc = objects::make(call.maker, at, place, true)?;
            let to = call.write(*slot, GuestEncoding::Latin1, alloc, Some(let_go));
            match objects::header(call.maker, at, class, kind, true)? {
                Some(header) => {
                    let object = call.new_slots(1);
                    let args = Box::new([used(to), used(to + 1)]);
                    call.ops.push(Op::CallCore { func: header, args, to: object });
                    let args = Box::new([used(object), used(to + 1)]);
                    call.ops.push(Op::Defer { func: let_go, args });
                    object
                }
                None => to,
            }
        }
        Type::List(list) if list.element == Type::String => {
            let param = call.what.strip_prefix("parameter ").unwrap_or_default();
            let key = format!("{}.{param}", call.name);
            let (class, kind) = class_of(call.maker, at, &key, inner)?;
            let alloc = objects::make(call.maker, at, classes.buffer(), true)?;
            let to = call.write(*slot, GuestEncoding::Latin1, alloc, Some(let_go));
            let func = texts::make(call.maker, at, class, kind)?;
            let object = call.new_slots(1);
            call.ops.push(Op::CallCore { func, args: Box::new([used(to)]), to: object });
            let args = Box::new([used(object), used(to)]);
            call.ops.push(Op::Defer { func: let_go, args });
            object
        }
        _ => return Err(call.unsupported(ty)),
    };
    *slot += 1;
    call.forms.push("an object by its address".into());
    let pointer = call.pass(object, I32);
    let code = call.args.push(I32).get(pointer);
    if let Some(tag) = tag {
        code.i32(0).get(tag).op(I::Select);
    }
    Ok(true)
}

fn result(call: &mut Call<'_, '_>, ty: &Type) -> Result<bool> {
    if settings::of(call.maker).references.contains(call.name) {
        return reference(call, ty).map(|()| true);
    }
    if is_number(ty) {
        return Ok(false);
    }
    check(call.maker, call.rules, call.name, call.at)?;
    call.maker.memory(call.at)?;
    if fields(ty).is_some() {
        records::result(call, ty)?;
        return Ok(true);
    }
    let (inner, option) = inner(ty);
    let found = read(call.maker, call.at, inner, option)?;
    let Some(Read { func, sequence, wrong }) = found else { return Err(call.unsupported(ty)) };
    let is_texts = sequence.texts;
    call.forms.push("the address of an object returned".into());
    let object = call.take(I32);
    let local = [(); 3].map(|()| call.wrap.local(I32));
    let [address, length, bad] = local;
    call.after.get(object).call(func).set(bad).set(length).set(address);
    call.refuse(bad, format!("the core returned {wrong}"));
    if option {
        call.give(ValType::U32, |code| {
            code.get(object).i32(0).op(I::I32Ne);
        });
    }
    let outs = call.give_sequence(sequence, address, length);
    if is_texts {
        let let_go = objects::let_go(call.maker, call.at)?;
        call.then.push(Then::Free(let_go, outs));
    }
    give_back(call, object)?;
    Ok(true)
}

/// An object by its address, which is held until the host has the guest let it go.
fn reference(call: &mut Call<'_, '_>, ty: &Type) -> Result<()> {
    if *ty != Type::Scalar(kind::U32) {
        let message = format!("{}: a reference is a u32: its address", call.name);
        return Err(call.maker.wrong(call.at, message));
    }
    call.forms.push("the address of an object returned".into());
    let object = call.take(I32);
    // Where references are counted, it is held when it is returned.
    if !objects::is_counted(call.maker) {
        let pin = objects::runtime(call.maker, call.at, ["__pin", ""], &[I32], &[I32])?;
        call.after.get(object).op(I::If(BlockType::Empty));
        call.after.get(object).call(pin).ops([I::Drop, I::End]);
    }
    call.give(ValType::U32, |code| {
        code.get(object);
    });
    Ok(())
}

/// Where references are counted, what is returned is held for who called.
fn give_back(call: &mut Call<'_, '_>, object: u32) -> Result<()> {
    if objects::is_counted(call.maker) && call.rules.result_owner == Owner::Caller {
        let let_go = objects::let_go(call.maker, call.at)?;
        let outs = call.outs([object; 2]);
        call.then.push(Then::Free(let_go, outs));
    }
    Ok(())
}

fn import_param(hook: &mut Hook<'_, '_>, ty: &Type) -> Result<bool> {
    if is_number(ty) {
        return Ok(false);
    }
    let at = hook.function.at;
    check(hook.maker, hook.rules, &hook.function.name, at)?;
    hook.maker.memory(at)?;
    if fields(ty).is_some() {
        records::import_param(hook, ty)?;
        return Ok(true);
    }
    let (inner, option) = inner(ty);
    let Some(Read { func, sequence, wrong }) = read(hook.maker, at, inner, option)? else {
        return Err(hook.unsupported("parameter", at, ty));
    };
    let object = hook.take(I32);
    let local = [(); 3].map(|()| hook.read.local(I32));
    let [address, length, bad] = local;
    hook.read.code.get(object).call(func).set(bad).set(length).set(address);
    hook.refuse(bad, &format!("the core passed {wrong}"));
    if option {
        hook.give(ValType::U32, |code| {
            code.get(object).i32(0).op(I::I32Ne);
        });
    }
    let outs = hook.give_sequence(sequence, address, length);
    if sequence.texts {
        let let_go = objects::let_go(hook.maker, at)?;
        hook.owe(let_go, outs);
    }
    Ok(true)
}

/// Objects that the host returns are made within the import, by its caller's runtime.
fn import_result(hook: &mut Hook<'_, '_>) -> Result<(Option<u32>, Option<u32>)> {
    let function = hook.function;
    let at = function.at;
    check(hook.maker, hook.rules, &function.name, at)?;
    let Some(ty) = &function.result else { return Ok((None, None)) };
    let classes = classes(hook.maker);
    match inner(ty).0 {
        Type::List(list) if list.element == Type::String => {
            let (class, kind) = class_of(hook.maker, at, &function.name, ty)?;
            let alloc = objects::make(hook.maker, at, classes.buffer(), true)?;
            let list = texts::make(hook.maker, at, class, kind)?;
            Ok((Some(alloc), Some(texts::only(hook.maker, at, list)?)))
        }
        Type::List(_) => {
            let (class, kind) = class_of(hook.maker, at, &function.name, ty)?;
            match objects::header(hook.maker, at, class, kind, false)? {
                Some(header) => {
                    let alloc = objects::make(hook.maker, at, classes.buffer(), true)?;
                    let object = objects::around(hook.maker, at, header)?;
                    Ok((Some(alloc), Some(object)))
                }
                None => Ok((Some(objects::make(hook.maker, at, class, false)?), None)),
            }
        }
        _ => Ok((Some(objects::make(hook.maker, at, classes.string(), false)?), None)),
    }
}

/// How an object of a type is read: a function `(object) -> (address, length, whether it
/// is none)`, as what, and what is said of one that is none.
struct Read {
    func: u32,
    sequence: super::super::sequence::Sequence,
    wrong: String,
}

fn read(maker: &mut Maker<'_>, at: usize, ty: &Type, option: bool) -> Result<Option<Read>> {
    use super::super::sequence::Sequence;
    let null = if option { "" } else { " (or null, where the face has no `option`)" };
    Ok(Some(match ty {
        Type::String => Read {
            func: objects::read_text(maker, option)?,
            sequence: Sequence::text(&rules(maker.core)),
            wrong: format!("what is no string{null}"),
        },
        Type::List(list) if matches!(list.element, Type::Scalar(_)) => Read {
            func: objects::read_list(maker, at, &list.element, option)?,
            sequence: Sequence::list(&list.element),
            wrong: format!("what is no {ty}{null}"),
        },
        Type::List(list) if list.element == Type::String => Read {
            func: texts::read(maker, at, option)?,
            sequence: Sequence::texts(),
            wrong: format!("what is no {ty}{null}"),
        },
        _ => return Ok(None),
    }))
}

/// The class of a list that the host makes, as the face says: of this one, or of all of
/// its type.
fn class_of(maker: &mut Maker<'_>, at: usize, key: &str, ty: &Type) -> Result<(u32, Kind)> {
    let told = ty.to_string();
    let classes = objects::lists(maker, at)?;
    let settings = settings::of(maker);
    let Some((class, place)) = settings.ids.get(key).or(settings.ids.get(&told)).copied() else {
        let message = format!(
            "{key}: {told} needs the number of its class: `ids = {{ \"{told}\" = 5 }}` for all \
             such lists, or `\"{key}\" = 5` for this one; the JavaScript that `asc --bindings` \
             writes says it"
        );
        return Err(maker.wrong(at, message));
    };
    let Type::List(list) = ty else { return Err(Error::internal("a class of no list")) };
    match classes.kind(class, &list.element) {
        Some(kind) => Ok((class, kind)),
        None => {
            let message = format!("{key}: class {class} of the core is none of {told}");
            Err(maker.mismatch(place, message))
        }
    }
}

/// What is beside arguments and result: how many arguments there are, for functions that
/// need not get all of them, and when the runtime collects.
fn end(call: &mut Call<'_, '_>, core: &FuncType) -> Result<()> {
    let count = call.args.types.len();
    if settings::of(call.maker).optional.contains(call.name) {
        for ty in core.params().iter().skip(count) {
            call.args.push(*ty).op(zero(*ty));
        }
    }
    if let Some((set, ty)) = call.maker.core_func("__setArgumentsLength")
        && *ty == FuncType::new([I32], [])
    {
        call.before.i32(count as i32).call(set);
    }
    call.idle = own::collects(call.maker, call.name)?;
    Ok(())
}
