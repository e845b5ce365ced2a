//! What an integer conversion does to bits.
//!
//! Not here: names and opcodes, which belong to syntax.

use crate::types::{Sign, ValType};

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
        let (bits, sign) = integer(self.to);
        let unused = 64 - bits;
        let low = (value as u64) << unused;
        Some(match sign {
            // Extended to 32 bits.
            Sign::Signed if bits < 64 => (low as i64 >> unused) as u32 as u64,
            Sign::Core | Sign::Signed | Sign::Unsigned | Sign::Float => low >> unused,
        })
    }

    /// The number that the bits stand for.
    fn value(self, bits: u64) -> i128 {
        let unused = 64 - integer(self.from).0;
        let low = bits << unused;
        match self.source_is_unsigned() {
            true => (low >> unused) as i128,
            false => (low as i64 >> unused) as i128,
        }
    }

    /// Whether the number that the bits stand for has no sign. A core integer
    /// takes that of the interface type that it becomes.
    pub fn source_is_unsigned(self) -> bool {
        is_unsigned(self.from, self.to)
    }

    /// What fits, smallest and largest. A core result takes the sign of the
    /// interface type that it came from.
    pub fn range(self) -> (i128, i128) {
        let (bits, _) = integer(self.to);
        match is_unsigned(self.to, self.from) {
            true => (0, (1i128 << bits) - 1),
            false => (-1i128 << (bits - 1), (1i128 << (bits - 1)) - 1),
        }
    }

    /// Whether it is of 64 bits what is converted, and what comes out.
    pub fn wide(self) -> (bool, bool) {
        (integer(self.from).0 == 64, integer(self.to).0 == 64)
    }
}

/// The bits and sign of an integer, of a truth value or a character: there are
/// conversions between those alone.
pub(crate) fn integer(ty: ValType) -> (u32, Sign) {
    match ty {
        ValType::Bool => (8, Sign::Unsigned),
        ValType::Char => (32, Sign::Unsigned),
        ty => ty.as_number().expect("a conversion is between integers"),
    }
}

fn is_unsigned(ty: ValType, other: ValType) -> bool {
    match integer(ty).1 {
        Sign::Core => integer(other).1 == Sign::Unsigned,
        sign => sign == Sign::Unsigned,
    }
}
