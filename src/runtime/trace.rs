//! A line of text for each call, for who asks for it: its function's name, and its
//! arguments.
//!
//! Where nobody asks, nothing of this is there: functions are wrapped when an
//! instance is made, or not at all.
//!
//! Not here: who asks.

use super::config::Trace;
use super::externs::Extern;
use super::module::Module;
use crate::guest::context::{AsContext, Caller, Cx};
use crate::guest::value::{Body, Func};
use crate::guest::value::{Payload, Val};
use crate::types::{ExternType, FuncType};
use std::borrow::Cow;
use std::fmt::{self, Write as _};

/// So many characters of a text are told, and so many parts of a value.
const TOLD: usize = 100;
const TOLD_PARTS: usize = 8;

impl Trace {
    /// What is supplied for a module's imports: functions tell of their calls.
    pub fn imports(
        &self,
        cx: &mut Cx<'_>,
        module: &Module,
        imports: Vec<Option<Extern>>,
    ) -> Vec<Option<Extern>> {
        let named = imports.into_iter().zip(module.imports());
        let wrapped = named.map(|(item, import)| {
            let between = if module.is_component() { "#" } else { "." };
            let name = match import.module.is_empty() {
                true => import.name.clone(),
                false => format!("{}{between}{}", import.module, import.name),
            };
            match &import.ty {
                ExternType::Func(ty) => item.map(|i| self.wrapped(cx, "import", name, &i, ty)),
                _ => item,
            }
        });
        wrapped.collect()
    }

    /// What is exported, which tells of its calls if it is a function.
    pub fn export(&self, cx: &mut Cx<'_>, name: &str, item: &Extern) -> Extern {
        let Extern::Func(func) = item else { return item.clone() };
        let ty = func.ty().clone();
        self.wrapped(cx, "call", name.to_owned(), item, &ty)
    }

    fn wrapped(
        &self,
        cx: &mut Cx<'_>,
        what: &'static str,
        name: String,
        item: &Extern,
        wanted: &FuncType,
    ) -> Extern {
        let Extern::Func(func) = item else { return item.clone() };
        // What only serves a type is called with values of that.
        let served = wanted.signature().filter(|_| func.ty() != wanted).cloned();
        let ty = if served.is_some() { wanted.clone() } else { func.ty().clone() };
        // What a host has no values for is passed on as it is.
        if ty.params().iter().chain(ty.results()).any(|ty| !ty.has_values()) {
            return item.clone();
        }
        let (trace, inner) = (self.clone(), func.clone());
        let told = move |mut caller: Caller<'_>, args: &[Val<'_>], results: &mut [Val<'static>]| {
            (trace.0)(&line(&caller, what, &name, args));
            match (&served, &inner.0.body) {
                (Some(ty), Body::Callable(body)) => body.call_as(&mut caller.0, ty, args, results),
                _ => inner.call(&mut caller, args, results),
            }
        };
        Func::new(crate::Context(wasmtime::AsContextMut::as_context_mut(cx), false), ty, told)
            .into()
    }
}

/// `call greet("Zoë", 3)`
fn line(cx: &impl AsContext, what: &str, name: &str, args: &[Val<'_>]) -> String {
    let mut line = format!("{what} {name}(");
    for (i, arg) in args.iter().enumerate() {
        line += if i > 0 { ", " } else { "" };
        tell(cx, arg, &mut line);
    }
    line.push(')');
    line
}

fn tell(cx: &impl AsContext, val: &Val<'_>, line: &mut String) {
    // Writing to a string does not fail.
    let _ = match val {
        Val::Bool(v) => write!(line, "{v}"),
        Val::Char(v) => write!(line, "{v:?}"),
        Val::String(text) => match text.to_string(cx) {
            Ok(text) => tell_text(&text, line),
            Err(error) => write!(line, "<{}>", error.message()),
        },
        Val::ExternRef(None) | Val::FuncRef(None) => write!(line, "null"),
        Val::Enum(v) => write!(line, "#{v}"),
        Val::Flags(v) => write!(line, "{v:#b}"),
        Val::List(list) => {
            let part = |i| list.get(i).map(Cow::Owned);
            return tell_parts(cx, list.len(), part, "[]", line);
        }
        Val::Record(vals) | Val::Tuple(vals) => {
            let part = |i: usize| vals.get(i).map(Cow::Borrowed);
            return tell_parts(cx, vals.len(), part, "()", line);
        }
        Val::Variant(case, payload) => {
            let _ = write!(line, "#{case}");
            return tell_payload(cx, payload, line);
        }
        Val::Result(result) => {
            line.push_str(if result.is_ok() { "ok" } else { "err" });
            let (Ok(payload) | Err(payload)) = result;
            return tell_payload(cx, payload, line);
        }
        Val::Option(payload) => {
            line.push_str(if payload.is_some() { "some" } else { "none" });
            return tell_payload(cx, payload, line);
        }
        other => match other.number_text() {
            Some(number) => line.write_str(&number),
            None => write!(line, "<{}>", other.ty()),
        },
    };
}

fn tell_parts<'v, 'a: 'v>(
    cx: &impl AsContext,
    count: usize,
    part: impl Fn(usize) -> Option<Cow<'v, Val<'a>>>,
    around: &str,
    line: &mut String,
) {
    line.push_str(&around[..1]);
    for (i, val) in (0..count.min(TOLD_PARTS)).map_while(part).enumerate() {
        line.push_str(if i > 0 { ", " } else { "" });
        tell(cx, &val, line);
    }
    line.push_str(if count > TOLD_PARTS { ", …" } else { "" });
    line.push_str(&around[1..]);
}

fn tell_payload(cx: &impl AsContext, payload: &Payload<'_>, line: &mut String) {
    if let Some(val) = payload {
        tell_parts(cx, 1, |_| Some(Cow::Borrowed(&**val)), "()", line);
    }
}

fn tell_text(text: &str, line: &mut String) -> fmt::Result {
    match text.char_indices().nth(TOLD) {
        None => write!(line, "{text:?}"),
        Some((end, _)) => write!(line, "{:?}…", &text[..end]),
    }
}
