//! Compiling for `run`: what is compiled is kept for the next time, and whoever waits at
//! a terminal sees that it goes on.
//!
//! Not here: what is done with a module.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;
use witrt::{Config, Engine, Module, Result};

/// How long one waits before something is said, and from then on for each dot.
const PATIENCE: Duration = Duration::from_secs(1);

/// An engine that keeps what it compiles, if `keep` says so and there is a folder.
pub fn engine(config: &mut Config, keep: bool) -> Result<Engine> {
    let folder = if keep { cache_dir() } else { None };
    let Some(folder) = folder else { return Engine::new(config) };
    // A folder that cannot be made is no reason to do nothing.
    Engine::new(config.clone().cache_dir(folder)).or_else(|_| Engine::new(config))
}

/// A module, with dots where it takes long.
pub fn module(engine: &Engine, bytes: &[u8]) -> Result<Module> {
    if !io::stderr().is_terminal() {
        return Module::new(engine, bytes);
    }
    let (done, waits) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut said = "compiling ";
            while let Err(RecvTimeoutError::Timeout) = waits.recv_timeout(PATIENCE) {
                say(said);
                said = ".";
            }
            if said == "." {
                say("\n");
            }
        });
        let made = Module::new(engine, bytes);
        drop(done);
        made
    })
}

/// Nobody is left to be told where this fails.
fn say(text: &str) {
    let mut to = io::stderr().lock();
    let _ = to.write_all(text.as_bytes()).and_then(|()| to.flush());
}

/// Where compiled code is kept; nowhere if the environment says an empty folder.
fn cache_dir() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    if std::env::var_os("WITRT_CACHE_DIR").is_some() {
        return folder("WITRT_CACHE_DIR").and_then(|dir| std::path::absolute(dir).ok());
    }
    let base = if cfg!(windows) {
        folder("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        folder("HOME").map(|home| home.join("Library/Caches"))
    } else {
        let named = folder("XDG_CACHE_HOME").filter(|dir| dir.is_absolute());
        named.or_else(|| folder("HOME").map(|home| home.join(".cache")))
    };
    base.filter(|dir| dir.is_absolute()).map(|dir| dir.join("witrt"))
}
