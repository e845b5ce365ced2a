//! What every file of the C API stands on. Each of these uses those above it only.
//!
//! | file      | holds                                                            |
//! |-----------|------------------------------------------------------------------|
//! | report    | what is in an error                                              |
//! | last      | the last error of a thread                                       |
//! | boundary  | panics, NULL, ownership, slices                                  |
//! | vec       | what vectors are, and what their functions do                    |
//! | object    | what handles denote; host info                                   |
//! | text      | the struct of a string; numbers of encodings                     |
//! | pool      | the boxes behind handles of strings, and where they wait         |
//! | door      | who is in a store: one thread at a time                          |
//! | cell      | a store and its door, and what is kept for it                    |
//! | handle    | the one layout behind all objects; identity                      |
//! | failure   | error objects and traps as a way out                             |
//! | string    | what is behind a pointer to a string                             |
//! | value     | the structs of values                                            |
//! | translate | values to and from the crate's own                               |
//!
//! Not here: functions that C calls.

pub mod boundary;
pub mod cell;
pub mod door;
pub mod failure;
pub mod handle;
pub mod last;
pub mod object;
pub mod pool;
pub mod report;
pub mod string;
pub mod text;
pub mod translate;
pub mod value;
pub mod vec;
