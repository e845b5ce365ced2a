//! What the fuzzers have found, or had to be shown, once more: each file in
//! `fuzz/seeds/TARGET` goes through its target. An input that made a target
//! fail stays there for good.

#[path = "../fuzz/src/lib.rs"]
#[allow(dead_code)]
mod fuzz;

use std::fs;
use std::path::Path;

#[test]
fn seeds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    for (name, target) in fuzz::targets::TARGETS {
        let mut files: Vec<_> = fs::read_dir(folder.join(name))
            .unwrap_or_else(|e| panic!("{name}: {e}"))
            .map(|entry| entry.expect("readable").path())
            .collect();
        files.sort();
        assert!(!files.is_empty(), "{name} has no seeds");
        for file in files {
            // Printed where the test fails.
            println!("{}", file.display());
            target(&fs::read(&file).expect("readable"));
        }
    }
}
