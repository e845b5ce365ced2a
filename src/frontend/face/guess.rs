//! A face to begin with: what a module seems to be, and what it has.
//!
//! Not here: what its types are, which nobody but its author knows.

use super::known;
use super::names::{Exports, Imports};
use crate::error::Result;
use crate::frontend::core::{self, Core, CoreExport};
use crate::types::{ExternType, ImportType, ValType, wit};
use std::collections::HashMap;
use std::fmt::Write as _;
use wasmparser::{KnownCustom, Payload};

/// A face for this core module, to be filled in.
pub(crate) fn guess(core: &Core, bytes: &[u8]) -> Result<String> {
    if let Some(why) = known::other(core) {
        return Err(crate::error::Error::new(crate::error::ErrorKind::UnsupportedFormat, why));
    }
    let producers = producers(bytes);
    let points = known::ALL.iter().map(|known| (*known, (known.guess)(core)));
    let best = points.filter(|(_, points)| *points > 0).max_by_key(|(_, points)| *points);
    let mut out = String::new();
    if !producers.is_empty() {
        let _ = writeln!(out, "# Made by {}.", producers.join(", "));
    }
    let known = match best {
        Some((known, _)) => known,
        None => {
            out.push_str("# Nothing tells which convention this is.\n");
            &known::C
        }
    };
    let _ = writeln!(out, "convention = \"{}\"", known.name);
    let rules = (known.rules)(core);
    if let Some(lacks) = (known.lacks)(core) {
        let _ = writeln!(out, "# {lacks}");
    }
    for (what, rule) in [("given", rules.alloc), ("taken back", rules.free)] {
        if let Some(rule) = rule {
            let _ = writeln!(out, "# Memory is {what} by `{}`.", rule.name);
        } else if known.name == "c" {
            let _ = writeln!(out, "# Nothing is exported that memory is {what} by.");
        }
    }
    out.push('\n');
    out.push_str("# Write the types in WIT. What a function is in core code stands behind it.\n");
    out.push_str("wit = \"\"\"\n");
    let (mut named, mut names) = (String::new(), Names::default());
    let exports = Exports::new(core);
    let own = |export: &&CoreExport| !known::is_own(&export.ty.name);
    // Whether a function of the face that has this name is this export.
    let leads = |id: &str, export: &CoreExport| match exports.found(id) {
        Some(at) => exports.all[at].0 == export.ty.name,
        None => exports.global(id).is_some_and(|global| {
            matches!(export.ty.ty, ExternType::Global(_)) && global.index == export.index
        }),
    };
    for export in core.exports.iter().filter(own) {
        names.claim(&export.ty.name, |id| leads(id, export));
    }
    for export in core.exports.iter().filter(own) {
        let name = &export.ty.name;
        let is = match &export.ty.ty {
            ExternType::Func(ty) => format!("func() // {ty}"),
            ExternType::Global(ty) => match in_wit(ty.content) {
                Some(name) => format!("func() -> {name} // a global"),
                None => continue,
            },
            _ => continue,
        };
        let (id, found) = names.of(name, |id| leads(id, export));
        let _ = writeln!(out, "// {id}: {is}");
        if !found {
            let id = id.trim_start_matches('%');
            let _ = writeln!(named, "\n# [export.{id}]\n# core = {name:?}");
        }
    }
    out.push_str("\"\"\"\n");
    let (mut imports, mut names) = (String::new(), Names::default());
    let supplied = best.map_or_else(Vec::new, |(known, _)| (known.supplied)(core));
    let plain_name = known.plain_name;
    let by_name = Imports::new(core, plain_name);
    let all = core.imports.iter().enumerate().filter(|(at, import)| {
        !import.module.starts_with("wasi_") && !supplied.get(*at).is_some_and(|is| *is)
    });
    let told = |import: &ImportType| {
        plain_name(&import.module, &import.name).unwrap_or_else(|| import.name.clone())
    };
    for (at, import) in all.clone() {
        names.claim(&told(import), |id| by_name.named(id) == [at]);
    }
    for (at, import) in all {
        let ExternType::Func(ty) = &import.ty else { continue };
        let (id, found) = names.of(&told(import), |id| by_name.named(id) == [at]);
        let (module, name) = (&import.module, &import.name);
        let _ = writeln!(imports, "// {id}: func() // {module:?} {name:?} {ty}");
        if !found {
            let (id, core) = (id.trim_start_matches('%'), format!("{module}.{name}"));
            let _ = writeln!(named, "\n# [import.{id}]\n# core = {core:?}");
        }
    }
    if !imports.is_empty() {
        let _ = write!(out, "\nimports = \"\"\"\n{imports}\"\"\"\n");
    }
    out.push_str(&named);
    // A name can hold anything.
    Ok(out.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect())
}

/// The number of core code in WIT: signed, as most languages have it.
fn in_wit(ty: ValType) -> Option<&'static str> {
    match ty {
        ValType::I32 => Some("s32"),
        ValType::I64 => Some("s64"),
        ValType::F32 => Some("f32"),
        ValType::F64 => Some("f64"),
        // References and vectors have no type there.
        _ => None,
    }
}

/// What the functions of a face are called.
#[derive(Default)]
struct Names {
    used: HashMap<String, u32>,
}

impl Names {
    /// Keeps the name in WIT of something for it, where it leads there.
    fn claim(&mut self, name: &str, leads: impl Fn(&str) -> bool) {
        let id = identifier(name);
        if !id.is_empty() && leads(id.trim_start_matches('%')) {
            self.used.insert(id, 1);
        }
    }

    /// The name in WIT of something, and whether it leads there; else it is one that
    /// nothing else has.
    fn of(&mut self, name: &str, leads: impl Fn(&str) -> bool) -> (String, bool) {
        let id = identifier(name);
        if !id.is_empty() && leads(id.trim_start_matches('%')) {
            return (id, true);
        }
        // Minifiers use `$` and `_`, too.
        let id = if id.is_empty() { "f".into() } else { id };
        let mut told = id.clone();
        while let Some(count) = self.used.get_mut(&told) {
            *count += 1;
            told = format!("{}{}", id.trim_start_matches('%'), *count);
        }
        self.used.insert(told.clone(), 1);
        (told, false)
    }
}

/// A name as WIT has it: in small letters and words, none of which begins with a digit.
fn identifier(name: &str) -> String {
    let mut out = String::new();
    let mut before = '-';
    for c in name.chars() {
        if c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
            out.push('-');
        }
        out.push(if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
        before = c;
    }
    let mut words = String::new();
    for word in out.split('-').filter(|word| !word.is_empty()) {
        if !words.is_empty() && !word.starts_with(|c: char| c.is_ascii_digit()) {
            words.push('-');
        }
        words.push_str(word);
    }
    match wit::KEYWORDS.contains(&&*words) {
        true => format!("%{words}"),
        false => words,
    }
}

/// The tools that a module names as those that made it.
pub(super) fn producers(bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    // What is damaged says nothing.
    let _ = core::sections(bytes, |payload, _| {
        if let Payload::CustomSection(custom) = payload
            && let KnownCustom::Producers(fields) = custom.as_known()
        {
            for field in fields.into_iter().map_while(|field| field.ok()) {
                for value in field.values.into_iter().map_while(|value| value.ok()) {
                    let told = format!("{} {}", value.name, value.version);
                    let told = told.trim().chars().filter(|c| !c.is_control()).collect();
                    if field.name != "language" && !found.contains(&told) {
                        found.push(told);
                    }
                }
            }
        }
        Ok(())
    });
    found.truncate(8);
    found
}
