//! The types of Rust that stand for lists; and references, which lend what they refer to.
//!
//! Not here: the elements.

use super::mapping::{Lift, Lower, Mapping, misfit, mismatch, one_result, unexpected};
use crate::error::{Error, ErrorKind};
use crate::guest::context::ContextRef;
use crate::guest::host::HostCall;
use crate::guest::strings::Str;
use crate::guest::tree::walk::{
    Fault, Lend, Look, Looked, Reading, Taken, Words, Writing, look_at_length,
};
use crate::guest::tree::{Arg, Out};
use crate::guest::value::{List, Val};
use crate::types::ValType;
use crate::types::tree::{self, Type};
use std::sync::Arc;
use wasmtime::Result;

impl<T: Mapping + ?Sized> Mapping for &T {
    const TYPE: ValType = T::TYPE;
    const OF_LIST: ValType = T::OF_LIST;
    const WORDS: usize = T::WORDS;
    fn ty() -> Option<Type> {
        T::ty()
    }
    fn fits(ty: &Type) -> Looked {
        T::fits(ty)
    }
}

impl<T: Lend + ?Sized> Lend for &T {
    #[inline]
    fn look(&self, ty: &Type, guest: &mut dyn Look) -> Looked {
        T::look(self, ty, guest)
    }
    #[inline]
    fn put_words(&self, ty: &Type, to: &mut Writing<'_>, words: &mut Words<'_>) -> Result<()> {
        T::put_words(self, ty, to, words)
    }
    #[inline]
    fn put_memory(&self, ty: &Type, to: &mut Writing<'_>, at: usize) -> Result<()> {
        T::put_memory(self, ty, to, at)
    }
    fn to_val(&self, ty: &Type) -> Option<Val<'static>> {
        T::to_val(self, ty)
    }
}

impl<T: Lower + ?Sized> Lower for &T {
    const LOOKS: bool = T::LOOKS;
    #[inline(always)]
    fn slot<'s>(&'s self, place: &'s &'s dyn Lend) -> Arg<'s> {
        T::slot_of_ref(self, place)
    }
    #[inline]
    fn give_one(self, call: &mut HostCall<'_, '_>) -> crate::error::Result<()> {
        self.give_ref(call)
    }
}

impl<T: Mapping> Mapping for [T] {
    const TYPE: ValType = T::OF_LIST;
    const WORDS: usize = 2;
    fn ty() -> Option<Type> {
        if Self::TYPE == ValType::String {
            return Some(Type::String);
        }
        T::ty().map(|element| Type::List(Arc::new(tree::List { element })))
    }
    fn fits(ty: &Type) -> Looked {
        match ty {
            Type::String if Self::TYPE == ValType::String => Ok(()),
            Type::List(list) => {
                T::fits(&list.element).map_err(|fault| fault.within(|| "element".into()))
            }
            _ => misfit::<Self>(ty),
        }
    }
}

impl<T: Lower> Lend for [T] {
    fn look(&self, ty: &Type, guest: &mut dyn Look) -> Looked {
        let list = match (ty, T::units(self)) {
            (Type::List(list), _) => list,
            (Type::String, Some(units)) => return guest.text(units.into(), None),
            _ => return misfit::<Self>(ty),
        };
        look_at_length(&list.element, self.len())?;
        if !T::LOOKS || is_packed(&list.element, T::bytes(self)).is_some() {
            return Ok(());
        }
        for (i, element) in self.iter().enumerate() {
            let at = |fault: Fault| fault.within(|| format!("element {i}"));
            element.look(&list.element, guest).map_err(at)?;
        }
        Ok(())
    }

    fn put_words(&self, ty: &Type, to: &mut Writing<'_>, words: &mut Words<'_>) -> Result<()> {
        words.pair(put_list(self, ty, to)?);
        Ok(())
    }

    fn put_memory(&self, ty: &Type, to: &mut Writing<'_>, at: usize) -> Result<()> {
        let list = put_list(self, ty, to)?;
        to.pair(at, list)
    }

    fn to_val(&self, ty: &Type) -> Option<Val<'static>> {
        let list = match (ty, T::units(self)) {
            (Type::List(list), _) => list,
            (Type::String, Some(units)) => return Some(Val::String(Str::from(units.to_vec()))),
            _ => return None,
        };
        if let (Type::Scalar(_), Some(packed)) = (&list.element, T::list(self)) {
            return Some(Val::List(packed));
        }
        let elements = self.iter().map(|element| element.to_val(&list.element));
        Some(Val::List(List::Val(elements.collect::<Option<_>>()?)))
    }
}

/// A list as it lies in memory, of which the elements are scalars.
fn is_packed<'a>(element: &Type, bytes: Option<&'a [u8]>) -> Option<&'a [u8]> {
    bytes.filter(|_| matches!(element, Type::Scalar(_)))
}

fn put_list<T: Lower>(elements: &[T], ty: &Type, to: &mut Writing<'_>) -> Result<(usize, u32)> {
    let list = match (ty, T::units(elements)) {
        (Type::List(list), _) => list,
        (Type::String, Some(units)) => return to.text(units.into(), None),
        _ => return Err(mismatch()),
    };
    let (stride, len) = (list.element.size(), elements.len());
    let at = to.allocate(list.element.align(), len * stride)?;
    match is_packed(&list.element, T::bytes(elements)) {
        Some(bytes) => to.room(at, bytes.len())?.copy_from_slice(bytes),
        None => {
            for (i, element) in elements.iter().enumerate() {
                element.put_memory(&list.element, to, at + i * stride)?;
            }
        }
    }
    Ok((at, len as u32))
}

impl<T: Lower> Lower for [T] {
    #[inline(always)]
    fn slot_of_ref<'s>(list: &'s &'s [T], place: &'s &'s dyn Lend) -> Arg<'s> {
        T::slot_of_list(list, place)
    }
    #[inline]
    fn give_ref(&self, call: &mut HostCall<'_, '_>) -> crate::error::Result<()> {
        T::give_list(self, call)
    }
}

/// What owns the elements of a list.
macro_rules! lists {
    ($($list:ty, $T:ident $(, $N:ident)?;)+) => {$(
        impl<$T: Mapping $(, const $N: usize)?> Mapping for $list {
            const TYPE: ValType = <[$T]>::TYPE;
            const WORDS: usize = 2;
            fn ty() -> Option<Type> {
                <[$T]>::ty()
            }
            fn fits(ty: &Type) -> Looked {
                <[$T]>::fits(ty)
            }
        }

        impl<$T: Lower $(, const $N: usize)?> Lend for $list {
            #[inline]
            fn look(&self, ty: &Type, guest: &mut dyn Look) -> Looked {
                self[..].look(ty, guest)
            }
            #[inline]
            fn put_words(&self, ty: &Type, to: &mut Writing<'_>, words: &mut Words<'_>) -> Result<()> {
                self[..].put_words(ty, to, words)
            }
            #[inline]
            fn put_memory(&self, ty: &Type, to: &mut Writing<'_>, at: usize) -> Result<()> {
                self[..].put_memory(ty, to, at)
            }
            fn to_val(&self, ty: &Type) -> Option<Val<'static>> {
                self[..].to_val(ty)
            }
        }
    )+};
}

lists! {
    Vec<T>, T;
    [T; N], T, N;
}

impl<T: Lower> Lower for Vec<T> {
    #[inline(always)]
    fn slot<'s>(&'s self, place: &'s &'s dyn Lend) -> Arg<'s> {
        T::slot_of_vec(self, place)
    }
    #[inline]
    fn give_one(self, call: &mut HostCall<'_, '_>) -> crate::error::Result<()> {
        T::give_list(&self, call)
    }
}

impl<T: Lower, const N: usize> Lower for [T; N] {}

impl<T: Lift> Lift for Vec<T> {
    const KEEPS: bool = T::KEEPS;
    fn blank() -> Vec<T> {
        Vec::new()
    }
    fn of_words(ty: &Type, from: &mut Reading<'_, '_>, words: &mut Taken<'_>) -> Result<Vec<T>> {
        let mut list = Vec::new();
        list.update_words(ty, from, words)?;
        Ok(list)
    }
    fn update_words(
        &mut self,
        ty: &Type,
        from: &mut Reading<'_, '_>,
        words: &mut Taken<'_>,
    ) -> Result<()> {
        take_list(self, ty, from, words.next() as u32, words.next() as u32)
    }
    fn of_memory(ty: &Type, from: &mut Reading<'_, '_>, at: usize) -> Result<Vec<T>> {
        let mut list = Vec::new();
        list.update(ty, from, at)?;
        Ok(list)
    }
    fn update(&mut self, ty: &Type, from: &mut Reading<'_, '_>, at: usize) -> Result<()> {
        let (at, len) = from.pair(at)?;
        take_list(self, ty, from, at, len)
    }
    fn of_val(cx: &ContextRef<'_>, val: &Val<'_>) -> crate::error::Result<Vec<T>> {
        let list = match val {
            Val::List(list) => list,
            Val::String(text) if let Some(taken) = T::of_text(cx, text) => return taken,
            _ => return Err(unexpected::<Self>(val)),
        };
        let elements = (0..list.len()).filter_map(|i| list.get(i));
        elements.map(|element| T::of_val(cx, &element)).collect()
    }
    #[inline]
    fn take(call: &mut HostCall<'_, '_>) -> crate::error::Result<Vec<T>> {
        let mut list = Vec::new();
        T::take_list(call, &mut list)?;
        Ok(list)
    }
    #[inline]
    fn update_arg(&mut self, call: &mut HostCall<'_, '_>) -> crate::error::Result<()> {
        T::take_list(call, self)
    }
    fn allocated(&self) -> usize {
        let within = self.iter().map(T::allocated).sum::<usize>();
        within + self.capacity() * size_of::<T>()
    }
    #[inline(always)]
    fn end(&mut self) -> Out<'_> {
        T::end_of_list(self)
    }
    one_result!();
}

fn take_list<T: Lift>(
    list: &mut Vec<T>,
    ty: &Type,
    from: &mut Reading<'_, '_>,
    at: u32,
    len: u32,
) -> Result<()> {
    let element = match ty {
        Type::List(list) => &list.element,
        _ => return T::text(from, at, len, list).unwrap_or_else(|| Err(mismatch())),
    };
    let (at, stride, len) = (from.list(element, at, len)?, element.size(), len as usize);
    from.pay(len.saturating_mul(size_of::<T>()))?;
    if let Type::Scalar(_) = element {
        list.clear();
        if let Some(taken) = T::packed(from, at, len, list) {
            return taken;
        }
    }
    list.truncate(len);
    for (i, old) in list.iter_mut().enumerate() {
        old.update(element, from, at + i * stride)?;
    }
    let more = len - list.len();
    list.try_reserve_exact(more).map_err(|_| {
        let message = format!("no memory for a list of {len} elements");
        Error::new(ErrorKind::OutOfMemory, message)
    })?;
    for i in list.len()..len {
        list.push(T::of_memory(element, from, at + i * stride)?);
    }
    Ok(())
}
