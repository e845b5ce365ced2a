//! Bytes or text become a [`Program`](crate::plan::Program).

mod model;
