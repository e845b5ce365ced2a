//! `witrt wast`: scripts in, a line for each file out, and what went wrong in it.
//!
//! Not here: what a script does.

mod forms;
mod hosts;
mod runner;
mod values;
mod vectors;

use super::{read, shown, usage, write_out};
use anyhow::{Context as _, Result, bail};
use lexopt::{Arg, Parser};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// How one directive ended, if not well.
enum Not {
    /// It should have gone another way.
    Failed(String),
    /// It asks for what this library, or this command, does not have.
    Skipped(String),
}

type Outcome<T = ()> = std::result::Result<T, Not>;

fn failed<T>(why: impl Into<String>) -> Outcome<T> {
    Err(Not::Failed(why.into()))
}

fn skipped<T>(why: impl Into<String>) -> Outcome<T> {
    Err(Not::Skipped(why.into()))
}

/// How the directives of a file ended.
#[derive(Default)]
struct Report {
    passed: usize,
    /// The line, and what was wrong there.
    failed: Vec<(usize, String)>,
    /// How many, by the reason.
    skipped: BTreeMap<String, usize>,
}

impl Report {
    fn add(&mut self, line: usize, outcome: Outcome) {
        match outcome {
            Ok(()) => self.passed += 1,
            Err(Not::Failed(why)) => self.failed.push((line, why)),
            Err(Not::Skipped(why)) => *self.skipped.entry(why).or_default() += 1,
        }
    }

    fn counts(&self) -> [usize; 3] {
        [self.passed, self.failed.len(), self.skipped.values().sum()]
    }

    fn told(&self, name: &str) -> String {
        let [passed, failed, skipped] = self.counts();
        let mut out = format!("{name}: {passed} passed, {failed} failed, {skipped} skipped\n");
        for (line, why) in &self.failed {
            let _ = writeln!(out, "  {name}:{line}: {why}");
        }
        for (why, count) in &self.skipped {
            let _ = writeln!(out, "  skipped {count}: {why}");
        }
        out
    }
}

/// Runs scripts, and prints how they went; fails where one did.
pub fn run(mut args: Parser) -> Result<()> {
    let mut files = Vec::new();
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Value(file) => scripts(file, &mut files)?,
            other => return Err(other.unexpected().into()),
        }
    }
    if files.is_empty() {
        return Err(usage("a script is needed"));
    }
    let mut totals = [0; 3];
    for file in &files {
        let name = shown(file);
        let bytes = read(file)?;
        let text = std::str::from_utf8(&bytes).with_context(|| name.clone())?;
        let report = runner::run(text);
        write_out(report.told(&name).as_bytes())?;
        for (total, count) in totals.iter_mut().zip(report.counts()) {
            *total += count;
        }
    }
    let [passed, failed, skipped] = totals;
    write_out(format!("{passed} passed, {failed} failed, {skipped} skipped\n").as_bytes())?;
    if failed > 0 {
        bail!("scripts failed");
    }
    Ok(())
}

/// A file by itself; of a folder all that end in `.wast`, also in folders in it.
fn scripts(file: OsString, found: &mut Vec<OsString>) -> Result<()> {
    let path = Path::new(&file);
    if !path.is_dir() {
        found.push(file);
        return Ok(());
    }
    let entries = std::fs::read_dir(path).and_then(|entries| {
        entries.map(|entry| entry.map(|e| e.path())).collect::<std::io::Result<Vec<PathBuf>>>()
    });
    let mut entries = entries.with_context(|| format!("reading {}", shown(&file)))?;
    entries.sort();
    for path in entries {
        if path.is_dir() || path.extension().is_some_and(|e| e == "wast") {
            scripts(path.into_os_string(), found)?;
        }
    }
    Ok(())
}
