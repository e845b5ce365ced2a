//! The fast kernels do what the scalar ones and the standard library do.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| witrt_fuzz::transcode::check(data));
