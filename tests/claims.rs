//! What documents say about the repository is so: the tests that `SECURITY.md`
//! names are there, and `ARCHITECTURE.md` gives a reason for each dependency.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// What stands between backquotes and looks like a path, as path and name.
fn references(text: &str) -> Vec<(&str, Option<&str>)> {
    let quoted = text.split('`').skip(1).step_by(2);
    let folders = ["tests/", "fuzz/", "src/", "scripts/", "examples-c/"];
    quoted
        .filter(|word| folders.iter().any(|folder| word.starts_with(folder)))
        .map(|word| word.split_once('#').map_or((word, None), |(path, name)| (path, Some(name))))
        .collect()
}

#[test]
fn the_tests_that_are_named_exist() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for document in ["SECURITY.md", "fuzz/README.md", "tests/soak/README.md"] {
        for (path, name) in references(&read(document)) {
            seen += 1;
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
            if !file.exists() {
                wrong.push(format!("{document}: there is no {path}"));
            } else if let Some(name) = name
                && !read(path).contains(&format!("{name}("))
            {
                wrong.push(format!("{document}: there is no {name} in {path}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(seen > 50, "{seen}");
}

/// All files below a folder, by their paths from the root.
fn files(folder: &str, found: &mut BTreeSet<String>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for entry in fs::read_dir(root.join(folder)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            files(&path, found);
        } else {
            found.insert(path);
        }
    }
}

/// A newcomer who follows `ARCHITECTURE.md` into the code finds what it names.
#[test]
fn the_files_that_the_architecture_names_exist() {
    let mut sources = BTreeSet::new();
    files("src", &mut sources);
    let text = read("ARCHITECTURE.md");
    let names = text.split('`').skip(1).step_by(2).filter(|word| {
        word.ends_with(".rs")
            && word.chars().all(|c| c.is_ascii_alphanumeric() || "._/".contains(c))
    });
    let (mut seen, mut wrong) = (0, Vec::new());
    for name in names {
        seen += 1;
        let is_it = |path: &String| path.ends_with(&format!("/{name}"));
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        if !root.join(name).exists() && !sources.iter().any(is_it) {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "there are no such files: {wrong:?}");
    assert!(seen > 80, "{seen}");
}

/// The names in each `[dependencies]` and `[build-dependencies]` of a manifest,
/// also of one target's.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut inside = false;
    for line in manifest.lines() {
        if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_end_matches(']');
            let of_target = section.starts_with("target.") && section.ends_with("'.dependencies");
            inside = of_target || section == "dependencies" || section == "build-dependencies";
            found.extend(section.strip_prefix("dependencies.").map(str::to_owned));
        } else if inside && let Some((name, _)) = line.split_once('=') {
            found.insert(name.trim().to_owned());
        }
    }
    found
}

#[test]
fn each_dependency_has_a_reason() {
    let architecture = read("ARCHITECTURE.md");
    let (_, table) = architecture.split_once("## Dependencies").expect("the section");
    let table = table.split("\n## ").next().unwrap_or_default();
    let row = |line: &str| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned());
    let explained: BTreeSet<String> = table.lines().filter_map(row).collect();
    assert_eq!(dependencies(&read("Cargo.toml")), explained);
}
