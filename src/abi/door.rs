//! The core module that is appended to a component, so that its functions can be
//! entered as core functions: which there are, and how a call's values lie in the memory
//! between it and the host, the *frame*.
//!
//! The host puts words and text there, enters, and finds there what comes back. Where a
//! function takes and gives numbers and text only, text that is short or plain crosses
//! without the host: the module asks the guest's allocator, copies, and copies back. All
//! else the host has lowered before, and lifts afterwards.
//!
//! Not here: how the module is made, and who calls it.

/// What a door leads to.
pub(crate) struct Door {
    /// The function of the component that tells the host where all is. It is in no
    /// list, and is never called for what it does.
    pub name: String,
    /// Whether nothing that an allocator or a call after a return could ask for has to
    /// be kept from it by the host: then a call is one entry.
    pub whole: bool,
    /// How many instances and memories it adds to those of the component.
    pub instances: u32,
    pub memories: u32,
    /// The functions that it leads to.
    pub funcs: Vec<Entrance>,
}

/// A function that is behind a door.
pub(crate) struct Entrance {
    /// Its flat name.
    pub export: String,
    /// The number of the first step of its group, which are called alike: [`RUN`] and
    /// those beside it count from here on; and which of the group it is.
    pub first: u32,
    pub which: u32,
    /// Whether it is told once its result has been read.
    pub pays: bool,
    /// Whether its values are for the host to lower and lift, all of them.
    pub walks: bool,
}

/// Each group has so many steps, which take the function's number, and give a status:
pub(crate) const EACH: u32 = 4;
/// the call itself, with words that are all there;
pub(crate) const RUN: u32 = 0;
/// telling the guest that its result was read;
pub(crate) const PAY: u32 = 1;
/// room for the arguments' text, which comes before the call, where a door is not
/// [whole](Door::whole);
pub(crate) const PREPARE: u32 = 2;
/// and both in one, where it is.
pub(crate) const PREPARE_AND_RUN: u32 = 3;

/// A call is done. Text that it returned is in the frame, where it is short and ASCII.
pub(crate) const DONE: i32 = 0;
/// The same, but the text is in the guest's memory: the result is where that is told.
pub(crate) const TOLD: i32 = 1;
/// The guest's allocator gave room at an address that is not aligned,
pub(crate) const MISALIGNED: i32 = 2;
/// or that is not in its memory.
pub(crate) const BEYOND: i32 = 3;

/// How the frame is imported, the first of all memories: what the component gives for it is
/// some memory or other, in whose place the host puts its own. How the function is exported
/// that all is entered by, which has the type of a `realloc` and takes the number of a step
/// and that of a function. It is lifted as well, with itself as its `realloc`: of a step
/// that is none it does nothing.
pub(crate) const FRAME: &str = "frame";
pub(crate) const ENTER: &str = "enter";
pub(crate) const NO_STEP: u32 = u32::MAX;
/// The name of the module, by which its frames are known.
pub(crate) const MODULE: &str = "witrt's door";

/// How large a frame is.
pub(crate) const FRAME_SIZE: usize = 16 << 10;
/// Where in it is a word that tells, by not being zero, that the guest may call nobody:
/// its allocator runs, or, once its result is in the frame, what it does after a return;
pub(crate) const INSIDE: u64 = 0;
pub(crate) const ALLOCATES: i32 = 1;
pub(crate) const ENDS: i32 = 2;
/// the result: a number, or where the guest tells of its text;
pub(crate) const RESULT: u64 = 8;
/// where in the frame the text is that was returned, and how many bytes it has, as a
/// guest would tell of it; and those bytes;
pub(crate) const RETURNED: u64 = 16;
pub(crate) const RETURNED_TEXT: u64 = 32;
/// the words of the arguments, of eight bytes each, of a text: where it is in the
/// frame, and how many bytes it has;
pub(crate) const WORDS: u64 = 128;
/// and the text itself.
pub(crate) const TEXTS: u64 = 512;

/// So many bytes a text has at most that is returned in the frame.
pub(crate) const MOST_RETURNED: u32 = 64;
