//! What guests get, and what they do not.

use super::support::{Written, folder, instance, probes, run, run_one};
use std::io;
use std::sync::{Arc, Mutex};
use witrt::{Access, Config, Engine, ErrorKind, Store, Wasi};

#[test]
fn nothing_is_given() {
    let nothing = Wasi::new();
    assert_eq!(run(&["args"], &nothing), "[probe]\n[args]\n");
    assert_eq!(run(&["env"], &nothing), "");
    assert_eq!(run(&["cat"], &nothing), "");
    for path in ["/", ".", "/etc", "..", "/etc/passwd"] {
        let told = run(&["list", path], &nothing);
        assert!(told.starts_with(&format!("{path}: errno ")), "{told}");
        let told = run(&["read", path], &nothing);
        assert!(told.starts_with(&format!("{path}: errno ")), "{told}");
    }
}

#[test]
fn arguments_and_environment() {
    let mut wasi = Wasi::new();
    wasi.env("B", "2").unwrap().env("A", "ü 🦀").unwrap().env("B", "").unwrap();
    assert_eq!(run(&["env"], &wasi), "B=\nA=ü 🦀\n");
    assert_eq!(run(&["args", "", "ü 🦀"], &wasi), "[probe]\n[args]\n[]\n[ü 🦀]\n");
    assert_eq!(wasi.arg("a\0b").unwrap_err().kind(), ErrorKind::BadText);
    for (name, value) in [("", "1"), ("A=B", "1"), ("A\0", "1"), ("A", "\0")] {
        assert_eq!(wasi.env(name, value).unwrap_err().kind(), ErrorKind::BadText);
    }
    wasi.inherit_env();
    assert!(run(&["env"], &wasi).contains("\nPATH="));
}

#[test]
fn standard_input() {
    let mut wasi = Wasi::new();
    let long = "all of it\n".repeat(20_000);
    wasi.stdin_bytes(long.as_bytes());
    assert_eq!(run(&["cat"], &wasi), long);

    let path = folder("input").join("file");
    std::fs::write(&path, "of a file").unwrap();
    for module in probes(&Config::new()) {
        let mut wasi = Wasi::new();
        wasi.stdin_file(&path).unwrap();
        let (status, written) = run_one(&module, &["cat"], wasi);
        assert_eq!((status.unwrap(), &*written), (0, "of a file"));

        let mut wasi = Wasi::new();
        let pieces = Mutex::new(vec!["", "two", "one "]);
        wasi.stdin(move |room| {
            let next = pieces.lock().unwrap().pop().unwrap_or_default();
            room[..next.len()].copy_from_slice(next.as_bytes());
            Ok(next.len())
        });
        let (status, written) = run_one(&module, &["cat"], wasi);
        assert_eq!((status.unwrap(), &*written), (0, "one two"));

        let mut wasi = Wasi::new();
        wasi.stdin(|_| Err(io::Error::other("no")));
        let (status, _) = run_one(&module, &["cat"], wasi);
        assert_ne!(status.unwrap(), 0);
    }
    let missing = Wasi::new().stdin_file(path.join("none")).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::UnreadableFile);
}

#[test]
fn standard_output() {
    let path = folder("output").join("file");
    for module in probes(&Config::new()) {
        let errors = Written::default();
        let mut wasi = Wasi::new();
        wasi.stderr(errors.write());
        let (status, written) = run_one(&module, &["both"], wasi);
        assert_eq!((status.unwrap(), &*written, &*errors.take()), (0, "out\n", "err\n"));

        let mut wasi = Wasi::new();
        wasi.arg("probe").unwrap().arg("both").unwrap().stdout_file(&path).unwrap();
        let mut store = Store::new(module.engine());
        assert_eq!(instance(&mut store, &module, &wasi).run(&mut store).unwrap(), 0);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "out\n");
    }
}

#[test]
fn output_by_line() {
    for module in probes(&Config::new()) {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let mut wasi = Wasi::new();
        wasi.arg("probe").unwrap().arg("part").unwrap().arg("0").unwrap();
        let all = lines.clone();
        wasi.stdout_lines(move |line| {
            all.lock().unwrap().push(String::from_utf8_lossy(line).into_owned());
            Ok(())
        });
        let mut store = Store::new(module.engine());
        assert_eq!(instance(&mut store, &module, &wasi).run(&mut store).unwrap(), 0);
        assert_eq!(*lines.lock().unwrap(), ["whole\n", "part"]);
    }
}

/// Lines have no end of their own.
#[test]
fn lines_that_are_long() {
    let long = format!("{}\nend", "x".repeat(150_000));
    for module in probes(&Config::new()) {
        let pieces = Arc::new(Mutex::new(Vec::new()));
        let mut wasi = Wasi::new();
        wasi.arg("probe").unwrap().arg("cat").unwrap().stdin_bytes(long.as_bytes());
        let all = pieces.clone();
        wasi.stdout_lines(move |line| {
            all.lock().unwrap().push(line.to_vec());
            Ok(())
        });
        let mut store = Store::new(module.engine());
        assert_eq!(instance(&mut store, &module, &wasi).run(&mut store).unwrap(), 0);
        let pieces = pieces.lock().unwrap();
        let sizes: Vec<_> = pieces.iter().map(Vec::len).collect();
        assert_eq!(sizes, [65_536, 65_536, 150_001 - 131_072, 3]);
        assert_eq!(pieces.concat(), long.as_bytes());
    }
}

#[test]
fn folders() {
    let path = folder("folders");
    std::fs::write(path.join("note"), "a note\n").unwrap();
    std::fs::create_dir(path.join("within")).unwrap();
    let mut wasi = Wasi::new();
    wasi.preopen_dir(&path, "/d", Access::Read).unwrap();
    assert_eq!(run(&["read", "/d/note"], &wasi), "/d/note: ok\na note\n");
    assert_eq!(run(&["list", "/d"], &wasi), "/d: ok\n- note\n- within\n");
    // Nothing can be changed.
    for change in [
        &["write", "/d/note", "x"][..],
        &["write", "/d/new", "x"],
        &["mkdir", "/d/new"],
        &["remove", "/d/note"],
        &["rename", "/d/note", "/d/other"],
        &["link", "note", "/d/other"],
    ] {
        let told = run(change, &wasi);
        assert!(told.contains(": errno "), "{change:?} {told}");
    }
    assert_eq!(std::fs::read(path.join("note")).unwrap(), b"a note\n");
    assert_eq!(std::fs::read_dir(&path).unwrap().count(), 2);

    let mut wasi = Wasi::new();
    wasi.preopen_dir(&path, "/ü", Access::ReadWrite).unwrap();
    assert_eq!(run(&["write", "/ü/new", "text"], &wasi), "/ü/new: ok\nwrite: ok\n");
    assert_eq!(std::fs::read(path.join("new")).unwrap(), b"text");

    let missing = Wasi::new().preopen_dir(path.join("none"), "/", Access::Read).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::UnreadableFile);
    let gone = path.join("within");
    wasi.preopen_dir(&gone, "/w", Access::Read).unwrap();
    std::fs::remove_dir(&gone).unwrap();
    let mut store = Store::new(&Engine::default());
    assert_eq!(store.set_wasi(&wasi).unwrap_err().kind(), ErrorKind::UnreadableFile);
}

#[test]
fn paths_do_not_leave_their_folder() {
    let outside = folder("escape");
    std::fs::write(outside.join("secret"), "secret\n").unwrap();
    let inside = outside.join("inside");
    std::fs::create_dir(&inside).unwrap();
    std::fs::write(inside.join("known"), "known\n").unwrap();
    let absolute = outside.join("secret");
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink("../secret", inside.join("relative")).unwrap();
        symlink(&absolute, inside.join("absolute")).unwrap();
        symlink("..", inside.join("up")).unwrap();
        symlink("known", inside.join("fine")).unwrap();
    }
    let mut wasi = Wasi::new();
    wasi.preopen_dir(&inside, "/d", Access::ReadWrite).unwrap();
    let absolute = absolute.to_str().unwrap();
    for path in [
        "/d/../secret",
        "/d/relative",
        "/d/absolute",
        "/d/up/secret",
        "/d/./../inside/../secret",
        "/secret",
        "secret",
        "../secret",
        absolute,
        &format!("/d/{absolute}"),
    ] {
        let told = run(&["read", path], &wasi);
        assert!(told.contains(": errno ") && !told.contains("secret\nsecret"), "{path} {told}");
        let told = run(&["write", path, "gone"], &wasi);
        // What is made within the folder is the guest's own affair.
        assert_eq!(std::fs::read(outside.join("secret")).unwrap(), b"secret\n", "{path} {told}");
    }
    // Links that the guest makes lead nowhere else.
    for (target, name) in [("../secret", "/d/own"), (absolute, "/d/own2"), ("..", "/d/own3")] {
        let _ = run_one(&probes(&Config::new())[0], &["link", target, name], wasi.clone());
        let through = if target == ".." { format!("{name}/secret") } else { name.to_owned() };
        let told = run(&["read", &through], &wasi);
        assert!(told.contains(": errno "), "{name} {told}");
    }
    for (from, to) in [("/d/known", "/d/../stolen"), ("/d/../secret", "/d/stolen")] {
        let told = run(&["rename", from, to], &wasi);
        assert!(told.contains(": errno "), "{from} {told}");
    }
    assert!(run(&["remove", "/d/../secret"], &wasi).contains(": errno "));
    #[cfg(unix)]
    assert_eq!(run(&["read", "/d/fine"], &wasi), "/d/fine: ok\nknown\n");
    assert!(!outside.join("stolen").exists());
    assert_eq!(std::fs::read(outside.join("secret")).unwrap(), b"secret\n");
}

#[test]
fn clocks_and_random_numbers_that_repeat() {
    let mut wasi = Wasi::new();
    wasi.fixed_clocks(1_000_000_000_000_000_000, 7).random_seed(42);
    let told = run(&["clocks"], &wasi);
    let lines: Vec<_> = told.lines().collect();
    assert!(lines[0].starts_with("1000000000.0000000"), "{told}");
    assert_eq!(lines[1][..lines[1].len() - 3], lines[2][..lines[2].len() - 3]);
    assert_ne!(lines[1], lines[2]);
    assert_eq!(told, run(&["clocks"], &wasi));
    let random = run(&["random"], &wasi);
    assert_eq!(random, run(&["random"], &wasi));
    assert_ne!(random, run(&["random"], wasi.random_seed(43)));
    let modules = probes(&Config::new());
    let real = |what| run_one(&modules[0], &[what], Wasi::new()).1;
    assert_ne!(real("random"), real("random"));
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let told: u64 = real("clocks").split_once('.').unwrap().0.parse().unwrap();
    assert!(told.abs_diff(now) < 600);
}

#[test]
fn arguments_have_a_limit() {
    let mut wasi = Wasi::new();
    let long = "x".repeat(1 << 20);
    wasi.arg(&long).unwrap();
    assert_eq!(wasi.env("name", long.repeat(2)).unwrap_err().kind(), ErrorKind::OutOfRange);
    assert_eq!(wasi.env(format!("{long}="), "").unwrap_err().kind(), ErrorKind::BadText);
    // What was refused is not counted.
    wasi.env("name", &long[40..]).unwrap();
    assert_eq!(wasi.arg("x").unwrap_err().kind(), ErrorKind::OutOfRange);
    // Nor is what was replaced.
    wasi.env("name", &long[41..]).unwrap().env("name", "").unwrap().arg("x").unwrap();
}
