//! Bytes or text become a [`Program`](crate::plan::Program).

#[allow(dead_code)]
mod model;
#[allow(dead_code)]
mod text;
