//! Values as a host holds them: `slot` is how they lie, `end` and `ends` the slots of a
//! call, `returned` what comes of one, `sink` where a text goes, `walk` what values of a
//! host's own do without slots, and `arrive` all those of a host function, `arena` where
//! results with parts lie, `copy` makes another; `description` is what a host says of its
//! own structs and `layout` how these lie, `gather` reads and `pour` writes them;
//! `direct_lend`, `direct_take` and `direct_walk` do with no slots in between, `passed`
//! those of host functions.
//!
//! Not here: what becomes of them in a guest.

#![cfg_attr(not(feature = "component"), allow(dead_code))]
pub(crate) mod arena;
pub(crate) mod arrive;
mod copy;
mod description;
mod direct_lend;
mod direct_take;
mod direct_walk;
mod end;
mod ends;
mod gather;
mod layout;
pub(crate) mod passed;
mod pour;
mod returned;
mod sink;
pub(crate) mod slot;
pub(crate) mod walk;
mod within;

pub use arena::{Arena, ResourceRoom, release};
pub use copy::copy;
pub use description::{HostField, means};
pub use direct_lend::HostValue;
pub use direct_take::HostRoom;
pub use end::{Arg, Out};
#[cfg(feature = "component")]
pub(crate) use ends::Raw;
pub(crate) use ends::{Is, Outs, Spare, vals_by_ends, with_ends};
pub use gather::gather;
pub(crate) use layout::step;
pub use layout::{Access, For, Node, Span};
pub use passed::{HostResult, Passed, SlotBody};
pub use pour::{Handles, Place, pour, pour_into};
#[cfg(feature = "component")]
pub(crate) use returned::Kept;
pub use returned::Returned;
pub(crate) use returned::Trust;
pub use sink::Sink;
pub use slot::{FieldsSlot, ListSlot, Of, ReadText, Slot, TextSlot, VariantSlot, plain_text};
pub use walk::{Lend, Take};
pub use within::is_within;
