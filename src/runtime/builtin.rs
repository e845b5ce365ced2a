//! What the host itself does where adapters call it.
//!
//! Not here: what calls them.

use crate::error::Trap;
use crate::guest::context::{Context, Cx};
use crate::guest::host::HostCall;
use crate::guest::value::{Func, Val};
use crate::plan::Builtin;
use crate::string::{Policy, copy_to_string};
use crate::types::FuncType;

/// The function of this type that does it.
pub(super) fn func(cx: &mut Cx<'_>, ty: &FuncType, builtin: Builtin) -> Func {
    let message = match builtin {
        Builtin::Throw(message) => message,
        Builtin::Seed => {
            let body = |call: &mut HostCall<'_, '_>| {
                let state = std::hash::RandomState::new();
                let seed = std::hash::BuildHasher::hash_one(&state, ());
                // As many bits as a float has.
                call.put_number(((seed >> 11) as f64).to_bits())
            };
            let cx = Context(wasmtime::AsContextMut::as_context_mut(cx), true);
            return Func::new_prepared(cx, ty.clone(), body);
        }
    };
    let params = ty.clone();
    let body = move |call: &mut HostCall<'_, '_>| {
        let mut told = String::new();
        let mut parts = message.split("{}");
        told.push_str(parts.next().unwrap_or_default());
        for (ty, part) in params.params().iter().zip(parts) {
            if ty.is_text() {
                call.text(|text, _| {
                    let mut units = String::new();
                    copy_to_string(text, &mut units, Policy::Replace)?;
                    told.push_str(&units);
                    Ok(())
                })?;
            } else {
                let number = Val::from_bits(*ty, call.number()?)?;
                told.push_str(&number.number_text().unwrap_or_default());
            }
            told.push_str(part);
        }
        Err(Trap::new(told).into())
    };
    let cx = Context(wasmtime::AsContextMut::as_context_mut(cx), true);
    Func::new_prepared(cx, ty.clone(), body)
}
