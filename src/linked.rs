//! What a program's numbers stand for in one instance, and calls of what was supplied
//! for its imports: what both back ends stand on.
//!
//! Not here: how an adapter runs.

use crate::error::{Error, ErrorKind, Result, Trap, TrapCode};
use crate::guest::context::Cx;
use crate::guest::core_func::CoreFunc;
use crate::guest::func::with_vals;
use crate::guest::give_back;
use crate::guest::measure::measure_for;
use crate::guest::memory::{Home, Mem};
use crate::guest::stack::check_depth;
use crate::guest::transfer::measure_result;
use crate::guest::tree::{Arg, Out};
use crate::guest::value::{Body, Callable, Func, Val, check, set_defaults};
use crate::plan::{Adapter, Program, TextMem, stage};
use crate::types::{FuncType, ValType};
use std::sync::{Arc, OnceLock};

/// What a program's numbers stand for in one instance.
pub(crate) struct Linked {
    pub program: Arc<Program>,
    /// Beside the program's `used_funcs`.
    funcs: Vec<CoreFunc>,
    /// Beside the program's `used_mems`.
    mems: Vec<Mem>,
    /// The functions supplied for adapter imports, by import position.
    imports: Vec<Option<Func>>,
    /// Where its core runs.
    home: Home,
    /// As [`stage::firsts`] tells, once that was asked for.
    firsts: OnceLock<Vec<bool>>,
}

impl Linked {
    pub fn new(
        program: Arc<Program>,
        funcs: Vec<CoreFunc>,
        mems: Vec<Mem>,
        imports: Vec<Option<Func>>,
        home: Home,
    ) -> Linked {
        Linked { program, funcs, mems, imports, home, firsts: OnceLock::new() }
    }

    /// Of each adapter, whether the guest runs before anything in it can be noticed.
    pub fn firsts(&self) -> &[bool] {
        self.firsts.get_or_init(|| stage::firsts(&self.program))
    }

    pub fn func(&self, index: u32) -> Result<&CoreFunc> {
        let found = self.program.used_funcs.binary_search(&index).ok();
        found.and_then(|i| self.funcs.get(i)).ok_or_else(|| broken("core func", index))
    }

    pub fn mem(&self, mem: TextMem) -> Result<Mem> {
        let found = self.program.used_mems.binary_search(&mem).ok();
        found.and_then(|i| self.mems.get(i)).copied().ok_or_else(|| broken("memory", mem.memory))
    }

    pub fn adapter(&self, index: u32) -> Result<&Adapter> {
        self.program.adapters.get(index as usize).ok_or_else(|| broken("adapter func", index))
    }

    /// Where its core runs.
    pub fn home(&self) -> Home {
        self.home
    }

    fn import(&self, index: u32) -> Result<&Func> {
        let found = self.imports.get(index as usize).and_then(|f| f.as_ref());
        found.ok_or_else(|| broken("import", index))
    }

    /// What was supplied for an import, if it takes interface values.
    pub fn typed(&self, index: u32) -> Option<&Arc<dyn Callable>> {
        match &self.import(index).ok()?.0.body {
            Body::Callable(body) => Some(body),
            Body::Core(_) => None,
        }
    }

    /// Calls what was supplied for an import, and checks what it returns. The results
    /// are made here.
    pub fn call_import(
        &self,
        cx: &mut Cx<'_>,
        import: u32,
        args: &[Val<'_>],
        results: &mut Vec<Val<'static>>,
    ) -> Result<()> {
        let func = self.import(import)?;
        set_defaults(func.0.ty.results(), results)?;
        match &func.0.body {
            Body::Core(core) => core.call(cx, args, results)?,
            Body::Callable(body) => body.call_vals(cx, args, results)?,
        }
        check("results of the host function", func.0.ty.results(), results, Error::of_host_result)
            .map_err(|e| Error::from(Trap::new(e.message())))
    }

    /// What a step raises that refuses, of a word that is not zero.
    #[cold]
    pub fn refused(&self, message: u32, when: u32) -> Error {
        match self.program.messages.get(message as usize) {
            Some(message) => {
                let number = when.wrapping_sub(1).to_string();
                Trap::new(message.replacen("{}", &number, 1)).into()
            }
            None => broken("message", message),
        }
    }
}

/// The instance's numbers, once its core exists: adapters that implement imports are made
/// before.
pub(crate) fn ready(linked: &OnceLock<Linked>) -> Result<&Linked> {
    linked.get().ok_or_else(|| {
        Error::new(ErrorKind::Unsupported, "an adapter was called before its instance exists")
    })
}

/// An adapter of this index that is what was supplied for an import.
pub(crate) struct Supplied {
    pub linked: Arc<OnceLock<Linked>>,
    pub adapter: u32,
}

impl Supplied {
    fn parts(&self) -> Result<(&Linked, u32, &FuncType)> {
        let linked = ready(&self.linked)?;
        match linked.adapter(self.adapter)? {
            Adapter::Import { import, ty } => Ok((linked, *import, ty)),
            Adapter::Body(_) | Adapter::Compiled(_) => Err(broken("import", self.adapter)),
        }
    }
}

impl Callable for Supplied {
    fn call(&self, cx: &mut Cx<'_>, args: &[Arg<'_>], results: &mut [Out<'_>]) -> Result<()> {
        let (_, _, ty) = self.parts()?;
        with_vals(cx, ty, args, results, |cx, args, results| self.call_vals(cx, args, results))
    }

    fn call_vals(
        &self,
        cx: &mut Cx<'_>,
        args: &[Val<'_>],
        results: &mut [Val<'static>],
    ) -> Result<()> {
        let (linked, import, ty) = self.parts()?;
        let text = linked.program.convention.text;
        for (i, arg) in args.iter().enumerate() {
            if let Val::String(s) = arg {
                measure_for(cx, s, text).map_err(|e| e.at_argument(i).of_argument_told(ty))?;
            }
        }
        check_depth(cx)?;
        let mut got = cx.data_mut().scratch.vals.pop().unwrap_or_default();
        let outcome = (|| {
            linked.call_import(cx, import, args, &mut got)?;
            for (i, val) in got.iter_mut().enumerate() {
                if let Val::String(s) = val {
                    measure_result(cx, i, s, text)?;
                    *val = Val::String(s.clone().into_owned(cx)?);
                }
            }
            for (result, val) in results.iter_mut().zip(got.drain(..)) {
                *result = val;
            }
            Ok(())
        })();
        got.clear();
        give_back(&mut cx.data_mut().scratch.vals, got);
        outcome
    }
}

/// What a checked conversion raises.
#[cold]
pub(crate) fn overflow(from: ValType, to: ValType) -> Error {
    let message = format!("integer overflow: the value does not fit from {from} to {to}");
    Trap::with_code(message, TrapCode::IntegerOverflow).into()
}

/// A plan that names what is not there: a bug of the front end, told instead
/// of a panic.
#[cold]
pub(crate) fn broken(what: &str, index: u32) -> Error {
    Error::internal(format_args!("the plan names no {what} {index}"))
}

/// Compiled code and its description disagree: a bug, told instead of a panic.
#[cold]
pub(crate) fn missing() -> Error {
    Error::internal("the compiled core has not what it must have")
}
