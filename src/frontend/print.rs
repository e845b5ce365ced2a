//! A module becomes text: the core as its own printer has it, and the
//! interface's forms where the section stands.
//!
//! Not here: formatting options.

use std::collections::{HashMap, HashSet};
use std::fmt::{self, Write};
use std::io;

use super::core::{SECTION, func_names};
use super::model::{Imm, Instr, Model};
use crate::error::{Error, ErrorKind, Result};
use crate::types::FuncType;

/// Prints a binary module; `model` is what its interface section says.
pub(crate) fn print(bytes: &[u8], model: Option<&Model>) -> Result<String> {
    let forms = model.map(|model| Forms { model, ids: core_ids(bytes) });
    let mut out = Printer { text: String::new(), forms, forms_end: None };
    wasmprinter::Config::new().print(bytes, &mut out).map_err(|e| {
        Error::new(ErrorKind::MalformedBinary, format!("the core module cannot be printed: {e:#}"))
    })?;
    let Printer { mut text, forms_end, .. } = out;
    // Where nothing follows the forms, the module is closed on their line.
    if let Some(end) = forms_end
        && text[end..] == *"\n)\n"
    {
        text.remove(end);
    }
    Ok(text)
}

/// Takes the core's text, and adds the forms to it in time.
struct Printer<'a> {
    text: String,
    forms: Option<Forms<'a>>,
    /// Where in `text`, once they are there.
    forms_end: Option<usize>,
}

impl wasmprinter::Print for Printer<'_> {
    fn write_str(&mut self, s: &str) -> io::Result<()> {
        self.text.push_str(s);
        Ok(())
    }

    fn print_custom_section(&mut self, name: &str, _: usize, _: &[u8]) -> io::Result<bool> {
        match &self.forms {
            Some(forms) if name == SECTION => {
                write!(self.text, "{forms}").map_err(io::Error::other)?;
                self.forms_end = Some(self.text.len());
                Ok(true)
            }
            _ => Ok(false),
        }
    }
}

/// Every item of an interface, each on a new line.
struct Forms<'a> {
    model: &'a Model,
    /// The identifiers of core functions that have one.
    ids: HashMap<u32, String>,
}

impl fmt::Display for Forms<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Model { types, imports, funcs, exports, implements } = self.model;
        for (n, item) in types.iter().enumerate() {
            write!(f, "\n  (@interface type (;{n};) (func{}))", Signature(&item.ty))?;
        }
        for (n, item) in imports.iter().enumerate() {
            let (module, name) = (Quoted(&item.module), Quoted(&item.name));
            let ty = TypeUse(item.ty, item.named.as_ref());
            write!(f, "\n  (@interface import {module} {name} (func (;{n};) {ty}))")?;
        }
        for (n, item) in funcs.iter().enumerate() {
            let ty = TypeUse(item.ty, item.named.as_ref());
            write!(f, "\n  (@interface func (;{};) {ty}", imports.len() + n)?;
            for instr in &item.body {
                self.instr(f, instr)?;
            }
            f.write_str(")")?;
        }
        for item in exports {
            write!(f, "\n  (@interface export {} (func {}))", Quoted(&item.name), item.func)?;
        }
        for item in implements {
            f.write_str("\n  (@interface implement (func ")?;
            self.core_func(f, item.core_func)?;
            write!(f, ") (func {}))", item.adapter_func)?;
        }
        Ok(())
    }
}

impl Forms<'_> {
    fn instr(&self, f: &mut fmt::Formatter<'_>, instr: &Instr) -> fmt::Result {
        write!(f, "\n    {}", instr.def.name)?;
        for (kind, &imm) in instr.def.imms.iter().zip(&instr.imms) {
            match kind {
                Imm::CoreMemory if imm == 0 => {}
                Imm::CoreFunc => {
                    f.write_str(" ")?;
                    self.core_func(f, imm)?;
                }
                Imm::CoreMemory | Imm::Param | Imm::AdapterFunc => write!(f, " {imm}")?,
            }
        }
        Ok(())
    }

    fn core_func(&self, f: &mut fmt::Formatter<'_>, index: u32) -> fmt::Result {
        match self.ids.get(&index) {
            Some(id) => f.write_str(id),
            None => write!(f, "{index}"),
        }
    }
}

/// The identifiers that the core's printer gives to functions, so that both
/// parts of the text agree: an empty or repeated name, or one like those it
/// makes up itself, is put behind the function's number.
fn core_ids(bytes: &[u8]) -> HashMap<u32, String> {
    let mut ids = HashMap::new();
    for names in func_names(bytes) {
        let mut used = HashSet::new();
        for (index, name) in &names {
            let first = used.insert(name);
            let id = if name.is_empty() || name.starts_with('#') || !first {
                format!("${}", Quoted(&format!("#func{index} {name}")))
            } else {
                Id(name).to_string()
            };
            ids.insert(*index, id);
        }
    }
    ids
}

/// Whether a character may stand in an identifier without quotes: printable
/// ASCII but for space, quotes, comma, semicolon and brackets.
fn is_id_char(c: char) -> bool {
    c.is_ascii_graphic() && !"\"(),;[]{}".contains(c)
}

/// A name as an identifier.
struct Id<'a>(&'a str);

impl fmt::Display for Id<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.chars().all(is_id_char) && !self.0.is_empty() {
            true => write!(f, "${}", self.0),
            false => write!(f, "${}", Quoted(self.0)),
        }
    }
}

/// An adapter type by its number, and its parameters where they are called
/// otherwise here.
struct TypeUse<'a>(u32, Option<&'a FuncType>);

impl fmt::Display for TypeUse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "(type {})", self.0)?;
        self.1.map_or(Ok(()), |named| write!(f, "{}", Signature(named)))
    }
}

/// Parameters and results, each with a space before it.
struct Signature<'a>(&'a FuncType);

impl fmt::Display for Signature<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (ty, name) in self.0.params().iter().zip(self.0.param_names()) {
            match name {
                Some(name) => write!(f, " (param {} {ty})", Id(name))?,
                None => write!(f, " (param {ty})")?,
            }
        }
        self.0.results().iter().try_for_each(|ty| write!(f, " (result {ty})"))
    }
}

/// A string literal, escaped as the core's printer does it.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for c in self.0.chars() {
            match c {
                ' '..='~' if c != '"' && c != '\\' => f.write_char(c)?,
                _ => write!(f, "\\u{{{:x}}}", c as u32)?,
            }
        }
        f.write_str("\"")
    }
}
