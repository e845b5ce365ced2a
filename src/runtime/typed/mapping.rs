//! Which types of Rust stand for which values of guests: the traits.
//!
//! Nobody else implements them: what they are made of has no public name, so that a
//! new kind of value breaks no program.
//!
//! Not here: the types.

use crate::error::{Error, ErrorKind};
use crate::guest::context::ContextRef;
use crate::guest::host::HostCall;
use crate::guest::strings::Str;
use crate::guest::tree::arrive::Depart;
use crate::guest::tree::walk::{Fault, Lend, Looked, Reading, Taken};
use crate::guest::tree::{Arg, Out};
use crate::guest::value::{List, Val};
use crate::types::ValType;
use crate::types::tree::{Fields, Signature, Type};
use wasmtime::Result;

/// What nobody else can name, so that nobody else implements a trait.
pub struct Sealed;

/// More words than anything has.
pub const UNKNOWN: usize = 1 << 20;

/// What stands for a type. It has no public name.
pub trait Mapping {
    /// The kind that it stands for if nothing says otherwise.
    const TYPE: ValType;
    /// The kind of a list of it.
    const OF_LIST: ValType = ValType::List;
    /// How many core values it has; [`UNKNOWN`] if that is for its type to say.
    const WORDS: usize;
    /// The type that it stands for if nothing says otherwise; none for a core type.
    fn ty() -> Option<Type> {
        Type::plain(Self::TYPE)
    }
    /// Whether it stands for this one.
    fn fits(ty: &Type) -> Looked;
    /// Whether it stands for what a case holds, which may be nothing.
    fn fits_payload(ty: Option<&Type>) -> Looked {
        match ty {
            Some(ty) => Self::fits(ty),
            None => Err(differs("nothing", &name::<Self>())),
        }
    }
    /// What a case holds.
    fn payload() -> Option<Type> {
        Self::ty()
    }
}

/// A value that a guest can be given: what lists, options, results and tuples that are
/// arguments are made of, and what host functions return.
///
/// | type | stands for |
/// |---|---|
/// | sized integers, `f32`, `f64`, `bool`, `char` | the same |
/// | `u8`, `u16`, `u32` | also an enumeration of up to as many cases, by number; also up to as many flags, the first one the lowest bit |
/// | `&str`, `String`, [`Str`](crate::Str) | `string` |
/// | `&[u16]`, `Vec<u16>` | `string`, as UTF-16, where the guest has that; else a list |
/// | `&[T]`, `Vec<T>`, `[T; N]` | `list` |
/// | `Option<T>` | `option` |
/// | `Result<T, E>` | `result`; `()` for what holds nothing |
/// | `(A, B, …)` | `tuple`, and `record`, whose fields are taken in order |
/// | [`Resource`](crate::Resource), `&Resource` | `own` and `borrow` |
/// | [`Val`](crate::Val) | any type of components, `variant` among them |
/// | [`I32`](crate::I32), [`I64`](crate::I64), `Option<ExternRef>`, `Option<Func>` | core types |
///
/// Nothing is derived for types of your own. A record is given as the tuple of its fields,
/// and taken as one; an enumeration is its number, and flags are bits; a variant is a
/// [`Val`](crate::Val), whose first part is the number of the case:
///
/// ```
/// use witrt::Val;
/// enum Shape {
///     Dot,
///     Circle(f64),
///     Named(String),
/// }
/// // variant shape { dot, circle(f64), named(string) }
/// impl From<Shape> for Val<'_> {
///     fn from(shape: Shape) -> Self {
///         let (case, payload) = match shape {
///             Shape::Dot => (0, None),
///             Shape::Circle(radius) => (1, Some(Val::F64(radius))),
///             Shape::Named(name) => (2, Some(Val::from(name))),
///         };
///         Val::Variant(case, payload.map(Box::new))
///     }
/// }
/// # let _ = [Shape::Dot.into(), Shape::Named("a".into()).into(), Val::from(Shape::Circle(1.0))];
/// // With f of `typed::<(Val<'_>,), Option<f64>>`: f.call(&mut store, (Shape::Dot.into(),))
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` stands for no value that a guest can be given",
    label = "no value of guests",
    note = "sized integers, floats, `bool`, `char`, `&str`, `String`, `Str`, slices, `Vec`, \
            `Option`, `Result`, tuples and `Resource` do; a record is a tuple of its fields"
)]
pub trait Lower: Mapping + Lend {
    /// Whether anything can be wrong with one.
    #[doc(hidden)]
    const LOOKS: bool = true;
    /// Its slot; `place` is this value.
    #[doc(hidden)]
    #[inline(always)]
    fn slot<'s>(&'s self, place: &'s &'s dyn Lend) -> Arg<'s> {
        Arg::lend(place)
    }
    /// The slot of a reference to it.
    #[doc(hidden)]
    #[inline(always)]
    fn slot_of_ref<'s>(_: &'s &'s Self, place: &'s &'s dyn Lend) -> Arg<'s> {
        Arg::lend(place)
    }
    /// The slot of a list of it.
    #[doc(hidden)]
    #[inline(always)]
    fn slot_of_list<'s>(_: &'s &'s [Self], place: &'s &'s dyn Lend) -> Arg<'s>
    where
        Self: Sized,
    {
        Arg::lend(place)
    }
    /// The slot of a vector of it.
    #[doc(hidden)]
    fn slot_of_vec<'s>(_: &'s Vec<Self>, place: &'s &'s dyn Lend) -> Arg<'s>
    where
        Self: Sized,
    {
        Arg::lend(place)
    }
    /// A list of it as it lies in memory, if it lies so.
    #[doc(hidden)]
    #[inline(always)]
    fn bytes(_: &[Self]) -> Option<&[u8]>
    where
        Self: Sized,
    {
        None
    }
    /// A list of it as text, if it may be that.
    #[doc(hidden)]
    fn units(_: &[Self]) -> Option<&[u16]>
    where
        Self: Sized,
    {
        None
    }

    /// A list of it as a value, if lists of it are packed.
    #[doc(hidden)]
    fn list(_: &[Self]) -> Option<List<'static>>
    where
        Self: Sized,
    {
        None
    }
    /// The types of the results that it is, of a host function that may have several.
    #[doc(hidden)]
    fn types() -> Vec<ValType>
    where
        Self: Sized,
    {
        vec![Self::TYPE]
    }
    /// Puts it as the results of a host function that may have several.
    #[doc(hidden)]
    #[inline(always)]
    fn give(self, call: &mut HostCall<'_, '_>) -> crate::error::Result<()>
    where
        Self: Sized,
    {
        self.give_one(call)
    }
    /// Puts it as one result.
    #[doc(hidden)]
    fn give_one(self, call: &mut HostCall<'_, '_>) -> crate::error::Result<()>
    where
        Self: Sized,
    {
        call.put_parts(|ty| self.to_val(ty))
    }
    /// Puts a list of it as one result.
    #[doc(hidden)]
    fn give_list(list: &[Self], call: &mut HostCall<'_, '_>) -> crate::error::Result<()>
    where
        Self: Sized,
    {
        call.put_parts(|ty| list.to_val(ty))
    }
    /// Puts what is referred to as one result.
    #[doc(hidden)]
    fn give_ref(&self, call: &mut HostCall<'_, '_>) -> crate::error::Result<()> {
        call.put_parts(|ty| self.to_val(ty))
    }
}

impl<T: Lower + 'static> Depart for T {
    const WORDS: usize = <T as Mapping>::WORDS;
}

/// A value that comes from a guest: the result of a [`TypedFunc`](crate::TypedFunc), and
/// what that is made of. See [`Lower`] for what stands for what: here all is owned.
#[diagnostic::on_unimplemented(
    message = "`{Self}` stands for no value that comes from a guest",
    label = "no value of guests",
    note = "sized integers, floats, `bool`, `char`, `String`, `Vec`, `Option`, `Result`, tuples \
            and `Resource` do; a record is a tuple of its fields; nothing is borrowed"
)]
pub trait Lift: Mapping + Sized + 'static {
    /// Something to be written over.
    #[doc(hidden)]
    fn blank() -> Self;
    /// Takes one out of core values.
    #[doc(hidden)]
    fn of_words(ty: &Type, from: &mut Reading<'_, '_>, words: &mut Taken<'_>) -> Result<Self>;
    /// Takes it out of core values in place of another, whose allocations are used again.
    #[doc(hidden)]
    #[inline(always)]
    fn update_words(
        &mut self,
        ty: &Type,
        from: &mut Reading<'_, '_>,
        words: &mut Taken<'_>,
    ) -> Result<()> {
        *self = Self::of_words(ty, from, words)?;
        Ok(())
    }
    /// Takes one out of memory.
    #[doc(hidden)]
    fn of_memory(ty: &Type, from: &mut Reading<'_, '_>, at: usize) -> Result<Self>;
    /// Takes it out of memory in place of another, whose allocations are used again.
    #[doc(hidden)]
    fn update(&mut self, ty: &Type, from: &mut Reading<'_, '_>, at: usize) -> Result<()> {
        *self = Self::of_memory(ty, from, at)?;
        Ok(())
    }
    /// Takes a list of it that lies as it does in memory, if it does.
    #[doc(hidden)]
    #[inline(always)]
    fn packed(
        _: &mut Reading<'_, '_>,
        _at: usize,
        _len: usize,
        _to: &mut Vec<Self>,
    ) -> Option<Result<()>> {
        None
    }
    /// Takes a list of it that is text, if it may be that.
    #[doc(hidden)]
    fn text(
        _: &mut Reading<'_, '_>,
        _at: u32,
        _len: u32,
        _to: &mut Vec<Self>,
    ) -> Option<Result<()>> {
        None
    }

    /// Makes one of a value of any type.
    #[doc(hidden)]
    fn of_val(cx: &ContextRef<'_>, val: &Val<'_>) -> crate::error::Result<Self>;
    /// Takes it as the next argument of a host function.
    #[doc(hidden)]
    fn take(call: &mut HostCall<'_, '_>) -> crate::error::Result<Self> {
        call.take_parts(Self::of_val)
    }
    /// Takes it as the next argument of a host function, in place of another.
    #[doc(hidden)]
    #[inline(always)]
    fn update_arg(&mut self, call: &mut HostCall<'_, '_>) -> crate::error::Result<()> {
        *self = Self::take(call)?;
        Ok(())
    }
    /// Takes an argument of a host function that is a list of it, in place of another.
    #[doc(hidden)]
    fn take_list(call: &mut HostCall<'_, '_>, to: &mut Vec<Self>) -> crate::error::Result<()> {
        *to = call.take_parts(Vec::of_val)?;
        Ok(())
    }
    /// Whether one may be kept beyond a call, for its memory to be used again: numbers and
    /// text may.
    #[doc(hidden)]
    const KEEPS: bool = false;
    /// How many bytes it has allocated.
    #[doc(hidden)]
    #[inline(always)]
    fn allocated(&self) -> usize {
        0
    }
    /// Makes a list of it of a text, if it may be that.
    #[doc(hidden)]
    fn of_text(_: &ContextRef<'_>, _: &Str<'_>) -> Option<crate::error::Result<Vec<Self>>> {
        None
    }

    /// Its slot, where it is no value with parts.
    #[doc(hidden)]
    #[inline(always)]
    fn end(&mut self) -> Out<'_> {
        Out::number()
    }
    /// The slot of a list of it, where that may be text.
    #[doc(hidden)]
    fn end_of_list(_: &mut Vec<Self>) -> Out<'_> {
        Out::number()
    }
    /// Takes a number out of its slot.
    #[doc(hidden)]
    #[inline(always)]
    fn number(&mut self, _bits: u64) -> crate::error::Result<()> {
        Ok(())
    }

    /// The types of the results that it is, of a function that may have several.
    #[doc(hidden)]
    fn types() -> Vec<ValType> {
        vec![Self::TYPE]
    }
    /// As many slots, and as many numbers.
    #[doc(hidden)]
    type Ends<'r>: AsMut<[Out<'r>]>;
    #[doc(hidden)]
    type Bits;
    /// Their slots.
    #[doc(hidden)]
    fn ends(&mut self) -> Self::Ends<'_>;
    /// The numbers in them.
    #[doc(hidden)]
    fn bits(ends: Self::Ends<'_>) -> Self::Bits;
    /// Takes the numbers among them.
    #[doc(hidden)]
    fn numbers(&mut self, bits: Self::Bits) -> crate::error::Result<()>;
}

/// The last part of [`Lift`], for what is one result.
macro_rules! one_result {
    () => {
        type Ends<'r> = [$crate::guest::tree::Out<'r>; 1];
        type Bits = u64;
        #[inline(always)]
        fn ends(&mut self) -> Self::Ends<'_> {
            [$crate::runtime::typed::mapping::Lift::end(self)]
        }
        #[inline(always)]
        fn bits([end]: Self::Ends<'_>) -> u64 {
            end.bits()
        }
        #[inline(always)]
        fn numbers(&mut self, bits: u64) -> $crate::error::Result<()> {
            $crate::runtime::typed::mapping::Lift::number(self, bits)
        }
    };
}
pub(super) use one_result;

/// What stands for one type without parts.
macro_rules! stands {
    ($($rust:ty => $name:ident $words:literal, $pattern:pat,)+) => {$(
        impl $crate::runtime::typed::mapping::Mapping for $rust {
            const TYPE: ValType = ValType::$name;
            const WORDS: usize = $words;
            fn fits(ty: &Type) -> Looked {
                if matches!(ty, $pattern) { Ok(()) } else { $crate::runtime::typed::mapping::misfit::<Self>(ty) }
            }
        }
    )+};
}
pub(super) use stands;

impl<T: Lift> crate::guest::tree::walk::Take for T {
    fn take_words(
        &mut self,
        ty: &Type,
        from: &mut Reading<'_, '_>,
        words: &mut Taken<'_>,
    ) -> Result<()> {
        *self = T::of_words(ty, from, words)?;
        Ok(())
    }

    fn take_memory(&mut self, ty: &Type, from: &mut Reading<'_, '_>, at: usize) -> Result<()> {
        self.update(ty, from, at)
    }

    fn take_val(&mut self, cx: &ContextRef<'_>, val: &Val<'_>) -> crate::error::Result<()> {
        *self = T::of_val(cx, val)?;
        Ok(())
    }
}

/// Checks the type of a component's function's result.
pub(super) fn fits_result<R: Mapping>(ty: &Signature) -> crate::error::Result<()> {
    let fits = match ty.results.fields.first() {
        Some(field) => R::fits(&field.ty),
        None => R::fits_payload(None),
    };
    fits.map_err(|fault| fault.into_error("result".into()))
}

/// Checks the type of one of its parameters, which are so many.
pub(super) fn fits_param<P: Mapping>(params: &Fields, i: usize) -> crate::error::Result<()> {
    let fits = P::fits(&params.fields[i].ty);
    fits.map_err(|fault| fault.into_error(params.parameter(i)).at_argument(i))
}

/// Whether there are so many parameters.
pub(super) fn count(params: &Fields, found: usize) -> crate::error::Result<()> {
    match params.fields.len() {
        expected if expected == found => Ok(()),
        expected => {
            let message = format!("the function has {expected} parameters, not {found}");
            Err(Error::new(ErrorKind::WrongKind, message))
        }
    }
}

/// What a type is called where it does not fit.
pub(super) fn name<T: Mapping + ?Sized>() -> String {
    T::ty().map_or_else(|| T::TYPE.to_string(), |ty| ty.to_string())
}

/// It is not what the guest has.
pub(super) fn misfit<T: Mapping + ?Sized>(ty: &Type) -> Looked {
    Err(differs(ty, &name::<T>()))
}

/// A value of a type that does not stand for it.
#[cold]
pub(super) fn unexpected<T: Mapping>(found: &Val<'_>) -> Error {
    let message = format!("expected {}, found {}", name::<T>(), found.ty());
    Error::new(ErrorKind::WrongKind, message)
}

pub(super) fn differs(expected: impl std::fmt::Display, found: &str) -> Fault {
    Error::new(ErrorKind::WrongKind, format!("expected {expected}, found {found}")).into()
}

/// A value that is not of the type that was looked at: a bug, told instead of a panic.
#[cold]
pub(super) fn mismatch() -> wasmtime::Error {
    crate::guest::errors::mismatch().into()
}
