//! The command `witrt run`.
#![cfg(feature = "cli")]

use super::support::{FILES, folder};
use std::io::Write as _;
use std::process::{Command, Stdio};

/// The command: what it inherits, what it is given, how it ends.
#[test]
fn the_command() {
    let path = folder("command");
    std::fs::write(path.join("note"), "a note\n").unwrap();
    let probe = |form: usize, options: &[&str], args: &[&str]| {
        let file = format!("{}/tests/wasi/{}", env!("CARGO_MANIFEST_DIR"), FILES[form]);
        let mut child = Command::new(env!("CARGO_BIN_EXE_witrt"))
            .arg("run")
            .args(options)
            .arg(file)
            .args(args)
            .env("SECRET", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // It may not want any.
        let _ = child.stdin.take().unwrap().write_all(b"piped");
        let out = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (out.status.code().unwrap(), text(out.stdout), text(out.stderr))
    };
    let dir = |more: &str| format!("{}::/d{more}", path.display());
    for form in [0, 1] {
        let status = |expected| if form == 0 { expected } else { 1 };
        assert_eq!(probe(form, &[], &["exit", "0"]).0, 0);
        assert_eq!(probe(form, &[], &["exit", "42"]).0, status(42));
        let (ended, out, _) = probe(form, &[], &["args", "a b", "--env"]);
        assert!(ended == 0 && out.ends_with("]\n[args]\n[a b]\n[--env]\n"), "{out}");
        assert_eq!(probe(form, &[], &["env"]).1, "");
        assert_eq!(probe(form, &["--env", "K=V=W"], &["env"]).1, "K=V=W\n");
        assert_eq!(probe(form, &[], &["cat"]).1, "piped");
        let note = path.join("note");
        assert_eq!(probe(form, &["--stdin", note.to_str().unwrap()], &["cat"]).1, "a note\n");
        assert_eq!(probe(form, &[], &["both"]), (0, "out\n".into(), "err\n".into()));
        assert!(probe(form, &[], &["read", note.to_str().unwrap()]).1.contains("errno"));
        let read = &["read", "/d/note"][..];
        assert_eq!(probe(form, &["--dir", &dir(":ro")], read).1, "/d/note: ok\na note\n");
        let write = &["write", "/d/new", "x"][..];
        assert!(probe(form, &["--dir", &dir(":ro")], write).1.contains("errno"));
        assert!(!path.join("new").exists());
        probe(form, &["--dir", &dir("")], write);
        std::fs::remove_file(path.join("new")).unwrap();
        let (ended, out, err) = probe(form, &[], &["trap"]);
        assert!(ended == 3 && out == "before " && err.contains("trap: "), "{err}");
    }
    assert_eq!(probe(0, &["--dir", "/no such"], &["args"]).0, 1);
    assert_eq!(probe(0, &["--env", "K"], &["args"]).0, 2);
}
