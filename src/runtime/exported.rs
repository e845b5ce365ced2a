//! What a compiled core exports for who runs its program: found by name.
//!
//! Not here: how it is compiled; instances.

use crate::codegen::{self, Compiled};
use crate::compiled::Exports;
use crate::error::{Error, Result};
use crate::plan::{Inside, Program};

/// Where a program's numbers are found in the compiled core.
pub(crate) struct Layout {
    pub funcs: Vec<wasmtime::ModuleExport>,
    pub mems: Vec<wasmtime::ModuleExport>,
    pub start: Option<wasmtime::ModuleExport>,
    /// The core's own exports that the outside sees, by their position.
    pub exports: Vec<Option<wasmtime::ModuleExport>>,
    /// From an offset in the compiled core to one in the host's file.
    pub shift: isize,
}

/// Finds what a compiled core exports.
pub(super) fn exports(
    program: &Program,
    compiled: &Compiled,
    core: &wasmtime::Module,
) -> Result<Exports> {
    let find = |name: String| core.get_export_index(&name).ok_or_else(|| not_exported(&name));
    let entry = |(i, entry): (usize, &Option<codegen::Entry>)| {
        entry.as_ref().map(|_| find(codegen::entry_name(i as u32))).transpose()
    };
    let entries = compiled.entries.iter().enumerate().map(entry).collect::<Result<_>>()?;
    let mems = (0..program.used_mems.len()).map(|i| find(codegen::memory_name(i)));
    let deferred = (0..compiled.deferred.len()).map(|i| find(codegen::deferred_name(i)));
    let parked = (0..compiled.parked).map(|i| find(codegen::parked_name(i)));
    Ok(Exports {
        entries,
        mems: mems.collect::<Result<_>>()?,
        deferred: deferred.collect::<Result<_>>()?,
        parked: parked.collect::<Result<_>>()?,
        pay: (compiled.parked > 0).then(|| find(codegen::PAY_NAME.to_owned())).transpose()?,
    })
}

pub(super) fn not_exported(name: &str) -> Error {
    Error::internal(format_args!("the core has no export {name:?}"))
}

impl Layout {
    pub fn new(
        program: &Program,
        core: &wasmtime::Module,
        prefix: &str,
        code_offset: Option<usize>,
    ) -> Result<Layout> {
        let find = |name: &str| core.get_export_index(name).ok_or_else(|| not_exported(name));
        let all = |kind: char, numbers: &mut dyn Iterator<Item = u32>| {
            numbers.map(|i| find(&format!("{prefix}{kind}{i}"))).collect::<Result<Vec<_>>>()
        };
        let (funcs, mems, start) = if program.wrapped {
            let start = program.start.map(|_| find(&format!("{prefix}start"))).transpose()?;
            let funcs = all('f', &mut program.used_funcs.iter().copied())?;
            (funcs, all('m', &mut (0..program.used_mems.len() as u32))?, start)
        } else {
            (Vec::new(), Vec::new(), None)
        };
        let exports = program
            .exports
            .iter()
            .map(|export| match export.from {
                Inside::Core(_) => find(&export.ty.name).map(Some),
                Inside::Adapter(_) => Ok(None),
            })
            .collect::<Result<Vec<_>>>()?;
        let shift = match (program.code, code_offset) {
            (Some(original), Some(compiled)) => original as isize - compiled as isize,
            _ => 0,
        };
        Ok(Layout { funcs, mems, start, exports, shift })
    }
}
