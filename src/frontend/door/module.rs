//! The core module of a door: what it imports of the guest, and a function for each
//! step of each call.
//!
//! What the guest says is a claim here too: room that its allocator gives, and where
//! the text is that it returns, are looked at before anything is copied.
//!
//! Not here: which functions these are.

use crate::abi::door::*;
use wasm_encoder::{
    BlockType, CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    ImportSection, Instruction as I, MemArg, MemorySection, MemoryType, Module, NameSection,
    RefType, TableSection, TableType, TypeSection, ValType,
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

/// A value, as core code has it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    I32,
    I64,
    F32,
    F64,
    /// Address and length.
    Text,
}

impl Kind {
    pub fn words(self) -> usize {
        self.core().len()
    }

    /// What one core value is by itself.
    pub fn of_core(ty: wasmparser::ValType) -> Option<Kind> {
        use wasmparser::ValType as V;
        Some(match ty {
            V::I32 => Kind::I32,
            V::I64 => Kind::I64,
            V::F32 => Kind::F32,
            V::F64 => Kind::F64,
            V::V128 | V::Ref(_) => return None,
        })
    }

    pub fn core(self) -> &'static [wasmparser::ValType] {
        use wasmparser::ValType as V;
        match self {
            Kind::I32 => &[V::I32],
            Kind::I64 => &[V::I64],
            Kind::F32 => &[V::F32],
            Kind::F64 => &[V::F64],
            Kind::Text => &[V::I32, V::I32],
        }
    }
}

/// A function to be called. What it refers to are numbers of imports.
pub(super) struct Call {
    pub target: u32,
    pub memory: Option<u32>,
    pub allocator: Option<u32>,
    pub post_return: Option<u32>,
    pub params: Vec<Kind>,
    pub result: Option<Kind>,
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
    pub calls: Vec<Call>,
}

/// The types that come first: of steps, of [`ENTER`], of what copies, and of [`READY`].
const STEP: u32 = 0;
const ENTERED: u32 = 1;
const COPIED_IN: u32 = 2;
const COPIED_OUT: u32 = 3;
const READIES: u32 = 4;
const TYPES: u32 = 5;

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

    pub fn module(&self) -> Module {
        let mut made = Made::new(self);
        let mut module = Module::new();
        let (mut types, mut imports) = (TypeSection::new(), ImportSection::new());
        let int = ValType::I32;
        types.ty().function([], [int]);
        types.ty().function([int; 4], [int]);
        types.ty().function([int; 3], []);
        types.ty().function([int; 2], [int]);
        types.ty().function([int; 2], []);
        for (at, import) in self.imports.iter().enumerate() {
            let Import { params, results, .. } = import;
            types.ty().function(params.iter().copied(), results.iter().copied());
            let ty = EntityType::Function(TYPES + at as u32);
            imports.import(GUEST, &func_name(at), ty);
        }
        let memory = |minimum, maximum| MemoryType {
            minimum,
            maximum,
            memory64: false,
            shared: false,
            page_size_log2: None,
        };
        for at in 0..self.memories.len() {
            imports.import(GUEST, &memory_name(at), EntityType::Memory(memory(0, None)));
        }
        // It begins empty, so that no limit of the host's is in its way.
        let mut memories = MemorySection::new();
        memories.memory(memory(0, Some(1)));
        let grown = [I::I32Const(1), I::MemoryGrow(made.frame), I::Drop, I::End];
        let ready = made.add(READIES, code([], grown));
        let copies: Vec<_> = (0..self.memories.len() as u32)
            .map(|memory| {
                let frame = made.frame;
                (
                    made.add(COPIED_IN, copy_in(memory, frame)),
                    made.add(COPIED_OUT, copy_out(memory, frame)),
                )
            })
            .collect();
        let mut steps = Vec::new();
        for call in &self.calls {
            let copy = call.memory.and_then(|memory| copies.get(memory as usize)).copied();
            let step = Step { call, copy: copy.unwrap_or_default(), frame: made.frame };
            steps.extend(step.all(self.whole).map(|body| body.map(|body| made.add(STEP, body))));
        }
        let enter = made.add(ENTERED, enter(&steps));
        // One of each: so many more a component's store may have.
        let mut tables = TableSection::new();
        tables.table(TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: 0,
            maximum: Some(0),
            shared: false,
        });
        let mut exports = ExportSection::new();
        exports.export(ENTER, ExportKind::Func, enter);
        exports.export(READY, ExportKind::Func, ready);
        exports.export(FRAME, ExportKind::Memory, made.frame);
        let mut names = NameSection::new();
        names.module(MODULE);
        module.section(&types).section(&imports).section(&made.functions).section(&tables);
        module.section(&memories).section(&exports).section(&made.code).section(&names);
        module
    }
}

/// Functions, with their numbers.
struct Made {
    functions: FunctionSection,
    code: CodeSection,
    next: u32,
    /// The frame, among memories.
    frame: u32,
}

impl Made {
    fn new(unit: &Unit) -> Made {
        let (functions, code) = (FunctionSection::new(), CodeSection::new());
        let (next, frame) = (unit.imports.len() as u32, unit.memories.len() as u32);
        Made { functions, code, next, frame }
    }

    fn add(&mut self, ty: u32, body: Function) -> u32 {
        self.functions.function(ty);
        self.code.function(&body);
        self.next += 1;
        self.next - 1
    }
}

fn code<'i>(
    locals: impl IntoIterator<Item = (u32, ValType), IntoIter: ExactSizeIterator>,
    instructions: impl IntoIterator<Item = I<'i>>,
) -> Function {
    let mut body = Function::new(locals);
    for instruction in instructions {
        body.instruction(&instruction);
    }
    body
}

fn number(ty: &wasmparser::ValType) -> Option<ValType> {
    match ty {
        wasmparser::ValType::I32 => Some(ValType::I32),
        wasmparser::ValType::I64 => Some(ValType::I64),
        wasmparser::ValType::F32 => Some(ValType::F32),
        wasmparser::ValType::F64 => Some(ValType::F64),
        wasmparser::ValType::V128 | wasmparser::ValType::Ref(_) => None,
    }
}

/// `(number of a step, …)`: that step.
fn enter(steps: &[Option<u32>]) -> Function {
    let mut out = vec![I::Block(BlockType::Empty); steps.len() + 1];
    let targets = (0..steps.len() as u32).collect::<Vec<_>>();
    out.extend([I::LocalGet(0), I::BrTable(targets.into(), steps.len() as u32), I::End]);
    for step in steps {
        match step {
            Some(func) => out.extend([I::Call(*func), I::Return]),
            None => out.push(I::Unreachable),
        }
        out.push(I::End);
    }
    out.extend([I::Unreachable, I::End]);
    code([], out)
}

fn at(offset: u64, memory_index: u32) -> MemArg {
    MemArg { offset, align: 0, memory_index }
}

/// `(to, from, length)`: from the frame to the guest, where there is room.
fn copy_in(memory: u32, frame: u32) -> Function {
    let (to, from, len, place) = (0, 1, 2, 3);
    let mut out = vec![I::LocalGet(len), I::I32Const(FEW), I::I32GtU, I::If(BlockType::Empty)];
    out.extend([I::LocalGet(to), I::LocalGet(from), I::LocalGet(len)]);
    out.extend([I::MemoryCopy { src_mem: frame, dst_mem: memory }, I::Return, I::End]);
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
            8 => [I::I64Load(at(0, frame)), I::I64Store(at(0, memory))],
            4 => [I::I32Load(at(0, frame)), I::I32Store(at(0, memory))],
            _ => [I::I32Load8U(at(0, frame)), I::I32Store8(at(0, memory))],
        });
    };
    each_word(&mut out, len, place, &mut word);
    out.push(I::End);
    code([(1, ValType::I32)], out)
}

/// `(from, length) -> whether all of it is ASCII`: from the guest to where text is
/// returned.
fn copy_out(memory: u32, frame: u32) -> Function {
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
            8 => I::I64Store(at(RETURNED_TEXT, frame)),
            4 => I::I64Store32(at(RETURNED_TEXT, frame)),
            _ => I::I64Store8(at(RETURNED_TEXT, frame)),
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

/// Loads a core value; of a text, its address.
fn load(kind: Kind, from: MemArg) -> I<'static> {
    match kind {
        Kind::I64 => I::I64Load(from),
        Kind::F32 => I::F32Load(from),
        Kind::F64 => I::F64Load(from),
        Kind::I32 | Kind::Text => I::I32Load(from),
    }
}

/// The steps of a call.
struct Step<'a> {
    call: &'a Call,
    /// What copies in and out.
    copy: (u32, u32),
    frame: u32,
}

/// Locals of a step: where its result is, and where text is.
const RESULT_AT: u32 = 0;
const TEXT_AT: u32 = 1;
const LEN: u32 = 2;
const ROOM: u32 = 3;

impl Step<'_> {
    /// In the order of the table.
    fn all(&self, whole: bool) -> [Option<Function>; EACH as usize] {
        let takes = self.call.params.contains(&Kind::Text);
        let run = self.run(whole);
        let pay = self.call.post_return.map(|func| self.pay(func));
        let prepare = takes.then(|| self.prepare());
        let (apart, both) = match prepare {
            Some(prepare) if whole => (None, Some([&prepare[..], &run].concat())),
            Some(mut prepare) => {
                prepare.extend([I::I32Const(DONE), I::End]);
                (Some(prepare), None)
            }
            None => (None, None),
        };
        [Some(run), pay, apart, both].map(|body| Some(code([(4, ValType::I32)], body?)))
    }

    /// The guest is told of its result again.
    fn pay(&self, func: u32) -> Vec<I<'static>> {
        let result = at(RESULT, self.frame);
        let load = self.call.result.map(|kind| load(kind, result));
        let mut out = load.map_or(Vec::new(), |load| vec![I::I32Const(0), load]);
        out.extend([I::Call(func), I::I32Const(DONE), I::End]);
        out
    }

    /// The guest is called where it may call nobody.
    fn inside(&self, out: &mut Vec<I<'static>>, func: u32) {
        let tell = |on| [I::I32Const(0), I::I32Const(on), I::I32Store(at(INSIDE, self.frame))];
        // The arguments are on the stack already.
        out.extend(tell(1));
        out.push(I::Call(func));
        out.extend(tell(0));
    }

    fn word(&self, nth: usize) -> MemArg {
        at(WORDS + 8 * nth as u64, self.frame)
    }

    /// Each text of the arguments goes into room that the guest gives, and where that is
    /// into the frame.
    fn prepare(&self) -> Vec<I<'static>> {
        let (mut out, mut nth) = (Vec::new(), 0);
        for param in &self.call.params {
            if let (Kind::Text, Some(allocator), Some(memory)) =
                (param, self.call.allocator, self.call.memory)
            {
                out.extend([I::I32Const(0), I::I32Load(self.word(nth + 1)), I::LocalSet(LEN)]);
                out.extend([I::I32Const(0), I::I32Const(0), I::I32Const(1), I::LocalGet(LEN)]);
                self.inside(&mut out, allocator);
                out.push(I::LocalSet(ROOM));
                self.unless_within(&mut out, memory, ROOM, &[I::LocalGet(LEN)], BEYOND);
                out.extend([I::LocalGet(ROOM), I::I32Const(0), I::I32Load(self.word(nth))]);
                out.extend([I::LocalGet(LEN), I::Call(self.copy.0)]);
                out.extend([I::I32Const(0), I::LocalGet(ROOM), I::I32Store(self.word(nth))]);
            }
            nth += param.words();
        }
        out
    }

    /// Where not so many bytes are in memory from there on, that is the outcome.
    fn unless_within(
        &self,
        out: &mut Vec<I<'static>>,
        memory: u32,
        start: u32,
        len: &[I<'static>],
        status: i32,
    ) {
        out.extend([I::LocalGet(start), I::I64ExtendI32U]);
        out.extend_from_slice(len);
        out.extend([I::I64ExtendI32U, I::I64Add]);
        out.extend([I::MemorySize(memory), I::I64ExtendI32U, I::I64Const(16), I::I64Shl]);
        out.extend([I::I64GtU, I::If(BlockType::Empty)]);
        out.extend([I::I32Const(status), I::Return, I::End]);
    }

    fn run(&self, whole: bool) -> Vec<I<'static>> {
        let call = self.call;
        let mut out = Vec::new();
        let words = call.params.iter().flat_map(|kind| kind.core());
        let words = words.filter_map(|ty| Kind::of_core(*ty)).enumerate();
        // A result that is stored is so behind its address.
        if matches!(call.result, Some(kind) if kind != Kind::Text) {
            out.push(I::I32Const(0));
        }
        for (nth, kind) in words {
            out.extend([I::I32Const(0), load(kind, self.word(nth))]);
        }
        out.push(I::Call(call.target));
        let result = at(RESULT, self.frame);
        match call.result {
            None => {}
            Some(Kind::I32) => out.push(I::I32Store(result)),
            Some(Kind::I64) => out.push(I::I64Store(result)),
            Some(Kind::F32) => out.push(I::F32Store(result)),
            Some(Kind::F64) => out.push(I::F64Store(result)),
            Some(Kind::Text) => self.text(&mut out, whole),
        }
        out.extend([I::I32Const(DONE), I::End]);
        out
    }

    /// Text that was returned, where it is on top of the stack.
    fn text(&self, out: &mut Vec<I<'static>>, whole: bool) {
        let Some(memory) = self.call.memory else { return };
        let told = [I::If(BlockType::Empty), I::I32Const(TOLD), I::Return, I::End];
        out.extend([I::LocalSet(RESULT_AT), I::I32Const(0), I::LocalGet(RESULT_AT)]);
        out.push(I::I32Store(at(RESULT, self.frame)));
        // The host says what is wrong.
        out.extend([I::LocalGet(RESULT_AT), I::I32Const(3), I::I32And]);
        out.extend(told.clone());
        self.unless_within(out, memory, RESULT_AT, &[I::I32Const(8)], TOLD);
        out.extend([I::LocalGet(RESULT_AT), I::I32Load(at(0, memory)), I::LocalSet(TEXT_AT)]);
        out.extend([I::LocalGet(RESULT_AT), I::I32Load(at(4, memory)), I::LocalTee(LEN)]);
        out.extend([I::I32Const(MOST_RETURNED as i32), I::I32GtU]);
        out.extend(told.clone());
        self.unless_within(out, memory, TEXT_AT, &[I::LocalGet(LEN)], TOLD);
        out.extend([I::LocalGet(TEXT_AT), I::LocalGet(LEN), I::Call(self.copy.1), I::I32Eqz]);
        out.extend(told);
        out.extend([I::I32Const(0), I::LocalGet(LEN), I::I32Store(at(RETURNED + 4, self.frame))]);
        if let Some(func) = self.call.post_return.filter(|_| whole) {
            out.push(I::LocalGet(RESULT_AT));
            self.inside(out, func);
        }
    }
}
