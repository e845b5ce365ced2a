//! The values that cross, [`Val`], and what is in them and has them: lists, and functions.
//!
//! Not here: the strings and references in it; calls.

#[cfg(feature = "component")]
use super::StoreData;
use super::context::{Cx, same_store};
use super::core_func::CoreFunc;
use super::errors::{mismatch, no_values};
use super::link::Link;
use super::number::Number;
use super::refs::ExternRef;
use super::resource::Resource;
use super::strings::Str;
use super::tree::{Arg, Out, ReadText, Returned, Slot, Trust};
use super::words::HostType;
use crate::error::{Error, ErrorKind, Result};
use crate::types::tree::Signature;
use crate::types::{Class, FuncType, ValType, kinds_of_values};
use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// The values that lie in slots of their own, those with parts and resources, as a pattern.
macro_rules! with_parts {
    () => {
        $crate::Val::List(_)
            | $crate::Val::Record(_)
            | $crate::Val::Tuple(_)
            | $crate::Val::Variant(..)
            | $crate::Val::Result(_)
            | $crate::Val::Option(_)
            | $crate::Val::Own(_)
            | $crate::Val::Borrow(_)
    };
}
pub(crate) use with_parts;

/// The values, and what is there for each kind of numbers.
macro_rules! values {
    (
        numbers { $($a:literal $n:ident $t:ident $c:literal $b:tt $core:ident $bits:literal $sign:ident $rust:ty;)+ }
        $($others:tt)*
    ) => {
        /// One value, of a core or of an interface type.
        ///
        /// `'a` is how long the text of a string argument is borrowed; results own
        /// what they hold. NaN payloads are kept.
        #[derive(Clone, Debug)]
        pub enum Val<'a> {
            $(#[doc = $a] $n($rust),)+
            /// Core and interface; `None` is null.
            ExternRef(Option<ExternRef>),
            /// Core; `None` is null.
            FuncRef(Option<Func>),
            /// Interface: a sequence of Unicode scalar values.
            String(Str<'a>),
            /// Of components.
            Bool(bool),
            /// Of components.
            Char(char),
            /// Of components: which of the names.
            Enum(u32),
            /// Of components: a bit for each name, the first one lowest.
            Flags(u32),
            /// Of components.
            List(List<'a>),
            /// Of components: the fields in order.
            Record(Vec<Val<'a>>),
            /// Of components: the fields in order.
            Tuple(Vec<Val<'a>>),
            /// Of components: which of the cases, and what it holds.
            Variant(u32, Payload<'a>),
            /// Of components.
            Result(std::result::Result<Payload<'a>, Payload<'a>>),
            /// Of components.
            Option(Payload<'a>),
            /// Of components: a resource that is given away.
            Own(Resource),
            /// Of components: a resource that is lent for a call.
            Borrow(Resource),
        }

        impl Val<'_> {
            /// Its type.
            pub fn ty(&self) -> ValType {
                match self {
                    $(Val::$n(_) => ValType::$n,)+
                    Val::String(_) => ValType::String,
                    Val::ExternRef(_) => ValType::ExternRef,
                    Val::FuncRef(_) => ValType::FuncRef,
                    Val::Bool(_) => ValType::Bool,
                    Val::Char(_) => ValType::Char,
                    Val::Enum(_) => ValType::Enum,
                    Val::Flags(_) => ValType::Flags,
                    Val::List(_) => ValType::List,
                    Val::Record(_) => ValType::Record,
                    Val::Tuple(_) => ValType::Tuple,
                    Val::Variant(..) => ValType::Variant,
                    Val::Result(_) => ValType::Result,
                    Val::Option(_) => ValType::Option,
                    Val::Own(_) => ValType::Own,
                    Val::Borrow(_) => ValType::Borrow,
                }
            }

            /// A number as text; nothing of what is none.
            #[doc(hidden)]
            pub fn number_text(&self) -> Option<String> {
                match self {
                    $(Val::$n(v) => Some(v.to_string()),)+
                    _ => None,
                }
            }

            /// A number's bits: of an integer of up to 32 bits, extended to 32 by its
            /// sign, in the low half. Zero for what is no number.
            #[doc(hidden)]
            pub fn bits(&self) -> u64 {
                match *self {
                    $(Val::$n(v) => Number::to_bits(v),)+
                    Val::Bool(v) => v.into(),
                    Val::Char(v) => u32::from(v).into(),
                    Val::Enum(v) | Val::Flags(v) => v.into(),
                    Val::String(_) | Val::ExternRef(_) | Val::FuncRef(_) | with_parts!() => 0,
                }
            }

            /// The number of that type, or what is told by one, with these bits.
            #[doc(hidden)]
            #[inline]
            pub fn from_bits(ty: ValType, bits: u64) -> Result<Self> {
                Ok(match ty {
                    $(ValType::$n => Val::$n(<$rust as Number>::from_bits(bits)),)+
                    ValType::Bool => Val::Bool(bits as u32 != 0),
                    ValType::Char => match char::from_u32(bits as u32) {
                        Some(char) => Val::Char(char),
                        None => return Err(no_character(bits as u32)),
                    },
                    ValType::Enum => Val::Enum(bits as u32),
                    ValType::Flags => Val::Flags(bits as u32),
                    _ => return Err(Error::internal("this is no type of a number")),
                })
            }
        }
    };
}

kinds_of_values!(values);

/// What a case holds, if it holds anything.
pub type Payload<'a> = Option<Box<Val<'a>>>;

/// The packed kinds: the variant, and the type of an element.
macro_rules! packed {
    ($($name:ident $number:literal $ty:ty;)+) => {
        /// The elements of a list. Numbers, truth values and characters are packed,
        /// and copied as they lie; as an argument, [`List::Val`] does for them too.
        #[derive(Clone, Debug)]
        #[allow(missing_docs)]
        pub enum List<'a> {
            $($name(Cow<'a, [$ty]>),)+
            /// Elements of any kind.
            Val(Vec<Val<'a>>),
        }

        impl<'a> List<'a> {
            /// How many there are.
            pub fn len(&self) -> usize {
                match self {
                    $(List::$name(elements) => elements.len(),)+
                    List::Val(elements) => elements.len(),
                }
            }

            /// Whether there are none.
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// What they are, where they are packed.
            pub fn element(&self) -> Option<ValType> {
                match self {
                    $(List::$name(_) => Some(ValType::$name),)+
                    List::Val(_) => None,
                }
            }

            /// A copy that owns its elements; those that are values are left.
            pub(crate) fn to_owned(&self) -> Result<List<'static>, &[Val<'a>]> {
                match self {
                    $(List::$name(elements) => Ok(List::$name(elements.to_vec().into())),)+
                    List::Val(elements) => Err(elements),
                }
            }

            /// An element.
            pub fn get(&self, index: usize) -> Option<Val<'a>> {
                match self {
                    $(List::$name(elements) => elements.get(index).map(|v| Val::$name(*v)),)+
                    List::Val(elements) => elements.get(index).cloned(),
                }
            }
        }
    };
}

kinds_of_values!(packed packed);

/// A function in a store: of a core module, of an interface, or the host's
/// own. Clones are the same function.
#[derive(Clone)]
pub struct Func(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub store: u64,
    pub ty: FuncType,
    pub body: Body,
    /// What core code calls for it, made when it is first needed; of a
    /// core function, itself.
    pub(super) wrapper: OnceLock<CoreFunc>,
    /// What makes that.
    pub(super) wrap: Wrap,
}

/// Makes a core function that calls such a one of this type.
pub(super) type Wrap = fn(&mut Cx<'_>, &FuncType, Arc<dyn Callable>) -> Result<CoreFunc>;

pub(crate) enum Body {
    Core(CoreFunc),
    Callable(Arc<dyn Callable>),
}

/// Something that takes and gives interface values: an adapter bound to an
/// instance, or a host function.
pub(crate) trait Callable: Any + Send + Sync {
    /// Runs it. The caller has checked the ends against its type. After an error it is
    /// unspecified which results are there.
    fn call(&self, cx: &mut Cx<'_>, args: &[Arg<'_>], results: &mut [Out<'_>]) -> Result<()>;

    /// A call by who has lists of values, and of what takes them: else `with_ends` makes
    /// ends of them. Each result holds its type's default.
    fn call_vals(
        &self,
        cx: &mut Cx<'_>,
        args: &[Val<'_>],
        results: &mut [Val<'static>],
    ) -> Result<()>;

    /// A call with slots, the arguments checked by what they are for; `None` where
    /// there is no such way.
    ///
    /// # Safety
    ///
    /// What the arguments point to must be there until this returns.
    #[allow(unsafe_code)] // here nothing is done
    #[cfg_attr(not(feature = "component"), allow(dead_code))]
    unsafe fn call_slots(
        &self,
        _: &mut Cx<'_>,
        _: &[Slot],
        _: ReadText,
        _: &mut Returned,
        _: Trust,
    ) -> Option<Result<()>> {
        None
    }

    /// Whether it serves a component's import of this type, for which the types of Rust
    /// stand that it has; none where there are none.
    fn serves(&self, _: &Signature) -> Option<Result<()>> {
        None
    }

    /// Runs it with values of a type that it serves.
    fn call_as(
        &self,
        _: &mut Cx<'_>,
        _: &Signature,
        _: &[Val<'_>],
        _: &mut [Val<'static>],
    ) -> Result<()> {
        Err(mismatch())
    }

    /// Defines it for an import of a type that it serves; none where it is called with
    /// values.
    #[cfg(feature = "component")]
    fn define(
        self: Arc<Self>,
        _: &mut wasmtime::component::LinkerInstance<'_, StoreData>,
        _: &str,
        _: &Signature,
    ) -> Option<wasmtime::Result<()>> {
        None
    }

    /// Makes what core code calls for it, for which it has this type, without lists of
    /// values; the link comes back from those that do not know that way.
    #[allow(clippy::result_large_err)] // it goes on to another way at once
    fn linked(
        self: Arc<Self>,
        _: &mut Cx<'_>,
        _: &HostType,
        link: Link,
    ) -> Result<wasmtime::Func, Link> {
        Err(link)
    }
}

impl Func {
    #[inline]
    pub(crate) fn check_store(&self, cx: &Cx<'_>) -> Result<()> {
        same_store(cx, self.0.store, "function")
    }
}

impl fmt::Debug for Func {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Func({})", self.0.ty)
    }
}

impl<'a> Val<'a> {
    /// Zero, null or the empty string; `None` for a type without values, or
    /// with values that have parts.
    pub fn default_of(ty: ValType) -> Option<Val<'a>> {
        Some(match ty.kind().class {
            Class::Number(..) => return Val::from_bits(ty, 0).ok(),
            Class::Text => Val::String(Str::from("")),
            Class::Reference if ty == ValType::FuncRef => Val::FuncRef(None),
            Class::Reference => Val::ExternRef(None),
            Class::Scalar(_) if ty == ValType::Bool => Val::Bool(false),
            Class::Scalar(_) => Val::Char('\0'),
            Class::Composite | Class::Vector | Class::OtherReference => return None,
        })
    }

    /// The string in it.
    pub fn as_str(&self) -> Option<&Str<'a>> {
        match self {
            Val::String(s) => Some(s),
            _ => None,
        }
    }
}

#[cold]
fn no_character(bits: u32) -> Error {
    let message = format!("{bits:#x} is no Unicode scalar value");
    Error::new(ErrorKind::OutOfRange, message)
}

/// Checks values against the types they are meant for: their number, and each
/// one's type. `what` is `arguments` or `results`; `at` says which is wrong.
pub(crate) fn check(
    what: &str,
    types: &[ValType],
    vals: &[Val<'_>],
    at: impl FnOnce(Error, usize) -> Error,
) -> Result<()> {
    check_count(what, types, vals.len())?;
    for (i, (ty, val)) in types.iter().zip(vals).enumerate() {
        if *ty != val.ty() {
            let message = format!("expected {ty}, found {}", val.ty());
            return Err(at(Error::new(ErrorKind::WrongKind, message), i));
        }
    }
    Ok(())
}

/// The first half of [`check`].
#[inline]
pub(crate) fn check_count(what: &str, types: &[ValType], count: usize) -> Result<()> {
    if types.len() == count {
        return Ok(());
    }
    let message = format!("expected {} {what}, found {count}", types.len());
    Err(Error::new(ErrorKind::WrongCount, message))
}

/// Makes each of them the default of its type.
pub(crate) fn set_defaults(types: &[ValType], vals: &mut Vec<Val<'static>>) -> Result<()> {
    vals.clear();
    for ty in types {
        vals.push(match ty.is_composite() {
            // It has none: anything will do to be replaced.
            true => Val::Option(None),
            false => Val::default_of(*ty).ok_or_else(|| no_values(*ty))?,
        });
    }
    Ok(())
}
