//! Runs the files under `tests/wit`; `tests/wit/readme.wat` explains them.
//!
//! `BLESS=1` writes what came out into the files as what is expected.

mod frames;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use witrt::tools;

const EXPECT: &str = "\n(; EXPECT\n";

/// Every file's commands print what the file says.
#[test]
fn files() {
    let bless = std::env::var_os("BLESS").is_some_and(|v| v == "1");
    each_file(|path| {
        let file = TestFile::read(path)?;
        let actual = file.run()?;
        if file.expected.as_deref() == Some(&actual) {
            return Ok(());
        }
        if bless {
            return file.bless(&actual);
        }
        match &file.expected {
            None => Err(format!("no `(; EXPECT` block; what came out:\n{actual}")),
            Some(expected) => Err(diff(expected, &actual)),
        }
    });
}

/// Text, made a binary, printed and made a binary again, is the same binary.
#[test]
fn round_trip() {
    each_file(|path| {
        let text = fs::read(path).map_err(|e| e.to_string())?;
        let Ok(binary) = tools::assemble(&text) else { return Ok(()) };
        // A binary spelled out need not be printable, and may write numbers
        // and order sections in its own way: from print to print it is stable.
        let spelled_out = String::from_utf8_lossy(&text).contains("(module binary");
        let printed = match tools::print(&binary) {
            Err(_) if spelled_out => return Ok(()),
            printed => printed.map_err(|e| format!("print: {e}"))?,
        };
        let again = tools::assemble(printed.as_bytes());
        let again = again.map_err(|e| format!("assemble what was printed: {e}\n{printed}"))?;
        let reprinted = tools::print(&again).map_err(|e| format!("print again: {e}"))?;
        if !spelled_out {
            same("binary", &binary, &again)?;
            return same("text", printed.as_bytes(), reprinted.as_bytes());
        }
        let last = tools::assemble(reprinted.as_bytes());
        same("binary", &again, &last.map_err(|e| format!("assemble again: {e}"))?)
    });
}

/// What a real producer made survives printing.
#[test]
fn real_modules() {
    let dir = root().join("tests/modules");
    let is_module = |p: &PathBuf| has_extension(p, "wasm") && p.parent() == Some(&*dir);
    let modules: Vec<_> = walk(&dir).into_iter().filter(is_module).collect();
    assert_eq!(modules.len(), 4, "in {}", dir.display());
    each(modules, |path| {
        let binary = fs::read(path).map_err(|e| e.to_string())?;
        tools::check(&binary).map_err(|e| format!("check: {e}"))?;
        let printed = tools::print(&binary).map_err(|e| format!("print: {e}"))?;
        let again = tools::assemble(printed.as_bytes()).map_err(|e| format!("assemble: {e}"))?;
        tools::check(&again).map_err(|e| format!("check what was printed: {e}"))?;
        same("interface section", interface(&binary)?, interface(&again)?)?;
        let reprinted = tools::print(&again).map_err(|e| format!("print again: {e}"))?;
        same("text", printed.as_bytes(), reprinted.as_bytes())?;
        let core = tools::strip(&binary).map_err(|e| format!("strip: {e}"))?;
        match interface(&core) {
            Ok(_) => Err("strip left an interface section".into()),
            Err(_) => tools::check(&core).map_err(|e| format!("check the core: {e}")),
        }
    });
}

/// One file, taken apart.
struct TestFile<'a> {
    path: &'a Path,
    /// Up to the expectation.
    source: Vec<u8>,
    directives: Vec<String>,
    expected: Option<String>,
}

impl TestFile<'_> {
    fn read(path: &Path) -> Result<TestFile<'_>, String> {
        let bytes = fs::read(path).map_err(|e| e.to_string())?;
        // Some files hold ill-formed text; the parts that matter here do not.
        let start = (0..bytes.len()).rev().find(|&i| bytes[i..].starts_with(EXPECT.as_bytes()));
        let expected = match start {
            None => None,
            Some(start) => {
                let block = String::from_utf8(bytes[start + EXPECT.len()..].to_vec());
                let block = block.map_err(|e| format!("the expectation: {e}"))?;
                let block = block.strip_suffix(";)\n").ok_or("`;)` does not end the file")?;
                Some(block.to_owned())
            }
        };
        let source = bytes[..start.unwrap_or(bytes.len())].to_vec();
        let lines = source.split(|&b| b == b'\n').map(|l| String::from_utf8_lossy(l).into_owned());
        let directives: Vec<String> =
            lines.map_while(|l| Some(l.strip_prefix(";;! ")?.into())).collect();
        if directives.is_empty() {
            return Err("no `;;! COMMAND` on the first line".into());
        }
        Ok(TestFile { path, source, directives, expected })
    }

    /// What the commands print, one after the other.
    fn run(&self) -> Result<String, String> {
        let mut all = String::new();
        for directive in &self.directives {
            if self.directives.len() > 1 {
                let _ = writeln!(all, ";;! {directive}");
            }
            all.push_str(&self.command(directive)?);
        }
        Ok(all)
    }

    /// Standard output, standard error, and the exit status if it is not zero.
    fn command(&self, directive: &str) -> Result<String, String> {
        let mut args = words(directive)?;
        if !args.iter().any(|arg| arg.ends_with(".wasm")) {
            let after = args.iter().skip(1).take_while(|arg| arg.starts_with("--")).count();
            let name = self.path.file_name().ok_or("no file name")?;
            args.insert(1 + after, name.to_str().ok_or("an odd file name")?.to_owned());
        }
        let output = Command::new(env!("CARGO_BIN_EXE_witrt"))
            .args(&args)
            .env("WITRT_CACHE_DIR", "")
            .current_dir(self.path.parent().ok_or("no directory")?)
            .output()
            .map_err(|e| e.to_string())?;
        let mut text = match args[0].as_str() {
            "assemble" | "strip" => hex(&output.stdout),
            _ => String::from_utf8(output.stdout).map_err(|e| e.to_string())?,
        };
        let errors = String::from_utf8(output.stderr).map_err(|e| e.to_string())?;
        text.push_str(&frames::comparable(errors));
        // Windows and others write these differently.
        let mut text = text.replace("\r\n", "\n");
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        match output.status.code() {
            Some(0) => {}
            Some(code) => text.push_str(&format!("exit {code}\n")),
            None => text.push_str("killed by a signal\n"),
        }
        Ok(text)
    }

    fn bless(&self, actual: &str) -> Result<(), String> {
        if actual.matches("(;").count() != actual.matches(";)").count() {
            return Err(format!("what came out does not fit in a comment:\n{actual}"));
        }
        let mut bytes = self.source.clone();
        while bytes.ends_with(b"\n") {
            bytes.pop();
        }
        bytes.extend_from_slice(b"\n");
        bytes.extend_from_slice(EXPECT.as_bytes());
        bytes.extend_from_slice(actual.as_bytes());
        bytes.extend_from_slice(b";)\n");
        fs::write(self.path, bytes).map_err(|e| e.to_string())
    }
}

/// Words are separated by blanks. Double quotes hold a word together and stay
/// on it, as an argument that is a string has them; single quotes do not stay.
fn words(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut chars = line.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if chars.peek().is_none() {
            return Ok(words);
        }
        let mut word = String::new();
        while let Some(c) = chars.next_if(|c| !c.is_whitespace()) {
            if c != '"' && c != '\'' {
                word.push(c);
                continue;
            }
            let start = word.len();
            loop {
                match chars.next() {
                    None => return Err(format!("a quote is open in: {line}")),
                    Some('\\') if c == '"' => {
                        word.push('\\');
                        word.extend(chars.next());
                    }
                    Some(end) if end == c => break,
                    Some(inner) => word.push(inner),
                }
            }
            if c == '"' {
                word.insert(start, '"');
                word.push('"');
            }
        }
        words.push(word);
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut out = String::new();
    for (i, line) in bytes.chunks(16).enumerate() {
        let _ = write!(out, "{:04x}:", 16 * i);
        line.iter().for_each(|b| out.push_str(&format!(" {b:02x}")));
        out.push_str(&"   ".repeat(16 - line.len()));
        let shown = |&b: &u8| if matches!(b, b' '..=b'~') { b as char } else { '.' };
        let _ = writeln!(out, "  {}", line.iter().map(shown).collect::<String>());
    }
    out
}

fn diff(expected: &str, actual: &str) -> String {
    let (expected, actual): (Vec<_>, Vec<_>) =
        (expected.lines().collect(), actual.lines().collect());
    let common = expected.iter().zip(&actual).take_while(|(e, a)| e == a).count();
    let (e, a) = (&expected[common..], &actual[common..]);
    let tail = e.iter().rev().zip(a.iter().rev()).take_while(|(e, a)| e == a).count();
    let mut out = format!("from line {} of the output on, - expected and + found:\n", common + 1);
    e[..e.len() - tail].iter().for_each(|l| out.push_str(&format!("  - {l}\n")));
    a[..a.len() - tail].iter().for_each(|l| out.push_str(&format!("  + {l}\n")));
    out.push_str("(BLESS=1 accepts what was found)");
    out
}

fn same(what: &str, a: &[u8], b: &[u8]) -> Result<(), String> {
    if a == b {
        return Ok(());
    }
    let at = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    Err(format!("another {what} from byte {at:#x} on ({} and {} bytes)", a.len(), b.len()))
}

fn interface(binary: &[u8]) -> Result<&[u8], String> {
    for payload in wasmparser::Parser::new(0).parse_all(binary) {
        match payload.map_err(|e| e.to_string())? {
            wasmparser::Payload::CustomSection(s) if s.name() == "wasm-interface-types" => {
                return Ok(s.data());
            }
            _ => {}
        }
    }
    Err("no interface section".into())
}

fn each_file(test: impl Fn(&Path) -> Result<(), String>) {
    let files = walk(&root().join("tests/wit"));
    each(files.into_iter().filter(|p| has_extension(p, "wat")).collect(), test);
}

/// Goes through all, and then tells which have failed.
fn each(files: Vec<PathBuf>, test: impl Fn(&Path) -> Result<(), String>) {
    assert!(!files.is_empty());
    let mut failed = 0;
    for path in &files {
        if let Err(message) = test(path) {
            failed += 1;
            eprintln!("\n{}\n{message}", path.strip_prefix(root()).unwrap_or(path).display());
        }
    }
    assert_eq!(failed, 0, "of {} files so many have failed", files.len());
}

fn walk(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display())) {
        let path = entry.unwrap_or_else(|e| panic!("{}: {e}", dir.display())).path();
        if path.is_dir() {
            files.extend(walk(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|e| e == extension)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
