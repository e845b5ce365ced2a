//! The canonical ABI, where guests lie or are at its edges: components written for
//! one rule each.
#![cfg(feature = "component")]

mod allocators;
mod resources;
mod support;
mod values;
