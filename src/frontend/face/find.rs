//! Which function of the core a face means: by the name that it gives it, or by its own.
//!
//! Not here: what is made of it.

use super::glue::Func;
use super::making::Maker;
use super::names::{Global, Imports, is_func, plain};
use super::rules::CallRule;
use super::text::Place;
use super::wit::Function;
use crate::error::Result;
use crate::types::FuncType;
use crate::types::tree::Type;
use wasm_encoder::Instruction as I;

impl<'a> Maker<'a> {
    /// The position of the core import that a function of the face is.
    pub fn find_import(
        &self,
        names: &Imports,
        function: &Function,
        core: Option<&Place<String>>,
    ) -> Result<usize> {
        let found = match core {
            Some(core) => names.dotted.get(&core.value).map_or(&[][..], |found| found),
            None => names.named(&function.name),
        };
        let (name, place) = (&function.name, core.map_or(function.at, |core| core.at));
        match found {
            [at] => Ok(*at),
            [] => {
                let message = format!("import {name}: no such core import; {}", self.imported());
                Err(self.mismatch(place, message))
            }
            _ => {
                let message = format!(
                    "import {name}: several core imports have this name; say which with \
                     `core = \"module.name\"`; {}",
                    self.imported()
                );
                Err(self.mismatch(place, message))
            }
        }
    }

    /// The core function that an export of the face is, and whether it is one that was
    /// added for a global: what tells it, or makes it something else.
    pub fn target(
        &mut self,
        function: &Function,
        core: Option<&Place<String>>,
    ) -> Result<(u32, FuncType, String, bool)> {
        let found = self.find_export(function, core);
        let error = match found {
            Ok((index, ty, name)) => return Ok((index, ty.clone(), name, false)),
            Err(error) => error,
        };
        let global = match core {
            Some(core) => self.names.globals.get(&core.value).copied(),
            None => self.names.global(&function.name),
        };
        let Some(Global { index, ty, mutable }) = global else { return Err(error) };
        let (at, name) = (core.map_or(function.at, |core| core.at), &function.name);
        let mut func = Func::default();
        let ty = match (&function.params[..], &function.result) {
            ([], Some(_)) => {
                func.code.op(I::GlobalGet(index));
                FuncType::new([], [ty])
            }
            ([param], None) if !is_number(&param.ty) => {
                let message = format!(
                    "{name}: a global is made another number only: what is passed of {} goes \
                     when the call has ended",
                    param.ty
                );
                return Err(self.wrong(param.at, message));
            }
            ([_], None) if mutable => {
                let local = func.param(ty);
                func.code.get(local).op(I::GlobalSet(index));
                FuncType::new([ty], [])
            }
            ([_], None) => {
                let message = format!("{name}: the core's global cannot be made something else");
                return Err(self.mismatch(at, message));
            }
            _ => {
                let message = format!(
                    "{name}: the core exports a global: `{name}: func() -> …` tells what it is, \
                     and a function of one parameter, without a result, makes it something else"
                );
                return Err(self.mismatch(at, message));
            }
        };
        let index = self.glue.add(func, ty.results());
        Ok((index, ty, name.clone(), true))
    }

    /// The core function that an export of the face is.
    fn find_export(
        &self,
        function: &Function,
        core: Option<&Place<String>>,
    ) -> Result<(u32, &'a FuncType, String)> {
        let named = |(index, ty), name: &str| (index, ty, name.to_owned());
        if let Some(core) = core {
            return Ok(named(self.func_at(core)?, &core.value));
        }
        if let Some(found) = self.core_func(&function.name) {
            return Ok(named(found, &function.name));
        }
        match self.names.plain.get(&plain(&function.name)) {
            Some(Some(at)) => {
                let (name, index, ty) = self.names.all[*at];
                Ok(named((index, ty), name))
            }
            None => Err(self.mismatch(
                function.at,
                format!(
                    "export {}: the core exports no such function; {}",
                    function.name,
                    self.told()
                ),
            )),
            Some(None) => Err(self.mismatch(
                function.at,
                format!(
                    "export {0}: several core functions have this name: say which with `core`",
                    function.name
                ),
            )),
        }
    }

    /// The function that the core exports under a name.
    pub fn core_func(&self, name: &str) -> Option<(u32, &'a FuncType)> {
        let (_, index, ty) = self.names.all[*self.names.named.get(name)?];
        Some((index, ty))
    }

    /// The same for one that a face names.
    pub fn func_at(&self, name: &Place<String>) -> Result<(u32, &'a FuncType)> {
        self.core_func(&name.value).ok_or_else(|| {
            let message = format!("the core exports no function `{}`; {}", name.value, self.told());
            self.mismatch(name.at, message)
        })
    }

    /// The same for one that a rule names alone, which has this type; `is` says what one of
    /// another type is.
    pub fn func_of(
        &self,
        at: usize,
        what: &str,
        rule: &CallRule,
        wanted: &FuncType,
        is: &str,
    ) -> Result<u32> {
        let at = rule.at.unwrap_or(at);
        let (func, ty) = self.func(at, what, &rule.name)?;
        if ty == wanted {
            return Ok(func);
        }
        let message = format!("`{}` is {ty}{is}", rule.name);
        Err(self.mismatch(at, message))
    }

    /// The same for one that an expression or a convention names.
    pub fn func(&self, at: usize, what: &str, name: &str) -> Result<(u32, &'a FuncType)> {
        self.core_func(name).ok_or_else(|| {
            let message = format!(
                "{what} needs the core function `{name}`, which the core does not export; {}",
                self.told()
            );
            self.mismatch(at, message)
        })
    }

    /// What the core exports, in words.
    fn told(&self) -> String {
        let all = self.names.all.iter().map(|(name, ..)| (*name).to_owned());
        listed(all, "it exports").unwrap_or_else(|| "it exports none".into())
    }

    /// What it imports.
    fn imported(&self) -> String {
        let all = self.core.imports.iter().filter(|import| is_func(import));
        let all = all.map(|i| format!("{}.{} {}", i.module, i.name, i.ty));
        listed(all, "the core imports").unwrap_or_else(|| "the core imports no function".into())
    }
}

fn is_number(ty: &Type) -> bool {
    matches!(ty, Type::Scalar(_) | Type::Enum(_) | Type::Flags(_))
}

/// The first of these, in words, if there are any.
fn listed(all: impl Iterator<Item = String>, what: &str) -> Option<String> {
    const MOST: usize = 12;
    let mut all = all.peekable();
    all.peek()?;
    let shown: Vec<_> = all.by_ref().take(MOST).collect();
    let more = match all.count() {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    Some(format!("{what} {}{more}", shown.join(", ")))
}
