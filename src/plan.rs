//! What the runtime will do, with every name already resolved: the narrow
//! waist between the front end and the back ends.
//!
//! An adapter is straight-line code, so its plan addresses numbered slots and
//! no stack: sizes are fixed, nothing can underflow at run time, and a frame
//! is one reusable slice.
//!
//! Not here: execution, wasmtime, syntax, source positions.

mod convert;
mod print;
pub(crate) mod stage;

pub(crate) use convert::{Conversion, integer};

use crate::abi::{Convention, GuestEncoding};
use crate::types::{ExportType, ExternType, FuncType, ImportType};
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Deref;

/// A module, ready to be compiled and linked.
#[derive(Debug)]
pub(crate) struct Program {
    /// The core module as a binary, laid out as the file the host supplied: an
    /// interface section in it is a custom section like others.
    pub core: Binary,
    /// Where in it the contents of the code section start.
    pub code: Option<usize>,
    /// Where the core's code names functions (`call`, `return_call`,
    /// `ref.func`): the positions of these immediates in the contents of its
    /// code section, ascending. `None` if nobody has looked.
    pub calls: Option<Vec<u32>>,
    /// Whether there is an interface section. Without one the core's imports
    /// and exports are the module's own.
    pub wrapped: bool,
    /// What must be supplied, in order.
    pub imports: Vec<Import>,
    /// What is offered, in order.
    pub exports: Vec<Export>,
    /// How each core import is answered, in the core's order.
    pub core_imports: Vec<CoreImport>,
    /// Adapter functions by index: imports first, then bodies.
    pub adapters: Vec<Adapter>,
    /// How the core lays values out.
    pub convention: Convention,
    /// The core functions that plans and exports refer to, ascending.
    pub used_funcs: Vec<u32>,
    /// The core memories that plans refer to, as text of each encoding lies in them,
    /// ascending.
    pub used_mems: Vec<TextMem>,
    /// What [`Op::Refuse`] tells.
    pub messages: Vec<String>,
    /// What the host itself supplies: these come after `imports`.
    pub builtins: Vec<Builtin>,
    /// The core's start function.
    pub start: Option<u32>,
    /// The file, where functions were added to the core in it.
    pub source: Option<Source>,
}

/// The numbers of the sections of a core module, in the order in which they stand: the last
/// two are code and data.
pub(crate) const SECTIONS: [u8; 13] = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

/// A module's file, of which the core of a program is another form.
#[cfg_attr(not(feature = "attach"), allow(dead_code))]
#[derive(Debug)]
pub(crate) struct Source {
    pub binary: Binary,
    /// Where in it the contents of the code section start.
    pub code: Option<usize>,
}

/// What the host itself does where an adapter calls it.
#[cfg_attr(not(feature = "attach"), allow(dead_code))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Builtin {
    /// A trap with this message, which has `{}` in it for each argument.
    Throw(String),
    /// A float that nobody can tell before.
    Seed,
}

/// The bytes of a module, wherever they are kept.
pub(crate) struct Binary(Box<dyn AsRef<[u8]> + Send + Sync>);

impl Binary {
    pub fn new(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Binary {
        Binary(Box::new(bytes))
    }
}

impl Deref for Binary {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        (*self.0).as_ref()
    }
}

impl fmt::Debug for Binary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.len())
    }
}

/// One import as the outside sees it, and what inside asks for it.
#[derive(Debug)]
pub(crate) struct Import {
    pub ty: ImportType,
    /// A position in `core_imports`, or an adapter index.
    pub to: Inside,
}

/// One export as the outside sees it, and what inside is behind it.
#[derive(Debug)]
pub(crate) struct Export {
    pub ty: ExportType,
    /// A position among the core's exports, or an adapter index.
    pub from: Inside,
    /// What it is the same object as; of a core export only.
    pub same: Option<Same>,
}

/// An object that a core export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Same {
    /// What was supplied for the core import of this position.
    Import(u32),
    /// The export of this position, an earlier one.
    Export(u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inside {
    Core(u32),
    Adapter(u32),
}

/// How one core import is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CoreImport {
    /// By the module's import of this position.
    Import(u32),
    /// By the adapter of this index: the import is *implemented*.
    Hook(u32),
}

/// One adapter function.
#[derive(Debug)]
pub(crate) enum Adapter {
    /// The module's import of this position.
    Import {
        import: u32,
        ty: FuncType,
    },
    Body(AdapterPlan),
    /// A body of this type that was compiled before: its plan was not kept.
    Compiled(FuncType),
}

impl Program {
    /// Whether only the core's own code touches its memory, as long as it runs by
    /// itself or for the host: it shares no object with others but functions, and
    /// no reference crosses, which could be to its functions.
    pub fn is_closed(&self) -> bool {
        let is_closed = |ty: &FuncType| {
            let mut types = ty.params().iter().chain(ty.results());
            types.all(|ty| !ty.is_ref())
        };
        let imports = self.imports.iter().all(|import| match &import.ty.ty {
            ExternType::Func(ty) => is_closed(ty),
            _ => false,
        });
        self.wrapped && imports && self.adapters.iter().all(|adapter| is_closed(adapter.ty()))
    }

    /// Whether values with parts are among what functions take and give.
    pub fn has_parts(&self) -> bool {
        let imports = self.imports.iter().map(|import| &import.ty.ty);
        let mut all = imports.chain(self.exports.iter().map(|export| &export.ty.ty));
        all.any(|ty| match ty {
            ExternType::Func(ty) => {
                ty.params().iter().chain(ty.results()).any(|t| t.is_composite())
            }
            _ => false,
        })
    }

    /// Takes over what parameters are called from the same program.
    pub fn take_names(&mut self, from: Program) {
        self.imports = from.imports;
        self.exports = from.exports;
        for (adapter, from) in self.adapters.iter_mut().zip(from.adapters) {
            match adapter {
                Adapter::Import { ty, .. } | Adapter::Compiled(ty) => *ty = from.ty().clone(),
                Adapter::Body(plan) => plan.ty = from.ty().clone(),
            }
        }
    }
}

/// The core functions and the memories that these refer to, ascending.
pub(crate) fn used(adapters: &[Adapter]) -> (Vec<u32>, Vec<TextMem>) {
    let (mut funcs, mut mems) = (BTreeSet::new(), BTreeSet::new());
    for adapter in adapters {
        if let Adapter::Body(plan) = adapter {
            funcs.extend(plan.ops.iter().filter_map(Op::core_func));
            mems.extend(plan.ops.iter().filter_map(Op::mem));
        }
    }
    (funcs.into_iter().collect(), mems.into_iter().collect())
}

impl Adapter {
    pub fn ty(&self) -> &FuncType {
        match self {
            Adapter::Import { ty, .. } => ty,
            Adapter::Body(plan) => &plan.ty,
            Adapter::Compiled(ty) => ty,
        }
    }
}

/// The plan of one adapter body. Parameter n is in slot n at the start.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AdapterPlan {
    pub ty: FuncType,
    /// How many slots a frame has.
    pub slots: u32,
    /// Each writes slots that no other op writes; the last one is `Ret`, and
    /// there is only that one.
    pub ops: Vec<Op>,
}

/// A core memory, and how text that is read from or written to it is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TextMem {
    /// Its index.
    pub memory: u32,
    pub text: GuestEncoding,
}

/// A slot number, counted from zero.
pub(crate) type Slot = u32;

/// A slot that is read. The last reader takes the value out of the slot, so
/// that a string does not outlive its use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Use {
    pub slot: Slot,
    pub last: bool,
}

/// One step of an adapter.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Op {
    /// Integer to integer; may trap where it is checked.
    Convert { with: Conversion, from: Use, to: Slot },
    /// Text in a core memory, by address and length, becomes a string.
    LiftStr { mem: TextMem, ptr: Use, len: Use, to: Slot },
    /// A string is written into what the guest's allocator gives; its address
    /// goes to slot `to`, its length to `to + 1`.
    LowerStr { alloc: u32, mem: TextMem, from: Use, to: Slot },
    /// A core function; results go to `to` and the slots after it.
    CallCore { func: u32, args: Box<[Use]>, to: Slot },
    /// An adapter function of this module, import or body.
    CallAdapter { adapter: u32, args: Box<[Use]>, to: Slot },
    /// A trap that tells the message of this position, where an `i32` is not zero: what
    /// this is above one stands for `{}` in it.
    #[cfg_attr(not(feature = "attach"), allow(dead_code))]
    Refuse { when: Use, message: u32 },
    /// A core function without parameters and results is called, where an `i32` is not
    /// zero and no function of its module is on the stack.
    #[cfg_attr(not(feature = "attach"), allow(dead_code))]
    Idle { when: Use, func: u32 },
    /// A core function without results, owed when the frame is left. Its
    /// arguments are copied now and stay in their slots.
    Defer { func: u32, args: Box<[Use]> },
    /// The frame is left with these results.
    Ret { values: Box<[Use]> },
}

impl AdapterPlan {
    /// How the string in this slot is encoded where it is written, if it is.
    pub fn text_of(&self, slot: Slot) -> Option<GuestEncoding> {
        self.ops.iter().find_map(|op| match op {
            Op::LowerStr { mem, from, .. } if from.slot == slot => Some(mem.text),
            _ => None,
        })
    }
}

impl Op {
    /// The core function that it calls, now or later.
    pub fn core_func(&self) -> Option<u32> {
        match self {
            Op::CallCore { func, .. } | Op::Defer { func, .. } | Op::Idle { func, .. } => {
                Some(*func)
            }
            Op::LowerStr { alloc, .. } => Some(*alloc),
            _ => None,
        }
    }

    /// The memory that it reads or writes.
    pub fn mem(&self) -> Option<TextMem> {
        match self {
            Op::LiftStr { mem, .. } | Op::LowerStr { mem, .. } => Some(*mem),
            _ => None,
        }
    }

    /// The values that it passes on, where their number differs from op to op.
    pub fn args(&self) -> &[Use] {
        match self {
            Op::CallCore { args, .. } | Op::CallAdapter { args, .. } | Op::Defer { args, .. } => {
                args
            }
            Op::Ret { values } => values,
            Op::Convert { .. }
            | Op::LiftStr { .. }
            | Op::LowerStr { .. }
            | Op::Refuse { .. }
            | Op::Idle { .. } => &[],
        }
    }
}
