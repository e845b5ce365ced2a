//! The table of classes that a module of AssemblyScript has in its memory, read from its
//! data: which are lists, and of what.
//!
//! Not here: objects.

use super::super::super::making::Maker;
use crate::types::ExternType;
use crate::types::kind;
use crate::types::tree::Type;
use wasmparser::{ConstExpr, DataKind, Operator, Parser, Payload, TypeRef};

/// What is known of the classes.
#[derive(Default)]
pub(super) struct Classes {
    /// Of each class: its flags. None where the module tells nothing of them.
    flags: Vec<u32>,
    /// Where the flags of the first one are, and how far apart they are.
    pub base: u32,
    pub stride: u32,
    /// Whether there is no class before that of buffers.
    old: bool,
    /// Whether there are no static arrays, as in version 0.9: then all flags but the first
    /// two stand one lower.
    pub early: bool,
}

/// How a list lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// In the object: buffers and static arrays.
    Inside,
    /// In a buffer: an object of its address, twice, and its size in bytes.
    View,
    /// The same, with the number of elements.
    Array,
}

/// What tells of a class's elements: their size, whether they are floats, or objects.
pub(super) const ELEMENTS: u32 = 0x7c0 | 1 << 12 | 1 << 14;

/// So many classes are looked at.
const MOST: u32 = 1 << 16;

impl Kind {
    /// The flags of a class that tell it.
    pub const VIEW: u32 = 1;
    pub const ARRAY: u32 = 2;
    pub const STATIC: u32 = 4;

    fn of(flags: u32, early: bool) -> Option<Kind> {
        match flags {
            _ if flags & Kind::ARRAY != 0 => Some(Kind::Array),
            _ if flags & Kind::VIEW != 0 => Some(Kind::View),
            _ if flags & Kind::STATIC != 0 && !early => Some(Kind::Inside),
            _ => None,
        }
    }

    /// The class of the object that the elements of a list of this class are in.
    pub fn place(self, class: u32, classes: &Classes) -> u32 {
        if self == Kind::Inside { class } else { classes.buffer() }
    }
}

impl Classes {
    pub fn buffer(&self) -> u32 {
        !self.old as u32
    }

    pub fn string(&self) -> u32 {
        self.buffer() + 1
    }

    pub fn count(&self) -> u32 {
        self.flags.len() as u32
    }

    /// How far left the number of elements of this class is shifted to give bytes.
    pub fn shift(&self, class: u32) -> i32 {
        let flags = self.flags.get(class as usize).copied().unwrap_or_default();
        (flags >> (6 - u32::from(self.early)) & 0x1f).trailing_zeros().min(4) as i32
    }

    /// Whether objects of this class have fields.
    pub fn is_record(&self, class: u32) -> bool {
        let flags = self.flags.get(class as usize);
        // Lists, sets and maps.
        let lists = 0x1f >> u32::from(self.early);
        class > self.string() && flags.is_some_and(|flags| flags & lists == 0)
    }

    /// How lists of this class lie, if it is one of these elements.
    pub fn kind(&self, class: u32, element: &Type) -> Option<Kind> {
        if class == self.buffer() && element.size() == 1 {
            return Some(Kind::Inside);
        }
        let flags = *self.flags.get(class as usize)?;
        let early = u32::from(self.early);
        let fits = flags & ELEMENTS >> early == elements(element) >> early;
        fits.then(|| Kind::of(flags, self.early)).flatten()
    }
}

/// The flags of what these elements are in.
pub(super) fn elements(element: &Type) -> u32 {
    if *element == Type::String {
        // Objects, by their addresses.
        return (64 * 4) | (1 << 14);
    }
    let float = matches!(element, Type::Scalar(kind::F32 | kind::F64));
    (64 * element.size() as u32) | ((float as u32) << 12)
}

/// Reads the classes of the core.
pub(super) fn read(maker: &Maker<'_>) -> Classes {
    // Before there was `__new` there was no class before that of buffers.
    let old = maker.core_func("__new").is_none() && maker.core_func("__alloc").is_some();
    look(maker).unwrap_or(Classes { old, ..Classes::default() })
}

fn look(maker: &Maker<'_>) -> Option<Classes> {
    let exports = &maker.core.exports;
    let is_table = |ty: &ExternType| matches!(ty, ExternType::Global(_));
    let export = exports.iter().find(|e| e.ty.name == "__rtti_base" && is_table(&e.ty.ty))?;
    let (mut global, mut table) = (0, None);
    let mut data = Vec::new();
    for payload in Parser::new(0).parse_all(maker.bytes) {
        match payload.ok()? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    global += matches!(import.ok()?.ty, TypeRef::Global(_)) as u32;
                }
            }
            Payload::GlobalSection(section) => {
                for found in section {
                    if global == export.index {
                        table = constant(&found.ok()?.init_expr);
                    }
                    global += 1;
                }
            }
            Payload::DataSection(section) => {
                for found in section {
                    let found = found.ok()?;
                    if let DataKind::Active { memory_index: 0, offset_expr } = &found.kind {
                        data.push((constant(offset_expr)?, found.data));
                    }
                }
            }
            _ => {}
        }
    }
    let table = table?;
    // What no data is for is zero.
    let bytes = |from: u32, size: u32| {
        let mut out = vec![0_u8; size as usize];
        for (at, data) in &data {
            let (from, at) = (u64::from(from), u64::from(*at));
            let first = from.max(at);
            let last = (from + u64::from(size)).min(at + data.len() as u64);
            if first < last {
                out[(first - from) as usize..(last - from) as usize]
                    .copy_from_slice(&data[(first - at) as usize..(last - at) as usize]);
            }
        }
        out
    };
    let word = |from: u32| {
        let bytes = bytes(from, 4);
        u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
    };
    let count = word(table).min(MOST);
    // Classes had the number of another class after their flags once, and those that
    // come first had none: the second word of the table was zero.
    let wide = word(table.checked_add(8)?) == 0;
    let (base, stride) = (table + 4, if wide { 8 } else { 4 });
    let all = bytes(base, count * stride);
    let flags = all.chunks(stride as usize);
    let flags = flags.map(|flags| u32::from_le_bytes([flags[0], flags[1], flags[2], flags[3]]));
    let flags: Vec<_> = flags.collect();
    // In version 0.23.1 they have none, and buffers come first all the same: the third is
    // that of views then, not of text, which refers to nothing.
    let old = wide || flags.get(2).is_none_or(|flags| flags & 0x20 == 0);
    // Buffers refer to nothing.
    let early = flags.first().is_some_and(|flags| flags & 0x3f == 0x10);
    Some(Classes { flags, base, stride, old, early })
}

/// What an expression is that is a number.
fn constant(expression: &ConstExpr<'_>) -> Option<u32> {
    let mut operators = expression.get_operators_reader();
    match (operators.read().ok()?, operators.read().ok()?) {
        (Operator::I32Const { value }, Operator::End) => Some(value as u32),
        _ => None,
    }
}
