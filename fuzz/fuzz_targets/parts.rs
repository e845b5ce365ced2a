//! Values with parts by the C API: what comes is what was given, and all is given up once.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| witrt_fuzz::parts::play(data));
