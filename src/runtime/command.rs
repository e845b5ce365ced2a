//! Commands: modules that are made to be run.
//!
//! Not here: what they have of the system.

use super::instance::Instance;
use crate::error::{Error, ErrorKind, Result, Trap};
use crate::guest::context::AsContextMut;
use crate::guest::value::Val;

/// What the functions are called that run a module, and a component.
const START: &str = "_start";
const RUN: &str = "wasi:cli/run@0.2.0#run";

impl Instance {
    /// Runs a command to its end: `_start` of a core module, `wasi:cli/run` of a
    /// component. Gives the status that it ends with: zero is success.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] for what is no command; else as any call. That a
    /// guest ends by itself is no error here.
    pub fn run(&self, mut cx: impl AsContextMut) -> Result<i32> {
        let mut cx = cx.as_context_mut();
        let name = if self.module().is_component() { RUN } else { START };
        let Some(func) = self.command(&mut cx, name)? else {
            let message = format!("this is no command: no function {name:?} is exported");
            return Err(Error::new(ErrorKind::OutOfRange, message));
        };
        let mut results = vec![Val::I32(0); func.ty().results().len()];
        let outcome = func.call(&mut cx, &[], &mut results);
        self.finish(&mut cx);
        match outcome {
            Ok(()) => Ok(matches!(results.first(), Some(Val::Result(Err(_)))).into()),
            Err(error) => error.trap().and_then(Trap::exit_status).ok_or(error),
        }
    }
}
