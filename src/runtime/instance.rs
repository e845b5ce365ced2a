//! [`Instance`]: a module's core, instantiated, and its plans bound to it.
//!
//! Not here: matching by name.

use super::builtin;
use super::core_modules::CoreModules;
#[cfg(feature = "component")]
use super::core_modules::ModuleItem;
use super::externs::Extern;
use super::making;
use super::module::{self, Back, CoreModule, Layout, Module, not_exported};
use super::wasi;
use crate::compiled::{Code, Running};
#[cfg(feature = "component")]
use crate::component::{self, func::Imported, host::HostFunction, instance::Supplied};
use crate::error::{Error, ErrorKind, Result};
use crate::exec::Bound;
use crate::guest::ModuleName;
use crate::guest::call::{CoreFunc, Mark};
use crate::guest::context::{AsContextMut, Context, Cx};
use crate::guest::defer::settle;
use crate::guest::func::{Body, Func, Typed};
use crate::guest::memory::{Home, Mem};
#[cfg(feature = "component")]
use crate::guest::parts;
use crate::guest::value::wrong_store;
use crate::linked::Linked;
use crate::plan::{Adapter, CoreImport, Inside, Program, Same};
use crate::types::{ExternType, FuncType, ImportType};
use std::sync::{Arc, OnceLock};

/// A module with its imports supplied, in a store. Clones are the same
/// instance; it lives as long as the store.
#[derive(Clone)]
pub struct Instance(Arc<InstanceInner>);

struct InstanceInner {
    store: u64,
    module: Module,
    of: Of,
    exports: OnceLock<Box<[Extern]>>,
    /// What it has of the system, by number.
    context: Option<usize>,
}

/// What is behind an instance.
enum Of {
    Core(CoreInstance),
    #[cfg(feature = "component")]
    Component(component::instance::Instance),
}

struct CoreInstance {
    module: Module,
    core: wasmtime::Instance,
    linked: Arc<OnceLock<Linked>>,
    /// Where adapters are compiled.
    running: Option<Arc<Running>>,
    /// What was supplied for imports that are exported again, by their number: the
    /// same object comes out.
    reexports: Vec<(u32, Extern)>,
}

impl Instance {
    /// Makes an instance; `imports` are in the order of
    /// [`Module::imports`]. The module's start function runs here. In a store that
    /// was given WASI, imports that are WASI's may be left out, all of them, and a
    /// core module's `_initialize` runs here too.
    ///
    /// # Errors
    /// [`ErrorKind::WrongCount`] and [`ErrorKind::IncompatibleImport`] for
    /// imports that do not fit, with the import's index as
    /// [`Error::argument`]; [`ErrorKind::WrongStore`] for a module of another
    /// engine or an import of another store; [`ErrorKind::LimitReached`]; and
    /// any trap of the start function.
    pub fn new(mut cx: impl AsContextMut, module: &Module, imports: &[Extern]) -> Result<Instance> {
        let cx = cx.as_context_mut();
        let imports = wasi::placed(&cx.0, module, imports);
        Instance::make(cx, module, imports, CoreModules::default())
    }

    /// The same, where `None` is left to the store's WASI.
    ///
    /// # Errors
    /// As [`Instance::new`]; [`ErrorKind::MissingImport`] for `None` where WASI has
    /// nothing, or the store no WASI.
    pub fn with_imports(
        mut cx: impl AsContextMut,
        module: &Module,
        imports: &[Option<Extern>],
    ) -> Result<Instance> {
        Instance::make(cx.as_context_mut(), module, imports.to_vec(), CoreModules::default())
    }

    /// The same, with what a linker has of the core modules that a component imports.
    #[doc(hidden)]
    pub fn with_core_modules(
        mut cx: impl AsContextMut,
        module: &Module,
        imports: Vec<Option<Extern>>,
        core: CoreModules,
    ) -> Result<Instance> {
        Instance::make(cx.as_context_mut(), module, imports, core)
    }

    fn make(
        mut context: Context<'_>,
        module: &Module,
        mut imports: Vec<Option<Extern>>,
        core: CoreModules,
    ) -> Result<Instance> {
        let cx = context.enter()?;
        if !wasmtime::Engine::same(cx.engine(), module.engine().inner()) {
            let message = "this module was compiled by another engine than the store's";
            return Err(Error::new(ErrorKind::WrongStore, message));
        }
        settle(cx)?;
        check_count(module, imports.len())?;
        check_imports(cx, module, &imports)?;
        if let Some(trace) = module.engine().config().trace.as_ref() {
            // What WASI supplies has to see who calls it.
            imports = trace.imports(cx, module, imports);
        }
        let number = wasi::supply(cx, module, &mut imports)?;
        let made = Instance::supplied(&mut context, module, imports, core, number);
        if made.is_err() {
            wasi::give_up(&mut context.0, number);
        }
        made
    }

    /// The same, with everything there; of the system it has what is under this number.
    fn supplied(
        context: &mut Context<'_>,
        module: &Module,
        imports: Vec<Option<Extern>>,
        core: CoreModules,
        number: Option<usize>,
    ) -> Result<Instance> {
        #[cfg(not(feature = "component"))]
        let _ = core;
        let cx = &mut context.0;
        let of = match &module.0.of {
            module::Of::Core(core) => {
                let imports: Vec<_> = imports.into_iter().flatten().collect();
                Of::Core(CoreInstance::new(cx, module, core, &imports)?)
            }
            #[cfg(feature = "component")]
            module::Of::Component(of) => {
                let types = of.component.imports().iter().map(|(.., ty)| ty);
                let functions = imports.into_iter().zip(types).map(|(import, ty)| {
                    let func = import.and_then(Extern::into_func)?;
                    let imported: Arc<dyn HostFunction> = Arc::new(Imported::new(func, ty));
                    Some(imported)
                });
                let mut core = core.0.into_iter();
                let mut modules = Vec::new();
                for (interface, name) in of.component.modules() {
                    let missing = || {
                        let message =
                            format!("missing imports: {interface:?} {name:?} core module");
                        Error::new(ErrorKind::MissingImport, message)
                    };
                    modules.push(core.next().flatten().ok_or_else(missing)?.0);
                }
                let supplied = Supplied {
                    functions: functions.collect(),
                    modules,
                    #[cfg(feature = "wasi")]
                    wasi: wasi::for_component(cx, module, &of.component)?,
                };
                let encoding = module.engine().host_encoding();
                let made =
                    component::instance::Instance::new(cx, &of.component, encoding, supplied)?;
                Of::Component(made)
            }
        };
        let (store, module, exports) = (cx.data().id, module.clone(), OnceLock::new());
        let inner = InstanceInner { store, module, of, exports, context: number };
        let instance = Instance(Arc::new(inner));
        instance.begin(context)?;
        Ok(instance)
    }

    /// Begins with a reactor: its `_initialize` runs, once, before anything else of
    /// it does.
    fn begin(&self, cx: &mut Context<'_>) -> Result<()> {
        const INITIALIZE: &str = "_initialize";
        let is_reactor = !self.module().is_component() && self.module().has_plain(INITIALIZE);
        if !is_reactor || !wasi::has_wasi(&cx.0) {
            return Ok(());
        }
        self.func(&mut *cx, INITIALIZE)?.call(cx, &[], &mut [])
    }

    /// Gives the host the ends of what a guest wrote that are not whole lines.
    pub(super) fn finish(&self, cx: &mut Context<'_>) {
        match &self.0.of {
            #[cfg(feature = "component")]
            Of::Component(component) => component.finish(&cx.0),
            Of::Core(_) => wasi::finish(&cx.0, self.0.context),
        }
    }

    /// The module it is of.
    pub fn module(&self) -> &Module {
        &self.0.module
    }

    /// The store it belongs to.
    pub fn store_id(&self) -> u64 {
        self.0.store
    }

    /// Whether both are the same instance.
    pub fn same(a: &Instance, b: &Instance) -> bool {
        Arc::ptr_eq(&a.0, &b.0)
    }

    /// All exports, in the order of [`Module::exports`].
    pub fn exports(&self, mut cx: impl AsContextMut) -> Result<&[Extern]> {
        let cx = &mut cx.as_context_mut().0;
        if cx.data().id != self.0.store {
            return Err(wrong_store("instance"));
        }
        if let Some(made) = self.0.exports.get() {
            return Ok(made);
        }
        let count = self.0.module.export_count();
        let mut made = Vec::with_capacity(count);
        for i in 0..count {
            let export = self.make_export(cx, i, &made)?;
            made.push(match &self.0.module.engine().config().trace {
                Some(trace) => match self.0.module.exports().nth(i) {
                    Some(ty) => trace.export(cx, &ty.name, &export),
                    None => export,
                },
                None => export,
            });
        }
        Ok(self.0.exports.get_or_init(|| made.into()))
    }

    /// The core modules that a component exports, by flat names.
    #[cfg(feature = "component")]
    pub(super) fn modules(&self, mut cx: impl AsContextMut) -> Result<Vec<(String, ModuleItem)>> {
        let Of::Component(component) = &self.0.of else { return Ok(Vec::new()) };
        let modules = component.modules(&cx.as_context_mut().0)?.into_iter();
        Ok(modules.map(|(name, module)| (name, ModuleItem(module))).collect())
    }

    /// The export of that name: see [`Module::find_export`].
    pub fn export(&self, cx: impl AsContextMut, name: &str) -> Result<Option<Extern>> {
        let all = self.exports(cx)?;
        let at = self.0.module.find_export(name);
        Ok(at.and_then(|i| all.get(i)).cloned())
    }

    /// The exported function of that name.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] where there is no such export, and
    /// [`ErrorKind::WrongKind`] where it is no function.
    pub fn func(&self, cx: impl AsContextMut, name: &str) -> Result<Func> {
        match self.export(cx, name)? {
            Some(Extern::Func(func)) => Ok(func),
            Some(other) => {
                let message = format!("the export {name:?} is a {}, not a func", other.kind_name());
                Err(Error::new(ErrorKind::WrongKind, message))
            }
            None => Err(self.0.module.unknown_export(name)),
        }
    }

    /// An export; those before it have been made.
    fn make_export(&self, cx: &mut Cx<'_>, index: usize, made: &[Extern]) -> Result<Extern> {
        match &self.0.of {
            Of::Core(core) => core.make_export(cx, self.0.store, index, made),
            #[cfg(feature = "component")]
            Of::Component(component) => {
                let func = component.function(cx, index)?.ok_or_else(|| not_exported("so many"))?;
                let ty = func.ty().clone().into();
                Ok(Extern::Func(Func::new_typed(self.0.store, ty, Arc::new(func))))
            }
        }
    }
}

impl CoreInstance {
    fn new(
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

    fn make_export(
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
                let body: Arc<dyn Typed> = match &self.running {
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
                Ok(Extern::Func(Func::new_typed(store, ty, body)))
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

fn check_count(module: &Module, found: usize) -> Result<()> {
    let expected = module.imports().len();
    if expected == found {
        return Ok(());
    }
    let message = format!("expected {expected} imports, found {found}");
    Err(Error::new(ErrorKind::WrongCount, message))
}

/// Checks what is supplied against what is asked for. Core types that this
/// crate does not tell apart are left to the engine.
fn check_imports(cx: &Cx<'_>, module: &Module, imports: &[Option<Extern>]) -> Result<()> {
    for (i, (expected, found)) in module.imports().zip(imports).enumerate() {
        // What is left out comes from elsewhere.
        let Some(found) = found else { continue };
        if found.store_id() != cx.data().id {
            let error = wrong_store(found.kind_name());
            return Err(error.context(describe(i, expected)).at_argument(i));
        }
        let fits = match (&expected.ty, found) {
            (ExternType::Func(ty), Extern::Func(f)) => {
                ty == f.ty()
                    || stands_for(ty, f)
                    || engine_judges(module, i, ty, f.ty())
                    || serves(ty, f).is_some_and(|serves| serves.is_ok())
            }
            (ExternType::Global(_), Extern::Global(_)) => true,
            (ExternType::Table(_), Extern::Table(_)) => true,
            (ExternType::Memory(_), Extern::Memory(_)) => true,
            (ExternType::Tag(_), Extern::Tag(_)) => true,
            _ => false,
        };
        if !fits {
            if let (ExternType::Func(ty), Extern::Func(f)) = (&expected.ty, found)
                && let Some(Err(error)) = serves(ty, f)
            {
                let message = format!("{}: {}", describe(i, expected), error.message());
                return Err(Error::new(ErrorKind::IncompatibleImport, message).at_argument(i));
            }
            let found = match found {
                Extern::Func(f) => format!("func {}", f.ty()),
                other => other.kind_name().to_owned(),
            };
            let message =
                format!("{}: expected {}, found {found}", describe(i, expected), expected.ty);
            return Err(Error::new(ErrorKind::IncompatibleImport, message).at_argument(i));
        }
    }
    Ok(())
}

/// Whether a function of another type may do all the same, which the engine tells: of
/// the core's types of references some stand for others.
fn engine_judges(module: &Module, import: usize, wanted: &FuncType, found: &FuncType) -> bool {
    #[cfg_attr(not(feature = "component"), allow(irrefutable_let_patterns))]
    let module::Of::Core(of) = &module.0.of else { return false };
    let has_refs = |ty: &FuncType| ty.params().iter().chain(ty.results()).any(|ty| ty.is_ref());
    matches!(of.program.imports[import].to, Inside::Core(_))
        && wanted.is_core()
        && found.is_core()
        && (has_refs(wanted) || has_refs(found))
}

/// Whether a function of core code can be what a component imports.
fn stands_for(ty: &FuncType, func: &Func) -> bool {
    #[cfg(feature = "component")]
    if let Some(signature) = ty.signature() {
        return func.is_numeric() && component::func::stands_for(signature, func.ty());
    }
    let _ = (ty, func);
    false
}

/// Whether a host function whose types stand for those of components serves this one.
pub(super) fn serves(ty: &FuncType, func: &Func) -> Option<Result<()>> {
    match (ty.signature(), &func.0.body) {
        (Some(ty), Body::Typed(body)) => body.serves(ty),
        _ => None,
    }
}

fn describe(index: usize, import: &ImportType) -> String {
    format!("import {index} {:?} {:?}", import.module, import.name)
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

/// The same for a core with compiled adapters: what was supplied for imports
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
        if let Some(Some(func)) = funcs.get(at)
            && func.ty().signature().is_some()
        {
            funcs[at] = Some(parts::flattened(cx, func, ty, program.convention.text));
        }
    }
    funcs
}

/// Lets frames of traps tell this module's name and numbers.
fn name_module(cx: &mut Cx<'_>, id: u64, of: &CoreModule) {
    let start = of.core.image_range().start as usize;
    let name = match &of.back {
        Back::Reference(layout) => ModuleName { id, shift: layout.shift, places: None },
        Back::Compiled(code) => ModuleName { id, shift: 0, places: Some(code.clone()) },
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
