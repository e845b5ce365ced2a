//! Core functions that make objects of AssemblyScript and read them.
//!
//! Not here: which are made.

use super::super::super::glue::Code;
use super::super::super::making::Maker;
use super::super::super::memory::{load, store};
use super::super::super::sequence::Sequence;
use super::classes::{Classes, ELEMENTS, Kind, elements};
use super::settings::classes;
use super::{own, settings};
use crate::error::Result;
use crate::types::tree::Type;
use crate::types::{FuncType, ValType};
use std::rc::Rc;
use wasm_encoder::{BlockType, Instruction as I};

const I32: ValType = ValType::I32;

/// Whether objects are counted references, as up to version 0.17.
pub(super) fn is_counted(maker: &Maker<'_>) -> bool {
    settings::of(maker).counted
}

/// A function of the runtime, by the first of these names that there is: what it is called
/// today, or was before.
pub(super) fn runtime(
    maker: &Maker<'_>,
    at: usize,
    names: [&str; 2],
    params: &[ValType],
    results: &[ValType],
) -> Result<u32> {
    maker.memory(at)?;
    let found = names.iter().find_map(|name| Some((name, maker.core_func(name)?)));
    let Some((name, (func, ty))) = found else {
        let message = format!(
            "objects cannot be made in this core: it does not export `{}`; `asc \
             --exportRuntime` makes modules that do, up to 0.17 `asc --runtime full`",
            names[0]
        );
        return Err(maker.mismatch(at, message));
    };
    let wanted = FuncType::new(params.iter().copied(), results.iter().copied());
    if *ty != wanted {
        let message = format!("`{name}` of the core is {ty}; that of AssemblyScript is {wanted}");
        return Err(maker.mismatch(at, message));
    }
    Ok(func)
}

/// The function `(bytes) -> (object)` that makes one of a class, which stays until it is
/// let go where it is held.
pub(super) fn make(maker: &mut Maker<'_>, at: usize, class: u32, held: bool) -> Result<u32> {
    let new = runtime(maker, at, ["__new", "__alloc"], &[I32, I32], &[I32])?;
    let pin = match held || is_counted(maker) {
        true => Some(runtime(maker, at, ["__pin", "__retain"], &[I32], &[I32])?),
        false => None,
    };
    let counts = settings::of(maker).collects;
    maker.glue.named(format!("object {class} {pin:?}"), &[I32], &[I32], |f, glue| {
        if counts {
            let bytes = glue.named_global(own::BYTES);
            f.code.op(I::GlobalGet(bytes)).get(0).op(I::I32Add).op(I::GlobalSet(bytes));
        }
        f.code.get(0).i32(class as i32).call(new);
        if let Some(pin) = pin {
            f.code.call(pin);
        }
        Ok(())
    })
}

/// The function `(object) -> (object)` by which another object holds one, where references
/// are counted.
pub(super) fn retain(maker: &Maker<'_>, at: usize) -> Result<Option<u32>> {
    let counted = is_counted(maker);
    counted.then(|| runtime(maker, at, ["__retain", ""], &[I32], &[I32])).transpose()
}

/// The function `(object, length)` that holds it no longer.
pub(super) fn let_go(maker: &mut Maker<'_>, at: usize) -> Result<u32> {
    let unpin = runtime(maker, at, ["__unpin", "__release"], &[I32], &[])?;
    maker.glue.named("let go".into(), &[I32, I32], &[], |f, _| {
        f.code.get(0).call(unpin);
        Ok(())
    })
}

/// The function `(buffer, bytes) -> (object)` that makes a list of what is in a buffer;
/// none where the list is the buffer.
pub(super) fn header(
    maker: &mut Maker<'_>,
    at: usize,
    class: u32,
    kind: Kind,
    held: bool,
) -> Result<Option<u32>> {
    if kind == Kind::Inside {
        return Ok(None);
    }
    let make = make(maker, at, class, held)?;
    let shift = classes(maker).shift(class);
    let retain = retain(maker, at)?;
    let func = maker.glue.named(format!("list {make} {kind:?}"), &[I32, I32], &[I32], |f, _| {
        let (buffer, bytes, list) = (0, 1, f.local(I32));
        let code = &mut f.code;
        code.i32(if kind == Kind::Array { 16 } else { 12 }).call(make).set(list);
        code.get(list).get(buffer);
        if let Some(retain) = retain {
            code.call(retain);
        }
        code.op(store(I32, 0)).get(list).get(buffer).op(store(I32, 4));
        code.get(list).get(bytes).op(store(I32, 8));
        if kind == Kind::Array {
            code.get(list).shifted(bytes, -shift).op(store(I32, 12));
        }
        code.get(list);
        Ok(())
    })?;
    Ok(Some(func))
}

/// The same for a buffer that is held, and no longer then.
pub(super) fn around(maker: &mut Maker<'_>, at: usize, header: u32) -> Result<u32> {
    let let_go = let_go(maker, at)?;
    maker.glue.named(format!("around {header}"), &[I32, I32], &[I32], |f, _| {
        f.code.get(0).get(1).call(header).get(0).get(1).call(let_go);
        Ok(())
    })
}

/// Returns three numbers.
pub(super) fn give(code: &mut Code, values: [i32; 3]) {
    values.into_iter().for_each(|value| {
        code.i32(value);
    });
    code.op(I::Return);
}

/// The function `(object) -> (address, units, whether it is no string)`.
pub(super) fn read_text(maker: &mut Maker<'_>, option: bool) -> Result<u32> {
    let class = classes(maker).string() as i32;
    maker.glue.named(format!("text {option}"), &[I32], &[I32; 3], |f, _| {
        let code = &mut f.code;
        code.get(0).ops([I::I32Eqz, I::If(BlockType::Empty)]);
        give(code, [0, 0, !option as i32]);
        code.op(I::End).get(0).plus(0, -4).op(load(I32, 0)).i32(1).op(I::I32ShrU);
        code.plus(0, -8).op(load(I32, 0)).i32(class).op(I::I32Ne);
        Ok(())
    })
}

/// The classes of a core that tells which of them are lists.
pub(super) fn lists(maker: &mut Maker<'_>, at: usize) -> Result<Rc<Classes>> {
    let classes = classes(maker);
    if classes.count() > 0 {
        return Ok(classes);
    }
    let message = "nothing tells how lists lie in this core: it does not export `__rtti_base`, or \
                   not as AssemblyScript does; `asc --exportRuntime` makes modules that do";
    Err(maker.mismatch(at, message))
}

/// Puts the flags of an object's class, which is not null, into a local, and returns that
/// it is none of these where it is not.
pub(super) fn check(code: &mut Code, classes: &Classes, object: u32, flags: u32, wanted: u32) {
    code.plus(object, -8).op(load(I32, 0)).i32(classes.count() as i32);
    code.ops([I::I32GeU, I::If(BlockType::Empty)]);
    give(code, [0, 0, 1]);
    code.op(I::End).plus(object, -8).op(load(I32, 0)).i32(classes.stride as i32).op(I::I32Mul);
    code.op(load(I32, classes.base)).set(flags);
    let early = u32::from(classes.early);
    code.get(flags).i32((ELEMENTS >> early) as i32).op(I::I32And).i32((wanted >> early) as i32);
    code.ops([I::I32Ne, I::If(BlockType::Empty)]);
    give(code, [0, 0, 1]);
    code.op(I::End);
}

/// The function `(object) -> (whether it is one of this class)`.
pub(super) fn is_class(maker: &mut Maker<'_>, class: u32) -> Result<u32> {
    maker.glue.named(format!("is class {class}"), &[I32], &[I32], |f, _| {
        f.code.get(0).ops([I::I32Eqz, I::If(BlockType::Empty)]).i32(0).ops([I::Return, I::End]);
        f.code.plus(0, -8).op(load(I32, 0)).i32(class as i32).op(I::I32Eq);
        Ok(())
    })
}

/// The function `(object) -> (address, bytes, whether it is no list of these)`.
pub(super) fn read_list(
    maker: &mut Maker<'_>,
    at: usize,
    element: &Type,
    option: bool,
) -> Result<u32> {
    let classes = lists(maker, at)?;
    let sequence = Sequence::list(element);
    let wanted = elements(element);
    let name = format!("read list {wanted} {option}");
    maker.glue.named(name, &[I32], &[I32; 3], |f, _| {
        let (object, flags) = (0, f.local(I32));
        let code = &mut f.code;
        code.get(object).ops([I::I32Eqz, I::If(BlockType::Empty)]);
        give(code, [0, 0, !option as i32]);
        code.op(I::End);
        let inside = |code: &mut Code| {
            code.get(object).plus(object, -4).op(load(I32, 0)).i32(0).op(I::Return);
        };
        if sequence.size == 1 {
            code.plus(object, -8)
                .op(load(I32, 0))
                .i32(classes.buffer() as i32)
                .ops([I::I32Eq, I::If(BlockType::Empty)]);
            inside(code);
            code.op(I::End);
        }
        check(code, &classes, object, flags, wanted);
        let mut case = |bit: u32, then: &dyn Fn(&mut Code)| {
            code.get(flags).i32(bit as i32).ops([I::I32And, I::If(BlockType::Empty)]);
            then(code);
            code.op(I::End);
        };
        // Arrays were views as well once.
        case(Kind::ARRAY, &|code| {
            code.get(object).op(load(I32, 4)).get(object).op(load(I32, 12));
            sequence.count_to_length(code);
            code.i32(0).op(I::Return);
        });
        case(Kind::VIEW, &|code| {
            code.get(object).op(load(I32, 4)).get(object).op(load(I32, 8)).i32(0).op(I::Return);
        });
        if !classes.early {
            case(Kind::STATIC, &inside);
        }
        code.i32(0).i32(0).i32(1);
        Ok(())
    })
}
