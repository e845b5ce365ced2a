//! A core module in which what adapters use is exported, under names that the
//! module itself does not use, and whose start function waits to be called:
//! what the reference back end runs on, because the engine's users see exports
//! only.
//!
//! Not here: the engine.

use crate::error::{Error, ErrorKind, Result};
use crate::frontend::SECTION;
use crate::plan::Program;
use wasm_encoder::{RawSection, SectionId};
use wasmparser::{Parser, Payload};

/// The rewritten module.
pub(crate) struct Exposed {
    pub bytes: Vec<u8>,
    /// What the names of the added exports begin with; `f` and a function's index
    /// follow, `m` and a position in `used_mems`, or `start`.
    pub prefix: String,
    /// Where the contents of the code section start.
    pub code_offset: Option<usize>,
}

/// Adds the exports and takes the start section out.
pub(crate) fn expose(program: &Program) -> Result<Exposed> {
    let core = &program.core;
    let prefix = free_prefix(core)?;
    let added = Added::new(program, &prefix);
    let mut out = Vec::with_capacity(core.len() + added.bytes.len() + 16);
    out.extend_from_slice(core.get(..8).ok_or_else(|| broken("no header"))?);
    let mut pending = Some(added);
    let mut code_offset = None;
    for payload in Parser::new(0).parse_all(core) {
        let payload = payload.map_err(|e| broken(e.message()))?;
        let Some((id, range)) = payload.as_section() else { continue };
        if matches!(&payload, Payload::CustomSection(custom) if custom.name() == SECTION) {
            continue; // the engine refuses to see one
        }
        let data = core.get(range).ok_or_else(|| broken("a section outside the file"))?;
        let is_export = id == SectionId::Export as u8;
        if (is_export || comes_after_exports(id))
            && let Some(added) = pending.take()
        {
            added.write(&mut out, if is_export { data } else { &[0] })?;
        }
        if is_export || id == SectionId::Start as u8 {
            continue;
        }
        section(&mut out, id, data);
        if matches!(payload, Payload::CodeSectionStart { .. }) {
            code_offset = Some(out.len() - data.len());
        }
    }
    if let Some(added) = pending {
        added.write(&mut out, &[0])?;
    }
    Ok(Exposed { bytes: out, prefix, code_offset })
}

/// Export entries to be added.
struct Added {
    count: u32,
    bytes: Vec<u8>,
}

impl Added {
    fn new(program: &Program, prefix: &str) -> Added {
        let mut added = Added { count: 0, bytes: Vec::new() };
        for index in &program.used_funcs {
            added.push(&format!("{prefix}f{index}"), 0, *index);
        }
        for (position, mem) in program.used_mems.iter().enumerate() {
            added.push(&format!("{prefix}m{position}"), 2, mem.memory);
        }
        if let Some(start) = program.start {
            added.push(&format!("{prefix}start"), 0, start);
        }
        added
    }

    fn push(&mut self, name: &str, kind: u8, index: u32) {
        self.count += 1;
        leb(&mut self.bytes, name.len() as u32);
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.push(kind);
        leb(&mut self.bytes, index);
    }

    /// Writes an export section: the entries of `existing`, then these.
    fn write(self, out: &mut Vec<u8>, existing: &[u8]) -> Result<()> {
        let mut reader = wasmparser::BinaryReader::new(existing, 0);
        let count = reader.read_var_u32().map_err(|e| broken(e.message()))?;
        let rest = existing.get(reader.current_position()..).unwrap_or_default();
        let mut data = Vec::with_capacity(rest.len() + self.bytes.len() + 5);
        let total = count.checked_add(self.count).ok_or_else(|| broken("too many exports"))?;
        leb(&mut data, total);
        data.extend_from_slice(rest);
        data.extend_from_slice(&self.bytes);
        if total > 0 {
            section(out, SectionId::Export as u8, &data);
        }
        Ok(())
    }
}

fn section(out: &mut Vec<u8>, id: u8, data: &[u8]) {
    use wasm_encoder::Section as _;
    RawSection { id, data }.append_to(out);
}

fn leb(out: &mut Vec<u8>, value: u32) {
    use wasm_encoder::Encode as _;
    value.encode(out);
}

/// Whether a section comes after the exports in the order that core
/// WebAssembly demands.
fn comes_after_exports(id: u8) -> bool {
    [SectionId::Start, SectionId::Element, SectionId::DataCount, SectionId::Code, SectionId::Data]
        .iter()
        .any(|&after| after as u8 == id)
}

/// A prefix that no export of the module begins with.
fn free_prefix(core: &[u8]) -> Result<String> {
    let mut prefix = String::from("witrt:");
    for payload in Parser::new(0).parse_all(core) {
        if let Payload::ExportSection(exports) = payload.map_err(|e| broken(e.message()))? {
            for export in exports {
                let name = export.map_err(|e| broken(e.message()))?.name;
                // One longer than any run of colons a name begins with.
                if name.starts_with(&prefix) {
                    let colons = name[6..].bytes().take_while(|&b| b == b':').count();
                    prefix = format!("witrt:{}", ":".repeat(colons + 1));
                }
            }
        }
    }
    Ok(prefix)
}

fn broken(what: &str) -> Error {
    Error::new(ErrorKind::MalformedBinary, format!("the core module cannot be rewritten: {what}"))
}
