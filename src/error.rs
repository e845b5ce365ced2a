//! What can go wrong, and where.
//!
//! Not here: C types, wasmtime types.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// The result of everything that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong: a kind with a stable number, a message for people, and
/// the place where there is one.
///
/// It is one pointer wide, so that results stay small.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    argument: Option<usize>,
    position: Option<usize>,
    offset: Option<usize>,
    line_column: Option<(usize, usize)>,
    needed: Option<usize>,
    trap: Option<Trap>,
    payload: Option<Arc<dyn Any + Send + Sync>>,
}

/// One list of kinds: name, number, what it stands for. A number is never
/// reused; hundreds are stages.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal,)+) => {
        /// The kinds of [`Error`], grouped by stage.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u32)]
        #[non_exhaustive]
        pub enum ErrorKind { $($(#[doc = $doc])+ $name = $code,)+ }

        impl ErrorKind {
            /// Every kind, in the order of their numbers.
            pub const ALL: &'static [ErrorKind] = &[$(ErrorKind::$name,)+];

            /// The kind's name.
            pub fn name(self) -> &'static str {
                match self { $(ErrorKind::$name => stringify!($name),)+ }
            }
        }
    };
}

kinds! {
    /// Text that does not parse as a module.
    MalformedText = 100,
    /// Bytes that do not parse as a core module.
    MalformedBinary = 101,
    /// A damaged interface section.
    MalformedInterface = 102,
    /// A known format that this library does not take, such as a component.
    UnsupportedFormat = 103,
    /// A precompiled module that is damaged or was made by something else.
    BadArtefact = 104,
    /// A file that is not there or cannot be read.
    UnreadableFile = 105,
    /// A core module that breaks core WebAssembly's rules.
    InvalidCore = 200,
    /// An interface section that breaks the typing rules.
    InvalidInterface = 201,
    /// One or more imports were not supplied.
    MissingImport = 300,
    /// A supplied import has another type than the module asks for.
    IncompatibleImport = 301,
    /// A store's limit on memory, tables or instances was reached.
    LimitReached = 302,
    /// Text from the host that is not well-formed.
    BadText = 400,
    /// Execution trapped; [`Error::trap`] has the rest.
    Trap = 500,
    /// An instance of a component that trapped before: it cannot be called any
    /// more.
    Poisoned = 501,
    /// Too few or too many arguments, results or imports.
    WrongCount = 600,
    /// A value or object of another kind or type than was asked for.
    WrongKind = 601,
    /// An object of another store or engine.
    WrongStore = 602,
    /// A NULL pointer where an object or data is needed.
    NullPointer = 603,
    /// A number that names no kind, encoding or option.
    UnknownKind = 604,
    /// A store that is in use: by another thread, or by a call that did not
    /// lend it out.
    StoreBusy = 605,
    /// An index, size or limit outside the permitted range.
    OutOfRange = 606,
    /// The destination is too small; [`Error::capacity`] tells the size.
    BufferTooSmall = 607,
    /// Something that this object or build cannot do.
    Unsupported = 608,
    /// A global that cannot be set.
    Immutable = 609,
    /// A configuration that the engine refuses.
    BadConfig = 610,
    /// The host is out of memory.
    OutOfMemory = 611,
    /// A bug in this library or in a host function: a panic was caught.
    Panic = 699,
}

impl Error {
    /// An error of this kind, for layers on top of this one.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error(Box::new(Inner {
            kind,
            message: message.into(),
            argument: None,
            position: None,
            offset: None,
            line_column: None,
            needed: None,
            trap: None,
            payload: None,
        }))
    }

    /// What cannot be: a bug in this library, told instead of a panic.
    #[cold]
    pub(crate) fn internal(what: impl fmt::Display) -> Error {
        Error::new(ErrorKind::Panic, format!("internal error: {what}"))
    }

    /// An error that a host function returns to its caller: it becomes a trap
    /// with this message.
    pub fn host(message: impl Into<String>) -> Error {
        Trap::new(message).into()
    }

    /// Names the argument, result or import at fault.
    pub fn at_argument(mut self, index: usize) -> Error {
        self.0.argument = Some(index);
        self
    }

    /// Names the code unit at fault.
    pub fn at_position(mut self, position: usize) -> Error {
        self.0.position = Some(position);
        self
    }

    pub(crate) fn at_offset(mut self, offset: usize) -> Error {
        self.0.offset = Some(offset);
        self
    }

    /// Both count from one.
    pub(crate) fn at_line_column(mut self, line: usize, column: usize) -> Error {
        self.0.line_column = Some((line, column));
        self
    }

    #[doc(hidden)]
    pub fn needing(mut self, size: usize) -> Error {
        self.0.needed = Some(size);
        self
    }

    /// Puts `what: ` in front of the message.
    pub fn context(mut self, what: impl fmt::Display) -> Error {
        self.0.message = format!("{what}: {}", self.message());
        self
    }

    /// Gives the error something to carry through WebAssembly frames, for
    /// [`Error::payload`] to find when it comes out.
    pub fn with_payload(mut self, payload: Arc<dyn Any + Send + Sync>) -> Error {
        self.0.payload = Some(payload);
        self
    }

    /// What went wrong, as a kind.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The kind's stable number.
    pub fn code(&self) -> u32 {
        self.0.kind as u32
    }

    /// What went wrong, for people. For a trap this is the trap's message.
    pub fn message(&self) -> &str {
        match &self.0.trap {
            Some(trap) if self.0.message.is_empty() => trap.message(),
            _ => &self.0.message,
        }
    }

    /// The argument, result or import at fault, counted from zero.
    pub fn argument(&self) -> Option<usize> {
        self.0.argument
    }

    /// Where in a text it is ill-formed, in code units from its start.
    pub fn position(&self) -> Option<usize> {
        self.0.position
    }

    /// Where in the file, binary or text, in bytes from its start.
    pub fn offset(&self) -> Option<usize> {
        self.0.offset
    }

    /// Where in a text module: line and column, both counted from one.
    pub fn line_column(&self) -> Option<(usize, usize)> {
        self.0.line_column
    }

    /// The capacity that would have been enough, in code units, after
    /// [`ErrorKind::BufferTooSmall`], and where a host refuses to make room.
    pub fn capacity(&self) -> Option<usize> {
        self.0.needed
    }

    /// The trap, when execution trapped.
    pub fn trap(&self) -> Option<&Trap> {
        self.0.trap.as_ref()
    }

    /// What [`Error::with_payload`] put in.
    pub fn payload(&self) -> Option<&Arc<dyn Any + Send + Sync>> {
        self.0.payload.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.0.kind.name(), self.code(), self.message())
    }
}

impl std::error::Error for Error {}

impl From<Trap> for Error {
    fn from(trap: Trap) -> Error {
        let mut error = Error::new(ErrorKind::Trap, "");
        error.0.trap = Some(trap);
        error
    }
}

/// Why execution stopped. Clones are the same trap.
#[derive(Clone)]
pub struct Trap(Arc<TrapInner>);

struct TrapInner {
    message: String,
    code: Option<TrapCode>,
    exit: Option<i32>,
    /// Filled once, when the trap leaves WebAssembly.
    frames: OnceLock<Vec<Frame>>,
}

/// The traps that WebAssembly, adapters and limits raise by themselves. The
/// numbers are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
#[non_exhaustive]
pub enum TrapCode {
    /// An `unreachable` instruction.
    Unreachable = 1,
    /// An access outside a linear memory.
    MemoryOutOfBounds = 2,
    /// An access outside a table.
    TableOutOfBounds = 3,
    /// A call through a null table entry or reference.
    NullReference = 4,
    /// A call through a table entry of another type.
    BadSignature = 5,
    /// Integer overflow, also of a checked conversion in an adapter.
    IntegerOverflow = 6,
    /// Integer division by zero.
    DivisionByZero = 7,
    /// A float that does not fit the integer type.
    BadConversionToInteger = 8,
    /// The stack, or the depth of nested adapters, is used up.
    StackOverflow = 9,
    /// The fuel is used up.
    OutOfFuel = 10,
    /// The epoch deadline has passed.
    Interrupted = 11,
    /// Text in linear memory that is not well-formed.
    IllFormedText = 12,
    /// A string is too long for the guest's linear memory.
    StringTooLong = 13,
    /// Memory for the collected references is used up.
    AllocationTooLarge = 14,
    /// The guest has ended by itself, as WASI's `proc_exit` and `wasi:cli/exit` do:
    /// see [`Trap::exit_status`].
    Exited = 15,
    /// Any other trap of the engine.
    Other = 99,
}

impl Trap {
    /// A trap raised by the host, with a message of its own.
    pub fn new(message: impl Into<String>) -> Trap {
        Trap::with_code(message, None)
    }

    pub(crate) fn with_code(message: impl Into<String>, code: impl Into<Option<TrapCode>>) -> Trap {
        Trap(Arc::new(TrapInner {
            message: message.into(),
            code: code.into(),
            exit: None,
            frames: OnceLock::new(),
        }))
    }

    /// A guest that has ended by itself.
    pub(crate) fn exited(status: i32) -> Trap {
        let message = format!("the guest exited with status {status}");
        let (code, exit) = (Some(TrapCode::Exited), Some(status));
        Trap(Arc::new(TrapInner { message, code, exit, frames: OnceLock::new() }))
    }

    /// The status that a guest gave when it ended by itself: zero is success.
    pub fn exit_status(&self) -> Option<i32> {
        self.0.exit
    }

    /// What happened, for people; nothing is put in front of a host's own
    /// message.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Which of the built-in traps it is; `None` for a host's own.
    pub fn code(&self) -> Option<TrapCode> {
        self.0.code
    }

    /// Where it happened, innermost first; empty when no WebAssembly was
    /// running.
    pub fn frames(&self) -> &[Frame] {
        self.0.frames.get().map_or(&[], |f| f)
    }

    /// Whether both are the same trap, not merely equal ones.
    pub fn same(a: &Trap, b: &Trap) -> bool {
        Arc::ptr_eq(&a.0, &b.0)
    }

    /// The first to set the frames wins: they are taken where the trap first
    /// leaves WebAssembly.
    pub(crate) fn set_frames(&self, frames: impl FnOnce() -> Vec<Frame>) {
        self.0.frames.get_or_init(frames);
    }
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl fmt::Debug for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Trap({:?}, {} frames)", self.message(), self.frames().len())
    }
}

/// One WebAssembly frame of a trap. It owns its data and outlives the trap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The function's index in its module, imports first.
    pub func_index: u32,
    /// Its name, where the module's name section gives one.
    pub func_name: Option<String>,
    /// Bytes from the start of the function's body.
    pub func_offset: usize,
    /// Bytes from the start of the module, as the host supplied it.
    pub module_offset: usize,
    /// Which module: equal to [`crate::Module::id`].
    pub module: u64,
}
