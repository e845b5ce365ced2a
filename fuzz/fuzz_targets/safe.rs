//! The safe API, with an oracle: every string, object and function is itself.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| witrt_fuzz::safe::play(data));
