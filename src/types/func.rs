//! Function types: parameters, which may have names, and results.
//!
//! Names are for people and for bindings; they are no part of the type.
//!
//! Not here: what a value can be.

use super::ValType;
use super::tree::{self, Fields, Signature};
use crate::error::Error;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The parameters and results of a function. Clones share one allocation.
///
/// Two are equal if the types in them are, whatever the parameters are called.
#[derive(Clone)]
pub struct FuncType {
    types: Arc<[ValType]>,
    params: usize,
    /// One for each parameter, where one has a name; else none has.
    names: Option<Arc<Names>>,
    /// Of a component's function: all of its type.
    signature: Option<Arc<Signature>>,
}

type Names = Vec<Option<Box<str>>>;

impl FuncType {
    /// The most parameters, and the most results, that functions of modules have.
    pub const MOST_VALUES: usize = 1_000;

    /// A function type from its parameters and results, in order.
    pub fn new(
        params: impl IntoIterator<Item = ValType>,
        results: impl IntoIterator<Item = ValType>,
    ) -> FuncType {
        let mut types: Vec<ValType> = params.into_iter().collect();
        let params = types.len();
        types.extend(results);
        FuncType { types: types.into(), params, names: None, signature: None }
    }

    /// The same type with these names for its parameters, first one first; those
    /// without one, and those after the last one given, have none.
    ///
    /// ```
    /// use witrt::{FuncType, ValType};
    /// let ty = FuncType::new([ValType::String, ValType::U32], [ValType::String]);
    /// let named = ty.clone().with_param_names([None, Some("times")]);
    /// assert_eq!(named.to_string(), "(string, times: u32) -> (string)");
    /// assert_eq!(named, ty);
    /// ```
    pub fn with_param_names<N: Into<Box<str>>>(
        mut self,
        names: impl IntoIterator<Item = Option<N>>,
    ) -> FuncType {
        let mut names: Names =
            names.into_iter().take(self.params).map(|name| name.map(Into::into)).collect();
        names.resize(self.params, None);
        self.names = names.iter().any(|name| name.is_some()).then(|| Arc::new(names));
        self
    }

    /// The parameters, first one first.
    #[inline]
    pub fn params(&self) -> &[ValType] {
        &self.types[..self.params]
    }

    /// The results, first one first.
    #[inline]
    pub fn results(&self) -> &[ValType] {
        &self.types[self.params..]
    }

    /// What a parameter is called, if it has a name: text modules can name
    /// those of adapters.
    pub fn param_name(&self, index: usize) -> Option<&str> {
        self.names.as_ref()?.get(index)?.as_deref()
    }

    /// The names of all parameters.
    pub fn param_names(&self) -> impl ExactSizeIterator<Item = Option<&str>> {
        (0..self.params).map(|index| self.param_name(index))
    }

    /// Of a component's function: its type with all that is in its values.
    pub fn signature(&self) -> Option<&Arc<Signature>> {
        self.signature.as_ref()
    }

    /// Whether every type in it is a core one, so that a core import can be
    /// satisfied by such a function.
    pub fn is_core(&self) -> bool {
        self.types.iter().all(|t| t.is_core())
    }

    /// A parameter of a function of this type, for messages: `parameter 1 ("name")`.
    pub fn parameter(&self, index: usize) -> String {
        tree::parameter(index, self.param_name(index))
    }
}

/// The type of a component's function.
impl From<Signature> for FuncType {
    fn from(signature: Signature) -> FuncType {
        let kinds = |fields: &Fields| {
            fields.fields.iter().map(|field| field.ty.val_type()).collect::<Vec<_>>()
        };
        let plain = FuncType::new(kinds(&signature.params), kinds(&signature.results));
        let names = signature
            .params
            .fields
            .iter()
            .map(|field| Some(field.name.clone()).filter(|name| !name.is_empty()));
        let named = plain.with_param_names(names);
        FuncType { signature: Some(Arc::new(signature)), ..named }
    }
}

/// What the parameters are called does not count.
impl PartialEq for FuncType {
    fn eq(&self, other: &FuncType) -> bool {
        if self.params != other.params
            || !(Arc::ptr_eq(&self.types, &other.types) || self.types == other.types)
        {
            return false;
        }
        match (&self.signature, &other.signature) {
            (None, None) => true,
            (Some(a), Some(b)) => Arc::ptr_eq(a, b) || a.same(b),
            // Kinds say all there is to say of what has no parts.
            _ => !self.types.iter().any(|ty| ty.is_composite()),
        }
    }
}

impl Eq for FuncType {}

impl Hash for FuncType {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.types, self.params).hash(state);
    }
}

/// `(s32, name: string) -> (u8)`
impl fmt::Display for FuncType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(signature) = &self.signature {
            return signature.fmt(f);
        }
        f.write_str("(")?;
        for (i, (ty, name)) in self.params().iter().zip(self.param_names()).enumerate() {
            f.write_str(if i == 0 { "" } else { ", " })?;
            match name {
                Some(name) => write!(f, "{name}: {ty}")?,
                None => write!(f, "{ty}")?,
            }
        }
        f.write_str(") -> (")?;
        for (i, ty) in self.results().iter().enumerate() {
            write!(f, "{}{ty}", if i == 0 { "" } else { ", " })?;
        }
        f.write_str(")")
    }
}

impl fmt::Debug for FuncType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Where in a call something is wrong: one form for all messages.
impl Error {
    /// Says that an argument is at fault of a call of a function of this type.
    pub fn of_argument(self, ty: &FuncType, index: usize) -> Error {
        self.context(ty.parameter(index)).at_argument(index)
    }

    /// Says that a result is at fault, of so many: the only one has no number.
    pub fn of_result(self, index: usize, count: usize) -> Error {
        match count {
            1 => self.context("result"),
            _ => self.context(format_args!("result {index}")),
        }
        .at_argument(index)
    }

    /// Says that what a host function returned is at fault.
    pub fn of_host_result(self, index: usize) -> Error {
        self.context(format_args!("result {index} of the host function")).at_argument(index)
    }

    /// Says which argument is at fault, where no more than its index has been
    /// told.
    #[cold]
    pub(crate) fn of_argument_told(self, ty: &FuncType) -> Error {
        match self.argument() {
            Some(index) => self.of_argument(ty, index),
            None => self,
        }
    }
}
