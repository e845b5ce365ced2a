//! Core functions that stand for the host's: what core code calls where it calls a
//! function that takes lists of values.
//!
//! Not here: functions that take values in order, which `host` links.

#![allow(unsafe_code)] // raw words carry no types; each use says why they fit

use super::context::Cx;
use super::core_func::CoreFunc;
use super::engine_types::{func_type, wasm_func_type};
use super::memory::Home;
use super::refs::expose;
use super::traps::panicked;
use super::turn::settle_for;
use super::value::{Callable, set_defaults};
use super::words::values::{from_raw, word_for};
use super::{StoreData, give_back};
use crate::error::Result;
use crate::types::FuncType;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use wasmtime::{AsContextMut as _, ValRaw};

impl CoreFunc {
    /// A core function that runs `body`, which takes and gives core values.
    pub fn host(cx: &mut Cx<'_>, ty: &FuncType, body: Arc<dyn Callable>) -> Result<CoreFunc> {
        let core_type = wasm_func_type(cx, ty)?;
        Ok(CoreFunc::host_of(cx, core_type, ty, body, Home::ANY))
    }

    /// A host function of an exact type of a module, which `ty` must describe, for the
    /// code of one instance.
    pub fn host_of(
        cx: &mut Cx<'_>,
        core_type: wasmtime::FuncType,
        ty: &FuncType,
        body: Arc<dyn Callable>,
        home: Home,
    ) -> CoreFunc {
        debug_assert_eq!(*ty, func_type(&core_type));
        let own_type = ty.clone();
        let entered = move |mut caller: wasmtime::Caller<'_, StoreData>,
                            raw: &mut [MaybeUninit<ValRaw>]| {
            let cx = &mut caller.as_context_mut();
            enter_host(cx, &own_type, &*body, raw, home).map_err(wasmtime::Error::from)
        };
        // SAFETY: `enter_host` reads as many words as the type has params,
        // each as its type says, and writes its results likewise; `ty`
        // describes `core_type`.
        let func = unsafe { wasmtime::Func::new_unchecked(&mut *cx, core_type, entered) };
        CoreFunc::with_type(func, ty.clone())
    }
}

/// Core code calls the host.
fn enter_host(
    cx: &mut Cx<'_>,
    ty: &FuncType,
    body: &dyn Callable,
    raw: &mut [MaybeUninit<ValRaw>],
    home: Home,
) -> Result<()> {
    let rooted = cx.data().refs.mark();
    let mut args = cx.data_mut().scratch.vals.pop().unwrap_or_default();
    let mut results = cx.data_mut().scratch.vals.pop().unwrap_or_default();
    let outcome = (|| {
        args.clear();
        for (i, ty) in ty.params().iter().enumerate() {
            // SAFETY: core code gives one initialized word for each parameter
            // of the type that this function was made with.
            args.push(unsafe { from_raw(cx, *ty, raw[i].assume_init()) }?);
        }
        set_defaults(ty.results(), &mut results)?;
        catch_unwind(AssertUnwindSafe(|| body.call_vals(cx, &args, &mut results)))
            .unwrap_or_else(|panic| Err(panicked(&*panic)))?;
        // The guest runs again.
        settle_for(cx, home)?;
        for (i, (ty, val)) in ty.results().iter().zip(&results).enumerate() {
            raw[i].write(word_for(cx, i, *ty, val).map_err(|e| e.of_host_result(i))?);
        }
        expose(cx, rooted, |i, word| {
            raw[i].write(word);
        })
    })();
    cx.data_mut().refs.cut(rooted);
    args.clear();
    results.clear();
    give_back(&mut cx.data_mut().scratch.vals, results);
    give_back(&mut cx.data_mut().scratch.vals, args);
    outcome
}
