//! What the compiled core calls for adapter imports.
//!
//! What a call needs to know is found out when the instance is made: what is
//! called, and how its arguments come.
//!
//! Not here: what a host function sees.

use super::Running;
use crate::codegen::{ImportCall, Where};
use crate::error::Result;
use crate::guest::context::Cx;
use crate::guest::errors::no_values;
use crate::guest::give_back;
use crate::guest::host::{HostCall, linked};
use crate::guest::link::{Defer, Link, Passing};
use crate::guest::words::HostType;
use crate::linked::missing;
use crate::plan::Adapter;
use crate::types::{Class, FuncType, ValType};
use std::sync::Arc;

impl Running {
    /// The function that calls what was supplied.
    pub(super) fn import(
        self: &Arc<Self>,
        cx: &mut Cx<'_>,
        call: &ImportCall,
        core_type: &HostType,
    ) -> Result<wasmtime::Func> {
        let adapter = self.code.program.adapters.get(call.adapter as usize);
        let Some(Adapter::Import { import, ty }) = adapter else { return Err(missing()) };
        let this = self.clone();
        let defer = call.with.map(|at| -> Defer {
            Box::new(move |caller, mut words| {
                this.defer(caller, at as usize, &mut words)?;
                Ok(words)
            })
        });
        let mut link = Link {
            defer,
            params: given(call, ty)?,
            ty: ty.clone(),
            mems: self.mems.clone(),
            texts: call.results.as_slice().into(),
            inline: call.inline,
            settles: call.settles,
            home: self.home(),
        };
        if let Some(body) = self.linked.get().and_then(|linked| linked.typed(*import)) {
            link = match body.clone().linked(cx, core_type, link) {
                Ok(func) => return Ok(func),
                Err(link) => link,
            };
        }
        let (this, import, ty) = (self.clone(), *import, ty.clone());
        let body = move |call: &mut HostCall<'_, '_>| this.call_listed(call, import, &ty);
        Ok(linked(cx, core_type, link, body))
    }

    /// Calls what takes lists of values.
    fn call_listed(&self, call: &mut HostCall<'_, '_>, import: u32, ty: &FuncType) -> Result<()> {
        let linked = self.linked.get().ok_or_else(missing)?;
        let scratch = &mut call.cx().data_mut().scratch;
        let mut args = scratch.vals.pop().unwrap_or_default();
        let mut results = scratch.vals.pop().unwrap_or_default();
        let outcome = (|| {
            args.clear();
            for _ in ty.params() {
                args.push(call.lent()?);
            }
            linked.call_import(call.cx(), import, &args, &mut results)?;
            args.clear();
            results.drain(..).try_for_each(|val| call.put_value(val))
        })();
        args.clear();
        results.clear();
        let scratch = &mut call.cx().data_mut().scratch;
        give_back(&mut scratch.vals, results);
        give_back(&mut scratch.vals, args);
        outcome
    }
}

/// How the arguments come.
fn given(call: &ImportCall, ty: &FuncType) -> Result<Box<[Passing]>> {
    let mut texts = call.texts.iter();
    let given = |ty: &ValType| match ty.kind().class {
        Class::Text => match texts.next() {
            Some(Where::Memory(at)) => Ok(Passing::View(*at)),
            Some(Where::Slot) => Ok(Passing::Slot),
            Some(Where::Taken) => Ok(Passing::Taken),
            None => Err(missing()),
        },
        Class::Number(..) | Class::Scalar(_) => Ok(Passing::Number(*ty)),
        Class::Reference | Class::OtherReference => Ok(Passing::Ref(*ty)),
        Class::Composite | Class::Vector => Err(no_values(*ty)),
    };
    ty.params().iter().map(given).collect()
}
