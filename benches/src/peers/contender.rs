//! What each contender can do.

/// One way of using the guest, with an instance of its own.
pub trait Contender: 'static {
    /// Two numbers.
    fn add(&mut self, a: i32, b: i32) -> i32;
    /// A text in UTF-16 goes in; the guest tells its length in bytes.
    fn in16(&mut self, units: &[u16]) -> u32;
    /// Bytes that nobody has validated go in.
    fn in8(&mut self, bytes: &[u8]) -> u32;
    /// The text that went in comes out; how many units it has.
    fn out16(&mut self, units: &mut [u16]) -> usize;
    /// The same in UTF-8.
    fn out8(&mut self, bytes: &mut [u8]) -> usize;
    /// The guest calls back so often with that text; its length there, in the
    /// encoding that the contender was made for.
    fn back(&mut self, times: u32) -> usize;
}
