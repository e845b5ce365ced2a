//! The values that cross: [`Val`].
//!
//! Not here: the strings and references in it.

use super::func::Func;
use super::list::List;
use super::refs::ExternRef;
use super::resource::Resource;
use super::strings::Str;
use crate::error::{Error, ErrorKind, Result};
use crate::types::{Class, ValType, kinds_of_values};

/// One value, of a core or of an interface type.
///
/// `'a` is how long the text of a string argument is borrowed; results own
/// what they hold.
#[derive(Clone, Debug)]
pub enum Val<'a> {
    /// Core, 32 bits.
    I32(i32),
    /// Core, 64 bits.
    I64(i64),
    /// Core and interface, 32 bits. NaN payloads are kept.
    F32(f32),
    /// Core and interface, 64 bits. NaN payloads are kept.
    F64(f64),
    /// Core and interface; `None` is null.
    ExternRef(Option<ExternRef>),
    /// Core; `None` is null.
    FuncRef(Option<Func>),
    /// Interface, signed, 8 bits.
    S8(i8),
    /// Interface, unsigned, 8 bits.
    U8(u8),
    /// Interface, signed, 16 bits.
    S16(i16),
    /// Interface, unsigned, 16 bits.
    U16(u16),
    /// Interface, signed, 32 bits.
    S32(i32),
    /// Interface, unsigned, 32 bits.
    U32(u32),
    /// Interface, signed, 64 bits.
    S64(i64),
    /// Interface, unsigned, 64 bits.
    U64(u64),
    /// Interface: a sequence of Unicode scalar values.
    String(Str<'a>),
    /// Of components.
    Bool(bool),
    /// Of components.
    Char(char),
    /// Of components: which of the names.
    Enum(u32),
    /// Of components: a bit for each name, the first one lowest.
    Flags(u32),
    /// Of components.
    List(List<'a>),
    /// Of components: the fields in order.
    Record(Vec<Val<'a>>),
    /// Of components: the fields in order.
    Tuple(Vec<Val<'a>>),
    /// Of components: which of the cases, and what it holds.
    Variant(u32, Payload<'a>),
    /// Of components.
    Result(std::result::Result<Payload<'a>, Payload<'a>>),
    /// Of components.
    Option(Payload<'a>),
    /// Of components: a resource that is given away.
    Own(Resource),
    /// Of components: a resource that is lent for a call.
    Borrow(Resource),
}

/// What a case holds, if it holds anything.
pub type Payload<'a> = Option<Box<Val<'a>>>;

impl<'a> Val<'a> {
    /// Zero, null or the empty string; `None` for a type without values, or
    /// with values that have parts.
    pub fn default_of(ty: ValType) -> Option<Val<'a>> {
        Some(match ty.kind().class {
            Class::Number(..) => return Val::from_bits(ty, 0).ok(),
            Class::Text => Val::String(Str::from("")),
            Class::Reference if ty == ValType::FuncRef => Val::FuncRef(None),
            Class::Reference => Val::ExternRef(None),
            Class::Scalar if ty == ValType::Bool => Val::Bool(false),
            Class::Scalar => Val::Char('\0'),
            Class::Composite | Class::Vector | Class::OtherReference => return None,
        })
    }

    /// The string in it.
    pub fn as_str(&self) -> Option<&Str<'a>> {
        match self {
            Val::String(s) => Some(s),
            _ => None,
        }
    }
}

/// A number as it travels: of an integer of up to 32 bits, extended to 32 by its
/// sign, in the low half.
pub(crate) trait Number {
    fn to_bits(self) -> u64;
    fn from_bits(bits: u64) -> Self;
}

macro_rules! integers {
    ($through:ty: $($ty:ty)+) => {$(
        impl Number for $ty {
            #[inline(always)]
            fn to_bits(self) -> u64 {
                self as $through as u64
            }
            #[inline(always)]
            fn from_bits(bits: u64) -> $ty {
                bits as $ty
            }
        }
    )+};
}

integers!(u32: i8 u8 i16 u16 i32 u32);
integers!(u64: i64 u64);

impl Number for f32 {
    #[inline(always)]
    fn to_bits(self) -> u64 {
        f32::to_bits(self).into()
    }
    #[inline(always)]
    fn from_bits(bits: u64) -> f32 {
        f32::from_bits(bits as u32)
    }
}

impl Number for f64 {
    #[inline(always)]
    fn to_bits(self) -> u64 {
        f64::to_bits(self)
    }
    #[inline(always)]
    fn from_bits(bits: u64) -> f64 {
        f64::from_bits(bits)
    }
}

/// What is there for each kind of numbers.
macro_rules! numbers {
    (
        numbers { $($a:literal $n:ident $t:ident $c:literal $b:tt $core:ident $bits:literal $sign:ident $rust:ident;)+ }
        $($others:tt)*
    ) => {
        impl Val<'_> {
            /// Its type.
            pub fn ty(&self) -> ValType {
                match self {
                    $(Val::$n(_) => ValType::$n,)+
                    Val::String(_) => ValType::String,
                    Val::ExternRef(_) => ValType::ExternRef,
                    Val::FuncRef(_) => ValType::FuncRef,
                    Val::Bool(_) => ValType::Bool,
                    Val::Char(_) => ValType::Char,
                    Val::Enum(_) => ValType::Enum,
                    Val::Flags(_) => ValType::Flags,
                    Val::List(_) => ValType::List,
                    Val::Record(_) => ValType::Record,
                    Val::Tuple(_) => ValType::Tuple,
                    Val::Variant(..) => ValType::Variant,
                    Val::Result(_) => ValType::Result,
                    Val::Option(_) => ValType::Option,
                    Val::Own(_) => ValType::Own,
                    Val::Borrow(_) => ValType::Borrow,
                }
            }

            /// A number's bits: of an integer of up to 32 bits, extended to 32 by its
            /// sign, in the low half. Zero for what is no number.
            pub(crate) fn bits(&self) -> u64 {
                match *self {
                    $(Val::$n(v) => Number::to_bits(v),)+
                    Val::Bool(v) => v.into(),
                    Val::Char(v) => u32::from(v).into(),
                    Val::Enum(v) | Val::Flags(v) => v.into(),
                    Val::String(_)
                    | Val::ExternRef(_)
                    | Val::FuncRef(_)
                    | Val::List(_)
                    | Val::Record(_)
                    | Val::Tuple(_)
                    | Val::Variant(..)
                    | Val::Result(_)
                    | Val::Option(_)
                    | Val::Own(_)
                    | Val::Borrow(_) => 0,
                }
            }

            /// The number of that type, or what is told by one, with these bits.
            #[inline]
            pub(crate) fn from_bits(ty: ValType, bits: u64) -> Result<Self> {
                Ok(match ty {
                    $(ValType::$n => Val::$n(<$rust as Number>::from_bits(bits)),)+
                    ValType::Bool => Val::Bool(bits as u32 != 0),
                    ValType::Char => match char::from_u32(bits as u32) {
                        Some(char) => Val::Char(char),
                        None => return Err(no_character(bits as u32)),
                    },
                    ValType::Enum => Val::Enum(bits as u32),
                    ValType::Flags => Val::Flags(bits as u32),
                    _ => return Err(Error::internal("this is no type of a number")),
                })
            }
        }
    };
}

kinds_of_values!(numbers);

#[cold]
fn no_character(bits: u32) -> Error {
    let message = format!("{bits:#x} is no Unicode scalar value");
    Error::new(ErrorKind::OutOfRange, message)
}

/// Checks values against the types they are meant for: their number, and each
/// one's type. `what` is `arguments` or `results`; `at` says which is wrong.
pub(crate) fn check(
    what: &str,
    types: &[ValType],
    vals: &[Val<'_>],
    at: impl FnOnce(Error, usize) -> Error,
) -> Result<()> {
    check_count(what, types, vals.len())?;
    for (i, (ty, val)) in types.iter().zip(vals).enumerate() {
        if *ty != val.ty() {
            let message = format!("expected {ty}, found {}", val.ty());
            return Err(at(Error::new(ErrorKind::WrongKind, message), i));
        }
    }
    Ok(())
}

/// The first half of [`check`].
#[inline]
pub(crate) fn check_count(what: &str, types: &[ValType], count: usize) -> Result<()> {
    if types.len() == count {
        return Ok(());
    }
    let message = format!("expected {} {what}, found {count}", types.len());
    Err(Error::new(ErrorKind::WrongCount, message))
}

pub(crate) fn wrong_store(what: &str) -> Error {
    Error::new(ErrorKind::WrongStore, format!("this {what} belongs to another store"))
}
