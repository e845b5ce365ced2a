//! Numbers as bits.
//!
//! Not here: which kinds of them there are.

/// A number as it travels: of an integer of up to 32 bits, extended to 32 by its
/// sign, in the low half.
pub(crate) trait Number: Copy {
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
