//! Both back ends do the same with any valid module and any arguments:
//! results, traps, the order of calls, and what is left in memory.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| witrt_fuzz::differ::compare(data));
