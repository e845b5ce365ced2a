//! [`Prepared`]: a function whose type was checked once, to be called without
//! lists of values.
//!
//! Not here: what arguments and results are made of.

use crate::compiled::Entered;
use crate::error::{Error, ErrorKind, Result};
use crate::guest::call::{CoreFunc, Word};
use crate::guest::context::{AsContextMut, Cx};
use crate::guest::few::FewFunc;
use crate::guest::flat::{Arguments, FromVals, Outcome, ToVals, Told, mismatch};
use crate::guest::func::{Body, Func, set_defaults};
use crate::guest::{give_back, recycle};
use crate::types::{FuncType, ValType};
use std::any::Any;
use std::sync::Arc;

/// A function, ready to be called in the way that costs least.
///
/// It belongs to its function's store. [`TypedFunc`](crate::TypedFunc) is made
/// of it; so are the C API's prepared calls.
#[derive(Clone)]
pub struct Prepared {
    func: Func,
    way: Way,
    /// The core function, where only numbers cross.
    numbers: Option<CoreFunc>,
}

#[derive(Clone)]
enum Way {
    /// A core function of few numbers.
    Few(FewFunc),
    /// A compiled adapter.
    Compiled(Arc<Entered>),
    /// Everything else.
    Vals,
}

impl Prepared {
    /// Prepares a function for calls with values of these types.
    ///
    /// # Errors
    /// [`ErrorKind::WrongKind`] where they are not the function's.
    pub fn new(func: &Func, params: &[ValType], results: &[ValType]) -> Result<Prepared> {
        if func.ty().params() != params || func.ty().results() != results {
            let wanted = FuncType::new(params.iter().copied(), results.iter().copied());
            let message = format!("the function is {}, not {wanted}", func.ty());
            return Err(Error::new(ErrorKind::WrongKind, message));
        }
        let (mut way, mut numbers) = (Way::Vals, None);
        match &func.0.body {
            Body::Core(core) if core.is_numeric() => numbers = Some(core.clone()),
            Body::Core(_) => {}
            Body::Typed(body) => {
                let body: Arc<dyn Any + Send + Sync> = body.clone();
                if let Ok(entered) = body.downcast::<Entered>() {
                    numbers = entered.bare().cloned();
                    way = Way::Compiled(entered);
                }
            }
        }
        if let Some(few) = numbers.as_ref().and_then(FewFunc::new) {
            way = Way::Few(few);
        }
        Ok(Prepared { func: func.clone(), way, numbers })
    }

    /// The function.
    pub fn func(&self) -> &Func {
        &self.func
    }

    /// Calls it. Arguments and outcome must be what it was prepared for.
    ///
    /// # Errors
    /// As for [`Func::call`], and what `outcome` returns; the call has been
    /// made then.
    #[inline]
    pub fn call<'a>(
        &self,
        mut cx: impl AsContextMut,
        args: &impl Arguments<'a>,
        outcome: &mut impl Outcome,
    ) -> Result<()> {
        let mut cx = cx.as_context_mut();
        let cx = cx.enter()?;
        self.func.check_store(cx)?;
        match &self.way {
            Way::Few(few) => few.run(cx, args, outcome),
            Way::Compiled(entered) => entered.run(cx, args, outcome),
            Way::Vals => self.call_vals(cx, args, outcome),
        }
    }

    /// Whether only numbers cross, as with a core function, so that
    /// [`Prepared::call_words`] can call it.
    #[doc(hidden)]
    pub fn is_numeric(&self) -> bool {
        self.numbers.is_some()
    }

    /// Calls a function of numbers: `words` holds the arguments, and afterwards
    /// the results; it has room for both.
    #[doc(hidden)]
    #[inline]
    pub fn call_words(&self, mut cx: impl AsContextMut, words: &mut [Word]) -> Result<()> {
        let mut cx = cx.as_context_mut();
        let cx = cx.enter()?;
        self.func.check_store(cx)?;
        match &self.numbers {
            Some(func) => func.call_words(cx, words),
            None => Err(mismatch()),
        }
    }

    /// The way that everything can go.
    #[inline(never)]
    fn call_vals<'a>(
        &self,
        cx: &mut Cx<'_>,
        args: &impl Arguments<'a>,
        outcome: &mut impl Outcome,
    ) -> Result<()> {
        let ty = self.func.ty();
        let mut vals = recycle(cx.data_mut().scratch.vals.pop().unwrap_or_default());
        let mut results = cx.data_mut().scratch.vals.pop().unwrap_or_default();
        let done = (|| {
            Told(args, ty).lower(&mut ToVals { types: ty.params(), vals: &mut vals })?;
            set_defaults(ty.results(), &mut results)?;
            self.func.call_checked(cx, &vals, &mut results)?;
            outcome.lift(&mut FromVals { cx, vals: &mut results, at: 0 })
        })();
        results.clear();
        give_back(&mut cx.data_mut().scratch.vals, results);
        give_back(&mut cx.data_mut().scratch.vals, recycle(vals));
        done
    }
}
