//! Core and interface types as plain data, shared by every room.
//!
//! Not here: values, validation, C numbering.

mod func;

pub use func::FuncType;
use std::fmt;

/// The type of one value.
///
/// The first group is core WebAssembly's, the second belongs to interfaces.
/// Nothing unifies: `I32` is neither `S32` nor `U32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValType {
    /// 32 bits without sign.
    I32,
    /// 64 bits without sign.
    I64,
    /// IEEE 754 single precision.
    F32,
    /// IEEE 754 double precision.
    F64,
    /// A nullable host reference.
    ExternRef,
    /// A nullable function reference.
    FuncRef,
    /// A 128-bit vector. It has a name here and no values: a host can link
    /// functions of such a type, not call them.
    V128,
    /// Any other core reference type (typed, garbage-collected, exception):
    /// a name without values, as for [`ValType::V128`].
    OtherRef,

    /// -2^7 .. 2^7-1
    S8,
    /// 0 .. 2^8-1
    U8,
    /// -2^15 .. 2^15-1
    S16,
    /// 0 .. 2^16-1
    U16,
    /// -2^31 .. 2^31-1
    S32,
    /// 0 .. 2^32-1
    U32,
    /// -2^63 .. 2^63-1
    S64,
    /// 0 .. 2^64-1
    U64,
    /// A sequence of Unicode scalar values.
    String,
}

impl ValType {
    /// The name in text modules and in messages.
    pub fn name(self) -> &'static str {
        match self {
            ValType::I32 => "i32",
            ValType::I64 => "i64",
            ValType::F32 => "f32",
            ValType::F64 => "f64",
            ValType::ExternRef => "externref",
            ValType::FuncRef => "funcref",
            ValType::V128 => "v128",
            ValType::OtherRef => "ref",
            ValType::S8 => "s8",
            ValType::U8 => "u8",
            ValType::S16 => "s16",
            ValType::U16 => "u16",
            ValType::S32 => "s32",
            ValType::U32 => "u32",
            ValType::S64 => "s64",
            ValType::U64 => "u64",
            ValType::String => "string",
        }
    }

    /// Whether core WebAssembly has this type.
    pub fn is_core(self) -> bool {
        use ValType::*;
        matches!(self, I32 | I64 | F32 | F64 | ExternRef | FuncRef | V128 | OtherRef)
    }

    /// Whether both core WebAssembly and interfaces have this type.
    pub fn is_shared(self) -> bool {
        use ValType::*;
        matches!(self, I32 | I64 | F32 | F64 | ExternRef)
    }

    /// Whether values of this type are references.
    pub fn is_ref(self) -> bool {
        matches!(self, ValType::ExternRef | ValType::FuncRef | ValType::OtherRef)
    }

    /// Whether a host can hold a value of this type.
    pub fn has_values(self) -> bool {
        !matches!(self, ValType::V128 | ValType::OtherRef)
    }
}

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
