//! The encoded module: the original's sections with functions remapped, and
//! the adapters.
//!
//! Of code only the immediates that name functions are written anew, all other
//! bytes are copied. What tells of places in the code (debug information,
//! branch hints, relocations) is dropped; places are found by
//! [`Origin`](super::Origin).
//!
//! Not here: what adapters do.

use super::inline::inline_types;
use super::interface::{Intrinsic, PAY_NAME, WORDS, Where};
use super::interface::{deferred_name, entry_name, memory_name, parked_name};
use super::ir::{Body, Callee, Ins, broken, words};
use super::spaces::parse;
use super::unit::{Target, Type, Unit};
use crate::core_types::encoded;
use crate::error::Result;
use crate::plan::{CoreImport, Program, SECTIONS};
use crate::types::{FuncType, ValType};
use std::collections::HashSet;
use std::convert::Infallible;
use wasm_encoder::reencode::Reencode;
use wasm_encoder::{
    ConstExpr, ElementSection, Elements, Encode as _, EntityType, ExportKind, ExportSection,
    Function, GlobalSection, GlobalType, ImportSection, Instruction, NameMap, NameSection,
    RawSection, Section as _, SectionId, TableSection,
};
use wasmparser::{BinaryReader, FunctionBody, KnownCustom, Name, Operator, Parser, Payload};

/// From the function indices of the original to those of the encoded module.
pub(crate) struct Remap {
    pub imported: Vec<u32>,
    /// Where defined functions start: in the original, and now.
    pub defined: (u32, u32),
    /// Where intrinsics and the functions that were added start now.
    pub intrinsics: u32,
    pub added: u32,
}

impl Remap {
    pub(super) fn new(unit: &Unit) -> Remap {
        let is_kept = |target: &&Target| matches!(target, Target::Import(_));
        let intrinsics = unit.imported.iter().filter(is_kept).count() as u32;
        let first = intrinsics + unit.intrinsics.len() as u32;
        let before = unit.imported.len() as u32;
        let added = first + unit.spaces.funcs() - before;
        let imported = unit.imported.iter().map(|target| match target {
            Target::Import(at) => *at,
            Target::Intrinsic(at) => intrinsics + at,
            Target::Func(at) => added + at,
        });
        Remap { imported: imported.collect(), defined: (before, first), intrinsics, added }
    }

    pub fn func(&self, index: u32) -> u32 {
        match self.imported.get(index as usize) {
            Some(new) => *new,
            None => index - self.defined.0 + self.defined.1,
        }
    }

    /// The original's defined function of this index, if it is one.
    pub fn original(&self, index: u32) -> Option<u32> {
        (self.defined.1..self.added)
            .contains(&index)
            .then(|| index - self.defined.1 + self.defined.0)
    }
}

impl Reencode for &Remap {
    type Error = Infallible;

    fn function_index(
        &mut self,
        func: u32,
    ) -> Result<u32, wasm_encoder::reencode::Error<Infallible>> {
        Ok(self.func(func))
    }
}

impl Unit {
    /// The module.
    pub fn encode(&self, program: &Program) -> Result<Vec<u8>> {
        let mut out = Out {
            unit: self,
            program,
            remap: Remap::new(self),
            bytes: Vec::with_capacity(program.core.len() + program.core.len() / 8 + 4096),
            last: 0,
            named: false,
        };
        out.bytes.extend_from_slice(program.core.get(..8).ok_or_else(|| broken("no header"))?);
        for payload in Parser::new(0).parse_all(&program.core) {
            out.section(payload.map_err(parse)?)?;
        }
        out.missing(u8::MAX)?;
        if !out.named {
            out.names(&mut NameSection::new(), Vec::new());
        }
        Ok(out.bytes)
    }
}

struct Out<'a> {
    unit: &'a Unit,
    program: &'a Program,
    remap: Remap,
    bytes: Vec<u8>,
    /// How far the sections that may be missing have been written.
    last: usize,
    named: bool,
}

/// Sections that are written also where the original has none, in their order
/// in a module.
const ORDER: &[u8] = SECTIONS.split_at(SECTIONS.len() - 2).0;

fn order(id: u8) -> usize {
    ORDER.iter().position(|known| *known == id).unwrap_or(ORDER.len())
}

impl Out<'_> {
    fn section(&mut self, payload: Payload<'_>) -> Result<()> {
        match &payload {
            Payload::CustomSection(custom) => {
                match custom.as_known() {
                    KnownCustom::Name(names) if !self.named => self.original_names(names),
                    KnownCustom::Producers(_) => {
                        let (name, data) = (custom.name().into(), custom.data().into());
                        let copy = wasm_encoder::CustomSection { name, data };
                        copy.append_to(&mut self.bytes);
                    }
                    _ => {}
                }
                return Ok(());
            }
            Payload::CodeSectionEntry(_) => return Ok(()),
            _ => {}
        }
        let Some((id, range)) = payload.as_section() else { return Ok(()) };
        self.missing(id)?;
        let data = self.program.core.get(range).ok_or_else(|| broken("a section outside"))?;
        self.last = self.last.max(order(id) + 1);
        match payload {
            Payload::TypeSection(_) => return self.types(data),
            Payload::ImportSection(section) => return self.imports(Some(section)),
            Payload::FunctionSection(_) => return self.functions(data),
            Payload::TableSection(section) => {
                let mut tables = TableSection::new();
                (&self.remap).parse_table_section(&mut tables, section).map_err(encode)?;
                tables.append_to(&mut self.bytes);
            }
            Payload::GlobalSection(section) => {
                let mut globals = GlobalSection::new();
                (&self.remap).parse_global_section(&mut globals, section).map_err(encode)?;
                self.globals(globals);
            }
            Payload::ExportSection(_) => self.exports(),
            Payload::StartSection { func, .. } => {
                wasm_encoder::StartSection { function_index: self.remap.func(func) }
                    .append_to(&mut self.bytes);
            }
            Payload::ElementSection(section) => {
                let mut elements = ElementSection::new();
                (&self.remap).parse_element_section(&mut elements, section).map_err(encode)?;
                self.elements(elements)?;
            }
            Payload::CodeSectionStart { .. } => return self.code(data),
            _ => self.raw(id, data),
        }
        Ok(())
    }

    /// Writes what has to stand before a section of this kind.
    fn missing(&mut self, id: u8) -> Result<()> {
        if id == SectionId::Custom as u8 {
            return Ok(());
        }
        let end = order(id);
        while self.last < end {
            let at = self.last;
            self.last += 1;
            const TYPE: u8 = SectionId::Type as u8;
            const IMPORT: u8 = SectionId::Import as u8;
            const FUNCTION: u8 = SectionId::Function as u8;
            const GLOBAL: u8 = SectionId::Global as u8;
            const EXPORT: u8 = SectionId::Export as u8;
            const ELEMENT: u8 = SectionId::Element as u8;
            match ORDER[at] {
                TYPE => self.types(&[0])?,
                IMPORT => self.imports(None)?,
                FUNCTION => self.functions(&[0])?,
                GLOBAL => self.globals(GlobalSection::new()),
                EXPORT => self.exports(),
                ELEMENT => self.elements(ElementSection::new())?,
                _ => {}
            }
        }
        let is_code = id == SectionId::Code as u8;
        if self.last == ORDER.len() && !is_code {
            // Past the code's place: data, or the end.
            self.last += 1;
            self.code(&[0])?;
        } else if is_code {
            self.last = ORDER.len() + 1;
        }
        Ok(())
    }

    fn raw(&mut self, id: u8, data: &[u8]) {
        RawSection { id, data }.append_to(&mut self.bytes);
    }

    /// The items of a section and those added, under one count.
    fn counted(&mut self, id: SectionId, data: &[u8], added: usize, more: &[u8]) -> Result<()> {
        let mut reader = BinaryReader::new(data, 0);
        let count = reader.read_var_u32().map_err(parse)? as usize + added;
        if count == 0 {
            return Ok(());
        }
        let rest = data.get(reader.current_position()..).unwrap_or_default();
        let mut section = Vec::with_capacity(rest.len() + more.len() + 5);
        count.encode(&mut section);
        section.extend_from_slice(rest);
        section.extend_from_slice(more);
        self.raw(id as u8, &section);
        Ok(())
    }

    /// The types of the intrinsics, then those of the added functions.
    fn types(&mut self, data: &[u8]) -> Result<()> {
        let mut added = Vec::new();
        for intrinsic in &self.unit.intrinsics {
            if intrinsic.ty().is_none() {
                added.push(signature(self.unit, self.program, intrinsic)?);
            }
        }
        for func in &self.unit.funcs {
            if let Type::New(ty) = &func.ty {
                added.push(ty.clone());
            }
        }
        let mut bytes = Vec::new();
        for ty in &added {
            bytes.push(0x60);
            for types in [ty.params(), ty.results()] {
                types.len().encode(&mut bytes);
                types.iter().for_each(|ty| encoded(*ty).encode(&mut bytes));
            }
        }
        self.counted(SectionId::Type, data, added.len(), &bytes)
    }

    fn imports(&mut self, section: Option<wasmparser::ImportSectionReader<'_>>) -> Result<()> {
        let mut imports = ImportSection::new();
        for (i, import) in section.into_iter().flat_map(|s| s.into_imports()).enumerate() {
            let import = import.map_err(parse)?;
            if let Some(CoreImport::Hook(_)) = self.program.core_imports.get(i) {
                continue;
            }
            let ty = (&self.remap).entity_type(import.ty).map_err(encode)?;
            imports.import(import.module, import.name, ty);
        }
        let mut next = self.unit.spaces.types();
        for (i, intrinsic) in self.unit.intrinsics.iter().enumerate() {
            let ty = intrinsic.ty().unwrap_or_else(|| {
                next += 1;
                next - 1
            });
            // Linked by position: the names are for people.
            imports.import("witrt", &format!("{i} {intrinsic:?}"), EntityType::Function(ty));
        }
        if !imports.is_empty() {
            imports.append_to(&mut self.bytes);
        }
        Ok(())
    }

    fn functions(&mut self, data: &[u8]) -> Result<()> {
        let added = |intrinsic: &&Intrinsic| intrinsic.ty().is_none();
        let intrinsics = self.unit.intrinsics.iter().filter(added).count() as u32;
        let mut next = self.unit.spaces.types() + intrinsics;
        let mut bytes = Vec::new();
        for func in &self.unit.funcs {
            match &func.ty {
                Type::Index(ty) => ty.encode(&mut bytes),
                Type::New(_) => {
                    next.encode(&mut bytes);
                    next += 1;
                }
            }
        }
        self.counted(SectionId::Function, data, self.unit.funcs.len(), &bytes)
    }

    /// With those where calls are parked.
    fn globals(&mut self, mut globals: GlobalSection) {
        if self.unit.parked > 0 {
            let mut add = |val_type, zero: &ConstExpr| {
                globals.global(GlobalType { val_type, mutable: true, shared: false }, zero);
            };
            for _ in 0..WORDS {
                add(wasm_encoder::ValType::I32, &ConstExpr::i32_const(0));
            }
            for _ in WORDS..self.unit.parked {
                add(wasm_encoder::ValType::I64, &ConstExpr::i64_const(0));
            }
        }
        if !globals.is_empty() {
            globals.append_to(&mut self.bytes);
        }
    }

    fn exports(&mut self) {
        let mut exports = ExportSection::new();
        for (i, func) in self.unit.funcs.iter().enumerate() {
            if let Some(adapter) = func.entry {
                let index = self.remap.added + i as u32;
                exports.export(&entry_name(adapter), ExportKind::Func, index);
            }
        }
        for (adapter, func) in &self.unit.direct {
            exports.export(&entry_name(*adapter), ExportKind::Func, self.remap.func(*func));
        }
        for (i, mem) in self.program.used_mems.iter().enumerate() {
            exports.export(&memory_name(i), ExportKind::Memory, mem.memory);
        }
        if let Some(memory) = self.unit.spaces.memory {
            exports.export("memory", ExportKind::Memory, memory);
        }
        for (i, func) in self.unit.deferred.iter().enumerate() {
            exports.export(&deferred_name(i), ExportKind::Func, self.remap.func(*func));
        }
        if let Some(pay) = self.unit.pay {
            exports.export(PAY_NAME, ExportKind::Func, self.remap.added + pay);
        }
        for i in 0..self.unit.parked {
            let index = self.unit.spaces.globals + i;
            exports.export(&parked_name(i), ExportKind::Global, index);
        }
        if !exports.is_empty() {
            exports.append_to(&mut self.bytes);
        }
    }

    /// With a segment that declares what was exported: an export may have been
    /// all that permitted a `ref.func`.
    fn elements(&mut self, mut elements: ElementSection) -> Result<()> {
        let referred = self.referred()?;
        let exported = self.unit.spaces.exported.iter().filter(|func| referred.contains(func));
        let mut exported: Vec<u32> = exported.map(|func| self.remap.func(*func)).collect();
        exported.sort_unstable();
        exported.dedup();
        if !exported.is_empty() {
            elements.declared(Elements::Functions(exported.into()));
        }
        if !elements.is_empty() {
            elements.append_to(&mut self.bytes);
        }
        Ok(())
    }

    /// The functions that code makes references to.
    fn referred(&self) -> Result<HashSet<u32>> {
        const REF_FUNC: u8 = 0xD2;
        let start = self.program.code.unwrap_or_default();
        let code = self.program.core.get(start..).unwrap_or_default();
        let mut referred = HashSet::new();
        for &at in self.calls()? {
            if code.get(at as usize - 1) == Some(&REF_FUNC) {
                referred.insert(immediate(code, at as usize)?.0);
            }
        }
        Ok(referred)
    }

    fn calls(&self) -> Result<&[u32]> {
        self.program.calls.as_deref().ok_or_else(|| broken("its code has not been read"))
    }

    fn code(&mut self, data: &[u8]) -> Result<()> {
        let mut reader = BinaryReader::new(data, 0);
        let count = reader.read_var_u32().map_err(parse)?;
        let total = count as usize + self.unit.funcs.len();
        if total == 0 {
            return Ok(());
        }
        let mut section = Vec::with_capacity(data.len() + data.len() / 16 + 4096);
        total.encode(&mut section);
        let mut body = Vec::new();
        let mut calls = self.calls()?.iter().map(|at| *at as usize).peekable();
        for _ in 0..count {
            let original = reader.read_reader().map_err(parse)?.range();
            let mut copied = original.start;
            body.clear();
            while let Some(at) = calls.next_if(|at| *at < original.end) {
                let (func, end) = immediate(data, at)?;
                body.extend_from_slice(data.get(copied..at).unwrap_or_default());
                self.remap.func(func).encode(&mut body);
                copied = end;
            }
            body.extend_from_slice(data.get(copied..original.end).unwrap_or_default());
            body.encode(&mut section);
        }
        for func in &self.unit.funcs {
            self.function(&func.body)?.encode(&mut section);
        }
        self.raw(SectionId::Code as u8, &section);
        Ok(())
    }

    fn function(&self, body: &Body) -> Result<Function> {
        let locals: Vec<_> = body.locals.iter().map(|ty| encoded(*ty)).collect();
        let mut function = Function::new_with_locals_types(locals);
        for ins in &body.code {
            match ins {
                Ins::Plain(instruction) => function.instruction(instruction),
                Ins::Call(callee) => function.instruction(&Instruction::Call(self.index(callee)?)),
            };
        }
        Ok(function)
    }

    fn index(&self, callee: &Callee) -> Result<u32> {
        let at = match callee {
            Callee::Core(func) => return Ok(self.remap.func(*func)),
            Callee::Intrinsic(intrinsic) => {
                let at = self.unit.positions.get(intrinsic);
                at.map(|at| self.remap.intrinsics + at)
            }
            Callee::Pay => self.unit.pay.map(|at| self.remap.added + at),
            Callee::Inner(adapter) => self.unit.inner.get(adapter).map(|at| self.remap.added + at),
            Callee::Writer(mem) => self.unit.writers.get(mem).map(|at| self.remap.added + at),
        };
        at.ok_or_else(|| broken("a function that was not added"))
    }

    fn original_names(&mut self, names: wasmparser::NameSectionReader<'_>) {
        let mut out = NameSection::new();
        let mut funcs = Vec::new();
        // Names are for people: what comes after damage is left out.
        for name in names.into_iter().map_while(|name| name.ok()) {
            match name {
                Name::Module { name, .. } => out.module(name),
                Name::Function(map) => {
                    for naming in map.into_iter().map_while(|naming| naming.ok()) {
                        if naming.index < self.unit.spaces.funcs() {
                            funcs.push((self.remap.func(naming.index), naming.name.to_owned()));
                        }
                    }
                }
                _ => {}
            }
        }
        self.names(&mut out, funcs);
    }

    /// Those of functions, and of the adapters.
    fn names(&mut self, out: &mut NameSection, mut funcs: Vec<(u32, String)>) {
        self.named = true;
        // An implemented import has become its adapter.
        funcs.retain(|(index, _)| *index < self.remap.intrinsics || *index >= self.remap.defined.1);
        funcs.retain(|(index, _)| *index < self.remap.added);
        for (i, func) in self.unit.funcs.iter().enumerate() {
            funcs.push((self.remap.added + i as u32, func.name.clone()));
        }
        // Of two for one function the later counts.
        funcs.sort_by_key(|(index, _)| *index);
        let mut map = NameMap::new();
        for (i, (index, name)) in funcs.iter().enumerate() {
            if funcs.get(i + 1).is_none_or(|(next, _)| next != index) {
                map.append(*index, name);
            }
        }
        out.functions(&map);
        out.append_to(&mut self.bytes);
    }
}

/// A number that names a function, and where it ends.
fn immediate(code: &[u8], at: usize) -> Result<(u32, usize)> {
    let mut reader = BinaryReader::new(code.get(at..).unwrap_or_default(), at);
    let func = reader.read_var_u32().map_err(parse)?;
    Ok((func, reader.original_position()))
}

/// An instruction that names a function: where its immediate stands.
pub(super) struct Call {
    pub func: u32,
    pub immediate: usize,
    pub end: usize,
}

pub(super) fn for_each_call(body: &FunctionBody<'_>, mut found: impl FnMut(Call)) -> Result<()> {
    let mut reader = body.get_operators_reader().map_err(parse)?;
    while !reader.eof() {
        let start = reader.original_position();
        let func = match reader.read().map_err(parse)? {
            Operator::Call { function_index }
            | Operator::ReturnCall { function_index }
            | Operator::RefFunc { function_index } => function_index,
            _ => continue,
        };
        // All three have an opcode of one byte.
        found(Call { func, immediate: start + 1, end: reader.original_position() });
    }
    Ok(())
}

/// The type of an intrinsic that has none of the original's.
fn signature(unit: &Unit, program: &Program, intrinsic: &Intrinsic) -> Result<FuncType> {
    use ValType::I32;
    let deferred = |at: u32| {
        let func = unit.deferred.get(at as usize).ok_or_else(|| broken("deferred"))?;
        unit.spaces.func(*func)
    };
    let (params, results) = match intrinsic {
        Intrinsic::Core(..) => return Err(broken("a type of its own")),
        Intrinsic::Overflow | Intrinsic::Release => (vec![I32], vec![]),
        Intrinsic::Refuse => (vec![I32; 2], vec![]),
        Intrinsic::Uncaught | Intrinsic::Settle | Intrinsic::Undefer | Intrinsic::Idle(_) => {
            (vec![], vec![])
        }
        Intrinsic::Write => (vec![I32; 4], vec![]),
        Intrinsic::Lift => (vec![I32; 3], vec![I32; 2]),
        Intrinsic::Copy => (vec![I32], vec![I32]),
        Intrinsic::Defer(at) => (deferred(*at)?.params().to_vec(), vec![]),
        Intrinsic::Call(call) => {
            let mut params = Vec::new();
            if let Some(at) = call.with {
                params.extend_from_slice(deferred(at)?.params());
            }
            let adapter = program.adapters.get(call.adapter as usize);
            let ty = adapter.ok_or_else(|| broken("adapter"))?.ty();
            let mut texts = call.texts.iter();
            for ty in ty.params() {
                if !ty.is_text() {
                    params.push(ty.carrier());
                    continue;
                }
                match texts.next() {
                    Some(Where::Memory(_)) => params.extend([I32, I32]),
                    Some(Where::Slot | Where::Taken) => params.push(I32),
                    None => return Err(broken("a text that is nowhere")),
                }
            }
            let result = |ty: &ValType| match ty.is_text() && call.inline {
                true => inline_types().collect(),
                false => words(*ty).collect::<Vec<_>>(),
            };
            (params, ty.results().iter().flat_map(result).collect())
        }
    };
    Ok(FuncType::new(params, results))
}

fn encode(error: wasm_encoder::reencode::Error<Infallible>) -> crate::error::Error {
    broken(&error.to_string())
}
