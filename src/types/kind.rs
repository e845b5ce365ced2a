//! The kinds of values, by the numbers that they have in C, and what goes with a
//! number.
//!
//! Not here: types.

#![allow(missing_docs)]

pub const I32: u8 = 0;
pub const I64: u8 = 1;
pub const F32: u8 = 2;
pub const F64: u8 = 3;
pub const S8: u8 = 16;
pub const U8: u8 = 17;
pub const S16: u8 = 18;
pub const U16: u8 = 19;
pub const S32: u8 = 20;
pub const U32: u8 = 21;
pub const S64: u8 = 22;
pub const U64: u8 = 23;
pub const STRING: u8 = 24;
pub const BOOL: u8 = 25;
pub const CHAR: u8 = 26;
pub const ENUM: u8 = 27;
pub const FLAGS: u8 = 28;
pub const LIST: u8 = 29;
pub const RECORD: u8 = 30;
pub const TUPLE: u8 = 31;
pub const VARIANT: u8 = 32;
pub const RESULT: u8 = 33;
pub const OPTION: u8 = 34;
pub const OWN: u8 = 35;
pub const BORROW: u8 = 36;
/// No value: the payload of a case that has none.
pub const NONE: u8 = 37;
/// Elements of a list that are values with a kind each.
pub const VAL: u8 = 38;

/// How many bytes a scalar kind has in a packed list; zero for other kinds. An
/// enum and flags have four in a value, and are not packed.
#[inline]
pub fn width(kind: u8) -> usize {
    match kind {
        BOOL | S8 | U8 => 1,
        S16 | U16 => 2,
        S32 | U32 | F32 | CHAR | ENUM | FLAGS => 4,
        S64 | U64 | F64 => 8,
        _ => 0,
    }
}

/// The name of a kind, for messages.
pub fn name(kind: u8) -> &'static str {
    match kind {
        I32 => "i32",
        I64 => "i64",
        F32 => "f32",
        F64 => "f64",
        S8 => "s8",
        U8 => "u8",
        S16 => "s16",
        U16 => "u16",
        S32 => "s32",
        U32 => "u32",
        S64 => "s64",
        U64 => "u64",
        STRING => "string",
        BOOL => "bool",
        CHAR => "char",
        ENUM => "enum",
        FLAGS => "flags",
        LIST => "list",
        RECORD => "record",
        TUPLE => "tuple",
        VARIANT => "variant",
        RESULT => "result",
        OPTION => "option",
        OWN => "own",
        BORROW => "borrow",
        NONE => "no value",
        VAL => "values",
        128 => "externref",
        129 => "funcref",
        _ => "an unknown kind",
    }
}
