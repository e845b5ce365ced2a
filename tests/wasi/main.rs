//! WASI: what guests get, and what they do not, as core modules (preview 1) and as
//! components (0.2). `probe.c` is what most of them run, `direct.c` a component that
//! calls WASI 0.2 itself.
#![cfg(feature = "wasi")]

mod command;
mod direct;
mod ends;
mod given;
mod linking;
mod support;
