//! Calls without lists of values: arguments go straight into words, results
//! come straight out of them.
//!
//! Who calls knows the signature: it has been checked when the call was
//! prepared. So a caller is a pair of things that hand over and take values in
//! order, and a callee is a [`Lower`] and a [`Lift`], whichever way it runs.
//!
//! Not here: what calls, what runs.

use super::context::{Caller, Cx};
use super::value::{Str, Val};
use crate::error::{Error, ErrorKind, Result};
use crate::string::{Policy, Text};
use crate::types::ValType;
use std::iter::Zip;
use std::slice;

/// The arguments of a call, to be handed over once, in order.
pub trait Arguments<'a> {
    /// Hands them over.
    fn lower<L: Lower<'a>>(&self, into: &mut L) -> Result<()>;
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
        self.vals.push(Val::from_bits(ty, bits));
        Ok(())
    }

    fn text(&mut self, text: Text<'a>, policy: Option<Policy>) -> Result<()> {
        let text = match text {
            Text::Utf8(bytes) => Str::from_utf8(bytes),
            Text::Utf16(units) => Str::from_utf16(units),
        };
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
    Error::new(ErrorKind::Panic, "internal error: not the values that were prepared for")
}

/// A host function that takes and gives values in order, without lists.
pub(crate) trait HostBody: Send + Sync {
    /// Runs it: it takes all arguments and then puts all results.
    fn call(&self, cx: &mut Cx<'_>, io: &mut dyn HostIo) -> Result<()>;
}

/// The arguments and results of a call of a host function.
pub(crate) trait HostIo {
    /// The next argument, a number: see [`Lower::number`].
    fn number(&mut self) -> Result<u64>;
    /// The next argument, a string where it lies, not yet checked. It stays
    /// there until the guest runs.
    fn text(
        &mut self,
        cx: &mut Cx<'_>,
        read: &mut dyn FnMut(Text<'_>, Policy) -> Result<()>,
    ) -> Result<()>;
    /// The next argument, a reference, or a string to be read later in the
    /// call.
    fn value(&mut self, cx: &mut Cx<'_>) -> Result<Val<'static>>;
    /// Puts the next result, a number.
    fn put_number(&mut self, bits: u64) -> Result<()>;
    /// Puts the next result, a reference or a string.
    fn put_value(&mut self, cx: &mut Cx<'_>, val: Val<'static>) -> Result<()>;
}

/// A call of a host function made with [`Func::new_prepared`]: its arguments,
/// to be taken in order, and its results, to be put in order afterwards.
///
/// [`Func::new_prepared`]: crate::Func::new_prepared
pub struct HostCall<'x, 's> {
    pub(crate) cx: &'x mut Cx<'s>,
    pub(crate) io: &'x mut dyn HostIo,
}

impl HostCall<'_, '_> {
    /// The next argument, a number: its bits; of a narrow integer, extended to
    /// 32 by its sign.
    #[inline]
    pub fn number(&mut self) -> Result<u64> {
        self.io.number()
    }

    /// The next argument, a string, read where it lies: in linear memory, as
    /// UTF-8, if it is a guest's. It is not yet checked; what to do where it is
    /// ill-formed comes with it. An [`ErrorKind::BadText`] that `read` returns
    /// becomes a trap that tells where the string was.
    #[inline]
    pub fn text<R>(&mut self, read: impl FnOnce(Text<'_>, Policy) -> Result<R>) -> Result<R> {
        let (mut read, mut done) = (Some(read), None);
        self.io.text(self.cx, &mut |text, policy| {
            if let Some(read) = read.take() {
                done = Some(read(text, policy)?);
            }
            Ok(())
        })?;
        done.ok_or_else(mismatch)
    }

    /// The next argument, a reference, or a string to be read later in the
    /// call.
    pub fn value(&mut self) -> Result<Val<'static>> {
        self.io.value(self.cx)
    }

    /// Puts the next result, a number.
    #[inline]
    pub fn put_number(&mut self, bits: u64) -> Result<()> {
        self.io.put_number(bits)
    }

    /// Puts the next result, a reference or a string: one from
    /// [`Str::new_in`] costs least.
    pub fn put_value(&mut self, val: Val<'static>) -> Result<()> {
        self.io.put_value(self.cx, val)
    }

    /// A buffer of the store's, empty, to be given back.
    #[doc(hidden)]
    pub fn buffer(&mut self) -> Vec<u16> {
        self.cx.data_mut().scratch.units.pop().unwrap_or_default()
    }

    /// Gives a buffer back.
    #[doc(hidden)]
    pub fn give_back(&mut self, mut buffer: Vec<u16>) {
        buffer.clear();
        if buffer.capacity() <= super::text::KEPT {
            self.cx.data_mut().scratch.units.push(buffer);
        }
    }

    /// The store, to be used between arguments and results.
    pub fn caller(&mut self) -> Caller<'_> {
        Caller(wasmtime::AsContextMut::as_context_mut(self.cx))
    }
}

/// The slow way: a call with lists of values.
pub(crate) struct ValIo<'v, 'a> {
    pub args: slice::Iter<'v, Val<'a>>,
    pub results: Zip<slice::Iter<'v, ValType>, slice::IterMut<'v, Val<'static>>>,
}

impl HostIo for ValIo<'_, '_> {
    fn number(&mut self) -> Result<u64> {
        self.args.next().map(Val::bits).ok_or_else(mismatch)
    }

    fn text(
        &mut self,
        cx: &mut Cx<'_>,
        read: &mut dyn FnMut(Text<'_>, Policy) -> Result<()>,
    ) -> Result<()> {
        let Some(Val::String(text)) = self.args.next() else { return Err(mismatch()) };
        let policy = text.policy_or(cx.data().policy);
        text.with_in((&*cx).into(), |text| read(text, policy))?
    }

    fn value(&mut self, cx: &mut Cx<'_>) -> Result<Val<'static>> {
        Ok(match self.args.next().ok_or_else(mismatch)? {
            Val::String(text) => Val::String(text.clone().into_owned(cx)?),
            Val::ExternRef(reference) => Val::ExternRef(reference.clone()),
            Val::FuncRef(func) => Val::FuncRef(func.clone()),
            number => Val::from_bits(number.ty(), number.bits()),
        })
    }

    fn put_number(&mut self, bits: u64) -> Result<()> {
        let (ty, result) = self.results.next().ok_or_else(mismatch)?;
        *result = Val::from_bits(*ty, bits);
        Ok(())
    }

    fn put_value(&mut self, _: &mut Cx<'_>, val: Val<'static>) -> Result<()> {
        *self.results.next().ok_or_else(mismatch)?.1 = val;
        Ok(())
    }
}
