//! The sized integers and floats; and integers for enumerations and flags.
//!
//! Not here: lists of them.

use super::mapping::{Lift, Lower, Mapping, misfit, one_result, unexpected};
use super::text::give_text;
use crate::guest::context::ContextRef;
use crate::guest::errors::mismatch;
use crate::guest::host::HostCall;
use crate::guest::number::Number;
use crate::guest::strings::Str;
use crate::guest::tree::walk::{
    Lend, Look, Looked, Reading, Taken, Words, Writing, bytes_of, find, out_of_range,
};
use crate::guest::tree::{Arg, Out};
use crate::guest::value::{List, Val};
use crate::runtime::func::host_type;
use crate::string::copy_to_utf16;
use crate::types::tree::Type;
use crate::types::{Sign, ValType, kinds_of_values};
use wasmtime::Result;

macro_rules! numbers {
    (
        numbers { $($a:literal $n:ident $t:ident $c:literal $b:tt $core:ident $bits:literal $sign:ident $rust:ty;)+ }
        $($others:tt)*
    ) => {$(
        impl Mapping for host_type!($sign $n $rust) {
            const TYPE: ValType = ValType::$n;
            const OF_LIST: ValType = list_of(ValType::$n);
            const WORDS: usize = 1;
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
                    names => named(names, Number::to_bits(<$rust>::from(*self))),
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
            fn to_val(&self, ty: &Type) -> Option<Val<'static>> {
                Some(match ty {
                    Type::Enum(_) => Val::Enum(Number::to_bits(<$rust>::from(*self)) as u32),
                    Type::Flags(_) => Val::Flags(Number::to_bits(<$rust>::from(*self)) as u32),
                    Type::Scalar(_) => Val::$n((*self).into()),
                    _ => return None,
                })
            }
        }

        impl Lower for host_type!($sign $n $rust) {
            #[inline(always)]
            fn slot<'s>(&'s self, _: &'s &'s dyn Lend) -> Arg<'s> {
                Arg::number(Number::to_bits(<$rust>::from(*self)))
            }
            #[inline(always)]
            fn give_one(self, call: &mut HostCall<'_, '_>) -> crate::error::Result<()> {
                call.put_number(Number::to_bits(<$rust>::from(self)))
            }
            lists!($n $rust);
        }

        impl Lift for host_type!($sign $n $rust) {
            const KEEPS: bool = true;
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
            fn of_val(_: &ContextRef<'_>, val: &Val<'_>) -> crate::error::Result<Self> {
                match *val {
                    Val::$n(v) => Ok(v.into()),
                    Val::Enum(bits) | Val::Flags(bits) => {
                        Ok(<$rust as Number>::from_bits(bits.into()).into())
                    }
                    _ => Err(unexpected::<Self>(val)),
                }
            }
            #[inline(always)]
            fn take(call: &mut HostCall<'_, '_>) -> crate::error::Result<Self> {
                Ok(<$rust as Number>::from_bits(call.number()?).into())
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
    (I32 $rust:ty) => {};
    (I64 $rust:ty) => {};
    (U16 $rust:ty) => {
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
        fn give_list(list: &[u16], call: &mut HostCall<'_, '_>) -> crate::error::Result<()> {
            give_text(call, list.into(), || Str::from(list.to_vec()))
        }
        lists!(@ U16 u16);
    };
    ($n:ident $rust:ty) => {
        lists!(@ $n $rust);
    };
    (@ $n:ident $rust:ty) => {
        #[inline(always)]
        fn bytes(elements: &[$rust]) -> Option<&[u8]> {
            Some(bytes_of(elements))
        }
        fn list(elements: &[$rust]) -> Option<List<'static>> {
            Some(List::$n(elements.to_vec().into()))
        }
    };
}

macro_rules! taken_lists {
    (I32 $rust:ty) => {};
    (I64 $rust:ty) => {};
    (U16 $rust:ty) => {
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
        #[inline(always)]
        fn take_list(
            call: &mut HostCall<'_, '_>,
            to: &mut Vec<u16>,
        ) -> crate::error::Result<()> {
            call.text(|text, rule| Ok(copy_to_utf16(text, to, rule)?))
        }
        fn of_text(cx: &ContextRef<'_>, text: &Str<'_>) -> Option<crate::error::Result<Vec<u16>>> {
            let (mut copy, rule) = (Vec::new(), text.policy_or(cx.0.data().policy));
            let copied = text.with_in(wasmtime::AsContext::as_context(&cx.0), |text| copy_to_utf16(text, &mut copy, rule));
            Some(copied.and_then(|copied| Ok(copied?)).map(|()| copy))
        }
        taken_lists!(S16 u16);
    };
    ($n:ident $rust:ty) => {
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

/// What a list of these stands for: of units of UTF-16, text.
const fn list_of(ty: ValType) -> ValType {
    if matches!(ty, ValType::U16) { ValType::String } else { ValType::List }
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
        Type::Enum(_) | Type::Flags(_) => Ok(()),
        _ => Err(mismatch().into()),
    }
}

/// A number, case or flags that a guest tells.
#[inline]
fn told(ty: &Type, bits: u64) -> Result<u64> {
    match ty {
        Type::Enum(cases) => find(cases, bits).map(u64::from),
        Type::Flags(flags) => Ok(bits & u64::from(flags.mask())),
        Type::Scalar(_) => Ok(bits),
        _ => Err(mismatch().into()),
    }
}
