//! The way back: a [`Model`] becomes section bytes, and text.
//!
//! Not here: formatting options.

use wasm_encoder::{CustomSection, Encode, Section};

use super::binary::VERSION;
use super::core::SECTION;
use super::model::{END, Model};
use crate::types::ValType;

/// The core module with the interface as its last section.
pub(crate) fn module(core: &[u8], model: &Model) -> Vec<u8> {
    let mut bytes = core.to_vec();
    CustomSection { name: SECTION.into(), data: section(model).into() }.append_to(&mut bytes);
    bytes
}

/// The contents of the interface section. Numbers are as short as can be, and
/// empty subsections are left out.
pub(crate) fn section(model: &Model) -> Vec<u8> {
    let mut out = Vec::new();
    VERSION.encode(&mut out);
    subsection(&mut out, 0, &model.types, |item, out| {
        valtypes(item.ty.params(), out);
        valtypes(item.ty.results(), out);
    });
    subsection(&mut out, 1, &model.imports, |item, out| {
        item.module.encode(out);
        item.name.encode(out);
        item.ty.encode(out);
    });
    subsection(&mut out, 2, &model.funcs, |item, out| {
        let mut body = Vec::new();
        item.ty.encode(&mut body);
        for instr in &item.body {
            body.push(instr.def.code);
            for imm in &instr.imms[..instr.def.imms.len()] {
                imm.encode(&mut body);
            }
        }
        body.push(END);
        body.encode(out);
    });
    subsection(&mut out, 3, &model.exports, |item, out| {
        item.func.encode(out);
        item.name.encode(out);
    });
    subsection(&mut out, 4, &model.implements, |item, out| {
        item.core_func.encode(out);
        item.adapter_func.encode(out);
    });
    out
}

fn subsection<T>(out: &mut Vec<u8>, id: u8, items: &[T], encode: impl Fn(&T, &mut Vec<u8>)) {
    if items.is_empty() {
        return;
    }
    let mut contents = Vec::new();
    items.len().encode(&mut contents);
    for item in items {
        encode(item, &mut contents);
    }
    out.push(id);
    contents.encode(out);
}

fn valtypes(types: &[ValType], out: &mut Vec<u8>) {
    types.len().encode(out);
    // Models hold types of interfaces only: both readers see to that.
    out.extend(types.iter().filter_map(|ty| ty.kind().byte));
}
