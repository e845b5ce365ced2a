//! WASI: what guests get of the system that they run on, and nothing more than
//! the host gave.
//!
//! `config` is what a host says, as plain data. Each instance gets a context made
//! of it, as a process has one (`context`): file descriptors, handles, streams
//! (`streams`, and `wrapped` around the engine's), clocks. `preview1` serves core modules and `preview2` components,
//! both from the engine's WASI; `block` waits for what that leaves unfinished.
//!
//! Not here: stores, modules, which import is whose.

#[cfg_attr(not(feature = "wasi"), allow(dead_code))]
mod config;

#[cfg(feature = "wasi")]
mod block;
#[cfg(feature = "wasi")]
mod context;
#[cfg(feature = "wasi")]
pub(crate) mod preview1;
#[cfg(feature = "wasi")]
pub(crate) mod preview2;
#[cfg(feature = "wasi")]
mod streams;
#[cfg(feature = "wasi")]
mod wrapped;

pub use config::{Access, Wasi};

#[cfg(feature = "wasi")]
pub(crate) use block::Deadline;
#[cfg(feature = "wasi")]
pub(crate) use context::Context;

/// The module of core imports that are WASI's.
pub(crate) const PREVIEW_1: &str = "wasi_snapshot_preview1";

/// What a store's data has for guests that use WASI.
#[cfg(feature = "wasi")]
pub(crate) trait Guests: wasmtime_wasi::WasiView + Sized + 'static {
    /// The context of an instance, by its number.
    fn context(&mut self, number: usize) -> Option<&mut Context>;

    /// When guests have to stop.
    fn deadline(&self) -> Deadline;

    /// Has them stop then, where it was put off while one waited.
    fn keep(cx: &mut wasmtime::StoreContextMut<'_, Self>, deadline: &Deadline);
}

/// The status that a guest exited with, if that is what an error is.
pub(crate) fn exit_status(error: &wasmtime::Error) -> Option<i32> {
    #[cfg(feature = "wasi")]
    return error.downcast_ref::<wasmtime_wasi::I32Exit>().map(|exit| exit.0);
    #[cfg(not(feature = "wasi"))]
    return error.downcast_ref::<std::convert::Infallible>().map(|never| match *never {});
}

/// Whether an interface of this name is WASI's, of a version that this library
/// gives, and a part that it has.
pub(crate) fn is_given(interface: &str) -> bool {
    let Some((name, version)) = interface.split_once('@') else { return false };
    let package = name.strip_prefix("wasi:").and_then(|name| name.split('/').next());
    let packages = ["cli", "clocks", "filesystem", "io", "random", "sockets"];
    version.starts_with("0.2.")
        && !version.contains('-')
        && package.is_some_and(|package| packages.contains(&package))
}

/// Whether an interface is WASI's at all.
pub(crate) fn is_named(interface: &str) -> bool {
    interface == PREVIEW_1 || interface.starts_with("wasi:") || interface == "wasi_unstable"
}
