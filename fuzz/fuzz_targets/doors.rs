//! Components by their door and by the engine's own way: the same.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| witrt_fuzz::doors::play(data));
