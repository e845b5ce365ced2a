//! Any text is either read and checked or refused with an error.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = witrt::tools::check(text.as_bytes());
});
