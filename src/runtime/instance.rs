//! [`Instance`]: a module's core, instantiated, and its plans bound to it.
//!
//! Not here: matching by name.

use super::core_instance::CoreInstance;
use super::core_modules::CoreModules;
#[cfg(feature = "component")]
use super::core_modules::ModuleItem;
#[cfg(feature = "component")]
use super::exported::not_exported;
use super::externs::Extern;
use super::module::{self, Module};
use super::wasi;
#[cfg(feature = "component")]
use crate::component::{self, func::Imported, host::HostFunction, instance::Supplied};
use crate::error::{Error, ErrorKind, Result};
use crate::guest::context::{AsContextMut, Context, Cx};
use crate::guest::errors::wrong_store;
use crate::guest::turn::settle;
use crate::guest::value::{Body, Func};
use crate::plan::Inside;
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

    /// Makes an instance; an import that is `None` is left to the store's WASI.
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

    /// Makes an instance, also with what a linker has of the core modules that a component
    /// imports.
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

    /// Makes an instance once all imports are there; of the system it has what is under this
    /// number.
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
                Ok(Extern::Func(Func::new_callable(self.0.store, ty, Arc::new(func))))
            }
        }
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
        (Some(ty), Body::Callable(body)) => body.serves(ty),
        _ => None,
    }
}

fn describe(index: usize, import: &ImportType) -> String {
    format!("import {index} {:?} {:?}", import.module, import.name)
}
