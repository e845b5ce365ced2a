//! Makes a core module whose adapters are ordinary core functions: the
//! compiled back end.
//!
//! The core is encoded anew with its function index space remapped. Implemented
//! imports disappear, and what called them calls their adapter; the start
//! function is left in place. What adapters need from the host is the short,
//! closed list of [`Intrinsic`]s, imported last.
//!
//! A string that the host holds travels as a *slot*, a number that the host
//! gives out, and its length in the guest's units; one that lies in linear
//! memory, as its address and length.
//!
//! Not here: unsafe code, the engine, policy.

mod adapter;
mod convert;
mod encode;
mod forward;
mod inline;
mod interface;
mod ir;
mod origin;
mod park;
mod spaces;
mod unit;

use crate::error::Result;
use crate::plan::Program;
use crate::types::ValType;
use unit::Unit;

pub(crate) use crate::plan::stage::PARKED_WORDS;
pub(crate) use encode::Remap;
pub(crate) use interface::{
    COUNT, Entry, EntryResult, INLINE_BYTES, INLINE_PARTS, INLINE_SLOT, INLINE_UNITS, ImportCall,
    Intrinsic, MOST_INLINE_WORDS, PAY_NAME, PAY_ONE, PAYING, Strings, WORDS, Where, deferred_name,
    entry_name, memory_name, parked_name,
};
pub(crate) use origin::Origin;

/// What the host must know to run a compiled program.
pub(crate) struct Compiled {
    /// Imported after what the program passes through, in order.
    pub intrinsics: Vec<Intrinsic>,
    /// How to enter the adapters that are exported, by adapter index.
    pub entries: Vec<Option<Entry>>,
    /// The core functions that adapters defer calls to.
    pub deferred: Vec<u32>,
    /// How many globals there are for parked calls: none, or those of
    /// [`COUNT`], [`SHAPE`] and [`PAYING`], and from [`WORDS`] on the words of
    /// their arguments.
    pub parked: u32,
    /// Where frames are in the original.
    pub origin: Origin,
}

/// What the host must know, and the encoded module.
pub(crate) fn compile(program: &Program) -> Result<(Compiled, Vec<u8>)> {
    let unit = Unit::new(program)?;
    let bytes = unit.encode(program)?;
    let compiled = Compiled {
        origin: Origin::new(&unit),
        intrinsics: unit.intrinsics,
        entries: unit.entries,
        deferred: unit.deferred,
        parked: unit.parked,
    };
    Ok((compiled, bytes))
}

/// The types of a conversion, of the number that [`Intrinsic::Overflow`] gets.
pub(crate) fn conversion(code: i32) -> Option<(ValType, ValType)> {
    convert::types(code)
}
#[cfg(test)]
mod tests {
    use super::compile;
    use crate::frontend::{FEATURES, load};
    use crate::plan::stage::tests;
    use std::path::{Path, PathBuf};

    fn files(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { files(&path, found) } else { found.push(path) }
        }
    }

    /// What is encoded is valid, for every module that the tests have.
    #[test]
    fn output_is_valid() {
        let mut paths = Vec::new();
        files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"), &mut paths);
        let mut compiled = 0;
        for path in paths {
            let Ok(program) = load(&std::fs::read(&path).unwrap(), FEATURES) else { continue };
            let (_, bytes) =
                compile(&program).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            let mut validator = wasmparser::Validator::new_with_features(FEATURES);
            validator.validate_all(&bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            compiled += 1;
        }
        assert!(compiled > 100, "only {compiled}");
    }

    /// Twice the module, twice the work.
    #[test]
    fn analysis_is_linear() {
        let chain = |n: usize| -> String {
            let next = |i| format!("(@interface func $a{} call-adapter $a{i})", i + 1);
            (0..n).map(next).collect()
        };
        let core = "(func $f) (func $alloc (param i32) (result i32) local.get 0) (memory 1)";
        let exported = |n: usize, body: &str| -> String {
            let func = format!("(@interface func $x {body})");
            (0..n)
                .map(|i| format!("(@interface export \"{i}\" (func $x))"))
                .fold(func, |a, b| a + &b)
        };
        let first = "(@interface func $a0 call-core $f)";
        type Make<'a> = &'a dyn Fn(usize) -> String;
        let modules: [(&str, Make<'_>); 6] = [
            ("a chain of adapters", &|n| {
                format!("{first} {} (@interface func (export \"\") call-adapter $a{n})", chain(n))
            }),
            ("calls of the last of a chain", &|n| {
                let calls = format!("call-adapter $a{n} ").repeat(n);
                format!("{first} {} (@interface func (export \"\") {calls})", chain(n))
            }),
            ("calls of one that defers", &|n| {
                let defers = "defer-call-core $f ".repeat(n);
                let calls = "call-adapter $a ".repeat(n);
                format!(
                    "(@interface func $a {defers} call-core $f) (@interface func (export \"\") {calls})"
                )
            }),
            ("deferred calls before a call", &|n| {
                format!(
                    "(@interface func (export \"\") {} call-core $f)",
                    "defer-call-core $f ".repeat(n)
                )
            }),
            ("deferred calls between imports", &|n| {
                let ops = "defer-call-core $f call-adapter $i ".repeat(n);
                format!(
                    "(@interface func $i (import \"\" \"\")) (@interface func (export \"\") {ops})"
                )
            }),
            ("exports of one adapter", &|n| exported(n, &"defer-call-core $f ".repeat(n))),
        ];
        for (what, make) in modules {
            let work = |n: usize| {
                let program = load((core.to_owned() + &make(n)).as_bytes(), FEATURES).unwrap();
                tests::LOOKED_AT.set(0);
                compile(&program).unwrap();
                tests::LOOKED_AT.get()
            };
            let (once, twice) = (work(2_000), work(4_000));
            assert!(once >= 2_000 && twice <= 2 * once + 100, "{what}: {once}, {twice}");
        }
    }
}
