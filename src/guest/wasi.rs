//! What the instances of a store have of the system.
//!
//! Not here: what that is.

use super::StoreData;
use crate::error::Result;
use crate::wasi::{Context, Deadline, Guests, Reactor, Wasi, reactor};
use std::sync::Arc;
use wasmtime_wasi::{WasiCtxView, WasiView};

/// What a store was given, and a context for each instance that uses it.
#[derive(Default)]
pub(crate) struct Given {
    pub by_host: Option<Arc<Wasi>>,
    pub contexts: Vec<Context>,
}

impl Given {
    /// Lets guests that may use the network make sockets, until it is dropped.
    pub fn reactor(&self) -> Result<Option<Reactor>> {
        let is_wanted = self.contexts.first().is_some_and(|context| context.network);
        is_wanted.then(reactor).transpose()
    }
}

impl Guests for StoreData {
    fn context(&mut self, number: usize) -> Option<&mut Context> {
        self.wasi.contexts.get_mut(number)
    }

    fn deadline(&self) -> Deadline {
        let meter = &self.meter;
        let (epoch, callback) = (meter.epoch.clone(), meter.callback.clone());
        Deadline { epoch, at: meter.deadline.into(), callback }
    }
}

/// Of the store of a component's instance, which has one.
impl WasiView for StoreData {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let contexts = &mut self.wasi.contexts;
        if contexts.is_empty() {
            contexts.push(Context::empty());
        }
        contexts[0].inner.ctx()
    }
}
