//! What an interface section says, as plain data, and the table of its
//! instructions.
//!
//! Text, binary, printing and validation all read the one table below; nothing
//! about an instruction is listed anywhere else.
//!
//! Not here: methods that decide.

use crate::plan::Conversion;
use crate::types::{FuncType, ValType};

/// One interface section, in the order of its subsections. Indices are as
/// written: nothing has been checked.
///
/// Every item and instruction says where it stands (`at`): in bytes from the
/// start of the file, be it text or binary. An item that text syntax implies
/// stands where the form that implies it does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub types: Vec<TypeItem>,
    pub imports: Vec<ImportItem>,
    pub funcs: Vec<FuncItem>,
    pub exports: Vec<ExportItem>,
    pub implements: Vec<ImplementItem>,
}

#[derive(Clone, Debug)]
pub(crate) struct TypeItem {
    pub ty: FuncType,
    pub at: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct ImportItem {
    pub module: String,
    pub name: String,
    /// An adapter type.
    pub ty: u32,
    pub named: Option<FuncType>,
    pub at: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct FuncItem {
    /// An adapter type.
    pub ty: u32,
    /// The function's type, where its parameters are called otherwise than in the type.
    /// Only text can say so.
    pub named: Option<FuncType>,
    pub body: Vec<Instr>,
    pub at: usize,
    /// Where the body ends.
    pub end: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct ExportItem {
    /// An adapter function.
    pub func: u32,
    pub name: String,
    pub at: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct ImplementItem {
    /// A core function, which should be an import.
    pub core_func: u32,
    /// An adapter function.
    pub adapter_func: u32,
    pub at: usize,
}

/// One instruction: a row of the table, and as many immediates as it has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instr {
    pub def: &'static InstrDef,
    pub imms: [u32; 2],
    pub at: usize,
}

/// A row of the table.
#[derive(Debug)]
pub(crate) struct InstrDef {
    pub name: &'static str,
    pub code: u8,
    /// What the immediates are, in the order of both formats.
    pub imms: &'static [Imm],
    pub action: Action,
}

/// What the number of an immediate counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Imm {
    Param,
    CoreFunc,
    /// May be left out in text and is 0 then.
    CoreMemory,
    AdapterFunc,
}

/// What an instruction does to the stack: the operands and results of a
/// conversion are in the row, those of the others follow from immediates.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Action {
    ArgGet,
    CallCore,
    /// i32 address, i32 length → string
    MemoryToString,
    /// string → i32 address, i32 length
    StringToMemory,
    CallAdapter,
    DeferCallCore,
    Convert(Conversion),
}

/// The byte that ends a body. It has no text form and is no instruction.
pub(crate) const END: u8 = 0x02;

/// The row of an opcode.
pub(crate) fn by_code(code: u8) -> Option<&'static InstrDef> {
    INSTRS.iter().find(|def| def.code == code)
}

/// The row of a name.
pub(crate) fn by_name(name: &str) -> Option<&'static InstrDef> {
    INSTRS.iter().find(|def| def.name == name)
}

const fn op(code: u8, name: &'static str, imms: &'static [Imm], action: Action) -> InstrDef {
    InstrDef { name, code, imms, action }
}

/// A conversion that keeps the low bits.
const fn wrap(code: u8, name: &'static str, from: ValType, to: ValType) -> InstrDef {
    op(code, name, &[], Action::Convert(Conversion { from, to, checked: false }))
}

/// A conversion that traps where the value does not fit.
const fn check(code: u8, name: &'static str, from: ValType, to: ValType) -> InstrDef {
    op(code, name, &[], Action::Convert(Conversion { from, to, checked: true }))
}

/// Every instruction there is.
pub(crate) static INSTRS: [InstrDef; 45] = {
    use ValType::*;
    [
        op(0x00, "arg.get", &[Imm::Param], Action::ArgGet),
        op(0x01, "call-core", &[Imm::CoreFunc], Action::CallCore),
        op(0x03, "memory-to-string", &[Imm::CoreMemory], Action::MemoryToString),
        op(0x04, "string-to-memory", &[Imm::CoreFunc, Imm::CoreMemory], Action::StringToMemory),
        op(0x05, "call-adapter", &[Imm::AdapterFunc], Action::CallAdapter),
        op(0x06, "defer-call-core", &[Imm::CoreFunc], Action::DeferCallCore),
        // Lifting: from core to interface.
        wrap(0x07, "i32-to-s8", I32, S8),
        check(0x08, "i32-to-s8x", I32, S8),
        wrap(0x09, "i32-to-u8", I32, U8),
        wrap(0x0a, "i32-to-s16", I32, S16),
        check(0x0b, "i32-to-s16x", I32, S16),
        wrap(0x0c, "i32-to-u16", I32, U16),
        wrap(0x0d, "i32-to-s32", I32, S32),
        wrap(0x0e, "i32-to-u32", I32, U32),
        wrap(0x0f, "i32-to-s64", I32, S64),
        wrap(0x10, "i32-to-u64", I32, U64),
        wrap(0x11, "i64-to-s8", I64, S8),
        check(0x12, "i64-to-s8x", I64, S8),
        wrap(0x13, "i64-to-u8", I64, U8),
        wrap(0x14, "i64-to-s16", I64, S16),
        check(0x15, "i64-to-s16x", I64, S16),
        wrap(0x16, "i64-to-u16", I64, U16),
        wrap(0x17, "i64-to-s32", I64, S32),
        check(0x18, "i64-to-s32x", I64, S32),
        wrap(0x19, "i64-to-u32", I64, U32),
        wrap(0x1a, "i64-to-s64", I64, S64),
        wrap(0x1b, "i64-to-u64", I64, U64),
        // Lowering: from interface to core.
        wrap(0x1c, "s8-to-i32", S8, I32),
        wrap(0x1d, "u8-to-i32", U8, I32),
        wrap(0x1e, "s16-to-i32", S16, I32),
        wrap(0x1f, "u16-to-i32", U16, I32),
        wrap(0x20, "s32-to-i32", S32, I32),
        wrap(0x21, "u32-to-i32", U32, I32),
        wrap(0x22, "s64-to-i32", S64, I32),
        check(0x23, "s64-to-i32x", S64, I32),
        wrap(0x24, "u64-to-i32", U64, I32),
        check(0x25, "u64-to-i32x", U64, I32),
        wrap(0x26, "s8-to-i64", S8, I64),
        wrap(0x27, "u8-to-i64", U8, I64),
        wrap(0x28, "s16-to-i64", S16, I64),
        wrap(0x29, "u16-to-i64", U16, I64),
        wrap(0x2a, "s32-to-i64", S32, I64),
        wrap(0x2b, "u32-to-i64", U32, I64),
        wrap(0x2c, "s64-to-i64", S64, I64),
        wrap(0x2d, "u64-to-i64", U64, I64),
    ]
};
