//! `Option` and `Result`.
//!
//! Not here: what they hold.

use super::mapping::{Lift, Lower, Mapping, misfit, mismatch, one_result, unexpected};
use crate::guest::context::ContextRef;
use crate::guest::tree::walk::{
    Fault, Lend, Look, Looked, Reading, Taken, Words, Writing, find, put_case,
};
use crate::guest::value::{Payload, Val};
use crate::types::ValType;
use crate::types::tree::{Case, Cases, Type};
use std::sync::Arc;
use wasmtime::Result;

fn cases(ty: &Type) -> Result<&Cases> {
    match ty {
        Type::Option(cases) | Type::Result(cases) => Ok(cases),
        _ => Err(mismatch()),
    }
}

fn held(cases: &Cases, case: usize) -> Result<&Type> {
    cases.cases.get(case).and_then(|case| case.ty.as_ref()).ok_or_else(mismatch)
}

/// What a case holds, if it holds anything: nothing is of any type.
fn payload(cases: &Cases, case: usize) -> &Type {
    held(cases, case).unwrap_or(&Type::String)
}

fn of_case(name: &str) -> impl FnOnce(Fault) -> Fault {
    move |fault| fault.within(|| format!("case {name:?}"))
}

fn case(name: &str, ty: Option<Type>) -> Case {
    Case { name: name.into(), ty }
}

impl<T: Mapping> Mapping for Option<T> {
    const TYPE: ValType = ValType::Option;
    const WORDS: usize = 1 + T::WORDS;
    fn ty() -> Option<Type> {
        let cases = [case("none", None), case("some", Some(T::ty()?))];
        Some(Type::Option(Arc::new(Cases::new(cases.into()))))
    }
    fn fits(ty: &Type) -> Looked {
        match ty {
            Type::Option(cases) => {
                T::fits_payload(cases.cases[1].ty.as_ref()).map_err(of_case("some"))
            }
            _ => misfit::<Self>(ty),
        }
    }
}

impl<T: Lower> Lend for Option<T> {
    #[inline]
    fn look(&self, ty: &Type, guest: &mut dyn Look) -> Looked {
        match self {
            Some(value) if T::LOOKS => {
                value.look(ty.at(1).unwrap_or(&Type::String), guest).map_err(of_case("some"))
            }
            Some(_) | None => Ok(()),
        }
    }
    #[inline]
    fn put_words(&self, ty: &Type, to: &mut Writing<'_>, words: &mut Words<'_>) -> Result<()> {
        put_case(cases(ty)?, self.is_some().into(), words, |ty, words| match self {
            Some(value) => value.put_words(ty, to, words),
            None => Ok(()),
        })
    }
    #[inline]
    fn put_memory(&self, ty: &Type, to: &mut Writing<'_>, at: usize) -> Result<()> {
        let cases = cases(ty)?;
        to.number(cases.tag as usize, self.is_some().into(), at)?;
        match self {
            Some(value) => value.put_memory(held(cases, 1)?, to, at + cases.payload as usize),
            None => Ok(()),
        }
    }
    fn to_val(&self, ty: &Type) -> Option<Val<'static>> {
        Some(Val::Option(match self {
            Some(value) => as_payload(value, ty, 1)?,
            None => None,
        }))
    }
}

/// What a case holds as a value: nothing, if it holds nothing.
fn as_payload<T: Lower>(value: &T, ty: &Type, case: usize) -> Option<Payload<'static>> {
    match ty.at(case) {
        Some(ty) => Some(Some(Box::new(value.to_val(ty)?))),
        None => Some(None),
    }
}

/// What a case holds of a value.
fn of_payload<T: Lift>(cx: &ContextRef<'_>, held: &Payload<'_>) -> crate::error::Result<T> {
    match held {
        Some(val) => T::of_val(cx, val),
        // Only what stands for nothing makes something of it.
        None => T::of_val(cx, &Val::Tuple(Vec::new())),
    }
}

impl<T: Lower> Lower for Option<T> {
    const LOOKS: bool = T::LOOKS;
}

impl<T: Lift> Lift for Option<T> {
    const KEEPS: bool = T::KEEPS;
    fn allocated(&self) -> usize {
        self.as_ref().map_or(0, T::allocated)
    }
    fn blank() -> Option<T> {
        None
    }
    #[inline]
    fn of_words(ty: &Type, from: &mut Reading<'_, '_>, words: &mut Taken<'_>) -> Result<Self> {
        let cases = cases(ty)?;
        let (case, mut words) = words.case(cases)?;
        match case {
            0 => Ok(None),
            _ => T::of_words(held(cases, 1)?, from, &mut words).map(Some),
        }
    }
    #[inline]
    fn of_memory(ty: &Type, from: &mut Reading<'_, '_>, at: usize) -> Result<Self> {
        let mut taken = None;
        taken.update(ty, from, at)?;
        Ok(taken)
    }
    fn update(&mut self, ty: &Type, from: &mut Reading<'_, '_>, at: usize) -> Result<()> {
        let cases = cases(ty)?;
        if find(cases, from.number(cases.tag as usize, at)?)? == 0 {
            *self = None;
            return Ok(());
        }
        let (ty, at) = (held(cases, 1)?, at + cases.payload as usize);
        match self {
            Some(old) => old.update(ty, from, at)?,
            None => *self = Some(T::of_memory(ty, from, at)?),
        }
        Ok(())
    }
    fn of_val(cx: &ContextRef<'_>, val: &Val<'_>) -> crate::error::Result<Self> {
        match val {
            Val::Option(None) => Ok(None),
            Val::Option(held) => of_payload(cx, held).map(Some),
            _ => Err(unexpected::<Self>(val)),
        }
    }
    one_result!();
}

impl<T: Mapping, E: Mapping> Mapping for std::result::Result<T, E> {
    const TYPE: ValType = ValType::Result;
    const WORDS: usize = 1 + if T::WORDS > E::WORDS { T::WORDS } else { E::WORDS };
    fn ty() -> Option<Type> {
        let cases = [case("ok", T::payload()), case("err", E::payload())];
        Some(Type::Result(Arc::new(Cases::new(cases.into()))))
    }
    fn fits(ty: &Type) -> Looked {
        match ty {
            Type::Result(cases) => {
                T::fits_payload(cases.cases[0].ty.as_ref()).map_err(of_case("ok"))?;
                E::fits_payload(cases.cases[1].ty.as_ref()).map_err(of_case("err"))
            }
            _ => misfit::<Self>(ty),
        }
    }
}

impl<T: Lower, E: Lower> Lend for std::result::Result<T, E> {
    #[inline]
    fn look(&self, ty: &Type, guest: &mut dyn Look) -> Looked {
        match (self, ty) {
            (Ok(value), Type::Result(cases)) => {
                value.look(payload(cases, 0), guest).map_err(of_case("ok"))
            }
            (Err(value), Type::Result(cases)) => {
                value.look(payload(cases, 1), guest).map_err(of_case("err"))
            }
            _ => misfit::<Self>(ty),
        }
    }
    #[inline]
    fn put_words(&self, ty: &Type, to: &mut Writing<'_>, words: &mut Words<'_>) -> Result<()> {
        put_case(cases(ty)?, self.is_err().into(), words, |ty, words| match self {
            Ok(value) => value.put_words(ty, to, words),
            Err(value) => value.put_words(ty, to, words),
        })
    }
    #[inline]
    fn put_memory(&self, ty: &Type, to: &mut Writing<'_>, at: usize) -> Result<()> {
        let cases = cases(ty)?;
        to.number(cases.tag as usize, self.is_err().into(), at)?;
        let at = at + cases.payload as usize;
        match self {
            Ok(value) => value.put_memory(payload(cases, 0), to, at),
            Err(value) => value.put_memory(payload(cases, 1), to, at),
        }
    }
    fn to_val(&self, ty: &Type) -> Option<Val<'static>> {
        Some(Val::Result(match self {
            Ok(value) => Ok(as_payload(value, ty, 0)?),
            Err(value) => Err(as_payload(value, ty, 1)?),
        }))
    }
}

impl<T: Lower, E: Lower> Lower for std::result::Result<T, E> {}

impl<T: Lift, E: Lift> Lift for std::result::Result<T, E> {
    const KEEPS: bool = T::KEEPS && E::KEEPS;
    fn allocated(&self) -> usize {
        match self {
            Ok(value) => value.allocated(),
            Err(value) => value.allocated(),
        }
    }
    fn blank() -> Self {
        Ok(T::blank())
    }
    #[inline]
    fn of_words(ty: &Type, from: &mut Reading<'_, '_>, words: &mut Taken<'_>) -> Result<Self> {
        let cases = cases(ty)?;
        let (case, mut words) = words.case(cases)?;
        let ty = payload(cases, case as usize);
        Ok(match case {
            0 => Ok(T::of_words(ty, from, &mut words)?),
            _ => Err(E::of_words(ty, from, &mut words)?),
        })
    }
    #[inline]
    fn of_memory(ty: &Type, from: &mut Reading<'_, '_>, at: usize) -> Result<Self> {
        let cases = cases(ty)?;
        let case = find(cases, from.number(cases.tag as usize, at)?)?;
        let (ty, at) = (payload(cases, case as usize), at + cases.payload as usize);
        Ok(match case {
            0 => Ok(T::of_memory(ty, from, at)?),
            _ => Err(E::of_memory(ty, from, at)?),
        })
    }
    fn update(&mut self, ty: &Type, from: &mut Reading<'_, '_>, at: usize) -> Result<()> {
        let cases = cases(ty)?;
        let case = find(cases, from.number(cases.tag as usize, at)?)?;
        let (held, inner) = (payload(cases, case as usize), at + cases.payload as usize);
        match (case, &mut *self) {
            (0, Ok(old)) => old.update(held, from, inner),
            (1, Err(old)) => old.update(held, from, inner),
            _ => {
                *self = Self::of_memory(ty, from, at)?;
                Ok(())
            }
        }
    }
    fn of_val(cx: &ContextRef<'_>, val: &Val<'_>) -> crate::error::Result<Self> {
        match val {
            Val::Result(Ok(held)) => of_payload(cx, held).map(Ok),
            Val::Result(Err(held)) => of_payload(cx, held).map(Err),
            _ => Err(unexpected::<Self>(val)),
        }
    }
    one_result!();
}
