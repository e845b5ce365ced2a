//! A face to begin with: what a module seems to be, and what it has.
//!
//! Not here: what its types are, which nobody but its author knows.

use super::known;
use crate::error::Result;
use crate::frontend::core::{self, Core};
use crate::types::{ExternType, wit};
use std::fmt::Write as _;
use wasmparser::{KnownCustom, Payload};

/// A face for this core module, to be filled in.
pub(crate) fn guess(core: &Core, bytes: &[u8]) -> Result<String> {
    if let Some(why) = known::other(core) {
        return Err(crate::error::Error::new(crate::error::ErrorKind::UnsupportedFormat, why));
    }
    let producers = producers(bytes);
    let points = known::ALL.iter().map(|known| (known, (known.guess)(core)));
    let best = points.filter(|(_, points)| *points > 0).max_by_key(|(_, points)| *points);
    let mut out = String::new();
    if !producers.is_empty() {
        let _ = writeln!(out, "# Made by {}.", producers.join(", "));
    }
    let name = match best {
        Some((known, _)) => known.name,
        None => {
            out.push_str("# Nothing tells which convention this is.\n");
            "c"
        }
    };
    let _ = writeln!(out, "convention = \"{name}\"");
    if let Some(known) = known::find(name) {
        let rules = (known.rules)(core);
        for (what, rule) in [("given", rules.alloc), ("taken back", rules.free)] {
            if let Some(rule) = rule {
                let _ = writeln!(out, "# Memory is {what} by `{}`.", rule.name);
            } else if name == "c" {
                let _ = writeln!(out, "# Nothing is exported that memory is {what} by.");
            }
        }
    }
    out.push('\n');
    out.push_str("# Write the types in WIT. What a function is in core code stands behind it.\n");
    out.push_str("wit = \"\"\"\n");
    let mut named = String::new();
    for export in &core.exports {
        if let ExternType::Func(ty) = &export.ty.ty
            && !known::is_own(&export.ty.name)
        {
            let identifier = identifier(&export.ty.name);
            let _ = writeln!(out, "// {identifier}: func() // {ty}");
            // Where the name says no more which function it is.
            if export.ty.name.contains(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c)) {
                let identifier = identifier.trim_start_matches('%');
                let _ = writeln!(named, "\n# [export.{identifier}]\n# core = {:?}", export.ty.name);
            }
        }
        if let ExternType::Global(ty) = &export.ty.ty
            && !known::is_own(&export.ty.name)
        {
            let (name, ty) = (identifier(&export.ty.name), ty.content);
            let _ = writeln!(out, "// {name}: func() -> {ty} // a global");
        }
    }
    out.push_str("\"\"\"\n");
    let mut imports = String::new();
    let supplied = best.map_or_else(Vec::new, |(known, _)| (known.supplied)(core));
    for (at, import) in core.imports.iter().enumerate() {
        if let ExternType::Func(ty) = &import.ty
            && !import.module.starts_with("wasi_")
            && !supplied.get(at).is_some_and(|supplied| *supplied)
        {
            let plain = best.and_then(|(k, _)| (k.plain_name)(&import.module, &import.name));
            let name = plain.unwrap_or_else(|| import.name.clone());
            let _ = writeln!(
                imports,
                "// {}: func() // {:?} {:?} {ty}",
                identifier(&name),
                import.module,
                import.name
            );
        }
    }
    if !imports.is_empty() {
        let _ = write!(out, "\nimports = \"\"\"\n{imports}\"\"\"\n");
    }
    out.push_str(&named);
    // A name can hold anything.
    Ok(out.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect())
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
