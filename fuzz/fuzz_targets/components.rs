//! Components: values of any type there and back, and damaged files.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| witrt_fuzz::components::play(data));
