//! [`Func`]: calling one, and making one out of a closure.
//!
//! Not here: what an adapter does.

use super::externs::{Extern, Global, Memory, Table, Tag};
#[cfg(feature = "component")]
use crate::component::{self, func::SlotFunc};
use crate::error::{Error, Result};
use crate::guest::context::{AsContextMut, Caller, Cx};
use crate::guest::core_func::Word;
use crate::guest::func::{check_room, with_vals};
use crate::guest::host::{HostBody, HostCall, called_by_host, linked};
use crate::guest::link::Link;
use crate::guest::strings::Str;
use crate::guest::traps::guard;
use crate::guest::tree::{Arg, Out, vals_by_ends};
#[cfg(feature = "component")]
use crate::guest::tree::{ReadText, Slot, Trust};
use crate::guest::value::{Body, Callable, Func, Val, check_count};
use crate::guest::words::HostType;
use crate::types::FuncType;
use std::sync::Arc;

impl Func {
    /// A host function of a type that is known when the program runs.
    ///
    /// It gets its arguments in order, strings readable for the time of the
    /// call, and as many results as the type has, each holding its type's
    /// zero, null or empty string, to be replaced by values of the same types.
    /// An error, or a panic, becomes a trap of the guest that called it, and
    /// comes out of the host's own call as the same error.
    pub fn new(
        mut cx: impl AsContextMut,
        ty: FuncType,
        body: impl Fn(Caller<'_>, &[Val<'_>], &mut [Val<'static>]) -> Result<()> + Send + Sync + 'static,
    ) -> Func {
        let store = cx.as_context_mut().store_id();
        Func::new_callable(store, ty.clone(), Arc::new(HostFunc { body, ty }))
    }

    /// A host function without lists of values: arguments are taken out of the call in
    /// order, then results are put in order, all of them. Text is read where it
    /// lies. What is taken or put against the type is an error.
    ///
    /// ```
    /// use witrt::string::{Encoding, measure};
    /// use witrt::{Engine, Func, FuncType, Store, Val, ValType};
    /// let mut store = Store::new(&Engine::default());
    /// let ty = FuncType::new([ValType::String], [ValType::U32]);
    /// let f = Func::new_prepared(&mut store, ty, |call| {
    ///     let units = call.text(|text, rule| Ok(measure(text, Encoding::Utf16, rule)?.len()))?;
    ///     call.put_number(units as u64)
    /// });
    /// let mut results = [Val::U32(0)];
    /// f.call(&mut store, &[Val::from("Zoë 🦀")], &mut results)?;
    /// assert!(matches!(results[0], Val::U32(6)));
    /// # Ok::<(), witrt::Error>(())
    /// ```
    pub fn new_prepared(
        cx: impl AsContextMut,
        ty: FuncType,
        body: impl Fn(&mut HostCall<'_, '_>) -> Result<()> + Send + Sync + 'static,
    ) -> Func {
        Func::new_inlined(cx, ty, body)
    }

    /// A host function whose body is a type of its own: one piece of machine code with
    /// what the engine calls.
    pub(crate) fn new_inlined(
        mut cx: impl AsContextMut,
        ty: FuncType,
        body: impl HostBody,
    ) -> Func {
        let store = cx.as_context_mut().store_id();
        Func::new_callable(store, ty.clone(), Arc::new(FlatFunc { body, ty }))
    }

    /// Its parameters and results.
    #[inline]
    pub fn ty(&self) -> &FuncType {
        &self.0.ty
    }

    /// Whether both are the same function, not merely equal ones.
    pub fn same(a: &Func, b: &Func) -> bool {
        Arc::ptr_eq(&a.0, &b.0)
    }

    /// Calls it. `args` are of its parameters' types; `results` has room for
    /// as many as it has, whatever is in there before, or for none: then they
    /// are given up. Room beyond them is left alone.
    ///
    /// Results are written on success only. A string among them stays
    /// readable until it is dropped: see [`Str`].
    ///
    /// # Errors
    /// [`ErrorKind::WrongCount`](crate::ErrorKind::WrongCount) and
    /// [`ErrorKind::WrongKind`](crate::ErrorKind::WrongKind) for values that
    /// do not fit, [`ErrorKind::BadText`](crate::ErrorKind::BadText) for an
    /// ill-formed string, each with the argument's index and before any guest
    /// code runs; [`ErrorKind::Trap`](crate::ErrorKind::Trap) for a trap; and
    /// whatever error a host function returns.
    ///
    /// ```
    /// use witrt::{Engine, Instance, Module, Store, Val};
    /// let engine = Engine::default();
    /// let mut store = Store::new(&engine);
    /// let module = Module::new(&engine, br#"(module
    ///     (memory 1)
    ///     (func $alloc (param i32) (result i32) i32.const 16)
    ///     (func $len (param i32 i32) (result i32) local.get 1)
    ///     (@interface func (export "bytes") (param string) (result u32)
    ///         arg.get 0
    ///         string-to-memory $alloc
    ///         call-core $len
    ///         i32-to-u32))"#)?;
    /// let instance = Instance::new(&mut store, &module, &[])?;
    /// let bytes = instance.func(&mut store, "bytes")?;
    /// let utf16: Vec<u16> = "Zoë 🦀".encode_utf16().collect();
    /// let mut results = [Val::U32(0)];
    /// bytes.call(&mut store, &[Val::from(&utf16[..])], &mut results)?;
    /// assert!(matches!(results[0], Val::U32(9)));
    /// # Ok::<(), witrt::Error>(())
    /// ```
    pub fn call(
        &self,
        mut cx: impl AsContextMut,
        args: &[Val<'_>],
        results: &mut [Val<'static>],
    ) -> Result<()> {
        self.call_checked(cx.as_context_mut().enter()?, args, results)
    }

    /// A host function that takes values as slots.
    #[cfg(feature = "component")]
    #[doc(hidden)]
    pub fn new_slots(
        mut cx: impl AsContextMut,
        ty: FuncType,
        body: impl Fn(Caller<'_>, &[Slot], &mut crate::tree::Returned) -> Result<()>
        + Send
        + Sync
        + 'static,
    ) -> Func {
        let store = cx.as_context_mut().store_id();
        SlotFunc::new_func(store, ty, body)
    }

    /// A host function that takes values as slots, or as it describes them.
    #[cfg(feature = "component")]
    #[doc(hidden)]
    pub fn new_described(
        mut cx: impl AsContextMut,
        ty: FuncType,
        body: impl crate::tree::SlotBody,
    ) -> Func {
        let store = cx.as_context_mut().store_id();
        SlotFunc::new_func(store, ty, body)
    }

    /// There are no components that would call it.
    #[cfg(not(feature = "component"))]
    #[doc(hidden)]
    pub fn new_slots(
        cx: impl AsContextMut,
        ty: FuncType,
        _: impl Fn(Caller<'_>, &[crate::tree::Slot], &mut crate::tree::Returned) -> Result<()>
        + Send
        + Sync
        + 'static,
    ) -> Func {
        Func::new(cx, ty, |_, _, _| Err(without_components()))
    }

    /// The same.
    #[cfg(not(feature = "component"))]
    #[doc(hidden)]
    pub fn new_described(
        cx: impl AsContextMut,
        ty: FuncType,
        _: impl crate::tree::SlotBody,
    ) -> Func {
        Func::new(cx, ty, |_, _, _| Err(without_components()))
    }

    /// There are no components that have such a one.
    ///
    /// # Safety
    ///
    /// Nothing is looked at.
    #[cfg(not(feature = "component"))]
    #[doc(hidden)]
    #[allow(unsafe_code)] // nothing is done
    pub unsafe fn call_slots(
        &self,
        _: impl AsContextMut,
        _: &[crate::tree::Slot],
        _: crate::tree::ReadText,
        _: &mut crate::tree::Returned,
    ) -> Result<()> {
        Err(without_components())
    }

    /// Calls a function with values as slots, in which `read` reads the texts.
    ///
    /// # Safety
    ///
    /// What the arguments point to must be there until this returns.
    #[cfg(feature = "component")]
    #[doc(hidden)]
    #[allow(unsafe_code)] // the caller's arguments are passed on
    pub unsafe fn call_slots(
        &self,
        mut cx: impl AsContextMut,
        args: &[Slot],
        read: ReadText,
        returned: &mut crate::tree::Returned,
    ) -> Result<()> {
        let mut cx = cx.as_context_mut();
        let cx = cx.enter()?;
        // SAFETY: the caller vouches for them.
        unsafe { component::func::call_slots(self, cx, args, read, returned, Trust::Unchecked) }
    }

    /// Whether it is a core function that takes and gives numbers only, which
    /// [`Func::call_words`] can call.
    #[doc(hidden)]
    #[inline]
    pub fn is_numeric(&self) -> bool {
        matches!(&self.0.body, Body::Core(func) if func.is_numeric())
    }

    /// Checks the room for results as [`Func::call`] does.
    #[doc(hidden)]
    #[inline]
    pub fn check_room(&self, results: usize) -> Result<()> {
        check_room(&self.0.ty, results)
    }

    /// Checks the number of arguments as [`Func::call`] does.
    #[doc(hidden)]
    pub fn check_args(&self, args: usize) -> Result<()> {
        check_count("arguments", self.0.ty.params(), args)
    }

    /// Calls a function of numbers without making values of them: `words` holds
    /// the arguments, and afterwards the results; it has room for both. What
    /// kinds of numbers they are is for the caller to know.
    #[doc(hidden)]
    #[inline]
    pub fn call_words(&self, mut cx: impl AsContextMut, words: &mut [Word]) -> Result<()> {
        let mut cx = cx.as_context_mut();
        let cx = cx.enter()?;
        self.check_store(cx)?;
        match &self.0.body {
            Body::Core(func) => func.call_words(cx, words),
            Body::Callable(_) => {
                let message = "this function takes more than numbers";
                Err(Error::new(crate::error::ErrorKind::WrongKind, message))
            }
        }
    }
}

#[cfg(not(feature = "component"))]
fn without_components() -> Error {
    let message = "this library was built without components";
    Error::new(crate::error::ErrorKind::Unsupported, message)
}

struct HostFunc<F> {
    body: F,
    ty: FuncType,
}

impl<F> Callable for HostFunc<F>
where
    F: Fn(Caller<'_>, &[Val<'_>], &mut [Val<'static>]) -> Result<()> + Send + Sync + 'static,
{
    fn call(&self, cx: &mut Cx<'_>, args: &[Arg<'_>], results: &mut [Out<'_>]) -> Result<()> {
        with_vals(cx, &self.ty, args, results, |cx, args, results| {
            self.call_vals(cx, args, results)
        })
    }

    fn call_vals(
        &self,
        cx: &mut Cx<'_>,
        args: &[Val<'_>],
        results: &mut [Val<'static>],
    ) -> Result<()> {
        let cx = wasmtime::AsContextMut::as_context_mut(cx);
        guard(|| (self.body)(Caller(cx), args, results))
    }
}

struct FlatFunc<B> {
    body: B,
    ty: FuncType,
}

impl<B: HostBody> Callable for FlatFunc<B> {
    fn call(&self, cx: &mut Cx<'_>, args: &[Arg<'_>], results: &mut [Out<'_>]) -> Result<()> {
        called_by_host(cx, &self.body, &self.ty, args, results)
    }

    vals_by_ends!();

    fn linked(
        self: Arc<Self>,
        cx: &mut Cx<'_>,
        core_type: &HostType,
        link: Link,
    ) -> Result<wasmtime::Func, Link> {
        Ok(linked(cx, core_type, link, self))
    }
}

impl<B: HostBody> HostBody for Arc<FlatFunc<B>> {
    #[inline(always)]
    fn run(&self, call: &mut HostCall<'_, '_>) -> Result<()> {
        self.body.run(call)
    }
}

/// The core type `i32`, for closures: Rust's own `i32` stands for `s32`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct I32(pub i32);

/// The core type `i64`, for closures: Rust's own `i64` stands for `s64`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct I64(pub i64);

/// The type that closures and tuples have for a kind of numbers, by its sign: core
/// integers, which have none, have types of their own.
macro_rules! host_type {
    (Core $n:ident $rust:ty) => {
        $crate::runtime::func::$n
    };
    ($sign:ident $n:ident $rust:ty) => {
        $rust
    };
}
pub(super) use host_type;

macro_rules! core_integers {
    ($($own:ident $plain:ident)+) => {$(
        impl From<$plain> for $own {
            #[inline]
            fn from(value: $plain) -> $own {
                $own(value)
            }
        }
        impl From<$own> for $plain {
            #[inline]
            fn from(value: $own) -> $plain {
                value.0
            }
        }
    )+};
}

core_integers!(I32 i32 I64 i64);

macro_rules! externs {
    ($($ty:ident)+) => {$(
        impl From<$ty> for Extern {
            fn from(item: $ty) -> Extern {
                Extern::$ty(item)
            }
        }
    )+};
}

externs!(Func Global Table Memory Tag);

macro_rules! vals {
    ($($ty:ty)+) => {$(
        impl<'a> From<$ty> for Val<'a> {
            fn from(text: $ty) -> Val<'a> {
                Val::String(Str::from(text))
            }
        }
    )+};
}

vals!(&'a str String &'a [u16] Vec<u16>);
