//! The `witrt` command: what a test can say, a user can type.

mod compile;
mod run;
mod script;
mod wave;

use std::ffi::OsString;
use std::fmt;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use lexopt::{Arg, Parser};
use witrt::{Engine, Error, ErrorKind, ExportType, ImportType, Module, Trap, tools};

const HELP: &str = "\
WebAssembly modules with typed interfaces.

Usage: witrt COMMAND [OPTIONS] FILE

Commands:
  check FILE               check a module: its core and its interface
  inspect FILE             list its imports and exports with their types
  wit FILE                 list them as a world in WIT
  print FILE               make text of it
  assemble FILE [-o OUT]   make a binary of it
  strip FILE [-o OUT]      make a binary of its core alone
  plan FILE                show the steps that its adapters take
  attach FILE FACE [-o OUT]  put a face into it: types, and how values travel
  attach --guess FILE      print a face for it, to be filled in
  run FILE EXPORT ARG...   call an exported function and print its results
  run FILE ARG...          run a command of WASI
  wast FILE...             run scripts (.wast), or those in a folder

FILE is a binary or text module, or - for standard input. Binaries go to
standard output, or to OUT.

Arguments of `run` are numbers (decimal or 0x hexadecimal), JSON strings in
double quotes, and null; of components and faces also any other value in WAVE:
[1, 2], {name: \"x\", qty: 2}, some(1), red. EXPORT of a component is
ns:pkg/iface@1.2.3#func, also without the version, or the function's name alone.

A command of WASI is a core module with _start, or a component with wasi:cli/run.
It has this program's standard streams and its arguments, and nothing else; its
exit status is the command's. A path of --dir is the same for both without ::GUEST.

The options of `run` stand before FILE:
  --dir HOST[::GUEST][:ro]      give a folder, :ro to be read only
  --env NAME=VALUE              give a variable of the environment
  --stdin FILE                  give a file as standard input
  --call                        call EXPORT also of what is a command
  --encoding utf8|utf16         how strings travel (utf8)
  --ill-formed reject|replace|keep
                                what becomes of ill-formed text (reject); keep passes
                                lone surrogates on where both sides have UTF-16
  --imports print               supply functions that print their calls
  --fuel N                      stop a guest that runs for too long
  --no-cache                    keep nothing that is compiled, and take nothing kept

What `run` has compiled is kept in $WITRT_CACHE_DIR; without it in
$XDG_CACHE_HOME/witrt or ~/.cache/witrt, ~/Library/Caches/witrt on macOS and
%LOCALAPPDATA%\\witrt on Windows.

Options:
  -h, --help      show this
  -V, --version   show the version

Exit status: a command's own; else 0 for success, 1 for a file or an argument that is no good,
2 for wrong usage, 3 for a trap.
";

fn main() -> ExitCode {
    match run_command(Parser::from_env()) {
        Ok(status) => status,
        Err(error) => {
            let status = status(&error);
            let hint = if status == 2 { "\nTry `witrt --help`." } else { "" };
            // Nobody is left to be told where this fails.
            let _ = writeln!(io::stderr(), "error: {error:#}{hint}");
            ExitCode::from(status)
        }
    }
}

fn status(error: &anyhow::Error) -> u8 {
    match error.downcast_ref() {
        Some(Failure::Trap(_)) => 3,
        Some(Failure::Usage(_)) => 2,
        None if error.is::<lexopt::Error>() => 2,
        None => 1,
    }
}

/// What has an exit status of its own.
#[derive(Debug)]
enum Failure {
    Usage(String),
    Trap(Trap),
}

impl std::error::Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let trap = match self {
            Failure::Usage(message) => return f.write_str(message),
            Failure::Trap(trap) => trap,
        };
        write!(f, "trap: {}", trap.message())?;
        for frame in trap.frames() {
            let name = frame.func_name.as_deref().unwrap_or("");
            let (index, offset) = (frame.func_index, frame.module_offset);
            write!(f, "\n  in func {index} {name} at offset {offset:#x}")?;
        }
        Ok(())
    }
}

fn usage(message: impl Into<String>) -> anyhow::Error {
    Failure::Usage(message.into()).into()
}

fn run_command(mut args: Parser) -> Result<ExitCode> {
    let command = match args.next()? {
        Some(Arg::Value(command)) => command,
        Some(Arg::Short('h') | Arg::Long("help")) => {
            write_out(HELP.as_bytes())?;
            return Ok(ExitCode::SUCCESS);
        }
        Some(Arg::Short('V') | Arg::Long("version")) => {
            write_out(format!("witrt {}\n", env!("CARGO_PKG_VERSION")).as_bytes())?;
            return Ok(ExitCode::SUCCESS);
        }
        Some(other) => return Err(other.unexpected().into()),
        None => return Err(usage("a command is needed")),
    };
    if std::env::args_os().nth(2).is_some_and(|arg| arg == "-h" || arg == "--help") {
        write_out(HELP.as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    match command.to_str() {
        Some("check") => with_text(args, |bytes| tools::check(bytes).map(|()| String::new())),
        Some("inspect") => with_text(args, inspect),
        Some("wit") => with_text(args, tools::wit),
        Some("print") => with_text(args, tools::print),
        Some("plan") => with_text(args, tools::plan),
        Some("assemble") => with_binary(args, tools::assemble),
        Some("attach") => attach(args),
        Some("strip") => with_binary(args, tools::strip),
        Some("run") => {
            let (out, status) = run::run(args)?;
            return write_out(out.as_bytes()).map(|()| status);
        }
        Some("wast") => script::run(args),
        _ => Err(usage(format!("unknown command {command:?}"))),
    }
    .map(|()| ExitCode::SUCCESS)
}

/// Imports and exports; a component's are best told in WIT.
fn inspect(bytes: &[u8]) -> witrt::Result<String> {
    if tools::is_component(bytes) {
        return tools::wit(bytes).or_else(|e| match e.kind() {
            ErrorKind::UnsupportedFormat => names(bytes, &e),
            _ => Err(e),
        });
    }
    let (imports, exports) = tools::inspect(bytes)?;
    let face = tools::face(bytes)?;
    let face = face.map(|face| format!("\nface:\n{}\n", face.trim_end()));
    Ok(lines(imports.iter(), exports.iter()) + &face.unwrap_or_default())
}

/// Of a component that WIT has no words for, what can be called.
fn names(bytes: &[u8], why: &Error) -> witrt::Result<String> {
    let module = Module::new(&Engine::default(), bytes)?;
    Ok(format!("// {why}\n") + &lines(module.imports(), module.exports()))
}

fn lines<'a>(
    imports: impl Iterator<Item = &'a ImportType>,
    exports: impl Iterator<Item = &'a ExportType>,
) -> String {
    let imports = imports.map(|i| format!("import {:?} {:?} {}\n", i.module, i.name, i.ty));
    imports.chain(exports.map(|e| format!("export {:?} {}\n", e.name, e.ty))).collect()
}

/// `FILE FACE [-o OUT]`, or `--guess FILE`.
fn attach(mut args: Parser) -> Result<()> {
    let (mut files, mut out, mut guess) = (Vec::new(), None, false);
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Value(value) if files.len() < 2 => files.push(value),
            Arg::Long("guess") => guess = true,
            Arg::Short('o') | Arg::Long("output") if out.is_none() => out = Some(args.value()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let mut files = files.into_iter();
    let (file, face) = (files.next(), files.next());
    if guess {
        if face.is_some() || out.is_some() {
            return Err(usage("--guess takes a module and nothing else"));
        }
        return write_out(with_file(file, tools::guess)?.as_bytes());
    }
    let face_file = face.ok_or_else(|| usage("a module and a face are needed"))?;
    if out.is_none() && io::stdout().is_terminal() {
        return Err(usage("a binary is not for the terminal: say -o OUT"));
    }
    let file = file.ok_or_else(|| usage("a module and a face are needed"))?;
    let (bytes, face) = (read(&file)?, read(&face_file)?);
    let face = std::str::from_utf8(&face).with_context(|| shown(&face_file))?;
    let binary = tools::attach(&bytes, face)
        .with_context(|| format!("{} by {}", shown(&file), shown(&face_file)))?;
    write_file(out, &binary)
}

/// Writes a binary to a file, or to standard output.
fn write_file(out: Option<OsString>, binary: &[u8]) -> Result<()> {
    match out {
        Some(out) => std::fs::write(&out, binary)
            .with_context(|| format!("writing {}", Path::new(&out).display())),
        None => write_out(binary),
    }
}

/// `FILE`; the result is text.
fn with_text(mut args: Parser, work: impl FnOnce(&[u8]) -> witrt::Result<String>) -> Result<()> {
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
fn with_binary(mut args: Parser, work: impl FnOnce(&[u8]) -> witrt::Result<Vec<u8>>) -> Result<()> {
    let (mut file, mut out) = (None, None);
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Value(value) if file.is_none() => file = Some(value),
            Arg::Short('o') | Arg::Long("output") if out.is_none() => out = Some(args.value()?),
            other => return Err(other.unexpected().into()),
        }
    }
    if out.is_none() && io::stdout().is_terminal() {
        return Err(usage("a binary is not for the terminal: say -o OUT"));
    }
    write_file(out, &with_file(file, work)?)
}

fn with_file<T>(file: Option<OsString>, work: impl FnOnce(&[u8]) -> witrt::Result<T>) -> Result<T> {
    let file = file.ok_or_else(|| usage("a file is needed"))?;
    let bytes = read(&file)?;
    work(&bytes).with_context(|| shown(&file))
}

fn read(file: &OsString) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = match file.to_str() {
        Some("-") => io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes),
        _ => std::fs::read(file),
    };
    read.with_context(|| format!("reading {}", shown(file)))
}

fn shown(file: &OsString) -> String {
    if file == "-" { "standard input".into() } else { Path::new(file).display().to_string() }
}

fn write_out(bytes: &[u8]) -> Result<()> {
    let mut out = io::stdout().lock();
    let written = out.write_all(bytes).and_then(|()| out.flush());
    written.context("writing standard output")
}
