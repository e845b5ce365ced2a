//! The core module of a door: what it imports of the guest, and what all its steps have
//! in common. The frame is an import as well: its own memory would be mapped for
//! each instance.
//!
//! Not here: which functions these are; the steps of a call.

use super::calls::{BOTH, Group, How, Kind, OF_GUEST, Step, Steps, THE_FRAME, at, code, number};
use super::steps::steps;
use crate::abi::door::*;
use wasm_encoder::{
    BlockType, CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    ImportSection, Instruction as I, MemorySection, MemoryType, Module, NameSection, TypeSection,
    ValType,
};
use wasmparser::FuncType;

/// Where all imports are from.
pub(super) const GUEST: &str = "guest";

pub(super) fn func_name(at: usize) -> String {
    format!("f{at}")
}

pub(super) fn memory_name(at: usize) -> String {
    format!("m{at}")
}

/// One of the component's core functions.
pub(super) struct Import {
    pub func: u32,
    params: Vec<ValType>,
    results: Vec<ValType>,
}

/// What is in the module.
#[derive(Default)]
pub(super) struct Unit {
    pub whole: bool,
    pub imports: Vec<Import>,
    /// Indices of the component's memories.
    pub memories: Vec<u32>,
    pub groups: Vec<Group>,
}

/// The types that come first: of steps, of [`ENTER`], and of what copies.
const STEP: u32 = 0;
const ENTERED: u32 = 1;
const COPIED_IN: u32 = 2;
const COPIED_OUT: u32 = 3;
const TYPES: u32 = 4;

/// Copies of more bytes are one instruction.
const FEW: i32 = 256;

impl Unit {
    /// The number of one of the component's core functions, if it takes and gives numbers.
    pub fn import(&mut self, func: u32, ty: &FuncType) -> Option<u32> {
        if let Some(known) = self.imports.iter().position(|import| import.func == func) {
            return Some(known as u32);
        }
        let all = |types: &[wasmparser::ValType]| types.iter().map(number).collect::<Option<_>>();
        let (params, results) = (all(ty.params())?, all(ty.results())?);
        self.imports.push(Import { func, params, results });
        Some(self.imports.len() as u32 - 1)
    }

    /// Adds a function, and tells in which group it is, and where there.
    pub fn add(&mut self, how: How, target: u32, post_return: Option<u32>) -> (u32, u32) {
        let at = self.groups.iter().position(|group| group.how == how).unwrap_or_else(|| {
            self.groups.push(Group { how, targets: Vec::new(), post_returns: Vec::new() });
            self.groups.len() - 1
        });
        let group = &mut self.groups[at];
        group.targets.push(target);
        group.post_returns.extend(post_return);
        (at as u32, group.targets.len() as u32 - 1)
    }

    pub fn module(&self) -> Module {
        let mut made = Made::new(self);
        let mut module = Module::new();
        let (mut types, mut imports) = (TypeSection::new(), ImportSection::new());
        let int = ValType::I32;
        types.ty().function([int], [int]);
        types.ty().function([int; 4], [int]);
        types.ty().function([int; 3], []);
        types.ty().function([int; 2], [int]);
        for (at, import) in self.imports.iter().enumerate() {
            let Import { params, results, .. } = import;
            types.ty().function(params.iter().copied(), results.iter().copied());
            let ty = EntityType::Function(TYPES + at as u32);
            imports.import(GUEST, &func_name(at), ty);
        }
        let memory = EntityType::Memory(memory(None));
        imports.import(GUEST, FRAME, memory);
        for at in 0..self.memories.len() {
            imports.import(GUEST, &memory_name(at), memory);
        }
        let memories = OF_GUEST..OF_GUEST + self.memories.len() as u32;
        let copies: Vec<_> = memories
            .map(|memory| {
                let of = self.groups.iter().map(|group| &group.how);
                let of = of.filter(|how| how.memory == Some(memory));
                let takes = of.clone().any(|how| how.params.contains(&Kind::Text));
                let gives = of.clone().any(|how| how.result == Some(Kind::Text));
                let copy_in = takes.then(|| made.add(COPIED_IN, copy_in(memory)));
                let copy_out = gives.then(|| made.add(COPIED_OUT, copy_out(memory)));
                (copy_in.unwrap_or_default(), copy_out.unwrap_or_default())
            })
            .collect();
        let mut enter = Enter::default();
        for group in &self.groups {
            let memory = group.how.memory.map(|memory| (memory - OF_GUEST) as usize);
            let copy = memory.and_then(|memory| copies.get(memory)).copied();
            let Steps { run, pay, prepare, both } =
                steps(group, copy.unwrap_or_default(), self.whole);
            let run = enter.reached(run, both, &mut made);
            let prepare_and_run = match run {
                Reached::Call(func, _) if both => Some(Reached::Call(func, BOTH)),
                _ => None,
            };
            let mut reached = |step: Option<Step>| Some(enter.reached(step?, false, &mut made));
            let (pay, prepare) = (reached(pay), reached(prepare));
            enter.all.extend([Some(run), pay, prepare, prepare_and_run]);
        }
        let enter = made.add(ENTERED, enter.function());
        let mut exports = ExportSection::new();
        exports.export(ENTER, ExportKind::Func, enter);
        let mut names = NameSection::new();
        names.module(MODULE);
        module.section(&types).section(&imports).section(&made.functions);
        module.section(&exports).section(&made.code).section(&names);
        module
    }
}

fn memory(maximum: Option<u64>) -> MemoryType {
    let (memory64, shared) = (false, false);
    MemoryType { minimum: 0, maximum, memory64, shared, page_size_log2: None }
}

/// A module of a memory, of nothing, for a component that has none.
pub(super) fn stand_in() -> Module {
    let mut memories = MemorySection::new();
    memories.memory(memory(Some(0)));
    let mut exports = ExportSection::new();
    exports.export(FRAME, ExportKind::Memory, 0);
    let mut module = Module::new();
    module.section(&memories).section(&exports);
    module
}

/// Functions, with their numbers.
struct Made {
    functions: FunctionSection,
    code: CodeSection,
    next: u32,
}

impl Made {
    fn new(unit: &Unit) -> Made {
        let (functions, code) = (FunctionSection::new(), CodeSection::new());
        Made { functions, code, next: unit.imports.len() as u32 }
    }

    fn add(&mut self, ty: u32, body: Function) -> u32 {
        self.functions.function(ty);
        self.code.function(&body);
        self.next += 1;
        self.next - 1
    }
}

/// `(number of a step, which function of its group, …)`: that step.
#[derive(Default)]
struct Enter {
    /// How all of them are reached, by their numbers.
    all: Vec<Option<Reached>>,
    /// How many instructions are in those that stand here.
    here: usize,
}

/// How a step is reached.
enum Reached {
    /// It is a function, which gets the number with this bit;
    Call(u32, i32),
    /// or stands here: to compile a function takes as long as a hundred instructions.
    Here(Step),
}

/// So many instructions has a step that stands here, and so many all of them.
const MOST_OF_ONE: usize = 40;
const MOST_HERE: usize = 800;

impl Enter {
    fn reached(&mut self, step: Step, is_shared: bool, made: &mut Made) -> Reached {
        let count = step.code.len();
        if !is_shared && count <= MOST_OF_ONE && self.here + count <= MOST_HERE {
            self.here += count;
            return Reached::Here(step);
        }
        let Step { locals, code: mut all } = step;
        all.push(I::End);
        Reached::Call(made.add(STEP, code(locals.into_iter().map(|ty| (1, ty)), all)), 0)
    }

    fn function(&self) -> Function {
        let mut locals = Locals(Vec::new());
        let count = self.all.len() as u32;
        let mut out = vec![I::Block(BlockType::Empty); self.all.len() + 1];
        let targets = (0..count).collect::<Vec<_>>();
        out.extend([I::LocalGet(0), I::BrTable(targets.into(), count), I::End]);
        for step in &self.all {
            match step {
                Some(Reached::Call(func, bit)) => {
                    out.push(I::LocalGet(WHICH));
                    if *bit != 0 {
                        out.extend([I::I32Const(*bit), I::I32Or]);
                    }
                    out.extend([I::Call(*func), I::Return]);
                }
                Some(Reached::Here(step)) => {
                    let places = locals.places(&step.locals);
                    let code = step.code.iter();
                    out.extend(code.map(|instruction| placed(instruction, &places)));
                    out.push(I::Return);
                }
                None => out.push(I::Unreachable),
            }
            out.push(I::End);
        }
        out.extend([I::I32Const(DONE), I::End]);
        code(locals.0.iter().map(|ty| (1, *ty)).collect::<Vec<_>>(), out)
    }
}

/// The parameters of [`ENTER`], and the one that is a function's number.
const PARAMS: u32 = 4;
const WHICH: u32 = 1;

/// The locals of steps that stand in one function, which share them.
struct Locals(Vec<ValType>);

impl Locals {
    /// Where a step finds its own.
    fn places(&mut self, types: &[ValType]) -> Vec<u32> {
        let mut places = vec![WHICH];
        for ty in types {
            let is_free = |at: &usize| !places.contains(&(PARAMS + *at as u32));
            let known = self.0.iter().enumerate().filter(|(_, known)| *known == ty);
            let at = known.map(|(at, _)| at).find(is_free).unwrap_or_else(|| {
                self.0.push(*ty);
                self.0.len() - 1
            });
            places.push(PARAMS + at as u32);
        }
        places
    }
}

fn placed(instruction: &I<'static>, places: &[u32]) -> I<'static> {
    let place = |local: &u32| places.get(*local as usize).copied().unwrap_or(*local);
    match instruction {
        I::LocalGet(local) => I::LocalGet(place(local)),
        I::LocalSet(local) => I::LocalSet(place(local)),
        I::LocalTee(local) => I::LocalTee(place(local)),
        other => other.clone(),
    }
}

/// `(to, from, length)`: from the frame to the guest, where there is room.
fn copy_in(memory: u32) -> Function {
    let (to, from, len, place) = (0, 1, 2, 3);
    let mut out = vec![I::LocalGet(len), I::I32Const(FEW), I::I32GtU, I::If(BlockType::Empty)];
    out.extend([I::LocalGet(to), I::LocalGet(from), I::LocalGet(len)]);
    out.extend([I::MemoryCopy { src_mem: THE_FRAME, dst_mem: memory }, I::Return, I::End]);
    let place_of = |start: u32, offset: &[I<'static>]| {
        let mut out = vec![I::LocalGet(start)];
        out.extend_from_slice(offset);
        out.push(I::I32Add);
        out
    };
    let mut word = |out: &mut Vec<I<'static>>, bytes: i32, offset: &[I<'static>]| {
        out.extend(place_of(to, offset));
        out.extend(place_of(from, offset));
        out.extend(match bytes {
            8 => [I::I64Load(at(0, THE_FRAME)), I::I64Store(at(0, memory))],
            4 => [I::I32Load(at(0, THE_FRAME)), I::I32Store(at(0, memory))],
            _ => [I::I32Load8U(at(0, THE_FRAME)), I::I32Store8(at(0, memory))],
        });
    };
    each_word(&mut out, len, place, &mut word);
    out.push(I::End);
    code([(1, ValType::I32)], out)
}

/// `(from, length) -> whether all of it is ASCII`: from the guest to where text is
/// returned.
fn copy_out(memory: u32) -> Function {
    let (from, len, place, all) = (0, 1, 2, 3);
    let mut out = Vec::new();
    let mut word = |out: &mut Vec<I<'static>>, bytes: i32, offset: &[I<'static>]| {
        // Once to be stored, and once to be looked at.
        out.extend_from_slice(offset);
        out.push(I::LocalGet(from));
        out.extend_from_slice(offset);
        out.push(I::I32Add);
        out.push(match bytes {
            8 => I::I64Load(at(0, memory)),
            4 => I::I64Load32U(at(0, memory)),
            _ => I::I64Load8U(at(0, memory)),
        });
        out.push(I::LocalTee(WORD));
        out.push(match bytes {
            8 => I::I64Store(at(RETURNED_TEXT, THE_FRAME)),
            4 => I::I64Store32(at(RETURNED_TEXT, THE_FRAME)),
            _ => I::I64Store8(at(RETURNED_TEXT, THE_FRAME)),
        });
        out.extend([I::LocalGet(all), I::LocalGet(WORD), I::I64Or, I::LocalSet(all)]);
    };
    const WORD: u32 = 4;
    each_word(&mut out, len, place, &mut word);
    out.extend([I::LocalGet(all), I::I64Const(0x8080_8080_8080_8080_u64 as i64), I::I64And]);
    out.extend([I::I64Eqz, I::End]);
    code([(1, ValType::I32), (2, ValType::I64)], out)
}

/// All words of a text: of eight bytes from its start on, and one more that ends with
/// it; of shorter text both ends, or each byte.
fn each_word(
    out: &mut Vec<I<'static>>,
    len: u32,
    place: u32,
    word: &mut impl FnMut(&mut Vec<I<'static>>, i32, &[I<'static>]),
) {
    let last = |bytes| [I::LocalGet(len), I::I32Const(bytes), I::I32Sub];
    out.push(I::Block(BlockType::Empty));
    out.extend([I::LocalGet(len), I::I32Const(8), I::I32GeU, I::If(BlockType::Empty)]);
    out.push(I::Loop(BlockType::Empty));
    word(out, 8, &[I::LocalGet(place)]);
    out.extend([I::LocalGet(place), I::I32Const(8), I::I32Add, I::LocalTee(place)]);
    out.extend(last(8));
    out.extend([I::I32LeU, I::BrIf(0), I::End]);
    word(out, 8, &last(8));
    out.extend([I::Br(1), I::End]);
    out.extend([I::LocalGet(len), I::I32Const(4), I::I32GeU, I::If(BlockType::Empty)]);
    word(out, 4, &[I::I32Const(0)]);
    word(out, 4, &last(4));
    out.extend([I::Br(1), I::End]);
    for byte in 0..3 {
        out.extend([I::LocalGet(len), I::I32Const(byte), I::I32LeU, I::BrIf(0)]);
        word(out, 1, &[I::I32Const(byte)]);
    }
    out.push(I::End);
}
