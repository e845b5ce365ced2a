//! A component as it is written: the definitions in its sections, and in those of the
//! components within it, whose types are checked meanwhile.
//!
//! Not here: what becomes of them.

use crate::abi::door;
use crate::error::{Error, ErrorKind, Result};
use wasmparser::types::Types;
use wasmparser::{
    BinaryReaderError, CanonicalFunction, CanonicalOption, ComponentAlias,
    ComponentExternalKind as Kind, ComponentInstance, ComponentOuterAliasKind, Instance,
    KnownCustom, Name, Parser, Payload, ValidPayload, Validator, WasmFeatures,
};

/// So many outer aliases there may be, over all levels that they reach.
const MOST_OUTER: usize = 100_000;

/// So deep may components be within each other.
const DEEPEST: usize = 100;

/// A component as it is written: its definitions in order.
#[derive(Default)]
pub(super) struct Def<'a> {
    pub ops: Vec<Op<'a>>,
    /// What it takes from components around it, and they with it: so many levels up,
    /// of which kind, at which place.
    pub taken: Vec<(usize, Kind, u32)>,
}

pub(super) enum Op<'a> {
    Component(usize),
    /// A core module, with so many imports.
    Module(usize),
    Instantiate(u32, Vec<(&'a str, Kind, u32)>),
    Bag(Vec<(&'a str, Kind, u32)>),
    Alias(Kind, u32, &'a str),
    Outer(Kind, usize, u32),
    Import(&'a str, Kind),
    Export(&'a str, Kind, u32),
    /// An instance of a core module.
    Core(u32),
    /// A core function as one of the component's.
    Lift(Lift),
    /// A function for core code to call.
    Lower(u32),
    /// Something else for core code to call, which it may not always do.
    Builtin,
    /// So many definitions of other kinds.
    Others(usize),
}

/// How a core function is lifted; all are indices.
#[derive(Clone, Copy)]
pub(super) struct Lift {
    pub core: u32,
    pub memory: Option<u32>,
    pub realloc: Option<u32>,
    pub post_return: Option<u32>,
    /// Whether text is in the encoding that all have if they do not tell.
    pub usual_text: bool,
    /// Whether there is nothing else to it.
    pub plain: bool,
}

impl Lift {
    fn new(core: u32, options: &[CanonicalOption]) -> Lift {
        let (memory, realloc, post_return) = (None, None, None);
        let mut lift = Lift { core, memory, realloc, post_return, usual_text: true, plain: true };
        for option in options {
            match option {
                CanonicalOption::UTF8 => {}
                CanonicalOption::UTF16 | CanonicalOption::CompactUTF16 => lift.usual_text = false,
                CanonicalOption::Memory(index) => lift.memory = Some(*index),
                CanonicalOption::Realloc(index) => lift.realloc = Some(*index),
                CanonicalOption::PostReturn(index) => lift.post_return = Some(*index),
                _ => lift.plain = false,
            }
        }
        lift
    }
}

/// All of a component.
pub(super) struct Read<'a> {
    /// Of the whole first, then of those in it.
    pub defs: Vec<Def<'a>>,
    pub types: Types,
    /// Whether a core module has the name that those have which are appended.
    pub is_named_like_a_door: bool,
}

/// Reads all of a component.
///
/// # Errors
///
/// For what is not valid, and for one that is too deep.
pub(super) fn read(bytes: &[u8], features: WasmFeatures) -> Result<Read<'_>> {
    let mut validator = Validator::new_with_features(features | WasmFeatures::COMPONENT_MODEL);
    let mut defs = vec![Def::default()];
    // Components that are being read, each within the one before, and core modules,
    // with where they are.
    let mut open: Vec<Option<usize>> = Vec::new();
    let mut next = Some(0);
    let (mut whole, mut is_named_like_a_door) = (None, false);
    let mut taken = 0usize;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(|e| refused(&e))?;
        match validator.payload(&payload).map_err(|e| refused(&e))? {
            ValidPayload::End(types) => whole = Some(types),
            ValidPayload::Ok | ValidPayload::Parser(_) | ValidPayload::Func(..) => {}
        }
        let at = open.last().copied().flatten();
        match payload {
            Payload::Version { .. } => {
                open.push(next.take());
                if open.len() > DEEPEST {
                    return Err(too_much(format!("more than {DEEPEST} components deep")));
                }
            }
            Payload::End(_) => {
                open.pop();
            }
            Payload::ComponentSection { .. } => {
                let new = defs.len();
                defs.push(Def::default());
                push(&mut defs, at, Op::Component(new));
                next = Some(new);
            }
            Payload::ModuleSection { .. } => push(&mut defs, at, Op::Module(0)),
            Payload::CustomSection(custom) if at.is_none() => {
                if let KnownCustom::Name(names) = custom.as_known() {
                    // What cannot be read of it is told by nobody.
                    let is =
                        |name| matches!(name, Name::Module { name, .. } if name == door::MODULE);
                    is_named_like_a_door |= names.into_iter().flatten().any(is);
                }
            }
            Payload::ImportSection(imports) if at.is_none() => {
                let around = open.iter().rev().find_map(|at| *at);
                let module = around.and_then(|at| defs.get_mut(at)?.ops.last_mut());
                if let Some(Op::Module(count)) = module {
                    *count += imports.count() as usize;
                }
            }
            Payload::InstanceSection(all) => {
                for instance in all {
                    let op = match instance.map_err(|e| refused(&e))? {
                        Instance::Instantiate { module_index, .. } => Op::Core(module_index),
                        Instance::FromExports(exports) => Op::Others(1 + exports.len()),
                    };
                    push(&mut defs, at, op);
                }
            }
            Payload::ComponentInstanceSection(all) => {
                for instance in all {
                    let op = match instance.map_err(|e| refused(&e))? {
                        ComponentInstance::Instantiate { component_index, args } => {
                            let args = args.iter().map(|arg| (arg.name, arg.kind, arg.index));
                            Op::Instantiate(component_index, args.collect())
                        }
                        ComponentInstance::FromExports(items) => {
                            let items = items.iter();
                            Op::Bag(items.map(|i| (i.name.name, i.kind, i.index)).collect())
                        }
                    };
                    push(&mut defs, at, op);
                }
            }
            Payload::ComponentAliasSection(all) => {
                for alias in all {
                    let op = match alias.map_err(|e| refused(&e))? {
                        ComponentAlias::InstanceExport { kind, instance_index, name } => {
                            Op::Alias(kind, instance_index, name)
                        }
                        ComponentAlias::Outer { kind, count, index } => {
                            let kind = match kind {
                                ComponentOuterAliasKind::CoreModule => Kind::Module,
                                ComponentOuterAliasKind::Component => Kind::Component,
                                _ => Kind::Type,
                            };
                            let levels = count as usize;
                            if kind != Kind::Type {
                                taken = taken.saturating_add(levels);
                                if taken > MOST_OUTER {
                                    let what = format!("more than {MOST_OUTER} outer aliases");
                                    return Err(too_much(what));
                                }
                                // All components on the way hold it for this one.
                                let around = open.iter().rev().flatten().enumerate();
                                for (i, at) in around.take(levels) {
                                    defs[*at].taken.push((levels - i, kind, index));
                                }
                            }
                            Op::Outer(kind, levels, index)
                        }
                        ComponentAlias::CoreInstanceExport { .. } => Op::Others(1),
                    };
                    push(&mut defs, at, op);
                }
            }
            Payload::ComponentImportSection(all) => {
                for import in all {
                    let import = import.map_err(|e| refused(&e))?;
                    push(&mut defs, at, Op::Import(import.name.name, import.ty.kind()));
                }
            }
            Payload::ComponentExportSection(all) => {
                for export in all {
                    let export = export.map_err(|e| refused(&e))?;
                    push(&mut defs, at, Op::Export(export.name.name, export.kind, export.index));
                }
            }
            Payload::ComponentCanonicalSection(all) => {
                for function in all {
                    let op = match function.map_err(|e| refused(&e))? {
                        CanonicalFunction::Lift { core_func_index, options, .. } => {
                            Op::Lift(Lift::new(core_func_index, &options))
                        }
                        CanonicalFunction::Lower { func_index, .. } => Op::Lower(func_index),
                        CanonicalFunction::ResourceRep { .. } => Op::Others(1),
                        _ => Op::Builtin,
                    };
                    push(&mut defs, at, op);
                }
            }
            _ => {}
        }
    }
    let types = whole.ok_or_else(|| Error::internal("a component without an end"))?;
    Ok(Read { defs, types, is_named_like_a_door })
}

fn push<'a>(defs: &mut [Def<'a>], at: Option<usize>, op: Op<'a>) {
    if let Some(def) = at.and_then(|at| defs.get_mut(at)) {
        def.ops.push(op);
    }
}

/// Why a component is not valid.
pub(super) fn refused(error: &BinaryReaderError) -> Error {
    let kind = match is_gate(error.message()) {
        true => ErrorKind::UnsupportedFormat,
        false => ErrorKind::InvalidCore,
    };
    let message = format!("{} (at offset {:#x})", error.message(), error.offset());
    Error::new(kind, message).at_offset(error.offset())
}

/// Whether a message says that a feature is off, which is told in words only.
fn is_gate(message: &str) -> bool {
    let gates = [
        "requires the component model",
        "require the component model",
        "64-bit memories require the `cm64` feature",
        "requires the shared-everything-threads proposal",
        "is not enabled",
    ];
    gates.iter().any(|words| message.contains(words))
}

#[cold]
pub(super) fn too_much(what: String) -> Error {
    Error::new(ErrorKind::InvalidCore, format!("this component asks for too much: {what}"))
}
