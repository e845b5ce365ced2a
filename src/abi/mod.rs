//! How guests lay values out: data, which the front end reads a module by, plans
//! are made of, and both back ends and components obey.
//!
//! Not here: linear memory, plans, syntax.

mod convention;
#[cfg(feature = "component")]
pub(crate) mod door;
mod text;

pub use convention::{AllocArg, Convention, Form, Freed};
pub use text::GuestEncoding;
pub(crate) use text::{INLINE, INLINE_ENCODING, Measure, Short};
