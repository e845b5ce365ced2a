//! The values that cross: [`Val`], and the strings in it.
//!
//! Not here: decoding loops; references.

use super::StoreData;
use super::context::{AsContext, Cx};
use super::func::Func;
use super::list::List;
use super::refs::ExternRef;
use super::resource::Resource;
use super::text::Cell;
use crate::abi::GuestEncoding;
use crate::error::{Error, ErrorKind, Result};
use crate::string::{self, CopyError, Dest, Encoding, Fault, Policy, Text};
use crate::types::{Class, ValType, kinds_of_values};
use std::fmt;
use std::sync::Arc;

/// One value, of a core or of an interface type.
///
/// `'a` is how long the text of a string argument is borrowed; results own
/// what they hold.
#[derive(Clone, Debug)]
pub enum Val<'a> {
    /// Core, 32 bits.
    I32(i32),
    /// Core, 64 bits.
    I64(i64),
    /// Core and interface, 32 bits. NaN payloads are kept.
    F32(f32),
    /// Core and interface, 64 bits. NaN payloads are kept.
    F64(f64),
    /// Core and interface; `None` is null.
    ExternRef(Option<ExternRef>),
    /// Core; `None` is null.
    FuncRef(Option<Func>),
    /// Interface, signed, 8 bits.
    S8(i8),
    /// Interface, unsigned, 8 bits.
    U8(u8),
    /// Interface, signed, 16 bits.
    S16(i16),
    /// Interface, unsigned, 16 bits.
    U16(u16),
    /// Interface, signed, 32 bits.
    S32(i32),
    /// Interface, unsigned, 32 bits.
    U32(u32),
    /// Interface, signed, 64 bits.
    S64(i64),
    /// Interface, unsigned, 64 bits.
    U64(u64),
    /// Interface: a sequence of Unicode scalar values.
    String(Str<'a>),
    /// Of components.
    Bool(bool),
    /// Of components.
    Char(char),
    /// Of components: which of the names.
    Enum(u32),
    /// Of components: a bit for each name, the first one lowest.
    Flags(u32),
    /// Of components.
    List(List<'a>),
    /// Of components: the fields in order.
    Record(Vec<Val<'a>>),
    /// Of components: the fields in order.
    Tuple(Vec<Val<'a>>),
    /// Of components: which of the cases, and what it holds.
    Variant(u32, Payload<'a>),
    /// Of components.
    Result(std::result::Result<Payload<'a>, Payload<'a>>),
    /// Of components.
    Option(Payload<'a>),
    /// Of components: a resource that is given away.
    Own(Resource),
    /// Of components: a resource that is lent for a call.
    Borrow(Resource),
}

/// What a case holds, if it holds anything.
pub type Payload<'a> = Option<Box<Val<'a>>>;

impl<'a> Val<'a> {
    /// Zero, null or the empty string; `None` for a type without values, or
    /// with values that have parts.
    pub fn default_of(ty: ValType) -> Option<Val<'a>> {
        Some(match ty.kind().class {
            Class::Number(..) => return Val::from_bits(ty, 0).ok(),
            Class::Text => Val::String(Str::from("")),
            Class::Reference if ty == ValType::FuncRef => Val::FuncRef(None),
            Class::Reference => Val::ExternRef(None),
            Class::Scalar if ty == ValType::Bool => Val::Bool(false),
            Class::Scalar => Val::Char('\0'),
            Class::Composite | Class::Vector | Class::OtherReference => return None,
        })
    }

    /// The string in it.
    pub fn as_str(&self) -> Option<&Str<'a>> {
        match self {
            Val::String(s) => Some(s),
            _ => None,
        }
    }
}

/// A number as it travels: of an integer of up to 32 bits, extended to 32 by its
/// sign, in the low half.
pub(crate) trait Number {
    fn to_bits(self) -> u64;
    fn from_bits(bits: u64) -> Self;
}

macro_rules! integers {
    ($through:ty: $($ty:ty)+) => {$(
        impl Number for $ty {
            #[inline(always)]
            fn to_bits(self) -> u64 {
                self as $through as u64
            }
            #[inline(always)]
            fn from_bits(bits: u64) -> $ty {
                bits as $ty
            }
        }
    )+};
}

integers!(u32: i8 u8 i16 u16 i32 u32);
integers!(u64: i64 u64);

impl Number for f32 {
    #[inline(always)]
    fn to_bits(self) -> u64 {
        f32::to_bits(self).into()
    }
    #[inline(always)]
    fn from_bits(bits: u64) -> f32 {
        f32::from_bits(bits as u32)
    }
}

impl Number for f64 {
    #[inline(always)]
    fn to_bits(self) -> u64 {
        f64::to_bits(self)
    }
    #[inline(always)]
    fn from_bits(bits: u64) -> f64 {
        f64::from_bits(bits)
    }
}

/// What is there for each kind of numbers.
macro_rules! numbers {
    (
        numbers { $($a:literal $n:ident $t:ident $c:literal $b:tt $core:ident $bits:literal $sign:ident $rust:ident;)+ }
        $($others:tt)*
    ) => {
        impl Val<'_> {
            /// Its type.
            pub fn ty(&self) -> ValType {
                match self {
                    $(Val::$n(_) => ValType::$n,)+
                    Val::String(_) => ValType::String,
                    Val::ExternRef(_) => ValType::ExternRef,
                    Val::FuncRef(_) => ValType::FuncRef,
                    Val::Bool(_) => ValType::Bool,
                    Val::Char(_) => ValType::Char,
                    Val::Enum(_) => ValType::Enum,
                    Val::Flags(_) => ValType::Flags,
                    Val::List(_) => ValType::List,
                    Val::Record(_) => ValType::Record,
                    Val::Tuple(_) => ValType::Tuple,
                    Val::Variant(..) => ValType::Variant,
                    Val::Result(_) => ValType::Result,
                    Val::Option(_) => ValType::Option,
                    Val::Own(_) => ValType::Own,
                    Val::Borrow(_) => ValType::Borrow,
                }
            }

            /// A number's bits: of an integer of up to 32 bits, extended to 32 by its
            /// sign, in the low half. Zero for what is no number.
            pub(crate) fn bits(&self) -> u64 {
                match *self {
                    $(Val::$n(v) => Number::to_bits(v),)+
                    Val::Bool(v) => v.into(),
                    Val::Char(v) => u32::from(v).into(),
                    Val::Enum(v) | Val::Flags(v) => v.into(),
                    Val::String(_)
                    | Val::ExternRef(_)
                    | Val::FuncRef(_)
                    | Val::List(_)
                    | Val::Record(_)
                    | Val::Tuple(_)
                    | Val::Variant(..)
                    | Val::Result(_)
                    | Val::Option(_)
                    | Val::Own(_)
                    | Val::Borrow(_) => 0,
                }
            }

            /// The number of that type, or `bool` or `char`, with these bits.
            #[inline]
            pub(crate) fn from_bits(ty: ValType, bits: u64) -> Result<Self> {
                Ok(match ty {
                    $(ValType::$n => Val::$n(<$rust as Number>::from_bits(bits)),)+
                    ValType::Bool => Val::Bool(bits as u32 != 0),
                    ValType::Char => match char::from_u32(bits as u32) {
                        Some(char) => Val::Char(char),
                        None => return Err(no_character(bits as u32)),
                    },
                    _ => return Err(Error::internal("this is no type of a number")),
                })
            }
        }
    };
}

kinds_of_values!(numbers);

#[cold]
fn no_character(bits: u32) -> Error {
    let message = format!("{bits:#x} is no Unicode scalar value");
    Error::new(ErrorKind::OutOfRange, message)
}

/// Checks values against the types they are meant for: their number, and each
/// one's type. `what` is `arguments` or `results`; `at` says which is wrong.
pub(crate) fn check(
    what: &str,
    types: &[ValType],
    vals: &[Val<'_>],
    at: impl FnOnce(Error, usize) -> Error,
) -> Result<()> {
    check_count(what, types, vals.len())?;
    for (i, (ty, val)) in types.iter().zip(vals).enumerate() {
        if *ty != val.ty() {
            let message = format!("expected {ty}, found {}", val.ty());
            return Err(at(Error::new(ErrorKind::WrongKind, message), i));
        }
    }
    Ok(())
}

/// The first half of [`check`].
#[inline]
pub(crate) fn check_count(what: &str, types: &[ValType], count: usize) -> Result<()> {
    if types.len() == count {
        return Ok(());
    }
    let message = format!("expected {} {what}, found {count}", types.len());
    Err(Error::new(ErrorKind::WrongCount, message))
}

/// A string: text that the host lends or owns, or a string of a guest.
///
/// A guest's string is a view of linear memory while no guest runs that could touch
/// it, and a copy from then on; it stays readable until it is dropped. (Where
/// there is no memory for the copy, the guest does not run.) Reading a view needs
/// the store. Dropping is all it takes to delete one, on
/// any thread.
#[derive(Clone)]
pub struct Str<'a> {
    repr: Repr<'a>,
    policy: Option<Policy>,
}

#[derive(Clone)]
enum Repr<'a> {
    /// The host lends it; nobody has checked it, unless `checked`.
    Lent(Text<'a>, /* checked */ bool),
    /// The host's, who gave it away. Clones share it: copying could fail.
    Owned(Arc<Owned>),
    Guest(Arc<Cell>),
}

enum Owned {
    Utf8(Vec<u8>, /* checked */ bool),
    Utf16(Vec<u16>),
    Latin1(Vec<u8>),
    Utf32(Vec<u32>),
}

impl Owned {
    fn text(&self) -> Text<'_> {
        match self {
            Owned::Utf8(bytes, _) => Text::Utf8(bytes),
            Owned::Utf16(units) => Text::Utf16(units),
            Owned::Latin1(bytes) => Text::Latin1(bytes),
            Owned::Utf32(units) => Text::Utf32(units),
        }
    }
}

impl<'a> Str<'a> {
    /// Bytes that should be UTF-8; they are checked where they are used.
    pub fn from_utf8(bytes: &'a [u8]) -> Str<'a> {
        Str::from_text(Text::Utf8(bytes))
    }

    /// Units that should be UTF-16; they are checked where they are used.
    pub fn from_utf16(units: &'a [u16]) -> Str<'a> {
        Str::from_text(Text::Utf16(units))
    }

    /// Bytes that are Latin-1, each a character.
    pub fn from_latin1(bytes: &'a [u8]) -> Str<'a> {
        Str::from_text(Text::Latin1(bytes))
    }

    /// Units that should be UTF-32; they are checked where they are used.
    pub fn from_utf32(units: &'a [u32]) -> Str<'a> {
        Str::from_text(Text::Utf32(units))
    }

    /// A copy of text as it is: what is not checked is not checked in it either.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfMemory`].
    pub fn copied(text: Text<'_>) -> Result<Str<'static>> {
        fn copy<T: Clone>(units: &[T]) -> Result<Vec<T>> {
            let mut copy = Vec::new();
            copy.try_reserve_exact(units.len()).map_err(|_| no_memory(units.len()))?;
            copy.extend_from_slice(units);
            Ok(copy)
        }
        fn align<T: Copy, const N: usize>(
            units: &[[u8; N]],
            unit: fn([u8; N]) -> T,
        ) -> Result<Vec<T>> {
            let mut copy = Vec::new();
            copy.try_reserve_exact(units.len()).map_err(|_| no_memory(units.len()))?;
            copy.extend(units.iter().map(|bytes| unit(*bytes)));
            Ok(copy)
        }
        Ok(Str::owned(match text {
            Text::Utf8(bytes) => Owned::Utf8(copy(bytes)?, false),
            Text::Latin1(bytes) => Owned::Latin1(copy(bytes)?),
            Text::Utf16(units) => Owned::Utf16(copy(units)?),
            Text::Utf32(units) => Owned::Utf32(copy(units)?),
            Text::LooseUtf16(units) => Owned::Utf16(align(units, u16::from_ne_bytes)?),
            Text::LooseUtf32(units) => Owned::Utf32(align(units, u32::from_ne_bytes)?),
        }))
    }

    /// Text that is lent; it is checked where it is used.
    pub fn from_text(text: Text<'a>) -> Str<'a> {
        Str::host(Repr::Lent(text, false))
    }

    fn host(repr: Repr<'a>) -> Str<'a> {
        Str { repr, policy: None }
    }

    fn owned(text: Owned) -> Str<'a> {
        Str::host(Repr::Owned(Arc::new(text)))
    }

    pub(crate) fn guest(cell: Arc<Cell>) -> Str<'static> {
        Str { repr: Repr::Guest(cell), policy: None }
    }

    /// A copy that the store owns: the string of choice for results of host
    /// functions, because the store uses its buffers again.
    pub fn new_in(
        mut cx: impl super::context::AsContextMut,
        text: Text<'_>,
    ) -> Result<Str<'static>> {
        let cx = &mut cx.as_context_mut().0;
        let policy = cx.data().policy;
        copy_in(cx.data_mut(), text, policy)
    }

    /// The same by another rule about ill-formed text than the store's.
    pub fn new_with(
        mut cx: impl super::context::AsContextMut,
        text: Text<'_>,
        policy: Policy,
    ) -> Result<Str<'static>> {
        copy_in(cx.as_context_mut().0.data_mut(), text, policy)
    }

    /// How many code units a guest's string has.
    pub(crate) fn guest_len(&self) -> usize {
        match &self.repr {
            Repr::Guest(cell) => cell.len(),
            _ => 0,
        }
    }

    /// Says what becomes of ill-formed text in this string, whatever the
    /// engine's rule is.
    pub fn with_policy(mut self, policy: Policy) -> Str<'a> {
        self.policy = Some(policy);
        self
    }

    /// How the text is stored: what reading costs least in.
    pub fn encoding(&self) -> Encoding {
        match &self.repr {
            Repr::Guest(cell) => cell.encoding(),
            _ => self.text().encoding(),
        }
    }

    /// Its length in code units of `encoding`.
    pub fn length(&self, cx: impl AsContext, encoding: Encoding) -> Result<usize> {
        let policy = self.policy_or(cx.as_context().0.data().policy);
        self.with(cx, |text| {
            if self.is_checked() && text.encoding() == encoding {
                return Ok(text.len());
            }
            string::measure(text, encoding, policy).map(|m| m.len()).map_err(bad_text)
        })?
    }

    /// Copies it into `dst` as UTF-8 and gives the number of bytes written.
    /// Nothing is written where `dst` is too small;
    /// [`Error::capacity`](crate::Error::capacity) then tells the length. Where it
    /// is larger than needed, what stands behind the text is unspecified.
    pub fn copy_utf8(&self, cx: impl AsContext, dst: &mut [u8]) -> Result<usize> {
        self.copy(cx, Dest::utf8(dst))
    }

    /// Copies it into `dst` as UTF-16 and gives the number of units written.
    /// Otherwise like [`Str::copy_utf8`].
    pub fn copy_utf16(&self, cx: impl AsContext, dst: &mut [u16]) -> Result<usize> {
        self.copy(cx, Dest::utf16(dst))
    }

    /// Copies it into `dst`, in the encoding that this takes, and gives the number
    /// of units written. Otherwise like [`Str::copy_utf8`].
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`], with the position, for text that does not fit
    /// Latin-1, where the rule is to reject what is ill-formed; else it gets `?`.
    pub fn copy(&self, cx: impl AsContext, dst: Dest<'_>) -> Result<usize> {
        let policy = self.policy_or(cx.as_context().0.data().policy);
        self.with(cx, |text| {
            if !self.is_checked() {
                // Copying checks as it goes: too late for a buffer that is to
                // stay as it is.
                string::measure(text, dst.encoding(), policy).map_err(bad_text)?;
            }
            string::copy(text, dst, policy).map_err(copy_failed)
        })?
    }

    /// An owned copy.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfMemory`] among others: its size is the guest's choice.
    pub fn to_string(&self, cx: impl AsContext) -> Result<String> {
        let policy = self.policy_or(cx.as_context().0.data().policy);
        self.with(cx, |text| {
            let mut copy = String::new();
            string::copy_to_string(text, &mut copy, policy)?;
            Ok(copy)
        })?
    }

    /// An owned copy in UTF-16. Errors as for [`Str::to_string`].
    pub fn to_utf16(&self, cx: impl AsContext) -> Result<Vec<u16>> {
        let policy = self.policy_or(cx.as_context().0.data().policy);
        self.with(cx, |text| {
            let mut copy = Vec::new();
            string::copy_to_utf16(text, &mut copy, policy)?;
            Ok(copy)
        })?
    }

    /// Reads the text where it lies, without a copy. Nothing is locked while
    /// `read` runs.
    pub fn with<R>(&self, cx: impl AsContext, read: impl FnOnce(Text<'_>) -> R) -> Result<R> {
        self.with_in(cx.as_context().0, read)
    }

    pub(crate) fn with_in<R>(
        &self,
        cx: wasmtime::StoreContext<'_, StoreData>,
        read: impl FnOnce(Text<'_>) -> R,
    ) -> Result<R> {
        match &self.repr {
            Repr::Guest(cell) => cell.with(cx, read),
            _ => Ok(read(self.text())),
        }
    }

    /// Reads the text if that needs no store: every string but a view.
    pub fn with_copy<R>(&self, read: impl FnOnce(Text<'_>) -> R) -> Option<R> {
        match &self.repr {
            Repr::Guest(cell) => cell.with_copy(read),
            _ => Some(read(self.text())),
        }
    }

    /// The host's text; empty for a guest's.
    fn text(&self) -> Text<'_> {
        self.host_text().unwrap_or("".into())
    }

    /// The text, if it is the host's.
    #[inline]
    pub(crate) fn host_text(&self) -> Option<Text<'_>> {
        match &self.repr {
            Repr::Lent(text, _) => Some(*text),
            Repr::Owned(owned) => Some(owned.text()),
            Repr::Guest(_) => None,
        }
    }

    /// The same string, for as long as this is there.
    pub(crate) fn lent(&self) -> Str<'_> {
        let repr = match &self.repr {
            Repr::Lent(text, checked) => Repr::Lent(*text, *checked),
            Repr::Owned(owned) => Repr::Lent(owned.text(), matches!(**owned, Owned::Utf8(_, true))),
            Repr::Guest(cell) => Repr::Guest(cell.clone()),
        };
        Str { repr, policy: self.policy }
    }

    /// What a guest's string is.
    pub(crate) fn cell(&self) -> Option<&Cell> {
        match &self.repr {
            Repr::Guest(cell) => Some(cell),
            _ => None,
        }
    }

    /// The string as one of any lifetime, if it is no host's.
    pub(crate) fn into_guest(self) -> Option<Str<'static>> {
        match self.repr {
            Repr::Guest(cell) => Some(Str { repr: Repr::Guest(cell), policy: self.policy }),
            _ => None,
        }
    }

    /// What it says itself about ill-formed text.
    pub(crate) fn policy(&self) -> Option<Policy> {
        self.policy
    }

    /// Whether it is a guest's of this store, encoded as all text of such a guest.
    pub(crate) fn is_of(&self, store: u64, guest: GuestEncoding) -> bool {
        match &self.repr {
            Repr::Guest(cell) => cell.store() == store && guest.fixed() == Some(cell.encoding()),
            _ => false,
        }
    }

    /// What to do about ill-formed text, where the store says `default`.
    pub fn policy_or(&self, default: Policy) -> Policy {
        self.policy.unwrap_or(default)
    }

    /// Whether it is still a view of linear memory.
    pub(crate) fn is_view(&self) -> bool {
        matches!(&self.repr, Repr::Guest(cell) if cell.is_view())
    }

    fn is_checked(&self) -> bool {
        match &self.repr {
            Repr::Lent(_, checked) => *checked,
            Repr::Owned(owned) => matches!(**owned, Owned::Utf8(_, true)),
            Repr::Guest(_) => true,
        }
    }

    /// The same string where it owns what it holds, as it is; else what it was.
    pub(crate) fn into_kept(self) -> std::result::Result<Str<'static>, Self> {
        let repr = match self.repr {
            Repr::Lent(..) => return Err(self),
            Repr::Owned(owned) => Repr::Owned(owned),
            Repr::Guest(cell) => Repr::Guest(cell),
        };
        Ok(Str { repr, policy: self.policy })
    }

    /// The same string, owning what it holds. Text that is lent is copied
    /// into the store.
    pub(crate) fn into_owned(self, cx: &mut Cx<'_>) -> Result<Str<'static>> {
        let data = cx.data_mut();
        let policy = self.policy_or(data.policy);
        match self.repr {
            Repr::Guest(cell) => Ok(Str::guest(cell)),
            Repr::Owned(owned) if matches!(*owned, Owned::Utf8(_, true)) => {
                Ok(Str::host(Repr::Owned(owned)))
            }
            Repr::Owned(owned) => copy_in(data, owned.text(), policy),
            Repr::Lent(text, _) => copy_in(data, text, policy),
        }
    }
}

/// What a copy of a host's text is encoded in that is not made for a guest.
pub(crate) const COPIES: Encoding = Encoding::Utf8;

/// Copies text into a cell of the store.
pub(crate) fn copy_in(
    data: &mut StoreData,
    text: Text<'_>,
    policy: Policy,
) -> Result<Str<'static>> {
    copy_as(data, text, COPIES, policy)
}

/// Copies text into a cell of the store, in this encoding.
pub(crate) fn copy_as(
    data: &mut StoreData,
    text: Text<'_>,
    encoding: Encoding,
    policy: Policy,
) -> Result<Str<'static>> {
    let measured = string::measure(text, encoding, policy).map_err(bad_text)?;
    let bytes = measured.len() * encoding.unit_size();
    let cell = data.texts.copy(data.id, encoding, bytes, |buffer| {
        string::transcode(&measured, text, Dest::of_bytes(encoding, buffer)).map_err(changed)
    })?;
    Ok(Str::guest(cell))
}

#[cold]
pub(crate) fn bad_text(bad: string::BadText) -> Error {
    let kind = match bad.fault {
        Fault::NotLatin1 => ErrorKind::OutOfRange,
        _ => ErrorKind::BadText,
    };
    Error::new(kind, bad.to_string()).at_position(bad.position)
}

/// What a copy of text raises for which there is no memory.
#[cold]
pub(crate) fn no_memory(units: usize) -> Error {
    let message = format!("no memory for a string of {units} code units");
    Error::new(ErrorKind::OutOfMemory, message)
}

pub(crate) fn changed(_: string::Changed) -> Error {
    Error::new(ErrorKind::BadText, "the text changed while it was read")
}

fn copy_failed(error: CopyError) -> Error {
    match error {
        CopyError::BadText(bad) => bad_text(bad),
        CopyError::TooSmall { needed } => {
            let message = format!("the buffer is too small: the string has {needed} code units");
            Error::new(ErrorKind::BufferTooSmall, message).needing(needed)
        }
        CopyError::OutOfMemory { units } => no_memory(units),
    }
}

impl From<string::BadText> for Error {
    fn from(bad: string::BadText) -> Error {
        bad_text(bad)
    }
}

impl From<CopyError> for Error {
    fn from(error: CopyError) -> Error {
        copy_failed(error)
    }
}

impl fmt::Debug for Str<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.with_copy(|text| {
            let mut copy = String::new();
            let copied = string::copy_to_string(text, &mut copy, Policy::Replace);
            copied.map_or_else(|error| error.to_string(), |()| format!("{copy:?}"))
        });
        f.write_str(shown.as_deref().unwrap_or("<a string in linear memory>"))
    }
}

impl<'a> From<&'a str> for Str<'a> {
    fn from(text: &'a str) -> Str<'a> {
        Str::host(Repr::Lent(text.into(), true))
    }
}

impl From<String> for Str<'_> {
    fn from(text: String) -> Self {
        Str::owned(Owned::Utf8(text.into_bytes(), true))
    }
}

impl<'a> From<&'a [u16]> for Str<'a> {
    fn from(units: &'a [u16]) -> Str<'a> {
        Str::from_utf16(units)
    }
}

impl From<Vec<u16>> for Str<'_> {
    fn from(units: Vec<u16>) -> Self {
        Str::owned(Owned::Utf16(units))
    }
}

impl From<Vec<u8>> for Str<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Str::owned(Owned::Utf8(bytes, false))
    }
}

pub(crate) fn wrong_store(what: &str) -> Error {
    Error::new(ErrorKind::WrongStore, format!("this {what} belongs to another store"))
}
