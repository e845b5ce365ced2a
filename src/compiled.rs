//! Runs compiled adapters: the host's side of the compiled back end.
//!
//! A call from the host is one entry into core code. What adapters ask for in
//! between are the intrinsics, each a few lines here.
//!
//! Not here: raw words, names, C, policy.

mod enter;
mod import;
mod park;
mod relay;

use crate::codegen::{self, Compiled, Intrinsic};
use crate::error::{Error, Result};
use crate::guest::StoreData;
use crate::guest::context::Cx;
use crate::guest::core_func::CoreFunc;
use crate::guest::idle::run_idle;
use crate::guest::memory::{Home, Mem, Mems};
use crate::guest::slots::Held;
use crate::guest::stack::{MAX_VALUES, exhausted};
use crate::guest::transfer::{lift, write};
use crate::guest::turn::settle_for;
use crate::guest::value::Callable;
use crate::guest::words::{HostType, HostWords, host_words};
use crate::guest::{Places, give_back, traps};
use crate::linked::{self, Linked, Supplied, missing, ready};
use crate::plan::Program;
use std::sync::{Arc, OnceLock};
use wasmtime::{AsContextMut as _, Caller};

pub(crate) use enter::Entered;
use park::Parking;

/// A compiled program, and where its parts are found in the compiled core.
pub(crate) struct Code {
    pub program: Arc<Program>,
    pub compiled: Compiled,
    /// Beside [`Compiled::intrinsics`].
    pub types: Vec<HostType>,
    pub exports: Exports,
}

/// What the compiled core exports.
pub(crate) struct Exports {
    /// By adapter index.
    pub entries: Vec<Option<wasmtime::ModuleExport>>,
    /// Beside the program's `used_mems`.
    pub mems: Vec<wasmtime::ModuleExport>,
    /// Beside [`Compiled::deferred`].
    pub deferred: Vec<wasmtime::ModuleExport>,
    /// As many as [`Compiled::parked`].
    pub parked: Vec<wasmtime::ModuleExport>,
    /// Where there are such.
    pub pay: Option<wasmtime::ModuleExport>,
}

/// One instance of it.
pub(crate) struct Running {
    code: Arc<Code>,
    /// What was supplied.
    linked: Arc<OnceLock<Linked>>,
    /// Beside the program's `used_mems`.
    mems: Arc<Mems>,
    /// Filled in when the first export is asked for.
    handles: OnceLock<Arc<Handles>>,
}

struct Handles {
    deferred: Vec<CoreFunc>,
    /// Where entries park.
    parking: Option<Parking>,
}

impl Places for Code {
    fn place(&self, func: u32, offset: usize) -> Option<(u32, usize, usize)> {
        let place = self.compiled.origin.place(&self.program, func, offset)?;
        Some((place.func, place.func_offset, place.core_offset))
    }
}

impl Running {
    /// An instance that is about to be made, and the functions that its core
    /// imports last.
    pub fn new(
        cx: &mut Cx<'_>,
        code: Arc<Code>,
        linked: Arc<OnceLock<Linked>>,
    ) -> Result<(Arc<Running>, Vec<wasmtime::Func>)> {
        let home = linked.get().map_or(Home::ANY, Linked::home);
        let named = code.exports.mems.iter().zip(&code.program.used_mems);
        let mems = Arc::new(Mems::new(named.map(|(at, used)| (*at, used.text)), home));
        let handles = OnceLock::new();
        let running = Arc::new(Running { code: code.clone(), linked, mems, handles });
        let all = code.compiled.intrinsics.iter().zip(&code.types);
        let funcs = all.map(|(intrinsic, ty)| running.intrinsic(cx, intrinsic, ty));
        let funcs = funcs.collect::<Result<Vec<_>>>()?;
        Ok((running, funcs))
    }

    /// What entries need, found when the first is asked for: the core exists.
    fn handles(&self, cx: &mut Cx<'_>, core: &wasmtime::Instance) -> Result<&Arc<Handles>> {
        if let Some(found) = self.handles.get() {
            return Ok(found);
        }
        let exports = &self.code.exports;
        self.mems.find(|at| core.get_module_export(&mut *cx, at))?;
        let mut deferred = Vec::with_capacity(exports.deferred.len());
        for at in &exports.deferred {
            let func = core.get_module_export(&mut *cx, at).and_then(|e| e.into_func());
            deferred.push(CoreFunc::new(cx, func.ok_or_else(missing)?, None).at(self.home()));
        }
        let mut globals = Vec::with_capacity(exports.parked.len());
        for at in &exports.parked {
            let global = core.get_module_export(&mut *cx, at).and_then(|e| e.into_global());
            globals.push(global.ok_or_else(missing)?);
        }
        let parking = match &exports.pay {
            None => None,
            Some(at) => {
                let pay = core.get_module_export(&mut *cx, at).and_then(|e| e.into_func());
                let pay = CoreFunc::new(cx, pay.ok_or_else(missing)?, None).at(self.home());
                Some(Parking::new(cx, globals, pay))
            }
        };
        // The store is borrowed: nobody else has found them meanwhile.
        Ok(self.handles.get_or_init(|| Arc::new(Handles { deferred, parking })))
    }

    /// The function that an export is, if it is a body.
    pub fn entered(
        self: &Arc<Self>,
        cx: &mut Cx<'_>,
        core: &wasmtime::Instance,
        adapter: u32,
    ) -> Result<Arc<dyn Callable>> {
        let at = self.code.exports.entries.get(adapter as usize).and_then(|at| at.as_ref());
        let Some(at) = at else {
            return Ok(Arc::new(Supplied { linked: self.linked.clone(), adapter }));
        };
        self.handles(cx, core)?;
        let func = core.get_module_export(&mut *cx, at).and_then(|e| e.into_func());
        let func = CoreFunc::new(cx, func.ok_or_else(missing)?, None).at(self.home());
        Ok(Arc::new(Entered::new(self, adapter, func)?))
    }

    fn intrinsic(
        self: &Arc<Self>,
        cx: &mut Cx<'_>,
        intrinsic: &Intrinsic,
        ty: &HostType,
    ) -> Result<wasmtime::Func> {
        let (this, home) = (self.clone(), self.home());
        Ok(match *intrinsic {
            Intrinsic::Overflow => host_words(cx, ty, |_, mut words| Err(overflow(words.i32()?))),
            Intrinsic::Refuse => host_words(cx, ty, move |_, mut words| {
                let (message, when) = (words.i32()? as u32, words.i32()? as u32);
                Err(ready(&this.linked)?.refused(message, when))
            }),
            Intrinsic::Uncaught => host_words(cx, ty, |_, _| Err(traps::uncaught())),
            Intrinsic::Settle => host_words(cx, ty, move |caller, words| {
                settle_for(&mut caller.as_context_mut(), home)?;
                words.done()
            }),
            Intrinsic::Write => host_words(cx, ty, move |caller, mut words| {
                let (slot, take) = (words.i32()?, words.i32()?);
                let (mem, ptr) = (words.i32()?, words.i32()? as u32);
                let mem = this.mem(caller, mem)?;
                write(&mut caller.as_context_mut(), slot, take, mem, ptr)?;
                words.done()
            }),
            Intrinsic::Lift => host_words(cx, ty, move |caller, mut words| {
                let (mem, ptr, len) = (words.i32()?, words.i32()?, words.i32()?);
                let mem = this.mem(caller, mem)?;
                let cx = &mut caller.as_context_mut();
                let text = lift(cx, mem, ptr as u32, len as u32)?;
                let held = Held::new(cx, text, mem.text)?;
                let len = held.length()?;
                words.put_i32(cx.data_mut().slots.add(held))?;
                words.put_i32(len)?;
                words.done()
            }),
            Intrinsic::Copy => host_words(cx, ty, |caller, mut words| {
                let slots = &mut caller.data_mut().slots;
                let held = slots.get(words.i32()?)?;
                words.put_i32(slots.add(held))?;
                words.done()
            }),
            Intrinsic::Release => host_words(cx, ty, |caller, mut words| {
                caller.data_mut().slots.take(words.i32()?)?;
                words.done()
            }),
            Intrinsic::Idle(at) => host_words(cx, ty, move |caller, words| {
                let func = this.deferred(caller, at as usize)?;
                run_idle(&mut caller.as_context_mut(), &func, true)?;
                words.done()
            }),
            Intrinsic::Undefer => host_words(cx, ty, |caller, words| {
                caller.data_mut().debts.forget();
                words.done()
            }),
            Intrinsic::Defer(at) => host_words(cx, ty, move |caller, mut words| {
                this.defer(caller, at as usize, &mut words)?;
                words.done()
            }),
            Intrinsic::Call(ref call) => this.import(cx, call, ty)?,
            Intrinsic::Core(adapter, _) => {
                let found = self.code.program.adapters.get(adapter as usize);
                let own = found.ok_or_else(missing)?.ty().clone();
                let supplied = Arc::new(Supplied { linked: self.linked.clone(), adapter });
                CoreFunc::host_of(cx, ty.core().clone(), &own, supplied, home).handle()
            }
        })
    }

    /// Where the core runs.
    fn home(&self) -> Home {
        self.linked.get().map_or(Home::ANY, Linked::home)
    }

    /// A memory by its position.
    #[inline(always)]
    fn mem(&self, caller: &mut Caller<'_, StoreData>, at: i32) -> Result<Mem> {
        self.mems.get(caller)?.get(at as usize).copied().ok_or_else(missing)
    }

    /// A memory by its position, once the core exists.
    #[inline(always)]
    fn ready_mem(&self, at: i32) -> Result<Mem> {
        self.mems.found().get(at as usize).copied().ok_or_else(missing)
    }

    fn deferred(&self, caller: &mut Caller<'_, StoreData>, at: usize) -> Result<CoreFunc> {
        if let Some(handles) = self.handles.get() {
            return handles.deferred.get(at).cloned().ok_or_else(missing);
        }
        let export = self.code.exports.deferred.get(at).ok_or_else(missing)?;
        let func = caller.get_module_export(export).and_then(|e| e.into_func());
        let func = CoreFunc::new(&caller.as_context_mut(), func.ok_or_else(missing)?, None);
        Ok(func.at(self.home()))
    }

    fn defer(
        &self,
        caller: &mut Caller<'_, StoreData>,
        at: usize,
        words: &mut HostWords<'_>,
    ) -> Result<()> {
        if caller.data().debts.registered() > MAX_VALUES {
            return Err(exhausted());
        }
        let func = self.deferred(caller, at)?;
        let cx = &mut caller.as_context_mut();
        if let Some(due) = words.due(&func)? {
            cx.data_mut().debts.register_due(func.home(), due);
            return Ok(());
        }
        let mut args = cx.data_mut().scratch.vals.pop().unwrap_or_default();
        args.clear();
        for ty in func.ty().clone().params() {
            args.push(words.val(cx, *ty)?);
        }
        let data = cx.data_mut();
        data.debts.register(func, args.drain(..));
        give_back(&mut data.scratch.vals, args);
        Ok(())
    }
}

/// The error of a checked conversion.
fn overflow(code: i32) -> Error {
    match codegen::conversion(code) {
        Some((from, to)) => linked::overflow(from, to),
        None => missing(),
    }
}
