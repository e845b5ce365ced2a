//! [`TypedFunc`]: a function with the types of Rust.
//!
//! `mapping` has the traits that say which type of Rust stands for what; `numbers`,
//! `text`, `plain`, `lists`, `cases` and `tuples` have those types, and `closure` makes
//! host functions of closures, which take what `received` has.
//!
//! Not here: how it is called.

mod arities;
mod cases;
mod closure;
mod lists;
mod mapping;
mod numbers;
mod plain;
mod received;
mod text;
mod tuples;

pub use self::closure::{Answer, HostClosure};
pub use self::mapping::{Lift, Lower};
pub use self::received::Received;

use self::mapping::{Mapping, Sealed, count, fits_param, fits_result};
use self::received::Owned;
use super::prepared::Prepared;
use crate::error::Result;
use crate::guest::context::AsContextMut;
use crate::guest::errors::mismatch;
use crate::guest::strings::Str;
use crate::guest::tree::walk::{Lend, Take};
use crate::guest::tree::{Arg, Out};
use crate::guest::value::{Func, Val};
use crate::types::ValType;
use crate::types::tree::{Fields, Signature};
use arities::arities;
use std::marker::PhantomData;

/// A function whose type was checked once, to be called with values of Rust's
/// own types: no lists, no checks, no allocation but a result's.
///
/// `P` is a tuple of [`Argument`]s, `R` is nothing, or what the function returns: see
/// [`Lower`] for which type stands for what. (`i32` is `s32`; the core types are
/// [`I32`](crate::I32) and [`I64`](crate::I64).) A function of several results returns
/// a tuple of them. A result that is a [`Str`] is left where it is until it is read.
///
/// ```
/// use witrt::{Engine, Instance, Module, Store};
/// let engine = Engine::default();
/// let mut store = Store::new(&engine);
/// let module = Module::new(&engine, br#"(module
///     (memory 1)
///     (func $alloc (param i32) (result i32) i32.const 16)
///     (func $echo (param i32 i32) (result i32 i32) local.get 0 local.get 1)
///     (@interface func (export "echo") (param string) (result string)
///         arg.get 0
///         string-to-memory $alloc
///         call-core $echo
///         memory-to-string))"#)?;
/// let instance = Instance::new(&mut store, &module, &[])?;
/// let echo = instance.func(&mut store, "echo")?.typed::<(&str,), String>()?;
/// assert_eq!(echo.call(&mut store, ("Zoë 🦀",))?, "Zoë 🦀");
/// # Ok::<(), witrt::Error>(())
/// ```
///
/// Values of components go from where Rust has them straight into linear memory, and
/// from there to where Rust wants them:
///
/// ```
/// # #[cfg(feature = "component")] {
/// # use witrt::{Engine, Instance, Module, Store};
/// # let engine = Engine::default();
/// # let mut store = Store::new(&engine);
/// # let component = r#"(component
/// #     (core module $m
/// #         (memory (export "m") 1)
/// #         (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 64)
/// #         (func (export "total") (param i32 i32) (result i32)
/// #             (local $sum i32)
/// #             (block (loop
/// #                 (br_if 1 (i32.eqz (local.get 1)))
/// #                 (local.set $sum (i32.add (local.get $sum) (i32.load offset=8 (local.get 0))))
/// #                 (local.set 0 (i32.add (local.get 0) (i32.const 12)))
/// #                 (local.set 1 (i32.sub (local.get 1) (i32.const 1)))
/// #                 (br 0)))
/// #             (local.get $sum)))
/// #     (core instance $i (instantiate $m))
/// #     (type $record (record (field "name" string) (field "qty" u32)))
/// #     (export $item "item" (type $record))
/// #     (func (export "total") (param "items" (list $item)) (result u32)
/// #         (canon lift (core func $i "total") (memory $i "m") (realloc (func $i "realloc")))))"#;
/// # let module = Module::new(&engine, component.as_bytes())?;
/// # let instance = Instance::new(&mut store, &module, &[])?;
/// // total: func(items: list<record { name: string, qty: u32 }>) -> u32
/// let total = instance.func(&mut store, "total")?.typed::<(&[(&str, u32)],), u32>()?;
/// assert_eq!(total.call(&mut store, (&[("nails", 40), ("hammers", 2)],))?, 42);
///
/// let error = instance.func(&mut store, "total")?.typed::<(&[(&str, &str)],), u32>();
/// assert_eq!(
///     error.err().unwrap().message(),
///     "parameter 0 (\"items\"), element, field \"qty\": expected u32, found string"
/// );
/// # }
/// # Ok::<(), witrt::Error>(())
/// ```
///
/// A type that stands for nothing is an error of the compiler's, which names it:
///
/// ```compile_fail,E0277
/// # fn compiled(f: witrt::Func) -> witrt::Result<()> {
/// let f = f.typed::<(&str, std::time::Duration), u32>()?;
/// # Ok(()) }
/// ```
///
/// ```compile_fail,E0277
/// # fn compiled(f: witrt::Func) -> witrt::Result<()> {
/// let f = f.typed::<(&str,), Vec<&str>>()?; // what comes from a guest is owned
/// # Ok(()) }
/// ```
///
/// Nobody else adds types, so that a new kind of value breaks no program:
///
/// ```compile_fail,E0277
/// struct Mine;
/// impl witrt::Lower for Mine {}
/// ```
///
/// ```compile_fail,E0277
/// struct Mine;
/// impl witrt::Argument for Mine {
///     type Of<'a> = u32;
/// }
/// ```
///
/// ```compile_fail,E0277
/// struct Mine;
/// impl witrt::Lift for Mine {
///     type Ends<'r> = [u8; 0];
///     type Bits = ();
/// }
/// ```
///
/// ```compile_fail,E0046
/// struct Mine;
/// impl witrt::Params for Mine {
///     type Of<'a> = ();
///     type Places<'s> = ();
///     type Slots<'s> = [witrt::tree::Arg<'s>; 0];
/// }
/// ```
///
/// ```compile_fail,E0046
/// struct Mine;
/// impl witrt::Received for Mine {
///     type Of<'a> = u32;
///     type Place = <u32 as witrt::Received>::Place;
/// }
/// ```
///
/// ```compile_fail,E0046
/// struct Mine;
/// impl witrt::Answer for Mine {
///     type Value = u32;
/// }
/// ```
///
/// ```compile_fail,E0046
/// struct Mine;
/// impl witrt::HostClosure<()> for Mine {
///     type Params = ();
///     type Results = ();
/// }
/// ```
pub struct TypedFunc<P, R> {
    prepared: Prepared,
    /// Whether the result is a value with parts.
    takes: bool,
    types: PhantomData<fn(P) -> R>,
}

impl<P, R> Clone for TypedFunc<P, R> {
    fn clone(&self) -> Self {
        TypedFunc { prepared: self.prepared.clone(), takes: self.takes, types: PhantomData }
    }
}

impl Func {
    /// The function with Rust's types.
    ///
    /// # Errors
    /// [`ErrorKind::WrongKind`](crate::ErrorKind::WrongKind) where they are not
    /// its own, with the way to what is not: `result, element, field "qty": expected u32,
    /// found string`.
    pub fn typed<P: Params, R: Lift>(&self) -> Result<TypedFunc<P, R>> {
        let takes = match self.ty().signature() {
            Some(signature) => check::<P, R>(signature)?,
            None => false,
        };
        let prepared = match self.ty().signature() {
            Some(_) => Prepared::checked(self),
            None => Prepared::new(self, &P::types(Sealed), &R::types())?,
        };
        Ok(TypedFunc { prepared, takes, types: PhantomData })
    }
}

/// Checks types against a component's function. Whether its result has parts.
fn check<P: Params, R: Lift>(ty: &Signature) -> Result<bool> {
    P::fits(&ty.params)?;
    fits_result::<R>(ty)?;
    let result = ty.results.fields.first();
    Ok(result.is_some_and(|field| field.ty.val_type().is_composite()))
}

impl<P: Params, R: Lift> TypedFunc<P, R> {
    /// Calls it.
    ///
    /// # Errors
    /// As for [`Func::call`], but for those about types.
    #[inline(always)]
    pub fn call<'a>(&self, cx: impl AsContextMut, args: P::Of<'a>) -> Result<R> {
        if self.takes {
            let mut place = Owned(None);
            self.take(cx, args, &mut place)?;
            return place.0.ok_or_else(mismatch);
        }
        let mut results = R::blank();
        self.call_ends(cx, args, &mut results)?;
        Ok(results)
    }

    /// Calls it, and puts results in place of others, whose buffers are used again:
    /// a `String` that is large enough is filled without an allocation. After
    /// an error it is unspecified which of them are new.
    #[inline]
    pub fn call_into<'a>(
        &self,
        cx: impl AsContextMut,
        args: P::Of<'a>,
        results: &mut R,
    ) -> Result<()> {
        if self.takes { self.take(cx, args, results) } else { self.call_ends(cx, args, results) }
    }

    /// Calls what returns a value with parts.
    fn take<'a>(
        &self,
        cx: impl AsContextMut,
        args: P::Of<'a>,
        result: &mut dyn Take,
    ) -> Result<()> {
        let places = P::places(&args);
        let args = P::slots(&args, &places);
        let mut place: &mut dyn Take = result;
        self.prepared.call(cx, args.as_ref(), &mut [Out::take(&mut place)])
    }

    /// Calls what returns anything else.
    #[inline(always)]
    fn call_ends<'a>(&self, cx: impl AsContextMut, args: P::Of<'a>, results: &mut R) -> Result<()> {
        let places = P::places(&args);
        let args = P::slots(&args, &places);
        let mut ends = results.ends();
        self.prepared.call(cx, args.as_ref(), ends.as_mut())?;
        let bits = R::bits(ends);
        results.numbers(bits)
    }

    /// The function.
    pub fn func(&self) -> &Func {
        self.prepared.func()
    }
}

/// The kind of one argument of a [`TypedFunc`]: what [`Lower`] can be, whatever is lent
/// in it for how long.
#[diagnostic::on_unimplemented(
    message = "`{Self}` stands for no value that a guest can be given",
    label = "no value of guests",
    note = "sized integers, floats, `bool`, `char`, `&str`, `String`, `Str`, slices, `Vec`, \
            `Option`, `Result`, tuples and `Resource` do; a record is a tuple of its fields"
)]
pub trait Argument: Mapping {
    /// The argument, with what is lent in it for `'a`.
    type Of<'a>: Lower + 'a;
}

/// The arguments of a [`TypedFunc`]: a tuple of [`Argument`]s.
pub trait Params {
    /// The tuple, with what is lent in it for `'a`.
    type Of<'a>;
    /// The kinds, in order.
    #[doc(hidden)]
    fn types(_: Sealed) -> Vec<ValType>;
    /// Whether they stand for these types.
    #[doc(hidden)]
    fn fits(params: &Fields) -> Result<()>;
    /// Where they are.
    #[doc(hidden)]
    type Places<'s>: Copy;
    #[doc(hidden)]
    fn places<'s, 'a: 's>(args: &'s Self::Of<'a>) -> Self::Places<'s>;
    /// Their slots.
    #[doc(hidden)]
    type Slots<'s>: AsRef<[Arg<'s>]>;
    #[doc(hidden)]
    fn slots<'s, 'a: 's>(args: &'s Self::Of<'a>, places: &'s Self::Places<'s>) -> Self::Slots<'s>;
}

/// What is the same whatever is lent.
macro_rules! own {
    ($($ty:ty,)+) => {$(
        impl Argument for $ty {
            type Of<'a> = $ty;
        }
    )+};
}

own! {
    i8, u8, i16, u16, i32, u32, i64, u64, f32, f64, bool, char, (), String,
    crate::I32, crate::I64, Option<crate::ExternRef>, Option<Func>, crate::Resource,
}

impl Argument for Str<'_> {
    type Of<'a> = &'a Str<'a>;
}

impl Argument for Val<'_> {
    type Of<'a> = Val<'a>;
}

impl Argument for &Str<'_> {
    type Of<'a> = &'a Str<'a>;
}

impl Argument for &str {
    type Of<'a> = &'a str;
}

impl Argument for &crate::Resource {
    type Of<'a> = &'a crate::Resource;
}

impl<T: Argument> Argument for &[T] {
    type Of<'a> = &'a [T::Of<'a>];
}

impl<T: Argument> Argument for Vec<T> {
    type Of<'a> = Vec<T::Of<'a>>;
}

impl<T: Argument, const N: usize> Argument for [T; N] {
    type Of<'a> = [T::Of<'a>; N];
}

impl<T: Argument> Argument for Option<T> {
    type Of<'a> = Option<T::Of<'a>>;
}

impl<T: Argument, E: Argument> Argument for std::result::Result<T, E> {
    type Of<'a> = std::result::Result<T::Of<'a>, E::Of<'a>>;
}

#[allow(unused_lifetimes)] // as the trait has them
impl Params for () {
    type Of<'a> = ();
    fn types(_: Sealed) -> Vec<ValType> {
        Vec::new()
    }
    fn fits(params: &Fields) -> Result<()> {
        count(params, 0)
    }
    type Places<'s> = ();
    fn places<'s, 'a: 's>(_: &'s ()) {}
    type Slots<'s> = [Arg<'s>; 0];
    #[inline(always)]
    fn slots<'s, 'a: 's>(_: &'s (), _: &'s ()) -> [Arg<'s>; 0] {
        []
    }
}

macro_rules! tuples {
    ($(($($name:ident $index:tt)+))+) => {$(
        impl<$($name: Argument),+> Argument for ($($name,)+) {
            type Of<'a> = ($($name::Of<'a>,)+);
        }

        impl<$($name: Argument),+> Params for ($($name,)+) {
            type Of<'a> = ($($name::Of<'a>,)+);
            fn types(_: Sealed) -> Vec<ValType> {
                vec![$($name::TYPE),+]
            }
            fn fits(params: &Fields) -> Result<()> {
                count(params, <[usize]>::len(&[$($index),+]))?;
                $(fits_param::<$name>(params, $index)?;)+
                Ok(())
            }
            type Places<'s> = [&'s dyn Lend; <[usize]>::len(&[$($index),+])];
            #[inline(always)]
            fn places<'s, 'a: 's>(args: &'s Self::Of<'a>) -> Self::Places<'s> {
                [$(&args.$index),+]
            }
            type Slots<'s> = [Arg<'s>; <[usize]>::len(&[$($index),+])];
            #[inline(always)]
            fn slots<'s, 'a: 's>(
                args: &'s Self::Of<'a>,
                places: &'s Self::Places<'s>,
            ) -> Self::Slots<'s> {
                [$(args.$index.slot(&places[$index])),+]
            }
        }
    )+};
}

arities!(tuples);
