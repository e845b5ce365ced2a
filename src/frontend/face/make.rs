//! A face and its core become a program.
//!
//! Not here: how values travel, which `call` and `hook` make of the rules.

use super::call;
use super::glue::{Func, Glue};
use super::hook;
use super::known::Known;
use super::rules::Rules;
use super::text::{Face, Place, Settings, wrong};
use super::wit::{self, Function};
use crate::abi::{Convention, GuestEncoding};
use crate::error::{Error, ErrorKind, Result};
use crate::frontend::core::Core;
use crate::frontend::text::error_at;
use crate::plan::{Adapter, AdapterPlan, Builtin, CoreImport, Export, Import, Inside, Op};
use crate::types::tree::Type;
use crate::types::{ExportType, ExternType, FuncType, ImportType};
use std::any::Any;
use std::collections::HashSet;
use std::rc::Rc;

/// What a program is made of, in the making.
pub(super) struct Maker<'a> {
    /// How text is encoded where nothing else is said of a function.
    pub encoding: GuestEncoding,
    pub face: &'a Face<'a>,
    pub core: &'a Core,
    /// The core as it is.
    pub bytes: &'a [u8],
    pub known: &'static Known,
    pub glue: Glue,
    pub messages: Vec<String>,
    pub adapters: Vec<Adapter>,
    pub imports: Vec<Import>,
    pub exports: Vec<Export>,
    pub core_imports: Vec<CoreImport>,
    pub builtins: Vec<Builtin>,
    /// What a convention keeps of what it has found out about the core.
    pub kept: Option<Rc<dyn Any>>,
    /// The table and the global of references that a core without a table of its own
    /// keeps.
    pub heap: Option<(u32, u32)>,
}

impl<'a> Maker<'a> {
    pub fn new(
        face: &'a Face<'a>,
        core: &'a Core,
        known: &'static Known,
        bytes: &'a [u8],
    ) -> Result<Maker<'a>> {
        Ok(Maker {
            encoding: GuestEncoding::default(),
            face,
            core,
            bytes,
            known,
            glue: Glue::new(bytes)?,
            messages: Vec::new(),
            adapters: Vec::new(),
            imports: Vec::new(),
            exports: Vec::new(),
            core_imports: Vec::new(),
            builtins: Vec::new(),
            kept: None,
            heap: None,
        })
    }

    /// Makes all of it.
    pub fn make(&mut self) -> Result<()> {
        let face = self.face;
        let mut parts = wit::Parts::default();
        let mut read = |wit: &Option<super::text::Wit>| match wit {
            Some(wit) => wit::read(face.text, wit, &mut parts),
            None => Ok(Vec::new()),
        };
        let (exports, imports) = (read(&face.wit)?, read(&face.imports)?);
        known_names(face.text, "exports", &face.export, &exports)?;
        known_names(face.text, "imports", &face.import, &imports)?;
        let (known, core) = (self.known, self.core);
        let all = move |rules: fn(&Core) -> Rules, settings: Option<&Settings<'_>>| {
            let mut rules = rules(core);
            face.all.apply(face.text, &mut rules)?;
            if let Some(settings) = settings {
                settings.apply(face.text, &mut rules)?;
            }
            Ok::<_, Error>(rules)
        };
        self.encoding = all(known.rules, None)?.encoding;
        self.import_all(&imports, &|settings| all(known.import_rules, settings))?;
        let mut names = HashSet::new();
        for function in &exports {
            let settings = settings(&face.export, &function.name);
            let rules = all(known.rules, settings)?;
            let core = settings.and_then(|settings| settings.core.as_ref());
            let plan = call::make(self, function, core, &rules)?;
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
                    if let Some((func, ty)) = self.core_func(name)
                        && ty.params().is_empty()
                        && ty.results().is_empty()
                    {
                        first.push(func);
                    }
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
        rules: &dyn Fn(Option<&Settings<'_>>) -> Result<Rules>,
    ) -> Result<()> {
        let (core, face) = (self.core, self.face);
        let mut of: Vec<Option<&Function>> = vec![None; core.imports.len()];
        for function in functions {
            let settings = settings(&face.import, &function.name);
            let core = settings.and_then(|settings| settings.core.as_ref());
            let at = self.find_import(function, core)?;
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
            let settings = settings(&face.import, &function.name);
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
                let rules = rules(settings(&face.import, &function.name))?;
                let ExternType::Func(core_type) = &import.ty else {
                    return Err(self.wrong(function.at, "this import is no function"));
                };
                let plan = hook::make(self, function, adapter, core_type, &rules)?;
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

    /// The position of the core import that a function of the face is.
    fn find_import(&self, function: &Function, core: Option<&Place<String>>) -> Result<usize> {
        let is_func = |import: &&ImportType| matches!(import.ty, ExternType::Func(_));
        let imports = || self.core.imports.iter().enumerate().filter(move |(_, i)| is_func(i));
        let told = || {
            let all: Vec<_> =
                imports().map(|(_, i)| format!("{}.{} {}", i.module, i.name, i.ty)).collect();
            match all.len() {
                0 => "the core imports no function".to_owned(),
                _ => format!("the core imports {}", listed(&all)),
            }
        };
        let found: Vec<usize> = match core {
            Some(core) => imports()
                .filter(|(_, i)| {
                    core.value
                        .strip_prefix(&*i.module)
                        .and_then(|rest| rest.strip_prefix('.'))
                        .is_some_and(|name| name == i.name)
                })
                .map(|(at, _)| at)
                .collect(),
            None => {
                let wanted = plain(&function.name);
                let name = |import: &ImportType| {
                    let name = (self.known.plain_name)(&import.module, &import.name);
                    name.unwrap_or_else(|| import.name.clone())
                };
                let by_both = |import: &ImportType| {
                    plain(&format!("{}_{}", import.module, name(import))) == wanted
                };
                let both: Vec<_> =
                    imports().filter(|(_, i)| by_both(i)).map(|(at, _)| at).collect();
                match both.len() {
                    0 => imports()
                        .filter(|(_, i)| plain(&name(i)) == wanted)
                        .map(|(at, _)| at)
                        .collect(),
                    _ => both,
                }
            }
        };
        let (name, place) = (&function.name, core.map_or(function.at, |core| core.at));
        match found[..] {
            [at] => Ok(at),
            [] => {
                Err(self.mismatch(place, format!("import {name}: no such core import; {}", told())))
            }
            _ => {
                let message = format!(
                    "import {name}: several core imports have this name; say which with \
                     `core = \"module.name\"`; {}",
                    told()
                );
                Err(self.mismatch(place, message))
            }
        }
    }

    /// The core function that an export of the face is.
    pub fn find_export(
        &self,
        function: &Function,
        core: Option<&Place<String>>,
    ) -> Result<(u32, &'a FuncType, String)> {
        let named = |(index, ty), name: &str| (index, ty, name.to_owned());
        if let Some(core) = core {
            return Ok(named(self.func_at(core)?, &core.value));
        }
        let wanted = plain(&function.name);
        if let Some(found) = self.core_func(&function.name) {
            return Ok(named(found, &function.name));
        }
        let found: Vec<_> = self.funcs().filter(|(name, ..)| plain(name) == wanted).collect();
        match found[..] {
            [(name, index, ty)] => Ok((index, ty, name.to_owned())),
            [] => Err(self.mismatch(
                function.at,
                format!(
                    "export {}: the core exports no such function; {}",
                    function.name,
                    self.exported()
                ),
            )),
            _ => Err(self.mismatch(
                function.at,
                format!(
                    "export {0}: several core functions have this name: say which with `core`",
                    function.name
                ),
            )),
        }
    }

    /// Functions that the core exports.
    fn funcs(&self) -> impl Iterator<Item = (&'a str, u32, &'a FuncType)> {
        self.core.exports.iter().filter_map(|export| match &export.ty.ty {
            ExternType::Func(ty) => Some((&*export.ty.name, export.index, ty)),
            _ => None,
        })
    }

    /// The function that the core exports under a name.
    pub fn core_func(&self, name: &str) -> Option<(u32, &'a FuncType)> {
        self.funcs().find(|(found, ..)| *found == name).map(|(_, index, ty)| (index, ty))
    }

    fn func_at(&self, name: &Place<String>) -> Result<(u32, &'a FuncType)> {
        self.core_func(&name.value).ok_or_else(|| {
            let message =
                format!("the core exports no function `{}`; {}", name.value, self.exported());
            self.mismatch(name.at, message)
        })
    }

    fn exported(&self) -> String {
        let all: Vec<_> = self.funcs().map(|(name, ..)| name.to_owned()).collect();
        match all.len() {
            0 => "it exports none".to_owned(),
            _ => format!("it exports {}", listed(&all)),
        }
    }

    /// A core function that a rule names.
    pub fn func(&self, at: usize, what: &str, name: &str) -> Result<(u32, &'a FuncType)> {
        self.core_func(name).ok_or_else(|| {
            let message = format!(
                "{what} needs the core function `{name}`, which the core does not export; {}",
                self.exported()
            );
            self.mismatch(at, message)
        })
    }

    /// A message for [`Op::Refuse`].
    pub fn message(&mut self, message: String) -> u32 {
        let known = self.messages.iter().position(|known| *known == message);
        known.unwrap_or_else(|| {
            self.messages.push(message);
            self.messages.len() - 1
        }) as u32
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
            let message = format!("{}: too many values", function.name);
            return Err(self.wrong(function.at, message));
        }
        Ok(FuncType::new(params, results).with_param_names(names))
    }

    /// What is wrong with the face itself.
    pub fn wrong(&self, at: usize, message: impl AsRef<str>) -> Error {
        wrong(self.face.text, at, message)
    }

    /// What is wrong with it for this core.
    pub fn mismatch(&self, at: usize, message: impl AsRef<str>) -> Error {
        error_at(self.face.text, ErrorKind::InvalidInterface, message.as_ref(), at)
    }

    /// The convention of the program: allocators are added functions.
    pub fn convention(&self) -> Convention {
        Convention { text: self.encoding, ..Convention::SECTION }
    }
}

/// Numbers of imports from here on are those of what the host itself supplies.
const BUILTINS: u32 = 1 << 30;

fn settings<'s, 'a>(
    all: &'s [(Place<String>, Settings<'a>)],
    name: &str,
) -> Option<&'s Settings<'a>> {
    all.iter().find(|(known, _)| known.value == name).map(|(_, settings)| settings)
}

/// Checks that tables are of functions that there are.
fn known_names(
    text: &str,
    what: &str,
    tables: &[(Place<String>, Settings<'_>)],
    functions: &[Function],
) -> Result<()> {
    let known: HashSet<&str> = functions.iter().map(|f| &*f.name).collect();
    match tables.iter().find(|(name, _)| !known.contains(&*name.value)) {
        Some((name, _)) => {
            let message = format!("no function `{}` is among the {what} of this face", name.value);
            Err(wrong(text, name.at, message))
        }
        None => Ok(()),
    }
}

/// A name as it is compared: WIT has dashes, most languages have not.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| *c != '-' && *c != '_').map(|c| c.to_ascii_lowercase()).collect()
}

/// The first of these, in words.
pub(super) fn listed(all: &[String]) -> String {
    const MOST: usize = 12;
    let shown: Vec<_> = all.iter().take(MOST).map(|name| name.as_str()).collect();
    let more =
        if all.len() > MOST { format!(", and {} more", all.len() - MOST) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// A plan of these steps.
pub(super) fn plan(ty: FuncType, slots: u32, mut ops: Vec<Op>) -> AdapterPlan {
    super::super::compile::mark_last_uses(&mut ops, slots);
    AdapterPlan { ty, slots, ops }
}
