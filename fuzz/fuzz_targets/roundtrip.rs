//! An interface, printed and assembled again, says the same.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| witrt_fuzz::targets::roundtrip(data));
