//! Components: compiled and run by the engine's own component runtime, with
//! values that go straight between what the host holds and linear memory.
//!
//! `types::tree` and `types::layout` say what values are and how they lie in a
//! guest, `guest::tree` how they lie in a host. The files stand on each other in this
//! order, each knowing those above it:
//!
//! | file | has |
//! |---|---|
//! | `names` | how exports and imports are named |
//! | `text` | what text needs beside its encoding |
//! | `engine_types` | the engine's types as this crate's |
//! | `component` | what is compiled, its imports and exports |
//! | `convert` | Rust's values as slots, and back |
//! | `check` | a look at what a host gives, before anything runs |
//! | `gate` | the core module that was appended, and steps of its calls |
//! | `frame` | what a call that is running refers to, and calls of an instance share |
//! | `walk_lower`, `walk_lift` | values into linear memory, and out of it |
//! | `ends` | a call's arguments, and where its result goes |
//! | `host`, and `values`, `direct` | imports; of Rust's types, and described ones |
//! | `door` | calls by the module that was appended |
//! | `callee` | a function, and how its values are lowered and lifted |
//! | `by_engine` | calls by the engine's own way |
//! | `instance` | a component with its imports supplied |
//! | `call` | a call: which way it goes |
//! | `func` | functions, as all others see them |
//!
//! The engine's own dynamic values are not used.
//!
//! Not here: C, modules.

mod by_engine;
pub(crate) mod call;
mod callee;
pub(crate) mod check;
#[allow(clippy::module_inception)]
pub(crate) mod component;
pub(crate) mod convert;
mod direct;
mod door;
mod ends;
mod engine_types;
mod frame;
pub(crate) mod func;
mod gate;
pub(crate) mod host;
pub(crate) mod instance;
pub(crate) mod names;
mod text;
pub(crate) mod values;
mod walk_lift;
mod walk_lower;
