//! Values with parts for adapters, which take and give numbers and text: a list is a
//! text of its bytes, `option` and its kin are the number of the case and all that any
//! case holds. [`Type::leaves`] says so.
//!
//! Not here: how these travel on.

use super::context::Cx;
use super::func::{Body, Func, Typed, put as put_out, set_defaults, with_vals};
use super::lent;
use super::list::List;
use super::packed::{Budget, copied, of_bytes};
use super::strings::{Str, bad_text, changed, copy_as};
use super::transfer::{length, word};
use super::tree::{Arg, Is, Out};
use super::value::{Payload, Val};
use super::{give_back, recycle};
use crate::abi::{GuestEncoding, Measure};
use crate::error::{Error, ErrorKind, Result, Trap};
use crate::string::Text;
use crate::types::leaves::{TEXTS_EACH, TEXTS_HEAD};
use crate::types::tree::{Cases, Fields, Signature, Type};
use crate::types::{FuncType, ValType, kind};
use std::sync::Arc;

/// A function of values with parts, of one that takes and gives their leaves.
pub(crate) fn whole(
    inner: Arc<dyn Typed>,
    ty: Arc<Signature>,
    guest: GuestEncoding,
) -> Result<Arc<dyn Typed>> {
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
        (Some(wanted), Body::Typed(body)) => body.serves(wanted).map(|_| wanted),
        _ => None,
    };
    let (is_served, whole) = (served.is_some(), served.or(func.ty().signature())?.clone());
    let flat = Flattened { func: func.clone(), whole, is_served, guest, ty: ty.clone() };
    Some(Func::new_typed(cx.data().id, ty.clone(), Arc::new(flat)))
}

fn leaves(fields: &Fields) -> Result<Vec<ValType>> {
    let mut leaves = Vec::new();
    for field in &fields.fields {
        field.ty.leaves(&mut leaves).map_err(Error::internal)?;
    }
    Ok(leaves)
}

struct Whole {
    inner: Arc<dyn Typed>,
    ty: Arc<Signature>,
    /// Those of the results.
    leaves: Vec<ValType>,
    /// How texts in lists are encoded.
    guest: GuestEncoding,
}

impl Typed for Whole {
    fn call(&self, cx: &mut Cx<'_>, args: &[Arg<'_>], results: &mut [Out<'_>]) -> Result<()> {
        by_ends(self, &self.ty, cx, args, results)
    }

    fn call_vals(
        &self,
        cx: &mut Cx<'_>,
        args: &[Val<'_>],
        results: &mut [Val<'static>],
    ) -> Result<()> {
        let params = &self.ty.params.fields;
        if args.len() != params.len() {
            let message = format!("expected {} arguments, found {}", params.len(), args.len());
            return Err(Error::new(ErrorKind::WrongCount, message));
        }
        let mut flat = recycle(cx.data_mut().scratch.vals.pop().unwrap_or_default());
        let mut found = cx.data_mut().scratch.vals.pop().unwrap_or_default();
        let done = (|| {
            for (i, (param, arg)) in params.iter().zip(args).enumerate() {
                flatten((cx, self.guest), &param.ty, Some(arg), &mut flat)
                    .map_err(|wrong| wrong.error(&format!("parameter {}", i + 1)).at_argument(i))?;
            }
            set_defaults(&self.leaves, &mut found)?;
            self.inner.call_vals(cx, &flat, &mut found)?;
            let (mut leaves, mut budget) = (found.drain(..), Budget::new());
            for (field, result) in self.ty.results.fields.iter().zip(results) {
                *result = gather(cx, &field.ty, &mut leaves, &mut budget)?;
            }
            Ok(())
        })();
        found.clear();
        give_back(&mut cx.data_mut().scratch.vals, found);
        give_back(&mut cx.data_mut().scratch.vals, recycle(flat));
        done
    }
}

struct Flattened {
    func: Func,
    /// The type that it has, or serves.
    whole: Arc<Signature>,
    is_served: bool,
    guest: GuestEncoding,
    ty: FuncType,
}

/// Calls by the ends of a call of this type, whose values may be of a host's own types.
fn by_ends(
    func: &dyn Typed,
    ty: &Signature,
    cx: &mut Cx<'_>,
    args: &[Arg<'_>],
    outs: &mut [Out<'_>],
) -> Result<()> {
    let params = || ty.params.fields.iter().zip(args).enumerate();
    for (i, (field, arg)) in params() {
        if let Is::Lend(value) = arg.is() {
            lent::look(cx, &field.ty, value, i)?;
        }
    }
    let mut vals = Vec::with_capacity(args.len());
    for (_, (field, arg)) in params() {
        vals.push(match arg.is() {
            Is::Lend(value) => lent::to_val(cx, &field.ty, value)?,
            _ => arg.to_val_of(field.ty.val_type(), Some(&field.ty))?,
        });
    }
    let mut found = Vec::new();
    let kinds: Vec<_> = ty.results.fields.iter().map(|field| field.ty.val_type()).collect();
    set_defaults(&kinds, &mut found)?;
    func.call_vals(cx, &vals, &mut found)?;
    for ((field, val), out) in ty.results.fields.iter().zip(found).zip(outs) {
        match out.as_take() {
            Some(to) => lent::give(cx, &field.ty, &val, to)?,
            None => put_out(cx, field.ty.val_type(), val, out)?,
        }
    }
    Ok(())
}

impl Typed for Flattened {
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
        let signature = &self.whole;
        let mut owned = Vec::with_capacity(args.len());
        for arg in args {
            owned.push(match arg {
                Val::String(text) => Val::String(text.clone().into_owned(cx)?),
                number => Val::from_bits(number.ty(), number.bits())?,
            });
        }
        let (mut leaves, mut budget) = (owned.into_iter(), Budget::new());
        let params = signature.params.fields.iter();
        let vals = params.map(|param| gather(cx, &param.ty, &mut leaves, &mut budget));
        let vals = vals.collect::<Result<Vec<_>>>()?;
        let mut found = Vec::new();
        let kinds = signature.results.fields.iter().map(|field| field.ty.val_type());
        set_defaults(&kinds.collect::<Vec<_>>(), &mut found)?;
        match &self.func.0.body {
            Body::Core(core) => core.call(cx, &vals, &mut found)?,
            Body::Typed(body) if self.is_served => {
                body.call_as(cx, signature, &vals, &mut found)?;
            }
            Body::Typed(body) => body.call_vals(cx, &vals, &mut found)?,
        }
        let mut flat = Vec::new();
        for (field, val) in signature.results.fields.iter().zip(&found) {
            flatten((cx, self.guest), &field.ty, Some(val), &mut flat)
                .map_err(|wrong| Trap::new(wrong.error("result of the host function").message()))?;
        }
        for (result, val) in results.iter_mut().zip(flat) {
            *result = match val {
                Val::String(text) => Val::String(text.into_owned(cx)?),
                number => Val::from_bits(number.ty(), number.bits())?,
            };
        }
        Ok(())
    }
}

/// What does not fit, and the way to it.
struct Wrong {
    path: String,
    message: String,
    kind: ErrorKind,
}

impl Wrong {
    fn within(mut self, part: &str) -> Wrong {
        self.path = format!(", {part}{}", self.path);
        self
    }

    fn error(self, of: &str) -> Error {
        Error::new(self.kind, format!("{of}{}: {}", self.path, self.message))
    }
}

fn wrong(ty: &Type, found: &Val<'_>) -> Wrong {
    let message = format!("expected {ty}, found {}", found.ty());
    Wrong { path: String::new(), message, kind: ErrorKind::WrongKind }
}

fn out_of_range(message: String) -> Wrong {
    Wrong { path: String::new(), message, kind: ErrorKind::OutOfRange }
}

/// Where guests' texts are read, and how texts in lists are encoded.
type To<'x, 'c> = (&'x Cx<'c>, GuestEncoding);

/// Adds the leaves of a value; of none, zeros and empty text.
fn flatten<'a>(
    to: To<'_, '_>,
    ty: &Type,
    val: Option<&'a Val<'_>>,
    out: &mut Vec<Val<'a>>,
) -> Result<(), Wrong> {
    match (ty, val) {
        (Type::Scalar(_), None) => out.extend(Val::default_of(ty.val_type())),
        (Type::String | Type::List(_), None) => out.push(Val::String(Str::from(""))),
        (Type::Enum(_) | Type::Flags(_), None) => out.push(Val::U32(0)),
        (Type::Scalar(_), Some(val)) if val.ty() == ty.val_type() => {
            out.extend(Val::from_bits(val.ty(), val.bits()).ok());
        }
        (Type::String, Some(Val::String(text))) => out.push(Val::String(text.clone())),
        (Type::Enum(cases), Some(Val::Enum(case))) => {
            if *case as usize >= cases.cases.len() {
                return Err(out_of_range(format!("{case} is no case")));
            }
            out.push(Val::U32(*case));
        }
        (Type::Flags(flags), Some(Val::Flags(bits))) => {
            if bits & !flags.mask() != 0 {
                return Err(out_of_range(format!("{bits:#x} has bits without names")));
            }
            out.push(Val::U32(*bits));
        }
        (Type::List(list), Some(val @ Val::List(items))) => {
            let bytes = to_bytes(to, &list.element, items).map_err(|at| match at {
                Some((at, inner)) => inner.within(&format!("element {at}")),
                None => wrong(ty, val),
            })?;
            out.push(Val::String(bytes));
        }
        (Type::Record(fields) | Type::Tuple(fields), None) => {
            fields.fields.iter().try_for_each(|field| flatten(to, &field.ty, None, out))?;
        }
        (Type::Record(fields), Some(Val::Record(vals)))
        | (Type::Tuple(fields), Some(Val::Tuple(vals)))
            if fields.fields.len() == vals.len() =>
        {
            for (i, (field, val)) in fields.fields.iter().zip(vals).enumerate() {
                flatten(to, &field.ty, Some(val), out).map_err(|wrong| match &*field.name {
                    "" => wrong.within(&format!("field {i}")),
                    name => wrong.within(&format!("field {name:?}")),
                })?;
            }
        }
        (Type::Variant(cases) | Type::Option(cases) | Type::Result(cases), None) => {
            flatten_case(to, cases, None, out)?;
        }
        (Type::Option(cases), Some(Val::Option(payload))) => {
            flatten_case(to, cases, Some((payload.is_some() as u32, payload.as_deref())), out)?;
        }
        (Type::Result(cases), Some(Val::Result(result))) => match result {
            Ok(payload) => flatten_case(to, cases, Some((0, payload.as_deref())), out)?,
            Err(payload) => flatten_case(to, cases, Some((1, payload.as_deref())), out)?,
        },
        (Type::Variant(cases), Some(Val::Variant(case, payload))) => {
            if *case as usize >= cases.cases.len() {
                return Err(out_of_range(format!("{case} is no case")));
            }
            flatten_case(to, cases, Some((*case, payload.as_deref())), out)?;
        }
        (ty, Some(val)) => return Err(wrong(ty, val)),
        (Type::Own(_) | Type::Borrow(_), None) => {}
    }
    Ok(())
}

fn flatten_case<'a>(
    to: To<'_, '_>,
    cases: &Cases,
    chosen: Option<(u32, Option<&'a Val<'_>>)>,
    out: &mut Vec<Val<'a>>,
) -> Result<(), Wrong> {
    out.push(Val::U32(chosen.map_or(0, |(case, _)| case)));
    for (i, case) in cases.cases.iter().enumerate() {
        let here = chosen.filter(|(chosen, _)| *chosen as usize == i);
        match (&case.ty, here) {
            (None, None | Some((_, None))) => {}
            (Some(ty), None) => flatten(to, ty, None, out)?,
            (Some(ty), Some((_, Some(val)))) => flatten(to, ty, Some(val), out)
                .map_err(|wrong| wrong.within(&format!("case {:?}", &*case.name)))?,
            (Some(ty), Some((_, None))) => {
                return Err(out_of_range(format!("the case {:?} holds {ty}", &*case.name)));
            }
            (None, Some((_, Some(_)))) => {
                return Err(out_of_range(format!("the case {:?} holds nothing", &*case.name)));
            }
        }
    }
    Ok(())
}

/// Makes a value of its leaves.
fn gather(
    cx: &mut Cx<'_>,
    ty: &Type,
    leaves: &mut impl Iterator<Item = Val<'static>>,
    budget: &mut Budget,
) -> Result<Val<'static>> {
    let missing = || Error::internal("a value has too few parts");
    Ok(match ty {
        Type::Scalar(_) | Type::String => leaves.next().ok_or_else(missing)?,
        Type::Enum(cases) => Val::Enum(case(cases, leaves.next().ok_or_else(missing)?)?),
        Type::Flags(flags) => {
            let bits = leaves.next().ok_or_else(missing)?.bits() as u32;
            if bits & !flags.mask() != 0 {
                return Err(Trap::new(format!("{ty}: {bits:#x} has bits without names")).into());
            }
            Val::Flags(bits)
        }
        Type::List(list) => {
            let Some(Val::String(bytes)) = leaves.next() else { return Err(missing()) };
            if list.element == Type::String {
                let piece = bytes.with_in((&*cx).into(), |text| match text {
                    Text::Latin1(bytes) => copied(bytes.iter().copied()),
                    _ => Ok(Vec::new()),
                })??;
                return of_texts(cx, &piece, budget);
            }
            Val::List(bytes.with_in((&*cx).into(), |text| of_bytes(&list.element, text, budget))??)
        }
        Type::Record(fields) | Type::Tuple(fields) => {
            let vals = fields.fields.iter().map(|field| gather(cx, &field.ty, leaves, budget));
            let vals = vals.collect::<Result<Vec<_>>>()?;
            if matches!(ty, Type::Record(_)) { Val::Record(vals) } else { Val::Tuple(vals) }
        }
        Type::Variant(cases) | Type::Option(cases) | Type::Result(cases) => {
            let chosen = case(cases, leaves.next().ok_or_else(missing)?)?;
            let mut payload: Payload<'static> = None;
            for (i, case) in cases.cases.iter().enumerate() {
                let Some(ty) = &case.ty else { continue };
                let val = gather(cx, ty, leaves, budget)?;
                if i as u32 == chosen {
                    payload = Some(Box::new(val));
                }
            }
            match ty {
                Type::Option(_) => Val::Option(payload),
                Type::Result(_) if chosen == 0 => Val::Result(Ok(payload)),
                Type::Result(_) => Val::Result(Err(payload)),
                _ => Val::Variant(chosen, payload),
            }
        }
        Type::Own(_) | Type::Borrow(_) => return Err(missing()),
    })
}

/// The number of a case that there is.
fn case(cases: &Cases, number: Val<'_>) -> Result<u32> {
    let (case, count) = (number.bits() as u32, cases.cases.len());
    match (case as usize) < count {
        true => Ok(case),
        false => Err(Trap::new(format!("{case} is no case: there are {count}")).into()),
    }
}

/// The bytes of a list as they lie in a guest; else which element does not fit.
fn to_bytes<'a>(
    to: To<'_, '_>,
    element: &Type,
    items: &'a List<'_>,
) -> Result<Str<'a>, Option<(usize, Wrong)>> {
    macro_rules! packed {
        ($($name:ident $kind:ident,)+) => {
            match (items, element) {
                (List::U8(v), Type::Scalar(kind::U8)) => return Ok(Str::from_latin1(v)),
                $((List::$name(v), Type::Scalar(kind::$kind)) => {
                    let mut bytes = Vec::with_capacity(size_of_val(&**v));
                    v.iter().for_each(|item| bytes.extend_from_slice(&item.to_le_bytes()));
                    bytes
                })+
                (List::Bool(v), Type::Scalar(kind::BOOL)) => v.iter().map(|b| u8::from(*b)).collect(),
                (List::Char(v), Type::Scalar(kind::CHAR)) => {
                    v.iter().flat_map(|c| u32::from(*c).to_le_bytes()).collect()
                }
                (List::Val(vals), Type::String) => return texts(to, vals).map_err(Some),
                (List::Val(vals), element) => {
                    let mut bytes = Vec::with_capacity(vals.len().saturating_mul(element.size()));
                    for (i, val) in vals.iter().enumerate() {
                        let start = bytes.len();
                        bytes.resize(start + element.size(), 0);
                        put(element, val, &mut bytes[start..]).map_err(|wrong| Some((i, wrong)))?;
                    }
                    bytes
                }
                _ => return Err(None),
            }
        };
    }
    let bytes: Vec<u8> = packed! {
        S8 S8, S16 S16, U16 U16, S32 S32, U32 U32, S64 S64, U64 U64, F32 F32, F64 F64,
    };
    Str::copied(Text::Latin1(&bytes)).map_err(|_| None)
}

/// A list of texts in one piece, as [`TEXTS_HEAD`] says.
fn texts<'a>(to: To<'_, '_>, vals: &[Val<'_>]) -> Result<Str<'a>, (usize, Wrong)> {
    let (cx, guest) = to;
    let told = |i, error: Error| {
        let message = error.message().to_owned();
        (i, Wrong { path: String::new(), message, kind: error.kind() })
    };
    let unit = guest.align() as usize;
    let head = TEXTS_HEAD as usize + TEXTS_EACH as usize * vals.len();
    let mut piece = vec![0; head];
    let number = GuestEncoding::ALL.iter().position(|known| *known == guest).unwrap_or(0);
    piece[..4].copy_from_slice(&(number as u32).to_le_bytes());
    piece[4..8].copy_from_slice(&(vals.len() as u32).to_le_bytes());
    for (i, val) in vals.iter().enumerate() {
        let Val::String(text) = val else { return Err((i, wrong(&Type::String, val))) };
        let policy = text.policy_or(cx.data().policy);
        let start = piece.len();
        let written = text.with_in(cx.into(), |text| {
            let measure = Measure::new(text, guest, policy).map_err(bad_text)?;
            piece.resize(start + measure.bytes() + unit, 0);
            let room = &mut piece[start..start + measure.bytes()];
            measure.write_unchanged(text, room).map_err(changed)?;
            length(&measure)
        });
        let units = written.and_then(|written| written).map_err(|error| told(i, error))?;
        let place = word(start).map_err(|error| told(i, error))?;
        let at = TEXTS_HEAD as usize + TEXTS_EACH as usize * i;
        piece[at..at + 4].copy_from_slice(&place.to_le_bytes());
        piece[at + 4..at + 8].copy_from_slice(&units.to_le_bytes());
    }
    Str::copied(Text::Latin1(&piece)).map_err(|error| told(0, error))
}

/// The list of texts that is in a piece.
fn of_texts(cx: &mut Cx<'_>, piece: &[u8], budget: &mut Budget) -> Result<Val<'static>> {
    let broken = || Error::from(Trap::new("a list of texts is not what it should be"));
    let word = |at: usize| {
        let bytes = piece.get(at..at.checked_add(4)?)?;
        bytes.try_into().ok().map(|bytes| u32::from_le_bytes(bytes) as usize)
    };
    let guest = word(0).and_then(|number| GuestEncoding::ALL.get(number)).ok_or_else(broken)?;
    let encoding = guest.fixed().ok_or_else(broken)?;
    let count = word(4).ok_or_else(broken)?;
    // A text has memory of its own.
    budget.pay(count, size_of::<Val<'_>>() + 64)?;
    let mut vals = Vec::new();
    for i in 0..count {
        let at = TEXTS_HEAD as usize + TEXTS_EACH as usize * i;
        let (place, units) = word(at).zip(word(at + 4)).ok_or_else(broken)?;
        let end =
            units.checked_mul(encoding.unit_size()).and_then(|bytes| place.checked_add(bytes));
        let bytes = end.and_then(|end| piece.get(place..end)).ok_or_else(broken)?;
        budget.pay(1, bytes.len())?;
        let text = Text::of_bytes(encoding, bytes);
        let policy = cx.data().policy;
        let text = copy_as(cx.data_mut(), text, encoding, policy);
        vals.push(Val::String(
            text.map_err(|e| Trap::new(format!("element {i}: {}", e.message())))?,
        ));
    }
    Ok(Val::List(List::Val(vals)))
}

/// Writes a scalar, or a record of these, as it lies in a guest.
fn put(ty: &Type, val: &Val<'_>, room: &mut [u8]) -> Result<(), Wrong> {
    match (ty, val) {
        (Type::Scalar(_), val) if val.ty() == ty.val_type() => {
            let bits = val.bits().to_le_bytes();
            room.copy_from_slice(&bits[..room.len().min(8)]);
            Ok(())
        }
        (Type::Record(fields), Val::Record(vals)) | (Type::Tuple(fields), Val::Tuple(vals))
            if fields.fields.len() == vals.len() =>
        {
            for (field, val) in fields.fields.iter().zip(vals) {
                let start = field.offset as usize;
                let room = &mut room[start..start + field.ty.size()];
                put(&field.ty, val, room)
                    .map_err(|wrong| wrong.within(&format!("field {:?}", &*field.name)))?;
            }
            Ok(())
        }
        (ty, val) => Err(wrong(ty, val)),
    }
}
