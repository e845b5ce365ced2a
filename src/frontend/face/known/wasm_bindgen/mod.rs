//! wasm-bindgen, from 0.2.58 to today: text in UTF-8 by address and length, arguments that
//! the core frees, results of several values as such or in an area, and references to
//! values of JavaScript.
//!
//! Not here: what the imports of the tool do, which `own` answers; references, `refs`.

mod hooks;
mod own;
mod refs;
mod results;
mod values;

use super::super::making::{Call, Maker};
use super::super::rules::{AreaRule, CallRule, Owner, ResultForm, Rules, TextForm};
use super::{NamedConvention, PLAIN, c, exports};
use crate::error::Result;
use crate::frontend::core::Core;
use crate::types::{ExternType, FuncType, ImportType, ValType};

const I32: ValType = ValType::I32;
const STACK: &str = "__wbindgen_add_to_stack_pointer";

pub(super) const WASM_BINDGEN: NamedConvention = NamedConvention {
    name: "wasm-bindgen",
    rules,
    import_rules: |core| Rules { result: ResultForm::Area, owner: Owner::Caller, ..rules(core) },
    init: &["__wbindgen_start"],
    guess: |core| {
        let own = |name: &str| name.starts_with("__wbindgen_");
        let exported = core.exports.iter().any(|export| own(&export.ty.name));
        if exported || core.imports.iter().any(|i| own(&i.name)) { 20 } else { 0 }
    },
    plain_name,
    supplied: own::supplied,
    supplies: own::supplies,
    param: values::param,
    result: results::result,
    import_param: hooks::param,
    import_back: hooks::result,
    end,
    ..PLAIN
};

fn rules(core: &Core) -> Rules {
    let i32s = [I32; 4];
    let name = |name, params: &[usize], results: &[ValType]| {
        params.iter().find_map(|n| own_name(core, name, &i32s[..*n], results))
    };
    let malloc = name("__wbindgen_malloc", &[2, 1], &[I32]);
    let area = exports(core, STACK) || before_the_stack(core);
    let result = if area { ResultForm::Area } else { ResultForm::Values };
    Rules {
        text: TextForm::PointerLength,
        result,
        within: TextForm::PointerLength,
        error: TextForm::PointerLength,
        owner: Owner::Callee,
        result_owner: Owner::Caller,
        alloc: malloc.map(|name| CallRule::named(&name)),
        free: name("__wbindgen_free", &[3, 2], &[]).map(|name| CallRule::named(&name)),
        area: match before_the_stack(core) {
            true => AreaRule::Alloc,
            false => AreaRule::Stack(CallRule::named(STACK)),
        },
        ..c::rules(core)
    }
}

/// Whether a module is of a version that moved no stack pointer: JavaScript told it to
/// leave results at an address that no program uses. It may be any address.
fn before_the_stack(core: &Core) -> bool {
    let mut several = false;
    let mut old = false;
    for export in &core.exports {
        if let ExternType::Func(ty) = &export.ty.ty {
            several |= ty.results().len() > 1;
            old |= export.ty.name == "__wbindgen_malloc" && ty.params() == [I32];
        }
    }
    old && !several && !exports(core, STACK)
}

/// What frees a struct takes a flag since 0.2.93, which an object of JavaScript that
/// nobody freed has set.
fn end(call: &mut Call<'_, '_>, core: &FuncType) -> Result<()> {
    let frees = |name: &str| name.starts_with("__wbg_") && name.ends_with("_free");
    let mut exports = call.maker.core.exports.iter();
    if core.params() == [I32, I32]
        && call.args.types == [I32]
        && exports.any(|export| export.index == call.target && frees(&export.ty.name))
    {
        call.args.push(I32).i32(0);
    }
    Ok(())
}

/// The name that a function of the tool is exported by: its own, or one that the tool has
/// made up, by its type. What begins with its own name is a copy for another thread.
fn own_name(core: &Core, name: &str, params: &[ValType], results: &[ValType]) -> Option<String> {
    let ty = FuncType::new(params.to_vec(), results.to_vec());
    let is = |export: &&crate::frontend::core::CoreExport| match &export.ty.ty {
        ExternType::Func(found) => *found == ty,
        _ => false,
    };
    let all = || core.exports.iter().filter(is).map(|export| &export.ty.name);
    if let Some(found) = all().find(|found| *found == name) {
        return Some(found.clone());
    }
    let mut made_up = all().filter(|found| found.starts_with("__wbindgen_export"));
    // The tool lists them in a fixed order, the one that frees a reference last.
    match name {
        "__externref_table_dealloc" => made_up.next_back().cloned(),
        _ => made_up.next().cloned(),
    }
}

/// A function of the tool that the core exports.
fn own_func(
    maker: &Maker<'_>,
    at: usize,
    name: &str,
    params: &[ValType],
    results: &[ValType],
) -> Result<u32> {
    let found = own_name(maker.core, name, params, results);
    Ok(maker.func(at, "a reference", found.as_deref().unwrap_or(name))?.0)
}

/// The author's name of an import, to which the tool adds a hash: `__wbg_log_` and
/// sixteen digits.
fn plain_name(_: &str, name: &str) -> Option<String> {
    let (name, hash) = name.strip_prefix("__wbg_")?.rsplit_once('_')?;
    let is_hash = hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    is_hash.then(|| name.to_owned())
}

/// The type of an import that is a function.
fn func_type(import: &ImportType) -> Option<&FuncType> {
    match &import.ty {
        ExternType::Func(ty) => Some(ty),
        _ => None,
    }
}
