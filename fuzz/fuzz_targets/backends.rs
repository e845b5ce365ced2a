//! Both back ends do the same with any valid module and any arguments.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| witrt_fuzz::differ::compare(data));
