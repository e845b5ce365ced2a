//! Components of real tools, through the Rust API and the command.
#![cfg(feature = "component")]

#[path = "../cases/mod.rs"]
mod cases;
mod closures;
mod composed;
mod expected;
mod linking;
mod mistakes;
mod notation;
mod recursion;
mod resources;
mod support;
mod tools;
mod typed;
