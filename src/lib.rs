//! Call WebAssembly with the values you already have.

#![deny(missing_docs)]
#![deny(unsafe_code)]
#![deny(unsafe_op_in_unsafe_fn)]
#![deny(clippy::undocumented_unsafe_blocks)]

mod error;
mod frontend;
mod plan;
pub mod string;
pub mod tools;
mod types;

pub use error::{Error, ErrorKind, Frame, Result, Trap, TrapCode};
pub use string::Encoding;
pub use types::{
    ExportType, ExternType, FuncType, GlobalType, ImportType, Limits, MemoryType, TableType,
    ValType,
};
