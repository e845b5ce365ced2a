//! Text on its way into linear memory: short, in words; else in a buffer of the
//! store's, where nobody lends it until it is written.
//!
//! Not here: who writes it.

use super::StoreData;
use super::context::{AsContextMut, Cx};
use super::errors::{mismatch, no_memory};
use super::strings::Str;
use crate::abi::INLINE_ENCODING;
use crate::error::Result;
use crate::string::{self, CopyError, Dest, Encoding, Policy, SHORT, Text, short};

/// What the second word of text says that is inline.
pub(crate) const INLINE_SLOT: u32 = u32::MAX;
/// So many words it is: length, [`INLINE_SLOT`], and the text.
pub(crate) const INLINE_WORDS: usize = 2 + SHORT / PART;

/// How many bytes of text a word holds.
const PART: usize = size_of::<u128>();

/// Text as words. `None` where it is long or ill-formed.
#[inline(always)]
pub(crate) fn inline_words(text: Text<'_>) -> Result<Option<[u128; INLINE_WORDS]>> {
    if text.len() > SHORT {
        return Ok(None);
    }
    // The text starts after as many bytes as its last word may reach back.
    let mut bytes = [0; PART + SHORT];
    let Some(into) = bytes.last_chunk_mut() else { return Err(mismatch()) };
    let Some(len) = short(text, into) else { return Ok(None) };
    let part = |start: usize| bytes.get(start..).and_then(|rest| rest.first_chunk());
    let mut words = [0; INLINE_WORDS];
    (words[0], words[1]) = (len as u128, INLINE_SLOT.into());
    let whole = (1..SHORT / PART).map(|nth| nth * PART);
    for (word, start) in words[2..].iter_mut().zip(whole.chain([len])) {
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
        Copied::by(data, text, data.policy)
    }

    /// The same, by this rule.
    pub(crate) fn by(data: &mut StoreData, text: Text<'_>, policy: Policy) -> Result<Copied> {
        let mut buffer = data.scratch.bytes.pop().unwrap_or_default();
        match fill(&mut buffer, text, policy) {
            Ok((len, encoding)) => Ok(Copied { buffer, len, encoding }),
            Err(error) => {
                data.scratch.bytes.push(buffer);
                Err(error)
            }
        }
    }

    /// A copy of a string in UTF-8.
    pub(crate) fn of(cx: &mut Cx<'_>, text: &Str<'_>) -> Result<Copied> {
        let policy = text.policy_or(cx.data().policy).strict();
        let mut buffer = cx.data_mut().scratch.bytes.pop().unwrap_or_default();
        let filled = text.with_in((&*cx).into(), |text| fill(&mut buffer, text, policy))?;
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
    fn bytes(&self) -> &[u8] {
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

/// Copies text to the start of a buffer and gives its length and encoding.
fn fill(buffer: &mut Vec<u8>, text: Text<'_>, policy: Policy) -> Result<(usize, Encoding)> {
    let one_pass = if text.len() <= ONE_PASS { 3 * text.len() } else { text.len() };
    make_room(buffer, one_pass)?;
    match string::copy(text, Dest::of_bytes(INLINE_ENCODING, buffer), policy) {
        Ok(len) => Ok((len, INLINE_ENCODING)),
        Err(CopyError::TooSmall { needed }) => {
            make_room(buffer, needed)?;
            let len = string::copy(text, Dest::of_bytes(INLINE_ENCODING, buffer), policy)?;
            Ok((len, INLINE_ENCODING))
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
