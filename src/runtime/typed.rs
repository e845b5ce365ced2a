//! [`TypedFunc`]: a function with the types of Rust.
//!
//! Not here: how it is called.

use super::func::host_type;
use super::prepared::Prepared;
use crate::error::Result;
use crate::guest::context::AsContextMut;
use crate::guest::flat::{Arguments, Lift, Lower, Outcome, mismatch};
use crate::guest::func::Func;
use crate::guest::refs::ExternRef;
use crate::guest::value::{Number, Str, Val};
use crate::string::{self, Text};
use crate::types::{ValType, kinds_of_values};
use std::marker::PhantomData;

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
    #[inline]
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
        self.prepared.call(cx, &args, &mut Into(results))
    }

    /// The function.
    pub fn func(&self) -> &Func {
        self.prepared.func()
    }
}

/// The arguments of a [`TypedFunc`]: a tuple of [`Argument`]s.
pub trait Params {
    /// The tuple, with text borrowed for `'a`.
    type Of<'a>: Arguments<'a>;
    /// The types, in order.
    fn types() -> Vec<ValType>;
}

/// The kind of one argument of a [`TypedFunc`].
pub trait Argument {
    /// The type it stands for.
    const TYPE: ValType;
    /// The argument, with text borrowed for `'a`.
    type Of<'a>: Lowered<'a>;
}

/// One argument of a [`TypedFunc`].
pub trait Lowered<'a> {
    /// Hands it over.
    fn lower<L: Lower<'a>>(&self, into: &mut L) -> Result<()>;
}

/// The results of a [`TypedFunc`]: nothing, a [`Gift`], or a tuple of them.
pub trait Gifts: Default {
    /// The types, in order.
    fn types() -> Vec<ValType>;
    /// Takes them over.
    fn lift<L: Lift>(&mut self, from: &mut L) -> Result<()>;
}

/// One result of a [`TypedFunc`].
pub trait Gift: Default {
    /// The type it stands for.
    const TYPE: ValType;
    /// Takes it over.
    fn lift<L: Lift>(&mut self, from: &mut L) -> Result<()>;
}

struct Into<'r, R>(&'r mut R);

impl<R: Gifts> Outcome for Into<'_, R> {
    #[inline]
    fn lift<L: Lift>(&mut self, from: &mut L) -> Result<()> {
        self.0.lift(from)
    }
}

macro_rules! numbers {
    (
        numbers { $($a:literal $n:ident $t:ident $c:literal $b:tt $core:ident $bits:literal $sign:ident $rust:ident;)+ }
        $($others:tt)*
    ) => {$(
        impl Argument for host_type!($sign $n $rust) {
            const TYPE: ValType = ValType::$n;
            type Of<'a> = host_type!($sign $n $rust);
        }
        impl<'a> Lowered<'a> for host_type!($sign $n $rust) {
            #[inline]
            fn lower<L: Lower<'a>>(&self, into: &mut L) -> Result<()> {
                into.number(Number::to_bits(<$rust>::from(*self)))
            }
        }
        impl Gift for host_type!($sign $n $rust) {
            const TYPE: ValType = ValType::$n;
            #[inline]
            fn lift<L: Lift>(&mut self, from: &mut L) -> Result<()> {
                *self = <$rust as Number>::from_bits(from.number()?).into();
                Ok(())
            }
        }
    )+};
}

kinds_of_values!(numbers);

macro_rules! references {
    ($($ty:ident)+) => {$(
        impl Argument for Option<$ty> {
            const TYPE: ValType = ValType::$ty;
            type Of<'a> = Option<$ty>;
        }
        impl<'a> Lowered<'a> for Option<$ty> {
            fn lower<L: Lower<'a>>(&self, into: &mut L) -> Result<()> {
                into.value(Val::$ty(self.clone()))
            }
        }
        impl Gift for Option<$ty> {
            const TYPE: ValType = ValType::$ty;
            fn lift<L: Lift>(&mut self, from: &mut L) -> Result<()> {
                let Val::$ty(reference) = from.value()? else { return Err(mismatch()) };
                *self = reference;
                Ok(())
            }
        }
    )+};
}

type FuncRef = Func;
references!(ExternRef FuncRef);

impl Argument for &str {
    const TYPE: ValType = ValType::String;
    type Of<'a> = &'a str;
}

impl<'a> Lowered<'a> for &'a str {
    #[inline]
    fn lower<L: Lower<'a>>(&self, into: &mut L) -> Result<()> {
        into.text(Text::Utf8(self.as_bytes()), None)
    }
}

impl Argument for &[u16] {
    const TYPE: ValType = ValType::String;
    type Of<'a> = &'a [u16];
}

impl<'a> Lowered<'a> for &'a [u16] {
    #[inline]
    fn lower<L: Lower<'a>>(&self, into: &mut L) -> Result<()> {
        into.text(Text::Utf16(self), None)
    }
}

impl Argument for Str<'_> {
    const TYPE: ValType = ValType::String;
    type Of<'a> = &'a Str<'a>;
}

impl<'a> Lowered<'a> for Str<'a> {
    fn lower<L: Lower<'a>>(&self, into: &mut L) -> Result<()> {
        match self.lent() {
            Some(text) => into.text(text, self.policy()),
            None => into.value(Val::String(self.clone())),
        }
    }
}

impl<'a> Lowered<'a> for &'a Str<'a> {
    fn lower<L: Lower<'a>>(&self, into: &mut L) -> Result<()> {
        match self.host_text() {
            Some(text) => into.text(text, self.policy()),
            None => into.value(Val::String((*self).clone())),
        }
    }
}

impl Gift for String {
    const TYPE: ValType = ValType::String;
    #[inline]
    fn lift<L: Lift>(&mut self, from: &mut L) -> Result<()> {
        from.text(|text, policy| Ok(string::copy_to_string(text, self, policy)?))
    }
}

impl Gift for Vec<u16> {
    const TYPE: ValType = ValType::String;
    #[inline]
    fn lift<L: Lift>(&mut self, from: &mut L) -> Result<()> {
        from.text(|text, policy| Ok(string::copy_to_utf16(text, self, policy)?))
    }
}

impl Default for Str<'static> {
    fn default() -> Str<'static> {
        Str::from("")
    }
}

impl Gift for Str<'static> {
    const TYPE: ValType = ValType::String;
    fn lift<L: Lift>(&mut self, from: &mut L) -> Result<()> {
        let Val::String(text) = from.value()? else { return Err(mismatch()) };
        *self = text;
        Ok(())
    }
}

impl Gifts for () {
    fn types() -> Vec<ValType> {
        Vec::new()
    }
    fn lift<L: Lift>(&mut self, _: &mut L) -> Result<()> {
        Ok(())
    }
}

impl<T: Gift> Gifts for T {
    fn types() -> Vec<ValType> {
        vec![T::TYPE]
    }
    #[inline]
    fn lift<L: Lift>(&mut self, from: &mut L) -> Result<()> {
        Gift::lift(self, from)
    }
}

macro_rules! tuples {
    ($(($($name:ident $index:tt)*))+) => {$(
        impl<$($name: Argument),*> Params for ($($name,)*) {
            type Of<'a> = ($($name::Of<'a>,)*);
            fn types() -> Vec<ValType> {
                vec![$($name::TYPE),*]
            }
        }

        impl<'a, $($name: Lowered<'a>),*> Arguments<'a> for ($($name,)*) {
            #[inline]
            fn lower<L: Lower<'a>>(&self, _into: &mut L) -> Result<()> {
                $(self.$index.lower(_into)?;)*
                Ok(())
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
            #[inline]
            fn lift<L: Lift>(&mut self, from: &mut L) -> Result<()> {
                $(self.$index.lift(from)?;)+
                Ok(())
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
