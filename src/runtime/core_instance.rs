//! A core module's instance: what is supplied to it, and what its exports are.
//!
//! Not here: whether what is supplied fits.

use super::builtin;
use super::exported::{Layout, not_exported};
use super::externs::Extern;
use super::making;
use super::module::{self, Back, CoreModule, Module};
use crate::compiled::{Code, Running};
use crate::error::{Error, ErrorKind, Result};
use crate::exec::Bound;
use crate::guest::ModuleName;
use crate::guest::context::Cx;
use crate::guest::core_func::CoreFunc;
use crate::guest::memory::{Home, Mem};
#[cfg(feature = "component")]
use crate::guest::parts;
use crate::guest::turn::Mark;
use crate::guest::value::{Callable, Func};
use crate::linked::Linked;
use crate::plan::{Adapter, CoreImport, Inside, Program, Same};
use crate::types::{ExternType, FuncType};
use std::sync::{Arc, OnceLock};

/// An instance of a core module.
pub(super) struct CoreInstance {
    module: Module,
    core: wasmtime::Instance,
    linked: Arc<OnceLock<Linked>>,
    /// Where adapters are compiled.
    running: Option<Arc<Running>>,
    /// What was supplied for imports that are exported again, by their number: the
    /// same object comes out.
    reexports: Vec<(u32, Extern)>,
}

impl CoreInstance {
    pub fn new(
        cx: &mut Cx<'_>,
        module: &Module,
        of: &CoreModule,
        imports: &[Extern],
    ) -> Result<CoreInstance> {
        let program = &of.program;

        let linked = Arc::new(OnceLock::new());
        let closed = program.is_closed();
        let home = if closed { cx.data_mut().debts.new_home() } else { Home::ANY };
        let (supplied, running) = match &of.back {
            Back::Reference(_) => (core_imports(cx, of, imports, &linked, home)?, None),
            Back::Compiled(code) => {
                let (supplied, running) = compiled_imports(cx, of, code, imports, &linked, home)?;
                (supplied, Some(running))
            }
        };
        name_module(cx, module.id(), of);
        // The engine has the limit that there was when the store was made.
        let most = cx.data().limits.instances;
        if cx.data().instances >= most {
            let message = format!("this store has {most} instances, and may not have more");
            return Err(Error::new(ErrorKind::LimitReached, message));
        }
        let mark = Mark::new(cx);
        let core = wasmtime::Instance::new(&mut *cx, &of.core, &supplied).map_err(|e| {
            let kind = kind_of(&e);
            let error = making(cx, kind, e);
            mark.unwind(cx);
            error
        })?;
        cx.data_mut().instances += 1;

        if let Back::Reference(layout) = &of.back
            && program.wrapped
        {
            // Set once: this is the only place, and `linked` was made above.
            let _ = linked.set(link(cx, of, layout, &core, imports, home)?);
        }
        let wanted = program.exports.iter().filter_map(|export| match export.same {
            Some(Same::Import(at)) => Some(at),
            _ => None,
        });
        let mut reexports: Vec<_> = wanted
            .filter_map(|at| match program.core_imports.get(at as usize)? {
                CoreImport::Import(import) => Some((at, imports.get(*import as usize)?.clone())),
                CoreImport::Hook(_) => None,
            })
            .collect();
        reexports.sort_by_key(|(at, _)| *at);
        reexports.dedup_by_key(|(at, _)| *at);
        if let Back::Reference(Layout { start: Some(start), .. }) = &of.back {
            core_func(cx, &core, start, &FuncType::new([], []))?.call(cx, &[], &mut [])?;
        }
        let module = module.clone();
        Ok(CoreInstance { module, core, linked, running, reexports })
    }

    /// What was supplied for an import that is exported again.
    fn reexport(&self, at: u32) -> Option<&Extern> {
        let look = |(number, _): &(u32, Extern)| {
            #[cfg(test)]
            tests::LOOKED_AT.set(tests::LOOKED_AT.get() + 1);
            number.cmp(&at)
        };
        let found = self.reexports.binary_search_by(look).ok()?;
        self.reexports.get(found).map(|(_, supplied)| supplied)
    }

    pub fn make_export(
        &self,
        cx: &mut Cx<'_>,
        store: u64,
        index: usize,
        made: &[Extern],
    ) -> Result<Extern> {
        #[cfg_attr(not(feature = "component"), allow(irrefutable_let_patterns))]
        let module::Of::Core(of) = &self.module.0.of else {
            return Err(not_exported("at all"));
        };
        let program = &of.program;
        let export = &program.exports[index];
        let again = export.same.and_then(|same| match same {
            Same::Import(at) => self.reexport(at),
            Same::Export(at) => made.get(at as usize),
        });
        if let Some(again) = again {
            return Ok(again.clone());
        }
        match export.from {
            Inside::Adapter(adapter) => {
                let ty = match &export.ty.ty {
                    ExternType::Func(ty) => ty.clone(),
                    other => return Err(Error::internal(format_args!("{other} adapter"))),
                };
                let body: Arc<dyn Callable> = match &self.running {
                    Some(running) => running.entered(cx, &self.core, adapter)?,
                    None => Arc::new(Bound { linked: self.linked.clone(), adapter }),
                };
                #[cfg(feature = "component")]
                let body = match ty.signature() {
                    Some(signature) => {
                        parts::whole(body, signature.clone(), program.convention.text)?
                    }
                    None => body,
                };
                Ok(Extern::Func(Func::new_callable(store, ty, body)))
            }
            Inside::Core(_) => {
                let at = match &of.back {
                    Back::Reference(layout) => layout.exports[index].as_ref(),
                    Back::Compiled(_) => None,
                };
                let core = at.and_then(|at| self.core.get_module_export(&mut *cx, at));
                let core = core.ok_or_else(|| not_exported(&export.ty.name))?;
                let ty = match &export.ty.ty {
                    ExternType::Func(ty) => Some(ty),
                    _ => None,
                };
                Ok(Extern::from_core(cx, core, ty))
            }
        }
    }
}

/// Why the engine makes no instance, if not for a trap. It tells imports whose types
/// do not fit from what is used up in words only; a host's own are not looked at,
/// which may be very many.
fn kind_of(error: &wasmtime::Error) -> ErrorKind {
    match !error.is::<Error>() && error.to_string().starts_with("incompatible import") {
        true => ErrorKind::IncompatibleImport,
        false => ErrorKind::LimitReached,
    }
}

/// What the core is instantiated with, in its own order: what was supplied,
/// and the adapters that implement imports.
fn core_imports(
    cx: &mut Cx<'_>,
    of: &CoreModule,
    imports: &[Extern],
    linked: &Arc<OnceLock<Linked>>,
    home: Home,
) -> Result<Vec<wasmtime::Extern>> {
    let program = &of.program;
    let types = of.core.imports();
    let mut supplied = Vec::with_capacity(program.core_imports.len());
    for (answer, core) in program.core_imports.iter().zip(types) {
        supplied.push(match answer {
            CoreImport::Import(import) => imports[*import as usize].to_core(cx)?,
            CoreImport::Hook(adapter) => {
                let ty = program.adapters[*adapter as usize].ty();
                let wasmtime::ExternType::Func(core_type) = core.ty() else {
                    return Err(Error::internal("an implemented import is no func"));
                };
                let bound = Bound { linked: linked.clone(), adapter: *adapter };
                CoreFunc::host_of(cx, core_type, ty, Arc::new(bound), home).handle().into()
            }
        });
    }
    Ok(supplied)
}

/// What a core with compiled adapters imports: what was supplied for imports
/// that stay, and the intrinsics.
fn compiled_imports(
    cx: &mut Cx<'_>,
    of: &CoreModule,
    code: &Arc<Code>,
    imports: &[Extern],
    linked: &Arc<OnceLock<Linked>>,
    home: Home,
) -> Result<(Vec<wasmtime::Extern>, Arc<Running>)> {
    let program = &of.program;
    // Nothing in the core is needed to call what was supplied.
    let _ = linked.set(Linked::new(
        program.clone(),
        Vec::new(),
        Vec::new(),
        funcs_of(cx, program, imports),
        home,
    ));
    let mut supplied = Vec::with_capacity(program.core_imports.len() + code.types.len());
    for answer in &program.core_imports {
        if let CoreImport::Import(import) = answer {
            supplied.push(imports[*import as usize].to_core(cx)?);
        }
    }
    let (running, funcs) = Running::new(cx, code.clone(), linked.clone())?;
    supplied.extend(funcs.into_iter().map(wasmtime::Extern::from));
    Ok((supplied, running))
}

/// The functions supplied for adapter imports, and those that the host itself supplies.
fn funcs_of(cx: &mut Cx<'_>, program: &Program, imports: &[Extern]) -> Vec<Option<Func>> {
    let mut funcs: Vec<_> = imports.iter().map(|e| e.clone().into_func()).collect();
    for adapter in &program.adapters {
        let Adapter::Import { import, ty } = adapter else { continue };
        let at = *import as usize;
        if let Some(builtin) = at.checked_sub(program.imports.len()) {
            let builtin = program.builtins.get(builtin).cloned();
            funcs.resize(funcs.len().max(at + 1), None);
            funcs[at] = builtin.map(|builtin| builtin::func(cx, ty, builtin));
            continue;
        }
        #[cfg(feature = "component")]
        if let (Some(Some(func)), ExternType::Func(wanted)) =
            (funcs.get(at), &program.imports[at].ty.ty)
            && let Some(flat) = parts::flattened(cx, func, wanted, ty, program.convention.text)
        {
            funcs[at] = Some(flat);
        }
    }
    funcs
}

/// Lets frames of traps tell this module's name and numbers.
fn name_module(cx: &mut Cx<'_>, id: u64, of: &CoreModule) {
    let start = of.core.image_range().start as usize;
    let name = match &of.back {
        Back::Reference(layout) => {
            ModuleName { id, shift: layout.shift, places: None, added: None }
        }
        Back::Compiled(code) => {
            ModuleName { id, shift: 0, places: Some(code.clone()), added: None }
        }
    };
    cx.data_mut().modules.insert(start, name);
}

/// Looks up what the plans refer to.
fn link(
    cx: &mut Cx<'_>,
    of: &CoreModule,
    layout: &Layout,
    core: &wasmtime::Instance,
    imports: &[Extern],
    home: Home,
) -> Result<Linked> {
    let mut funcs = Vec::with_capacity(layout.funcs.len());
    for at in &layout.funcs {
        let func = core.get_module_export(&mut *cx, at).and_then(|e| e.into_func());
        let func = func.ok_or_else(|| not_exported("of a plan"))?;
        funcs.push(CoreFunc::new(cx, func, None).at(home));
    }
    let mut mems = Vec::with_capacity(layout.mems.len());
    for (at, used) in layout.mems.iter().zip(&of.program.used_mems) {
        let mem = core.get_module_export(&mut *cx, at).and_then(|e| e.into_memory());
        mems.push(Mem::new(mem.ok_or_else(|| not_exported("of a plan"))?, used.text, home));
    }
    Ok(Linked::new(of.program.clone(), funcs, mems, funcs_of(cx, &of.program, imports), home))
}

fn core_func(
    cx: &mut Cx<'_>,
    core: &wasmtime::Instance,
    at: &wasmtime::ModuleExport,
    ty: &FuncType,
) -> Result<CoreFunc> {
    let func = core.get_module_export(&mut *cx, at).and_then(|e| e.into_func());
    Ok(CoreFunc::new(cx, func.ok_or_else(|| not_exported("start"))?, Some(ty)))
}

#[cfg(test)]
mod tests {
    use crate::{Engine, Func, Instance, Module, Store};
    use std::cell::Cell;

    thread_local! {
        /// How many imports have been looked at, to find one.
        pub(super) static LOOKED_AT: Cell<usize> = const { Cell::new(0) };
    }

    /// Each import that is exported again is found without a look at all others.
    #[test]
    fn exporting_again_is_linear() {
        let engine = Engine::default();
        let looked_at = |count: usize| {
            let imports = "(import \"\" \"f\" (func))".repeat(count);
            let export = |i| format!("(export \"{i}\" (func {}))", count - 1 - i);
            let exports: String = (0..count).map(export).collect();
            let text = format!("(module {imports} {exports})");
            let module = Module::new(&engine, text.as_bytes()).unwrap();
            let mut store = Store::new(&engine);
            let funcs: Vec<Func> = (0..count).map(|_| Func::wrap(&mut store, || {})).collect();
            let supplied: Vec<_> = funcs.iter().map(|func| func.clone().into()).collect();
            let instance = Instance::new(&mut store, &module, &supplied).unwrap();
            LOOKED_AT.set(0);
            let exports = instance.exports(&mut store).unwrap();
            for (export, func) in exports.iter().zip(funcs.iter().rev()) {
                assert!(export.clone().into_func().is_some_and(|found| Func::same(&found, func)));
            }
            LOOKED_AT.get()
        };
        let (few, many) = (looked_at(500), looked_at(4_000));
        assert!(few >= 500 && many <= 14 * 4_000, "{few}, {many}");
    }
}
