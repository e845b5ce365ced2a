//! [`Linker`]: imports found by name.
//!
//! Not here: instantiation.

use super::core_modules::{CoreModules, ModuleItem};
use super::externs::Extern;
use super::instance::{Instance, serves};
use super::missing::missing_imports;
use super::module::Module;
use super::typed::HostClosure;
#[cfg(feature = "component")]
use crate::component::names;
use crate::error::{Error, Result, Trap};
use crate::guest::context::{AsContextMut, Context};
use crate::guest::value::Func;
use crate::string::{Policy, copy_to_string};
use crate::types::{ExternType, FuncType, ImportType};
use std::collections::HashMap;

/// Named things of one store, to satisfy imports with.
///
/// ```
/// use witrt::{Engine, Func, Linker, Module, Store};
/// let engine = Engine::default();
/// let mut store = Store::new(&engine);
/// let module = Module::new(&engine, br#"(module
///     (import "env" "log" (func $log (param i32)))
///     (func (export "go") (call $log (i32.const 7))))"#)?;
/// let mut linker = Linker::new();
/// let log = Func::wrap(&mut store, |n: witrt::I32| println!("{}", n.0));
/// linker.define("env", "log", log);
/// let instance = linker.instantiate(&mut store, &module)?;
/// instance.func(&mut store, "go")?.call(&mut store, &[], &mut [])?;
/// # Ok::<(), witrt::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Linker {
    /// By module and name. Functions of different types may share both: a
    /// module may ask for a core and an adapter function of one name.
    named: HashMap<(String, String), Vec<Extern>>,
    /// The core modules, which components import, by module and name.
    modules: HashMap<(String, String), ModuleItem>,
}

impl Linker {
    /// Nothing is defined yet.
    pub fn new() -> Linker {
        Linker::default()
    }

    /// Defines a thing. A later one takes the place of an earlier one of the
    /// same names, unless both are functions and their types differ: then
    /// each serves the imports of its own type.
    pub fn define(&mut self, module: &str, name: &str, item: impl Into<Extern>) -> &mut Linker {
        self.insert(module.to_owned(), name.to_owned(), item.into())
    }

    /// Defines a name, of any length.
    ///
    /// # Errors
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory) where there is none for copies of them.
    pub fn try_define(
        &mut self,
        module: &str,
        name: &str,
        item: impl Into<Extern>,
    ) -> Result<&mut Linker> {
        self.try_define_with(module, name, || Ok(item.into()))
    }

    /// Defines a name as what is made once nothing can fail any more but its making.
    #[doc(hidden)]
    pub fn try_define_with(
        &mut self,
        module: &str,
        name: &str,
        make: impl FnOnce() -> Result<Extern>,
    ) -> Result<&mut Linker> {
        let (module, name) = (owned(module)?, owned(name)?);
        Ok(self.insert(module, name, make()?))
    }

    fn insert(&mut self, module: String, name: String, item: Extern) -> &mut Linker {
        let all = self.named.entry((module, name)).or_default();
        all.retain(|old| match (old, &item) {
            (Extern::Func(old), Extern::Func(new)) => old.ty() != new.ty(),
            _ => false,
        });
        all.push(item);
        self
    }

    /// Defines every export of an instance, under this module name. Of a component,
    /// these are the functions and core modules of the interface of that name, or of a
    /// version that can stand for it; with an empty name, those of all its interfaces,
    /// each under its own, and those of its world.
    ///
    /// # Errors
    /// As [`Linker::try_define`], and [`StoreBusy`](crate::ErrorKind::StoreBusy).
    pub fn define_instance(
        &mut self,
        cx: impl AsContextMut,
        module: &str,
        instance: &Instance,
    ) -> Result<&mut Linker> {
        #[cfg(feature = "component")]
        let mut cx = cx;
        #[cfg(feature = "component")]
        for (name, core) in instance.modules(&mut cx)? {
            let (interface, name) = names::parts(&name);
            let to = match names::interface(module, [(interface, ())]) {
                Some(()) => module,
                None if module.is_empty() => interface,
                None => continue,
            };
            self.modules.insert((owned(to)?, owned(name)?), core);
        }
        let exports = instance.exports(cx)?;
        for (export, ty) in exports.iter().zip(instance.module().exports()) {
            #[cfg(feature = "component")]
            if instance.module().is_component() {
                let (interface, name) = names::parts(&ty.name);
                match names::interface(module, [(interface, ())]) {
                    Some(()) => self.try_define(module, name, export.clone())?,
                    None if module.is_empty() => self.define(interface, name, export.clone()),
                    None => self,
                };
                continue;
            }
            self.try_define(module, &ty.name, export.clone())?;
        }
        Ok(self)
    }

    /// Makes one interface of all that an instance of a component exports, under this
    /// name: the functions and core modules of its world, and each interface as an
    /// instance within it (`name#ns:pkg/iface`). Of a core module, it does what
    /// [`Linker::define_instance`] does.
    ///
    /// # Errors
    /// As [`Linker::define_instance`].
    pub fn define_instance_as(
        &mut self,
        mut cx: impl AsContextMut,
        name: &str,
        instance: &Instance,
    ) -> Result<&mut Linker> {
        #[cfg(feature = "component")]
        if instance.module().is_component() {
            let to = |export: &str| {
                let (interface, export) = names::parts(export);
                let path = if interface.is_empty() {
                    name.to_owned()
                } else {
                    names::within(name, interface)
                };
                Ok::<_, Error>((owned(&path)?, owned(export)?))
            };
            for (export, core) in instance.modules(&mut cx)? {
                self.modules.insert(to(&export)?, core);
            }
            let exports = instance.exports(cx)?;
            for (export, ty) in exports.iter().zip(instance.module().exports()) {
                let (interface, name) = to(&ty.name)?;
                self.insert(interface, name, export.clone());
            }
            return Ok(self);
        }
        self.define_instance(&mut cx, name, instance)
    }

    /// Defines a function of the type that the closure has: as [`Func::wrap`] makes
    /// it.
    pub fn func_wrap<Args: 'static>(
        &mut self,
        cx: impl AsContextMut,
        module: &str,
        name: &str,
        body: impl HostClosure<Args>,
    ) -> &mut Linker {
        self.define(module, name, Func::wrap(cx, body))
    }

    /// What is defined under these names; of several functions the one that was
    /// defined first.
    pub fn get(&self, module: &str, name: &str) -> Option<&Extern> {
        self.named.get(&(owned(module).ok()?, owned(name).ok()?))?.first()
    }

    /// Defines each function that a module asks for and that is not defined yet: to
    /// call it is a trap, which names it. What is no function stays missing.
    pub fn define_unknown_as_traps(
        &mut self,
        cx: impl AsContextMut,
        module: &Module,
    ) -> &mut Linker {
        self.define_unknown(cx, module, |cx, import, ty| {
            let name = format!("{:?} {:?}", import.module, import.name);
            let trap = move || Error::from(Trap::new(format!("the import {name} is not defined")));
            match ty.signature() {
                None => Func::new(cx, ty.clone(), move |_, _, _| Err(trap())),
                Some(_) => Func::new_slots(cx, ty.clone(), move |_, _, _| Err(trap())),
            }
        })
    }

    /// Defines each function that a module asks for and that is not defined yet, nor
    /// comes from the store's WASI, as what is made of the import and its type.
    pub fn define_unknown(
        &mut self,
        mut cx: impl AsContextMut,
        module: &Module,
        mut make: impl FnMut(Context<'_>, &ImportType, &FuncType) -> Func,
    ) -> &mut Linker {
        for import in module.imports() {
            let ExternType::Func(ty) = &import.ty else { continue };
            if super::wasi::supplies(&cx.as_context_mut().0, module, import) {
                continue;
            }
            let mut known = self.find(module, import).iter();
            let fits = |func: &Func| func.ty() == ty || matches!(serves(ty, func), Some(Ok(())));
            if known.any(|item| matches!(item, Extern::Func(func) if fits(func))) {
                continue;
            }
            let func = make(cx.as_context_mut(), import, ty);
            self.define(&import.module, &import.name, func);
        }
        self
    }

    /// Finds what a module asks for, and makes an instance. What is not defined here
    /// and is WASI's comes from what the store was given.
    ///
    /// # Errors
    /// [`MissingImport`](crate::ErrorKind::MissingImport), telling all that is missing; else as
    /// [`Instance::new`].
    pub fn instantiate(&self, cx: impl AsContextMut, module: &Module) -> Result<Instance> {
        Instance::with_core_modules(cx, module, self.look_up(module), self.core_modules(module))
    }

    /// What is defined for each core module that a component imports.
    #[doc(hidden)]
    pub fn core_modules(&self, module: &Module) -> CoreModules {
        #[cfg(feature = "component")]
        if let Some(wanted) = module.core_modules() {
            let found = wanted.iter().map(|(interface, name)| {
                let of_name = self.modules.iter().filter(|((_, of), _)| of == name);
                names::interface(interface, of_name.map(|((of, _), core)| (&**of, core.clone())))
            });
            return CoreModules(found.collect());
        }
        let _ = (module, &self.modules);
        CoreModules::default()
    }

    /// What is defined for each import of a module, in the order of
    /// [`Module::imports`]: for [`Instance::with_imports`].
    pub fn look_up(&self, module: &Module) -> Vec<Option<Extern>> {
        let found = module.imports().map(|import| {
            let all = self.find(module, import);
            let exact = all.iter().find(|item| match (&import.ty, item) {
                (ExternType::Func(ty), Extern::Func(f)) => ty == f.ty(),
                _ => false,
            });
            exact.or(all.first()).cloned()
        });
        found.collect()
    }

    /// What is defined for an import; for one of a component's interfaces, also
    /// under another version that can stand for it.
    fn find(&self, module: &Module, import: &ImportType) -> &[Extern] {
        let key = (import.module.clone(), import.name.clone());
        if let Some(exact) = self.named.get(&key) {
            return exact;
        }
        #[cfg(feature = "component")]
        if module.is_component() {
            let of_name = self.named.iter().filter(|((_, name), _)| *name == import.name);
            let all = of_name.map(|((interface, _), items)| (&**interface, items));
            let found = names::interface(&import.module, all);
            return found.map_or(&[], |items| items);
        }
        let _ = module;
        &[]
    }

    /// Finds what a module asks for, in the order of [`Module::imports`], and nothing
    /// of it in the store's WASI.
    ///
    /// # Errors
    /// As [`Linker::instantiate`].
    pub fn resolve(&self, module: &Module) -> Result<Vec<Extern>> {
        let found = self.look_up(module);
        let missing: Vec<_> = module.imports().zip(&found).filter(|(_, f)| f.is_none()).collect();
        match missing[..] {
            [] => Ok(found.into_iter().flatten().collect()),
            _ => Err(missing_imports(missing.into_iter().map(|(import, _)| import))),
        }
    }
}

fn owned(name: &str) -> Result<String> {
    let mut copy = String::new();
    copy_to_string(name.into(), &mut copy, Policy::Reject)?;
    Ok(copy)
}
