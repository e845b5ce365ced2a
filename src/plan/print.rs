//! The printed form of a program: part of the interface, for snapshot tests,
//! `witrt plan` and bug reports.
