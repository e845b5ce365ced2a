//! [`Component`]: compiled, with what it imports and exports.
//!
//! Not here: instances.

use super::engine_types::{Named, Reader};
use super::names;
use crate::error::{Error, ErrorKind, Result};
use crate::types::tree::{Field, Signature, Tuple};
use std::collections::HashMap;
use std::sync::Arc;
use wasmtime::Engine;
use wasmtime::component::__internal::InstanceType;
use wasmtime::component::types::{ComponentFunc, ComponentItem};
use wasmtime::component::{ComponentExportIndex, ResourceType};

/// A compiled component. Clones are the same one.
#[derive(Clone)]
pub struct Component(Arc<Inner>);

struct Inner {
    id: u64,
    engine: wasmtime::component::Component,
    needs: Vec<Import>,
    imports: Vec<(String, String, Signature)>,
    exports: Vec<Export>,
    resources: Vec<Named>,
    /// The types of parameters and results, by the engine's numbers.
    tuples: HashMap<u32, Tuple>,
}

/// A function that a component exports.
pub struct Export {
    /// Its flat name: `ns:pkg/iface@1.2.3#func`.
    pub name: String,
    /// Its type.
    pub ty: Signature,
    pub(super) at: ComponentExportIndex,
}

/// Something that a component imports.
pub(super) enum Import {
    Item(Item),
    Interface(String, Vec<Item>),
}

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
}

/// So much may the lists of functions take, with the names of all and of their
/// parameters, in bytes: each name tells its interface again, and lists are copied.
const MOST_LISTED: usize = 16 << 20;

/// So many resource types may have names.
const MOST_RESOURCES: usize = 10_000;

impl Component {
    /// Compiles a component, which is a binary. `id` tells it from others.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidCore`] for what breaks the rules, and
    /// [`ErrorKind::UnsupportedFormat`] for what this library does not have.
    pub fn new(engine: &Engine, bytes: &[u8], id: u64) -> Result<Component> {
        let compiled = wasmtime::component::Component::from_binary(engine, bytes);
        let compiled = compiled.map_err(|e| refused(&e))?;
        Component::of(engine, compiled, id)
    }

    /// The same for what the engine has compiled.
    pub fn of(
        engine: &Engine,
        compiled: wasmtime::component::Component,
        id: u64,
    ) -> Result<Component> {
        let ty = compiled.component_type();
        let types = InstanceType { types: ty.instance_type().types, resources: None };
        let mut listed = Listed {
            engine,
            compiled: &compiled,
            resources: Vec::new(),
            found: Vec::new(),
            room: MOST_LISTED,
        };
        listed.exports(&ty)?;
        let mut imported = Vec::new();
        for (name, item) in ty.imports(engine) {
            match item.ty {
                ComponentItem::ComponentInstance(instance) => {
                    let items: Vec<_> = instance
                        .exports(engine)
                        .map(|(name, item)| (name.to_owned(), item.ty))
                        .collect();
                    imported.push((Some(name.to_owned()), items));
                }
                item => imported.push((None, vec![(name.to_owned(), item)])),
            }
        }
        // What is imported comes first, whatever else has the same type.
        let mut resources = Vec::new();
        let mut needs = Vec::new();
        for (interface, items) in &imported {
            for (name, item) in items {
                match item {
                    ComponentItem::Resource(ty) => {
                        let name = name.as_str().into();
                        resources.push(Named { ty: *ty, name, is_imported: true });
                    }
                    ComponentItem::ComponentFunc(ty) => {
                        let interface = interface.as_ref().map_or(0, String::len);
                        listed.take(interface + name.len(), ty)?;
                    }
                    _ => {}
                }
            }
        }
        resources.reverse();
        let Listed { resources: exported, found, .. } = listed;
        resources.extend(exported);
        if resources.len() > MOST_RESOURCES {
            return Err(too_much(format!("names of more than {MOST_RESOURCES} resource types")));
        }
        let mut defined: Vec<ResourceType> = Vec::new();
        let mut reader = Reader::new(types, &resources);
        for (interface, items) in imported {
            let mut needed = Vec::new();
            for (name, item) in items {
                let ty = match item {
                    ComponentItem::ComponentFunc(ty) => Needed::Func(reader.signature(&ty)?),
                    ComponentItem::Resource(ty) => {
                        let is_new = !defined.contains(&ty);
                        let number = is_new.then_some(defined.len() as u32);
                        defined.extend(number.map(|_| ty));
                        Needed::Resource(number)
                    }
                    ComponentItem::Type(_) => continue,
                    ComponentItem::Module(_) => return Err(unsupported(&name, "a core module")),
                    ComponentItem::Component(_) => return Err(unsupported(&name, "a component")),
                    ComponentItem::CoreFunc(_) => {
                        return Err(unsupported(&name, "a core function"));
                    }
                    ComponentItem::ComponentInstance(_) => {
                        return Err(unsupported(&name, "an instance within an interface"));
                    }
                };
                needed.push(Item { name, ty });
            }
            match interface {
                Some(name) => needs.push(Import::Interface(name, needed)),
                None => needs.extend(needed.into_iter().map(Import::Item)),
            }
        }
        let mut exports = Vec::new();
        for (name, ty, at) in found {
            let ty = reader.signature(&ty).map_err(|e| e.context(format!("export {name:?}")))?;
            exports.push(Export { name, ty, at });
        }
        let tuples = reader.tuples;
        let imports = flat(&needs);
        let inner = Inner { id, engine: compiled, needs, imports, exports, resources, tuples };
        Ok(Component(Arc::new(inner)))
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
        self.0.needs.iter().filter_map(|import| match import {
            Import::Interface(name, _) => Some(&**name),
            Import::Item(_) => None,
        })
    }

    pub(super) fn needs(&self) -> &[Import] {
        &self.0.needs
    }

    pub(super) fn resources(&self) -> &[Named] {
        &self.0.resources
    }

    pub(super) fn tuples(&self) -> &HashMap<u32, Tuple> {
        &self.0.tuples
    }
}

fn flat(needs: &[Import]) -> Vec<(String, String, Signature)> {
    let mut all = Vec::new();
    for import in needs {
        let (interface, items) = match import {
            Import::Item(item) => ("", std::slice::from_ref(item)),
            Import::Interface(name, items) => (&**name, &**items),
        };
        for item in items {
            if let Needed::Func(ty) = &item.ty {
                all.push((interface.to_owned(), item.name.clone(), ty.clone()));
            }
        }
    }
    all
}

/// A walk over exports.
struct Listed<'a> {
    engine: &'a Engine,
    compiled: &'a wasmtime::component::Component,
    resources: Vec<Named>,
    found: Vec<(String, ComponentFunc, ComponentExportIndex)>,
    /// What is left of [`MOST_LISTED`].
    room: usize,
}

impl Listed<'_> {
    fn exports(&mut self, ty: &wasmtime::component::types::Component) -> Result<()> {
        let engine = self.engine;
        let mut path = String::new();
        for (name, _) in ty.exports(engine) {
            self.export(None, name, &mut path)?;
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
        match item {
            ComponentItem::ComponentFunc(ty) => {
                self.take(path.len() + name.len(), &ty)?;
                self.found.push((format!("{path}{name}"), ty, at));
            }
            ComponentItem::Resource(ty) => {
                let name = name.into();
                self.resources.push(Named { ty, name, is_imported: false });
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
            // They are no functions, and stay inside.
            _ => {}
        }
        Ok(())
    }

    /// Counts a function of a list: its name, and its parameters with theirs.
    fn take(&mut self, name: usize, ty: &ComponentFunc) -> Result<()> {
        let params = ty.params().map(|(name, _)| name.len() + size_of::<Field>());
        let size = params.fold(name + size_of::<Export>(), usize::saturating_add);
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
    // The engine tells in words only what it was built without.
    let gated = [
        "requires the component model",
        "require the component model",
        "support for component model",
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
