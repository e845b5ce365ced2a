//! The kinds of values by the numbers that they have in C, as slots tell them, and what
//! goes with a number. All of it is made of the table in `scalar.rs`.
//!
//! Not here: types.

#![allow(missing_docs)]

use super::scalar::{Class, Sign, ValType, kinds_of_values};

macro_rules! numbers {
    (
        numbers { $($a:literal $n:ident $t:ident $c:literal $b:tt $core:ident $bits:literal $sign:ident $rust:ty;)+ }
        $($others:tt)*
    ) => {
        $(pub const $n: u8 = $c;)+
    };
}

kinds_of_values!(numbers);

pub const STRING: u8 = ValType::String.number();
pub const BOOL: u8 = ValType::Bool.number();
pub const CHAR: u8 = ValType::Char.number();
pub const ENUM: u8 = ValType::Enum.number();
pub const FLAGS: u8 = ValType::Flags.number();
pub const LIST: u8 = ValType::List.number();
pub const RECORD: u8 = ValType::Record.number();
pub const TUPLE: u8 = ValType::Tuple.number();
pub const VARIANT: u8 = ValType::Variant.number();
pub const RESULT: u8 = ValType::Result.number();
pub const OPTION: u8 = ValType::Option.number();
pub const OWN: u8 = ValType::Own.number();
pub const BORROW: u8 = ValType::Borrow.number();
/// No value: the payload of a case that has none.
pub const NONE: u8 = 37;
/// Elements of a list that are values with a kind each.
pub const VAL: u8 = 38;

macro_rules! scalars {
    ($($n:ident $c:literal $rust:ty;)+) => {
        /// Which bits of a scalar mean something.
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub enum Meaning {
            /// All of them are a number.
            Number,
            $($n,)+
        }

        /// Which bits of a scalar of this kind mean something.
        #[inline(always)]
        pub fn meaning(kind: u8) -> Meaning {
            match kind {
                $($c => Meaning::$n,)+
                // The table has no other scalars.
                _ => Meaning::Number,
            }
        }
    };
}

kinds_of_values!(scalars scalars);

/// Bytes by kinds.
static WIDTHS: [u8; 256] = {
    let mut widths = [0; 256];
    let mut at = 0;
    while at < ValType::ALL.len() {
        let ty = ValType::ALL[at];
        widths[ty.number() as usize] = match ty.kind().class {
            Class::Number(_, Sign::Core) => 0,
            Class::Number(bits, Sign::Signed | Sign::Unsigned | Sign::Float)
            | Class::Scalar(bits) => (bits / 8) as u8,
            Class::Text
            | Class::Composite
            | Class::Reference
            | Class::Vector
            | Class::OtherReference => 0,
        };
        at += 1;
    }
    (widths[ENUM as usize], widths[FLAGS as usize]) = (4, 4);
    widths
};

/// How many bytes a scalar kind has in a packed list; zero for other kinds. An
/// enum and flags have four in a value, and are not packed.
#[inline]
pub fn width(kind: u8) -> usize {
    WIDTHS[kind as usize].into()
}

/// By kinds, how many bits are above those of a number with a sign in 64.
static ABOVE: [u8; 256] = {
    let mut above = [0; 256];
    let mut at = 0;
    while at < ValType::ALL.len() {
        let ty = ValType::ALL[at];
        if let Some((bits, Sign::Signed)) = ty.as_number() {
            above[ty.number() as usize] = (64 - bits) as u8;
        }
        at += 1;
    }
    above
};

/// A number's bits with its sign in all that are above them.
#[inline]
pub(crate) fn signed(kind: u8, bits: u64) -> u64 {
    let above = ABOVE[kind as usize];
    ((bits << above) as i64 >> above) as u64
}

/// A number's bits as core values have them: those of up to 32 bits are extended to 32 by
/// their sign, and what is above is zero.
#[inline]
pub(crate) fn extended(kind: u8, bits: u64) -> u64 {
    match ABOVE[kind as usize] {
        0 => bits,
        _ => signed(kind, bits) & (u64::MAX >> (64 - 8 * width(kind).max(4))),
    }
}

/// The name of a kind, for messages.
pub fn name(kind: u8) -> &'static str {
    match kind {
        NONE => "no value",
        VAL => "values",
        kind => ValType::from_number(kind).map_or("an unknown kind", ValType::name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_extended_as_rust_does() {
        for bits in [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x8000_0000, 0xffff_ffff] {
            assert_eq!(signed(S8, bits & 0xff), bits as i8 as i64 as u64);
            assert_eq!(signed(S16, bits & 0xffff), bits as i16 as i64 as u64);
            assert_eq!(signed(S32, bits), bits as i32 as i64 as u64);
            assert_eq!(extended(S8, bits & 0xff), bits as i8 as i32 as u32 as u64);
            assert_eq!(extended(S16, bits & 0xffff), bits as i16 as i32 as u32 as u64);
            for kind in [U8, U16, U32, S32, S64, U64, F32, F64, BOOL, CHAR, ENUM] {
                assert_eq!(extended(kind, bits), bits, "{}", name(kind));
            }
        }
        assert_eq!(extended(S64, u64::MAX), u64::MAX);
    }

    #[test]
    fn widths_are_those_of_components() {
        let widths = |kinds: &[u8]| kinds.iter().map(|kind| width(*kind)).collect::<Vec<_>>();
        assert_eq!(widths(&[BOOL, S8, U8, S16, U16]), [1, 1, 1, 2, 2]);
        assert_eq!(widths(&[S32, U32, F32, CHAR, ENUM, FLAGS]), [4; 6]);
        assert_eq!(widths(&[S64, U64, F64]), [8; 3]);
        assert_eq!(widths(&[I32, I64, STRING, LIST, OWN, NONE, VAL, 128, 255, 99]), [0; 10]);
    }
}
