//! Values with parts for adapters, which take and give numbers and text: a list is a
//! text of its bytes, `option` and its kin are the number of the case and all that any
//! case holds. [`Type::leaves`] says so. In between they lie in memory of the host's.
//!
//! Not here: how they are laid out there; how leaves travel on.

use super::StoreData;
use super::context::Cx;
use super::errors::bad_text;
use super::func::{put as put_out, with_vals};
use super::laid::back::{Back, Leaves};
use super::laid::{Leaf, Looks, Room, look_at, told as of_walk};
use super::strings::Str;
use super::tree::walk::{Fault, Writing};
use super::tree::{Arg, Is, Out, Raw, Spare, vals_by_ends};
use super::value::{Body, Callable, Func, Val, set_defaults};
use super::{KEPT, recycle};
use crate::abi::{GuestEncoding, Measure};
use crate::error::{Error, ErrorKind, Result, Trap};
use crate::types::tree::{Fields, Signature};
use crate::types::{FuncType, ValType};
use std::sync::Arc;

/// A function of values with parts, of one that takes and gives their leaves.
pub(crate) fn whole(
    inner: Arc<dyn Callable>,
    ty: Arc<Signature>,
    guest: GuestEncoding,
) -> Result<Arc<dyn Callable>> {
    let leaves = leaves(&ty.results)?;
    Ok(Arc::new(Whole { inner, ty, leaves, guest }))
}

/// A function of leaves, of this type, of one that takes and gives values with parts, and
/// is or serves what is wanted; none of one that has no parts.
pub(crate) fn flattened(
    cx: &Cx<'_>,
    func: &Func,
    wanted: &FuncType,
    ty: &FuncType,
    guest: GuestEncoding,
) -> Option<Func> {
    let served = match (wanted.signature(), &func.0.body) {
        (Some(wanted), Body::Callable(body)) => body.serves(wanted).map(|_| wanted),
        _ => None,
    };
    let (is_served, whole) = (served.is_some(), served.or(func.ty().signature())?.clone());
    let flat = Flattened { func: func.clone(), whole, is_served, guest, ty: ty.clone() };
    Some(Func::new_callable(cx.data().id, ty.clone(), Arc::new(flat)))
}

fn leaves(fields: &Fields) -> Result<Vec<ValType>> {
    let mut leaves = Vec::new();
    for field in &fields.fields {
        field.ty.leaves(&mut leaves).map_err(Error::internal)?;
    }
    Ok(leaves)
}

/// What a call uses, and gives back.
#[derive(Default)]
pub(crate) struct Laid {
    /// Values on their way to the guest, and back.
    there: Vec<u8>,
    back: Vec<u8>,
    leaves: Vec<Leaf>,
    texts: Vec<Str<'static>>,
    /// Texts that were returned.
    found: Vec<Raw>,
    ends: Spare,
}

/// So many bytes are kept for the next call.
const KEPT_BYTES: usize = 1 << 20;

impl Laid {
    fn of(data: &mut StoreData) -> Laid {
        data.scratch.laid.pop().unwrap_or_default()
    }

    fn give_back(self, data: &mut StoreData) {
        let bytes = self.there.capacity() + self.back.capacity();
        let bytes = self.found.iter().fold(bytes, |sum, raw| sum + raw.capacity());
        if bytes <= KEPT_BYTES && data.scratch.laid.len() < KEPT {
            data.scratch.laid.push(self);
        }
    }

    /// Makes places for so many texts.
    fn make_found(&mut self, count: usize) {
        if self.found.len() < count {
            self.found.resize_with(count, Raw::default);
        }
    }
}

/// A function of a guest's, with its values whole.
pub(crate) struct Whole {
    inner: Arc<dyn Callable>,
    ty: Arc<Signature>,
    /// Those of the results.
    leaves: Vec<ValType>,
    /// How texts in lists are encoded.
    guest: GuestEncoding,
}

impl Callable for Whole {
    fn call(&self, cx: &mut Cx<'_>, args: &[Arg<'_>], results: &mut [Out<'_>]) -> Result<()> {
        let params = &self.ty.params.fields;
        if args.len() != params.len() {
            let message = format!("expected {} arguments, found {}", params.len(), args.len());
            return Err(Error::new(ErrorKind::WrongCount, message));
        }
        let mut laid = Laid::of(cx.data_mut());
        let done = self.call_in(cx, &mut laid, args, results);
        laid.give_back(cx.data_mut());
        done
    }

    vals_by_ends!();
}

impl Whole {
    fn call_in(
        &self,
        cx: &mut Cx<'_>,
        laid: &mut Laid,
        args: &[Arg<'_>],
        results: &mut [Out<'_>],
    ) -> Result<()> {
        self.lay(cx, laid, args)?;
        laid.make_found(self.leaves.iter().filter(|ty| **ty == ValType::String).count());
        let mut texts: Vec<Str<'_>> = recycle(std::mem::take(&mut laid.texts));
        texts.extend(laid.leaves.iter().filter_map(|leaf| leaf.text(&laid.there)));
        let Spare(ins, outs) = std::mem::take(&mut laid.ends);
        let (mut ins, mut outs) = (recycle(ins), recycle(outs));
        let mut left = texts.iter();
        for leaf in &laid.leaves {
            ins.extend(match *leaf {
                Leaf::Number(bits) => Some(Arg::number(bits)),
                Leaf::Elsewhere(i) => args.get(i).copied(),
                Leaf::Text(..) | Leaf::Bytes(..) => left.next().map(Arg::string),
            });
        }
        let mut found = laid.found.iter_mut();
        for ty in &self.leaves {
            // Leaves are texts and numbers.
            outs.extend(match ty.is_text() {
                true => found.next().map(Out::raw),
                false => Some(Out::number()),
            });
        }
        let called = self.inner.call(cx, &ins, &mut outs);
        laid.leaves.clear();
        if called.is_ok() {
            let mut texts = 0..;
            laid.leaves.extend(self.leaves.iter().zip(&outs).map(|(ty, out)| match ty.is_text() {
                true => Leaf::Elsewhere(texts.next().unwrap_or(0)),
                false => Leaf::Number(out.bits()),
            }));
        }
        laid.ends = Spare(recycle(ins), recycle(outs));
        laid.texts = recycle(texts);
        called?;
        let memory = std::mem::take(&mut laid.back);
        let mut back = Back::new(memory, self.guest, cx.data().policy);
        let given = self.give(cx, &mut back, laid, results);
        laid.back = back.into_memory();
        given
    }

    /// Lays the arguments out, and finds their leaves.
    fn lay(&self, cx: &mut Cx<'_>, laid: &mut Laid, args: &[Arg<'_>]) -> Result<()> {
        let params = || self.ty.params.fields.iter().zip(args).enumerate();
        let told =
            |fault: Fault, i: usize| fault.into_error(self.ty.params.parameter(i)).at_argument(i);
        for (i, (field, arg)) in params() {
            if let Is::Lend(value) = arg.is() {
                value.look(&field.ty, &mut Looks(cx)).map_err(|fault| told(fault, i))?;
            }
        }
        laid.leaves.clear();
        let mut room = Room::new(cx, std::mem::take(&mut laid.there), self.guest);
        let done = params().try_for_each(|(i, (field, arg))| {
            let ty = &field.ty;
            let at = match arg.is() {
                Is::Lend(value) => {
                    let at = room.place(ty)?;
                    let mut to = Writing::new(&mut room);
                    value.put_memory(ty, &mut to, at).map_err(of_walk)?;
                    at
                }
                Is::Val(val) => {
                    let at = room.place(ty)?;
                    room.put(ty, val, at).map_err(|fault| told(fault, i))?;
                    at
                }
                Is::Number(bits) => {
                    look_at(ty, bits).map_err(|fault| told(fault, i))?;
                    laid.leaves.push(Leaf::Number(bits));
                    return Ok(());
                }
                is => {
                    // Errors tell the number of a leaf.
                    if let Is::Text(text, policy) = is
                        && laid.leaves.len() != i
                    {
                        let policy = policy.unwrap_or(cx.data().policy);
                        let measured = Measure::new(text, self.guest, policy);
                        measured.map_err(|bad| told(bad_text(bad).into(), i))?;
                    }
                    laid.leaves.push(Leaf::Elsewhere(i));
                    return Ok(());
                }
            };
            room.leaves(ty, Some(at), &mut laid.leaves)
                .map_err(|error| error.context(self.ty.params.parameter(i)).at_argument(i))
        });
        laid.there = room.into_memory();
        done
    }

    /// Gives results, whose leaves are there.
    fn give(
        &self,
        cx: &mut Cx<'_>,
        back: &mut Back,
        laid: &Laid,
        results: &mut [Out<'_>],
    ) -> Result<()> {
        let mut leaves = Leaves { leaves: laid.leaves.iter(), texts: &laid.found };
        for (field, out) in self.ty.results.fields.iter().zip(results) {
            let at = back.value(&field.ty, &mut leaves)?;
            match out.as_take() {
                Some(to) => back.give(&field.ty, at, to)?,
                None => {
                    let val = back.val(cx, &field.ty, at)?;
                    put_out(cx, field.ty.val_type(), val, out)?;
                }
            }
        }
        Ok(())
    }
}

/// A function of a host's, for who takes and gives leaves.
struct Flattened {
    func: Func,
    /// The type that it has, or serves.
    whole: Arc<Signature>,
    is_served: bool,
    guest: GuestEncoding,
    ty: FuncType,
}

impl Callable for Flattened {
    fn call(&self, cx: &mut Cx<'_>, args: &[Arg<'_>], results: &mut [Out<'_>]) -> Result<()> {
        with_vals(cx, &self.ty, args, results, |cx, args, results| {
            self.call_vals(cx, args, results)
        })
    }

    fn call_vals(
        &self,
        cx: &mut Cx<'_>,
        args: &[Val<'_>],
        results: &mut [Val<'static>],
    ) -> Result<()> {
        let mut laid = Laid::of(cx.data_mut());
        let done = self.call_in(cx, &mut laid, args, results);
        laid.give_back(cx.data_mut());
        done
    }
}

impl Flattened {
    fn call_in(
        &self,
        cx: &mut Cx<'_>,
        laid: &mut Laid,
        args: &[Val<'_>],
        results: &mut [Val<'static>],
    ) -> Result<()> {
        let vals = self.whole_args(cx, laid, args)?;
        let signature = &self.whole;
        let mut found = Vec::new();
        let kinds = signature.results.fields.iter().map(|field| field.ty.val_type());
        set_defaults(&kinds.collect::<Vec<_>>(), &mut found)?;
        match &self.func.0.body {
            Body::Core(core) => core.call(cx, &vals, &mut found)?,
            Body::Callable(body) if self.is_served => {
                body.call_as(cx, signature, &vals, &mut found)?;
            }
            Body::Callable(body) => body.call_vals(cx, &vals, &mut found)?,
        }
        let mut room = Room::new(cx, std::mem::take(&mut laid.there), self.guest);
        laid.leaves.clear();
        for (field, val) in signature.results.fields.iter().zip(&found) {
            let told = |error: Error| Trap::new(error.context(OF_HOST).message());
            let at = room.place(&field.ty)?;
            room.put(&field.ty, val, at)
                .map_err(|fault| Trap::new(fault.into_error(OF_HOST.into()).message()))?;
            room.leaves(&field.ty, Some(at), &mut laid.leaves).map_err(told)?;
        }
        laid.there = room.into_memory();
        for (result, leaf) in results.iter_mut().zip(&laid.leaves) {
            *result = match leaf.text(&laid.there) {
                Some(text) => Val::String(text.into_owned(cx)?),
                None => Val::from_bits(result.ty(), leaf.bits())?,
            };
        }
        Ok(())
    }

    /// The arguments, made of their leaves.
    fn whole_args(
        &self,
        cx: &mut Cx<'_>,
        laid: &mut Laid,
        args: &[Val<'_>],
    ) -> Result<Vec<Val<'static>>> {
        let policy = cx.data().policy;
        laid.leaves.clear();
        let mut texts = 0;
        for arg in args {
            let Val::String(text) = arg else {
                laid.leaves.push(Leaf::Number(arg.bits()));
                continue;
            };
            laid.leaves.push(Leaf::Elsewhere(texts));
            laid.make_found(texts + 1);
            let raw = &mut laid.found[texts];
            let policy = text.policy_or(policy);
            text.with_in((&*cx).into(), |text| raw.set(text, policy))??;
            texts += 1;
        }
        let mut back = Back::new(std::mem::take(&mut laid.back), self.guest, policy);
        let mut leaves = Leaves { leaves: laid.leaves.iter(), texts: &laid.found };
        let params = self.whole.params.fields.iter();
        let vals = params.map(|param| {
            let at = back.value(&param.ty, &mut leaves)?;
            back.val(cx, &param.ty, at)
        });
        let vals = vals.collect::<Result<Vec<_>>>();
        laid.back = back.into_memory();
        vals
    }
}

const OF_HOST: &str = "result of the host function";
