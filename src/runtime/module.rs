//! [`Module`]: a program and its compiled core, shared.
//!
//! Not here: instances.

#![allow(unsafe_code)] // one place: loading a compiled artefact that is trusted

use super::artefact::Artefact;
use super::config::BackEnd;
use super::{Engine, expose, next_id};
use crate::codegen::{self, Compiled};
use crate::compiled::{Code, Exports};
use crate::error::{Error, ErrorKind, Result};
use crate::frontend;
use crate::guest::words::HostType;
use crate::plan::Program;
use crate::types::{ExportType, ImportType};
use std::sync::Arc;

/// A compiled module. It is shared: clones are the same module, any thread may
/// use it, and it may be instantiated many times in any store of its engine.
#[derive(Clone)]
pub struct Module(pub(crate) Arc<ModuleInner>);

pub(crate) struct ModuleInner {
    pub engine: Engine,
    pub id: u64,
    pub program: Arc<Program>,
    pub core: wasmtime::Module,
    pub back: Back,
}

/// How its adapters run.
pub(crate) enum Back {
    Reference(Layout),
    Compiled(Arc<Code>),
}

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

impl Module {
    /// Compiles a module: a core binary, a core binary with an interface
    /// section, or text with or without `(@interface …)` forms. The bytes
    /// tell which; they are not kept borrowed.
    ///
    /// # Errors
    /// [`ErrorKind::MalformedText`] and its like, with the place, for what is
    /// not a module; [`ErrorKind::InvalidCore`] and
    /// [`ErrorKind::InvalidInterface`] for one that breaks the rules.
    pub fn new(engine: &Engine, bytes: &[u8]) -> Result<Module> {
        let program = frontend::load(bytes, frontend::FEATURES)?;
        let compile = |core: &[u8]| {
            wasmtime::Module::from_binary(engine.inner(), core)
                .map_err(|e| Error::new(ErrorKind::InvalidCore, format!("{e:#}")))
        };
        if program.wrapped && engine.config().back_end == BackEnd::Compiled {
            let (compiled, encoded) = codegen::compile(&program)?;
            // What breaks a limit of core WebAssembly is left to the reference.
            if let Ok(core) = compile(&encoded) {
                return Module::with_adapters(engine, program, core, compiled);
            }
        }
        Module::build(engine, program, compile)
    }

    fn with_adapters(
        engine: &Engine,
        mut program: Program,
        core: wasmtime::Module,
        compiled: Compiled,
    ) -> Result<Module> {
        program.calls = None; // the core has been encoded
        let program = Arc::new(program);
        let exports = exports(&program, &compiled, &core)?;
        // The intrinsics are imported last.
        let imported = core.imports().len().saturating_sub(compiled.intrinsics.len());
        let types = core.imports().skip(imported).filter_map(|import| match import.ty() {
            wasmtime::ExternType::Func(ty) => Some(HostType::new(ty)),
            _ => None,
        });
        let types = types.collect();
        let code = Code { program: program.clone(), compiled, types, exports };
        let back = Back::Compiled(Arc::new(code));
        Ok(Module::from_parts(engine, program, core, back))
    }

    fn from_parts(
        engine: &Engine,
        program: Arc<Program>,
        core: wasmtime::Module,
        back: Back,
    ) -> Module {
        let (engine, id) = (engine.clone(), next_id());
        Module(Arc::new(ModuleInner { engine, id, program, core, back }))
    }

    /// Checks a module without compiling it.
    ///
    /// # Errors
    /// As [`Module::new`].
    pub fn validate(_engine: &Engine, bytes: &[u8]) -> Result<()> {
        frontend::load(bytes, frontend::FEATURES).map(|_| ())
    }

    fn build(
        engine: &Engine,
        program: Program,
        compile: impl FnOnce(&[u8]) -> Result<wasmtime::Module>,
    ) -> Result<Module> {
        let (core, prefix, code_offset) = if program.wrapped {
            let exposed = expose::expose(&program)?;
            (compile(&exposed.bytes)?, exposed.prefix, exposed.code_offset)
        } else {
            (compile(&program.core)?, String::new(), program.code)
        };
        let layout = Layout::new(&program, &core, &prefix, code_offset)?;
        let program = Arc::new(program);
        Ok(Module::from_parts(engine, program, core, Back::Reference(layout)))
    }

    /// What runs its adapters; of a module without any, the reference.
    pub fn back_end(&self) -> BackEnd {
        match self.0.back {
            Back::Reference(_) => BackEnd::Reference,
            Back::Compiled(_) => BackEnd::Compiled,
        }
    }

    /// What must be supplied to instantiate it, in order.
    pub fn imports(&self) -> impl ExactSizeIterator<Item = &ImportType> {
        self.0.program.imports.iter().map(|import| &import.ty)
    }

    /// What an instance of it offers, in order.
    pub fn exports(&self) -> impl ExactSizeIterator<Item = &ExportType> {
        self.0.program.exports.iter().map(|export| &export.ty)
    }

    /// A number that no other module of this process has; see
    /// [`Frame::module`](crate::Frame::module).
    pub fn id(&self) -> u64 {
        self.0.id
    }

    /// The engine it was compiled by.
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// Whether both are the same module.
    pub fn same(a: &Module, b: &Module) -> bool {
        Arc::ptr_eq(&a.0, &b.0)
    }

    /// The compiled module as bytes, for [`Module::deserialize`]. They hold
    /// the module as a binary too, so that its interface stays with it.
    pub fn serialize(&self) -> Result<Vec<u8>> {
        let artefact = self.0.core.serialize().map_err(|e| {
            Error::new(ErrorKind::Unsupported, format!("this module cannot be serialized: {e:#}"))
        })?;
        let compiled = match &self.0.back {
            Back::Compiled(code) => Some(&code.compiled),
            Back::Reference(_) => None,
        };
        Ok(Artefact::write(&self.0.program, compiled, &artefact))
    }

    /// The module that [`Module::serialize`] made, without compiling it.
    ///
    /// # Safety
    /// The bytes must come from [`Module::serialize`] of this library, by a
    /// way that nobody untrusted has had access to: they hold machine code
    /// that will be run. Damage by accident is found out; intent is not.
    ///
    /// # Errors
    /// [`ErrorKind::BadArtefact`] for anything else than such bytes, for
    /// damaged ones, and for those of another version, machine or
    /// configuration.
    pub unsafe fn deserialize(engine: &Engine, bytes: &[u8]) -> Result<Module> {
        let bad = |what: &str| Error::new(ErrorKind::BadArtefact, what);
        let artefact = Artefact::read(bytes).map_err(bad)?;
        let load = |_: &[u8]| {
            // SAFETY: the caller vouches for where the bytes come from, and
            // the checksum for their being whole.
            unsafe { wasmtime::Module::deserialize(engine.inner(), artefact.code) }
                .map_err(|e| bad(&format!("{e:#}")))
        };
        if let Some((program, compiled)) = artefact.described().map_err(bad)? {
            return Module::with_adapters(engine, program, load(&[])?, compiled);
        }
        // What is whole is what was validated when it was compiled.
        let program = frontend::reload(artefact.source, frontend::FEATURES)?;
        Module::build(engine, program, load)
    }
}

/// Finds what a compiled core exports.
fn exports(program: &Program, compiled: &Compiled, core: &wasmtime::Module) -> Result<Exports> {
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

fn not_exported(name: &str) -> Error {
    let message = format!("internal error: the core has no export {name:?}");
    Error::new(ErrorKind::Panic, message)
}

impl Layout {
    fn new(
        program: &Program,
        core: &wasmtime::Module,
        prefix: &str,
        code_offset: Option<usize>,
    ) -> Result<Layout> {
        let find = |name: &str| core.get_export_index(name).ok_or_else(|| not_exported(name));
        let all = |kind: char, indices: &[u32]| {
            indices.iter().map(|i| find(&format!("{prefix}{kind}{i}"))).collect::<Result<Vec<_>>>()
        };
        let (funcs, mems, start) = if program.wrapped {
            let start = program.start.map(|_| find(&format!("{prefix}start"))).transpose()?;
            (all('f', &program.used_funcs)?, all('m', &program.used_mems)?, start)
        } else {
            (Vec::new(), Vec::new(), None)
        };
        let exports = program
            .exports
            .iter()
            .map(|export| match export.from {
                crate::plan::Inside::Core(_) => find(&export.ty.name).map(Some),
                crate::plan::Inside::Adapter(_) => Ok(None),
            })
            .collect::<Result<Vec<_>>>()?;
        let shift = match (program.code, code_offset) {
            (Some(original), Some(compiled)) => original as isize - compiled as isize,
            _ => 0,
        };
        Ok(Layout { funcs, mems, start, exports, shift })
    }
}
