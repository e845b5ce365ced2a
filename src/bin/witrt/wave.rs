//! Values of components as WAVE, the text that the component model has for them.
//!
//! Not here: strings and numbers by themselves, which are as they were before.

use anyhow::{Result, bail};
use std::borrow::Cow;
use wasm_wave::ast::Node;
use wasm_wave::untyped::UntypedValue;
use wasm_wave::wasm::{WasmType, WasmTypeKind, WasmValue, WasmValueError};
use witrt::wit::Type;
use witrt::{AsContext, List, Val};

/// Reads a value of this type.
pub fn parse(ty: &Type, text: &str) -> Result<Val<'static>> {
    if !writable(ty) {
        bail!("a value of type {ty} cannot be written");
    }
    let raw = UntypedValue::parse(text).map_err(|e| anyhow::anyhow!("{text}: {e}"))?;
    known_fields(ty, raw.node(), text)?;
    let value: Value =
        raw.to_wasm_value(&Ty(ty.clone())).map_err(|e| anyhow::anyhow!("{text}: {e}"))?;
    Ok(value.into_val(ty))
}

/// Writes a value of this type.
pub fn show(cx: &impl AsContext, ty: &Type, val: &Val<'_>) -> witrt::Result<String> {
    if !writable(ty) {
        // A handle has no text; that it is one can be said.
        return Ok(format!("<{ty}>"));
    }
    let value = Value::of(cx, ty, val)?;
    wasm_wave::to_string(&value).map_err(|e| witrt::Error::host(e.to_string()))
}

/// Something of this type, for functions that answer only for the sake of it.
pub fn some(ty: &Type) -> Val<'static> {
    let payload = |ty: Option<&Type>| ty.map(|ty| Box::new(some(ty)));
    let fields = || (0..ty.len()).filter_map(|i| ty.at(i)).map(some).collect();
    match ty {
        Type::List(_) => Val::List(List::Val(Vec::new())),
        Type::Record(_) => Val::Record(fields()),
        Type::Tuple(_) => Val::Tuple(fields()),
        Type::Variant(_) => Val::Variant(0, payload(ty.at(0))),
        Type::Enum(_) => Val::Enum(0),
        Type::Flags(_) => Val::Flags(0),
        Type::Option(_) => Val::Option(None),
        Type::Result(_) => Val::Result(Ok(payload(ty.at(0)))),
        Type::Own(_) | Type::Borrow(_) => Val::Own(witrt::Resource::new(std::sync::Arc::new(()))),
        Type::String | Type::Scalar(_) => {
            Val::default_of(ty.val_type()).unwrap_or(Val::Bool(false))
        }
    }
}

/// Whether there is no resource in it.
fn writable(ty: &Type) -> bool {
    !matches!(ty, Type::Own(_) | Type::Borrow(_))
        && (0..ty.len()).filter_map(|i| ty.at(i)).all(writable)
}

/// The library passes over fields that a record does not have; a user wants to know.
fn known_fields(ty: &Type, node: &Node, text: &str) -> Result<()> {
    let inner = |ty: Option<&Type>, node: Option<&Node>| match (ty, node) {
        (Some(ty), Some(node)) => known_fields(ty, node, text),
        _ => Ok(()),
    };
    match ty {
        Type::Record(_) => {
            let Ok(fields) = node.as_record(text) else { return Ok(()) };
            for (name, node) in fields {
                let Some(at) = (0..ty.len()).find(|i| ty.name(*i) == Some(name)) else {
                    bail!("{text}: there is no field {name:?} in {ty}");
                };
                inner(ty.at(at), Some(node))?;
            }
        }
        Type::List(_) => {
            for node in node.as_list().into_iter().flatten() {
                inner(ty.at(0), Some(node))?;
            }
        }
        Type::Tuple(_) => {
            for (i, node) in node.as_tuple().into_iter().flatten().enumerate() {
                inner(ty.at(i), Some(node))?;
            }
        }
        Type::Variant(_) => {
            let Ok((name, node)) = node.as_variant(text) else { return Ok(()) };
            let at = (0..ty.len()).find(|i| ty.name(*i) == Some(name));
            inner(at.and_then(|at| ty.at(at)), node)?;
        }
        Type::Option(_) => match node.as_option() {
            Ok(some) => inner(ty.at(1), some)?,
            Err(_) => inner(ty.at(1), Some(node))?,
        },
        Type::Result(_) => match node.as_result() {
            Ok(Ok(ok)) => inner(ty.at(0), ok)?,
            Ok(Err(err)) => inner(ty.at(1), err)?,
            Err(_) => inner(ty.at(0), Some(node))?,
        },
        Type::Scalar(_) | Type::String | Type::Enum(_) | Type::Flags(_) => {}
        Type::Own(_) | Type::Borrow(_) => {}
    }
    Ok(())
}

#[derive(Clone)]
struct Ty(Type);

type All<'a, T> = Box<dyn Iterator<Item = T> + 'a>;

impl Ty {
    fn names(&self) -> All<'_, Cow<'_, str>> {
        Box::new((0..self.0.len()).filter_map(|i| self.0.name(i)).map(Cow::Borrowed))
    }

    fn at(&self, index: usize) -> Option<Ty> {
        self.0.at(index).cloned().map(Ty)
    }

    fn find(&self, name: &str) -> Result<usize, WasmValueError> {
        let found = (0..self.0.len()).find(|i| self.0.name(*i) == Some(name));
        found.ok_or_else(|| WasmValueError::UnknownCase(name.to_owned()))
    }
}

impl WasmType for Ty {
    fn kind(&self) -> WasmTypeKind {
        use witrt::ValType;
        match self.0.val_type() {
            ValType::Bool => WasmTypeKind::Bool,
            ValType::S8 => WasmTypeKind::S8,
            ValType::U8 => WasmTypeKind::U8,
            ValType::S16 => WasmTypeKind::S16,
            ValType::U16 => WasmTypeKind::U16,
            ValType::S32 => WasmTypeKind::S32,
            ValType::U32 => WasmTypeKind::U32,
            ValType::S64 => WasmTypeKind::S64,
            ValType::U64 => WasmTypeKind::U64,
            ValType::F32 => WasmTypeKind::F32,
            ValType::F64 => WasmTypeKind::F64,
            ValType::Char => WasmTypeKind::Char,
            ValType::String => WasmTypeKind::String,
            ValType::List => WasmTypeKind::List,
            ValType::Record => WasmTypeKind::Record,
            ValType::Tuple => WasmTypeKind::Tuple,
            ValType::Variant => WasmTypeKind::Variant,
            ValType::Enum => WasmTypeKind::Enum,
            ValType::Option => WasmTypeKind::Option,
            ValType::Result => WasmTypeKind::Result,
            ValType::Flags => WasmTypeKind::Flags,
            _ => WasmTypeKind::Unsupported,
        }
    }

    fn list_element_type(&self) -> Option<Ty> {
        self.at(0)
    }

    fn record_fields(&self) -> All<'_, (Cow<'_, str>, Ty)> {
        Box::new(self.names().enumerate().filter_map(|(i, name)| Some((name, self.at(i)?))))
    }

    fn tuple_element_types(&self) -> All<'_, Ty> {
        Box::new((0..self.0.len()).filter_map(|i| self.at(i)))
    }

    fn variant_cases(&self) -> All<'_, (Cow<'_, str>, Option<Ty>)> {
        Box::new(self.names().enumerate().map(|(i, name)| (name, self.at(i))))
    }

    fn enum_cases(&self) -> All<'_, Cow<'_, str>> {
        self.names()
    }

    fn option_some_type(&self) -> Option<Ty> {
        self.at(1)
    }

    fn result_types(&self) -> Option<(Option<Ty>, Option<Ty>)> {
        Some((self.at(0), self.at(1)))
    }

    fn flags_names(&self) -> All<'_, Cow<'_, str>> {
        self.names()
    }
}

/// A value with the names in it.
#[derive(Clone)]
enum Value {
    /// A number, `bool` or `char`.
    Plain(Val<'static>),
    Text(String),
    List(Vec<Value>),
    Record(Vec<(String, Value)>),
    Tuple(Vec<Value>),
    Variant(String, Option<Box<Value>>),
    Enum(String),
    Option(Option<Box<Value>>),
    Result(Result<Option<Box<Value>>, Option<Box<Value>>>),
    Flags(Vec<String>),
}

impl Value {
    fn of(cx: &impl AsContext, ty: &Type, val: &Val<'_>) -> witrt::Result<Value> {
        let all = |vals: &[Val<'_>]| {
            let one = |(i, val): (usize, &Val<'_>)| Value::of(cx, ty.at(i).unwrap_or(ty), val);
            vals.iter().enumerate().map(one).collect::<witrt::Result<Vec<_>>>()
        };
        let name = |i: usize| ty.name(i).unwrap_or_default().to_owned();
        let payload = |i: usize, val: &Option<Box<Val<'_>>>| match (ty.at(i), val) {
            (Some(ty), Some(val)) => Value::of(cx, ty, val).map(|val| Some(Box::new(val))),
            _ => Ok(None),
        };
        Ok(match val {
            Val::String(text) => Value::Text(text.to_string(cx)?),
            Val::List(list) => {
                let element = ty.at(0).unwrap_or(ty);
                let vals = (0..list.len()).filter_map(|i| list.get(i));
                let vals = vals.map(|val| Value::of(cx, element, &val));
                Value::List(vals.collect::<witrt::Result<_>>()?)
            }
            Val::Record(vals) => Value::Record(
                all(vals)?.into_iter().enumerate().map(|(i, v)| (name(i), v)).collect(),
            ),
            Val::Tuple(vals) => Value::Tuple(all(vals)?),
            Val::Variant(i, val) => Value::Variant(name(*i as usize), payload(*i as usize, val)?),
            Val::Enum(i) => Value::Enum(name(*i as usize)),
            Val::Option(val) => Value::Option(payload(1, val)?),
            Val::Result(Ok(val)) => Value::Result(Ok(payload(0, val)?)),
            Val::Result(Err(val)) => Value::Result(Err(payload(1, val)?)),
            Val::Flags(bits) => {
                Value::Flags((0..ty.len()).filter(|i| bits >> i & 1 != 0).map(name).collect())
            }
            Val::Bool(v) => Value::Plain(Val::Bool(*v)),
            Val::Char(v) => Value::Plain(Val::Char(*v)),
            Val::S8(v) => Value::Plain(Val::S8(*v)),
            Val::U8(v) => Value::Plain(Val::U8(*v)),
            Val::S16(v) => Value::Plain(Val::S16(*v)),
            Val::U16(v) => Value::Plain(Val::U16(*v)),
            Val::S32(v) => Value::Plain(Val::S32(*v)),
            Val::U32(v) => Value::Plain(Val::U32(*v)),
            Val::S64(v) => Value::Plain(Val::S64(*v)),
            Val::U64(v) => Value::Plain(Val::U64(*v)),
            Val::F32(v) => Value::Plain(Val::F32(*v)),
            Val::F64(v) => Value::Plain(Val::F64(*v)),
            other => {
                return Err(witrt::Error::host(format!("a component has no {}", other.ty())));
            }
        })
    }

    fn into_val(self, ty: &Type) -> Val<'static> {
        let index = |name: &str| (0..ty.len()).find(|i| ty.name(*i) == Some(name)).unwrap_or(0);
        let part = |i: usize, value: Value| value.into_val(ty.at(i).unwrap_or(ty));
        let payload = |i: usize, value: Option<Box<Value>>| value.map(|v| Box::new(part(i, *v)));
        match self {
            Value::Plain(val) => val,
            Value::Text(text) => text.into(),
            Value::List(values) => {
                Val::List(List::Val(values.into_iter().map(|v| part(0, v)).collect()))
            }
            Value::Record(fields) => {
                Val::Record(fields.into_iter().map(|(name, v)| part(index(&name), v)).collect())
            }
            Value::Tuple(values) => {
                Val::Tuple(values.into_iter().enumerate().map(|(i, v)| part(i, v)).collect())
            }
            Value::Variant(name, value) => {
                let i = index(&name);
                Val::Variant(i as u32, payload(i, value))
            }
            Value::Enum(name) => Val::Enum(index(&name) as u32),
            Value::Option(value) => Val::Option(payload(1, value)),
            Value::Result(Ok(value)) => Val::Result(Ok(payload(0, value))),
            Value::Result(Err(value)) => Val::Result(Err(payload(1, value))),
            Value::Flags(names) => {
                Val::Flags(names.iter().fold(0, |bits, name| bits | 1 << index(name)))
            }
        }
    }
}

/// Numbers and the like: what makes them, and what takes them out.
macro_rules! plain {
    ($($make:ident $unwrap:ident $variant:ident $ty:ty;)+) => {
        $(
            fn $make(val: $ty) -> Value {
                Value::Plain(Val::$variant(val))
            }
            fn $unwrap(&self) -> $ty {
                let Value::Plain(Val::$variant(val)) = self else { return Default::default() };
                *val
            }
        )+
    };
}

fn lent<'a>(value: &'a Option<Box<Value>>) -> Option<Cow<'a, Value>> {
    value.as_deref().map(Cow::Borrowed)
}

// What is unwrapped has been asked for its kind.
impl WasmValue for Value {
    type Type = Ty;

    fn kind(&self) -> WasmTypeKind {
        match self {
            Value::Plain(val) => match val {
                Val::Bool(_) => WasmTypeKind::Bool,
                Val::Char(_) => WasmTypeKind::Char,
                Val::S8(_) => WasmTypeKind::S8,
                Val::U8(_) => WasmTypeKind::U8,
                Val::S16(_) => WasmTypeKind::S16,
                Val::U16(_) => WasmTypeKind::U16,
                Val::S32(_) => WasmTypeKind::S32,
                Val::U32(_) => WasmTypeKind::U32,
                Val::S64(_) => WasmTypeKind::S64,
                Val::U64(_) => WasmTypeKind::U64,
                Val::F32(_) => WasmTypeKind::F32,
                Val::F64(_) => WasmTypeKind::F64,
                _ => WasmTypeKind::Unsupported,
            },
            Value::Text(_) => WasmTypeKind::String,
            Value::List(_) => WasmTypeKind::List,
            Value::Record(_) => WasmTypeKind::Record,
            Value::Tuple(_) => WasmTypeKind::Tuple,
            Value::Variant(..) => WasmTypeKind::Variant,
            Value::Enum(_) => WasmTypeKind::Enum,
            Value::Option(_) => WasmTypeKind::Option,
            Value::Result(_) => WasmTypeKind::Result,
            Value::Flags(_) => WasmTypeKind::Flags,
        }
    }

    plain! {
        make_bool unwrap_bool Bool bool;
        make_char unwrap_char Char char;
        make_s8 unwrap_s8 S8 i8;
        make_u8 unwrap_u8 U8 u8;
        make_s16 unwrap_s16 S16 i16;
        make_u16 unwrap_u16 U16 u16;
        make_s32 unwrap_s32 S32 i32;
        make_u32 unwrap_u32 U32 u32;
        make_s64 unwrap_s64 S64 i64;
        make_u64 unwrap_u64 U64 u64;
        make_f32 unwrap_f32 F32 f32;
        make_f64 unwrap_f64 F64 f64;
    }

    fn make_string(val: Cow<'_, str>) -> Value {
        Value::Text(val.into_owned())
    }

    fn make_list(_: &Ty, vals: impl IntoIterator<Item = Value>) -> Result<Value, WasmValueError> {
        Ok(Value::List(vals.into_iter().collect()))
    }

    fn make_record<'a>(
        ty: &Ty,
        fields: impl IntoIterator<Item = (&'a str, Value)>,
    ) -> Result<Value, WasmValueError> {
        let mut given: Vec<_> = fields.into_iter().map(|(name, v)| (name.to_owned(), v)).collect();
        for (name, _) in &given {
            ty.find(name)?;
        }
        given.sort_by_key(|(name, _)| ty.find(name).unwrap_or(0));
        Ok(Value::Record(given))
    }

    fn make_tuple(_: &Ty, vals: impl IntoIterator<Item = Value>) -> Result<Value, WasmValueError> {
        Ok(Value::Tuple(vals.into_iter().collect()))
    }

    fn make_variant(ty: &Ty, case: &str, val: Option<Value>) -> Result<Value, WasmValueError> {
        ty.find(case)?;
        Ok(Value::Variant(case.to_owned(), val.map(Box::new)))
    }

    fn make_enum(ty: &Ty, case: &str) -> Result<Value, WasmValueError> {
        ty.find(case)?;
        Ok(Value::Enum(case.to_owned()))
    }

    fn make_option(_: &Ty, val: Option<Value>) -> Result<Value, WasmValueError> {
        Ok(Value::Option(val.map(Box::new)))
    }

    fn make_result(
        _: &Ty,
        val: Result<Option<Value>, Option<Value>>,
    ) -> Result<Value, WasmValueError> {
        Ok(Value::Result(match val {
            Ok(val) => Ok(val.map(Box::new)),
            Err(val) => Err(val.map(Box::new)),
        }))
    }

    fn make_flags<'a>(
        ty: &Ty,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Result<Value, WasmValueError> {
        let names = names.into_iter().map(|name| ty.find(name).map(|_| name.to_owned()));
        Ok(Value::Flags(names.collect::<Result<_, _>>()?))
    }

    fn unwrap_string(&self) -> Cow<'_, str> {
        match self {
            Value::Text(text) => text.into(),
            _ => "".into(),
        }
    }

    fn unwrap_list(&self) -> All<'_, Cow<'_, Value>> {
        match self {
            Value::List(values) | Value::Tuple(values) => {
                Box::new(values.iter().map(Cow::Borrowed))
            }
            _ => Box::new(std::iter::empty()),
        }
    }

    fn unwrap_tuple(&self) -> All<'_, Cow<'_, Value>> {
        self.unwrap_list()
    }

    fn unwrap_record(&self) -> All<'_, (Cow<'_, str>, Cow<'_, Value>)> {
        match self {
            Value::Record(fields) => Box::new(
                fields.iter().map(|(name, value)| (name.as_str().into(), Cow::Borrowed(value))),
            ),
            _ => Box::new(std::iter::empty()),
        }
    }

    fn unwrap_variant(&self) -> (Cow<'_, str>, Option<Cow<'_, Value>>) {
        match self {
            Value::Variant(name, value) => (name.into(), lent(value)),
            _ => ("".into(), None),
        }
    }

    fn unwrap_enum(&self) -> Cow<'_, str> {
        match self {
            Value::Enum(name) => name.into(),
            _ => "".into(),
        }
    }

    fn unwrap_option(&self) -> Option<Cow<'_, Value>> {
        match self {
            Value::Option(value) => lent(value),
            _ => None,
        }
    }

    fn unwrap_result(&self) -> Result<Option<Cow<'_, Value>>, Option<Cow<'_, Value>>> {
        match self {
            Value::Result(Ok(value)) => Ok(lent(value)),
            Value::Result(Err(value)) => Err(lent(value)),
            _ => Ok(None),
        }
    }

    fn unwrap_flags(&self) -> All<'_, Cow<'_, str>> {
        match self {
            Value::Flags(names) => Box::new(names.iter().map(|name| name.into())),
            _ => Box::new(std::iter::empty()),
        }
    }
}
