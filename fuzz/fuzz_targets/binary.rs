//! Whatever the bytes are, the front end answers, and its answers agree:
//! what checks out has a plan and a core that checks out by itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use witrt::tools;

fuzz_target!(|data: &[u8]| {
    let _ = tools::print(data);
    let core = tools::strip(data);
    match tools::check(data) {
        Ok(()) => {
            tools::check(&core.expect("it has been read")).expect("a core is a module");
            tools::plan(data).expect("it has been checked");
        }
        Err(error) => {
            assert!(!error.message().is_empty());
            let planned = tools::plan(data).expect_err("it has been refused");
            assert_eq!(planned.code(), error.code());
        }
    }
});
