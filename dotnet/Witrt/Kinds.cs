using System;

namespace Witrt;

/// <summary>
/// The kinds of values that functions take and give, and what stands for them. The numbers are those of the C API.
/// </summary>
public enum ValueKind : byte
{
    /// <summary>32 bits without a sign of their own, of a core function: <see cref="int"/> or <see cref="uint"/>.</summary>
    I32 = 0,

    /// <summary>64 bits without a sign of their own, of a core function: <see cref="long"/> or <see cref="ulong"/>.</summary>
    I64 = 1,

    /// <summary>Single precision: <see cref="float"/>.</summary>
    F32 = 2,

    /// <summary>Double precision: <see cref="double"/>.</summary>
    F64 = 3,

    /// <summary>Signed, 8 bits: <see cref="sbyte"/>.</summary>
    S8 = 16,

    /// <summary>Unsigned, 8 bits: <see cref="byte"/>.</summary>
    U8 = 17,

    /// <summary>Signed, 16 bits: <see cref="short"/>.</summary>
    S16 = 18,

    /// <summary>Unsigned, 16 bits: <see cref="ushort"/>.</summary>
    U16 = 19,

    /// <summary>Signed, 32 bits: <see cref="int"/>.</summary>
    S32 = 20,

    /// <summary>Unsigned, 32 bits: <see cref="uint"/>.</summary>
    U32 = 21,

    /// <summary>Signed, 64 bits: <see cref="long"/>.</summary>
    S64 = 22,

    /// <summary>Unsigned, 64 bits: <see cref="ulong"/>.</summary>
    U64 = 23,

    /// <summary>Text: <see cref="string"/>, or <see cref="ReadOnlyMemory{T}"/> of <see cref="char"/> as an argument.</summary>
    String = 24,

    /// <summary>Of components, true or false: <see cref="bool"/>.</summary>
    Bool = 25,

    /// <summary>Of components, a Unicode scalar value: <c>System.Text.Rune</c>.</summary>
    Char = 26,

    /// <summary>Of components, one of several names: an enum with members of these names.</summary>
    Enum = 27,

    /// <summary>Of components, a bit for each name: an enum with members of these names.</summary>
    Flags = 28,

    /// <summary>Of components, any number of elements: arrays, <see cref="System.Collections.Generic.List{T}"/>, <see cref="ReadOnlyMemory{T}"/>.</summary>
    List = 29,

    /// <summary>Of components, fields with names, in order: a record, class or struct.</summary>
    Record = 30,

    /// <summary>Of components, fields without names, in order: a tuple.</summary>
    Tuple = 31,

    /// <summary>Of components, one of several cases, and what it holds: a class with a derived class in it for each.</summary>
    Variant = 32,

    /// <summary>Of components, success or failure, and what it holds: <see cref="Result{T, TError}"/>, or the value alone.</summary>
    Result = 33,

    /// <summary>Of components, a value, or none: null, or <see cref="Option{T}"/>.</summary>
    Option = 34,

    /// <summary>Of components, a resource that is given away: <see cref="Resource"/>, or a class of the host's.</summary>
    Own = 35,

    /// <summary>Of components, a resource that is lent: the same.</summary>
    Borrow = 36,

    /// <summary>A reference that guests cannot look into: <see cref="object"/>, <c>null</c> included.</summary>
    ExternRef = 128,

    /// <summary>A reference to a function: <see cref="Function"/>, <c>null</c> included.</summary>
    FuncRef = 129,

    /// <summary>No value: of a case without a payload.</summary>
    None = 37,

    /// <summary>Of the elements of a list: values with a kind each.</summary>
    Val = 38,
}

/// <summary>What an import or export is. The numbers are those of the C API.</summary>
public enum ExternKind : byte
{
    /// <summary>A function, also one of the interface.</summary>
    Function = 0,

    /// <summary>A global.</summary>
    Global = 1,

    /// <summary>A table.</summary>
    Table = 2,

    /// <summary>A linear memory.</summary>
    Memory = 3,

    /// <summary>An exception tag.</summary>
    Tag = 4,
}

/// <summary>What went wrong. The numbers are those of the C API, and never reused.</summary>
public enum ErrorKind
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Text that does not parse as a module.</summary>
    MalformedText = 100,

    /// <summary>Bytes that do not parse as a core module.</summary>
    MalformedBinary = 101,

    /// <summary>A damaged interface section.</summary>
    MalformedInterface = 102,

    /// <summary>A known format that the library does not take, such as a component.</summary>
    UnsupportedFormat = 103,

    /// <summary>A precompiled module that is damaged or was made by something else.</summary>
    BadArtefact = 104,

    /// <summary>A file that is not there or cannot be read.</summary>
    UnreadableFile = 105,

    /// <summary>A core module that breaks core WebAssembly's rules.</summary>
    InvalidCore = 200,

    /// <summary>An interface section that breaks the typing rules.</summary>
    InvalidInterface = 201,

    /// <summary>One or more imports were not supplied.</summary>
    MissingImport = 300,

    /// <summary>A supplied import has another type than the module asks for.</summary>
    IncompatibleImport = 301,

    /// <summary>A store's limit on memory, tables or instances was reached.</summary>
    LimitReached = 302,

    /// <summary>Text of the host's that is not well-formed: a lone surrogate.</summary>
    BadText = 400,

    /// <summary>Execution trapped: the exception is a <see cref="TrapException"/>.</summary>
    Trap = 500,

    /// <summary>An instance of a component that trapped before: it cannot be called any more.</summary>
    Poisoned = 501,

    /// <summary>Too few or too many arguments, results or imports.</summary>
    WrongCount = 600,

    /// <summary>A value or object of another kind or type than was asked for.</summary>
    WrongKind = 601,

    /// <summary>An object of another store or engine.</summary>
    WrongStore = 602,

    /// <summary>Nothing where an object or data is needed.</summary>
    NullPointer = 603,

    /// <summary>A number that names no kind, encoding or option.</summary>
    UnknownKind = 604,

    /// <summary>A store that is in use, by another thread.</summary>
    StoreBusy = 605,

    /// <summary>An index, size or limit outside the permitted range.</summary>
    OutOfRange = 606,

    /// <summary>The destination is too small; <see cref="WitrtException.Capacity"/> tells the size.</summary>
    BufferTooSmall = 607,

    /// <summary>Something that this object or build cannot do.</summary>
    Unsupported = 608,

    /// <summary>A global that cannot be set.</summary>
    Immutable = 609,

    /// <summary>A configuration that the engine refuses.</summary>
    BadConfig = 610,

    /// <summary>The host is out of memory.</summary>
    OutOfMemory = 611,

    /// <summary>A bug in the library: a panic was caught.</summary>
    Panic = 699,
}

/// <summary>The traps that have a number. The numbers are those of the C API.</summary>
public enum TrapCode
{
    /// <summary>None: a trap that the host made.</summary>
    None = 0,

    /// <summary>An <c>unreachable</c> instruction.</summary>
    Unreachable = 1,

    /// <summary>An access outside a linear memory.</summary>
    MemoryOutOfBounds = 2,

    /// <summary>An access outside a table.</summary>
    TableOutOfBounds = 3,

    /// <summary>A call through a null table entry or reference.</summary>
    NullReference = 4,

    /// <summary>A call through a table entry of another type.</summary>
    BadSignature = 5,

    /// <summary>Integer overflow, also of a checked conversion in an adapter.</summary>
    IntegerOverflow = 6,

    /// <summary>Integer division by zero.</summary>
    DivisionByZero = 7,

    /// <summary>A float that does not fit the integer type.</summary>
    BadConversionToInteger = 8,

    /// <summary>The stack, or the depth of nested adapters, is used up.</summary>
    StackOverflow = 9,

    /// <summary>The fuel is used up.</summary>
    OutOfFuel = 10,

    /// <summary>The epoch deadline has passed.</summary>
    Interrupted = 11,

    /// <summary>Text in linear memory that is not well-formed.</summary>
    IllFormedText = 12,

    /// <summary>A string is too long for the guest's linear memory.</summary>
    StringTooLong = 13,

    /// <summary>Memory for the collected references is used up.</summary>
    AllocationTooLarge = 14,

    /// <summary>The guest has ended by itself: see <see cref="TrapException.ExitStatus"/>.</summary>
    Exited = 15,

    /// <summary>Any other trap of the engine.</summary>
    Other = 99,
}
