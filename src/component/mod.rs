//! Components: compiled and run by the engine's own component runtime, with
//! values that go straight between what the host holds and linear memory.
//!
//! `types::tree` and `types::layout` say what values are and how they lie in a
//! guest, `guest::tree` how they lie in a host. `check`
//! looks at what a host gives before anything runs, `walk_lower` writes it and
//! `walk_lift` reads what comes back, `text` is what these two need for text. `call` has
//! exports, `by_engine` and `door` the two ways to them, `host` imports, of which `values`
//! are of Rust's types, and `direct` of described ones; `component`, `instance` and `names`
//! are what both are parts of. `convert` is for Rust's values,
//! `func` for functions.
//!
//! The engine's own dynamic values are not used.
//!
//! Not here: C, modules.

mod by_engine;
pub(crate) mod call;
pub(crate) mod check;
#[allow(clippy::module_inception)]
pub(crate) mod component;
pub(crate) mod convert;
mod direct;
mod door;
mod engine_types;
pub(crate) mod func;
pub(crate) mod host;
pub(crate) mod instance;
pub(crate) mod names;
mod text;
pub(crate) mod values;
mod walk_lift;
mod walk_lower;
