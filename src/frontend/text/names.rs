//! Identifiers and what they stand for.

use std::collections::HashMap;

use wast::Error;
use wast::core::{ImportItems, ItemKind, ItemSig, ModuleField};
use wast::parser::Result;
use wast::token::{Id, Index, Span};

/// The identifiers of one index space.
#[derive(Debug)]
pub(super) struct Names<'a> {
    /// What the space holds, for messages.
    what: &'static str,
    indices: HashMap<Id<'a>, u32>,
}

impl<'a> Names<'a> {
    pub(super) fn new(what: &'static str) -> Names<'a> {
        Names { what, indices: HashMap::new() }
    }

    /// Lets an identifier, if there is one, stand for an index.
    pub(super) fn define(&mut self, id: Option<Id<'a>>, index: usize) -> Result<()> {
        let Some(id) = id else { return Ok(()) };
        match self.indices.insert(id, index as u32) {
            None => Ok(()),
            Some(_) => {
                let message = format!("duplicate {} identifier `${}`", self.what, id.name());
                Err(Error::new(id.span(), message))
            }
        }
    }

    /// The number that an index stands for. Numbers stand for themselves,
    /// whatever their size.
    pub(super) fn find(&self, index: &Index<'a>) -> Result<u32> {
        match index {
            Index::Num(number, _) => Ok(*number),
            Index::Id(id) => self.indices.get(id).copied().ok_or_else(|| {
                let message =
                    format!("unknown {}: failed to find name `${}`", self.what, id.name());
                Error::new(id.span(), message)
            }),
        }
    }
}

/// What adapters can name of the core module.
pub(super) struct CoreNames<'a> {
    pub funcs: Names<'a>,
    pub memories: Names<'a>,
    /// Function imports; `None` where several have the same two names.
    imports: HashMap<(&'a str, &'a str), Option<u32>>,
    func_count: usize,
    memory_count: usize,
}

impl<'a> CoreNames<'a> {
    /// Numbers the fields of a module that has been encoded: nothing is inline
    /// any more and imports come first.
    pub(super) fn new(fields: &[ModuleField<'a>]) -> Result<CoreNames<'a>> {
        let mut names = CoreNames {
            funcs: Names::new("func"),
            memories: Names::new("memory"),
            imports: HashMap::new(),
            func_count: 0,
            memory_count: 0,
        };
        for field in fields {
            match field {
                ModuleField::Import(imports) => match &imports.items {
                    ImportItems::Single { module, name, sig } => {
                        names.import(module, name, sig)?;
                    }
                    ImportItems::Group1 { module, items } => {
                        for item in items {
                            names.import(module, item.name, &item.sig)?;
                        }
                    }
                    ImportItems::Group2 { module, sig, items } => {
                        for item in items {
                            names.import(module, item.name, sig)?;
                        }
                    }
                },
                ModuleField::Func(func) => names.func(func.id)?,
                ModuleField::Memory(memory) => names.memory(memory.id)?,
                _ => {}
            }
        }
        Ok(names)
    }

    /// The core function that is imported under two names.
    pub(super) fn find_import(&self, module: &str, name: &str, at: Span) -> Result<u32> {
        let message = match self.imports.get(&(module, name)) {
            Some(Some(index)) => return Ok(*index),
            Some(None) => {
                format!("ambiguous: several functions are imported as {module:?} {name:?}")
            }
            None => format!("no function is imported as {module:?} {name:?}"),
        };
        Err(Error::new(at, message))
    }

    fn import(&mut self, module: &'a str, name: &'a str, sig: &ItemSig<'a>) -> Result<()> {
        match sig.kind {
            ItemKind::Func(_) | ItemKind::FuncExact(_) => {
                let index = self.func_count as u32;
                self.imports
                    .entry((module, name))
                    .and_modify(|found| *found = None)
                    .or_insert(Some(index));
                self.func(sig.id)
            }
            ItemKind::Memory(_) => self.memory(sig.id),
            ItemKind::Table(_) | ItemKind::Global(_) | ItemKind::Tag(_) => Ok(()),
        }
    }

    fn func(&mut self, id: Option<Id<'a>>) -> Result<()> {
        self.funcs.define(id, self.func_count)?;
        self.func_count += 1;
        Ok(())
    }

    fn memory(&mut self, id: Option<Id<'a>>) -> Result<()> {
        self.memories.define(id, self.memory_count)?;
        self.memory_count += 1;
        Ok(())
    }
}
