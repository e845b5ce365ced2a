//! The guest of the benchmarks, used by this library and by hand.
//!
//! A module of the programs that need it, not of the crate's library: it links
//! this library in, whose names are also those of the engine's C API.

pub mod answer;
pub mod glue;
pub mod link;
pub mod ours;
pub mod texts;

/// The guest, as text.
pub const MODULE: &[u8] = include_bytes!("module.wat");

/// Its core part, as a binary.
pub fn core() -> Vec<u8> {
    witrt::tools::strip(MODULE).expect("the module is valid")
}
