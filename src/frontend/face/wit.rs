//! The types in a face: WIT becomes functions with types as trees.
//!
//! Not here: how their values travel.

use super::text::{Wit, wrong};
use crate::error::Result;
use crate::types::kind;
use crate::types::tree::{Case, Cases, Field, Fields, Flags, List, Signature, Type};
use std::sync::Arc;
use wit_parser::{FunctionKind, Resolve, SourceMap, Span, TypeDefKind};

/// A function of a face.
pub(super) struct Function {
    pub name: String,
    /// Where it is written in the face.
    pub at: usize,
    pub params: Vec<Param>,
    pub result: Option<Type>,
}

pub(super) struct Param {
    pub name: String,
    pub at: usize,
    pub ty: Type,
}

impl Function {
    /// All of its type.
    pub fn signature(&self) -> Signature {
        let params = self.params.iter().map(|p| (p.name.as_str().into(), p.ty.clone()));
        let result = self.result.iter().map(|ty| ("".into(), ty.clone()));
        Signature { params: Arc::new(Fields::new(params)), results: Arc::new(Fields::new(result)) }
    }
}

const BEFORE: &str = "package face:face; interface face {";
/// So deep may types be.
const MOST_DEPTH: usize = 32;
/// So many parts may the types of a function have.
const MOST_PARTS: usize = 1_000;
/// So many parts, cases and names of flags may all types of a face have.
const MOST_OF_ALL: usize = 100_000;
/// So many functions may a face have, exports or imports.
const MOST_FUNCTIONS: usize = 10_000;

/// How many parts there are.
#[derive(Default)]
pub(super) struct Parts {
    function: usize,
    all: usize,
}

/// Reads the body of an interface.
pub(super) fn read(text: &str, wit: &Wit, parts: &mut Parts) -> Result<Vec<Function>> {
    let place = |span: Span| {
        let offset = if span.is_known() { span.start() as usize } else { 0 };
        wit.place(offset.saturating_sub(BEFORE.len()).min(wit.text.len()))
    };
    if let Some(at) = end(&wit.text) {
        let message = "this ends the body of an interface, which is all that a face has: \
                       functions, and the types in them";
        return Err(wrong(text, wit.place(at), message));
    }
    let mut map = SourceMap::new();
    map.push_str("face", format!("{BEFORE}{}\n}}", wit.text));
    let group = map.parse().map_err(|(_, error)| {
        let at = place(error.kind().span());
        wrong(text, at, format!("the types are no WIT: {error}"))
    })?;
    let mut resolve = Resolve::default();
    let package = resolve
        .push_group(group)
        .map_err(|error| wrong(text, wit.at, format!("the types are no WIT: {error}")))?;
    let interfaces = &resolve.packages[package].interfaces;
    let mut functions = Vec::new();
    for (_, interface) in interfaces {
        for (name, function) in &resolve.interfaces[*interface].functions {
            let at = place(function.span);
            if function.kind != FunctionKind::Freestanding {
                let message = format!("{name}: a face has plain functions only");
                return Err(wrong(text, at, message));
            }
            if functions.len() == MOST_FUNCTIONS {
                let message = format!("a face has up to {MOST_FUNCTIONS} functions");
                return Err(wrong(text, at, message));
            }
            parts.function = 0;
            let mut convert = |ty: &wit_parser::Type, at: usize| {
                convert(&resolve, ty, 0, parts)
                    .map_err(|why| wrong(text, at, format!("{name}: {why}")))
            };
            let mut params = Vec::new();
            for param in &function.params {
                let at = place(param.span);
                let ty = convert(&param.ty, at)?;
                params.push(Param { name: param.name.clone(), at, ty });
            }
            let result = function.result.as_ref().map(|ty| convert(ty, at)).transpose()?;
            functions.push(Function { name: name.clone(), at, params, result });
        }
    }
    Ok(functions)
}

/// Where a brace closes what no brace has opened, outside of comments.
fn end(text: &str) -> Option<usize> {
    let (mut depth, mut comments, mut line) = (0_usize, 0_usize, false);
    let mut all = text.bytes().enumerate().peekable();
    while let Some((at, byte)) = all.next() {
        let next = all.peek().map(|(_, byte)| *byte);
        match (byte, next) {
            (b'\n', _) => line = false,
            _ if line => {}
            (b'/', Some(b'*')) => comments += 1,
            (b'*', Some(b'/')) if comments > 0 => comments -= 1,
            (b'/', Some(b'/')) if comments == 0 => line = true,
            _ if comments > 0 => continue,
            (b'{', _) => depth += 1,
            (b'}', _) if depth == 0 => return Some(at),
            (b'}', _) => depth -= 1,
            _ => {}
        }
        // Two characters that stand for one thing.
        if matches!((byte, next), (b'/', Some(b'*')) | (b'*', Some(b'/'))) && !line {
            all.next();
        }
    }
    None
}

fn convert(
    resolve: &Resolve,
    ty: &wit_parser::Type,
    depth: usize,
    parts: &mut Parts,
) -> Result<Type, String> {
    use wit_parser::Type as T;
    parts.function += 1;
    parts.all += 1;
    if let T::Id(id) = ty {
        parts.all += match &resolve.types[*id].kind {
            TypeDefKind::Enum(cases) => cases.cases.len(),
            // Cases that hold something are counted with it.
            TypeDefKind::Variant(cases) => {
                cases.cases.iter().filter(|case| case.ty.is_none()).count()
            }
            TypeDefKind::Flags(flags) => flags.flags.len(),
            // All others are counted by what is in them.
            _ => 0,
        };
    }
    if depth > MOST_DEPTH || parts.function > MOST_PARTS {
        return Err("this type is too large".into());
    }
    if parts.all > MOST_OF_ALL {
        return Err("the types of the face are too large".into());
    }
    let mut inner = |ty: &T| convert(resolve, ty, depth + 1, parts);
    let id = match ty {
        T::Bool => return Ok(Type::Scalar(kind::BOOL)),
        T::U8 => return Ok(Type::Scalar(kind::U8)),
        T::U16 => return Ok(Type::Scalar(kind::U16)),
        T::U32 => return Ok(Type::Scalar(kind::U32)),
        T::U64 => return Ok(Type::Scalar(kind::U64)),
        T::S8 => return Ok(Type::Scalar(kind::S8)),
        T::S16 => return Ok(Type::Scalar(kind::S16)),
        T::S32 => return Ok(Type::Scalar(kind::S32)),
        T::S64 => return Ok(Type::Scalar(kind::S64)),
        T::F32 => return Ok(Type::Scalar(kind::F32)),
        T::F64 => return Ok(Type::Scalar(kind::F64)),
        T::Char => return Ok(Type::Scalar(kind::CHAR)),
        T::String => return Ok(Type::String),
        T::ErrorContext => return Err("a face has no `error-context`".into()),
        T::Id(id) => *id,
    };
    let case = |name: &str, ty: Option<Type>| Case { name: name.into(), ty };
    Ok(match &resolve.types[id].kind {
        TypeDefKind::Type(ty) => inner(ty)?,
        TypeDefKind::List(ty) => Type::List(Arc::new(List { element: inner(ty)? })),
        TypeDefKind::Option(ty) => {
            let cases = [case("none", None), case("some", Some(inner(ty)?))];
            Type::Option(Arc::new(Cases::new(cases.into())))
        }
        TypeDefKind::Result(result) => {
            let ok = result.ok.as_ref().map(&mut inner).transpose()?;
            let err = result.err.as_ref().map(&mut inner).transpose()?;
            Type::Result(Arc::new(Cases::new([case("ok", ok), case("err", err)].into())))
        }
        TypeDefKind::Record(record) => {
            let fields = record.fields.iter().map(|f| Ok((f.name.as_str().into(), inner(&f.ty)?)));
            let fields = fields.collect::<Result<Vec<_>, String>>()?;
            Type::Record(Arc::new(Fields::new(fields)))
        }
        TypeDefKind::Tuple(tuple) => {
            let fields = tuple.types.iter().map(|ty| Ok(("".into(), inner(ty)?)));
            let fields = fields.collect::<Result<Vec<_>, String>>()?;
            Type::Tuple(Arc::new(Fields::new(fields)))
        }
        TypeDefKind::Enum(cases) => {
            let cases = cases.cases.iter().map(|c| case(&c.name, None));
            Type::Enum(Arc::new(Cases::new(cases.collect())))
        }
        TypeDefKind::Flags(flags) if flags.flags.len() <= 32 => Type::Flags(Arc::new(Flags::new(
            flags.flags.iter().map(|f| (&*f.name).into()).collect(),
        ))),
        TypeDefKind::Variant(variant) => {
            let cases = variant
                .cases
                .iter()
                .map(|c| Ok(case(&c.name, c.ty.as_ref().map(&mut inner).transpose()?)));
            let cases = cases.collect::<Result<Vec<_>, String>>()?;
            Type::Variant(Arc::new(Cases::new(cases.into())))
        }
        other => return Err(format!("a face has no {}", other.as_str())),
    })
}

/// The fields of a record or tuple.
pub(super) fn fields(ty: &Type) -> Option<&[Field]> {
    match ty {
        Type::Record(fields) | Type::Tuple(fields) => Some(&fields.fields),
        _ => None,
    }
}

/// The types of numbers and text in a record of those, in order.
pub(super) fn types_of(ty: &Type) -> Vec<&Type> {
    match fields(ty) {
        Some(fields) => fields.iter().flat_map(|field| types_of(&field.ty)).collect(),
        None => vec![ty],
    }
}
