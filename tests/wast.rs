//! Runs the scripts under `tests/wast`, and those in each folder that `WITRT_WAST`
//! names, as `witrt wast` does: `WITRT_WAST=/path/to/testsuite cargo test --test wast`.

use std::path::Path;
use std::process::Command;

fn run(path: &Path) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_witrt")).arg("wast").arg(path).output().unwrap();
    let mut told = String::from_utf8(output.stdout).unwrap();
    told += &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), told)
}

/// The numbers in `1 passed, 2 failed, 3 skipped`.
fn counts(line: &str) -> Vec<usize> {
    let words = line.split([' ', ',']);
    words.filter_map(|word| word.parse().ok()).collect()
}

#[test]
fn our_own() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wast");
    for part in ["core", "component"] {
        if part == "component" && cfg!(not(feature = "component")) {
            continue;
        }
        let (good, told) = run(&dir.join(part));
        assert!(good, "{told}");
        // Everything that they ask for is there.
        let [passed, 0, 0] = counts(told.lines().last().unwrap())[..] else { panic!("{told}") };
        assert!(passed > 80, "{told}");
    }
}

/// A folder that is not there is a failure: nothing would have been run.
#[test]
fn those_of_others() {
    let Some(folders) = std::env::var_os("WITRT_WAST") else { return };
    for folder in std::env::split_paths(&folders) {
        let (good, told) = run(&folder);
        assert!(good, "{}:\n{told}", folder.display());
        let passed = counts(told.lines().last().unwrap())[0];
        assert!(passed > 0, "{} has no scripts:\n{told}", folder.display());
        println!("{}: {}", folder.display(), told.lines().last().unwrap());
    }
}

#[test]
fn what_goes_wrong_is_told() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wast");
    std::fs::create_dir_all(&dir).unwrap();
    let script = |name: &str, text: &str| {
        let path = dir.join(name);
        std::fs::write(&path, text).unwrap();
        run(&path)
    };
    let module = "(module (func (export \"f\") (result i32) (i32.const 1)) (func (export \"t\") unreachable))\n";
    for (text, told) in [
        ("(assert_return (invoke \"f\") (i32.const 2))", ":2: this returned (1)"),
        ("(assert_return (invoke \"f\"))", ":2: this returned (1)"),
        ("(assert_return (invoke \"f\") (i64.const 1))", ":2: this returned (1)"),
        ("(assert_return (invoke \"t\"))", ":2: Trap (500): wasm trap: wasm `unreachable`"),
        ("(assert_trap (invoke \"f\") \"unreachable\")", ":2: this returned (1)"),
        ("(assert_trap (invoke \"t\") \"divide\")", ":2: expected \"divide\", found"),
        ("(assert_exhaustion (invoke \"t\") \"stack\")", ":2: expected \"stack\", found"),
        ("(assert_invalid (module) \"x\")", ":2: this was taken"),
        ("(assert_malformed (module quote \"(func)\") \"x\")", ":2: this was taken"),
        ("(assert_unlinkable (module) \"x\")", ":2: this was instantiated"),
        ("(invoke \"g\")", ":2: "),
        ("(invoke \"f\" (i32.const 1))", ":2: WrongCount"),
        ("(invoke $nobody \"f\")", ":2: there is no instance of that name"),
        ("(module (func (result i32)))", ":2: InvalidCore"),
        ("(module (import \"a\" \"b\" (func)))", ":2: MissingImport"),
        ("(assert_retrun (invoke \"f\"))", ":2: this is not understood"),
        ("(invoke \"f\"", ":2: nothing closes this"),
    ] {
        let (good, found) = script("wrong.wast", &format!("{module}{text}\n"));
        assert!(!good && found.contains(told), "{text}: {found}");
        assert!(found.contains(" 1 failed, 0 skipped\n"), "{text}: {found}");
    }
    let needs = "(module (memory 1 1 shared))\n(assert_return (invoke \"f\"))";
    let (good, found) = script("skipped.wast", needs);
    assert!(good, "{found}");
    assert!(found.ends_with("0 passed, 0 failed, 2 skipped\n"), "{found}");
    assert!(found.contains("skipped 2: needs shared memories"), "{found}");
    let (good, found) = run(&dir.join("missing.wast"));
    assert!(!good && found.contains("missing.wast"), "{found}");
}
