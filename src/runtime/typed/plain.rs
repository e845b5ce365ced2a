//! The types of Rust that stand for values without parts.
//!
//! Not here: lists of them.

use super::mapping::{Lift, Lower, Mapping, differs, misfit, mismatch, name, one_result};
use crate::guest::func::Func;
use crate::guest::refs::ExternRef;
use crate::guest::resource::Resource;
use crate::guest::tree::walk::{
    Lend, Look, Looked, Reading, Taken, Words, Writing, bytes_of, character, find, out_of_range,
};
use crate::guest::tree::{Arg, Out};
use crate::guest::value::{Number, Str, Val};
use crate::runtime::func::host_type;
use crate::types::tree::Type;
use crate::types::{Sign, ValType, kinds_of_values};
use std::sync::Arc;
use wasmtime::Result;

macro_rules! numbers {
    (
        numbers { $($a:literal $n:ident $t:ident $c:literal $b:tt $core:ident $bits:literal $sign:ident $rust:ident;)+ }
        $($others:tt)*
    ) => {$(
        impl Mapping for host_type!($sign $n $rust) {
            const TYPE: ValType = ValType::$n;
            const OF_LIST: ValType = list_of(ValType::$n);
            fn fits(ty: &Type) -> Looked {
                let names = |most: u64| Sign::$sign == Sign::Unsigned && ty.len() as u64 <= most;
                match ty {
                    Type::Scalar(kind) if *kind == ValType::$n.number() => Ok(()),
                    Type::Enum(_) if $bits <= 32 && names(1 << ($bits % 64)) => Ok(()),
                    Type::Flags(_) if $bits <= 32 && names($bits) => Ok(()),
                    _ => misfit::<Self>(ty),
                }
            }
        }

        impl Lend for host_type!($sign $n $rust) {
            #[inline]
            fn look(&self, ty: &Type, _: &mut dyn Look) -> Looked {
                match ty {
                    Type::Scalar(_) => Ok(()),
                    _ => named(ty, Number::to_bits(<$rust>::from(*self))),
                }
            }
            #[inline]
            fn put_words(&self, _: &Type, _: &mut Writing<'_>, words: &mut Words<'_>) -> Result<()> {
                words.put(Number::to_bits(<$rust>::from(*self)));
                Ok(())
            }
            #[inline]
            fn put_memory(&self, ty: &Type, to: &mut Writing<'_>, at: usize) -> Result<()> {
                to.number(ty.size(), Number::to_bits(<$rust>::from(*self)), at)
            }
        }

        impl Lower for host_type!($sign $n $rust) {
            #[inline(always)]
            fn slot<'s>(&'s self, _: &'s &'s dyn Lend) -> Arg<'s> {
                Arg::number(Number::to_bits(<$rust>::from(*self)))
            }
            lists!($n $rust);
        }

        impl Lift for host_type!($sign $n $rust) {
            fn blank() -> Self {
                <$rust>::default().into()
            }
            #[inline]
            fn of_words(ty: &Type, _: &mut Reading<'_, '_>, words: &mut Taken<'_>) -> Result<Self> {
                Ok(<$rust as Number>::from_bits(told(ty, words.next())?).into())
            }
            #[inline]
            fn of_memory(ty: &Type, from: &mut Reading<'_, '_>, at: usize) -> Result<Self> {
                let bits = from.number(ty.size(), at)?;
                Ok(<$rust as Number>::from_bits(told(ty, bits)?).into())
            }
            #[inline(always)]
            fn number(&mut self, bits: u64) -> crate::error::Result<()> {
                *self = <$rust as Number>::from_bits(bits).into();
                Ok(())
            }
            taken_lists!($n $rust);
            one_result!();
        }
    )+};
}

/// What a list of such numbers is, beside a list.
macro_rules! lists {
    (I32 $rust:ident) => {};
    (I64 $rust:ident) => {};
    (U16 $rust:ident) => {
        #[inline(always)]
        fn slot_of_list<'s>(list: &'s &'s [u16], _: &'s &'s dyn Lend) -> Arg<'s> {
            Arg::utf16(list)
        }
        fn slot_of_vec<'s>(list: &'s Vec<u16>, _: &'s &'s dyn Lend) -> Arg<'s> {
            Arg::utf16_of(list)
        }
        fn units(elements: &[u16]) -> Option<&[u16]> {
            Some(elements)
        }
        lists!(S16 u16);
    };
    ($n:ident $rust:ident) => {
        #[inline(always)]
        fn bytes(elements: &[$rust]) -> Option<&[u8]> {
            Some(bytes_of(elements))
        }
    };
}

macro_rules! taken_lists {
    (I32 $rust:ident) => {};
    (I64 $rust:ident) => {};
    (U16 $rust:ident) => {
        fn text(
            from: &mut Reading<'_, '_>,
            at: u32,
            len: u32,
            to: &mut Vec<u16>,
        ) -> Option<Result<()>> {
            Some(from.utf16(at, len, to))
        }
        fn end_of_list(list: &mut Vec<u16>) -> Out<'_> {
            Out::utf16(list)
        }
        taken_lists!(S16 u16);
    };
    ($n:ident $rust:ident) => {
        #[inline(always)]
        fn packed(
            from: &mut Reading<'_, '_>,
            at: usize,
            len: usize,
            to: &mut Vec<$rust>,
        ) -> Option<Result<()>> {
            Some(from.packed(at, len, to))
        }
    };
}

kinds_of_values!(numbers);

const fn list_of(ty: ValType) -> ValType {
    match ty {
        ValType::U16 => ValType::String,
        _ => ValType::List,
    }
}

/// Checks a case or flags that the host tells.
fn named(ty: &Type, bits: u64) -> Looked {
    match ty {
        Type::Enum(cases) if bits >= cases.cases.len() as u64 => {
            let message = format!("there is no case {bits}: there are {}", cases.cases.len());
            Err(out_of_range(message))
        }
        Type::Flags(flags) if bits & !u64::from(flags.mask()) != 0 => {
            let more = bits & !u64::from(flags.mask());
            Err(out_of_range(format!("{more:#x} are no flags of {ty}")))
        }
        _ => Ok(()),
    }
}

/// A number, case or flags that a guest tells.
#[inline]
fn told(ty: &Type, bits: u64) -> Result<u64> {
    match ty {
        Type::Enum(cases) => find(cases, bits).map(u64::from),
        Type::Flags(flags) => Ok(bits & u64::from(flags.mask())),
        _ => Ok(bits),
    }
}

/// What stands for one type without parts.
macro_rules! stands {
    ($($rust:ty => $name:ident, $pattern:pat,)+) => {$(
        impl Mapping for $rust {
            const TYPE: ValType = ValType::$name;
            fn fits(ty: &Type) -> Looked {
                if matches!(ty, $pattern) { Ok(()) } else { misfit::<Self>(ty) }
            }
        }
    )+};
}

stands! {
    bool => Bool, Type::Scalar(crate::types::kind::BOOL),
    char => Char, Type::Scalar(crate::types::kind::CHAR),
    str => String, Type::String,
    String => String, Type::String,
    Str<'_> => String, Type::String,
}

/// `bool` and `char`: to bits, and what a guest's are.
macro_rules! scalars {
    ($($rust:ty: $bits:ty, $size:literal, $from:expr;)+) => {$(
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
        }

        impl Lift for $rust {
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
            fn number(&mut self, bits: u64) -> crate::error::Result<()> {
                let from: Result<$rust> = $from(bits as u32);
                *self = from.map_err(|_| crate::guest::tree::mismatch())?;
                Ok(())
            }
            one_result!();
        }
    )+};
}

scalars! {
    bool: u8, 1, |bits| Ok(bits != 0);
    char: u32, 4, character;
}

impl Lend for str {
    #[inline]
    fn look(&self, _: &Type, guest: &mut dyn Look) -> Looked {
        // What is not long fits every guest.
        if self.len() < 1 << 29 { Ok(()) } else { guest.utf8(self) }
    }
    #[inline]
    fn put_words(&self, _: &Type, to: &mut Writing<'_>, words: &mut Words<'_>) -> Result<()> {
        words.pair(to.utf8(self)?);
        Ok(())
    }
    #[inline]
    fn put_memory(&self, _: &Type, to: &mut Writing<'_>, at: usize) -> Result<()> {
        let text = to.utf8(self)?;
        to.pair(at, text)
    }
}

impl Lend for String {
    #[inline]
    fn look(&self, ty: &Type, guest: &mut dyn Look) -> Looked {
        self.as_str().look(ty, guest)
    }
    #[inline]
    fn put_words(&self, ty: &Type, to: &mut Writing<'_>, words: &mut Words<'_>) -> Result<()> {
        self.as_str().put_words(ty, to, words)
    }
    #[inline]
    fn put_memory(&self, ty: &Type, to: &mut Writing<'_>, at: usize) -> Result<()> {
        self.as_str().put_memory(ty, to, at)
    }
}

impl Lend for Str<'_> {
    fn look(&self, _: &Type, guest: &mut dyn Look) -> Looked {
        guest.string(self)
    }
    fn put_words(&self, _: &Type, to: &mut Writing<'_>, words: &mut Words<'_>) -> Result<()> {
        words.pair(to.string(self)?);
        Ok(())
    }
    fn put_memory(&self, _: &Type, to: &mut Writing<'_>, at: usize) -> Result<()> {
        let text = to.string(self)?;
        to.pair(at, text)
    }
}

impl Lower for str {
    #[inline(always)]
    fn slot_of_ref<'s>(text: &'s &'s str, _: &'s &'s dyn Lend) -> Arg<'s> {
        Arg::utf8(text)
    }
}

impl Lower for String {
    #[inline(always)]
    fn slot<'s>(&'s self, _: &'s &'s dyn Lend) -> Arg<'s> {
        Arg::utf8_of(self)
    }
}

impl Lower for Str<'_> {
    fn slot<'s>(&'s self, _: &'s &'s dyn Lend) -> Arg<'s> {
        Arg::string(self)
    }
    #[inline(always)]
    fn slot_of_ref<'s>(text: &'s &'s Self, _: &'s &'s dyn Lend) -> Arg<'s> {
        Arg::string(text)
    }
}

impl Lift for String {
    fn blank() -> String {
        String::new()
    }
    fn of_words(_: &Type, from: &mut Reading<'_, '_>, words: &mut Taken<'_>) -> Result<String> {
        let mut text = String::new();
        from.utf8(words.next() as u32, words.next() as u32, &mut text)?;
        Ok(text)
    }
    fn of_memory(ty: &Type, from: &mut Reading<'_, '_>, at: usize) -> Result<String> {
        let mut text = String::new();
        text.update(ty, from, at)?;
        Ok(text)
    }
    fn update(&mut self, _: &Type, from: &mut Reading<'_, '_>, at: usize) -> Result<()> {
        let (text, len) = from.pair(at)?;
        from.utf8(text, len, self)
    }
    #[inline(always)]
    fn end(&mut self) -> Out<'_> {
        Out::utf8(self)
    }
    one_result!();
}

impl Lift for Str<'static> {
    fn blank() -> Self {
        Str::from("")
    }
    fn of_words(_: &Type, from: &mut Reading<'_, '_>, words: &mut Taken<'_>) -> Result<Self> {
        from.string(words.next() as u32, words.next() as u32)
    }
    fn of_memory(_: &Type, from: &mut Reading<'_, '_>, at: usize) -> Result<Self> {
        let (text, len) = from.pair(at)?;
        from.string(text, len)
    }
    #[inline(always)]
    fn end(&mut self) -> Out<'_> {
        Out::string(self)
    }
    one_result!();
}

impl Mapping for Resource {
    const TYPE: ValType = ValType::Own;
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
    one_result!();
}

/// Any type, which is looked at in each call.
impl Mapping for Val<'_> {
    const TYPE: ValType = ValType::Variant;
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
