//! What the instances of a store have of the system.
//!
//! Not here: what that is.

use super::context::Cx;
use super::{StoreData, meter};
use crate::wasi::{Context, Deadline, Guests, Wasi};
use std::sync::Arc;
use wasmtime_wasi::{WasiCtxView, WasiView};

/// What a store was given, and a context for each instance that uses it: `None` where
/// it came to nothing.
#[derive(Default)]
pub(crate) struct Grants {
    pub by_host: Option<Arc<Wasi>>,
    pub contexts: Vec<Option<Box<Context>>>,
}

impl Guests for StoreData {
    fn context(&mut self, number: usize) -> Option<&mut Context> {
        self.wasi.contexts.get_mut(number)?.as_deref_mut()
    }

    fn deadline(&self) -> Deadline {
        let meter = &self.meter;
        let (epoch, callback) = (meter.epoch.clone(), meter.callback.clone());
        Deadline { epoch, at: meter.deadline.into(), callback }
    }

    fn keep(cx: &mut Cx<'_>, deadline: &Deadline) {
        meter::put_off(cx, deadline.at.get());
    }
}

/// Of the store of a component's instance, which has one.
impl WasiView for StoreData {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let contexts = &mut self.wasi.contexts;
        if contexts.is_empty() {
            contexts.push(None);
        }
        contexts[0].get_or_insert_with(|| Box::new(Context::empty())).inner.ctx()
    }
}
