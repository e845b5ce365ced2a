//! What a core exports and imports, by its names as they are, and as they are compared: dashes
//! and case do not count. Each is looked at once, however many functions ask for one.
//!
//! Not here: which one a function is.

use crate::frontend::core::Core;
use crate::types::{ExternType, FuncType, ImportType, ValType};
use std::collections::HashMap;

/// The functions that a core exports.
pub(super) struct Exports<'a> {
    /// In order.
    pub all: Vec<(&'a str, u32, &'a FuncType)>,
    /// Positions in these: by name,
    pub named: HashMap<&'a str, usize>,
    /// and by name as it is compared; of several, none.
    pub plain: HashMap<String, Option<usize>>,
    /// Globals by name as it is, and as it is compared.
    pub globals: HashMap<String, Global>,
}

/// A global that a core exports.
#[derive(Clone, Copy)]
pub(super) struct Global {
    pub index: u32,
    pub ty: ValType,
    pub mutable: bool,
}

/// The functions that a core imports: positions among its imports.
#[derive(Default)]
pub(super) struct Imports {
    /// By module and name, with a dot between.
    pub dotted: HashMap<String, Vec<usize>>,
    /// By both as they are compared,
    pub both: HashMap<String, Vec<usize>>,
    /// and by the name alone.
    pub plain: HashMap<String, Vec<usize>>,
}

impl<'a> Exports<'a> {
    /// The position of the function that one of a face is, which names none itself.
    pub fn found(&self, name: &str) -> Option<usize> {
        let plain = || self.plain.get(&plain(name)).copied().flatten();
        self.named.get(name).copied().or_else(plain)
    }

    /// The global that a function of a face is, where it is no function of the core.
    pub fn global(&self, name: &str) -> Option<Global> {
        self.globals.get(name).or_else(|| self.globals.get(&plain(name))).copied()
    }

    pub fn new(core: &'a Core) -> Exports<'a> {
        let all: Vec<_> = core
            .exports
            .iter()
            .filter_map(|export| match &export.ty.ty {
                ExternType::Func(ty) => Some((&*export.ty.name, export.index, ty)),
                _ => None,
            })
            .collect();
        let named = all.iter().enumerate().map(|(at, (name, ..))| (*name, at)).collect();
        let mut by_plain = HashMap::new();
        for (at, (name, ..)) in all.iter().enumerate() {
            by_plain.entry(plain(name)).and_modify(|found| *found = None).or_insert(Some(at));
        }
        let mut globals = HashMap::new();
        for export in &core.exports {
            if let ExternType::Global(ty) = &export.ty.ty {
                let global = Global { index: export.index, ty: ty.content, mutable: ty.mutable };
                globals.entry(plain(&export.ty.name)).or_insert(global);
                globals.insert(export.ty.name.clone(), global);
            }
        }
        Exports { all, named, plain: by_plain, globals }
    }
}

impl Imports {
    /// `told` is a convention's: the author's name of an import.
    pub fn new(core: &Core, told: fn(&str, &str) -> Option<String>) -> Imports {
        let mut imports = Imports::default();
        for (at, import) in core.imports.iter().enumerate() {
            if !is_func(import) {
                continue;
            }
            let ImportType { module, name, .. } = import;
            let told = told(module, name).unwrap_or_else(|| name.clone());
            let add = |to: &mut HashMap<String, Vec<usize>>, name| {
                to.entry(name).or_default().push(at);
            };
            add(&mut imports.dotted, format!("{module}.{name}"));
            add(&mut imports.both, plain(&format!("{module}_{told}")));
            add(&mut imports.plain, plain(&told));
        }
        imports
    }

    /// Those that a function of a face may be, which names none itself.
    pub fn named(&self, name: &str) -> &[usize] {
        let wanted = plain(name);
        let found = self.both.get(&wanted).or_else(|| self.plain.get(&wanted));
        found.map_or(&[], |found| found)
    }
}

pub(super) fn is_func(import: &ImportType) -> bool {
    matches!(import.ty, ExternType::Func(_))
}

/// A name as it is compared: WIT has dashes, most languages have not.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| *c != '-' && *c != '_').map(|c| c.to_ascii_lowercase()).collect()
}
