//! Random sequences of calls of the C API: no crash, no leak, no use of what
//! is gone, and strings that stay what they are.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| witrt_fuzz::world::play(data));
