//! Objects: what handles denote. One carries the host's info, and knows its store
//! by a number only.
//!
//! Not here: handles, and what can be done with any object.

use super::boundary::Foreign;
use super::report::Report;
use crate::{Error, ErrorKind, Extern, ExternRef, Func, Global, Instance, Memory, Module, Result};
use crate::{Table, Tag, Trap};
use std::ffi::c_void;
use std::sync::{Arc, Mutex, PoisonError};

/// What handles denote.
pub struct Obj {
    /// The store it belongs to, or 0.
    pub store_id: u64,
    /// What it is.
    pub body: Body,
    info: Mutex<Option<Foreign>>,
}

/// The kinds of objects.
#[allow(missing_docs)] // the names say it
pub enum Body {
    Func(Func),
    Global(Global),
    Table(Table),
    Memory(Memory),
    Tag(Tag),
    Instance(Instance),
    Module(Module),
    Trap(TrapBody),
    /// Made by `wasm_foreign_new`: nothing but an identity and host info.
    Foreign,
    /// An externref that a guest made out of one of its own references.
    Guest(ExternRef),
}

impl Obj {
    /// An object of a store, or of none.
    pub fn new(store_id: u64, body: Body) -> Arc<Obj> {
        Arc::new(Obj { store_id, body, info: Mutex::new(None) })
    }

    /// Checks that it may be used in this store.
    #[inline]
    pub fn check(&self, store: u64) -> Result<()> {
        if self.store_id == store || self.store_id == 0 {
            return Ok(());
        }
        Err(Error::new(ErrorKind::WrongStore, "this object belongs to another store"))
    }

    /// What the host attached.
    pub fn info(&self) -> *mut c_void {
        let info = self.info.lock().unwrap_or_else(PoisonError::into_inner);
        info.as_ref().map_or(std::ptr::null_mut(), Foreign::data)
    }

    /// Attaches something of the host's; what was attached before is
    /// finalized, outside the lock.
    pub fn set_info(&self, new: Foreign) {
        let old = self.info.lock().unwrap_or_else(PoisonError::into_inner).replace(new);
        drop(old);
    }

    /// The object as an import or export.
    pub fn to_extern(&self) -> Option<Extern> {
        Some(match &self.body {
            Body::Func(f) => Extern::Func(f.clone()),
            Body::Global(g) => Extern::Global(*g),
            Body::Table(t) => Extern::Table(*t),
            Body::Memory(m) => Extern::Memory(m.clone()),
            Body::Tag(t) => Extern::Tag(*t),
            _ => return None,
        })
    }

    /// What it is called.
    pub fn kind_name(&self) -> &'static str {
        match &self.body {
            Body::Func(_) => "func",
            Body::Global(_) => "global",
            Body::Table(_) => "table",
            Body::Memory(_) => "memory",
            Body::Tag(_) => "tag",
            Body::Instance(_) => "instance",
            Body::Module(_) => "module",
            Body::Trap(_) => "trap",
            Body::Foreign => "foreign",
            Body::Guest(_) => "externref",
        }
    }
}

impl From<Extern> for Body {
    fn from(item: Extern) -> Body {
        match item {
            Extern::Func(f) => Body::Func(f),
            Extern::Global(g) => Body::Global(g),
            Extern::Table(t) => Body::Table(t),
            Extern::Memory(m) => Body::Memory(m),
            Extern::Tag(t) => Body::Tag(t),
        }
    }
}

/// What a trap's object holds.
pub struct TrapBody {
    /// The trap, or one made of another error.
    pub trap: Trap,
    /// What the error said.
    pub report: Arc<Report>,
}

/// A handle of the wrong kind: possible only where a program cast a pointer
/// by itself.
#[cold]
pub fn wrong_kind(name: &str, found: &Obj) -> Error {
    let message = format!("expected a {name}, found a {}", found.kind_name());
    Error::new(ErrorKind::WrongKind, message)
}
