//! Text on its way into linear memory: short, in words; else in a buffer of the
//! store's, where nobody lends it until it is written.
//!
//! Not here: who writes it.

use super::StoreData;
use super::context::{AsContextMut, Cx};
use super::errors::{mismatch, no_memory};
use super::strings::Str;
use crate::abi::{GuestEncoding, INLINE_ENCODING, Short};
use crate::error::Result;
use crate::string::{self, CopyError, Dest, Encoding, Policy, SHORT, Text};

/// What the second word of text says that is inline; and where its code units are of two
/// bytes, since one does not hold each.
pub(crate) const INLINE_SLOT: u32 = u32::MAX;
pub(crate) const INLINE_UNITS: u32 = i32::MAX as u32;
/// So many words it is: length, [`INLINE_SLOT`], and the text.
pub(crate) const INLINE_WORDS: usize = 2 + SHORT / PART;

/// How many bytes of text a word holds.
const PART: usize = size_of::<u128>();

/// Text as words, for a guest that takes it so. `None` where it is long or ill-formed.
#[inline(always)]
pub(crate) fn inline_words(
    text: Text<'_>,
    guest: GuestEncoding,
) -> Result<Option<[u128; INLINE_WORDS]>> {
    if text.len() > SHORT {
        return Ok(None);
    }
    // The text starts after as many bytes as its last word may reach back.
    let mut bytes = [0; PART + SHORT];
    let Some(into) = bytes.last_chunk_mut() else { return Err(mismatch()) };
    let Some(Short { length, size, in_units }) = guest.short(text, into) else { return Ok(None) };
    let slot = if in_units { INLINE_UNITS } else { INLINE_SLOT };
    let part = |start: usize| bytes.get(start..).and_then(|rest| rest.first_chunk());
    let mut words = [0; INLINE_WORDS];
    (words[0], words[1]) = (length as u128, slot.into());
    let whole = (1..SHORT / PART).map(|nth| nth * PART);
    for (word, start) in words[2..].iter_mut().zip(whole.chain([size])) {
        *word = u128::from_le_bytes(*part(start).ok_or_else(mismatch)?);
    }
    Ok(Some(words))
}

/// A copy of text in a buffer of a store's: well-formed, but where it is kept as it is.
pub struct Copied {
    /// What stands behind the text means nothing.
    buffer: Vec<u8>,
    len: usize,
    encoding: Encoding,
}

/// Text of up to so many units is copied in one pass, into a buffer for its
/// worst case; of longer text the length is found first.
const ONE_PASS: usize = 16 * 1024;
/// A buffer has no less.
const FEW_BYTES: usize = 256;
/// Buffers of so many bytes in all are kept: room for a text of 1 MiB.
const KEPT: usize = 1 << 20;

impl Copied {
    /// A copy, by the store's rule about ill-formed text.
    ///
    /// # Errors
    /// [`BadText`](crate::ErrorKind::BadText) and
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    pub fn new(mut cx: impl AsContextMut, text: Text<'_>) -> Result<Copied> {
        Copied::new_in(cx.as_context_mut().0.data_mut(), text)
    }

    pub(crate) fn new_in(data: &mut StoreData, text: Text<'_>) -> Result<Copied> {
        Copied::by(data, text, data.policy, INLINE_ENCODING)
    }

    /// The same, by this rule and in this encoding.
    pub(crate) fn by(
        data: &mut StoreData,
        text: Text<'_>,
        policy: Policy,
        to: Encoding,
    ) -> Result<Copied> {
        let mut buffer = data.scratch.bytes.pop().unwrap_or_default();
        match fill(&mut buffer, text, policy, to) {
            Ok((len, encoding)) => Ok(Copied { buffer, len, encoding }),
            Err(error) => {
                data.scratch.bytes.push(buffer);
                Err(error)
            }
        }
    }

    /// A copy of a string in an encoding.
    pub(crate) fn of(cx: &mut Cx<'_>, text: &Str<'_>, to: Encoding) -> Result<Copied> {
        let policy = text.policy_or(cx.data().policy);
        let policy = if to.keeps() { policy } else { policy.strict() };
        let mut buffer = cx.data_mut().scratch.bytes.pop().unwrap_or_default();
        let filled = text.with_in((&*cx).into(), |text| fill(&mut buffer, text, policy, to))?;
        filled.map(|(len, encoding)| Copied { buffer, len, encoding })
    }

    /// The text as bytes of UTF-8.
    ///
    /// # Errors
    /// [`BadText`](crate::ErrorKind::BadText) where it is kept as it is, which that cannot.
    #[inline]
    pub(crate) fn utf8(&self) -> Result<&[u8]> {
        if self.encoding != INLINE_ENCODING {
            string::validate(self.text())?;
        }
        Ok(self.bytes())
    }

    /// The text as bytes.
    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.buffer[..self.len]
    }

    /// The text.
    #[inline]
    pub fn text(&self) -> Text<'_> {
        Text::of_bytes(self.encoding, self.bytes())
    }

    /// Gives the buffer back.
    #[inline]
    pub(crate) fn give_back(self, data: &mut StoreData) {
        let kept: usize = data.scratch.bytes.iter().map(Vec::capacity).sum();
        if kept + self.buffer.capacity() <= KEPT {
            data.scratch.bytes.push(self.buffer);
        }
    }
}

/// Copies text to the start of a buffer, in an encoding or as it is kept, and gives how many
/// bytes it has there, and its encoding.
fn fill(
    buffer: &mut Vec<u8>,
    text: Text<'_>,
    policy: Policy,
    to: Encoding,
) -> Result<(usize, Encoding)> {
    let size = to.unit_size();
    let most = if text.len() <= ONE_PASS { size.max(3) } else { size };
    make_room(buffer, most * text.len())?;
    match string::copy(text, Dest::of_bytes(to, buffer), policy) {
        Ok(len) => Ok((size * len, to)),
        Err(CopyError::TooSmall { needed }) => {
            make_room(buffer, size * needed)?;
            let len = string::copy(text, Dest::of_bytes(to, buffer), policy)?;
            Ok((size * len, to))
        }
        Err(CopyError::BadText(_)) if policy == Policy::Keep && text.encoding().keeps() => {
            let encoding = text.encoding();
            let bytes = text.len() * encoding.unit_size();
            make_room(buffer, bytes)?;
            string::copy(text, Dest::of_bytes(encoding, &mut buffer[..bytes]), policy)?;
            Ok((bytes, encoding))
        }
        Err(error) => Err(error.into()),
    }
}

#[inline]
fn make_room(buffer: &mut Vec<u8>, bytes: usize) -> Result<()> {
    if buffer.len() >= bytes { Ok(()) } else { grow(buffer, bytes) }
}

#[cold]
fn grow(buffer: &mut Vec<u8>, bytes: usize) -> Result<()> {
    let bytes = bytes.max(FEW_BYTES);
    buffer.clear();
    buffer.try_reserve_exact(bytes).map_err(|_| no_memory(bytes))?;
    buffer.resize(bytes, 0);
    Ok(())
}
