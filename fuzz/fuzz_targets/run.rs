//! Running valid modules ends in results or in an error, never in a panic.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| witrt_fuzz::run::run(data));
