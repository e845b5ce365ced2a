//! The core's index spaces, as far as adapters and remapping need them.
//!
//! Not here: anything about adapters.

use super::ir::broken;
use crate::core_types::val_type;
use crate::error::Result;
use crate::plan::{CoreImport, Program};
use crate::types::FuncType;
use wasmparser::{CompositeInnerType, ExternalKind, Parser, Payload, TypeRef};

/// What the core module has, by index.
#[derive(Default)]
pub(super) struct Spaces {
    /// Function types by type index; of another type, nothing.
    types: Vec<Option<FuncType>>,
    /// How many entries the type section has.
    pub groups: u32,
    /// Types of functions, by function index.
    funcs: Vec<u32>,
    /// Of each imported function, its position among the imports and its type.
    pub imported: Vec<(u32, u32)>,
    /// How many globals there are, imports included.
    pub globals: u32,
    /// Functions that the core exports.
    pub exported: Vec<u32>,
    /// The memory that it exports as `memory`, which WASI looks for.
    pub memory: Option<u32>,
    /// Whether an exception can come up: there is a tag, or something from
    /// outside that the core can call.
    pub throws: bool,
}

impl Spaces {
    pub fn read(program: &Program) -> Result<Spaces> {
        let mut spaces = Spaces::default();
        for payload in Parser::new(0).parse_all(&program.core) {
            spaces.section(program, payload.map_err(parse)?)?;
        }
        Ok(spaces)
    }

    fn section(&mut self, program: &Program, payload: Payload<'_>) -> Result<()> {
        match payload {
            Payload::TypeSection(section) => {
                self.groups = section.count();
                for group in section {
                    for ty in group.map_err(parse)?.types() {
                        self.types.push(match &ty.composite_type.inner {
                            CompositeInnerType::Func(f) => {
                                let convert = |t: &wasmparser::ValType| val_type(*t);
                                let params = f.params().iter().map(convert);
                                Some(FuncType::new(params, f.results().iter().map(convert)))
                            }
                            _ => None,
                        });
                    }
                }
            }
            Payload::ImportSection(section) => {
                for (i, import) in section.into_imports().enumerate() {
                    let answer = program.core_imports.get(i);
                    self.throws |= matches!(answer, Some(CoreImport::Import(_)));
                    match import.map_err(parse)?.ty {
                        TypeRef::Func(ty) | TypeRef::FuncExact(ty) => {
                            self.funcs.push(ty);
                            self.imported.push((i as u32, ty));
                        }
                        TypeRef::Global(_) => self.globals += 1,
                        _ => {}
                    }
                }
            }
            Payload::FunctionSection(section) => {
                for ty in section {
                    self.funcs.push(ty.map_err(parse)?);
                }
            }
            Payload::GlobalSection(section) => self.globals += section.count(),
            Payload::TagSection(_) => self.throws = true,
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export.map_err(parse)?;
                    if matches!(export.kind, ExternalKind::Func | ExternalKind::FuncExact) {
                        self.exported.push(export.index);
                    } else if export.kind == ExternalKind::Memory && export.name == "memory" {
                        self.memory = Some(export.index);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// How many types there are.
    pub fn types(&self) -> u32 {
        self.types.len() as u32
    }

    /// How many functions there are, imports included.
    pub fn funcs(&self) -> u32 {
        self.funcs.len() as u32
    }

    /// Whether a function is the core's own, and no import.
    pub fn is_defined(&self, func: u32) -> bool {
        func as usize >= self.imported.len()
    }

    /// The function type of this index.
    pub fn ty(&self, index: u32) -> Result<&FuncType> {
        let ty = self.types.get(index as usize).and_then(|ty| ty.as_ref());
        ty.ok_or_else(|| broken("no such function type"))
    }

    /// The type of the function of this index.
    pub fn func(&self, index: u32) -> Result<&FuncType> {
        self.ty(*self.funcs.get(index as usize).ok_or_else(|| broken("no such core function"))?)
    }
}

pub(super) fn parse(error: wasmparser::Error) -> crate::error::Error {
    broken(&error.to_string())
}
