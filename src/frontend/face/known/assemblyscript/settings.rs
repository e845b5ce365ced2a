//! The settings that only AssemblyScript has, and what is known of the core's classes.
//!
//! Not here: what they are for.

use super::super::super::making::Maker;
use super::super::super::text::strings;
use super::super::super::wit::Function;
use super::classes::{self, Classes};
use crate::error::Result;
use crate::types::FuncType;
use crate::types::tree::Type;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use toml::de::DeValue;

#[derive(Default)]
pub(super) struct Settings {
    pub classes: Rc<Classes>,
    /// Whether objects are counted references, as up to version 0.17.
    pub counted: bool,
    /// Whether the host has the runtime collect: all but those of which the face says
    /// that they do so by themselves, or never.
    pub collects: bool,
    /// Classes by the parameter, function or type that they are of, and where the face
    /// says so.
    pub ids: HashMap<String, (u32, usize)>,
    /// Functions that need not get all their arguments.
    pub optional: HashSet<String>,
    /// Functions that return an object by its address, which is held from then on.
    pub references: HashSet<String>,
}

/// Those of this face.
pub(super) fn of(maker: &Maker<'_>) -> Rc<Settings> {
    let kept = maker.kept.clone().and_then(|kept| kept.downcast().ok());
    kept.unwrap_or_default()
}

/// The classes of the core.
pub(super) fn classes(maker: &Maker<'_>) -> Rc<Classes> {
    of(maker).classes.clone()
}

/// What an option holds, and whether it is one.
pub(super) fn inner(ty: &Type) -> (&Type, bool) {
    match (ty, ty.at(1)) {
        (Type::Option(_), Some(inner)) => (inner, true),
        _ => (ty, false),
    }
}

/// Reads them, where there are functions for each.
pub(super) fn begin(
    maker: &mut Maker<'_>,
    exports: &[Function],
    imports: &[Function],
) -> Result<()> {
    let mut settings = Settings {
        classes: Rc::new(classes::read(maker)),
        counted: maker.core_func("__pin").is_none() && maker.core_func("__retain").is_some(),
        ..Settings::default()
    };
    let mut minimal = true;
    let known: HashSet<&str> = exports.iter().map(|function| &*function.name).collect();
    for (key, value) in &maker.face.extra {
        let at = value.span().start;
        match (&*key.value, value.get_ref()) {
            ("ids", DeValue::Table(table)) => {
                let classes = has_class(exports, imports);
                for (name, value) in table {
                    if !classes.contains(&**name.get_ref()) {
                        let message = format!(
                            "no parameter, function or type of this face is called `{}`",
                            name.get_ref()
                        );
                        return Err(maker.wrong(name.span().start, message));
                    }
                    let at = value.span().start;
                    let number = match value.get_ref() {
                        DeValue::Integer(n) => u32::from_str_radix(n.as_str(), n.radix()).ok(),
                        _ => None,
                    };
                    let Some(number) = number else {
                        return Err(maker.wrong(at, "a class is a number"));
                    };
                    settings.ids.insert(name.get_ref().to_string(), (number, at));
                }
            }
            ("ids", _) => {
                let message = "`ids` is a table of types or parameters, and the numbers of their \
                               classes: `{ \"list<u8>\" = 4, \"sum.all\" = 5 }`";
                return Err(maker.wrong(at, message));
            }
            (name @ ("optional" | "references"), _) => {
                let to = match name {
                    "optional" => &mut settings.optional,
                    _ => &mut settings.references,
                };
                for name in strings(maker.face.text, key, value)? {
                    if !known.contains(&&*name.value) {
                        let message = format!("no export of this face is called `{}`", name.value);
                        return Err(maker.wrong(name.at, message));
                    }
                    to.insert(name.value);
                }
            }
            ("runtime", DeValue::String(name)) if name == "minimal" => {}
            ("runtime", DeValue::String(name)) if name == "incremental" || name == "stub" => {
                minimal = false;
            }
            _ => return Err(maker.wrong(at, "`runtime` is one of minimal, incremental, stub")),
        }
    }
    let collect = maker.core_func("__collect");
    settings.collects = minimal && collect.is_some_and(|(_, ty)| *ty == FuncType::new([], []));
    maker.kept = Some(Rc::new(settings));
    Ok(())
}

/// What a class can be of.
fn has_class(exports: &[Function], imports: &[Function]) -> HashSet<String> {
    let mut known = HashSet::new();
    for function in exports.iter().chain(imports) {
        known.insert(function.name.clone());
        for param in &function.params {
            known.insert(format!("{}.{}", function.name, param.name));
            known.insert(inner(&param.ty).0.to_string());
        }
        known.extend(function.result.iter().map(|ty| inner(ty).0.to_string()));
    }
    known
}
