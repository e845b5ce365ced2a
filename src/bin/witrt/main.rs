//! The `witrt` command: what a test can say, a user can type.

mod run;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use lexopt::{Arg, Parser};
use witrt::{Error, tools};

const HELP: &str = "\
WebAssembly modules with typed interfaces.

Usage: witrt COMMAND [OPTIONS] FILE

Commands:
  check FILE               check a module: its core and its interface
  inspect FILE             list its imports and exports with their types
  print FILE               make text of it
  assemble FILE [-o OUT]   make a binary of it
  strip FILE [-o OUT]      make a binary of its core alone
  plan FILE                show the steps that its adapters take
  run FILE EXPORT ARG...   call an exported function and print its results

FILE is a binary or text module, or - for standard input. Binaries go to
standard output, or to OUT.

Arguments of `run` are numbers (decimal or 0x hexadecimal), JSON strings in
double quotes, and null. Its options stand before FILE:
  --encoding utf8|utf16         how strings travel (utf8)
  --ill-formed reject|replace   what becomes of ill-formed text (reject)
  --imports print               supply functions that print their calls
  --fuel N                      stop a guest that runs for too long

Options:
  -h, --help      show this
  -V, --version   show the version

Exit status: 0 for success, 1 for a file or an argument that is no good,
2 for wrong usage, 3 for a trap.
";

fn main() -> ExitCode {
    match run_command(Parser::from_env()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody is left to be told where this fails.
            let _ = writeln!(io::stderr(), "error: {}", failure.message);
            ExitCode::from(failure.status)
        }
    }
}

/// A message for people, and how the process ends.
struct Failure {
    message: String,
    status: u8,
}

impl Failure {
    fn bad(message: impl Into<String>) -> Failure {
        Failure { message: message.into(), status: 1 }
    }

    fn usage(message: impl std::fmt::Display) -> Failure {
        let message = format!("{message}\nTry `witrt --help`.");
        Failure { message, status: 2 }
    }
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Failure {
        Failure::usage(error)
    }
}

fn run_command(mut args: Parser) -> Result<(), Failure> {
    let command = match args.next()? {
        Some(Arg::Value(command)) => command,
        Some(Arg::Short('h') | Arg::Long("help")) => return write_out(HELP.as_bytes()),
        Some(Arg::Short('V') | Arg::Long("version")) => {
            return write_out(format!("witrt {}\n", env!("CARGO_PKG_VERSION")).as_bytes());
        }
        Some(other) => return Err(other.unexpected().into()),
        None => return Err(Failure::usage("a command is needed")),
    };
    match command.to_str() {
        Some("check") => with_text(args, |bytes| tools::check(bytes).map(|()| String::new())),
        Some("inspect") => with_text(args, inspect),
        Some("print") => with_text(args, tools::print),
        Some("plan") => with_text(args, tools::plan),
        Some("assemble") => with_binary(args, tools::assemble),
        Some("strip") => with_binary(args, tools::strip),
        Some("run") => write_out(run::run(args)?.as_bytes()),
        _ => Err(Failure::usage(format!("unknown command {command:?}"))),
    }
}

fn inspect(bytes: &[u8]) -> Result<String, Error> {
    let (imports, exports) = tools::inspect(bytes)?;
    let imports = imports.iter().map(|i| format!("import {:?} {:?} {}\n", i.module, i.name, i.ty));
    let exports = exports.iter().map(|e| format!("export {:?} {}\n", e.name, e.ty));
    Ok(imports.chain(exports).collect())
}

/// `FILE`; the result is text.
fn with_text(
    mut args: Parser,
    work: impl FnOnce(&[u8]) -> Result<String, Error>,
) -> Result<(), Failure> {
    let mut file = None;
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Value(value) if file.is_none() => file = Some(value),
            other => return Err(other.unexpected().into()),
        }
    }
    write_out(with_file(file, work)?.as_bytes())
}

/// `FILE [-o OUT]`; the result is a binary.
fn with_binary(
    mut args: Parser,
    work: impl FnOnce(&[u8]) -> Result<Vec<u8>, Error>,
) -> Result<(), Failure> {
    let (mut file, mut out) = (None, None);
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Value(value) if file.is_none() => file = Some(value),
            Arg::Short('o') | Arg::Long("output") if out.is_none() => out = Some(args.value()?),
            other => return Err(other.unexpected().into()),
        }
    }
    if out.is_none() && io::stdout().is_terminal() {
        return Err(Failure::usage("a binary is not for the terminal: say -o OUT"));
    }
    let binary = with_file(file, work)?;
    match out {
        Some(out) => {
            std::fs::write(&out, binary).map_err(|e| Failure::bad(format!("{}: {e}", shown(&out))))
        }
        None => write_out(&binary),
    }
}

fn with_file<T>(
    file: Option<OsString>,
    work: impl FnOnce(&[u8]) -> Result<T, Error>,
) -> Result<T, Failure> {
    let file = file.ok_or_else(|| Failure::usage("a file is needed"))?;
    let bytes = read(&file).map_err(|e| Failure::bad(format!("{}: {e}", shown(&file))))?;
    work(&bytes).map_err(|e| Failure::bad(format!("{}: {e}", shown(&file))))
}

fn read(file: &OsString) -> io::Result<Vec<u8>> {
    if file != "-" {
        return std::fs::read(file);
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn shown(file: &OsString) -> String {
    if file == "-" { "standard input".into() } else { Path::new(file).display().to_string() }
}

fn write_out(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = out.write_all(bytes).and_then(|()| out.flush());
    written.map_err(|e| Failure::bad(format!("standard output: {e}")))
}
