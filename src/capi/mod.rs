//! The C API: a translation of this crate's public names that decides nothing.
//!
//! Each function enters the [`boundary`](base::boundary), converts, calls one public function,
//! and converts back. The header, `include/witrt.h`, is generated from what is
//! here; comments on what it shows are written for its readers, and are the
//! contract that the `unsafe` functions go by.
//!
//! | file       | holds                                                     |
//! |------------|-----------------------------------------------------------|
//! | base       | what all of these stand on                                |
//! | error      | what is told of errors, and of the last one of a thread   |
//! | engine     | configurations, engines                                   |
//! | store      | stores, and what bounds their guests                      |
//! | types      | types of values, functions, globals, tables, memories     |
//! | reflect    | what types of values with parts consist of                |
//! | importtype | types of imports and exports                              |
//! | value      | values                                                    |
//! | resource   | resources                                                 |
//! | string     | strings                                                   |
//! | trap       | traps and frames                                          |
//! | module     | modules                                                   |
//! | func       | functions and callbacks                                   |
//! | slot       | values of prepared calls, without their kinds             |
//! | field      | what a host says of its own structs                       |
//! | field_value | values at slots, by what describes them                  |
//! | described  | calls with such values                                    |
//! | slot_call  | calls with plain slots                                    |
//! | kept       | results that there was no room for                        |
//! | prepared   | prepared calls                                            |
//! | prepare_fields | those with values that are described                  |
//! | callback   | host functions that take slots                            |
//! | callback_fields | host functions with values that are described        |
//! | externs    | globals, tables, memories, externs, foreign objects       |
//! | instance   | instances                                                 |
//! | linker     | linking by name                                           |
//! | wasi       | what guests get of the system                             |
//! | families   | what is regular: deleting, copying, vectors, casts        |
//!
//! Not here: functions.

#![allow(unsafe_code)] // raw pointers are what C passes; each use says why it holds
#![allow(non_camel_case_types)] // the names are the standard's
#![allow(clippy::missing_safety_doc)] // of exported functions: see above

pub mod base;
pub mod callback;
mod callback_direct;
pub mod callback_fields;
mod callback_text;
mod described;
pub mod engine;
pub mod error;
pub mod externs;
pub mod families;
pub mod field;
mod field_value;
pub mod func;
pub mod importtype;
pub mod instance;
mod kept;
pub mod linker;
pub mod module;
pub mod prepare_fields;
pub mod prepared;
pub mod reflect;
pub mod resource;
pub mod slot;
mod slot_call;
pub mod store;
pub mod string;
pub mod trap;
pub mod types;
pub mod value;
pub mod version;
pub mod wasi;
