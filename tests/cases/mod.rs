//! The table of cases that all languages share: `tests/cases.txt`, which says how it is
//! written.

use crate::notation::quoted;
use witrt::{Error, ErrorKind};

/// Guests that answer alike, by their files in `tests`.
pub struct Section {
    pub files: Vec<String>,
    #[allow(dead_code)] // of core modules without types only
    pub face: Option<String>,
    pub lines: Vec<String>,
}

/// Those of a folder, by its name within `tests`.
pub fn below(folder: &str) -> Vec<Section> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let mut sections: Vec<Section> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with(';')) {
        match line.strip_prefix("# ") {
            Some(words) => {
                let (face, files): (Vec<&str>, _) =
                    words.split(' ').partition(|word| word.starts_with("face="));
                sections.push(Section {
                    files: files.into_iter().map(str::to_owned).collect(),
                    face: face.first().map(|word| word["face=".len()..].to_owned()),
                    lines: Vec::new(),
                });
            }
            None => sections.last_mut().unwrap().lines.push(line.to_owned()),
        }
    }
    sections.retain(|section| section.files[0].starts_with(folder));
    assert!(!sections.is_empty(), "{folder}");
    sections
}

/// A call, as the table writes it: the name, what is in the brackets, what is expected.
pub fn call(line: &str) -> Option<(&str, &str, &str)> {
    let (call, expected) = line.rsplit_once(") -> ")?;
    let (name, args) = call.split_once('(')?;
    Some((name, args, expected))
}

/// Whether an error is the one that is expected.
pub fn is_expected(error: &Error, expected: &str) -> bool {
    let Some(trap) = error.trap() else {
        return error.kind() == ErrorKind::Poisoned && expected == "poisoned";
    };
    let code = trap.code().map(|code| format!("{code:?}").to_lowercase());
    match expected.strip_prefix("trap ").map(|what| (what, quoted(&mut &*what))) {
        Some((_, Some(message))) => error.message().contains(&message),
        Some((name, None)) => code == Some(name.replace('-', "")),
        None => expected == "trap",
    }
}
