//! [`Component`]: compiled, with what it imports and exports.
//!
//! Not here: instances.

use super::engine_types::{Reader, Resources};
use super::names;
use crate::abi::GuestEncoding;
use crate::abi::door::{Door, Entrance};
use crate::error::{Error, ErrorKind, Result};
use crate::types::tree::{Field, Signature, Tuple};
use std::sync::{Arc, OnceLock};
use wasmtime::Engine;
use wasmtime::component::__internal::InstanceType;
use wasmtime::component::__internal::wasmtime_environ::component::OptionsIndex;
use wasmtime::component::ComponentExportIndex;
use wasmtime::component::types::{ComponentFunc, ComponentItem};

/// A compiled component. Clones are the same one.
#[derive(Clone)]
pub struct Component(Arc<Inner>);

struct Inner {
    id: u64,
    engine: wasmtime::component::Component,
    needs: Vec<Item>,
    imports: Vec<(String, String, Signature)>,
    /// The core modules that it imports: interface and name.
    modules: Vec<(String, String)>,
    exports: Vec<Export>,
    /// The core modules that it exports, by flat names.
    given: Vec<(String, ComponentExportIndex)>,
    resources: Resources,
    /// The types of parameters and results, by the engine's numbers.
    tuples: Vec<Option<Tuple>>,
    door: Option<Known>,
}

/// The door of a component.
struct Known {
    door: Door,
    at: ComponentExportIndex,
    /// Positions among its functions, beside `exports`.
    entrances: Vec<Option<usize>>,
    /// What the first instance was told of it, and beside its functions what was told by
    /// the first calls of each: it is the same in all instances.
    options: OnceLock<OptionsIndex>,
    told: Vec<OnceLock<Told>>,
    is_used: bool,
}

/// How values are lowered and lifted for a function, which its first call, by the
/// engine's own way, tells.
pub(super) struct Told {
    pub options: OptionsIndex,
    pub encoding: GuestEncoding,
}

/// Where a component's door is found.
#[derive(Clone, Copy)]
pub(super) struct DoorAt<'a> {
    pub export: &'a ComponentExportIndex,
    /// The number of the options that its one function is lifted with, once that is known.
    pub options: &'a OnceLock<OptionsIndex>,
    /// See [`Door::whole`].
    pub whole: bool,
}

/// A component's door, and whether calls go by it.
pub struct With(pub Door, pub bool);

/// A function that a component exports.
pub struct Export {
    /// Its flat name: `ns:pkg/iface@1.2.3#func`.
    pub name: String,
    /// Its type.
    pub ty: Signature,
    pub(super) at: ComponentExportIndex,
}

/// Something that a component imports.
pub(super) struct Item {
    pub name: String,
    pub ty: Needed,
}

/// What has to be supplied.
pub(super) enum Needed {
    Func(Signature),
    /// A resource type; its number where it is not another import's once more, which
    /// needs nothing.
    Resource(Option<u32>),
    Module,
    /// An interface, or an instance within one.
    Instance(Vec<Item>),
}

impl Item {
    /// How many functions are in it.
    pub fn functions(&self) -> usize {
        match &self.ty {
            Needed::Func(_) => 1,
            Needed::Instance(items) => items.iter().map(Item::functions).sum(),
            Needed::Resource(_) | Needed::Module => 0,
        }
    }
}

/// So much may the lists of what is imported and exported take, with the names of all
/// and of the parameters of functions, in bytes: each name tells its interface again,
/// and lists are copied.
const MOST_LISTED: usize = 16 << 20;

/// So many resource types may have names.
const MOST_RESOURCES: usize = 10_000;

impl Component {
    /// Compiles a component, which is a binary, with a door to it where that is
    /// accepted. `id` tells it from others.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidCore`] for what breaks the rules, and
    /// [`ErrorKind::UnsupportedFormat`] for what this library does not have.
    pub fn new(
        engine: &Engine,
        bytes: &[u8],
        with: Option<(Vec<u8>, Door)>,
        id: u64,
    ) -> Result<Component> {
        if let Some((bytes, door)) = with
            && let Ok(compiled) = wasmtime::component::Component::from_binary(engine, &bytes)
        {
            return Component::of(engine, compiled, Some(With(door, true)), id);
        }
        let compiled = wasmtime::component::Component::from_binary(engine, bytes);
        let compiled = compiled.map_err(|e| refused(&e))?;
        Component::of(engine, compiled, None, id)
    }

    /// The same for what the engine has compiled.
    pub fn of(
        engine: &Engine,
        compiled: wasmtime::component::Component,
        with: Option<With>,
        id: u64,
    ) -> Result<Component> {
        let ty = compiled.component_type();
        let types = InstanceType { types: ty.instance_type().types, resources: None };
        let mut listed = Listed {
            engine,
            compiled: &compiled,
            resources: Resources::default(),
            functions: Vec::new(),
            modules: Vec::new(),
            room: MOST_LISTED,
        };
        // The names of what is imported come first, whatever else has the same type.
        let mut imported = Vec::new();
        for (name, item) in ty.imports(engine) {
            imported.push((name.to_owned(), listed.import(0, name, item.ty)?));
        }
        listed.exports(&ty, with.as_ref().map(|With(door, _)| &*door.name))?;
        let Listed { resources, functions, modules: given, .. } = listed;
        let mut reader = Reader::new(types, &resources);
        let needs = needs(&mut reader, imported)?;
        let mut exports = Vec::new();
        for (name, ty, at) in functions {
            let ty = reader.signature(&ty).map_err(|e| e.context(format!("export {name:?}")))?;
            exports.push(Export { name, ty, at });
        }
        let most = reader.tuples.keys().max().map_or(0, |most| *most as usize + 1);
        let mut tuples = vec![None; most];
        for (number, tuple) in reader.tuples {
            tuples[number as usize] = Some(tuple);
        }
        let door = match with {
            None => None,
            Some(With(door, is_used)) => {
                let at = compiled.get_export_index(None, &door.name);
                let at = at.ok_or_else(|| Error::internal("a component without its door"))?;
                // They are in the order of their names.
                let entrance = |export: &Export| {
                    door.funcs.binary_search_by(|known| known.export.cmp(&export.name)).ok()
                };
                let entrances = exports.iter().map(entrance).collect();
                let told = std::iter::repeat_with(OnceLock::new).take(door.funcs.len()).collect();
                Some(Known { door, at, entrances, options: OnceLock::new(), told, is_used })
            }
        };
        let (mut imports, mut modules) = (Vec::new(), Vec::new());
        flat("", &needs, &mut imports, &mut modules);
        Ok(Component(Arc::new(Inner {
            id,
            engine: compiled,
            needs,
            imports,
            modules,
            exports,
            given,
            resources,
            tuples,
            door,
        })))
    }

    /// Its door, used or not.
    pub fn door(&self) -> Option<&Door> {
        self.0.door.as_ref().map(|known| &known.door)
    }

    /// Where the door is found, if calls go by it.
    pub(super) fn door_at(&self) -> Option<DoorAt<'_>> {
        let known = self.0.door.as_ref().filter(|known| known.is_used)?;
        let (export, options) = (&known.at, &known.options);
        Some(DoorAt { export, options, whole: known.door.whole })
    }

    /// For each function that is behind it, what was told of it.
    pub(super) fn told(&self) -> &[OnceLock<Told>] {
        self.0.door.as_ref().map_or(&[], |known| &known.told)
    }

    /// How the exported function of this position is entered by the door, and its position
    /// among those that are.
    pub(super) fn entrance(&self, export: usize) -> Option<(usize, &Entrance)> {
        let known = self.0.door.as_ref()?;
        let at = (*known.entrances.get(export)?)?;
        Some((at, known.door.funcs.get(at)?))
    }

    /// The functions that it imports: interface, name and type. A function of the
    /// world has an empty interface.
    pub fn imports(&self) -> &[(String, String, Signature)] {
        &self.0.imports
    }

    /// The functions that it exports.
    pub fn exports(&self) -> &[Export] {
        &self.0.exports
    }

    /// The export that a name means; see [`names::export`].
    pub fn find(&self, name: &str) -> Option<usize> {
        names::export(name, self.0.exports.iter().map(|export| &*export.name))
    }

    /// A number that no other module has.
    pub fn id(&self) -> u64 {
        self.0.id
    }

    /// The engine's component.
    pub(crate) fn engine_component(&self) -> &wasmtime::component::Component {
        &self.0.engine
    }

    /// The interfaces that it imports.
    #[cfg(feature = "wasi")]
    pub fn interfaces(&self) -> impl Iterator<Item = &str> {
        self.0.needs.iter().filter_map(|item| match item.ty {
            Needed::Instance(_) => Some(&*item.name),
            _ => None,
        })
    }

    /// The core modules that it imports: interface and name.
    pub fn modules(&self) -> &[(String, String)] {
        &self.0.modules
    }

    /// The core modules that it exports, by flat names.
    pub(super) fn given(&self) -> &[(String, ComponentExportIndex)] {
        &self.0.given
    }

    pub(super) fn needs(&self) -> &[Item] {
        &self.0.needs
    }

    pub(super) fn resources(&self) -> &Resources {
        &self.0.resources
    }

    pub(super) fn tuple(&self, number: u32) -> Option<&Tuple> {
        self.0.tuples.get(number as usize)?.as_ref()
    }
}

/// What was found of an import.
enum Found {
    Func(ComponentFunc),
    Resource(Option<u32>),
    Type,
    Module,
    Instance(Vec<(String, Found)>),
}

/// What is to be supplied for what was found, with types.
fn needs(reader: &mut Reader<'_>, found: Vec<(String, Found)>) -> Result<Vec<Item>> {
    let mut needs = Vec::new();
    for (name, found) in found {
        let ty = match found {
            Found::Func(ty) => Needed::Func(reader.signature(&ty)?),
            Found::Resource(number) => Needed::Resource(number),
            Found::Type => continue,
            Found::Module => Needed::Module,
            Found::Instance(items) => Needed::Instance(self::needs(reader, items)?),
        };
        needs.push(Item { name, ty });
    }
    Ok(needs)
}

/// Adds functions and core modules to lists, each with the path to it.
fn flat(
    path: &str,
    needs: &[Item],
    functions: &mut Vec<(String, String, Signature)>,
    modules: &mut Vec<(String, String)>,
) {
    for Item { name, ty } in needs {
        match ty {
            Needed::Func(ty) => functions.push((path.to_owned(), name.clone(), ty.clone())),
            Needed::Module => modules.push((path.to_owned(), name.clone())),
            Needed::Instance(items) => {
                flat(&names::within(path, name), items, functions, modules);
            }
            Needed::Resource(_) => {}
        }
    }
}

/// A walk over imports and exports.
struct Listed<'a> {
    engine: &'a Engine,
    compiled: &'a wasmtime::component::Component,
    resources: Resources,
    functions: Vec<(String, ComponentFunc, ComponentExportIndex)>,
    modules: Vec<(String, ComponentExportIndex)>,
    /// What is left of [`MOST_LISTED`].
    room: usize,
}

impl Listed<'_> {
    /// An import, or what is in one; the path to it is so long.
    fn import(&mut self, path: usize, name: &str, item: ComponentItem) -> Result<Found> {
        let path = path + name.len();
        self.take(path)?;
        Ok(match item {
            ComponentItem::ComponentFunc(ty) => {
                self.take_params(&ty)?;
                Found::Func(ty)
            }
            ComponentItem::Resource(ty) => Found::Resource(self.resource(&ty, name, true)?),
            ComponentItem::Type(_) => Found::Type,
            ComponentItem::Module(_) => Found::Module,
            ComponentItem::ComponentInstance(instance) => {
                let mut items = Vec::new();
                for (name, item) in instance.exports(self.engine) {
                    items.push((name.to_owned(), self.import(path, name, item.ty)?));
                }
                Found::Instance(items)
            }
            ComponentItem::Component(_) => return Err(unsupported(name, "a component")),
            ComponentItem::CoreFunc(_) => return Err(unsupported(name, "a core function")),
        })
    }

    fn exports(
        &mut self,
        ty: &wasmtime::component::types::Component,
        but: Option<&str>,
    ) -> Result<()> {
        let engine = self.engine;
        let mut path = String::new();
        for (name, _) in ty.exports(engine) {
            if Some(name) != but {
                self.export(None, name, &mut path)?;
            }
        }
        Ok(())
    }

    /// `name` in its instance, which `path` leads to, and all of it.
    fn export(
        &mut self,
        within: Option<&ComponentExportIndex>,
        name: &str,
        path: &mut String,
    ) -> Result<()> {
        let Some((item, at)) = self.compiled.get_export(within, name) else { return Ok(()) };
        self.take(path.len() + name.len())?;
        match item {
            ComponentItem::ComponentFunc(ty) => {
                self.take_params(&ty)?;
                self.functions.push((format!("{path}{name}"), ty, at));
            }
            ComponentItem::Module(_) => self.modules.push((format!("{path}{name}"), at)),
            ComponentItem::Resource(ty) => {
                self.resource(&ty, name, false)?;
            }
            ComponentItem::ComponentInstance(instance) => {
                let outer = path.len();
                path.push_str(name);
                path.push('#');
                let engine = self.engine;
                for (name, _) in instance.exports(engine) {
                    self.export(Some(&at), name, path)?;
                }
                path.truncate(outer);
            }
            // They are not called, and stay inside.
            _ => {}
        }
        Ok(())
    }

    fn resource(
        &mut self,
        ty: &wasmtime::component::ResourceType,
        name: &str,
        is_imported: bool,
    ) -> Result<Option<u32>> {
        let number = self.resources.add(ty, name, is_imported);
        if self.resources.len() > MOST_RESOURCES {
            return Err(too_much(format!("names of more than {MOST_RESOURCES} resource types")));
        }
        Ok(number)
    }

    /// Counts an item of a list, with its name.
    fn take(&mut self, name: usize) -> Result<()> {
        self.spend(name.saturating_add(size_of::<Export>()))
    }

    /// Counts a function's parameters, with their names.
    fn take_params(&mut self, ty: &ComponentFunc) -> Result<()> {
        let params = ty.params().map(|(name, _)| name.len() + size_of::<Field>());
        self.spend(params.fold(0, usize::saturating_add))
    }

    fn spend(&mut self, size: usize) -> Result<()> {
        self.room = self.room.checked_sub(size).ok_or_else(|| {
            too_much(format!("lists of functions, with all names, of {MOST_LISTED} bytes"))
        })?;
        Ok(())
    }
}

#[cold]
fn too_much(what: String) -> Error {
    Error::new(ErrorKind::InvalidCore, format!("this component asks for too much: {what}"))
}

/// Why the engine does not take a component.
fn refused(error: &wasmtime::Error) -> Error {
    let message = format!("{error:#}");
    let message = message.strip_prefix("failed to parse WebAssembly module: ").unwrap_or(&message);
    // The engine tells in words only what it was built without, or does not have.
    let gated = [
        "requires the component model",
        "require the component model",
        "support for component model",
        "which is not implemented",
        "root-level component imports",
    ];
    let kind = match gated.iter().any(|words| message.contains(words)) {
        true => ErrorKind::UnsupportedFormat,
        false => ErrorKind::InvalidCore,
    };
    Error::new(kind, message)
}

fn unsupported(name: &str, what: &str) -> Error {
    let message =
        format!("this component imports {what}, {name:?}, which this library cannot supply");
    Error::new(ErrorKind::UnsupportedFormat, message)
}
