//! Functions with vectors, which a host has no values of, behind functions that take
//! and return two halves for each.
//!
//! Not here: values.

use std::fmt::Write as _;
use witrt::{Extern, Func, FuncType, Instance, Linker, Module, Result, Store, ValType};

/// A function that calls this one, without vectors in its type.
pub fn in_halves(store: &mut Store, func: Func) -> Result<Func> {
    let module = Module::new(store.engine(), around(func.ty()).as_bytes())?;
    let mut linker = Linker::new();
    linker.define("", "", Extern::Func(func));
    let instance: Instance = linker.instantiate(&mut *store, &module)?;
    instance.func(store, "")
}

/// Whether there are vectors in a type.
pub fn has_any(ty: &FuncType) -> bool {
    ty.params().iter().chain(ty.results()).any(|ty| *ty == ValType::V128)
}

/// A module with one function that calls what it imports.
fn around(ty: &FuncType) -> String {
    let plain = |types: &[ValType]| types.iter().map(|ty| format!(" {ty}")).collect::<String>();
    let halves = |types: &[ValType]| plain(types).replace(" v128", " i64 i64");
    let (params, results) = (ty.params(), ty.results());
    let mut text = format!(
        "(module (import \"\" \"\" (func $f (param{}) (result{})))\n\
         (func (export \"\") (param{}) (result{}) (local{})\n",
        plain(params),
        plain(results),
        halves(params),
        halves(results),
        plain(results),
    );
    let mut local = 0;
    for ty in params {
        let _ = write!(text, " local.get {local}");
        local += 1;
        if *ty == ValType::V128 {
            let _ = write!(text, " i64x2.splat local.get {local} i64x2.replace_lane 1");
            local += 1;
        }
    }
    text += " call $f";
    for i in (0..results.len()).rev() {
        let _ = write!(text, " local.set {}", local + i);
    }
    for (i, ty) in results.iter().enumerate() {
        let at = local + i;
        // Any other is one number, or a reference.
        let _ = match *ty == ValType::V128 {
            true => write!(
                text,
                " local.get {at} i64x2.extract_lane 0 local.get {at} i64x2.extract_lane 1"
            ),
            false => write!(text, " local.get {at}"),
        };
    }
    text + "))"
}
