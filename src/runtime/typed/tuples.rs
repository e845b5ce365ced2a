//! Tuples, which stand for records too; and the empty one, which stands for nothing.
//!
//! Not here: the fields.

use super::arities::arities;
use super::mapping::{Lift, Lower, Mapping, differs, misfit, mismatch, name, unexpected};
use crate::guest::context::ContextRef;
use crate::guest::host::HostCall;
use crate::guest::tree::Out;
use crate::guest::tree::step;
use crate::guest::tree::walk::{Fault, Lend, Look, Looked, Reading, Taken, Words, Writing};
use crate::guest::value::Val;
use crate::types::ValType;
use crate::types::tree::{Field, Fields, Type};
use std::sync::Arc;
use wasmtime::Result;

impl Mapping for () {
    const TYPE: ValType = ValType::Tuple;
    const WORDS: usize = 0;
    fn ty() -> Option<Type> {
        Some(Type::Tuple(Arc::new(Fields::new([]))))
    }
    fn fits(ty: &Type) -> Looked {
        Err(differs(ty, "nothing"))
    }
    fn fits_payload(ty: Option<&Type>) -> Looked {
        ty.map_or(Ok(()), Self::fits)
    }
    fn payload() -> Option<Type> {
        None
    }
}

impl Lend for () {
    fn look(&self, _: &Type, _: &mut dyn Look) -> Looked {
        Ok(())
    }
    fn put_words(&self, _: &Type, _: &mut Writing<'_>, _: &mut Words<'_>) -> Result<()> {
        Ok(())
    }
    fn put_memory(&self, _: &Type, _: &mut Writing<'_>, _: usize) -> Result<()> {
        Ok(())
    }
}

impl Lower for () {
    const LOOKS: bool = false;
    fn types() -> Vec<ValType> {
        Vec::new()
    }
    #[inline(always)]
    fn give(self, _: &mut HostCall<'_, '_>) -> crate::error::Result<()> {
        Ok(())
    }
}

impl Lift for () {
    fn blank() {}
    fn of_words(_: &Type, _: &mut Reading<'_, '_>, _: &mut Taken<'_>) -> Result<()> {
        Ok(())
    }
    fn of_memory(_: &Type, _: &mut Reading<'_, '_>, _: usize) -> Result<()> {
        Ok(())
    }
    fn of_val(_: &ContextRef<'_>, val: &Val<'_>) -> crate::error::Result<()> {
        match val {
            Val::Tuple(fields) if fields.is_empty() => Ok(()),
            _ => Err(unexpected::<()>(val)),
        }
    }
    fn types() -> Vec<ValType> {
        Vec::new()
    }
    type Ends<'r> = [Out<'r>; 0];
    type Bits = ();
    #[inline(always)]
    fn ends(&mut self) -> [Out<'_>; 0] {
        []
    }
    #[inline(always)]
    fn bits(_: [Out<'_>; 0]) {}
    #[inline(always)]
    fn numbers(&mut self, (): ()) -> crate::error::Result<()> {
        Ok(())
    }
}

fn fields(ty: &Type) -> Result<&Fields> {
    match ty {
        Type::Record(fields) | Type::Tuple(fields) => Ok(fields),
        _ => Err(mismatch()),
    }
}

#[inline]
pub(super) fn field(fields: &Fields, i: usize) -> Result<&Field> {
    fields.fields.get(i).ok_or_else(mismatch)
}

fn of_field(ty: &Type, i: usize) -> impl FnOnce(Fault) -> Fault {
    move |fault| fault.within(|| step(ty, i))
}

macro_rules! tuples {
    ($(($($T:ident $i:tt)+))+) => {$(
        impl<$($T: Mapping),+> Mapping for ($($T,)+) {
            const TYPE: ValType = ValType::Tuple;
            const WORDS: usize = 0 $(+ $T::WORDS)+;
            fn ty() -> Option<Type> {
                let fields = [$(("".into(), $T::ty()?)),+];
                Some(Type::Tuple(Arc::new(Fields::new(fields))))
            }
            fn fits(ty: &Type) -> Looked {
                let (Type::Record(fields) | Type::Tuple(fields)) = ty else {
                    return misfit::<Self>(ty);
                };
                let (expected, found) = (fields.fields.len(), <[usize]>::len(&[$($i),+]));
                if expected != found {
                    let expected = format!("{expected} fields in {ty}");
                    return Err(differs(expected, &format!("{found} in {}", name::<Self>())));
                }
                $($T::fits(&fields.fields[$i].ty).map_err(of_field(ty, $i))?;)+
                Ok(())
            }
        }

        impl<$($T: Lower),+> Lend for ($($T,)+) {
            #[inline]
            fn look(&self, ty: &Type, guest: &mut dyn Look) -> Looked {
                let (Type::Record(fields) | Type::Tuple(fields)) = ty else {
                    return misfit::<Self>(ty);
                };
                $(if $T::LOOKS && let Some(field) = fields.fields.get($i) {
                    self.$i.look(&field.ty, guest).map_err(of_field(ty, $i))?;
                })+
                Ok(())
            }
            #[inline]
            fn put_words(&self, ty: &Type, to: &mut Writing<'_>, words: &mut Words<'_>) -> Result<()> {
                let fields = fields(ty)?;
                $(self.$i.put_words(&field(fields, $i)?.ty, to, words)?;)+
                Ok(())
            }
            #[inline]
            fn put_memory(&self, ty: &Type, to: &mut Writing<'_>, at: usize) -> Result<()> {
                let fields = fields(ty)?;
                $(
                    let Field { ty, offset, .. } = field(fields, $i)?;
                    self.$i.put_memory(ty, to, at + *offset as usize)?;
                )+
                Ok(())
            }
            fn to_val(&self, ty: &Type) -> Option<Val<'static>> {
                let vals = vec![$(self.$i.to_val(ty.at($i)?)?),+];
                Some(match ty {
                    Type::Record(_) => Val::Record(vals),
                    Type::Tuple(_) => Val::Tuple(vals),
                    _ => return None,
                })
            }
        }

        impl<$($T: Lower),+> Lower for ($($T,)+) {
            const LOOKS: bool = $($T::LOOKS)||+;
            fn types() -> Vec<ValType> {
                vec![$($T::TYPE),+]
            }
            #[inline(always)]
            fn give(self, call: &mut HostCall<'_, '_>) -> crate::error::Result<()> {
                if call.has_one_result() {
                    return self.give_one(call);
                }
                $(self.$i.give_one(call)?;)+
                Ok(())
            }
        }

        impl<$($T: Lift),+> Lift for ($($T,)+) {
            const KEEPS: bool = $($T::KEEPS)&&+;
            fn allocated(&self) -> usize {
                0 $(+ self.$i.allocated())+
            }
            fn blank() -> Self {
                ($($T::blank(),)+)
            }
            #[inline]
            fn of_words(ty: &Type, from: &mut Reading<'_, '_>, words: &mut Taken<'_>) -> Result<Self> {
                let fields = fields(ty)?;
                Ok(($($T::of_words(&field(fields, $i)?.ty, from, words)?,)+))
            }
            #[inline]
            fn of_memory(ty: &Type, from: &mut Reading<'_, '_>, at: usize) -> Result<Self> {
                let fields = fields(ty)?;
                Ok(($({
                    let Field { ty, offset, .. } = field(fields, $i)?;
                    $T::of_memory(ty, from, at + *offset as usize)?
                },)+))
            }
            #[inline]
            fn update(&mut self, ty: &Type, from: &mut Reading<'_, '_>, at: usize) -> Result<()> {
                let fields = fields(ty)?;
                $(
                    let Field { ty, offset, .. } = field(fields, $i)?;
                    self.$i.update(ty, from, at + *offset as usize)?;
                )+
                Ok(())
            }

            fn of_val(cx: &ContextRef<'_>, val: &Val<'_>) -> crate::error::Result<Self> {
                let (Val::Record(vals) | Val::Tuple(vals)) = val else {
                    return Err(unexpected::<Self>(val));
                };
                Ok(($($T::of_val(cx, vals.get($i).ok_or_else(crate::guest::errors::mismatch)?)?,)+))
            }

            fn types() -> Vec<ValType> {
                vec![$($T::TYPE),+]
            }
            type Ends<'r>
                = [Out<'r>; <[usize]>::len(&[$($i),+])];
            type Bits = [u64; <[usize]>::len(&[$($i),+])];
            #[inline(always)]
            fn ends(&mut self) -> Self::Ends<'_> {
                [$(self.$i.end()),+]
            }
            #[inline(always)]
            fn bits(ends: Self::Ends<'_>) -> Self::Bits {
                ends.map(|end| end.bits())
            }
            #[inline(always)]
            fn numbers(&mut self, bits: Self::Bits) -> crate::error::Result<()> {
                $(self.$i.number(bits[$i])?;)+
                Ok(())
            }
        }
    )+};
}

arities!(tuples);
