//! Any text is either read and checked or refused with an error.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| witrt_fuzz::targets::text(data));
