//! How values travel by a convention: each rule can be set for all of a face, or for
//! one function of it.
//!
//! Not here: what a rule means in instructions.

use super::expression::Expression;
use crate::abi::GuestEncoding;
use std::collections::HashMap;

/// How the values of a function travel, who frees them, and what runs around a call.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    /// How text is encoded.
    pub encoding: GuestEncoding,
    /// What text and lists are as parameters.
    pub text: TextForm,
    /// What text and lists are as results, and records and `result`.
    pub result: ResultForm,
    /// What text and lists are in records and in areas.
    pub within: TextForm,
    /// What text is that tells of a failure.
    pub error: TextForm,
    /// Whether an `option` is an address, which is 0 where there is none.
    pub null_options: bool,
    /// Whether a record is passed as its fields.
    pub flat_records: bool,
    /// Whether cases in memory are as small as they can be; else they are words.
    pub small_enums: bool,
    /// Who frees arguments.
    pub owner: Owner,
    /// Who frees results.
    pub result_owner: Owner,
    /// What gives memory.
    pub alloc: Option<CallRule>,
    /// What takes arguments back, and results where nothing else is said.
    pub free: Option<CallRule>,
    /// What takes results back.
    pub free_result: Option<CallRule>,
    /// What takes back the pair that a result is returned in.
    pub free_pair: Option<CallRule>,
    /// Whether memory of no bytes is taken back.
    pub free_empty: Option<bool>,
    /// Where room comes from for what is returned through memory.
    pub area: AreaRule,
    /// What the name of a function begins with that is called with what another one, of
    /// the name after it, returned, once that has been read.
    pub post: Option<&'static str>,
    /// What tells address and length of the last result.
    pub last: Option<(CallRule, CallRule)>,
    /// What is called right before, and right after, also after a trap.
    pub before: Option<CallRule>,
    pub after: Option<CallRule>,
    /// What a call is where no form says it.
    pub spelled: Spelled,
    /// Where a face says what it sets: by the names of settings.
    pub said: HashMap<String, usize>,
}

impl Rules {
    /// Where the first of these settings is said that is; else this place.
    pub fn place_of(&self, settings: &[&str], other: usize) -> usize {
        settings.iter().find_map(|name| self.said.get(*name).copied()).unwrap_or(other)
    }
}

/// A call that a face spells out. With each expression, where it is written.
#[derive(Clone, Debug, Default)]
pub(super) struct Spelled {
    /// What the core takes, in order.
    pub args: Option<Vec<(usize, Expression)>>,
    /// Where the result lies.
    pub address: Option<(usize, Expression)>,
    /// How long results are.
    pub length: Sizes,
    /// How large the buffers are that they are written to.
    pub room: Sizes,
    /// Whether the call has succeeded.
    pub ok: Option<(usize, Expression)>,
    /// What the error is, where it has not.
    pub err: Option<(usize, Expression)>,
}

/// A number for a result, or for each of its fields by their names.
#[derive(Clone, Debug, Default)]
pub(super) struct Sizes(pub Vec<(String, usize, Expression)>);

impl Sizes {
    /// That of the result of this name, or of the field behind the dot in it.
    pub fn of(&self, name: &str) -> Option<(usize, &Expression)> {
        let field = name.split_once('.').map_or("", |(_, field)| field);
        let found = self.0.iter().find(|(of, ..)| of.is_empty() || of == field);
        found.map(|(_, at, expression)| (*at, expression))
    }
}

impl Spelled {
    /// Whether anything is said.
    pub fn is_said(&self) -> bool {
        self.args.is_some() || self.all().next().is_some()
    }

    /// All but the arguments.
    pub fn all(&self) -> impl Iterator<Item = (usize, &Expression)> {
        let alone = [&self.address, &self.ok, &self.err].into_iter().flatten();
        let sizes = self.length.0.iter().chain(&self.room.0);
        alone.map(|(at, e)| (*at, e)).chain(sizes.map(|(_, at, e)| (*at, e)))
    }
}

/// What text is, or a list, in core values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextForm {
    /// Its address, and its length in code units or elements.
    PointerLength,
    /// The address of text that a zero unit ends.
    Nul,
    /// The address of its address and length.
    Struct,
    /// The address of its length, which it follows.
    Prefixed,
}

impl TextForm {
    /// How lists are where text is so: none ends at a zero.
    pub fn of_lists(self) -> TextForm {
        match self {
            TextForm::Nul | TextForm::PointerLength => TextForm::PointerLength,
            TextForm::Struct | TextForm::Prefixed => self,
        }
    }
}

/// How a result comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ResultForm {
    /// As core results: of text and lists, address and length.
    Values,
    /// Text that a zero unit ends, by its address.
    Nul,
    /// Address and length in one `i64`, the address in the higher half.
    Packed,
    /// The same, the address in the lower half.
    PackedLow,
    /// In an area whose address is the first argument.
    Area,
    /// In an area whose address is the last argument.
    AreaLast,
    /// In an area whose address is returned.
    Pair,
    /// In areas whose addresses are the last arguments, beside a status that is zero
    /// for success.
    Out,
    /// Its address is returned, and its length stored where the last argument says.
    LengthOut,
    /// Written to where the last two arguments say, address and capacity; the length
    /// that is needed is returned.
    Buffer,
    /// Its address is returned, behind its length.
    Prefixed,
    /// What two functions tell afterwards.
    Last,
    /// What is in the first list or text among the arguments afterwards.
    InPlace,
    /// As long as the first list or text among the arguments, by its address.
    SameLength,
    /// As an object, which the convention makes and reads.
    Object,
}

/// Who frees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// Who calls.
    Caller,
    /// Who is called; of a result, nobody: it is static, or lies in something else.
    Callee,
}

/// Where areas come from.
#[derive(Clone, Debug)]
pub(super) enum AreaRule {
    /// The allocator.
    Alloc,
    /// A function that moves the guest's stack pointer and tells where it is then.
    Stack(CallRule),
}

/// A core function and what it takes.
#[derive(Clone, Debug)]
pub(super) struct CallRule {
    pub name: String,
    /// Nothing is said where there are none: then its type tells.
    pub args: Option<Vec<CallArg>>,
    /// Where a face says it.
    pub at: Option<usize>,
}

/// An argument of an allocator or of what frees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CallArg {
    Pointer,
    /// In bytes.
    Size,
    /// In code units or elements.
    Count,
    Align,
    Const(i32),
}

impl CallRule {
    /// One whose type tells what it takes.
    pub fn named(name: &str) -> CallRule {
        CallRule { name: name.to_owned(), args: None, at: None }
    }

    /// `free`, or `dealloc(pointer, size)`.
    pub fn parse(text: &str) -> Option<CallRule> {
        let Some((name, rest)) = text.split_once('(') else {
            return (!text.trim().is_empty()).then(|| CallRule::named(text.trim()));
        };
        let args = rest.trim_end().strip_suffix(')')?;
        let args = args.split(',').map(str::trim).filter(|arg| !arg.is_empty());
        let args = args.map(|arg| match arg {
            "pointer" => Some(CallArg::Pointer),
            "size" => Some(CallArg::Size),
            "count" => Some(CallArg::Count),
            "align" => Some(CallArg::Align),
            number => number.parse().ok().map(CallArg::Const),
        });
        let args = args.collect::<Option<Vec<_>>>()?;
        let name = name.trim();
        (!name.is_empty()).then(|| CallRule { name: name.to_owned(), args: Some(args), at: None })
    }
}

/// A rule's values by the names that they have in a face.
pub(super) trait Named: Sized + Copy + 'static {
    const NAMES: &'static [(&'static str, Self)];

    fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}

impl Named for TextForm {
    const NAMES: &'static [(&'static str, TextForm)] = &[
        ("pointer-length", TextForm::PointerLength),
        ("nul", TextForm::Nul),
        ("struct", TextForm::Struct),
        ("prefixed", TextForm::Prefixed),
    ];
}

impl Named for ResultForm {
    const NAMES: &'static [(&'static str, ResultForm)] = &[
        ("values", ResultForm::Values),
        ("nul", ResultForm::Nul),
        ("packed", ResultForm::Packed),
        ("packed-low", ResultForm::PackedLow),
        ("area", ResultForm::Area),
        ("area-last", ResultForm::AreaLast),
        ("pair", ResultForm::Pair),
        ("out", ResultForm::Out),
        ("length-out", ResultForm::LengthOut),
        ("buffer", ResultForm::Buffer),
        ("prefixed", ResultForm::Prefixed),
        ("last", ResultForm::Last),
        ("in-place", ResultForm::InPlace),
        ("same-length", ResultForm::SameLength),
    ];
}

impl Named for Owner {
    const NAMES: &'static [(&'static str, Owner)] = &[
        ("caller", Owner::Caller),
        ("callee", Owner::Callee),
        ("static", Owner::Callee),
        ("borrowed", Owner::Callee),
    ];
}

impl Named for GuestEncoding {
    const NAMES: &'static [(&'static str, GuestEncoding)] = GuestEncoding::NAMES;
}
