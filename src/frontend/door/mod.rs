//! A door to a component: a core module that is appended to it, and enters core
//! functions that the component lifts.
//!
//! Every function gets one that the component lifts itself and that gives no resources.
//! Of numbers and text in the usual encoding the module knows how they lie; of all else
//! only which core values there are. Whatever is unusual stays as it is.
//!
//! Not here: which core function is behind which export; what the module does, which is
//! in `module`, and in `steps`.

mod calls;
mod module;
mod steps;

use super::bounds::Found;
use super::definitions::Lift;
use crate::abi::door::{Door, EACH, ENTER, Entrance, FRAME};
use calls::{How, Kind};
use module::Unit;
use std::collections::HashSet;
use wasm_encoder::{
    Alias, CanonicalFunctionSection, CanonicalOption, ComponentAliasSection, ComponentExportKind,
    ComponentExportSection, ComponentSection as _, ComponentTypeSection, ComponentValType,
    ExportKind, InstanceSection, ModuleArg, ModuleSection, PrimitiveValType,
};
use wasmparser::component_types::{
    ComponentDefinedType as Defined, ComponentDefinedTypeId, ComponentFuncType,
    ComponentValType as Val,
};
use wasmparser::types::TypesRef;
use wasmparser::{FuncType, PrimitiveValType as Primitive};

/// So many values a function takes as core values.
const MOST_WORDS: usize = 16;
/// So many memories the appended module may use.
const MOST_MEMORIES: usize = 8;
/// So deep may types be.
const DEEPEST: usize = 100;

/// A component with a door, and what it leads to.
pub(super) fn append(bytes: &[u8], found: &Found) -> Option<(Vec<u8>, Door)> {
    // What traps in one would be told as what traps in the other.
    if found.is_named_like_a_door {
        return None;
    }
    let types = found.types.as_ref();
    let mut unit = Unit { whole: !found.leaves && !found.wasi, ..Unit::default() };
    let (mut funcs, mut calls) = (Vec::new(), vec![None; found.lifts.len()]);
    let mut values = Values { types, known: HashSet::new() };
    for (export, lift) in &found.exports {
        let Some((func, how)) = found.lifts.get(*lift) else { continue };
        let known = calls.get_mut(*lift)?;
        if known.is_none() {
            *known = Some(call(&mut values, *func, how, &mut unit));
        }
        let Some(Some(((group, which), walks))) = *known else { continue };
        let (first, pays) = (group * EACH, how.post_return.is_some());
        funcs.push(Entrance { export: export.clone(), first, which, pays, walks });
    }
    if funcs.is_empty() {
        return None;
    }
    let mut names = (0..).map(|i| format!("witrt-door-{i}"));
    let name = names.find(|name| !found.names.contains(name))?;
    let mut out = bytes.to_vec();
    let memories = u32::from(!encode(&mut out, types, &unit, &name));
    Some((out, Door { name, whole: unit.whole, instances: 1 + memories, memories, funcs }))
}

/// Adds a function to those of the module, if that can be entered, and tells where it is,
/// and whether its values are for the host to lower and lift.
fn call(
    values: &mut Values<'_>,
    func: u32,
    lift: &Lift,
    unit: &mut Unit,
) -> Option<((u32, u32), bool)> {
    let types = values.types;
    let ty = types.get(types.component_function_at(func))?;
    let core = core_type(types, lift.core)?;
    if ty.async_ || !lift.plain || !values.all_cross(ty) {
        return None;
    }
    let plain = plain(types, ty, lift, core, unit);
    let walks = plain.is_none();
    let (memory, allocator, params, result) = match plain {
        Some(plain) => plain,
        None => {
            let kinds = |all: &[wasmparser::ValType]| {
                all.iter().map(|ty| Kind::of_core(*ty)).collect::<Option<Vec<_>>>()
            };
            let (params, results) = (kinds(core.params())?, kinds(core.results())?);
            if params.len() > MOST_WORDS || results.len() > 1 {
                return None;
            }
            (None, None, params, results.first().copied())
        }
    };
    let mut import = |func| unit.import(func, core_type(types, func)?);
    let target = import(lift.core)?;
    let allocator = allocator.map(&mut import);
    let post_return = lift.post_return.map(&mut import);
    if allocator == Some(None) || post_return == Some(None) {
        return None;
    }
    let (allocator, post_return) = (allocator.flatten(), post_return.flatten());
    let how = How { memory, allocator, params, result, pays: post_return.is_some() };
    Some((unit.add(how, target, post_return), walks))
}

/// A memory, an allocator, and what is taken and given.
type Plain = (Option<u32>, Option<u32>, Vec<Kind>, Option<Kind>);

/// How a function's values lie, if all are numbers and text in the usual encoding.
fn plain(
    types: TypesRef<'_>,
    ty: &ComponentFuncType,
    lift: &Lift,
    core: &FuncType,
    unit: &mut Unit,
) -> Option<Plain> {
    let params = ty.params.iter().map(|(_, ty)| kind(types, ty)).collect::<Option<Vec<_>>>()?;
    let result = match &ty.result {
        Some(ty) => Some(kind(types, ty)?),
        None => None,
    };
    let words: usize = params.iter().map(|kind| kind.words()).sum();
    let (takes, gives) = (params.contains(&Kind::Text), result == Some(Kind::Text));
    if words > MOST_WORDS || lift.post_return.is_some() && !gives {
        return None;
    }
    // What is valid has these types; it is looked at since the frame depends on it.
    let flat = params.iter().flat_map(|kind| kind.core());
    let back = match result {
        Some(Kind::Text) => Kind::I32.core(),
        Some(kind) => kind.core(),
        None => &[],
    };
    if !flat.eq(core.params()) || core.results() != back {
        return None;
    }
    if !takes && !gives {
        return Some((None, None, params, result));
    }
    let allocator = if takes { Some(lift.realloc?) } else { None };
    let memory = lift.memory.filter(|_| lift.usual_text)?;
    Some((Some(unit.memory(types, memory)?), allocator, params, result))
}

/// What values a component's functions take and give.
struct Values<'t> {
    types: TypesRef<'t>,
    /// Types that cross, as far as that is known, and whether they may do so where they
    /// have a part in resources.
    known: HashSet<(ComponentDefinedTypeId, bool)>,
}

impl Values<'_> {
    /// Whether the host can lower and lift all values of a function with nothing but its
    /// memory and its allocator. Handles can be given to a component so, and loans that
    /// it needs no handle for, but not be taken from it.
    fn all_cross(&mut self, ty: &ComponentFuncType) -> bool {
        ty.params.iter().all(|(_, ty)| self.crosses(ty, true, 0))
            && ty.result.iter().all(|ty| self.crosses(ty, false, 0))
    }

    fn crosses(&mut self, ty: &Val, handles: bool, depth: usize) -> bool {
        let id = match ty {
            Val::Primitive(primitive) => return *primitive != Primitive::ErrorContext,
            Val::Type(id) => *id,
        };
        if self.known.contains(&(id, handles)) {
            return true;
        }
        let types = self.types;
        let Some(ty) = types.get(id).filter(|_| depth < DEEPEST) else { return false };
        let mut each = |ty: &Val| self.crosses(ty, handles, depth + 1);
        let crosses = match ty {
            Defined::Primitive(primitive) => *primitive != Primitive::ErrorContext,
            Defined::Record(record) => record.fields.values().all(each),
            Defined::Variant(variant) => {
                variant.cases.values().filter_map(|case| case.ty.as_ref()).all(each)
            }
            Defined::List { element: ty, .. } | Defined::Option { ty, .. } => each(ty),
            Defined::Tuple(tuple) => tuple.types.iter().all(each),
            Defined::Flags(_) | Defined::Enum(_) => true,
            Defined::Result { ok, err, .. } => ok.iter().chain(err).all(each),
            Defined::Own(_) | Defined::Borrow(_) => handles,
            _ => false,
        };
        if crosses {
            self.known.insert((id, handles));
        }
        crosses
    }
}

/// The type of one of the component's core functions.
fn core_type<'t>(types: TypesRef<'t>, func: u32) -> Option<&'t FuncType> {
    match func < types.function_count() {
        true => Some(types.get(types.core_function_at(func))?.unwrap_func()),
        false => None,
    }
}

impl Unit {
    /// The number that a memory of the component has in the module.
    fn memory(&mut self, types: TypesRef<'_>, memory: u32) -> Option<u32> {
        let known = self.memories.iter().position(|known| *known == memory);
        let at = match known {
            Some(known) => known,
            None if is_usual(types, memory) && self.memories.len() < MOST_MEMORIES => {
                self.memories.push(memory);
                self.memories.len() - 1
            }
            None => return None,
        };
        Some(calls::OF_GUEST + at as u32)
    }
}

fn is_usual(types: TypesRef<'_>, memory: u32) -> bool {
    let ty = types.memory_at(memory);
    !ty.memory64 && !ty.shared && ty.page_size_log2.is_none_or(|log2| log2 == 16)
}

/// What kind of value it is, if it is a plain one.
fn kind(types: TypesRef<'_>, ty: &Val) -> Option<Kind> {
    let primitive = match ty {
        Val::Primitive(primitive) => primitive,
        Val::Type(id) => match types.get(*id)? {
            Defined::Primitive(primitive) => primitive,
            _ => return None,
        },
    };
    Some(match primitive {
        Primitive::S64 | Primitive::U64 => Kind::I64,
        Primitive::F32 => Kind::F32,
        Primitive::F64 => Kind::F64,
        Primitive::String => Kind::Text,
        Primitive::Bool
        | Primitive::Char
        | Primitive::S8
        | Primitive::U8
        | Primitive::S16
        | Primitive::U16
        | Primitive::S32
        | Primitive::U32 => Kind::I32,
        _ => return None,
    })
}

/// Writes what is appended, behind all that there is, and tells whether some memory of the
/// component stands where the frame will be.
fn encode(out: &mut Vec<u8>, types: TypesRef<'_>, unit: &Unit, name: &str) -> bool {
    const GUEST: &str = module::GUEST;
    let (mut modules, mut instances) = (types.module_count(), types.core_instance_count());
    let alias = |out: &mut Vec<u8>, all: &[(u32, ExportKind, &str)]| {
        let mut aliases = ComponentAliasSection::new();
        for (instance, kind, name) in all {
            aliases.alias(Alias::CoreInstanceExport { instance: *instance, kind: *kind, name });
        }
        aliases.append_to_component(out);
    };
    let some = (0..types.memory_count()).find(|memory| is_usual(types, *memory));
    let frame = some.unwrap_or_else(|| {
        ModuleSection(&module::stand_in()).append_to_component(out);
        let mut section = InstanceSection::new();
        section.instantiate(modules, <[(&str, ModuleArg); 0]>::default());
        section.append_to_component(out);
        alias(out, &[(instances, ExportKind::Memory, FRAME)]);
        (modules, instances) = (modules + 1, instances + 1);
        types.memory_count()
    });
    ModuleSection(&unit.module()).append_to_component(out);
    let mut section = InstanceSection::new();
    let funcs = unit.imports.iter().enumerate();
    let funcs = funcs.map(|(i, import)| (module::func_name(i), ExportKind::Func, import.func));
    let memories = unit.memories.iter().enumerate();
    let memories =
        memories.map(|(i, memory)| (module::memory_name(i), ExportKind::Memory, *memory));
    let frames = [(FRAME.to_owned(), ExportKind::Memory, frame)];
    section.export_items(funcs.chain(memories).chain(frames).collect::<Vec<_>>());
    section.instantiate(modules, [(GUEST, ModuleArg::Instance(instances))]);
    section.append_to_component(out);
    let made = instances + 1;
    alias(out, &[(made, ExportKind::Func, ENTER)]);
    let mut defined = ComponentTypeSection::new();
    let number = ComponentValType::Primitive(PrimitiveValType::U32);
    let params = ["step", "which", "none", "neither"].map(|name| (name, number));
    defined.function().params(params).result(Some(number));
    defined.append_to_component(out);
    let mut lifted = CanonicalFunctionSection::new();
    let enter = types.function_count();
    let options = [CanonicalOption::Memory(frame), CanonicalOption::Realloc(enter)];
    lifted.lift(enter, types.component_type_count(), options);
    lifted.append_to_component(out);
    let mut exports = ComponentExportSection::new();
    exports.export(name, ComponentExportKind::Func, types.component_function_count(), None);
    exports.append_to_component(out);
    some.is_some()
}
