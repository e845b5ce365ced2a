//! [`Prepared`]: a function whose type was checked once, to be called without
//! lists of values.
//!
//! Not here: what arguments and results are made of.

use crate::compiled::Entered;
use crate::error::{Error, ErrorKind, Result};
use crate::guest::context::{AsContextMut, Cx};
use crate::guest::core_func::{CoreFunc, Word};
use crate::guest::errors::mismatch;
use crate::guest::frame::{Frame, Room};
use crate::guest::func::with_vals;
#[cfg(feature = "component")]
use crate::guest::parts::Whole;
use crate::guest::stack::check_depth;
use crate::guest::tree::{Arg, Is, Out};
use crate::guest::turn::{Mark, settle_for};
use crate::guest::value::{Body, Func};
use crate::types::{FuncType, ValType};
use std::any::Any;
use std::sync::Arc;

/// A function, ready to be called in the way that costs least.
///
/// It belongs to its function's store. [`TypedFunc`](crate::TypedFunc) is made
/// of it; so are the C API's prepared calls.
#[doc(hidden)]
#[derive(Clone)]
pub struct Prepared {
    func: Func,
    way: Way,
}

#[derive(Clone)]
enum Way {
    /// A core function of numbers, which go into words as they are.
    Numbers(CoreFunc),
    /// A compiled adapter, which is entered once.
    Adapter(Arc<Entered>),
    /// Everything else.
    Any,
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
        Ok(Prepared::checked(func))
    }

    /// Prepares a function whose types somebody else has checked.
    pub(crate) fn checked(func: &Func) -> Prepared {
        let way = match &func.0.body {
            Body::Core(core) if core.is_numeric() => Way::Numbers(core.clone()),
            Body::Core(_) => Way::Any,
            Body::Callable(body) => {
                let body: Arc<dyn Any + Send + Sync> = body.clone();
                match body.downcast::<Entered>() {
                    Ok(entered) => match entered.bare() {
                        Some(core) => Way::Numbers(core.clone()),
                        None => Way::Adapter(entered),
                    },
                    Err(_) => Way::Any,
                }
            }
        };
        Prepared { func: func.clone(), way }
    }

    /// The function.
    pub fn func(&self) -> &Func {
        &self.func
    }

    /// Calls it. Arguments and results must be what it was prepared for. After an error
    /// it is unspecified which results are there.
    ///
    /// # Errors
    /// As for [`Func::call`], and what cannot be written where a result goes; the call
    /// has been made then.
    #[inline(always)]
    pub fn call(
        &self,
        mut cx: impl AsContextMut,
        args: &[Arg<'_>],
        results: &mut [Out<'_>],
    ) -> Result<()> {
        let mut cx = cx.as_context_mut();
        let cx = cx.enter()?;
        self.func.check_store(cx)?;
        match &self.way {
            Way::Numbers(func) => call_numbers(func, cx, args, results),
            Way::Adapter(entered) => entered.run(cx, args, results),
            Way::Any => self.call_any(cx, args, results),
        }
    }

    /// Whether values of the host's own go to it and come from it as they lie: it is a
    /// component's, or one of values with parts that a face tells.
    #[doc(hidden)]
    pub fn takes_as_it_lies(&self) -> bool {
        #[cfg(feature = "component")]
        if let Body::Callable(body) = &self.func.0.body {
            let body: &dyn Any = &**body;
            return body.is::<crate::component::call::Function>() || body.is::<Whole>();
        }
        false
    }

    /// Whether only numbers cross, as with a core function, so that
    /// [`Prepared::call_words`] can call it.
    #[doc(hidden)]
    pub fn is_numeric(&self) -> bool {
        matches!(self.way, Way::Numbers(_))
    }

    /// Calls a function of numbers: `words` holds the arguments, and afterwards
    /// the results; it has room for both.
    #[doc(hidden)]
    #[inline]
    pub fn call_words(&self, mut cx: impl AsContextMut, words: &mut [Word]) -> Result<()> {
        let mut cx = cx.as_context_mut();
        let cx = cx.enter()?;
        self.func.check_store(cx)?;
        match &self.way {
            Way::Numbers(func) => func.call_words(cx, words),
            _ => Err(mismatch()),
        }
    }

    /// The way that everything can go.
    #[inline(never)]
    fn call_any(&self, cx: &mut Cx<'_>, args: &[Arg<'_>], results: &mut [Out<'_>]) -> Result<()> {
        match &self.func.0.body {
            Body::Core(core) => {
                with_vals(cx, self.func.ty(), args, results, |cx, args, results| {
                    core.call(cx, args, results)
                })
            }
            Body::Callable(body) => {
                check_depth(cx)?;
                body.call(cx, args, results)
            }
        }
    }
}

/// Calls a core function of numbers.
#[inline(always)]
fn call_numbers(
    func: &CoreFunc,
    cx: &mut Cx<'_>,
    args: &[Arg<'_>],
    results: &mut [Out<'_>],
) -> Result<()> {
    if !func.is_light() {
        return func.framed_wide(cx, |cx, frame| call_framed(func, cx, frame, args, results));
    }
    let mut room = Room::new();
    call_framed(func, cx, Frame::light(&mut room, func), args, results)
}

#[inline(always)]
fn call_framed(
    func: &CoreFunc,
    cx: &mut Cx<'_>,
    mut frame: Frame<'_>,
    args: &[Arg<'_>],
    results: &mut [Out<'_>],
) -> Result<()> {
    for arg in args {
        let Is::Number(bits) = arg.is() else { return Err(mismatch()) };
        frame.put(bits)?;
    }
    settle_for(cx, func.home())?;
    let mark = Mark::new(cx);
    let mut words = match frame.call(cx) {
        Ok(words) => words,
        Err(error) => {
            mark.unwind(cx);
            return Err(error);
        }
    };
    for out in results {
        out.put_bits(words.number()?)?;
    }
    Ok(())
}
