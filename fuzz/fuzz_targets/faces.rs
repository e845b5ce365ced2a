//! Faces: real, damaged and any, with calls of any values.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| witrt_fuzz::faces::play(data));
