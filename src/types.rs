//! Core and interface types as plain data, shared by every room.
//!
//! Not here: values, validation, C numbering.

mod func;
#[cfg_attr(not(feature = "component"), allow(dead_code))]
pub mod kind;
#[cfg_attr(not(feature = "component"), allow(dead_code))]
pub(crate) mod layout;
#[cfg(feature = "component")]
pub(crate) mod leaves;
mod scalar;
#[cfg_attr(not(feature = "component"), allow(dead_code))]
pub(crate) mod tree;
pub(crate) mod wit;

pub use func::FuncType;
pub use scalar::ValType;
pub(crate) use scalar::kinds_of_values;
#[doc(hidden)]
pub use scalar::{Class, Kind, Sign};
use std::fmt;
pub use tree::{Signature, Type};

impl fmt::Display for ValType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A smallest and, where there is one, a largest size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limits {
    /// The size at the start.
    pub min: u64,
    /// The size never to be passed; `None` for no such bound.
    pub max: Option<u64>,
}

/// `2` or `2 10`
impl fmt::Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.max {
            Some(max) => write!(f, "{} {max}", self.min),
            None => write!(f, "{}", self.min),
        }
    }
}

/// The type of a global.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GlobalType {
    /// What it holds.
    pub content: ValType,
    /// Whether it can be set.
    pub mutable: bool,
}

/// The type of a table; its limits count elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TableType {
    /// What it holds: a reference type.
    pub element: ValType,
    /// Its size, in elements.
    pub limits: Limits,
}

/// The type of a memory; its limits count pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MemoryType {
    /// Its size, in pages of 64 KiB.
    pub limits: Limits,
    /// Whether addresses have 64 bits.
    pub memory64: bool,
    /// Whether threads may share it.
    pub shared: bool,
}

/// The type of an import or export.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ExternType {
    /// A function, core or adapter.
    Func(FuncType),
    /// A core global.
    Global(GlobalType),
    /// A core table.
    Table(TableType),
    /// A core memory.
    Memory(MemoryType),
    /// A core exception tag; its type has no results.
    Tag(FuncType),
}

impl ExternType {
    /// `func`, `global`, `table`, `memory` or `tag`.
    pub fn kind_name(&self) -> &'static str {
        match self {
            ExternType::Func(_) => "func",
            ExternType::Global(_) => "global",
            ExternType::Table(_) => "table",
            ExternType::Memory(_) => "memory",
            ExternType::Tag(_) => "tag",
        }
    }
}

/// `func (s32) -> (s32)`, `global mut i32`, `table 1 2 funcref`, `memory 1`
impl fmt::Display for ExternType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind_name())?;
        match self {
            ExternType::Func(ty) | ExternType::Tag(ty) => write!(f, " {ty}"),
            ExternType::Global(g) => {
                write!(f, "{} {}", if g.mutable { " mut" } else { "" }, g.content)
            }
            ExternType::Table(t) => write!(f, " {} {}", t.limits, t.element),
            ExternType::Memory(m) => {
                let wide = if m.memory64 { " i64" } else { "" };
                let shared = if m.shared { " shared" } else { "" };
                write!(f, "{wide} {}{shared}", m.limits)
            }
        }
    }
}

/// One import of a module, as its users see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportType {
    /// The first of the two names; may be empty.
    pub module: String,
    /// The second of the two names; may be empty.
    pub name: String,
    /// What has to be supplied.
    pub ty: ExternType,
}

/// One export of a module, as its users see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportType {
    /// Its name; may be empty.
    pub name: String,
    /// What it is.
    pub ty: ExternType,
}
