//! What a compiled core and its host know of each other: what adapters ask for, how they
//! are entered, where calls are parked, and the names of all that.
//!
//! Not here: what adapters do.

use crate::abi::GuestEncoding;
use crate::types::{FuncType, ValType};

/// What adapters import from the host. Words are `i32` unless said otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Intrinsic {
    /// A checked conversion failed: [`conversion`] tells which. Does not
    /// return.
    Overflow,
    /// `(message, word)`: a trap that tells what the program says. Does not return.
    Refuse,
    /// An exception was not caught inside the core that an adapter called.
    /// Does not return.
    Uncaught,
    /// The guest is about to run: keep what is still viewed, pay what is owed.
    Settle,
    /// `(slot, take, memory, address)`: write a string. Its slot is given back
    /// with `take`, and where it is below [`INLINE_SLOT`]. Of text that is [`INLINE_SLOT`]
    /// instead, `take` is its size, for which there is no room: that does not
    /// return.
    Write,
    /// `(memory, address, length) -> (slot, length)`: a string of the guest.
    Lift,
    /// `(slot) -> (slot)`: the same string once more.
    Copy,
    /// `(slot)`: give it back.
    Release,
    /// Record a call of the deferred function of this position: takes its
    /// arguments.
    Defer(u32),
    /// Call the deferred function of this position, if no function of the module but the
    /// one that asks is on the stack.
    Idle(u32),
    /// Forget the call that was recorded last: it is about to be made.
    Undefer,
    /// Call an adapter import.
    Call(ImportCall),
    /// The adapter import of this adapter index as a core function of the
    /// original's type of this index.
    Core(u32, u32),
}

/// A call of an adapter import. It takes the arguments of the deferred function,
/// then the import's; strings come back as slot and length, or inline, as in
/// [`Strings::Inline`], with slots below [`INLINE_SLOT`] for what is not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ImportCall {
    /// The import's adapter index.
    pub adapter: u32,
    /// Record a call of the deferred function of this position meanwhile.
    pub with: Option<u32>,
    /// The guest runs right after the import has returned.
    pub settles: bool,
    /// Where the text of each argument is that is a string.
    pub texts: Vec<Where>,
    /// Whether strings come back inline where they are short enough.
    pub inline: bool,
    /// How strings among the results will be encoded; one for each result.
    pub results: Vec<GuestEncoding>,
    /// The original's type that it has as a function, if the core calls it.
    pub ty: Option<u32>,
}

impl Intrinsic {
    /// The original's type that it has as a function, if it has one of those.
    pub fn ty(&self) -> Option<u32> {
        match self {
            Intrinsic::Core(_, ty) => Some(*ty),
            Intrinsic::Call(call) => call.ty,
            _ => None,
        }
    }
}

/// Where the text of an argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Where {
    /// In the memory of this position in `Program::used_mems`: address and
    /// length.
    Memory(u32),
    /// In a slot, that stays.
    Slot,
    /// In a slot, that is given back.
    Taken,
}

/// The globals for parked calls: how many there are,
pub(crate) const COUNT: u32 = 0;
/// which functions are called (a number inside the core),
pub(crate) const SHAPE: u32 = 1;
/// whether they are being called,
pub(crate) const PAYING: u32 = 2;
/// and their arguments, in words of 64 bits.
pub(crate) const WORDS: u32 = 3;

/// The export `(step)` that makes calls that are parked:
pub(crate) const PAY_NAME: &str = "pay";
/// all, each taken off their count before,
pub(crate) const PAY_ALL: i32 = -1;
/// or only the one that was taken off it.
pub(crate) const PAY_ONE: i32 = 0;

/// How an exported adapter is entered.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The core function's type.
    pub ty: FuncType,
    /// What its string parameters are.
    pub strings: Strings,
    /// How strings among the parameters will be encoded; one for each parameter.
    pub texts: Vec<GuestEncoding>,
    /// Whether the guest runs before anything else can be told from outside.
    pub settles: bool,
    /// What the first words of the results are.
    pub results: Vec<EntryResult>,
    /// Calls to be registered when it returns, by position in
    /// [`Compiled::deferred`]: the words after, first registered first.
    pub debts: Vec<u32>,
    /// Whether calls are parked in globals while it runs; some may be after a
    /// trap.
    pub parks: bool,
    /// Whether they are left there when it returns.
    pub leaves: bool,
    /// Whether it first makes those that an earlier one has left.
    pub pays: bool,
    /// Whether it is nothing but core code: numbers, and calls of the core.
    pub bare: bool,
}

/// What the string parameters of an entry are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strings {
    /// There are none.
    None,
    /// Slots counted from zero: only lengths are passed.
    Slots,
    /// Length, slot, and [`INLINE_PARTS`] words. Where the slot is
    /// [`INLINE_SLOT`] these are the text, of [`INLINE_BYTES`] at most:
    /// each the next 16 bytes, but the last, which is the 16 bytes that the text
    /// ends with (in a shorter text, what stands before it is of no meaning). Where the
    /// guest's code units are of two bytes, each of these is one; where that does not hold
    /// them, the slot is [`INLINE_UNITS`], and the bytes are as the guest has them.
    Inline,
}

/// One result of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryResult {
    /// A word.
    Word(ValType),
    /// Address and length in the memory of this position in
    /// `Program::used_mems`.
    View(u32),
    /// A slot.
    Slot,
}

impl EntryResult {
    /// How many words it takes.
    pub fn words(self) -> usize {
        if matches!(self, EntryResult::View(_)) { 2 } else { 1 }
    }
}

/// Names of what the compiled core exports: the entry of an adapter, a memory
/// by its position in `Program::used_mems`, a deferred function by its
/// position, a global for parked calls.
pub(crate) fn entry_name(adapter: u32) -> String {
    format!("e{adapter}")
}

pub(crate) fn memory_name(position: usize) -> String {
    format!("m{position}")
}

pub(crate) fn deferred_name(position: usize) -> String {
    format!("d{position}")
}

pub(crate) fn parked_name(position: u32) -> String {
    format!("p{position}")
}

/// So many bytes of text are inline at most,
pub(crate) const INLINE_BYTES: u32 = 64;
/// in so many words of 128 bits.
pub(crate) const INLINE_PARTS: u32 = INLINE_BYTES / 16;
/// Instead of a slot: the words hold the text.
pub(crate) const INLINE_SLOT: i32 = -1;
/// The same, but the text is in units of two bytes.
pub(crate) const INLINE_UNITS: i32 = i32::MAX;
/// So many words an entry takes at most where text is inline, and an import
/// gives.
pub(crate) const MOST_INLINE_WORDS: usize = 96;
