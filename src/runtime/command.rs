//! Commands: modules that are made to be run.
//!
//! Not here: what they have of the system.

use super::instance::Instance;
use super::module::Module;
use crate::error::{Error, ErrorKind, Result, Trap};
use crate::guest::context::AsContextMut;
use crate::guest::value::Val;
use crate::types::ExternType;

/// What the functions are called that run a module, and a component.
const START: &str = "_start";
const RUN: &str = "wasi:cli/run@0.2.0#run";

/// The function that runs a module, where it is a command.
fn main_of(module: &Module) -> &'static str {
    if module.is_component() { RUN } else { START }
}

impl Module {
    /// Whether it is a command: [`Instance::run`] runs its instances.
    pub fn is_command(&self) -> bool {
        self.has_plain(main_of(self))
    }

    /// Whether it exports a function of this name that takes nothing, as those are
    /// that are part of a convention.
    pub(super) fn has_plain(&self, name: &str) -> bool {
        let export = self.find_export(name).and_then(|at| self.exports().nth(at));
        export.is_some_and(|e| matches!(&e.ty, ExternType::Func(ty) if ty.params().is_empty()))
    }
}

impl Instance {
    /// Runs a command to its end: `_start` of a core module, `wasi:cli/run` of a
    /// component. Gives the status that it ends with: zero is success.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] for what is no command; else as any call. That a
    /// guest ends by itself is no error here.
    pub fn run(&self, mut cx: impl AsContextMut) -> Result<i32> {
        let mut cx = cx.as_context_mut();
        let name = main_of(self.module());
        if !self.module().has_plain(name) {
            let message = format!("this is no command: no function {name:?} is exported");
            return Err(Error::new(ErrorKind::OutOfRange, message));
        }
        let func = self.func(&mut cx, name)?;
        let mut results = vec![Val::I32(0); func.ty().results().len()];
        let outcome = func.call(&mut cx, &[], &mut results);
        self.finish(&mut cx);
        match outcome {
            Ok(()) => Ok(matches!(results.first(), Some(Val::Result(Err(_)))).into()),
            Err(error) => error.trap().and_then(Trap::exit_status).ok_or(error),
        }
    }
}
