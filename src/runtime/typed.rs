//! [`TypedFunc`]: a function with the types of Rust.
//!
//! Not here: how it is called.

use super::func::host_type;
use super::prepared::Prepared;
use crate::error::Result;
use crate::guest::context::AsContextMut;
use crate::guest::func::Func;
use crate::guest::refs::ExternRef;
use crate::guest::tree::{Arg, Out};
use crate::guest::value::{Number, Str};
use crate::types::{ValType, kinds_of_values};
use private::Sealed;
use std::marker::PhantomData;

/// What nobody else can name, so that nobody else implements these traits: a new kind of
/// value breaks no program.
pub(crate) mod private {
    pub struct Sealed;
}

/// A function whose type was checked once, to be called with values of Rust's
/// own types: no lists, no checks, no allocation but a result's.
///
/// `P` is a tuple of [`Argument`]s: the sized integers (`i32` is `s32`; the core
/// types are [`I32`](crate::I32) and [`I64`](crate::I64)), floats, `&str`, `&[u16]`, `Str` and
/// references. `R` is nothing, a [`Gift`], or a tuple of them: the same numbers
/// and references, `String`, `Vec<u16>` (UTF-16), or `Str` for a string that is
/// left where it is until it is read.
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
pub struct TypedFunc<P, R> {
    prepared: Prepared,
    types: PhantomData<fn(P) -> R>,
}

impl<P, R> Clone for TypedFunc<P, R> {
    fn clone(&self) -> Self {
        TypedFunc { prepared: self.prepared.clone(), types: PhantomData }
    }
}

impl Func {
    /// The function with Rust's types.
    ///
    /// # Errors
    /// [`ErrorKind::WrongKind`](crate::ErrorKind::WrongKind) where they are not
    /// its own.
    pub fn typed<P: Params, R: Gifts>(&self) -> Result<TypedFunc<P, R>> {
        let prepared = Prepared::new(self, &P::types(), &R::types())?;
        Ok(TypedFunc { prepared, types: PhantomData })
    }
}

impl<P: Params, R: Gifts> TypedFunc<P, R> {
    /// Calls it.
    ///
    /// # Errors
    /// As for [`Func::call`], but for those about types.
    #[inline(always)]
    pub fn call<'a>(&self, cx: impl AsContextMut, args: P::Of<'a>) -> Result<R> {
        let mut results = R::default();
        self.call_into(cx, args, &mut results)?;
        Ok(results)
    }

    /// The same with results in place of others, whose buffers are used again:
    /// a `String` that is large enough is filled without an allocation. After
    /// an error it is unspecified which of them are new.
    #[inline]
    pub fn call_into<'a>(
        &self,
        cx: impl AsContextMut,
        args: P::Of<'a>,
        results: &mut R,
    ) -> Result<()> {
        let args = P::slots(&args, Sealed);
        let mut slots = results.slots(Sealed);
        self.prepared.call(cx, args.as_ref(), slots.as_mut())?;
        let bits = R::bits(slots, Sealed);
        results.numbers(bits, Sealed);
        Ok(())
    }

    /// The function.
    pub fn func(&self) -> &Func {
        self.prepared.func()
    }
}

/// The arguments of a [`TypedFunc`]: a tuple of [`Argument`]s.
pub trait Params {
    /// The tuple, with text borrowed for `'a`.
    type Of<'a>;
    /// The types, in order.
    fn types() -> Vec<ValType>;
    /// As many slots.
    #[doc(hidden)]
    type Slots<'s>: AsRef<[Arg<'s>]>;
    /// Their slots.
    #[doc(hidden)]
    fn slots<'s, 'a: 's>(args: &'s Self::Of<'a>, _: Sealed) -> Self::Slots<'s>;
}

/// The kind of one argument of a [`TypedFunc`].
pub trait Argument {
    /// The type it stands for.
    const TYPE: ValType;
    /// The argument, with text borrowed for `'a`.
    type Of<'a>;
    /// Its slot.
    #[doc(hidden)]
    fn slot<'s, 'a: 's>(arg: &'s Self::Of<'a>, _: Sealed) -> Arg<'s>;
}

/// The results of a [`TypedFunc`]: nothing, a [`Gift`], or a tuple of them.
pub trait Gifts: Default {
    /// The types, in order.
    fn types() -> Vec<ValType>;
    /// As many slots, and as many numbers.
    #[doc(hidden)]
    type Slots<'r>: AsMut<[Out<'r>]>;
    #[doc(hidden)]
    type Bits;
    /// Their slots.
    #[doc(hidden)]
    fn slots(&mut self, _: Sealed) -> Self::Slots<'_>;
    /// The numbers in them.
    #[doc(hidden)]
    fn bits(slots: Self::Slots<'_>, _: Sealed) -> Self::Bits;
    /// Takes the numbers among them.
    #[doc(hidden)]
    fn numbers(&mut self, bits: Self::Bits, _: Sealed);
}

/// One result of a [`TypedFunc`].
pub trait Gift: Default {
    /// The type it stands for.
    const TYPE: ValType;
    /// Its slot.
    #[doc(hidden)]
    fn slot(&mut self, _: Sealed) -> Out<'_>;
    /// Takes a number out of it.
    #[doc(hidden)]
    #[inline(always)]
    fn number(&mut self, _: u64, _: Sealed) {}
}

macro_rules! numbers {
    (
        numbers { $($a:literal $n:ident $t:ident $c:literal $b:tt $core:ident $bits:literal $sign:ident $rust:ident;)+ }
        $($others:tt)*
    ) => {$(
        impl Argument for host_type!($sign $n $rust) {
            const TYPE: ValType = ValType::$n;
            type Of<'a> = host_type!($sign $n $rust);
            #[inline(always)]
            fn slot<'s, 'a: 's>(arg: &'s Self::Of<'a>, _: Sealed) -> Arg<'s> {
                Arg::number(Number::to_bits(<$rust>::from(*arg)))
            }
        }
        impl Gift for host_type!($sign $n $rust) {
            const TYPE: ValType = ValType::$n;
            #[inline(always)]
            fn slot(&mut self, _: Sealed) -> Out<'_> {
                Out::number()
            }
            #[inline(always)]
            fn number(&mut self, bits: u64, _: Sealed) {
                *self = <$rust as Number>::from_bits(bits).into();
            }
        }
    )+};
}

kinds_of_values!(numbers);

/// For each type, what an argument and what a result of it is.
macro_rules! places {
    ($($name:ident: $(argument $arg:ty as $of:ty => $slot:ident,)? $(result $gift:ty => $place:ident)?;)+) => {$($(
        impl Argument for $arg {
            const TYPE: ValType = ValType::$name;
            type Of<'a> = $of;
            #[inline(always)]
            fn slot<'s, 'a: 's>(arg: &'s Self::Of<'a>, _: Sealed) -> Arg<'s> {
                Arg::$slot(arg)
            }
        })?
        $(impl Gift for $gift {
            const TYPE: ValType = ValType::$name;
            #[inline(always)]
            fn slot(&mut self, _: Sealed) -> Out<'_> {
                Out::$place(self)
            }
        })?
    )+};
}

places! {
    ExternRef: argument Option<ExternRef> as Option<ExternRef> => externref,
        result Option<ExternRef> => externref;
    FuncRef: argument Option<Func> as Option<Func> => funcref, result Option<Func> => funcref;
    String: argument &str as &'a str => utf8, result String => utf8;
    String: argument &[u16] as &'a [u16] => utf16, result Vec<u16> => utf16;
    String: argument Str<'_> as &'a Str<'a> => string, result Str<'static> => string;
}

impl Default for Str<'static> {
    fn default() -> Str<'static> {
        Str::from("")
    }
}

impl Gifts for () {
    fn types() -> Vec<ValType> {
        Vec::new()
    }
    type Slots<'r> = [Out<'r>; 0];
    type Bits = ();
    #[inline(always)]
    fn slots(&mut self, _: Sealed) -> [Out<'_>; 0] {
        []
    }
    #[inline(always)]
    fn bits(_: [Out<'_>; 0], _: Sealed) {}
    #[inline(always)]
    fn numbers(&mut self, (): (), _: Sealed) {}
}

impl<T: Gift> Gifts for T {
    fn types() -> Vec<ValType> {
        vec![T::TYPE]
    }
    type Slots<'r> = [Out<'r>; 1];
    type Bits = u64;
    #[inline(always)]
    fn slots(&mut self, _: Sealed) -> [Out<'_>; 1] {
        [self.slot(Sealed)]
    }
    #[inline(always)]
    fn bits([slot]: [Out<'_>; 1], _: Sealed) -> u64 {
        slot.bits()
    }
    #[inline(always)]
    fn numbers(&mut self, bits: u64, _: Sealed) {
        self.number(bits, Sealed);
    }
}

macro_rules! tuples {
    ($(($($name:ident $index:tt)*))+) => {$(
        impl<$($name: Argument),*> Params for ($($name,)*) {
            type Of<'a> = ($($name::Of<'a>,)*);
            fn types() -> Vec<ValType> {
                vec![$($name::TYPE),*]
            }
            type Slots<'s> = [Arg<'s>; <[usize]>::len(&[$($index),*])];
            #[inline(always)]
            fn slots<'s, 'a: 's>(_args: &'s Self::Of<'a>, _: Sealed) -> Self::Slots<'s> {
                [$($name::slot(&_args.$index, Sealed)),*]
            }
        }

        tuples!(@gifts $($name $index)*);
    )+};
    (@gifts) => {};
    (@gifts $($name:ident $index:tt)+) => {
        impl<$($name: Gift),+> Gifts for ($($name,)+) {
            fn types() -> Vec<ValType> {
                vec![$($name::TYPE),+]
            }
            type Slots<'r> = [Out<'r>; <[usize]>::len(&[$($index),+])];
            type Bits = [u64; <[usize]>::len(&[$($index),+])];
            #[inline(always)]
            fn slots(&mut self, _: Sealed) -> Self::Slots<'_> {
                [$(self.$index.slot(Sealed)),+]
            }
            #[inline(always)]
            fn bits(slots: Self::Slots<'_>, _: Sealed) -> Self::Bits {
                slots.map(|slot| slot.bits())
            }
            #[inline(always)]
            fn numbers(&mut self, bits: Self::Bits, _: Sealed) {
                $(self.$index.number(bits[$index], Sealed);)+
            }
        }
    };
}

tuples! {
    ()
    (A0 0)
    (A0 0 A1 1)
    (A0 0 A1 1 A2 2)
    (A0 0 A1 1 A2 2 A3 3)
    (A0 0 A1 1 A2 2 A3 3 A4 4)
    (A0 0 A1 1 A2 2 A3 3 A4 4 A5 5)
    (A0 0 A1 1 A2 2 A3 3 A4 4 A5 5 A6 6)
    (A0 0 A1 1 A2 2 A3 3 A4 4 A5 5 A6 6 A7 7)
}
