//! Random sequences of calls of the C API: no crash, no leak, no stale text.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| witrt_fuzz::play::play(data));
