//! The same work on text without any wasm: validate, transcode, copy.

use crate::contender::Contender;
use crate::guest::glue::{to_utf8, to_utf16};

/// Memory of its own in the guest's place.
pub struct Bare {
    memory: Vec<u8>,
    /// For the texts of callbacks; empty for a host that wants UTF-8.
    units: Vec<u16>,
}

impl Bare {
    /// For texts of at most so many units.
    pub fn new(wide: bool, room: usize) -> Bare {
        Bare { memory: Vec::new(), units: vec![0; if wide { room } else { 0 }] }
    }
}

impl Contender for Bare {
    fn add(&mut self, a: i32, b: i32) -> i32 {
        a + b
    }

    fn in16(&mut self, units: &[u16]) -> u32 {
        to_utf8(units, &mut self.memory);
        self.memory.len() as u32
    }

    fn in8(&mut self, bytes: &[u8]) -> u32 {
        assert!(simdutf::validate_utf8(bytes), "well-formed");
        self.memory.clear();
        self.memory.extend_from_slice(bytes);
        self.memory.len() as u32
    }

    fn out16(&mut self, units: &mut [u16]) -> usize {
        to_utf16(&self.memory, units)
    }

    fn out8(&mut self, bytes: &mut [u8]) -> usize {
        assert!(simdutf::validate_utf8(&self.memory), "well-formed");
        bytes.copy_from_slice(&self.memory);
        bytes.len()
    }

    fn back(&mut self, times: u32) -> usize {
        let mut seen = 0;
        for _ in 0..times {
            seen = if self.units.is_empty() {
                assert!(simdutf::validate_utf8(std::hint::black_box(&self.memory)));
                self.memory.len()
            } else {
                to_utf16(std::hint::black_box(&self.memory), &mut self.units)
            };
        }
        seen
    }
}
