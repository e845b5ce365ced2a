//! `witrt run`: a command is run; of any other module an export is called, literals
//! in, results out, one per line.

use super::{Failure, compile, read, shown, usage, wave};
use anyhow::{Context as _, Result, anyhow, bail};
use lexopt::{Arg, Parser};
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;
use witrt::wit::Type;
use witrt::{
    Access, AsContextMut, Config, Encoding, Error, ErrorKind, Func, FuncType, Instance, Linker,
    Module, Policy, Sign, Store, Str, Val, ValType, Wasi,
};

/// What the options and arguments say.
struct Request {
    file: OsString,
    /// What comes after the file: an export and its arguments, or a command's.
    rest: Vec<String>,
    calls: bool,
    wasi: Wasi,
    encoding: Encoding,
    policy: Policy,
    fuel: Option<u64>,
    print_imports: bool,
    /// Compiled code, for the next time.
    keep: bool,
}

/// What is to be printed, and the exit status.
pub fn run(args: Parser) -> Result<(String, ExitCode)> {
    let mut request = parse(args)?;
    let file = shown(&request.file);
    let bytes = read(&request.file)?;
    let in_file = |e: Error| match e.trap() {
        Some(trap) => Failure::Trap(trap.clone()).into(),
        None => anyhow::Error::new(e).context(file.clone()),
    };
    let mut config = Config::new();
    config.host_encoding(request.encoding).ill_formed(request.policy);
    config.consume_fuel(request.fuel.is_some());
    let engine = compile::engine(&mut config, request.keep).map_err(in_file)?;
    let module = compile::module(&engine, &bytes).map_err(in_file)?;
    let mut store = Store::new(&engine);
    if let Some(fuel) = request.fuel {
        store.set_fuel(fuel).map_err(in_file)?;
    }
    let is_command = !request.calls && module.is_command();
    if is_command {
        request.wasi.arg(file.clone())?;
        for arg in &request.rest {
            request.wasi.arg(arg)?;
        }
    }
    if cfg!(feature = "wasi") {
        store.set_wasi(&request.wasi).map_err(in_file)?;
    }
    let instance = instance(&mut store, &module, &request).map_err(in_file)?;
    if is_command {
        let status = instance.run(&mut store).map_err(in_file)?;
        // As much of it as a process can tell.
        return Ok((String::new(), ExitCode::from(status as u8)));
    }
    let Some((export, args)) = request.rest.split_first() else {
        return Err(usage("an export is needed"));
    };
    let func = instance.func(&mut store, export).map_err(in_file)?;

    let texts = literals(func.ty(), export, args)?;
    let vals: Vec<Val<'_>> = texts.iter().map(|text| text.lend(request.encoding)).collect();
    let mut results = defaults(func.ty().results()).map_err(in_file)?;
    func.call(&mut store, &vals, &mut results).map_err(in_file)?;
    let mut out = String::new();
    for (i, val) in results.iter().enumerate() {
        let tree = func.ty().signature().map(|signature| &signature.results.fields[i].ty);
        out += &show(&mut store, tree, val, request.encoding).map_err(in_file)?;
        out.push('\n');
    }
    Ok((out, ExitCode::SUCCESS))
}

/// `[OPTIONS] FILE EXPORT ARG…`: after FILE nothing is an option any more, so
/// that negative numbers need no `--`.
fn parse(mut args: Parser) -> Result<Request> {
    let mut request = Request {
        file: OsString::new(),
        rest: Vec::new(),
        calls: false,
        wasi: Wasi::new(),
        encoding: Encoding::Utf8,
        policy: Policy::Reject,
        fuel: None,
        print_imports: false,
        keep: true,
    };
    request.wasi.inherit_stdin().inherit_stdout().inherit_stderr();
    let text = |arg: OsString| arg.into_string().map_err(|_| usage("not UTF-8"));
    loop {
        match args.next()? {
            Some(Arg::Long("call")) => request.calls = true,
            Some(Arg::Long("dir")) => {
                let value = text(args.value()?)?;
                let (folder, access) = match value.strip_suffix(":ro") {
                    Some(folder) => (folder, Access::Read),
                    None => (&*value, Access::ReadWrite),
                };
                let (host, guest) = folder.split_once("::").unwrap_or((folder, folder));
                request.wasi.preopen_dir(host, guest, access)?;
            }
            Some(Arg::Long("env")) => {
                let value = text(args.value()?)?;
                let (name, value) =
                    value.split_once('=').ok_or_else(|| usage("--env takes NAME=VALUE"))?;
                request.wasi.env(name, value)?;
            }
            Some(Arg::Long("stdin")) => drop(request.wasi.stdin_file(args.value()?)?),
            Some(Arg::Long("encoding")) => {
                request.encoding = match args.value()?.to_str() {
                    Some("utf8") => Encoding::Utf8,
                    Some("utf16") => Encoding::Utf16,
                    _ => return Err(usage("--encoding takes utf8 or utf16")),
                }
            }
            Some(Arg::Long("ill-formed")) => {
                request.policy = match args.value()?.to_str() {
                    Some("reject") => Policy::Reject,
                    Some("replace") => Policy::Replace,
                    Some("keep") => Policy::Keep,
                    _ => return Err(usage("--ill-formed takes reject, replace or keep")),
                }
            }
            Some(Arg::Long("imports")) => match args.value()?.to_str() {
                Some("print") => request.print_imports = true,
                _ => return Err(usage("--imports takes print")),
            },
            Some(Arg::Long("no-cache")) => request.keep = false,
            Some(Arg::Long("fuel")) => {
                let fuel = args.value()?.to_str().and_then(|text| text.parse().ok());
                request.fuel = Some(fuel.ok_or_else(|| usage("--fuel takes a number"))?);
            }
            Some(Arg::Value(file)) => {
                request.file = file;
                break;
            }
            Some(other) => return Err(other.unexpected().into()),
            None => return Err(usage("a file is needed")),
        }
    }
    request.rest = args.raw_args()?.map(text).collect::<Result<_, _>>()?;
    Ok(request)
}

/// An instance. With `--imports print` there is a function for each import of one,
/// but for those that are WASI's.
fn instance(store: &mut Store, module: &Module, request: &Request) -> witrt::Result<Instance> {
    let mut linker = Linker::new();
    if request.print_imports {
        linker.define_unknown(&mut *store, module, |cx, import, ty| {
            let name = format!("{}.{}", import.module, import.name);
            printer(cx, name, ty.clone(), request.encoding)
        });
    }
    linker.instantiate(store, module).map_err(|e| match e.kind() {
        ErrorKind::MissingImport if !request.print_imports => {
            let message = format!("{} (--imports print supplies functions)", e.message());
            Error::new(e.kind(), message)
        }
        _ => e,
    })
}

/// Prints its call to standard error and answers zero, `""` or null.
fn printer(cx: witrt::Context<'_>, name: String, ty: FuncType, encoding: Encoding) -> Func {
    let signature = ty.signature().cloned();
    Func::new(cx, ty, move |mut caller, args, results| {
        let tree = |i: usize| signature.as_ref().map(|signature| &signature.params.fields[i].ty);
        let args = args.iter().enumerate();
        let shown: witrt::Result<Vec<String>> =
            args.map(|(i, arg)| show(&mut caller, tree(i), arg, encoding)).collect();
        let result = signature.as_ref().and_then(|signature| signature.results.fields.first());
        if let (Some(result), Some(place)) = (result, results.first_mut()) {
            *place = wave::some(&result.ty);
        }
        // Nobody is left to be told where this fails.
        let _ = writeln!(std::io::stderr(), "{name}({})", shown?.join(", "));
        Ok(())
    })
}

pub fn defaults(types: &[ValType]) -> witrt::Result<Vec<Val<'static>>> {
    let of = |ty: &ValType| {
        let placeholder = ty.is_composite().then_some(Val::Bool(false));
        Val::default_of(*ty)
            .or(placeholder)
            .ok_or_else(|| Error::host(format!("a host has no values of type {ty}")))
    };
    types.iter().map(of).collect()
}

/// An argument, holding its own text.
enum Literal {
    Val(Val<'static>),
    /// The same text in UTF-16 and in UTF-8.
    Text(Vec<u16>, Vec<u8>),
}

impl Literal {
    fn lend(&self, encoding: Encoding) -> Val<'_> {
        match (self, encoding) {
            (Literal::Val(val), _) => val.clone(),
            (Literal::Text(units, _), Encoding::Utf16) => Val::String(Str::from_utf16(units)),
            (Literal::Text(_, bytes), _) => Val::String(Str::from_utf8(bytes)),
        }
    }
}

fn literals(ty: &FuncType, name: &str, args: &[String]) -> Result<Vec<Literal>> {
    let (expected, found) = (ty.params().len(), args.len());
    if expected != found {
        bail!("{name} {ty}: expected {expected} arguments, found {found}");
    }
    let parsed = ty.params().iter().zip(args).enumerate().map(|(i, (kind, text))| {
        let tree = ty.signature().map(|signature| signature.params.fields[i].ty.clone());
        let tree = tree.or_else(|| Type::plain(*kind).filter(|_| *kind == ValType::Char));
        if let (None, Some(tree)) = (literal(*kind, text), tree) {
            return Ok(Literal::Val(wave::parse(&tree, text).with_context(|| ty.parameter(i))?));
        }
        literal(*kind, text).ok_or_else(|| anyhow!("{}: {text} is no {kind}", ty.parameter(i)))
    });
    parsed.collect()
}

fn literal(ty: ValType, text: &str) -> Option<Literal> {
    Some(Literal::Val(match ty {
        ValType::String => {
            let units = json(text)?;
            let bytes = wtf8(&units);
            return Some(Literal::Text(units, bytes));
        }
        ValType::F32 => Val::F32(text.parse().ok()?),
        ValType::F64 => Val::F64(text.parse().ok()?),
        ValType::ExternRef if text == "null" => Val::ExternRef(None),
        ValType::FuncRef if text == "null" => Val::FuncRef(None),
        ValType::Bool => Val::Bool(text.parse().ok()?),
        ty => {
            let (bits, sign) = ty.as_number()?;
            let n = integer(text)?;
            let (signed, unsigned) = (-(1 << (bits - 1))..1 << (bits - 1), 0..1 << bits);
            let fits = match sign {
                Sign::Signed => signed.contains(&n),
                Sign::Unsigned => unsigned.contains(&n),
                // Without a sign of their own, these take either.
                Sign::Core => signed.contains(&n) || unsigned.contains(&n),
                Sign::Float => return None,
            };
            Val::from_bits(ty, n as u64).ok().filter(|_| fits)?
        }
    }))
}

/// Decimal or `0x` hexadecimal, with or without a sign.
fn integer(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let n = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(hex) if !hex.starts_with(['+', '-']) => i128::from_str_radix(hex, 16).ok()?,
        Some(_) => return None,
        None => digits.parse().ok()?,
    };
    Some(if negative { -n } else { n })
}

/// The code units of a JSON string. Escapes may make lone surrogates, to see
/// what becomes of them.
fn json(text: &str) -> Option<Vec<u16>> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    let mut units = Vec::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        let plain = match c {
            '"' => return None,
            '\\' => match chars.next()? {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\u{8}',
                'f' => '\u{c}',
                c @ ('"' | '\\' | '/') => c,
                'u' => {
                    let digits = chars.as_str().get(..4)?;
                    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
                        return None;
                    }
                    units.push(u16::from_str_radix(digits, 16).ok()?);
                    chars = chars.as_str()[4..].chars();
                    continue;
                }
                _ => return None,
            },
            c => c,
        };
        units.extend_from_slice(plain.encode_utf16(&mut [0; 2]));
    }
    Some(units)
}

/// UTF-8, with three bytes for each lone surrogate: ill-formed, as the units
/// were.
fn wtf8(units: &[u16]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for c in char::decode_utf16(units.iter().copied()) {
        match c {
            Ok(c) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            Err(e) => {
                let n = e.unpaired_surrogate();
                let tail = |shift: u16| 0x80 | (n >> shift & 0x3f) as u8;
                bytes.extend_from_slice(&[0xe0 | (n >> 12) as u8, tail(6), tail(0)]);
            }
        }
    }
    bytes
}

/// A value as a literal; a string in JSON, with what is not ASCII kept.
pub fn show(
    cx: &mut impl AsContextMut,
    tree: Option<&Type>,
    val: &Val<'_>,
    encoding: Encoding,
) -> witrt::Result<String> {
    Ok(match val {
        Val::ExternRef(None) | Val::FuncRef(None) => "null".into(),
        Val::ExternRef(Some(_)) => "externref".into(),
        Val::FuncRef(Some(_)) => "funcref".into(),
        Val::String(s) => {
            // No other encoding has surrogates alone.
            let text = match encoding == Encoding::Utf16 {
                true => s.to_utf16(cx)?,
                false => s.to_string(cx)?.encode_utf16().collect(),
            };
            quote(&text)
        }
        other => match (other.number_text(), tree.cloned().or_else(|| Type::plain(other.ty()))) {
            (Some(number), _) => number,
            (None, Some(tree)) => wave::show(cx, &tree, other)?,
            (None, None) => return Err(Error::host(format!("a value of type {}", other.ty()))),
        },
    })
}

/// In JSON, with what is not ASCII kept, but for lone surrogates.
fn quote(text: &[u16]) -> String {
    let mut out = String::from("\"");
    for c in char::decode_utf16(text.iter().copied()) {
        let c = match c {
            Ok(c) => c,
            Err(e) => {
                out += &format!("\\u{:04x}", e.unpaired_surrogate());
                continue;
            }
        };
        match c {
            '"' => out += "\\\"",
            '\\' => out += "\\\\",
            '\n' => out += "\\n",
            '\t' => out += "\\t",
            '\r' => out += "\\r",
            c if c.is_control() => out += &format!("\\u{:04x}", c as u32),
            c => out.push(c),
        }
    }
    out + "\""
}
