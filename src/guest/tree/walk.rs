//! Values of a host's own, on their way between where the host has them and a guest,
//! with no slots in between: what such a value has to be able to, and what it finds
//! of the guest.
//!
//! Not here: values of Rust or of C; guests.

#![allow(unsafe_code)] // the memory of a guest, between two allocations in it

use super::arena::full;
use super::slot::{ReadText, Slot, many};
use crate::error::{Error, ErrorKind, Trap, TrapCode};
use crate::guest::context::ContextRef;
use crate::guest::errors::mismatch;
use crate::guest::resource::Resource;
use crate::guest::strings::Str;
use crate::guest::value::Val;
use crate::string::{CopyError, Encoding, Policy, Text, copy_to_string, copy_to_utf16};
use crate::types::tree::{Cases, ResourceType, Type};
use std::mem::MaybeUninit;
use std::slice::{Iter, IterMut};
use std::sync::Arc;
use wasmtime::{Result, ValRaw};

/// A value that goes to a guest. The type is always the one that it was found to have.
pub trait Lend {
    /// Looks at it before anything runs: once the guest does, only that can be at fault.
    fn look(&self, ty: &Type, guest: &mut dyn Look) -> Looked;
    /// Puts it as core values.
    fn put_words(&self, ty: &Type, to: &mut Writing<'_>, words: &mut Words<'_>) -> Result<()>;
    /// Puts it into memory that was allocated.
    fn put_memory(&self, ty: &Type, to: &mut Writing<'_>, at: usize) -> Result<()>;
    /// A copy for those who take values of any type.
    fn to_val(&self, _: &Type) -> Option<Val<'static>> {
        None
    }
}

/// A place for a value that comes from a guest. After an error it is unspecified what
/// is there.
pub trait Take {
    /// Takes it out of core values.
    fn take_words(
        &mut self,
        ty: &Type,
        from: &mut Reading<'_, '_>,
        words: &mut Taken<'_>,
    ) -> Result<()>;
    /// Takes it out of a value of any type.
    fn take_val(&mut self, _: &ContextRef<'_>, _: &Val<'_>) -> std::result::Result<(), Error> {
        Err(mismatch())
    }
    /// Takes it out of memory.
    fn take_memory(&mut self, ty: &Type, from: &mut Reading<'_, '_>, at: usize) -> Result<()>;
}

/// What is wrong with a value of the host's, and on which way it was found, innermost
/// first.
pub struct Fault {
    pub(crate) error: Error,
    path: Vec<String>,
}

/// What a look found.
pub type Looked = std::result::Result<(), Fault>;

impl Fault {
    /// The way goes through this.
    pub fn within(mut self, step: impl FnOnce() -> String) -> Fault {
        self.path.push(step());
        self
    }

    /// The error, which tells the way from this on: `parameter 0, field "qty"`.
    pub(crate) fn into_error(self, from: String) -> Error {
        let path = self.path.iter().rev().fold(from, |path, step| format!("{path}, {step}"));
        self.error.context(path)
    }
}

impl From<Error> for Fault {
    #[cold]
    fn from(error: Error) -> Fault {
        Fault { error, path: Vec::new() }
    }
}

/// Who looks at values before a call. Text is noted in the order in which it will be
/// put.
pub trait Look {
    /// Text that may be ill-formed.
    fn text(&mut self, text: Text<'_>, policy: Option<Policy>) -> Looked;
    /// Text that is well-formed, and not noted.
    fn utf8(&mut self, text: &str) -> Looked;
    /// A string, which may be a guest's.
    fn string(&mut self, text: &Str<'_>) -> Looked;
    /// A resource, which has a part in the call from now on.
    fn resource(&mut self, ty: &Arc<ResourceType>, own: bool, resource: &Resource) -> Looked;
    /// A value of any type.
    fn val(&mut self, ty: &Type, val: &Val<'_>) -> Looked;
    /// A slot.
    ///
    /// # Safety
    ///
    /// What it points to must be there until it was put.
    unsafe fn slot(&mut self, _: &Type, _: &Slot, _: ReadText) -> Looked {
        Err(mismatch().into())
    }
}

/// A list of so many elements of this type must fit into a guest.
pub fn look_at_length(element: &Type, len: usize) -> Looked {
    match len.checked_mul(element.size()) {
        Some(bytes) if bytes <= u32::MAX as usize => Ok(()),
        _ => Err(out_of_range(format!("a list of {len} elements is too long"))),
    }
}

#[cold]
pub(crate) fn out_of_range(message: String) -> Fault {
    Error::new(ErrorKind::OutOfRange, message).into()
}

/// A guest that values go to.
pub trait ToGuest {
    /// Room in its memory, from its own allocator.
    fn allocate(&mut self, align: u32, size: usize) -> Result<usize>;
    /// Its memory.
    fn memory(&mut self) -> &mut [u8];
    /// Puts text into room of its own, and gives the address and what it is told as the
    /// length.
    fn text(&mut self, text: Text<'_>, policy: Option<Policy>) -> Result<(usize, u32)>;
    /// Puts text that is well-formed, and was not noted.
    fn utf8(&mut self, text: &str) -> Result<(usize, u32)>;
    /// Puts any string.
    fn string(&mut self, text: &Str<'_>) -> Result<(usize, u32)>;
    /// A handle of a resource.
    fn resource(&mut self, ty: &ResourceType, own: bool, resource: &Resource) -> Result<u32>;
    /// Puts a value of any type as core values.
    fn val_words(&mut self, ty: &Type, val: &Val<'_>, words: &mut Words<'_>) -> Result<()>;
    /// Puts a value of any type into memory.
    fn val_memory(&mut self, ty: &Type, val: &Val<'_>, at: usize) -> Result<()>;
    /// Puts a slot as core values.
    ///
    /// # Safety
    ///
    /// It must have been looked at, and what it points to be there still.
    unsafe fn slot_words(
        &mut self,
        _: &Type,
        _: &Slot,
        _: ReadText,
        _: &mut Words<'_>,
    ) -> Result<()> {
        Err(mismatch().into())
    }
    /// Puts a slot into memory.
    ///
    /// # Safety
    ///
    /// As for [`ToGuest::slot_words`].
    unsafe fn slot_memory(&mut self, _: &Type, _: &Slot, _: ReadText, _: usize) -> Result<()> {
        Err(mismatch().into())
    }
}

/// A guest that is being written to.
pub struct Writing<'g> {
    guest: &'g mut dyn ToGuest,
    /// Its memory, as it is since it was last asked for room.
    memory: *mut [u8],
}

impl<'g> Writing<'g> {
    pub(crate) fn new(guest: &'g mut dyn ToGuest) -> Writing<'g> {
        let memory = std::ptr::from_mut(guest.memory());
        Writing { guest, memory }
    }

    fn after<R>(&mut self, done: R) -> R {
        self.memory = self.guest.memory();
        done
    }

    /// Room in its memory.
    pub fn allocate(&mut self, align: u32, size: usize) -> Result<usize> {
        let at = self.guest.allocate(align, size);
        self.after(at)
    }

    /// Room that was allocated.
    #[inline]
    pub fn room(&mut self, at: usize, size: usize) -> Result<&mut [u8]> {
        // SAFETY: it is the guest's memory, which nobody else has while this has the
        // guest, and which stays where it is until the guest runs, in `allocate` and
        // its like; those ask for it again.
        let memory = unsafe { &mut *self.memory };
        memory.get_mut(at..).and_then(|rest| rest.get_mut(..size)).ok_or_else(outside)
    }

    /// Puts so many bytes there.
    #[inline]
    pub fn put<const N: usize>(&mut self, at: usize, bytes: [u8; N]) -> Result<()> {
        self.room(at, N)?.copy_from_slice(&bytes);
        Ok(())
    }

    /// Puts the low bytes of a number there.
    #[inline]
    pub fn number(&mut self, size: usize, bits: u64, at: usize) -> Result<()> {
        match size {
            1 => self.put(at, [bits as u8]),
            2 => self.put(at, (bits as u16).to_le_bytes()),
            4 => self.put(at, (bits as u32).to_le_bytes()),
            _ => self.put(at, bits.to_le_bytes()),
        }
    }

    /// Puts an address and a length there.
    #[inline]
    pub fn pair(&mut self, at: usize, (address, len): (usize, u32)) -> Result<()> {
        let pair = u64::from(address as u32) | u64::from(len) << 32;
        self.put(at, pair.to_le_bytes())
    }

    /// Puts text into room of its own: see [`ToGuest::text`].
    pub fn text(&mut self, text: Text<'_>, policy: Option<Policy>) -> Result<(usize, u32)> {
        let put = self.guest.text(text, policy);
        self.after(put)
    }

    /// See [`ToGuest::utf8`].
    pub fn utf8(&mut self, text: &str) -> Result<(usize, u32)> {
        let put = self.guest.utf8(text);
        self.after(put)
    }

    /// See [`ToGuest::string`].
    pub fn string(&mut self, text: &Str<'_>) -> Result<(usize, u32)> {
        let put = self.guest.string(text);
        self.after(put)
    }

    /// See [`ToGuest::resource`].
    pub fn resource(&mut self, ty: &ResourceType, own: bool, resource: &Resource) -> Result<u32> {
        self.guest.resource(ty, own, resource)
    }

    /// See [`ToGuest::val_words`].
    pub fn val_words(&mut self, ty: &Type, val: &Val<'_>, words: &mut Words<'_>) -> Result<()> {
        let put = self.guest.val_words(ty, val, words);
        self.after(put)
    }

    /// See [`ToGuest::val_memory`].
    pub fn val_memory(&mut self, ty: &Type, val: &Val<'_>, at: usize) -> Result<()> {
        let put = self.guest.val_memory(ty, val, at);
        self.after(put)
    }

    /// Lets the guest put something itself.
    pub(super) fn by_guest<R>(&mut self, put: impl FnOnce(&mut dyn ToGuest) -> R) -> R {
        let put = put(self.guest);
        self.after(put)
    }
}

/// Core values that are put in order.
pub struct Words<'w>(pub(crate) IterMut<'w, MaybeUninit<ValRaw>>);

impl Words<'_> {
    /// The next one, of at most 32 bits with the rest zero.
    #[inline]
    pub fn put(&mut self, bits: u64) {
        if let Some(word) = self.0.next() {
            word.write(ValRaw::u64(bits));
        }
    }

    /// An address and a length.
    #[inline]
    pub fn pair(&mut self, (address, len): (usize, u32)) {
        self.put(address as u64);
        self.put(len.into());
    }
}

/// Puts a case as core values: `payload` puts what it holds, in as many as its type has.
pub fn put_case(
    cases: &Cases,
    case: u32,
    words: &mut Words<'_>,
    payload: impl FnOnce(&Type, &mut Words<'_>) -> Result<()>,
) -> Result<()> {
    words.put(case.into());
    // All cases share the words that follow.
    let rest = cases.layout.flat.len() - 1;
    let held = cases.cases.get(case as usize).and_then(|case| case.ty.as_ref());
    if let Some(ty) = held {
        payload(ty, words)?;
    }
    (held.map_or(0, |ty| ty.flat().len())..rest).for_each(|_| words.put(0));
    Ok(())
}

/// A guest that values come from.
pub trait FromGuest<'l> {
    /// Pays for so many bytes that the host is going to need.
    fn pay(&mut self, bytes: usize) -> Result<()>;
    /// What becomes of ill-formed text.
    fn rule(&self) -> Policy {
        Policy::Reject
    }
    /// How its text is encoded, if that is in bytes which lie anywhere.
    fn bytewise(&self) -> Option<Encoding>;
    /// The text at an address, of the length that the guest tells: within memory, and
    /// not looked at.
    fn text(&self, at: u32, len: u32) -> Result<Text<'l>>;
    /// A copy of a text that outlives the call.
    fn own(&self, text: Text<'_>) -> Result<Str<'static>>;
    /// The resource of a handle.
    fn resource(&mut self, ty: &Arc<ResourceType>, own: bool, handle: u32) -> Result<Resource>;
    /// A value of any type, from core values.
    fn val_words(&mut self, ty: &Type, words: &mut Taken<'_>) -> Result<Val<'static>>;
    /// A value of any type, from memory.
    fn val_memory(&mut self, ty: &Type, at: usize) -> Result<Val<'static>>;
}

/// A guest that is being read. All that it says is a claim.
pub struct Reading<'g, 'l> {
    guest: &'g mut dyn FromGuest<'l>,
    memory: &'l [u8],
    bytewise: Option<Encoding>,
    pub(super) rule: Policy,
    /// What is to be paid for, and was not yet.
    due: usize,
}

/// So many bytes are paid for later.
const DUE: usize = 256;

impl<'g, 'l> Reading<'g, 'l> {
    pub(crate) fn new(guest: &'g mut dyn FromGuest<'l>, memory: &'l [u8]) -> Reading<'g, 'l> {
        let (bytewise, rule) = (guest.bytewise(), guest.rule());
        Reading { guest, memory, bytewise, rule, due: 0 }
    }

    /// Pays for so many bytes that the host is going to need.
    #[inline]
    pub fn pay(&mut self, bytes: usize) -> Result<()> {
        self.due = self.due.saturating_add(bytes);
        if self.due > DUE { self.guest.pay(std::mem::take(&mut self.due)) } else { Ok(()) }
    }

    /// Bytes of its memory.
    #[inline]
    pub fn bytes(&self, at: usize, size: usize) -> Result<&'l [u8]> {
        self.memory.get(at..).and_then(|rest| rest.get(..size)).ok_or_else(|| bounds(""))
    }

    /// So many bytes of its memory.
    #[inline]
    pub fn get<const N: usize>(&self, at: usize) -> Result<[u8; N]> {
        let found = self.memory.get(at..).and_then(|rest| rest.first_chunk::<N>());
        found.copied().ok_or_else(|| bounds(""))
    }

    /// A number of one, two, four or eight bytes.
    #[inline]
    pub fn number(&self, size: usize, at: usize) -> Result<u64> {
        Ok(match size {
            1 => self.get::<1>(at)?[0].into(),
            2 => u16::from_le_bytes(self.get(at)?).into(),
            4 => u32::from_le_bytes(self.get(at)?).into(),
            _ => u64::from_le_bytes(self.get(at)?),
        })
    }

    /// An address and a length.
    #[inline]
    pub fn pair(&self, at: usize) -> Result<(u32, u32)> {
        let pair = u64::from_le_bytes(self.get(at)?);
        Ok((pair as u32, (pair >> 32) as u32))
    }

    /// Where so many elements lie.
    #[inline]
    pub fn list(&self, element: &Type, at: u32, len: u32) -> Result<usize> {
        elements(self.memory, element, at, len)
    }

    /// The text at an address: see [`FromGuest::text`].
    #[inline]
    pub fn text(&self, at: u32, len: u32) -> Result<Text<'l>> {
        if let Some(encoding) = self.bytewise
            && let Some(rest) = self.memory.get(at as usize..)
            && let Some(bytes) = rest.get(..len as usize)
        {
            return Ok(Text::of_bytes(encoding, bytes));
        }
        // It says what is wrong, too.
        self.guest.text(at, len)
    }

    /// Copies a text into a string, whose allocation is used again.
    pub fn utf8(&mut self, at: u32, len: u32, to: &mut String) -> Result<()> {
        let text = self.text(at, len)?;
        self.pay(text.len())?;
        copy_to_string(text, to, self.rule).map_err(not_copied)
    }

    /// Takes a text into this, in UTF-16.
    pub fn utf16(&mut self, at: u32, len: u32, to: &mut Vec<u16>) -> Result<()> {
        let text = self.text(at, len)?;
        self.pay(2 * text.len())?;
        copy_to_utf16(text, to, self.rule).map_err(not_copied)
    }

    /// A text that outlives the call.
    pub fn string(&mut self, at: u32, len: u32) -> Result<Str<'static>> {
        let text = self.text(at, len)?;
        self.pay(2 * text.len())?;
        self.guest.own(text)
    }

    /// The resource of a handle.
    pub fn resource(&mut self, ty: &Arc<ResourceType>, own: bool, handle: u32) -> Result<Resource> {
        self.pay(64)?;
        self.guest.resource(ty, own, handle)
    }

    /// See [`FromGuest::val_words`].
    pub fn val_words(&mut self, ty: &Type, words: &mut Taken<'_>) -> Result<Val<'static>> {
        self.guest.val_words(ty, words)
    }

    /// See [`FromGuest::val_memory`].
    pub fn val_memory(&mut self, ty: &Type, at: usize) -> Result<Val<'static>> {
        self.guest.val_memory(ty, at)
    }

    /// Copies so many numbers, whose place was looked at, behind those that are there.
    pub fn packed<T: Packed>(&mut self, at: usize, len: usize, to: &mut Vec<T>) -> Result<()> {
        const { assert!(T::ANY_BITS) };
        let bytes = self.bytes(at, len * size_of::<T>())?;
        let full = |_| wasmtime::Error::from(full(bytes.len()));
        to.try_reserve_exact(len).map_err(full)?;
        // SAFETY: there is room for so many more, any bits are one, and all of them are
        // written.
        unsafe {
            let end = to.as_mut_ptr().add(to.len()).cast::<u8>();
            end.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            to.set_len(to.len() + len);
        }
        Ok(())
    }
}

/// Core values that are taken in order.
pub struct Taken<'w>(pub(crate) Iter<'w, ValRaw>);

impl Taken<'_> {
    /// The next one.
    #[inline]
    pub fn next(&mut self) -> u64 {
        self.0.next().map_or(0, |word| word.get_u64())
    }

    /// An address and a length.
    #[inline]
    pub fn pair(&mut self) -> (u32, u32) {
        (self.next() as u32, self.next() as u32)
    }

    /// The case that the next ones hold, and the words of what it holds.
    pub fn case(&mut self, cases: &Cases) -> Result<(u32, Self)> {
        let case = find(cases, self.next())?;
        // The words behind are shared by all cases.
        let rest = self.0.as_slice();
        let (now, after) = rest.split_at(rest.len().min(cases.layout.flat.len() - 1));
        self.0 = after.iter();
        Ok((case, Taken(now.iter())))
    }
}

/// The case that a guest tells, if there is such a one.
pub fn find(cases: &Cases, case: u64) -> Result<u32> {
    // A core value holds 32 bits.
    let case = case as u32;
    if (case as usize) < cases.cases.len() {
        return Ok(case);
    }
    let message = format!("discriminant {case} out of range [0..{})", cases.cases.len());
    Err(trap(message, TrapCode::Other))
}

/// The character that a guest tells.
#[inline]
pub fn character(bits: u32) -> Result<char> {
    let wrong = || trap("converted integer out of range for `char`", TrapCode::Other);
    char::from_u32(bits).ok_or_else(wrong)
}

/// Where so many elements lie in memory.
#[inline]
pub(crate) fn elements(memory: &[u8], element: &Type, at: u32, len: u32) -> Result<usize> {
    let bytes = (len as usize).checked_mul(element.size()).ok_or_else(|| bounds("list"))?;
    if !at.is_multiple_of(element.align()) {
        return Err(trap("list pointer is not aligned", TrapCode::Other));
    }
    let at = at as usize;
    match memory.get(at..).and_then(|rest| rest.get(..bytes)) {
        Some(_) => Ok(at),
        None => Err(bounds("list")),
    }
}

/// What lies in memory as the canonical ABI has it: nothing but initialised bytes, the
/// low one first.
///
/// # Safety
///
/// It must be so; and any bits must be a value, where that is told.
pub unsafe trait Packed: Copy {
    /// Whether any bits are one.
    const ANY_BITS: bool;
}

macro_rules! packed {
    ($any:literal: $($ty:ty)+) => {$(
        // SAFETY: a number, or what is a number with a few values; machines that store
        // the low byte last have no components.
        unsafe impl Packed for $ty {
            const ANY_BITS: bool = $any;
        }
    )+};
}

packed!(true: i8 u8 i16 u16 i32 u32 i64 u64 f32 f64);
packed!(false: bool char);

/// Numbers as bytes.
#[inline]
pub fn bytes_of<T: Packed>(numbers: &[T]) -> &[u8] {
    // SAFETY: each is so many initialised bytes.
    unsafe { many(numbers.as_ptr().cast(), size_of_val(numbers)) }
}

/// What a guest has done wrong.
#[cold]
pub(crate) fn trap(message: impl Into<String>, code: TrapCode) -> wasmtime::Error {
    Error::from(Trap::with_code(message, code)).into()
}

#[cold]
pub(crate) fn bounds(what: &str) -> wasmtime::Error {
    let message = match what {
        "list" => "list pointer/length out of bounds of memory",
        _ => "pointer out of bounds of memory",
    };
    trap(message, TrapCode::MemoryOutOfBounds)
}

#[cold]
fn not_copied(error: CopyError) -> wasmtime::Error {
    match error {
        CopyError::BadText(bad) => trap(bad.to_string(), TrapCode::IllFormedText),
        other => Error::from(other).into(),
    }
}

#[cold]
fn outside() -> wasmtime::Error {
    Error::internal("room in a guest is not in its memory").into()
}
