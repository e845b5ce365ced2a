//! A face and its core become a program.
//!
//! Not here: how values travel, which `call` and `hook` make of the rules.

use super::call;
use super::glue::Func;
use super::hook;
use super::making::Maker;
use super::names::Imports;
use super::rules::{Rules, Spelled};
use super::text::{Place, Settings, wrong};
use super::wit::{self, Function};
use crate::abi::Convention;
use crate::error::{Error, Result};
use crate::plan::{Adapter, Builtin, CoreImport, Export, Import, Inside};
use crate::types::tree::Type;
use crate::types::{ExportType, ExternType, FuncType, ImportType};
use std::collections::{HashMap, HashSet};

impl<'a> Maker<'a> {
    /// Makes all of it.
    pub fn make(&mut self) -> Result<()> {
        let face = self.face;
        let mut parts = wit::Parts::default();
        let mut read = |wit: &Option<super::text::Wit>| match wit {
            Some(wit) => wit::read(face.text, wit, &mut parts),
            None => Ok(Vec::new()),
        };
        let (exports, imports) = (read(&face.wit)?, read(&face.imports)?);
        let tables = Tables::new(face.text, "exports", &face.export, &exports)?;
        let import_tables = Tables::new(face.text, "imports", &face.import, &imports)?;
        (self.known.begin)(self, &exports, &imports)?;
        let all = |mut rules: Rules| face.all.apply(face.text, &mut rules).map(|()| rules);
        let rules = all((self.known.rules)(self.core))?;
        let mut import_rules = all((self.known.import_rules)(self.core))?;
        import_rules.spelled = Spelled::default();
        // What the core keeps comes from its own allocator.
        if let Some(alloc) = &import_rules.alloc
            && self.arena(0, alloc)?.is_some()
        {
            import_rules.alloc = None;
        }
        self.encoding = rules.encoding;
        self.import_all(&imports, &import_tables, &import_rules)?;
        let mut names = HashSet::new();
        for function in &exports {
            let settings = tables.of(function);
            let mut rules = with(face.text, &rules, settings)?;
            self.settle(function.at, &mut rules)?;
            let core = settings.and_then(|settings| settings.core.as_ref());
            let plan = call::make(self, function, core, &rules)?;
            self.check_added(function)?;
            let at = self.adapters.len() as u32;
            self.adapters.push(Adapter::Body(plan));
            let ty = ExternType::Func(self.outer_type(function));
            let name = settings.and_then(|settings| settings.name.as_ref());
            let name = name.map_or(&function.name, |name| &name.value).clone();
            if !names.insert(name.clone()) {
                let message = format!("another export is called `{name}` already");
                return Err(self.wrong(function.at, message));
            }
            let ty = ExportType { name, ty };
            self.exports.push(Export { ty, from: Inside::Adapter(at), same: None });
        }
        self.begin()
    }

    /// Core functions have up to so many values, those that are added as well: a text has
    /// two, and some have more.
    fn check_added(&self, function: &Function) -> Result<()> {
        match self.glue.too_many {
            true => Err(self.too_many(function)),
            false => Ok(()),
        }
    }

    /// What is said of calls spelled out where the convention has no place for them.
    pub fn not_spelled(&self, rules: &Rules, name: &str, at: usize) -> Error {
        let message = format!(
            "{name}: the convention {} says itself what the core takes: `args`, `address`, \
             `length`, `room`, `ok` and `err` are for C",
            self.known.name
        );
        let settings = ["args", "address", "length", "room", "ok", "err"];
        self.wrong(rules.place_of(&settings, at), message)
    }

    fn too_many(&self, function: &Function) -> Error {
        let message = format!(
            "{}: too many values: a core function has up to {}, and text is two of them",
            function.name,
            FuncType::MOST_VALUES
        );
        self.wrong(function.at, message)
    }

    /// Core functions that are called when an instance has been made, after what the
    /// core itself begins with.
    fn begin(&mut self) -> Result<()> {
        let face = self.face;
        let mut first = Vec::new();
        match &face.init {
            Some(names) => {
                for name in names {
                    let (func, ty) = self.func_at(name)?;
                    if !ty.params().is_empty() || !ty.results().is_empty() {
                        let message = format!("`{}` is {ty}, and begins nothing", name.value);
                        return Err(self.wrong(name.at, message));
                    }
                    first.push(func);
                }
            }
            None => {
                for name in self.known.init {
                    let Some((func, ty)) = self.core_func(name) else { continue };
                    if !ty.params().is_empty() || !ty.results().is_empty() {
                        continue;
                    }
                    if let Some(at) = self.exported.get(&func) {
                        let message = format!(
                            "`{name}` is called once, when an instance is made, and is to be \
                             called by nobody else; with `init = []` it is not called then"
                        );
                        return Err(self.wrong(*at, message));
                    }
                    first.push(func);
                    break;
                }
            }
        }
        if first.is_empty() {
            return Ok(());
        }
        let mut func = Func::default();
        self.core.start.into_iter().chain(first).for_each(|f| {
            func.code.call(f);
        });
        self.glue.start = Some(self.glue.add(func, &[]));
        Ok(())
    }

    /// What is imported: what the face gives types to is asked for with them; what the
    /// convention supplies is not; the rest is asked for as it is.
    fn import_all(
        &mut self,
        functions: &[Function],
        tables: &Tables<'_, '_>,
        rules: &Rules,
    ) -> Result<()> {
        let (core, face) = (self.core, self.face);
        let mut of: Vec<Option<&Function>> = vec![None; core.imports.len()];
        let names = match functions.is_empty() {
            true => Imports::default(),
            false => Imports::new(self.core, self.known.plain_name),
        };
        for function in functions {
            let settings = tables.of(function);
            let core = settings.and_then(|settings| settings.core.as_ref());
            let at = self.find_import(&names, function, core)?;
            if let Some(other) = of[at] {
                let message =
                    format!("import {}: {} is this core import already", function.name, other.name);
                return Err(self.wrong(function.at, message));
            }
            of[at] = Some(function);
        }
        // Adapters of imports come first, each with its import's number.
        let mut hooks = Vec::new();
        for (at, import) in core.imports.iter().enumerate() {
            let position = self.imports.len() as u32;
            let Some(function) = of[at] else {
                hooks.push(None);
                continue;
            };
            let settings = tables.of(function);
            let outer = settings.and_then(|settings| settings.name.as_ref());
            let (module, name) = match outer.map(|name| name.value.split_once('.')) {
                Some(Some((module, name))) => (module.to_owned(), name.to_owned()),
                Some(None) => (String::new(), outer.map_or("", |n| &n.value).to_owned()),
                None => match (self.known.plain_name)(&import.module, &import.name) {
                    Some(name) => (String::new(), name),
                    None => (import.module.clone(), import.name.clone()),
                },
            };
            let adapter = self.adapters.len() as u32;
            let ty = ExternType::Func(self.outer_type(function));
            let ty = ImportType { module, name, ty };
            self.imports.push(Import { ty, to: Inside::Adapter(adapter) });
            let flat = self.flat_type(function)?;
            self.adapters.push(Adapter::Import { import: position, ty: flat });
            hooks.push(Some(adapter));
        }
        for (at, import) in core.imports.iter().enumerate() {
            let answer = if let (Some(function), Some(adapter)) = (of[at], hooks[at]) {
                let rules = with(face.text, rules, tables.of(function))?;
                if rules.spelled.is_said() && !self.known.spelled {
                    return Err(self.not_spelled(&rules, &function.name, function.at));
                }
                let ExternType::Func(core_type) = &import.ty else {
                    return Err(self.wrong(function.at, "this import is no function"));
                };
                let plan = hook::make(self, function, adapter, core_type, &rules)?;
                self.check_added(function)?;
                self.adapters.push(Adapter::Body(plan));
                CoreImport::Hook(self.adapters.len() as u32 - 1)
            } else if let Some(plan) = (self.known.supplies)(self, import)? {
                self.adapters.push(Adapter::Body(plan));
                CoreImport::Hook(self.adapters.len() as u32 - 1)
            } else {
                let position = self.imports.len() as u32;
                self.imports.push(Import { ty: import.clone(), to: Inside::Core(at as u32) });
                CoreImport::Import(position)
            };
            self.core_imports.push(answer);
        }
        // Those that nobody outside supplies have the numbers after all others.
        let visible = self.imports.len() as u32;
        for adapter in &mut self.adapters {
            if let Adapter::Import { import, .. } = adapter
                && *import >= BUILTINS
            {
                *import = *import - BUILTINS + visible;
            }
        }
        Ok(())
    }

    /// An adapter that does something of the host's own.
    pub fn builtin(&mut self, ty: FuncType, builtin: Builtin) -> u32 {
        let import = BUILTINS + self.builtins.len() as u32;
        self.builtins.push(builtin);
        self.adapters.push(Adapter::Import { import, ty });
        self.adapters.len() as u32 - 1
    }

    /// The type that others see.
    fn outer_type(&self, function: &Function) -> FuncType {
        let signature = function.signature();
        let has_parts = |ty: &Type| ty.val_type().is_composite();
        let params = function.params.iter().map(|param| &param.ty);
        if params.chain(&function.result).any(has_parts) {
            return signature.into();
        }
        let types = FuncType::new(
            function.params.iter().map(|param| param.ty.val_type()),
            function.result.iter().map(Type::val_type),
        );
        types.with_param_names(function.params.iter().map(|param| Some(&*param.name)))
    }

    /// The type of the adapter: numbers and text alone.
    pub fn flat_type(&self, function: &Function) -> Result<FuncType> {
        let (mut params, mut results) = (Vec::new(), Vec::new());
        let mut names = Vec::new();
        for param in &function.params {
            param.ty.leaves(&mut params).map_err(|why| {
                self.wrong(param.at, format!("{}: parameter {}: {why}", function.name, param.name))
            })?;
            names.resize(params.len(), Some(&*param.name));
        }
        if let Some(ty) = &function.result {
            ty.leaves(&mut results).map_err(|why| {
                self.wrong(function.at, format!("{}: result: {why}", function.name))
            })?;
        }
        let most = FuncType::MOST_VALUES;
        if params.len() > most || results.len() > most {
            return Err(self.too_many(function));
        }
        Ok(FuncType::new(params, results).with_param_names(names))
    }

    /// The convention of the program: allocators are added functions.
    pub fn convention(&self) -> Convention {
        Convention { text: self.encoding, ..Convention::SECTION }
    }
}

/// Numbers of imports from here on are those of what the host itself supplies.
const BUILTINS: u32 = 1 << 30;

/// The tables of a face with what is set for single functions, by their names.
struct Tables<'s, 'a>(HashMap<&'s str, &'s Settings<'a>>);

impl<'s, 'a> Tables<'s, 'a> {
    /// Tables of functions that there are.
    fn new(
        text: &str,
        what: &str,
        tables: &'s [(Place<String>, Settings<'a>)],
        functions: &[Function],
    ) -> Result<Tables<'s, 'a>> {
        let known: HashSet<&str> = functions.iter().map(|f| &*f.name).collect();
        if let Some((name, _)) = tables.iter().find(|(name, _)| !known.contains(&*name.value)) {
            let message = format!("no function `{}` is among the {what} of this face", name.value);
            return Err(wrong(text, name.at, message));
        }
        Ok(Tables(tables.iter().map(|(name, settings)| (&*name.value, settings)).collect()))
    }

    fn of(&self, function: &Function) -> Option<&'s Settings<'a>> {
        self.0.get(&*function.name).copied()
    }
}

/// Rules as a table changes them.
fn with(text: &str, rules: &Rules, settings: Option<&Settings<'_>>) -> Result<Rules> {
    let mut rules = rules.clone();
    settings.map_or(Ok(()), |settings| settings.apply(text, &mut rules))?;
    Ok(rules)
}
