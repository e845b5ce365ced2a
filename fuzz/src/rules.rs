//! The rules of interface sections, written once more: straight from the
//! format's description, without a line of the library, as one function from
//! bytes to a verdict. Slow and simple is what it is for.

use std::collections::HashSet;
use wasmparser::{Parser, Payload, TypeRef};

/// What is to be said of a section.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub enum Verdict {
    /// It may be used.
    Fine,
    /// Its bytes are no section.
    Malformed,
    /// It breaks a rule of typing or naming.
    Invalid,
}

/// A type by its code in the format; core types without one are from 0x40 on.
type Code = u8;
const S8: Code = 0;
const STRING: Code = 10;
const EXTERNREF: Code = 11;
const I32: Code = 12;
const I64: Code = 13;
const NO_COUNTERPART: Code = 0x40;

#[derive(Clone, PartialEq, Eq)]
struct Signature {
    params: Vec<Code>,
    results: Vec<Code>,
}

/// What a section refers to of its core module.
pub struct Core {
    funcs: Vec<Signature>,
    imported: usize,
    /// Of each memory, whether text can lie in it.
    memories: Vec<bool>,
}

impl Core {
    /// Looks at a valid module.
    ///
    /// # Panics
    ///
    /// Where it is none.
    pub fn new(module: &[u8]) -> Core {
        let mut core = Core { funcs: Vec::new(), imported: 0, memories: Vec::new() };
        let mut types = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            match payload.expect("a valid module") {
                Payload::TypeSection(section) => {
                    types.extend(section.into_iter_err_on_gc_types().map(|ty| {
                        let ty = ty.expect("a function type");
                        let codes = |list: &[wasmparser::ValType]| list.iter().map(code).collect();
                        Signature { params: codes(ty.params()), results: codes(ty.results()) }
                    }));
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        match import.expect("an import").ty {
                            TypeRef::Func(index) => core.funcs.push(types[index as usize].clone()),
                            TypeRef::Memory(ty) => core.memories.push(!ty.memory64 && !ty.shared),
                            _ => {}
                        }
                    }
                    core.imported = core.funcs.len();
                }
                Payload::FunctionSection(section) => core.funcs.extend(
                    section.into_iter().map(|i| types[i.expect("an index") as usize].clone()),
                ),
                Payload::MemorySection(section) => core
                    .memories
                    .extend(section.into_iter().map(|m| m.is_ok_and(|m| !m.memory64 && !m.shared))),
                _ => {}
            }
        }
        core
    }
}

fn code(ty: &wasmparser::ValType) -> Code {
    match *ty {
        wasmparser::ValType::I32 => I32,
        wasmparser::ValType::I64 => I64,
        wasmparser::ValType::F32 => 8,
        wasmparser::ValType::F64 => 9,
        wasmparser::ValType::EXTERNREF => EXTERNREF,
        _ => NO_COUNTERPART,
    }
}

/// What conversions 0x07 to 0x2d take and give, in the order of their codes.
const LIFTED: [[Code; 2]; 39] = {
    let (s8, s16, s32, s64, u8, u16, u32, u64) = (S8, 1, 2, 3, 4, 5, 6, 7);
    let (a, b) = (I32, I64);
    [
        // 0x07: i32 to s8 s8x u8 s16 s16x u16 s32 u32 s64 u64
        [a, s8],
        [a, s8],
        [a, u8],
        [a, s16],
        [a, s16],
        [a, u16],
        [a, s32],
        [a, u32],
        [a, s64],
        [a, u64],
        // 0x11: i64 to s8 s8x u8 s16 s16x u16 s32 s32x u32 s64 u64
        [b, s8],
        [b, s8],
        [b, u8],
        [b, s16],
        [b, s16],
        [b, u16],
        [b, s32],
        [b, s32],
        [b, u32],
        [b, s64],
        [b, u64],
        // 0x1c: s8 u8 s16 u16 s32 u32 s64 s64(x) u64 u64(x) to i32
        [s8, a],
        [u8, a],
        [s16, a],
        [u16, a],
        [s32, a],
        [u32, a],
        [s64, a],
        [s64, a],
        [u64, a],
        [u64, a],
        // 0x26: s8 u8 s16 u16 s32 u32 s64 u64 to i64
        [s8, b],
        [u8, b],
        [s16, b],
        [u16, b],
        [s32, b],
        [u32, b],
        [s64, b],
        [u64, b],
    ]
};

/// Judges a section that stands at the end of its module. `payload` is what
/// comes after the section's name.
pub fn judge(core: &Core, payload: &[u8]) -> Verdict {
    match parse(payload) {
        None => Verdict::Malformed,
        Some(parsed) if keeps_rules(core, &parsed) => Verdict::Fine,
        Some(_) => Verdict::Invalid,
    }
}

/// A function: its type, and its instructions.
type Body = (usize, Vec<(u8, usize, usize)>);

#[derive(Default)]
struct Parsed {
    types: Vec<Signature>,
    /// The type of each.
    imports: Vec<usize>,
    funcs: Vec<Body>,
    exports: Vec<(usize, Vec<u8>)>,
    implements: Vec<(usize, usize)>,
}

/// Bytes, eaten from the front.
struct Eater<'a>(&'a [u8]);

impl<'a> Eater<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<usize> {
        let (mut value, mut shift) = (0u128, 0);
        while shift < 70 {
            let byte = self.byte()?;
            value += u128::from(byte % 128) << shift;
            shift += 7;
            if byte < 128 {
                return (value <= 0xffff_ffff).then_some(value as usize);
            }
        }
        None
    }

    fn sized(&mut self) -> Option<Eater<'a>> {
        let size = self.number()?;
        let (taken, rest) = (self.0.get(..size)?, self.0.get(size..)?);
        self.0 = rest;
        Some(Eater(taken))
    }

    fn name(&mut self) -> Option<Vec<u8>> {
        let name = self.sized()?.0;
        String::from_utf8(name.to_vec()).ok().map(String::into_bytes)
    }

    fn codes(&mut self) -> Option<Vec<Code>> {
        let count = self.number()?;
        let mut codes = Vec::new();
        for _ in 0..count {
            codes.push(self.byte().filter(|code| *code <= 0x0d)?);
        }
        Some(codes)
    }

    fn signature(&mut self) -> Option<Signature> {
        Some(Signature { params: self.codes()?, results: self.codes()? })
    }

    fn func(&mut self) -> Option<Body> {
        let mut item = self.sized()?;
        let ty = item.number()?;
        let mut body = Vec::new();
        loop {
            match item.byte()? {
                0x02 => return item.0.is_empty().then_some((ty, body)),
                op @ (0x00 | 0x01 | 0x03 | 0x05 | 0x06) => body.push((op, item.number()?, 0)),
                op @ 0x04 => body.push((op, item.number()?, item.number()?)),
                op @ 0x07..=0x2d => body.push((op, 0, 0)),
                _ => return None,
            }
        }
    }
}

fn parse(payload: &[u8]) -> Option<Parsed> {
    let mut payload = Eater(payload);
    if payload.name()? != b"0.1.0" {
        return None;
    }
    let mut parsed = Parsed::default();
    let mut last = None;
    while let Some(id) = payload.byte() {
        if id > 4 || last.is_some_and(|last| id <= last) {
            return None;
        }
        last = Some(id);
        let mut rest = payload.sized()?;
        for _ in 0..rest.number()? {
            match id {
                0 => parsed.types.push(rest.signature()?),
                1 => {
                    rest.name()?;
                    rest.name()?;
                    parsed.imports.push(rest.number()?);
                }
                2 => parsed.funcs.push(rest.func()?),
                3 => parsed.exports.push((rest.number()?, rest.name()?)),
                _ => parsed.implements.push((rest.number()?, rest.number()?)),
            }
        }
        if !rest.0.is_empty() {
            return None;
        }
    }
    Some(parsed)
}

fn keeps_rules(core: &Core, parsed: &Parsed) -> bool {
    let Parsed { types, imports, funcs, exports, implements } = parsed;
    let all: Vec<usize> = imports.iter().copied().chain(funcs.iter().map(|f| f.0)).collect();
    if all.iter().any(|ty| *ty >= types.len()) {
        return false;
    }
    let signatures: Vec<&Signature> = all.iter().map(|ty| &types[*ty]).collect();
    let bodies = funcs.iter().enumerate();
    let typed = bodies.map(|(i, (_, body))| well_typed(core, &signatures, imports.len() + i, body));
    let mut names = HashSet::new();
    let mut done = HashSet::new();
    typed.fold(true, |all, one| all & one)
        && exports.iter().all(|(func, name)| *func < all.len() && names.insert(name))
        && implements.iter().all(|(core_func, func)| {
            *func < all.len()
                && *core_func < core.imported
                && core.funcs[*core_func] == *signatures[*func]
                && signatures[*func].params.iter().all(shared)
                && signatures[*func].results.iter().all(shared)
                && done.insert(core_func)
        })
}

/// Whether a type is core's and the interface's.
fn shared(code: &Code) -> bool {
    [I32, I64, 8, 9, EXTERNREF].contains(code)
}

fn well_typed(core: &Core, all: &[&Signature], me: usize, body: &[(u8, usize, usize)]) -> bool {
    let mut stack: Vec<Code> = Vec::new();
    let memory = |index: usize| core.memories.get(index) == Some(&true);
    for &(op, a, b) in body {
        let (takes, gives): (Vec<Code>, Vec<Code>) = match op {
            0x00 => match all[me].params.get(a) {
                Some(code) => (vec![], vec![*code]),
                None => return false,
            },
            0x01 => match core.funcs.get(a) {
                Some(f) if f.results.iter().all(shared) => (f.params.clone(), f.results.clone()),
                _ => return false,
            },
            0x03 if memory(a) => (vec![I32, I32], vec![STRING]),
            0x04 if memory(b) => match core.funcs.get(a) {
                Some(f) if f.params == [I32] && f.results == [I32] => {
                    (vec![STRING], vec![I32, I32])
                }
                _ => return false,
            },
            0x05 if a <= me => (all[a].params.clone(), all[a].results.clone()),
            0x06 => match core.funcs.get(a) {
                Some(f) if f.results.is_empty() => (f.params.clone(), f.params.clone()),
                _ => return false,
            },
            0x07.. => {
                let [from, to] = LIFTED[op as usize - 0x07];
                (vec![from], vec![to])
            }
            _ => return false,
        };
        // A core type without counterpart is never on the stack.
        if !stack.ends_with(&takes) {
            return false;
        }
        stack.truncate(stack.len() - takes.len());
        stack.extend(gives);
    }
    stack == all[me].results
}
