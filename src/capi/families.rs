//! What is regular: deleting, copying, vectors, references, casts. The text comes
//! from `build.rs`, which gives it to the header's generator too.
//!
//! Not here: what any of it does.

use super::base::boundary::{Foreign, enter, quietly};
use super::base::cell::wasm_store_t;
use super::base::handle;
use super::base::handle::*;
use super::base::value::{wasm_val_t, wasm_val_vec_t};
use super::base::vec::{self, wasm_byte_t, wasm_byte_vec_t};
use super::engine::{wasm_config_t, wasm_engine_t};
use super::importtype::*;
use super::module::wasm_shared_module_t;
use super::trap::{wasm_frame_t, wasm_frame_vec_t};
use super::types::{self, *};
use std::ffi::c_void;

include!(concat!(env!("OUT_DIR"), "/families.rs"));
