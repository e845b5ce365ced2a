//! Closures as host functions: values go straight from a guest into what the closure
//! takes, and from what it returns into the guest.
//!
//! Not here: the types.

use super::arities::arities;
#[cfg(feature = "component")]
use super::mapping::UNKNOWN;
use super::mapping::{Lower, Mapping, Sealed, count, fits_param, fits_result};
use super::received::{Place, Received};
use super::tuples::field;
use crate::error::{Error, Result};
use crate::guest::context::{AsContextMut, Caller, ContextRef, Cx};
use crate::guest::host::{HostBody, HostCall, called_by_host, linked};
use crate::guest::link::Link;
use crate::guest::traps::guard;
use crate::guest::tree::arrive::{Arrive, SpareArgs};
use crate::guest::tree::walk::{Lend as _, Reading, Taken};
use crate::guest::tree::{Arg, Out, vals_by_ends};
use crate::guest::value::{Callable, Func, Val};
use crate::guest::words::HostType;
use crate::types::tree::{Field, Fields, Signature, Type};
use crate::types::{FuncType, ValType};
use std::marker::PhantomData;
use std::sync::Arc;

impl Func {
    /// A host function of the type that the closure has: it takes what can be
    /// [`Lift`](crate::Lift)ed, and returns what can be [`Lower`]ed, a tuple of such for
    /// several results, or a `Result` of these with this crate's [`Error`], which becomes a
    /// trap. The closure may take a [`Caller`] first.
    ///
    /// ```
    /// use witrt::{Engine, Func, Store};
    /// let mut store = Store::new(&Engine::default());
    /// let f = Func::wrap(&mut store, |name: String, n: u32| name.repeat(n as usize));
    /// assert_eq!(f.ty().to_string(), "(string, u32) -> (string)");
    /// ```
    ///
    /// Text and lists may be lent to it, as `&str` and `&[T]`. They are lifted into buffers
    /// of the store's, which are used again in the next call, so that a call by a component
    /// allocates nothing; see [`Received`]. What a closure is to keep, and what it only hands
    /// on, it takes as `String` and `Vec<T>`.
    ///
    /// ```
    /// # use witrt::{Engine, Func, Store};
    /// # let mut store = Store::new(&Engine::default());
    /// let total = Func::wrap(&mut store, |name: &str, items: &[(String, u32)]| -> u32 {
    ///     items.iter().filter(|(other, _)| other == name).map(|(_, count)| count).sum()
    /// });
    /// assert_eq!(total.ty().to_string(), "(string, list<tuple<string, u32>>) -> (u32)");
    /// ```
    ///
    /// What is lent is lent for the call:
    ///
    /// ```compile_fail
    /// # use witrt::{Engine, Func, Store};
    /// # let mut store = Store::new(&Engine::default());
    /// # let kept = std::sync::Mutex::new("");
    /// let keep = Func::wrap(&mut store, move |name: &str| *kept.lock().unwrap() = name);
    /// ```
    ///
    /// To what a component imports it fits wherever the types stand for that: a tuple for
    /// a record, a number for an enumeration.
    ///
    /// ```
    /// # use witrt::{Engine, Func, Store};
    /// # let mut store = Store::new(&Engine::default());
    /// let find = Func::wrap(&mut store, |keys: Vec<String>| -> Result<Vec<(String, u32)>, String> {
    ///     match keys.is_empty() {
    ///         true => Err("nothing to be found".into()),
    ///         false => Ok(keys.into_iter().map(|key| (key, 1)).collect()),
    ///     }
    /// });
    /// assert_eq!(
    ///     find.ty().to_string(),
    ///     "(list<string>) -> (result<list<tuple<string, u32>>, string>)"
    /// );
    /// ```
    pub fn wrap<Args: 'static>(mut cx: impl AsContextMut, body: impl HostClosure<Args>) -> Func {
        let store = cx.as_context_mut().store_id();
        let ty = type_of(&body);
        let wrapped = Wrapped { body, ty: ty.clone(), args: PhantomData };
        Func::new_callable(store, ty, Arc::new(wrapped))
    }
}

/// A closure that [`Func::wrap`] takes.
#[diagnostic::on_unimplemented(
    message = "this is no closure that a host function can be made of",
    note = "it takes up to twelve values that can be lifted, `&str`s or slices of such, after a \
            `Caller` if it wants one; \
            what it returns can be lowered, or is a `Result` of that and `witrt::Error`; it is \
            `Fn`, `Send`, `Sync` and `'static`"
)]
pub trait HostClosure<Args>: Send + Sync + 'static {
    #[doc(hidden)]
    type Params: Taking;
    #[doc(hidden)]
    type Results: Answer;
    #[doc(hidden)]
    fn run(&self, caller: Caller<'_>, params: &mut Self::Params, _: Sealed) -> Self::Results;
}

/// What closures take: a tuple of places.
pub trait Taking: Arrive {
    /// Their types if nothing says otherwise.
    fn types() -> Vec<ValType>;
    /// The types with all that is in them; none if one is a core type.
    fn trees() -> Option<Vec<Type>>;
    /// Whether they stand for these.
    fn fits(params: &Fields) -> Result<()>;
    /// Takes them out of a call by core code, or by a host.
    fn take(&mut self, call: &mut HostCall<'_, '_>) -> Result<()>;
    /// Makes them of values.
    fn take_vals(&mut self, cx: &ContextRef<'_>, vals: &[Val<'_>]) -> Result<()>;
    /// Keeps those that are used again for the next call.
    fn keep(self, spare: &mut SpareArgs);
}

/// What closures return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that a host function can return",
    note = "it returns what can be lowered, or a `Result` of that and `witrt::Error`"
)]
pub trait Answer {
    #[doc(hidden)]
    type Value: Lower + Send + Sync + 'static;
    #[doc(hidden)]
    fn value(self, _: Sealed) -> Result<Self::Value>;
}

impl<T: Lower + Send + Sync + 'static> Answer for T {
    type Value = T;
    #[inline(always)]
    fn value(self, _: Sealed) -> Result<T> {
        Ok(self)
    }
}

/// An error of the host's is no value: it becomes a trap.
impl<T: Lower + Send + Sync + 'static> Answer for Result<T, Error> {
    type Value = T;
    #[inline(always)]
    fn value(self, _: Sealed) -> Result<T> {
        self
    }
}

/// A closure and its type if nothing says otherwise.
struct Wrapped<F, Args> {
    body: F,
    ty: FuncType,
    args: PhantomData<fn(Args)>,
}

type Value<F, Args> = <<F as HostClosure<Args>>::Results as Answer>::Value;

fn type_of<Args, F: HostClosure<Args>>(_: &F) -> FuncType {
    let (params, results) = (F::Params::types(), Value::<F, Args>::types());
    // What has parts is told with all of them.
    if params.iter().chain(&results).any(|ty| ty.is_composite())
        && results.len() < 2
        && let Some(params) = F::Params::trees()
    {
        let fields =
            |types: Vec<Type>| Arc::new(Fields::new(types.into_iter().map(|ty| ("".into(), ty))));
        let results = Value::<F, Args>::payload().into_iter().collect();
        return Signature { params: fields(params), results: fields(results) }.into();
    }
    FuncType::new(params, results)
}

impl<Args: 'static, F: HostClosure<Args>> HostBody for Wrapped<F, Args> {
    #[inline(always)]
    fn run(&self, call: &mut HostCall<'_, '_>) -> Result<()> {
        let mut params = F::Params::places(&mut call.cx().data_mut().scratch.args);
        params.take(call)?;
        let value = self.body.run(call.caller(), &mut params, Sealed).value(Sealed)?;
        params.keep(&mut call.cx().data_mut().scratch.args);
        value.give(call)
    }
}

impl<Args: 'static, F: HostClosure<Args>> HostBody for Arc<Wrapped<F, Args>> {
    #[inline(always)]
    fn run(&self, call: &mut HostCall<'_, '_>) -> Result<()> {
        HostBody::run(&**self, call)
    }
}

impl<Args: 'static, F: HostClosure<Args>> Callable for Wrapped<F, Args> {
    fn call(&self, cx: &mut Cx<'_>, args: &[Arg<'_>], results: &mut [Out<'_>]) -> Result<()> {
        called_by_host(cx, self, &self.ty, args, results)
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

    fn serves(&self, ty: &Signature) -> Option<Result<()>> {
        Some(F::Params::fits(&ty.params).and_then(|()| fits_result::<Value<F, Args>>(ty)))
    }

    fn call_as(
        &self,
        cx: &mut Cx<'_>,
        ty: &Signature,
        args: &[Val<'_>],
        results: &mut [Val<'static>],
    ) -> Result<()> {
        let mut params = F::Params::places(&mut cx.data_mut().scratch.args);
        params.take_vals(&ContextRef((&*cx).into()), args)?;
        guard(|| {
            let caller = Caller(wasmtime::AsContextMut::as_context_mut(cx));
            let value = self.body.run(caller, &mut params, Sealed).value(Sealed)?;
            params.keep(&mut cx.data_mut().scratch.args);
            if let (Some(field), Some(result)) = (ty.results.fields.first(), results.first_mut()) {
                *result = value.to_val(&field.ty).ok_or_else(crate::guest::errors::mismatch)?;
            }
            Ok(())
        })
    }

    #[cfg(feature = "component")]
    fn define(
        self: Arc<Self>,
        linker: &mut wasmtime::component::LinkerInstance<'_, crate::guest::StoreData>,
        name: &str,
        ty: &Signature,
    ) -> Option<wasmtime::Result<()>> {
        let (params, result) = (F::Params::WORDS, <Value<F, Args> as Mapping>::WORDS);
        // What is of any type has no number of words that the compiler knows.
        if params >= UNKNOWN || result >= UNKNOWN {
            return None;
        }
        Some(crate::component::values::define::<F::Params, Value<F, Args>, _>(
            linker,
            name,
            ty,
            move |cx, mut params| {
                let caller = Caller(wasmtime::AsContextMut::as_context_mut(cx));
                let value = self.body.run(caller, &mut params, Sealed).value(Sealed)?;
                params.keep(&mut cx.data_mut().scratch.args);
                Ok(value)
            },
        ))
    }
}

/// For each number of parameters: what closures take, and closures with and without a
/// caller.
macro_rules! closures {
    ($(($($T:ident $i:tt)*))+) => {$(
        #[allow(unused_variables)] // without parameters
        impl<$($T: Place),*> Arrive for ($($T,)*) {
            const WORDS: usize = 0 $(+ $T::Value::WORDS)*;
            #[inline(always)]
            fn places(spare: &mut SpareArgs) -> Self {
                let kept = match false $(|| $T::KEPT)* {
                    true => spare.take(),
                    false => None,
                };
                kept.unwrap_or_else(|| ($($T::blank(),)*))
            }
            fn take_words(
                &mut self,
                fields: &Fields,
                from: &mut Reading<'_, '_>,
                words: &mut Taken<'_>,
            ) -> wasmtime::Result<()> {
                $(self.$i.take_words(&field(fields, $i)?.ty, from, words)?;)*
                Ok(())
            }
            fn take_memory(
                &mut self,
                fields: &Fields,
                from: &mut Reading<'_, '_>,
                at: usize,
            ) -> wasmtime::Result<()> {
                $(
                    let Field { ty, offset, .. } = field(fields, $i)?;
                    self.$i.take_memory(ty, from, at + *offset as usize)?;
                )*
                Ok(())
            }
        }

        #[allow(unused_variables, unused_mut)] // as above
        impl<$($T: Place),*> Taking for ($($T,)*) {
            fn types() -> Vec<ValType> {
                vec![$($T::Value::TYPE),*]
            }
            fn trees() -> Option<Vec<Type>> {
                Some(vec![$($T::Value::ty()?),*])
            }
            fn fits(params: &Fields) -> Result<()> {
                count(params, <[usize]>::len(&[$($i),*]))?;
                $(fits_param::<$T::Value>(params, $i)?;)*
                Ok(())
            }
            #[inline(always)]
            fn take(&mut self, call: &mut HostCall<'_, '_>) -> Result<()> {
                $(self.$i.take_arg(call)?;)*
                Ok(())
            }
            fn take_vals(&mut self, cx: &ContextRef<'_>, vals: &[Val<'_>]) -> Result<()> {
                $(
                    let val = vals.get($i).ok_or_else(crate::guest::errors::mismatch)?;
                    self.$i.take_val(cx, val)?;
                )*
                Ok(())
            }
            #[inline(always)]
            fn keep(mut self, spare: &mut SpareArgs) {
                if false $(|| $T::KEPT)* {
                    $(self.$i.trim();)*
                    spare.keep(self);
                }
            }
        }

        // The first bound is for the compiler to find the types by, the second for any
        // lifetime of what is lent.
        #[allow(non_snake_case, unused_lifetimes)] // without parameters
        impl<F, R, $($T),*> HostClosure<($($T,)*)> for F
        where
            F: Fn($($T),*) -> R + for<'a> Fn($($T::Of<'a>),*) -> R + Send + Sync + 'static,
            R: Answer,
            $($T: Received,)*
        {
            type Params = ($($T::Place,)*);
            type Results = R;
            #[inline(always)]
            fn run(&self, _: Caller<'_>, ($($T,)*): &mut Self::Params, _: Sealed) -> R {
                #[inline(always)]
                fn call<R, $($T),*>(body: impl Fn($($T),*) -> R, ($($T,)*): ($($T,)*)) -> R {
                    body($($T),*)
                }
                call(self, ($($T::lend($T, Sealed),)*))
            }
        }

        #[allow(non_snake_case, unused_lifetimes)] // as above
        impl<F, R, $($T),*> HostClosure<(Caller<'_>, $($T,)*)> for F
        where
            F: Fn(Caller<'_>, $($T),*) -> R
                + for<'c, 'a> Fn(Caller<'c>, $($T::Of<'a>),*) -> R
                + Send
                + Sync
                + 'static,
            R: Answer,
            $($T: Received,)*
        {
            type Params = ($($T::Place,)*);
            type Results = R;
            #[inline(always)]
            fn run(&self, caller: Caller<'_>, ($($T,)*): &mut Self::Params, _: Sealed) -> R {
                #[inline(always)]
                fn call<'c, R, $($T),*>(
                    body: impl Fn(Caller<'c>, $($T),*) -> R,
                    caller: Caller<'c>,
                    ($($T,)*): ($($T,)*),
                ) -> R {
                    body(caller, $($T),*)
                }
                call(self, caller, ($($T::lend($T, Sealed),)*))
            }
        }
    )+};
}

closures!(());
arities!(closures);
