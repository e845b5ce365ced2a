//! The C API: a translation of this crate's public names that decides nothing.
//!
//! Each function enters the [`boundary`], converts, calls one public function,
//! and converts back. The header, `include/witrt.h`, is generated from what is
//! here; comments on what it shows are written for its readers, and are the
//! contract that the `unsafe` functions go by.
//!
//! | file       | holds                                                     |
//! |------------|-----------------------------------------------------------|
//! | boundary   | panics, NULL, ownership, slices                           |
//! | error      | error objects, the last error of a thread                 |
//! | engine     | configurations, engines                                   |
//! | store      | stores, and the one door into them                        |
//! | handle     | the one layout behind all objects; identity; host info    |
//! | families   | what is regular: deleting, copying, vectors, casts        |
//! | vec        | what the vectors' functions do                            |
//! | types      | types of values, functions, globals, tables, memories     |
//! | reflect    | what types of values with parts consist of                |
//! | importtype | types of imports and exports                              |
//! | value      | values                                                    |
//! | composite  | lists, fields, cases, resources                           |
//! | string     | strings                                                   |
//! | string_box | what is behind a pointer to a string                      |
//! | trap       | traps and frames                                          |
//! | module     | modules                                                   |
//! | func       | functions and callbacks                                   |
//! | sink       | where text goes that a caller is given                    |
//! | slot       | values of prepared calls, without their kinds              |
//! | prepared   | prepared calls                                            |
//! | callback   | host functions that take slots                            |
//! | externs    | globals, tables, memories, externs, foreign objects       |
//! | instance   | instances, linking by name                                |
//!
//! Not here: functions.

#![allow(unsafe_code)] // raw pointers are what C passes; each use says why it holds
#![allow(non_camel_case_types)] // the names are the standard's
#![allow(clippy::missing_safety_doc)] // of exported functions: see above

pub mod boundary;
pub mod callback;
mod callback_text;
pub mod composite;
pub mod engine;
pub mod error;
pub mod externs;
pub mod families;
pub mod func;
pub mod handle;
pub mod importtype;
pub mod instance;
pub mod module;
pub mod prepared;
mod prepared_results;
pub mod reflect;
mod sink;
pub mod slot;
pub mod store;
pub mod string;
pub mod string_box;
pub mod trap;
pub mod types;
pub mod value;
pub mod vec;
pub mod version;
