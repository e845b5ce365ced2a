//! What an integer conversion does to bits.
//!
//! Not here: names and opcodes, which belong to syntax.

use crate::types::ValType;

/// One integer conversion between a core and an interface type.
///
/// Values of up to 32 bits travel in the low half of a `u64`, extended to 32
/// bits by the sign of their type; the high half is zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Conversion {
    pub from: ValType,
    pub to: ValType,
    /// Whether a value that does not fit is a trap; else its low bits count.
    pub checked: bool,
}

impl Conversion {
    /// The converted bits, or `None` where a checked value does not fit.
    pub fn apply(self, bits: u64) -> Option<u64> {
        let value = self.value(bits);
        let (min, max) = self.range();
        if self.checked && (value < min || value > max) {
            return None;
        }
        Some(match self.to {
            ValType::S8 => value as i8 as i32 as u32 as u64,
            ValType::U8 => value as u8 as u64,
            ValType::S16 => value as i16 as i32 as u32 as u64,
            ValType::U16 => value as u16 as u64,
            ValType::S64 | ValType::U64 | ValType::I64 => value as u64,
            _ => value as u32 as u64,
        })
    }

    /// The number that the bits stand for. Core integers have no sign of
    /// their own: they take that of the interface type they become.
    fn value(self, bits: u64) -> i128 {
        let unsigned = matches!(self.to, ValType::U8 | ValType::U16 | ValType::U32 | ValType::U64);
        match self.from {
            ValType::S8 => bits as i8 as i128,
            ValType::U8 => bits as u8 as i128,
            ValType::S16 => bits as i16 as i128,
            ValType::U16 => bits as u16 as i128,
            ValType::S64 => bits as i64 as i128,
            ValType::U64 => bits as i128,
            ValType::I64 if unsigned => bits as i128,
            ValType::I64 => bits as i64 as i128,
            ValType::U32 => bits as u32 as i128,
            ValType::I32 if unsigned => bits as u32 as i128,
            _ => bits as i32 as i128,
        }
    }

    /// What fits, smallest and largest. A core result takes the sign of the
    /// interface type that it came from.
    pub fn range(self) -> (i128, i128) {
        match (self.to, self.from) {
            (ValType::S8, _) => (i8::MIN as i128, i8::MAX as i128),
            (ValType::U8, _) => (0, u8::MAX as i128),
            (ValType::S16, _) => (i16::MIN as i128, i16::MAX as i128),
            (ValType::U16, _) => (0, u16::MAX as i128),
            (ValType::U32, _) | (ValType::I32, ValType::U64) => (0, u32::MAX as i128),
            (ValType::S32 | ValType::I32, _) => (i32::MIN as i128, i32::MAX as i128),
            (ValType::U64, _) | (ValType::I64, ValType::U64) => (0, u64::MAX as i128),
            _ => (i64::MIN as i128, i64::MAX as i128),
        }
    }
}
