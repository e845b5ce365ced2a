//! The types of component values, as trees with names, each with its layout.
//!
//! Not here: values; where the types come from.

use super::{Class, Sign, ValType, kind};
use std::fmt::{self, Write as _};
use std::sync::Arc;

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// A number, `bool` or `char`: its kind.
    Scalar(u8),
    /// Text.
    String,
    /// Any number of elements.
    List(Arc<List>),
    /// Fields by name.
    Record(Arc<Fields>),
    /// Fields by position.
    Tuple(Arc<Fields>),
    /// One of several cases, each with or without a payload.
    Variant(Arc<Cases>),
    /// Cases without payloads.
    Enum(Arc<Cases>),
    /// `none` or `some`.
    Option(Arc<Cases>),
    /// `ok` or `err`.
    Result(Arc<Cases>),
    /// A set of names.
    Flags(Arc<Flags>),
    /// A resource that is given away.
    Own(Arc<ResourceType>),
    /// A resource that is lent for a call.
    Borrow(Arc<ResourceType>),
}

/// A core type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flat {
    /// 32 bits.
    I32,
    /// 64 bits.
    I64,
    /// Single precision.
    F32,
    /// Double precision.
    F64,
}

impl Flat {
    /// What carries a type, unless it is a reference.
    #[inline]
    pub(crate) fn of(ty: ValType) -> Option<Flat> {
        match ty.carrier() {
            ValType::I32 => Some(Flat::I32),
            ValType::I64 => Some(Flat::I64),
            ValType::F32 => Some(Flat::F32),
            ValType::F64 => Some(Flat::F64),
            _ => None,
        }
    }
}

/// How a composite lies in memory and in core values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Bytes.
    pub size: u32,
    /// Bytes.
    pub align: u32,
    /// Core values; no more than one beyond `MAX_FLAT_PARAMS` are told.
    pub flat: Box<[Flat]>,
}

/// What a list holds.
#[derive(Debug, PartialEq, Eq)]
pub struct List {
    /// The type of each element.
    pub element: Type,
}

/// What a record or tuple holds.
#[derive(Debug, PartialEq, Eq)]
pub struct Fields {
    /// The fields in order; a tuple's have empty names.
    pub fields: Box<[Field]>,
    /// How it lies in memory.
    pub layout: Layout,
}

/// One field.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: Box<str>,
    /// Its type.
    pub ty: Type,
    /// Where it lies in the record, in bytes.
    pub offset: u32,
}

/// What a variant and its kin hold.
#[derive(Debug, PartialEq, Eq)]
pub struct Cases {
    /// The cases in order.
    pub cases: Box<[Case]>,
    /// How it lies in memory.
    pub layout: Layout,
    /// How many bytes tell the case.
    pub tag: u32,
    /// Where the payload lies.
    pub payload: u32,
}

/// One case.
#[derive(Debug, PartialEq, Eq)]
pub struct Case {
    /// Its name.
    pub name: Box<str>,
    /// What it holds.
    pub ty: Option<Type>,
}

/// The names in a set of flags.
#[derive(Debug, PartialEq, Eq)]
pub struct Flags {
    /// The first is bit zero.
    pub names: Box<[Box<str>]>,
    /// One, two or four bytes.
    pub layout: Layout,
}

/// A resource.
#[derive(Debug)]
pub struct ResourceType {
    /// Its name, without the interface that it is of.
    pub name: Box<str>,
    /// Whether the host makes it.
    pub is_hosts: bool,
    /// Which of its component's it is.
    pub(crate) number: u32,
    /// Its table, as the engine counts them.
    pub(crate) table: u32,
}

impl ResourceType {
    /// One of which nothing is known.
    pub(crate) fn unknown() -> ResourceType {
        ResourceType { name: "resource".into(), is_hosts: true, number: u32::MAX, table: u32::MAX }
    }
}

impl PartialEq for ResourceType {
    fn eq(&self, other: &ResourceType) -> bool {
        self.name == other.name
    }
}

impl Eq for ResourceType {}

/// The parameters of a function, or its results: what a tuple of them is.
pub(crate) type Tuple = Arc<Fields>;

/// The type of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The parameters, with their names.
    pub params: Arc<Fields>,
    /// No result or one, without a name.
    pub results: Arc<Fields>,
}

impl Fields {
    /// One of these parameters, for messages: `parameter 1 ("name")`.
    pub fn parameter(&self, index: usize) -> String {
        parameter(index, self.fields.get(index).map(|field| &*field.name))
    }

    /// One of these, for messages. There is one result at most, which has no number.
    pub(crate) fn place(&self, side: Side, index: usize) -> String {
        match side {
            Side::Parameter => self.parameter(index),
            Side::Result => side.to_string(),
        }
    }
}

/// A parameter of this position and name, for messages.
pub(super) fn parameter(index: usize, name: Option<&str>) -> String {
    match name.filter(|name| !name.is_empty()) {
        Some(name) => format!("parameter {index} ({name:?})"),
        None => format!("parameter {index}"),
    }
}

/// Which of a function's values.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Side {
    Parameter,
    Result,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Side::Parameter => "parameter",
            Side::Result => "result",
        })
    }
}

impl Signature {
    /// As WIT has it: `func(text: string) -> u32`, with the parts of types in place
    /// of their names.
    pub fn to_wit(&self) -> String {
        let param = |param: &Field| format!("{}: {}", param.name, param.ty);
        let params: Vec<_> = self.params.fields.iter().map(param).collect();
        let result = self.results.fields.first();
        let result = result.map(|result| format!(" -> {}", result.ty)).unwrap_or_default();
        format!("func({}){result}", params.join(", "))
    }

    /// Whether parameters and results are the same, whatever they are called.
    pub fn same(&self, other: &Signature) -> bool {
        let types = |a: &Fields, b: &Fields| {
            a.fields.iter().map(|f| &f.ty).eq(b.fields.iter().map(|f| &f.ty))
        };
        types(&self.params, &other.params) && types(&self.results, &other.results)
    }
}

impl Type {
    /// What kind of values it has, as functions tell it.
    pub fn val_type(&self) -> ValType {
        match self {
            // A number that is no kind's is of a type without values.
            Type::Scalar(kind) => ValType::from_number(*kind).unwrap_or(ValType::OtherRef),
            Type::String => ValType::String,
            Type::List(_) => ValType::List,
            Type::Record(_) => ValType::Record,
            Type::Tuple(_) => ValType::Tuple,
            Type::Variant(_) => ValType::Variant,
            Type::Enum(_) => ValType::Enum,
            Type::Option(_) => ValType::Option,
            Type::Result(_) => ValType::Result,
            Type::Flags(_) => ValType::Flags,
            Type::Own(_) => ValType::Own,
            Type::Borrow(_) => ValType::Borrow,
        }
    }

    /// The type of a kind that has no parts, if components have it.
    pub fn plain(ty: ValType) -> Option<Type> {
        match ty.kind().class {
            Class::Text => Some(Type::String),
            Class::Number(_, Sign::Signed | Sign::Unsigned | Sign::Float) | Class::Scalar(_) => {
                Some(Type::Scalar(ty.number()))
            }
            Class::Number(_, Sign::Core)
            | Class::Composite
            | Class::Reference
            | Class::Vector
            | Class::OtherReference => None,
        }
    }

    /// The kind of its values.
    #[inline]
    pub fn kind(&self) -> u8 {
        match self {
            Type::Scalar(kind) => *kind,
            Type::String => kind::STRING,
            Type::List(_) => kind::LIST,
            Type::Record(_) => kind::RECORD,
            Type::Tuple(_) => kind::TUPLE,
            Type::Variant(_) => kind::VARIANT,
            Type::Enum(_) => kind::ENUM,
            Type::Option(_) => kind::OPTION,
            Type::Result(_) => kind::RESULT,
            Type::Flags(_) => kind::FLAGS,
            Type::Own(_) => kind::OWN,
            Type::Borrow(_) => kind::BORROW,
        }
    }

    /// Its size in linear memory.
    #[inline]
    pub fn size(&self) -> usize {
        match self {
            Type::Scalar(kind) => kind::width(*kind),
            Type::String | Type::List(_) => 8,
            Type::Record(f) | Type::Tuple(f) => f.layout.size as usize,
            Type::Variant(c) | Type::Enum(c) | Type::Option(c) | Type::Result(c) => {
                c.layout.size as usize
            }
            Type::Flags(f) => f.layout.size as usize,
            Type::Own(_) | Type::Borrow(_) => 4,
        }
    }

    /// Its alignment in linear memory.
    #[inline]
    pub fn align(&self) -> u32 {
        match self {
            Type::Scalar(kind) => kind::width(*kind) as u32,
            Type::String | Type::List(_) | Type::Own(_) | Type::Borrow(_) => 4,
            Type::Record(f) | Type::Tuple(f) => f.layout.align,
            Type::Variant(c) | Type::Enum(c) | Type::Option(c) | Type::Result(c) => c.layout.align,
            Type::Flags(f) => f.layout.align,
        }
    }

    /// The core values that it is passed in.
    pub(crate) fn flat(&self) -> &[Flat] {
        match self {
            Type::Scalar(_) => match Flat::of(self.val_type()) {
                Some(Flat::I64) => &[Flat::I64],
                Some(Flat::F32) => &[Flat::F32],
                Some(Flat::F64) => &[Flat::F64],
                Some(Flat::I32) | None => &[Flat::I32],
            },
            Type::Flags(_) | Type::Own(_) | Type::Borrow(_) => &[Flat::I32],
            Type::String | Type::List(_) => &[Flat::I32, Flat::I32],
            Type::Record(f) | Type::Tuple(f) => &f.layout.flat,
            Type::Variant(c) | Type::Enum(c) | Type::Option(c) | Type::Result(c) => &c.layout.flat,
        }
    }

    /// How many fields, cases, names or elements' types are in it.
    #[allow(clippy::len_without_is_empty)] // no type that has parts has none
    pub fn len(&self) -> usize {
        match self {
            Type::List(_) => 1,
            Type::Record(f) | Type::Tuple(f) => f.fields.len(),
            Type::Variant(c) | Type::Enum(c) | Type::Option(c) | Type::Result(c) => c.cases.len(),
            Type::Flags(f) => f.names.len(),
            Type::Scalar(_) | Type::String | Type::Own(_) | Type::Borrow(_) => 0,
        }
    }

    /// The name of a field, case or flag.
    pub fn name(&self, index: usize) -> Option<&str> {
        match self {
            Type::Record(f) => f.fields.get(index).map(|f| &*f.name),
            Type::Variant(c) | Type::Enum(c) | Type::Option(c) | Type::Result(c) => {
                c.cases.get(index).map(|c| &*c.name)
            }
            Type::Flags(f) => f.names.get(index).map(|n| &**n),
            Type::Own(r) | Type::Borrow(r) => (index == 0).then_some(&*r.name),
            Type::Scalar(_) | Type::String | Type::List(_) | Type::Tuple(_) => None,
        }
    }

    /// The type of a field or payload, or of the elements.
    pub fn at(&self, index: usize) -> Option<&Type> {
        match self {
            Type::List(l) => (index == 0).then_some(&l.element),
            Type::Record(f) | Type::Tuple(f) => f.fields.get(index).map(|f| &f.ty),
            Type::Variant(c) | Type::Option(c) | Type::Result(c) => c.cases.get(index)?.ty.as_ref(),
            Type::Scalar(_) | Type::String | Type::Enum(_) => None,
            Type::Flags(_) | Type::Own(_) | Type::Borrow(_) => None,
        }
    }
}

/// As in WIT, with the parts of a record and its kin in place of its name.
impl fmt::Display for Type {
    /// Cuts off what is longer than any message has to be: small files have types
    /// whose text would fill the memory.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bounded = Bounded { to: f, left: MOST_TEXT };
        match self.print(&mut bounded) {
            Err(_) if bounded.left == 0 => f.write_str("…"),
            done => done,
        }
    }
}

/// So many bytes of a type are told.
const MOST_TEXT: usize = 64 * 1024;

/// Fails where there is no more room, which is then zero.
struct Bounded<'a, 'f> {
    to: &'a mut fmt::Formatter<'f>,
    left: usize,
}

impl fmt::Write for Bounded<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        match self.left.checked_sub(text.len()).filter(|left| *left > 0) {
            Some(left) => {
                self.left = left;
                self.to.write_str(text)
            }
            None => {
                self.left = 0;
                Err(fmt::Error)
            }
        }
    }
}

impl Type {
    fn print(&self, f: &mut Bounded<'_, '_>) -> fmt::Result {
        match self {
            Type::Scalar(kind) => f.write_str(kind::name(*kind)),
            Type::String => f.write_str("string"),
            Type::List(list) => write!(f, "list<{}>", list.element),
            Type::Record(r) => {
                f.write_str("record { ")?;
                for (i, field) in r.fields.iter().enumerate() {
                    let comma = if i == 0 { "" } else { ", " };
                    write!(f, "{comma}{}: {}", field.name, field.ty)?;
                }
                f.write_str(" }")
            }
            Type::Tuple(t) => {
                f.write_str("tuple<")?;
                for (i, field) in t.fields.iter().enumerate() {
                    write!(f, "{}{}", if i == 0 { "" } else { ", " }, field.ty)?;
                }
                f.write_str(">")
            }
            Type::Variant(c) => {
                f.write_str("variant { ")?;
                for (i, case) in c.cases.iter().enumerate() {
                    write!(f, "{}{}", if i == 0 { "" } else { ", " }, case.name)?;
                    if let Some(ty) = &case.ty {
                        write!(f, "({ty})")?;
                    }
                }
                f.write_str(" }")
            }
            Type::Enum(_) | Type::Flags(_) => {
                let what = if matches!(self, Type::Enum(_)) { "enum" } else { "flags" };
                let names: Vec<_> = (0..self.len()).filter_map(|i| self.name(i)).collect();
                write!(f, "{what} {{ {} }}", names.join(", "))
            }
            Type::Option(_) => match self.at(1) {
                Some(ty) => write!(f, "option<{ty}>"),
                None => f.write_str("option"),
            },
            Type::Result(_) => match (self.at(0), self.at(1)) {
                (None, None) => f.write_str("result"),
                (Some(ok), None) => write!(f, "result<{ok}>"),
                (None, Some(err)) => write!(f, "result<_, {err}>"),
                (Some(ok), Some(err)) => write!(f, "result<{ok}, {err}>"),
            },
            Type::Own(r) => write!(f, "own<{}>", r.name),
            Type::Borrow(r) => write!(f, "borrow<{}>", r.name),
        }
    }
}

/// `(text: string) -> (u32)`, as other functions' types.
impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (i, param) in self.params.fields.iter().enumerate() {
            f.write_str(if i == 0 { "" } else { ", " })?;
            match &*param.name {
                "" => write!(f, "{}", param.ty)?,
                name => write!(f, "{name}: {}", param.ty)?,
            }
        }
        f.write_str(") -> (")?;
        self.results.fields.iter().try_for_each(|result| write!(f, "{}", result.ty))?;
        f.write_str(")")
    }
}
