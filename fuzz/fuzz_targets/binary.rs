//! Whatever the bytes are, the front end answers, and its answers agree.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| witrt_fuzz::targets::binary(data));
