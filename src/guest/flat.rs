//! Calls without lists of values: arguments go straight into words, results
//! come straight out of them.
//!
//! Who calls knows the signature: it has been checked when the call was
//! prepared. So a caller is a pair of things that hand over and take values in
//! order, and a callee is a [`Lower`] and a [`Lift`], whichever way it runs.
//!
//! Not here: what calls, what runs.

use super::context::Cx;
use super::value::{Str, Val};
use crate::error::{Error, Result};
use crate::string::{Policy, Text};
use crate::types::{FuncType, ValType};

/// The arguments of a call, to be handed over in order; from the first one again
/// where a way of calling turns out not to be theirs.
pub trait Arguments<'a> {
    /// Hands them over.
    fn lower<L: Lower<'a>>(&self, into: &mut L) -> Result<()>;
}

/// Arguments of a function of this type: an error that tells an index says which
/// argument that is.
pub(crate) struct Told<'t, A>(pub &'t A, pub &'t FuncType);

impl<'a, A: Arguments<'a>> Arguments<'a> for Told<'_, A> {
    #[inline(always)]
    fn lower<L: Lower<'a>>(&self, into: &mut L) -> Result<()> {
        self.0.lower(into).map_err(|error| error.of_argument_told(self.1))
    }
}

/// Takes arguments in order. Text must stay as it is for `'a`.
pub trait Lower<'a> {
    /// A number's bits; of a narrow integer, extended to 32 by its sign.
    fn number(&mut self, bits: u64) -> Result<()>;
    /// Text that the host lends.
    fn text(&mut self, text: Text<'a>, policy: Option<Policy>) -> Result<()>;
    /// A reference, or a string of any kind.
    fn value(&mut self, val: Val<'a>) -> Result<()>;
}

/// Where the results of a call go.
pub trait Outcome {
    /// Takes them over, in order.
    fn lift<L: Lift>(&mut self, from: &mut L) -> Result<()>;
}

/// Gives results in order.
pub trait Lift {
    /// A number's bits, as for [`Lower::number`]; of one of 32 bits or fewer,
    /// the high half is of no meaning.
    fn number(&mut self) -> Result<u64>;
    /// A string where it lies, not yet checked, with what to do where it is
    /// ill-formed. Where `read` fails, the same string is next again.
    fn text<R>(&mut self, read: impl FnOnce(Text<'_>, Policy) -> Result<R>) -> Result<R>;
    /// A string of a guest where it lies, as [`Lift::text`], if `read` wants it: else
    /// the same string is next again.
    fn text_if<R>(
        &mut self,
        _read: impl FnOnce(Text<'_>) -> Result<Option<R>>,
    ) -> Result<Option<R>> {
        Ok(None)
    }
    /// A reference, or a string to be kept.
    fn value(&mut self) -> Result<Val<'static>>;
}

/// The slow way: arguments that are made into values after all.
pub(crate) struct ToVals<'v, 'a> {
    pub types: &'v [ValType],
    pub vals: &'v mut Vec<Val<'a>>,
}

impl<'a> Lower<'a> for ToVals<'_, 'a> {
    fn number(&mut self, bits: u64) -> Result<()> {
        let ty = self.types.get(self.vals.len()).copied().ok_or_else(mismatch)?;
        self.vals.push(Val::from_bits(ty, bits)?);
        Ok(())
    }

    fn text(&mut self, text: Text<'a>, policy: Option<Policy>) -> Result<()> {
        let text = Str::from_text(text);
        self.value(Val::String(match policy {
            Some(policy) => text.with_policy(policy),
            None => text,
        }))
    }

    fn value(&mut self, val: Val<'a>) -> Result<()> {
        self.vals.push(val);
        Ok(())
    }
}

/// The slow way: results that were values.
pub(crate) struct FromVals<'v, 'c, 's> {
    pub cx: &'c mut Cx<'s>,
    pub vals: &'v mut [Val<'static>],
    pub at: usize,
}

impl FromVals<'_, '_, '_> {
    fn next(&mut self) -> Result<Val<'static>> {
        let val = self.vals.get_mut(self.at).ok_or_else(mismatch)?;
        self.at += 1;
        Ok(std::mem::replace(val, Val::I32(0)))
    }
}

impl Lift for FromVals<'_, '_, '_> {
    fn number(&mut self) -> Result<u64> {
        self.next().map(|val| val.bits())
    }

    fn text<R>(&mut self, read: impl FnOnce(Text<'_>, Policy) -> Result<R>) -> Result<R> {
        let Some(Val::String(text)) = self.vals.get(self.at) else { return Err(mismatch()) };
        let policy = text.policy_or(self.cx.data().policy);
        let outcome = text.with_in((&*self.cx).into(), |text| read(text, policy))??;
        self.vals[self.at] = Val::I32(0);
        self.at += 1;
        Ok(outcome)
    }

    fn value(&mut self) -> Result<Val<'static>> {
        self.next()
    }
}

/// A caller that hands over what it did not prepare: a bug, told instead of a
/// panic.
#[cold]
pub(crate) fn mismatch() -> Error {
    Error::internal("not the values that were prepared for")
}
