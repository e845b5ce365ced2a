//! Core modules that components export and import.
//!
//! Not here: which serves which.

#![cfg_attr(not(feature = "component"), allow(dead_code))]

use std::fmt;

/// A core module that a component exports.
#[derive(Clone)]
pub(super) struct ModuleItem(pub wasmtime::Module);

impl fmt::Debug for ModuleItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ModuleItem({:?})", self.0.name())
    }
}

/// What a linker has of the core modules that a component imports, in their order.
#[derive(Clone, Debug, Default)]
pub struct CoreModules(pub(super) Vec<Option<ModuleItem>>);
