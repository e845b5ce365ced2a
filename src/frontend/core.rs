//! What the front end needs to know of the core module: where its sections
//! stand, and what it imports, exports and defines.
//!
//! Not here: anything about adapters.

use std::collections::HashMap;
use std::ops::Range;

use wasmparser::types::{CoreTypeId, EntityType, TypesRef};
use wasmparser::{
    Chunk, ExportSectionReader, FuncValidator, FuncValidatorAllocations, FunctionBody,
    ImportSectionReader, KnownCustom, Name, Parser, Payload, ValidPayload, Validator,
    ValidatorResources, WasmFeatures,
};

use super::faults::{fault, interface_fault};
use crate::core_types::val_type;
use crate::error::{Error, ErrorKind, Result};
use crate::plan::Same;
use crate::types::{
    ExportType, ExternType, FuncType, GlobalType, ImportType, Limits, MemoryType, TableType,
    ValType,
};

/// What core modules may use: everything that the engine takes by default.
/// That is WebAssembly 3.0: references, typed functions, garbage collection,
/// exceptions, tail calls, several and 64-bit memories, threads, vectors and
/// extended constant expressions.
pub(crate) const FEATURES: WasmFeatures = WasmFeatures::WASM3;

/// The name of the custom section that holds the interface.
pub(crate) const SECTION: &str = "wasm-interface-types";

/// The name of the custom section that holds a face.
pub(crate) const FACE: &str = "witrt-face";

/// A valid core module, as adapters and the outside see it.
pub(crate) struct Core {
    /// In order, of every kind.
    pub imports: Vec<ImportType>,
    /// In order, of every kind.
    pub exports: Vec<CoreExport>,
    /// The function index space: imports first.
    pub funcs: Vec<FuncType>,
    /// Of each imported function, the position in `imports`.
    pub func_imports: Vec<u32>,
    /// The memory index space: imports first.
    pub memories: Vec<MemoryType>,
    pub start: Option<u32>,
    /// As in [`Program::calls`](crate::plan::Program::calls).
    pub calls: Option<Vec<u32>>,
}

/// What [`read`] does about the bodies of functions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bodies {
    /// Validates them, and notes where they name functions.
    Check,
    /// Nothing: they have been checked before.
    Trust,
}

pub(crate) struct CoreExport {
    pub ty: ExportType,
    /// Its number among the core's things of its kind.
    #[cfg_attr(not(feature = "attach"), allow(dead_code))]
    pub index: u32,
    pub same: Option<Same>,
}

/// Where things stand in a binary module, which need not be valid.
#[derive(Default)]
pub(crate) struct Layout {
    pub interface: Option<Section>,
    /// The section that holds a face.
    pub face: Option<Section>,
    /// Where the contents of the code section start.
    pub code: Option<usize>,
    /// The first section that the interface should have followed, and where
    /// it stands.
    pub late: Option<(&'static str, usize)>,
}

/// A custom section: all of it, and what comes after its name.
pub(crate) struct Section {
    pub whole: Range<usize>,
    pub contents: Range<usize>,
}

/// Finds the sections of a binary module, and refuses a second interface.
pub(crate) fn layout(bytes: &[u8]) -> Result<Layout> {
    let mut layout = Layout::default();
    sections(bytes, |payload, at| {
        let name = match payload {
            Payload::CustomSection(custom) if custom.name() == SECTION => {
                if layout.interface.is_some() {
                    return Err(interface_fault(at, format!("two `{SECTION}` sections found")));
                }
                let contents = custom.range().end - custom.data().len()..custom.range().end;
                let whole = at..contents.end;
                layout.interface = Some(Section { whole, contents });
                return Ok(());
            }
            Payload::CustomSection(custom) if custom.name() == FACE => {
                if layout.face.is_some() {
                    return Err(interface_fault(at, format!("two `{FACE}` sections found")));
                }
                let contents = custom.range().end - custom.data().len()..custom.range().end;
                layout.face = Some(Section { whole: at..contents.end, contents });
                return Ok(());
            }
            Payload::CodeSectionStart { range, .. } => {
                layout.code = Some(range.start);
                return Ok(());
            }
            Payload::TypeSection(_) => "type",
            Payload::ImportSection(_) => "import",
            Payload::FunctionSection(_) => "function",
            Payload::MemorySection(_) => "memory",
            _ => return Ok(()),
        };
        if layout.interface.is_some() && layout.late.is_none() {
            layout.late = Some((name, at));
        }
        Ok(())
    })?;
    Ok(layout)
}

/// The module without its interface section.
pub(crate) fn without_interface(bytes: &[u8], layout: &Layout) -> Vec<u8> {
    match &layout.interface {
        Some(Section { whole, .. }) => [&bytes[..whole.start], &bytes[whole.end..]].concat(),
        None => bytes.to_vec(),
    }
}

/// The names that the module's name section gives to functions, one list for
/// each of its lists; of two for one function the later counts. A damaged
/// section gives those that come before the damage: names are for people.
pub(crate) fn func_names(bytes: &[u8]) -> Vec<Vec<(u32, String)>> {
    let mut names = Vec::new();
    // The module has been through `layout`.
    let _ = sections(bytes, |payload, _| {
        if let Payload::CustomSection(custom) = payload
            && let KnownCustom::Name(reader) = custom.as_known()
        {
            for name in reader.into_iter().map_while(|name| name.ok()) {
                let Name::Function(map) = name else { continue };
                let namings = map.into_iter().map_while(|naming| naming.ok());
                names.push(namings.map(|n| (n.index, n.name.to_owned())).collect());
            }
        }
        Ok(())
    });
    names
}

/// Why a core module is no good.
pub(crate) struct Invalid {
    pub error: Error,
    /// The function at fault, counted among those with bodies.
    pub body: Option<usize>,
}

impl From<Error> for Invalid {
    fn from(error: Error) -> Invalid {
        Invalid { error, body: None }
    }
}

/// Validates a binary module and reads it.
pub(crate) fn read(bytes: &[u8], features: WasmFeatures, what: Bodies) -> Result<Core, Invalid> {
    let mut validator = Validator::new_with_features(features);
    let mut parser = Parser::new(0);
    parser.set_features(features);

    let (mut imports, mut exports, mut start, mut types) = (None, None, None, None);
    let mut bodies = Vec::new();
    let mut code = 0;
    for payload in parser.parse_all(bytes) {
        let payload = payload.map_err(malformed)?;
        if let Payload::CodeSectionStart { range, .. } = &payload {
            code = range.start;
        }
        match validator.payload(&payload).map_err(invalid)? {
            ValidPayload::Func(func, body) if what != Bodies::Trust => bodies.push((func, body)),
            ValidPayload::End(end) => types = Some(end),
            _ => {}
        }
        match payload {
            Payload::ImportSection(section) => imports = Some(section),
            Payload::ExportSection(section) => exports = Some(section),
            Payload::StartSection { func, .. } => start = Some(func),
            _ => {}
        }
    }
    let types = types.ok_or_else(|| unexpected_end(bytes))?;

    let mut allocations = FuncValidatorAllocations::default();
    let mut calls = Vec::new();
    for (i, (func, body)) in bodies.into_iter().enumerate() {
        let index = func.index;
        let mut validator = func.into_validator(allocations);
        let call = |at| calls.push((at - code) as u32);
        if let Err(e) = check_body(&mut validator, &body, features, call) {
            let names = func_names(bytes);
            let name = names.iter().flatten().rfind(|(of, _)| *of == index);
            let name = name.map(|(_, n)| format!(" {n:?}")).unwrap_or_default();
            let error = invalid(e).context(format_args!("core func {index}{name}"));
            return Err(Invalid { error, body: Some(i) });
        }
        allocations = validator.into_allocations();
    }

    let mut space = Space { types: types.as_ref(), func_types: HashMap::new() };
    let core = space.core(imports, exports, start).map_err(malformed)?;
    Ok(Core { calls: (what == Bodies::Check).then_some(calls), ..core })
}

/// Validates a body, and finds the immediates that name functions: a second
/// pass for these would take as long as the validation.
fn check_body(
    validator: &mut FuncValidator<ValidatorResources>,
    body: &FunctionBody<'_>,
    features: WasmFeatures,
    mut call: impl FnMut(usize),
) -> wasmparser::Result<()> {
    const CALL: u8 = 0x10;
    const RETURN_CALL: u8 = 0x12;
    const REF_FUNC: u8 = 0xD2;
    let (bytes, start) = (body.as_bytes(), body.range().start);
    let mut reader = body.get_binary_reader();
    validator.read_locals(&mut reader)?;
    reader.set_features(features);
    while !reader.eof() {
        let at = reader.original_position();
        if let Some(&(CALL | RETURN_CALL | REF_FUNC)) = bytes.get(at - start) {
            call(at + 1);
        }
        reader.visit_operator(&mut validator.visitor(at))??;
    }
    reader.finish_expression(&validator.visitor(reader.original_position()))
}

/// Each section with the position of its first byte. Of functions' bodies
/// only the place is looked at.
pub(super) fn sections<'a>(
    bytes: &'a [u8],
    mut each: impl FnMut(&Payload<'a>, usize) -> Result<()>,
) -> Result<()> {
    let mut parser = Parser::new(0);
    let mut at = 0;
    loop {
        let (payload, consumed) = match parser.parse(&bytes[at..], true).map_err(malformed)? {
            Chunk::Parsed { payload, consumed } => (payload, consumed),
            Chunk::NeedMoreData(_) => return Err(unexpected_end(bytes)),
        };
        if let Payload::UnknownSection { id, .. } = &payload {
            let message = format!("unknown section id {id}");
            return Err(fault(ErrorKind::MalformedBinary, at, message));
        }
        each(&payload, at)?;
        if let Payload::End(_) = payload {
            return Ok(());
        }
        at += consumed;
    }
}

fn unexpected_end(bytes: &[u8]) -> Error {
    fault(ErrorKind::MalformedBinary, bytes.len(), "unexpected end of the module")
}

fn malformed(e: wasmparser::Error) -> Error {
    fault(ErrorKind::MalformedBinary, e.offset(), e.message())
}

fn invalid(e: wasmparser::Error) -> Error {
    fault(ErrorKind::InvalidCore, e.offset(), e.message())
}

/// The types of a valid module.
struct Space<'a> {
    types: TypesRef<'a>,
    /// One allocation for each type, however many functions have it.
    func_types: HashMap<CoreTypeId, FuncType>,
}

impl Space<'_> {
    fn core(
        &mut self,
        import_section: Option<ImportSectionReader<'_>>,
        export_section: Option<ExportSectionReader<'_>>,
        start: Option<u32>,
    ) -> wasmparser::Result<Core> {
        let types = self.types;
        let mut imports = Vec::new();
        // Imports come first in each index space, so the n-th import of a
        // kind is entity n of that kind.
        let mut imported: [Vec<u32>; 5] = Default::default();
        for import in import_section.into_iter().flat_map(|s| s.into_imports()) {
            let import = import?;
            if let Some(ty) = types.entity_type_from_import(&import) {
                let ty = self.extern_type(ty);
                imported[kind_number(&ty)].push(imports.len() as u32);
                let (module, name) = (import.module.to_owned(), import.name.to_owned());
                imports.push(ImportType { module, name, ty });
            }
        }
        let mut exports = Vec::new();
        let mut firsts = HashMap::new();
        for export in export_section.into_iter().flatten() {
            let export = export?;
            if let Some(ty) = types.entity_type_from_export(&export) {
                let ty = self.extern_type(ty);
                let (kind, at) = (kind_number(&ty), exports.len() as u32);
                let first = *firsts.entry((kind, export.index)).or_insert(at);
                let same = match imported[kind].get(export.index as usize) {
                    Some(import) => Some(Same::Import(*import)),
                    None => (first != at).then_some(Same::Export(first)),
                };
                exports.push(CoreExport {
                    ty: ExportType { name: export.name.to_owned(), ty },
                    index: export.index,
                    same,
                });
            }
        }
        let funcs = (0..types.function_count()).map(|i| self.func_type(types.core_function_at(i)));
        let funcs = funcs.collect();
        let memories = (0..types.memory_count()).map(|i| memory_type(types.memory_at(i))).collect();
        let [func_imports, ..] = imported;
        Ok(Core { imports, exports, funcs, func_imports, memories, start, calls: None })
    }

    fn extern_type(&mut self, ty: EntityType) -> ExternType {
        match ty {
            EntityType::Func(id) | EntityType::FuncExact(id) => {
                ExternType::Func(self.func_type(id))
            }
            EntityType::Tag(id) => ExternType::Tag(self.func_type(id)),
            EntityType::Memory(ty) => ExternType::Memory(memory_type(ty)),
            EntityType::Table(ty) => ExternType::Table(TableType {
                element: val_type(ty.element_type.into()),
                limits: Limits { min: ty.initial, max: ty.maximum },
            }),
            EntityType::Global(ty) => ExternType::Global(GlobalType {
                content: val_type(ty.content_type),
                mutable: ty.mutable,
            }),
        }
    }

    fn func_type(&mut self, id: CoreTypeId) -> FuncType {
        let types = self.types;
        let make = || {
            let ty = types[id].unwrap_func();
            let list = |types: &[wasmparser::ValType]| -> Vec<ValType> {
                types.iter().copied().map(val_type).collect()
            };
            FuncType::new(list(ty.params()), list(ty.results()))
        };
        self.func_types.entry(id).or_insert_with(make).clone()
    }
}

fn kind_number(ty: &ExternType) -> usize {
    match ty {
        ExternType::Func(_) => 0,
        ExternType::Global(_) => 1,
        ExternType::Table(_) => 2,
        ExternType::Memory(_) => 3,
        ExternType::Tag(_) => 4,
    }
}

fn memory_type(ty: wasmparser::MemoryType) -> MemoryType {
    MemoryType {
        limits: Limits { min: ty.initial, max: ty.maximum },
        memory64: ty.memory64,
        shared: ty.shared,
    }
}
