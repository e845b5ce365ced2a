//! What is in the making: a face's program, the plan of one of its exports, the plan that
//! answers one of its imports; and the table of what a convention adds to that.
//!
//! Not here: how any of it is made.

use super::glue::{Code, Func, Glue, Local};
use super::names::Exports;
use super::rules::Rules;
use super::sequence::Sequence;
use super::shape::Relaid;
use super::text::{Face, wrong};
use super::wit::Function;
use crate::abi::GuestEncoding;
use crate::error::{Error, ErrorKind, Result};
use crate::frontend::core::Core;
use crate::frontend::text::error_at;
use crate::plan::{Adapter, AdapterPlan, Builtin, CoreImport, Export, Import, Op, Slot, Use};
use crate::types::tree::Type;
use crate::types::{FuncType, ImportType, ValType};
use std::any::Any;
use std::collections::HashMap;
use std::rc::Rc;

/// A convention.
pub(super) struct NamedConvention {
    /// What a face calls it.
    pub name: &'static str,
    /// The rules that a face begins with, for this core.
    pub rules: fn(&Core) -> Rules,
    /// The same for imports.
    pub import_rules: fn(&Core) -> Rules,
    /// Core functions of which the first that the core has is called when an instance has
    /// been made.
    pub init: &'static [&'static str],
    /// Settings of a face that this convention has beside the rules: see
    /// [`Face::extra`](super::text::Face::extra).
    pub extras: &'static [&'static str],
    /// Reads these settings, of a face with these exports and imports.
    pub begin: fn(&mut Maker<'_>, &[Function], &[Function]) -> Result<()>,
    /// Whether a module is of this convention, told by what it imports and exports: so
    /// many points, none where it is not.
    pub guess: fn(&Core) -> u32,
    /// What a module lacks that looks like one of this convention, for whoever begins a face.
    pub lacks: fn(&Core) -> Option<&'static str>,
    /// What a core import is called where a tool has made its name up.
    pub plain_name: fn(module: &str, name: &str) -> Option<String>,
    /// Which core imports the convention answers.
    pub supplied: fn(&Core) -> Vec<bool>,
    /// The plan of what answers a core import that the host need not supply.
    pub supplies: fn(&mut Maker<'_>, &ImportType) -> Result<Option<AdapterPlan>>,
    /// Passes an argument whose leaves are in slots from this one on, and tells whether
    /// it did; the rules say how the others travel.
    pub param: fn(&mut Call<'_, '_>, &Type, &mut Slot) -> Result<bool>,
    /// Takes a result.
    pub result: fn(&mut Call<'_, '_>, &Type) -> Result<bool>,
    /// Takes an argument of an import.
    pub import_param: fn(&mut Hook<'_, '_>, &Type) -> Result<bool>,
    /// Of the result of an import that is an object: what gives room for so many bytes,
    /// and what makes what the core gets of address and length, where these are not it.
    pub import_result: fn(&mut Hook<'_, '_>) -> Result<Makers>,
    /// What gives room for texts in such a result, where the rules do not say.
    pub import_alloc: fn(&mut Hook<'_, '_>) -> Result<Option<u32>>,
    /// How the core gets a result of an import, where the convention has its own way.
    pub import_back: fn(&Hook<'_, '_>, &Type) -> Option<Back>,
    /// So many words can the arguments of a function be.
    pub most_words: usize,
    /// Whether a face can spell calls out.
    pub spelled: bool,
    /// Whether the address of nothing may be outside of the memory.
    pub dangling: bool,
    /// Adds what is beside arguments and result to a call of a function of this type.
    pub end: fn(&mut Call<'_, '_>, &FuncType) -> Result<()>,
}

/// Core functions: what gives room, and what makes an object of it, where there are such.
pub(super) type Makers = (Option<u32>, Option<u32>);

/// What a program is made of, in the making.
pub(super) struct Maker<'a> {
    /// How text is encoded where nothing else is said of a function.
    pub encoding: GuestEncoding,
    pub face: &'a Face<'a>,
    pub core: &'a Core,
    /// The core as it is.
    pub bytes: &'a [u8],
    pub known: &'static NamedConvention,
    pub glue: Glue,
    pub messages: Vec<String>,
    message_at: HashMap<String, u32>,
    /// The functions that the core exports, by their names.
    pub names: Exports<'a>,
    /// Core functions that are exports of the face, and where it says so.
    pub exported: HashMap<u32, usize>,
    pub adapters: Vec<Adapter>,
    pub imports: Vec<Import>,
    pub exports: Vec<Export>,
    pub core_imports: Vec<CoreImport>,
    pub builtins: Vec<Builtin>,
    /// What a convention keeps of what it has found out about the core.
    pub kept: Option<Rc<dyn Any>>,
    /// How elements of lists lie that do not lie as a component's: as there, and here.
    pub relaid: Vec<Relaid>,
    /// The table and the global of references that a core without a table of its own
    /// keeps.
    pub heap: Option<(u32, u32)>,
}

impl<'a> Maker<'a> {
    pub fn new(
        face: &'a Face<'a>,
        core: &'a Core,
        known: &'static NamedConvention,
        bytes: &'a [u8],
    ) -> Result<Maker<'a>> {
        Ok(Maker {
            encoding: GuestEncoding::default(),
            face,
            core,
            bytes,
            known,
            glue: Glue::new(bytes)?,
            messages: Vec::new(),
            message_at: HashMap::new(),
            names: Exports::new(core),
            exported: HashMap::new(),
            adapters: Vec::new(),
            imports: Vec::new(),
            exports: Vec::new(),
            core_imports: Vec::new(),
            builtins: Vec::new(),
            kept: None,
            relaid: Vec::new(),
            heap: None,
        })
    }

    /// A message for [`Op::Refuse`].
    pub fn message(&mut self, message: String) -> u32 {
        let next = self.messages.len() as u32;
        let at = *self.message_at.entry(message.clone()).or_insert(next);
        if at == next {
            self.messages.push(message);
        }
        at
    }

    /// What is wrong with the face itself.
    pub fn wrong(&self, at: usize, message: impl AsRef<str>) -> Error {
        wrong(self.face.text, at, message)
    }

    /// What is wrong with it for this core.
    pub fn mismatch(&self, at: usize, message: impl AsRef<str>) -> Error {
        error_at(self.face.text, ErrorKind::InvalidInterface, message.as_ref(), at)
    }
}

/// A call of the core in the making.
pub(super) struct Call<'m, 'a> {
    pub maker: &'m mut Maker<'a>,
    pub rules: &'m Rules,
    pub name: &'m str,
    pub function: &'m Function,
    /// What is being made, for people, and where it is in the face.
    pub what: String,
    pub at: usize,
    pub place: usize,
    pub ty: FuncType,
    pub target: u32,
    /// The type of the core function.
    pub core: FuncType,
    /// The plan's steps before the call.
    pub ops: Vec<Op>,
    pub slots: u32,
    /// The function in between: its parameters are what the plan passes.
    pub wrap: Func,
    pub passed: Vec<Use>,
    /// What is done before the core is called, with the arguments all there.
    pub before: Code,
    /// What the core takes: first, in order, and last.
    pub first: Args,
    pub args: Args,
    pub last: Args,
    /// What the core returns.
    pub returned: Vec<(ValType, Local)>,
    /// How many of these have been taken, and of which types they should be.
    pub taken: usize,
    pub expected: Vec<ValType>,
    /// What is done afterwards.
    pub after: Code,
    /// What the plan gets, and what it does with it.
    pub outs: Args,
    pub then: Vec<Then>,
    /// The area, and how much of it is used.
    pub area: Option<(Slot, Local)>,
    pub area_size: u32,
    /// A buffer that the core writes to: where in the area its address is.
    pub buffer: Option<Buffer>,
    /// Where in the area addresses and sizes of memory are that is given back afterwards,
    /// and what does that.
    pub cells: Vec<(u32, u32)>,
    /// Text and lists among the arguments: address, and length as the plan counts it.
    pub sequences: Vec<(Local, Local, Sequence)>,
    /// A reference among the arguments that the core writes a list to.
    pub filled: Option<Local>,
    /// The forms that were met, in words.
    pub forms: Vec<String>,
    /// What the guest does between calls.
    pub idle: Option<Idle>,
}

/// What a guest does between calls, when it says that it is time.
pub(super) struct Idle {
    /// The function `() -> (whether it is, whether that was stopped half way)`.
    pub due: u32,
    pub run: u32,
    /// What is told of one that was.
    pub stopped: u32,
}

/// Values in order.
#[derive(Clone, Default)]
pub(super) struct Args {
    pub types: Vec<ValType>,
    pub code: Code,
}

impl Args {
    pub fn push(&mut self, ty: ValType) -> &mut Code {
        self.types.push(ty);
        &mut self.code
    }
}

/// What the plan does with what the function in between gives.
pub(super) enum Then {
    /// A number of this type.
    Number(ValType, u32),
    /// Text, or bytes, at this address, of this length.
    Text(GuestEncoding, u32, u32),
    /// A call of this function with these, when what was returned has been read.
    Free(u32, [u32; 2]),
    /// A trap with this message, where it is not zero.
    Refuse(u32, u32),
}

/// A buffer that the core writes to.
pub(super) struct Buffer {
    /// Where in the area its address and its size are.
    pub at: u32,
    pub area: Local,
    pub alloc: u32,
    pub free: u32,
    /// What the core said to be the length.
    pub length: Local,
    /// Bytes of a unit.
    pub unit: u32,
}

/// An answer to the core in the making.
pub(super) struct Hook<'m, 'a> {
    pub maker: &'m mut Maker<'a>,
    pub rules: &'m Rules,
    pub function: &'m Function,
    /// The parameter that is being made.
    pub parameter: String,
    pub core: &'m FuncType,
    /// The function that reads what the core passes: its parameters are the core's.
    pub read: Func,
    /// What it gives.
    pub outs: Args,
    pub given: Vec<HookArg>,
    /// How many of the core's parameters have been taken, and of which types they
    /// should be.
    pub taken: u32,
    pub expected: Vec<ValType>,
    /// Calls of functions with an address and a length, places in `outs`.
    pub frees: Vec<(u32, [u32; 2])>,
    /// Messages of traps where places in `outs` are not zero.
    pub refusals: Vec<(u32, u32)>,
    pub forms: Vec<String>,
    pub slots: u32,
    pub ops: Vec<Op>,
}

/// An argument for the host.
pub(super) enum HookArg {
    Number(ValType, u32),
    Sequence(Sequence, u32, u32),
}

/// How a convention makes what the core gets of what a host returns.
pub(super) struct Back {
    /// Whether the core passes the address of an area for it first.
    pub area: bool,
    /// What the core's function returns.
    pub results: Vec<ValType>,
    /// The code for it, of the address of the area, and the leaves of the result: of a
    /// text or list its address and length. Its memory is the core's then.
    pub code: fn(&mut Hook<'_, '_>, &Type, &[Local], &mut Func) -> Result<()>,
}

/// A plan of these steps.
pub(super) fn plan(ty: FuncType, slots: u32, mut ops: Vec<Op>) -> AdapterPlan {
    crate::frontend::compile::mark_last_uses(&mut ops, slots);
    AdapterPlan { ty, slots, ops }
}

/// A slot, read by a step.
pub(super) fn used(slot: Slot) -> Use {
    Use { slot, last: false }
}
