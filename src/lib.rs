//! Call WebAssembly with the values you already have: sized integers, floats,
//! references, and strings in the encoding you hold them in.
//!
//! A module's bytes become a program, a program is linked into a store, and a
//! call *lowers* values into a core function and *lifts* its results. The C
//! API, `include/witrt.h`, is a translation of what is public here.
//!
//! ```
//! use witrt::{Engine, Instance, Module, Store, Val};
//!
//! let engine = Engine::default();
//! let module = Module::new(&engine, br#"(module
//!     (memory 1)
//!     (data (i32.const 8) "hello from linear memory")
//!     (func $hello (result i32 i32) i32.const 8 i32.const 24)
//!     (@interface func (export "hello") (result string)
//!         call-core $hello
//!         memory-to-string))"#)?;
//! let mut store = Store::new(&engine);
//! let instance = Instance::new(&mut store, &module, &[])?;
//! let hello = instance.func(&mut store, "hello")?;
//! let mut results = [Val::from("")];
//! hello.call(&mut store, &[], &mut results)?;
//! let text = results[0].as_str().unwrap().to_string(&store)?;
//! assert_eq!(text, "hello from linear memory");
//! # Ok::<(), witrt::Error>(())
//! ```
//!
//! `ARCHITECTURE.md` is the map of what is behind this page.

#![deny(unsafe_code)]
#![deny(clippy::undocumented_unsafe_blocks)]

#[doc(hidden)]
pub mod abi;
#[doc(hidden)]
pub mod capi;
mod codegen;
mod compiled;
#[cfg(feature = "component")]
mod component;
mod core_types;
mod error;
mod exec;
mod frontend;
mod guest;
mod linked;
mod plan;
mod runtime;
pub mod string;
pub mod tools;
mod types;
mod wasi;

pub use error::{Error, ErrorKind, Frame, Result, Trap, TrapCode};
pub use guest::context::{AsContext, AsContextMut, Caller, Context, ContextRef};
#[doc(hidden)]
pub use guest::core_func::Word;
pub(crate) use guest::host::HostBody;
pub use guest::host::HostCall;
#[doc(hidden)]
pub use guest::inline::Copied;
pub use guest::refs::ExternRef;
pub use guest::resource::Resource;
#[doc(hidden)]
pub use guest::slots::Lending;
#[doc(hidden)]
pub use guest::stack::with_room;
pub use guest::strings::Str;
pub(crate) use guest::value::with_parts;
pub use guest::value::{Func, List, Payload, Val};
pub use runtime::config::{BackEnd, Config, OptLevel};
#[doc(hidden)]
pub use runtime::core_modules::CoreModules;
pub use runtime::externs::{Extern, Global, Identity, Memory, Table, Tag};
pub use runtime::func::{I32, I64};
pub use runtime::instance::Instance;
pub use runtime::link::Linker;
pub use runtime::module::Module;
#[doc(hidden)]
pub use runtime::prepared::Prepared;
pub use runtime::typed::{Answer, Argument, HostClosure, Lift, Lower, Params, Received, TypedFunc};
pub use runtime::{Engine, EpochCallback, Store};
pub use string::{Encoding, Policy};
pub(crate) use types::kinds_of_values;
#[doc(hidden)]
pub use types::{Class, Kind, Sign};
pub use types::{
    ExportType, ExternType, FuncType, GlobalType, ImportType, Limits, MemoryType, Signature,
    TableType, Type, ValType,
};

pub use wasi::{Access, Wasi};

/// Values as they lie, for the C layer.
#[doc(hidden)]
pub mod tree {
    pub use crate::guest::tree::{
        Access, Arena, Arg, FieldsSlot, For, Handles, HostField, HostResult, HostRoom, HostValue,
        Lend, ListSlot, Node, Of, Out, Passed, Place, ReadText, ResourceRoom, Returned, Sink, Slot,
        SlotBody, Span, Take, TextSlot, VariantSlot, copy, gather, is_within, means, plain_text,
        pour, pour_into, release,
    };
    pub use crate::types::kind;
}

/// The types of components' values, with all their parts.
pub mod wit {
    pub use crate::types::layout::{Flat, Layout};
    pub use crate::types::tree::{
        Case, Cases, Field, Fields, Flags, List, ResourceType, Signature, Type,
    };
}
