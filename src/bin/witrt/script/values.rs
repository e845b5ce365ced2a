//! Values as scripts write them: arguments made of them, and results compared.
//!
//! Not here: calls.

use super::{Outcome, failed, skipped};
use std::slice::Iter;
use std::sync::Arc;
use wast::core::{AbstractHeapType, HeapType, NanPattern, V128Pattern, WastArgCore, WastRetCore};
use wast::token::{F32, F64};
use wast::{WastArg, WastRet};
use witrt::wit::Type;
use witrt::{AsContext, ExternRef, Val};

#[cfg(feature = "component")]
use wast::component::WastVal;
#[cfg(feature = "component")]
use witrt::List;

/// Adds an argument; `ty` is its type, if that is none of the core's. A vector
/// is two halves.
pub fn argument(ty: Option<&Type>, arg: &WastArg<'_>, to: &mut Vec<Val<'static>>) -> Outcome {
    match (arg, ty) {
        (WastArg::Core(WastArgCore::V128(vector)), _) => {
            to.extend(halves(u128::from_le_bytes(vector.to_le_bytes())));
        }
        (WastArg::Core(arg), _) => to.push(core(arg)?),
        #[cfg(feature = "component")]
        (WastArg::Component(val), Some(ty)) => to.push(component(ty, val)?),
        _ => return failed("a value of components for a function of a core module"),
    }
    Ok(())
}

fn halves(vector: u128) -> [Val<'static>; 2] {
    [Val::I64(vector as i64), Val::I64((vector >> 64) as i64)]
}

fn core(arg: &WastArgCore<'_>) -> Outcome<Val<'static>> {
    Ok(match arg {
        WastArgCore::I32(v) => Val::I32(*v),
        WastArgCore::I64(v) => Val::I64(*v),
        WastArgCore::F32(v) => Val::F32(f32::from_bits(v.bits)),
        WastArgCore::F64(v) => Val::F64(f64::from_bits(v.bits)),
        WastArgCore::V128(_) => return no_values("v128 by itself"),
        WastArgCore::RefNull(heap) => match abstract_type(heap) {
            Some(AbstractHeapType::Extern) => Val::ExternRef(None),
            Some(AbstractHeapType::Func) => Val::FuncRef(None),
            _ => return no_values("ref"),
        },
        WastArgCore::RefExtern(number) => Val::ExternRef(Some(ExternRef::new(Arc::new(*number)))),
        WastArgCore::RefHost(_) => return no_values("ref"),
    })
}

/// A script wants something of a host that it cannot have.
pub fn no_values<T>(what: &str) -> Outcome<T> {
    skipped(format!("needs values of a host of type {what}"))
}

fn abstract_type(heap: &HeapType<'_>) -> Option<AbstractHeapType> {
    match heap {
        HeapType::Abstract { shared: false, ty } => Some(*ty),
        _ => None,
    }
}

/// Whether the next results are what is expected.
pub fn fits(
    cx: &impl AsContext,
    ty: Option<&Type>,
    vals: &mut Iter<'_, Val<'static>>,
    expected: &WastRet<'_>,
) -> Outcome<bool> {
    let Some(val) = vals.next() else { return Ok(false) };
    match (expected, ty) {
        (WastRet::Core(expected), _) => {
            // Vectors come in two halves.
            let halves = match (val, vals.as_slice()) {
                (Val::I64(low), [Val::I64(high), ..]) => Some([*low as u64, *high as u64]),
                _ => None,
            };
            if let Some(patterns) = vectors(expected) {
                vals.next();
                return Ok(halves.is_some_and(|of| patterns.iter().any(|p| vector_fits(of, p))));
            }
            core_fits(val, expected, ty.is_some())
        }
        #[cfg(feature = "component")]
        (WastRet::Component(expected), Some(ty)) => {
            let expected = component(ty, expected)?;
            same(cx, val, &expected).map_err(|e| super::Not::Failed(e.to_string()))
        }
        _ => {
            let _ = cx;
            failed("a value of components of a function of a core module")
        }
    }
}

/// The vectors of which one is expected.
fn vectors<'e>(expected: &'e WastRetCore<'_>) -> Option<Vec<&'e V128Pattern>> {
    match expected {
        WastRetCore::V128(pattern) => Some(vec![pattern]),
        WastRetCore::Either(all) => {
            let all = all.iter().map(vectors).collect::<Option<Vec<_>>>()?;
            Some(all.into_iter().flatten().collect())
        }
        _ => None,
    }
}

fn vector_fits(halves: [u64; 2], pattern: &V128Pattern) -> bool {
    let vector = u128::from(halves[0]) | u128::from(halves[1]) << 64;
    let lane = |i: usize, bits: u32| vector >> (i as u32 * bits);
    fn all<T>(lanes: &[T], fits: impl Fn(usize, &T) -> bool) -> bool {
        lanes.iter().enumerate().all(|(i, expected)| fits(i, expected))
    }
    match pattern {
        V128Pattern::I8x16(lanes) => all(lanes, |i, v| lane(i, 8) as i8 == *v),
        V128Pattern::I16x8(lanes) => all(lanes, |i, v| lane(i, 16) as i16 == *v),
        V128Pattern::I32x4(lanes) => all(lanes, |i, v| lane(i, 32) as i32 == *v),
        V128Pattern::I64x2(lanes) => all(lanes, |i, v| lane(i, 64) as i64 == *v),
        V128Pattern::F32x4(lanes) => all(lanes, |i, v| f32_fits(lane(i, 32) as u32, v)),
        V128Pattern::F64x2(lanes) => all(lanes, |i, v| f64_fits(lane(i, 64) as u64, v)),
    }
}

fn f32_fits(bits: u32, expected: &NanPattern<F32>) -> bool {
    match expected {
        NanPattern::CanonicalNan => bits & 0x7fff_ffff == 0x7fc0_0000,
        NanPattern::ArithmeticNan => bits & 0x7fc0_0000 == 0x7fc0_0000,
        NanPattern::Value(of) => bits == of.bits,
    }
}

fn f64_fits(bits: u64, expected: &NanPattern<F64>) -> bool {
    match expected {
        NanPattern::CanonicalNan => bits & (u64::MAX >> 1) == 0x7ff8 << 48,
        NanPattern::ArithmeticNan => bits & (0x7ff8 << 48) == 0x7ff8 << 48,
        NanPattern::Value(of) => bits == of.bits,
    }
}

/// One NaN is as good as another where values are `lifted`.
fn core_fits(val: &Val<'_>, expected: &WastRetCore<'_>, lifted: bool) -> Outcome<bool> {
    Ok(match (expected, val) {
        (WastRetCore::I32(expected), Val::I32(v)) => v == expected,
        (WastRetCore::I64(expected), Val::I64(v)) => v == expected,
        (WastRetCore::F32(NanPattern::Value(of)), Val::F32(v)) if lifted && v.is_nan() => {
            f32::from_bits(of.bits).is_nan()
        }
        (WastRetCore::F64(NanPattern::Value(of)), Val::F64(v)) if lifted && v.is_nan() => {
            f64::from_bits(of.bits).is_nan()
        }
        (WastRetCore::F32(_), Val::F32(v)) if lifted && v.is_nan() => true,
        (WastRetCore::F64(_), Val::F64(v)) if lifted && v.is_nan() => true,
        (WastRetCore::F32(expected), Val::F32(v)) => f32_fits(v.to_bits(), expected),
        (WastRetCore::F64(expected), Val::F64(v)) => f64_fits(v.to_bits(), expected),
        (WastRetCore::RefNull(None), Val::ExternRef(None) | Val::FuncRef(None)) => true,
        (WastRetCore::RefNull(Some(heap)), Val::ExternRef(None)) => matches!(
            abstract_type(heap),
            Some(AbstractHeapType::Extern | AbstractHeapType::NoExtern)
        ),
        (WastRetCore::RefNull(Some(heap)), Val::FuncRef(None)) => {
            matches!(abstract_type(heap), Some(AbstractHeapType::Func | AbstractHeapType::NoFunc))
        }
        (WastRetCore::RefExtern(None), Val::ExternRef(Some(_))) => true,
        (WastRetCore::RefExtern(Some(number)), Val::ExternRef(Some(found))) => {
            found.data().and_then(|data| data.downcast_ref::<u32>()) == Some(number)
        }
        (WastRetCore::RefFunc(_), Val::FuncRef(Some(_))) => true,
        (WastRetCore::Either(all), val) => {
            for one in all {
                if core_fits(val, one, lifted)? {
                    return Ok(true);
                }
            }
            false
        }
        _ => false,
    })
}

/// A component's value of this type.
#[cfg(feature = "component")]
fn component(ty: &Type, val: &WastVal<'_>) -> Outcome<Val<'static>> {
    let part = |i: usize, val: &WastVal<'_>| match ty.at(i) {
        Some(ty) => component(ty, val),
        None => failed(format!("{ty} has no place for this value")),
    };
    let payload = |i: usize, val: &Option<Box<WastVal<'_>>>| match val {
        Some(val) => part(i, val).map(|val| Some(Box::new(val))),
        None => Ok(None),
    };
    let find = |name: &str| match (0..ty.len()).find(|i| ty.name(*i) == Some(name)) {
        Some(at) => Ok(at),
        None => failed(format!("there is no {name:?} in {ty}")),
    };
    Ok(match val {
        WastVal::Bool(v) => Val::Bool(*v),
        WastVal::U8(v) => Val::U8(*v),
        WastVal::S8(v) => Val::S8(*v),
        WastVal::U16(v) => Val::U16(*v),
        WastVal::S16(v) => Val::S16(*v),
        WastVal::U32(v) => Val::U32(*v),
        WastVal::S32(v) => Val::S32(*v),
        WastVal::U64(v) => Val::U64(*v),
        WastVal::S64(v) => Val::S64(*v),
        WastVal::F32(v) => Val::F32(f32::from_bits(v.bits)),
        WastVal::F64(v) => Val::F64(f64::from_bits(v.bits)),
        WastVal::Char(v) => Val::Char(*v),
        WastVal::String(v) => Val::from((*v).to_owned()),
        WastVal::List(vals) => {
            let vals = vals.iter().map(|val| part(0, val)).collect::<Outcome<_>>()?;
            Val::List(List::Val(vals))
        }
        WastVal::Tuple(vals) => {
            let vals = vals.iter().enumerate().map(|(i, val)| part(i, val));
            Val::Tuple(vals.collect::<Outcome<_>>()?)
        }
        WastVal::Record(fields) => {
            let mut vals = Vec::new();
            for i in 0..ty.len() {
                let named = fields.iter().find(|(name, _)| ty.name(i) == Some(name));
                match named {
                    Some((_, val)) => vals.push(part(i, val)?),
                    None => return failed(format!("this value has not all fields of {ty}")),
                }
            }
            Val::Record(vals)
        }
        WastVal::Variant(name, val) => {
            let at = find(name)?;
            Val::Variant(at as u32, payload(at, val)?)
        }
        WastVal::Enum(name) => Val::Enum(find(name)? as u32),
        WastVal::Option(val) => Val::Option(payload(1, val)?),
        WastVal::Result(Ok(val)) => Val::Result(Ok(payload(0, val)?)),
        WastVal::Result(Err(val)) => Val::Result(Err(payload(1, val)?)),
        WastVal::Flags(names) => {
            let bits = names.iter().map(|name| find(name).map(|at| 1 << at));
            Val::Flags(bits.sum::<Outcome<u32>>()?)
        }
    })
}

/// Whether two values of one type are the same.
#[cfg(feature = "component")]
fn same(cx: &impl AsContext, a: &Val<'_>, b: &Val<'_>) -> witrt::Result<bool> {
    let all = |a: &[Val<'_>], b: &[Val<'_>]| -> witrt::Result<bool> {
        for (a, b) in a.iter().zip(b) {
            if !same(cx, a, b)? {
                return Ok(false);
            }
        }
        Ok(a.len() == b.len())
    };
    let payloads = |a: &Option<Box<Val<'_>>>, b: &Option<Box<Val<'_>>>| match (a, b) {
        (Some(a), Some(b)) => same(cx, a, b),
        (None, None) => Ok(true),
        _ => Ok(false),
    };
    match (a, b) {
        (Val::Bool(a), Val::Bool(b)) => Ok(a == b),
        (Val::Char(a), Val::Char(b)) => Ok(a == b),
        (Val::F32(a), Val::F32(b)) => Ok(a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()),
        (Val::F64(a), Val::F64(b)) => Ok(a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()),
        (Val::String(a), Val::String(b)) => Ok(a.to_string(cx)? == b.to_string(cx)?),
        (Val::List(a), Val::List(b)) => {
            let [a, b] =
                [a, b].map(|of| (0..of.len()).filter_map(|i| of.get(i)).collect::<Vec<_>>());
            all(&a, &b)
        }
        (Val::Record(a), Val::Record(b)) | (Val::Tuple(a), Val::Tuple(b)) => all(a, b),
        (Val::Variant(i, a), Val::Variant(j, b)) => Ok(i == j && payloads(a, b)?),
        (Val::Enum(a), Val::Enum(b)) | (Val::Flags(a), Val::Flags(b)) => Ok(a == b),
        (Val::Option(a), Val::Option(b)) => payloads(a, b),
        (Val::Result(Ok(a)), Val::Result(Ok(b))) | (Val::Result(Err(a)), Val::Result(Err(b))) => {
            payloads(a, b)
        }
        (a, b) if a.ty() == b.ty() && a.ty().as_number().is_some() => Ok(a.bits() == b.bits()),
        _ => Ok(false),
    }
}
