//! Imports that come with the tool: references made and looked into, messages of traps.
//! What needs a JavaScript engine is a trap that says so, when it is called.
//!
//! Not here: what references are.

use super::super::super::glue::{Code, Func};
use super::super::super::making::{Maker, plan, used};
use super::super::super::memory::{store, text_mem};
use super::refs::{self, kind};
use super::{func_type, plain_name, rules};
use crate::error::Result;
use crate::frontend::core::Core;
use crate::plan::{AdapterPlan, Builtin, Op};
use crate::types::{FuncType, ImportType, ValType};
use std::rc::Rc;
use wasm_encoder::{BlockType, Instruction as I};

const I32: ValType = ValType::I32;
const REF: ValType = ValType::ExternRef;

/// What an import of the tool does.
#[derive(Clone, Copy)]
enum Own {
    /// A trap with the text as its message, or with that of a reference.
    Throw,
    Rethrow,
    /// A reference of text, of this kind.
    Text(i32),
    /// One of a number.
    Number,
    Bigint,
    /// A new one of this kind, of nothing else.
    New(i32),
    /// What it is passed.
    Same,
    StringGet,
    /// Its text, whatever it is.
    Debug,
    /// No text.
    Stack,
    NumberGet,
    /// A flag, or this number where it is none.
    BooleanGet(i32),
    /// Whether it is of one of these kinds.
    Is(&'static [i32]),
    Falsy,
    Equal,
    Drop,
    Begin,
    CopyTo,
}

/// What is done for an import, if it is one of the tool's.
fn own(import: &ImportType, panics: bool) -> Option<Own> {
    let ty = func_type(import)?;
    let hashed = plain_name(&import.module, &import.name);
    let name = hashed.as_deref().unwrap_or(&import.name);
    // Some versions took the dashes out.
    let plain: String = name.chars().filter(|c| *c != '_').collect();
    let Some(own) = plain.strip_prefix("wbindgen").filter(|_| is_tools(name, hashed.is_some()))
    else {
        return match hashed.as_deref()? {
            "Error" => Some(Own::Text(kind::ERROR)),
            // JSON is passed on as text.
            "parse" if matches!(ty.params(), [I32, I32]) => Some(Own::Text(kind::STRING)),
            "stringify" if ty.params().len() == 1 => Some(Own::Same),
            "stack" if is_stack(ty) => Some(Own::Stack),
            "new" if panics && ty.params().is_empty() => Some(Own::New(kind::OBJECT)),
            "error" if panics && ty.params() == [I32, I32] => Some(Own::Throw),
            _ => None,
        };
    };
    if own.starts_with("cast") || own.starts_with("generic") {
        return match ty.params() {
            [I32, I32] => Some(Own::Text(kind::STRING)),
            [ValType::F64] => Some(Own::Number),
            [ValType::I64] => Some(Own::Bigint),
            [REF] | [I32] => Some(Own::Same),
            _ => None,
        };
    }
    Some(match own {
        "throw" => Own::Throw,
        "rethrow" => Own::Rethrow,
        "stringnew" => Own::Text(kind::STRING),
        "errornew" => Own::Text(kind::ERROR),
        "numbernew" => Own::Number,
        "bigintfromi64" | "bigintfromu64" => Own::Bigint,
        "memory" | "exports" | "module" | "functiontable" => Own::New(kind::OBJECT),
        "objectcloneref" | "asjsvalue" => Own::Same,
        "objectdropref" => Own::Drop,
        "stringget" => Own::StringGet,
        "debugstring" | "jsonserialize" => Own::Debug,
        "jsonparse" => Own::Text(kind::STRING),
        "numberget" => Own::NumberGet,
        "booleanget" if hashed.is_some() => Own::BooleanGet(0xff_ffff),
        "booleanget" => Own::BooleanGet(2),
        "isundefined" => Own::Is(&[kind::UNDEFINED]),
        "isnull" => Own::Is(&[kind::NULL]),
        "isnullorundefined" => Own::Is(&[kind::UNDEFINED, kind::NULL]),
        "isstring" => Own::Is(&[kind::STRING]),
        "isbigint" => Own::Is(&[kind::BIGINT]),
        "isobject" => Own::Is(&[kind::NULL, kind::ERROR, kind::BYTES, kind::OBJECT]),
        "isfunction" | "issymbol" | "isarray" => Own::Is(&[]),
        "isfalsy" => Own::Falsy,
        "jsvaleq" | "jsvallooseeq" => Own::Equal,
        "initexternreftable" => Own::Begin,
        "copytotypedarray" => Own::CopyTo,
        _ => return None,
    })
}

/// Whether a name is one that the tool gives to what is its own: with a hash it was
/// also without dashes.
fn is_tools(name: &str, hashed: bool) -> bool {
    name.starts_with("__wbindgen_") || hashed && name.starts_with("wbindgen")
}

/// Whether the core has what tells consoles of panics: the crate for it imports an error
/// that is made for its stack, the stack, of which there is nothing to tell, and what
/// is told the message.
fn panics(core: &Core) -> bool {
    core.imports.iter().any(|import| {
        plain_name(&import.module, &import.name).is_some_and(|name| name == "stack")
            && func_type(import).is_some_and(is_stack)
    })
}

fn is_stack(ty: &FuncType) -> bool {
    matches!(ty.params(), [I32, REF] | [I32, I32]) && ty.results().is_empty()
}

/// Which imports the host need not supply.
pub(super) fn supplied(core: &Core) -> Vec<bool> {
    let panics = panics(core);
    core.imports.iter().map(|import| own(import, panics).is_some()).collect()
}

/// The plan of an import that a face gives no type to.
pub(super) fn supplies(maker: &mut Maker<'_>, import: &ImportType) -> Result<Option<AdapterPlan>> {
    let Some(ty) = func_type(import) else { return Ok(None) };
    let kept = maker.kept.get_or_insert_with(|| Rc::new(panics(maker.core)));
    let panics = kept.downcast_ref() == Some(&true);
    let done = match own(import, panics) {
        Some(Own::Throw) if matches!(ty.params(), [I32, I32]) => throw(maker, ty, None)?,
        Some(Own::Rethrow) => {
            let read = read(maker, ty)?;
            throw(maker, ty, read)?
        }
        Some(own) => answer(maker, own, ty)?,
        None => None,
    };
    if done.is_some() {
        return Ok(done);
    }
    // What others supply has a name of their own.
    if plain_name(&import.module, &import.name).is_none() && !import.name.starts_with("__wb") {
        return Ok(None);
    }
    unknown(maker, import, ty).map(Some)
}

/// `(reference) -> (address, length)`: the text of the first argument.
fn read(maker: &mut Maker<'_>, ty: &FuncType) -> Result<Option<u32>> {
    let Some(text) = text(maker)? else { return Ok(None) };
    let mut func = Func::new(ty.params());
    push_ref(maker, &mut func.code, ty, 0)?;
    func.code.call(text);
    Ok(Some(maker.glue.add(func, &[I32, I32])))
}

/// What copies a reference's text, where the core has an allocator.
fn text(maker: &mut Maker<'_>) -> Result<Option<u32>> {
    let rules = rules(maker.core);
    match rules.alloc {
        Some(_) => refs::text(maker, 0, &rules).map(Some),
        None => Ok(None),
    }
}

/// A trap whose message is the text that is passed, or that a function reads.
fn throw(maker: &mut Maker<'_>, ty: &FuncType, read: Option<u32>) -> Result<Option<AdapterPlan>> {
    maker.memory(0)?;
    let string = FuncType::new([ValType::String], []);
    let builtin = maker.builtin(string, Builtin::Throw("{}".into()));
    let count = ty.params().len() as u32;
    let mut ops = Vec::new();
    let mut next = count;
    let mut from = 0;
    if let Some(func) = read {
        let args = (0..count).map(used).collect();
        ops.push(Op::CallCore { func, args, to: next });
        (from, next) = (next, next + 2);
    }
    let mem = text_mem(rules(maker.core).encoding);
    ops.push(Op::LiftStr { mem, ptr: used(from), len: used(from + 1), to: next });
    let args = Box::new([used(next)]);
    ops.push(Op::CallAdapter { adapter: builtin, args, to: next + 1 });
    Ok(Some(end(maker, ty, next + 1, ops)))
}

/// A trap that says what would have been called.
fn unknown(maker: &mut Maker<'_>, import: &ImportType, ty: &FuncType) -> Result<AdapterPlan> {
    let name = plain_name(&import.module, &import.name).unwrap_or_else(|| import.name.clone());
    let message = format!(
        "the import `{}` of {:?} was called, which is {name} in JavaScript; the face gives it no \
         type for a host function to have",
        import.name, import.module
    );
    // Braces stand for arguments.
    let message = message.replace("{}", "{ }");
    let builtin = maker.builtin(FuncType::new([], []), Builtin::Throw(message));
    let count = ty.params().len() as u32;
    let ops = vec![Op::CallAdapter { adapter: builtin, args: Box::new([]), to: count }];
    Ok(end(maker, ty, count, ops))
}

/// The plan of these steps, which return nothing, for a type that may have results.
fn end(maker: &mut Maker<'_>, ty: &FuncType, next: u32, mut ops: Vec<Op>) -> AdapterPlan {
    let results = ty.results().len() as u32;
    if results > 0 {
        let mut func = Func::default();
        func.code.op(I::Unreachable);
        let func = maker.glue.add(func, ty.results());
        ops.push(Op::CallCore { func, args: Box::new([]), to: next });
    }
    ops.push(Op::Ret { values: (next..next + results).map(used).collect() });
    plan(ty.clone(), next + results, ops)
}

/// Puts a parameter that is a reference, or the handle of one.
fn push_ref(maker: &mut Maker<'_>, code: &mut Code, ty: &FuncType, param: u32) -> Result<()> {
    code.get(param);
    if ty.params().get(param as usize) != Some(&REF) {
        code.call(refs::kept(maker)?);
    }
    Ok(())
}

/// The plan for an import that core code answers; `None` where it has another type than
/// this should have.
fn answer(maker: &mut Maker<'_>, own: Own, ty: &FuncType) -> Result<Option<AdapterPlan>> {
    use ValType::{F64, I64};
    let (mut refs_at, mut others, mut is_ref) = (vec![], vec![], false);
    let results: &[ValType] = match own {
        Own::Text(_) => {
            (others, is_ref) = (vec![I32, I32], true);
            &[]
        }
        Own::Number => {
            (others, is_ref) = (vec![F64], true);
            &[]
        }
        Own::Bigint => {
            (others, is_ref) = (vec![I64], true);
            &[]
        }
        Own::New(_) => {
            is_ref = true;
            &[]
        }
        Own::Same => {
            (refs_at, is_ref) = (vec![0], true);
            &[]
        }
        Own::StringGet | Own::Debug | Own::Stack | Own::NumberGet => {
            (others, refs_at) = (vec![I32], vec![1]);
            &[]
        }
        Own::BooleanGet(_) | Own::Is(_) | Own::Falsy => {
            refs_at = vec![0];
            &[I32]
        }
        Own::Equal => {
            refs_at = vec![0, 1];
            &[I32]
        }
        Own::Drop => {
            others = vec![I32];
            &[]
        }
        Own::CopyTo => {
            (others, refs_at) = (vec![I32, I32], vec![2]);
            &[]
        }
        Own::Begin => &[],
        Own::Throw | Own::Rethrow => return Ok(None),
    };
    let of_ref = |ty: &ValType| *ty == REF || *ty == I32;
    let params = ty.params();
    let fits = params.len() == others.len() + refs_at.len()
        && params.starts_with(&others)
        && refs_at.iter().all(|at| params.get(*at).is_some_and(of_ref))
        && match (is_ref, ty.results()) {
            (true, [found]) => of_ref(found),
            (true, _) => false,
            (false, found) => found == results,
        };
    if !fits {
        return Ok(None);
    }
    let mut func = Func::new(params);
    let first = refs_at.first().copied().unwrap_or(0) as u32;
    let mut code = Code::default();
    match own {
        Own::Text(kind) => {
            let make = refs::make(&mut maker.glue)?;
            code.i32(kind).op(I::F64Const(0.0.into())).get(0).get(1).call(make);
        }
        Own::Number | Own::Bigint => {
            let make = refs::make(&mut maker.glue)?;
            let is_float = matches!(own, Own::Number);
            code.i32(if is_float { kind::NUMBER } else { kind::BIGINT }).get(0);
            if !is_float {
                code.op(I::F64ReinterpretI64);
            }
            code.i32(0).i32(0).call(make);
        }
        Own::New(kind) => {
            let make = refs::make(&mut maker.glue)?;
            code.i32(kind).op(I::F64Const(0.0.into())).i32(0).i32(0).call(make);
        }
        Own::Same => push_ref(maker, &mut code, ty, 0)?,
        Own::StringGet | Own::Debug => {
            let Some(text) = text(maker)? else { return Ok(None) };
            let (pointer, length) = (func.local(I32), func.local(I32));
            if matches!(own, Own::StringGet) {
                let kind_of = refs::kind_of(&mut maker.glue)?;
                push_ref(maker, &mut code, ty, first)?;
                code.call(kind_of).i32(kind::STRING).op(I::I32Eq);
                code.op(I::If(BlockType::Empty));
            }
            push_ref(maker, &mut code, ty, first)?;
            code.call(text).set(length).set(pointer);
            if matches!(own, Own::StringGet) {
                code.op(I::End);
            }
            code.get(0).get(pointer).op(store(I32, 0)).get(0).get(length).op(store(I32, 4));
        }
        Own::Stack => {
            // No text has an address all the same.
            code.get(0).i32(1).op(store(I32, 0)).get(0).i32(0).op(store(I32, 4));
        }
        Own::NumberGet => {
            let (kind_of, number) =
                (refs::kind_of(&mut maker.glue)?, refs::number(&mut maker.glue)?);
            let is_number = func.local(I32);
            push_ref(maker, &mut code, ty, first)?;
            code.call(kind_of).i32(kind::NUMBER).op(I::I32Eq).set(is_number);
            code.get(0).get(is_number).op(store(I32, 0)).get(0);
            push_ref(maker, &mut code, ty, first)?;
            code.call(number).op(I::F64Const(0.0.into())).get(is_number);
            code.ops([I::Select, store(F64, 8)]);
        }
        Own::BooleanGet(none) => {
            let (kind_of, number) =
                (refs::kind_of(&mut maker.glue)?, refs::number(&mut maker.glue)?);
            push_ref(maker, &mut code, ty, first)?;
            code.call(number).op(I::I32TruncSatF64S).i32(none);
            push_ref(maker, &mut code, ty, first)?;
            code.call(kind_of).i32(kind::BOOL).ops([I::I32Eq, I::Select]);
        }
        Own::Is(kinds) => {
            let (kind_of, found) = (refs::kind_of(&mut maker.glue)?, func.local(I32));
            push_ref(maker, &mut code, ty, first)?;
            code.call(kind_of).set(found).i32(0);
            for kind in kinds {
                code.get(found).i32(*kind).ops([I::I32Eq, I::I32Or]);
            }
        }
        Own::Falsy => {
            let (kind_of, number) =
                (refs::kind_of(&mut maker.glue)?, refs::number(&mut maker.glue)?);
            let (length, found) = (refs::text_length(&mut maker.glue)?, func.local(I32));
            push_ref(maker, &mut code, ty, first)?;
            code.call(kind_of).set(found).get(found).i32(kind::BOOL).op(I::I32LtS);
            for kind in [kind::BOOL, kind::NUMBER, kind::BIGINT] {
                code.get(found).i32(kind).op(I::I32Eq);
                push_ref(maker, &mut code, ty, first)?;
                code.call(number).ops([I::F64Const(0.0.into()), I::F64Eq]);
                push_ref(maker, &mut code, ty, first)?;
                code.call(number);
                push_ref(maker, &mut code, ty, first)?;
                code.call(number).ops([I::F64Ne, I::I32Or, I::I32And, I::I32Or]);
            }
            code.get(found).i32(kind::STRING).op(I::I32Eq);
            push_ref(maker, &mut code, ty, first)?;
            code.call(length).ops([I::I32Eqz, I::I32And, I::I32Or]);
        }
        Own::Equal => {
            let equal = refs::equal(&mut maker.glue)?;
            push_ref(maker, &mut code, ty, 0)?;
            push_ref(maker, &mut code, ty, 1)?;
            code.call(equal);
        }
        Own::Drop => {
            code.get(0).call(refs::drop(maker, 0)?);
        }
        Own::CopyTo => {
            let set = refs::set_bytes(&mut maker.glue)?;
            push_ref(maker, &mut code, ty, 2)?;
            code.get(0).get(1).call(set);
        }
        Own::Begin => {
            func = refs::begin(maker)?;
            code = std::mem::take(&mut func.code);
        }
        Own::Throw | Own::Rethrow => {}
    }
    if is_ref && ty.results() == [I32] {
        code.call(refs::keep(maker, 0)?);
    }
    func.code = code;
    let func = maker.glue.add(func, ty.results());
    let (count, results) = (params.len() as u32, ty.results().len() as u32);
    let args = (0..count).map(used).collect();
    let ops = vec![
        Op::CallCore { func, args, to: count },
        Op::Ret { values: (count..count + results).map(used).collect() },
    ];
    Ok(Some(plan(ty.clone(), count + results, ops)))
}
