//! What is regular: deleting, copying, vectors, references, casts, and the
//! numbers of errors and traps. The text comes from `build.rs`, which gives it
//! to the header's generator too.
//!
//! Not here: what any of it does.

use super::boundary::{Foreign, enter, quietly};
use super::engine::{wasm_config_t, wasm_engine_t};
use super::handle::{self, Body, Handle, Reference};
use super::importtype::{wasm_exporttype_t, wasm_importtype_t};
use super::module::wasm_shared_module_t;
use super::store::wasm_store_t;
use super::trap::wasm_frame_t;
use super::types::{self, TypeObj, TypeReference, wasm_valtype_t};
use super::value::{wasm_byte_t, wasm_val_t};
use super::vec::{self, Duplicate, Vector};
use crate::{ErrorKind, Result, TrapCode};
use std::ffi::{CStr, c_void};

include!(concat!(env!("OUT_DIR"), "/families.rs"));
