//! Faces on modules of real tools: every call that is told of them, on both back ends,
//! with the host's text in both encodings.
#![cfg(feature = "attach")]

mod calls;
#[path = "../cases/mod.rs"]
mod cases;
mod collected;
#[cfg(feature = "cli")]
mod command;
mod forms;
mod hostile;
mod hosts;
mod imports;
mod lone;
mod mistakes;
#[path = "../components/notation.rs"]
#[allow(dead_code)] // it writes arguments for the command, too
mod notation;
mod stopped;
mod support;
mod typed;
