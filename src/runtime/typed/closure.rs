//! Closures as host functions: values go straight from a guest into what the closure
//! takes, and from what it returns into the guest.
//!
//! Not here: the types.

use super::mapping::{Lift, Lower, Mapping, Sealed, UNKNOWN, count, fits_param, fits_result};
use super::tuples::field;
use crate::error::{Error, Result};
use crate::guest::context::{AsContextMut, Caller, ContextRef, Cx};
use crate::guest::host::{HostBody, HostCall, called_by_host, linked};
use crate::guest::link::Link;
use crate::guest::traps::guard;
use crate::guest::tree::walk::{Arrive, Lend as _, Reading, Taken};
use crate::guest::tree::{Arg, Out, with_ends};
use crate::guest::value::{Callable, Func, Val};
use crate::guest::words::HostType;
use crate::types::tree::{Field, Fields, Signature, Type};
use crate::types::{FuncType, ValType};
use std::marker::PhantomData;
use std::sync::Arc;

impl Func {
    /// A host function of the type that the closure has: it takes what can be [`Lift`]ed,
    /// and returns what can be [`Lower`]ed, a tuple of such for several results, or a
    /// `Result` of these with this crate's [`Error`], which becomes a trap. The closure
    /// may take a [`Caller`] first.
    ///
    /// ```
    /// use witrt::{Engine, Func, Store};
    /// let mut store = Store::new(&Engine::default());
    /// let f = Func::wrap(&mut store, |name: String, n: u32| name.repeat(n as usize));
    /// assert_eq!(f.ty().to_string(), "(string, u32) -> (string)");
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
    note = "it takes up to twelve values that can be lifted, after a `Caller` if it wants one; \
            what it returns can be lowered, or is a `Result` of that and `witrt::Error`; it is \
            `Fn`, `Send`, `Sync` and `'static`"
)]
pub trait HostClosure<Args>: Send + Sync + 'static {
    #[doc(hidden)]
    type Params: Taking;
    #[doc(hidden)]
    type Results: Answer;
    #[doc(hidden)]
    fn run(&self, caller: Caller<'_>, params: Self::Params, _: Sealed) -> Self::Results;
}

/// What closures take: a tuple of [`Lift`]s.
pub trait Taking: Arrive {
    /// Their types if nothing says otherwise.
    fn types() -> Vec<ValType>;
    /// The types with all that is in them; none if one is a core type.
    fn trees() -> Option<Vec<Type>>;
    /// Whether they stand for these.
    fn fits(params: &Fields) -> Result<()>;
    /// Takes them out of a call by core code, or by a host.
    fn take(call: &mut HostCall<'_, '_>) -> Result<Self>;
    /// Makes them of values.
    fn of_vals(cx: &ContextRef<'_>, vals: &[Val<'_>]) -> Result<Self>;
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
        let params = F::Params::take(call)?;
        self.body.run(call.caller(), params, Sealed).value(Sealed)?.give(call)
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

    fn call_vals(
        &self,
        cx: &mut Cx<'_>,
        args: &[Val<'_>],
        results: &mut [Val<'static>],
    ) -> Result<()> {
        with_ends(cx, args, results, |cx, args, outs| self.call(cx, args, outs))
    }

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
        let params = F::Params::of_vals(&ContextRef((&*cx).into()), args)?;
        guard(|| {
            let caller = Caller(wasmtime::AsContextMut::as_context_mut(cx));
            let value = self.body.run(caller, params, Sealed).value(Sealed)?;
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
            move |cx, params| {
                let caller = Caller(wasmtime::AsContextMut::as_context_mut(cx));
                self.body.run(caller, params, Sealed).value(Sealed)
            },
        ))
    }
}

/// For each number of parameters: what closures take, and closures with and without a
/// caller.
macro_rules! arities {
    ($(($($T:ident $i:tt)*))+) => {$(
        #[allow(unused_variables)] // without parameters
        impl<$($T: Lift),*> Arrive for ($($T,)*) {
            const WORDS: usize = 0 $(+ $T::WORDS)*;
            fn of_words(
                fields: &Fields,
                from: &mut Reading<'_, '_>,
                words: &mut Taken<'_>,
            ) -> wasmtime::Result<Self> {
                Ok(($($T::of_words(&field(fields, $i)?.ty, from, words)?,)*))
            }
            fn of_memory(
                fields: &Fields,
                from: &mut Reading<'_, '_>,
                at: usize,
            ) -> wasmtime::Result<Self> {
                Ok(($({
                    let Field { ty, offset, .. } = field(fields, $i)?;
                    $T::of_memory(ty, from, at + *offset as usize)?
                },)*))
            }
        }

        #[allow(unused_variables)] // as above
        impl<$($T: Lift),*> Taking for ($($T,)*) {
            fn types() -> Vec<ValType> {
                vec![$($T::TYPE),*]
            }
            fn trees() -> Option<Vec<Type>> {
                Some(vec![$($T::ty()?),*])
            }
            fn fits(params: &Fields) -> Result<()> {
                count(params, <[usize]>::len(&[$($i),*]))?;
                $(fits_param::<$T>(params, $i)?;)*
                Ok(())
            }
            #[inline(always)]
            fn take(call: &mut HostCall<'_, '_>) -> Result<Self> {
                Ok(($($T::take(call)?,)*))
            }
            fn of_vals(cx: &ContextRef<'_>, vals: &[Val<'_>]) -> Result<Self> {
                Ok(($($T::of_val(cx, vals.get($i).ok_or_else(crate::guest::errors::mismatch)?)?,)*))
            }
        }

        #[allow(non_snake_case)]
        impl<F, R, $($T),*> HostClosure<($($T,)*)> for F
        where
            F: Fn($($T),*) -> R + Send + Sync + 'static,
            R: Answer,
            $($T: Lift,)*
        {
            type Params = ($($T,)*);
            type Results = R;
            #[inline(always)]
            fn run(&self, _: Caller<'_>, ($($T,)*): Self::Params, _: Sealed) -> R {
                self($($T),*)
            }
        }

        #[allow(non_snake_case)]
        impl<F, R, $($T),*> HostClosure<(Caller<'_>, $($T,)*)> for F
        where
            F: Fn(Caller<'_>, $($T),*) -> R + Send + Sync + 'static,
            R: Answer,
            $($T: Lift,)*
        {
            type Params = ($($T,)*);
            type Results = R;
            #[inline(always)]
            fn run(&self, caller: Caller<'_>, ($($T,)*): Self::Params, _: Sealed) -> R {
                self(caller, $($T),*)
            }
        }
    )+};
}

arities! {
    ()
    (A 0)
    (A 0 B 1)
    (A 0 B 1 C 2)
    (A 0 B 1 C 2 D 3)
    (A 0 B 1 C 2 D 3 E 4)
    (A 0 B 1 C 2 D 3 E 4 G 5)
    (A 0 B 1 C 2 D 3 E 4 G 5 H 6)
    (A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7)
    (A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7 J 8)
    (A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7 J 8 K 9)
    (A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7 J 8 K 9 L 10)
    (A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7 J 8 K 9 L 10 M 11)
}
