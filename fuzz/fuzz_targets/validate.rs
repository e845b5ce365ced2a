//! The library's verdict on an interface section is that of the rules.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| witrt_fuzz::verdicts::compare(data));
