//! `bool` and `char`, resources, references, and [`Val`] for whatever else.
//!
//! Not here: numbers and text.

use super::mapping::{
    Lift, Lower, Mapping, UNKNOWN, differs, misfit, mismatch, name, one_result, stands, unexpected,
};
use crate::guest::context::ContextRef;
use crate::guest::host::HostCall;
use crate::guest::refs::ExternRef;
use crate::guest::resource::Resource;
use crate::guest::tree::walk::{
    Lend, Look, Looked, Reading, Taken, Words, Writing, bytes_of, character,
};
use crate::guest::tree::{Arg, Out};
use crate::guest::value::{Func, List, Payload, Val};
use crate::types::ValType;
use crate::types::tree::Type;
use std::sync::Arc;
use wasmtime::Result;

stands! {
    bool => Bool 1, Type::Scalar(crate::types::kind::BOOL),
    char => Char 1, Type::Scalar(crate::types::kind::CHAR),
}

/// `bool` and `char`: to bits, and what a guest's are.
macro_rules! scalars {
    ($($name:ident $rust:ty: $bits:ty, $size:literal, $from:expr;)+) => {$(
        impl Lend for $rust {
            #[inline]
            fn look(&self, _: &Type, _: &mut dyn Look) -> Looked {
                Ok(())
            }
            #[inline]
            fn put_words(&self, _: &Type, _: &mut Writing<'_>, words: &mut Words<'_>) -> Result<()> {
                words.put(<$bits>::from(*self).into());
                Ok(())
            }
            #[inline]
            fn put_memory(&self, _: &Type, to: &mut Writing<'_>, at: usize) -> Result<()> {
                to.put(at, <$bits>::from(*self).to_le_bytes())
            }
            fn to_val(&self, _: &Type) -> Option<Val<'static>> {
                Some(Val::$name(*self))
            }
        }

        impl Lower for $rust {
            const LOOKS: bool = false;
            #[inline(always)]
            fn slot<'s>(&'s self, _: &'s &'s dyn Lend) -> Arg<'s> {
                Arg::number(<$bits>::from(*self).into())
            }
            #[inline(always)]
            fn bytes(elements: &[$rust]) -> Option<&[u8]> {
                Some(bytes_of(elements))
            }
            fn list(elements: &[$rust]) -> Option<List<'static>> {
                Some(List::$name(elements.to_vec().into()))
            }
            fn give_one(self, call: &mut HostCall<'_, '_>) -> crate::error::Result<()> {
                call.put_number(<$bits>::from(self).into())
            }
        }

        impl Lift for $rust {
            const KEEPS: bool = true;
            fn blank() -> Self {
                Default::default()
            }
            #[inline]
            fn of_words(_: &Type, _: &mut Reading<'_, '_>, words: &mut Taken<'_>) -> Result<Self> {
                $from(words.next() as u32)
            }
            #[inline]
            fn of_memory(_: &Type, from: &mut Reading<'_, '_>, at: usize) -> Result<Self> {
                $from(from.number($size, at)? as u32)
            }
            fn of_val(_: &ContextRef<'_>, val: &Val<'_>) -> crate::error::Result<Self> {
                match val {
                    Val::$name(v) => Ok(*v),
                    _ => Err(unexpected::<Self>(val)),
                }
            }
            fn number(&mut self, bits: u64) -> crate::error::Result<()> {
                let from: Result<$rust> = $from(bits as u32);
                *self = from.map_err(|_| crate::guest::errors::mismatch())?;
                Ok(())
            }
            one_result!();
        }
    )+};
}

scalars! {
    Bool bool: u8, 1, |bits| Ok(bits != 0);
    Char char: u32, 4, character;
}

impl Mapping for Resource {
    const TYPE: ValType = ValType::Own;
    const WORDS: usize = 1;
    fn ty() -> Option<Type> {
        Some(Type::Own(Arc::new(crate::types::tree::ResourceType::unknown())))
    }
    fn fits(ty: &Type) -> Looked {
        match ty {
            Type::Own(_) | Type::Borrow(_) => Ok(()),
            _ => Err(differs(ty, "a resource")),
        }
    }
}

fn handle(ty: &Type, to: &mut Writing<'_>, resource: &Resource) -> Result<u32> {
    match ty {
        Type::Own(ty) => to.resource(ty, true, resource),
        Type::Borrow(ty) => to.resource(ty, false, resource),
        _ => Err(mismatch()),
    }
}

impl Lend for Resource {
    fn look(&self, ty: &Type, guest: &mut dyn Look) -> Looked {
        match ty {
            Type::Own(ty) => guest.resource(ty, true, self),
            Type::Borrow(ty) => guest.resource(ty, false, self),
            _ => misfit::<Self>(ty),
        }
    }
    fn put_words(&self, ty: &Type, to: &mut Writing<'_>, words: &mut Words<'_>) -> Result<()> {
        words.put(handle(ty, to, self)?.into());
        Ok(())
    }
    fn put_memory(&self, ty: &Type, to: &mut Writing<'_>, at: usize) -> Result<()> {
        let handle = handle(ty, to, self)?;
        to.put(at, handle.to_le_bytes())
    }
    fn to_val(&self, ty: &Type) -> Option<Val<'static>> {
        match ty {
            Type::Own(_) => Some(Val::Own(self.clone())),
            Type::Borrow(_) => Some(Val::Borrow(self.clone())),
            _ => None,
        }
    }
}

impl Lower for Resource {}

fn resource(ty: &Type, from: &mut Reading<'_, '_>, handle: u32) -> Result<Resource> {
    match ty {
        Type::Own(ty) => from.resource(ty, true, handle),
        Type::Borrow(ty) => from.resource(ty, false, handle),
        _ => Err(mismatch()),
    }
}

impl Lift for Resource {
    fn blank() -> Resource {
        Resource::new(Arc::new(()))
    }
    fn of_words(ty: &Type, from: &mut Reading<'_, '_>, words: &mut Taken<'_>) -> Result<Self> {
        resource(ty, from, words.next() as u32)
    }
    fn of_memory(ty: &Type, from: &mut Reading<'_, '_>, at: usize) -> Result<Self> {
        let handle = from.number(4, at)?;
        resource(ty, from, handle as u32)
    }
    fn of_val(_: &ContextRef<'_>, val: &Val<'_>) -> crate::error::Result<Self> {
        match val {
            Val::Own(resource) | Val::Borrow(resource) => Ok(resource.clone()),
            _ => Err(unexpected::<Self>(val)),
        }
    }
    one_result!();
}

/// A copy of a value that owns what it holds.
fn owned(val: &Val<'_>) -> Option<Val<'static>> {
    let payload = |held: &Payload<'_>| match held {
        Some(val) => Some(Some(Box::new(owned(val)?))),
        None => Some(None),
    };
    let all = |vals: &[Val<'_>]| vals.iter().map(owned).collect::<Option<Vec<_>>>();
    Some(match val {
        Val::String(text) => text.to_val(&Type::String)?,
        Val::ExternRef(reference) => Val::ExternRef(reference.clone()),
        Val::FuncRef(func) => Val::FuncRef(func.clone()),
        Val::Enum(case) => Val::Enum(*case),
        Val::Flags(flags) => Val::Flags(*flags),
        Val::List(list) => Val::List(match list.to_owned() {
            Ok(packed) => packed,
            Err(vals) => List::Val(all(vals)?),
        }),
        Val::Record(vals) => Val::Record(all(vals)?),
        Val::Tuple(vals) => Val::Tuple(all(vals)?),
        Val::Variant(case, held) => Val::Variant(*case, payload(held)?),
        Val::Result(Ok(held)) => Val::Result(Ok(payload(held)?)),
        Val::Result(Err(held)) => Val::Result(Err(payload(held)?)),
        Val::Option(held) => Val::Option(payload(held)?),
        Val::Own(resource) => Val::Own(resource.clone()),
        Val::Borrow(resource) => Val::Borrow(resource.clone()),
        number => Val::from_bits(number.ty(), number.bits()).ok()?,
    })
}

/// Any type, which is looked at in each call.
impl Mapping for Val<'_> {
    const TYPE: ValType = ValType::Variant;
    const WORDS: usize = UNKNOWN;
    fn ty() -> Option<Type> {
        None
    }
    fn fits(_: &Type) -> Looked {
        Ok(())
    }
}

impl Lend for Val<'_> {
    fn look(&self, ty: &Type, guest: &mut dyn Look) -> Looked {
        guest.val(ty, self)
    }
    fn put_words(&self, ty: &Type, to: &mut Writing<'_>, words: &mut Words<'_>) -> Result<()> {
        to.val_words(ty, self, words)
    }
    fn put_memory(&self, ty: &Type, to: &mut Writing<'_>, at: usize) -> Result<()> {
        to.val_memory(ty, self, at)
    }
    fn to_val(&self, _: &Type) -> Option<Val<'static>> {
        owned(self)
    }
}

impl Lower for Val<'_> {}

impl Lift for Val<'static> {
    fn blank() -> Self {
        Val::Bool(false)
    }
    fn of_words(ty: &Type, from: &mut Reading<'_, '_>, words: &mut Taken<'_>) -> Result<Self> {
        from.val_words(ty, words)
    }
    fn of_memory(ty: &Type, from: &mut Reading<'_, '_>, at: usize) -> Result<Self> {
        from.val_memory(ty, at)
    }
    fn of_val(_: &ContextRef<'_>, val: &Val<'_>) -> crate::error::Result<Self> {
        owned(val).ok_or_else(crate::guest::errors::mismatch)
    }
    fn end(&mut self) -> Out<'_> {
        Out::val(self)
    }
    one_result!();
}

/// References, which only core code has.
macro_rules! references {
    ($($rust:ty => $name:ident $slot:ident;)+) => {$(
        impl Mapping for Option<$rust> {
            const TYPE: ValType = ValType::$name;
            const WORDS: usize = UNKNOWN;
            fn fits(ty: &Type) -> Looked {
                Err(differs(ty, &name::<Self>()))
            }
        }
        impl Lend for Option<$rust> {
            fn look(&self, ty: &Type, _: &mut dyn Look) -> Looked {
                misfit::<Self>(ty)
            }
            fn put_words(&self, _: &Type, _: &mut Writing<'_>, _: &mut Words<'_>) -> Result<()> {
                Err(mismatch())
            }
            fn put_memory(&self, _: &Type, _: &mut Writing<'_>, _: usize) -> Result<()> {
                Err(mismatch())
            }
        }
        impl Lower for Option<$rust> {
            #[inline(always)]
            fn slot<'s>(&'s self, _: &'s &'s dyn Lend) -> Arg<'s> {
                Arg::$slot(self)
            }
            fn give_one(self, call: &mut HostCall<'_, '_>) -> crate::error::Result<()> {
                call.put_value(Val::$name(self))
            }
        }
        impl Lift for Option<$rust> {
            fn blank() -> Self {
                None
            }
            fn of_words(_: &Type, _: &mut Reading<'_, '_>, _: &mut Taken<'_>) -> Result<Self> {
                Err(mismatch())
            }
            fn of_memory(_: &Type, _: &mut Reading<'_, '_>, _: usize) -> Result<Self> {
                Err(mismatch())
            }
            fn of_val(_: &ContextRef<'_>, val: &Val<'_>) -> crate::error::Result<Self> {
                match val {
                    Val::$name(reference) => Ok(reference.clone()),
                    _ => Err(unexpected::<Self>(val)),
                }
            }
            fn take(call: &mut HostCall<'_, '_>) -> crate::error::Result<Self> {
                match call.lent()? {
                    Val::$name(reference) => Ok(reference),
                    other => Err(unexpected::<Self>(&other)),
                }
            }
            #[inline(always)]
            fn end(&mut self) -> Out<'_> {
                Out::$slot(self)
            }
            one_result!();
        }
    )+};
}

references! {
    ExternRef => ExternRef externref;
    Func => FuncRef funcref;
}
