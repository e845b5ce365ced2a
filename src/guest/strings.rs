//! Strings as values: text that the host lends or owns, or a guest's.
//!
//! Not here: decoding loops; what becomes of a guest's text when the guest runs.

use super::StoreData;
use super::context::{AsContext, AsContextMut, Cx};
use super::errors::{bad_text, changed, copy_failed, no_memory};
use super::text::Cell;
use crate::abi::GuestEncoding;
use crate::error::Result;
use crate::string::{self, Dest, Encoding, Policy, Text, encodings};
use std::fmt;
use std::sync::Arc;

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

/// Text of the host's, and whether it is known to be well-formed.
struct Owned {
    units: Units,
    checked: bool,
}

macro_rules! owned {
    ($($name:ident: $unit:ident $slots:tt,)+) => {
        /// Code units, in an encoding.
        enum Units {
            $($name(Vec<$unit>),)+
        }

        impl Units {
            fn text(&self) -> Text<'_> {
                match self {
                    $(Units::$name(units) => Text::$name(units),)+
                }
            }

            /// A copy of text as it is.
            fn copied(text: Text<'_>) -> Result<Units> {
                Ok(match text {
                    $(Text::$name(units) => Units::$name(copy(units, |unit| unit)?),)+
                    Text::LooseUtf16(units) => Units::Utf16(copy(units, u16::from_ne_bytes)?),
                    Text::LooseUtf32(units) => Units::Utf32(copy(units, u32::from_ne_bytes)?),
                })
            }
        }
    };
}

encodings!(owned);

fn copy<T: Copy, U>(units: &[T], unit: impl Fn(T) -> U) -> Result<Vec<U>> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(units.len()).map_err(|_| no_memory(units.len()))?;
    copy.extend(units.iter().map(|each| unit(*each)));
    Ok(copy)
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
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn copied(text: Text<'_>) -> Result<Str<'static>> {
        Ok(Str::owned(Units::copied(text)?, false))
    }

    /// Text that is lent; it is checked where it is used.
    pub fn from_text(text: Text<'a>) -> Str<'a> {
        Str::host(Repr::Lent(text, false))
    }

    fn host(repr: Repr<'a>) -> Str<'a> {
        Str { repr, policy: None }
    }

    fn owned(units: Units, checked: bool) -> Str<'a> {
        Str::host(Repr::Owned(Arc::new(Owned { units, checked })))
    }

    pub(crate) fn guest(cell: Arc<Cell>) -> Str<'static> {
        Str { repr: Repr::Guest(cell), policy: None }
    }

    /// A copy that the store owns: the string of choice for results of host
    /// functions, because the store uses its buffers again.
    pub fn new_in(mut cx: impl AsContextMut, text: Text<'_>) -> Result<Str<'static>> {
        let cx = &mut cx.as_context_mut().0;
        let policy = cx.data().policy;
        copy_in(cx.data_mut(), text, policy)
    }

    /// A copy that the store owns, by another rule about ill-formed text than its own.
    pub fn new_with(
        mut cx: impl AsContextMut,
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
    /// [`OutOfRange`](crate::ErrorKind::OutOfRange), with the position, for text that does not fit
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
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory) among others: its size is the guest's choice.
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
            Repr::Owned(owned) => Some(owned.units.text()),
            Repr::Guest(_) => None,
        }
    }

    /// This string, lent for as long as it is there.
    pub(crate) fn lent(&self) -> Str<'_> {
        let repr = match &self.repr {
            Repr::Lent(text, checked) => Repr::Lent(*text, *checked),
            Repr::Owned(owned) => Repr::Lent(owned.units.text(), owned.checked),
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

    /// Whether it is a guest's of this store, well-formed and encoded as all text of such a
    /// guest.
    pub(crate) fn is_of(&self, store: u64, guest: GuestEncoding) -> bool {
        match &self.repr {
            Repr::Guest(cell) => {
                cell.store() == store
                    && guest.fixed() == Some(cell.encoding())
                    && cell.is_well_formed()
            }
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

    /// Whether it is known to be well-formed.
    #[doc(hidden)]
    pub fn is_checked(&self) -> bool {
        match &self.repr {
            Repr::Lent(_, checked) => *checked,
            Repr::Owned(owned) => owned.checked,
            Repr::Guest(cell) => cell.is_well_formed(),
        }
    }

    /// The string as it is where it owns what it holds; else what it was.
    pub(crate) fn into_kept(self) -> std::result::Result<Str<'static>, Self> {
        let repr = match self.repr {
            Repr::Lent(..) => return Err(self),
            Repr::Owned(owned) => Repr::Owned(owned),
            Repr::Guest(cell) => Repr::Guest(cell),
        };
        Ok(Str { repr, policy: self.policy })
    }

    /// A string that owns what it holds. Text that is lent is copied
    /// into the store.
    pub(crate) fn into_owned(self, cx: &mut Cx<'_>) -> Result<Str<'static>> {
        let data = cx.data_mut();
        let policy = self.policy_or(data.policy);
        match self.repr {
            Repr::Guest(cell) => Ok(Str::guest(cell)),
            Repr::Owned(owned) if owned.checked => Ok(Str::host(Repr::Owned(owned))),
            Repr::Owned(owned) => copy_in(data, owned.units.text(), policy),
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
    copy_as(data, text, copies(text, policy), policy)
}

/// What a copy is encoded in that is not made for a guest: what is ill-formed and kept
/// stays as it is.
pub(crate) fn copies(text: Text<'_>, policy: Policy) -> Encoding {
    if policy == Policy::Keep { text.encoding() } else { COPIES }
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
    let how = (encoding, !measured.keeps());
    let cell = data.texts.copy(data.id, how, bytes, |buffer| {
        string::transcode(&measured, text, Dest::of_bytes(encoding, buffer)).map_err(changed)
    })?;
    Ok(Str::guest(cell))
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
        Str::owned(Units::Utf8(text.into_bytes()), true)
    }
}

impl<'a> From<&'a [u16]> for Str<'a> {
    fn from(units: &'a [u16]) -> Str<'a> {
        Str::from_utf16(units)
    }
}

impl From<Vec<u16>> for Str<'_> {
    fn from(units: Vec<u16>) -> Self {
        Str::owned(Units::Utf16(units), false)
    }
}

impl From<Vec<u8>> for Str<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Str::owned(Units::Utf8(bytes), false)
    }
}
