//! Core functions that are added to a core, so that what is beside a plan's steps is
//! core code: packing, looking for a zero, fields of an area.
//!
//! They come after the core's own types, functions and globals, so that none of these
//! takes another number.
//!
//! Not here: what they do.

use crate::core_types::encoded;
use crate::error::{Error, Result};
use crate::plan::SECTIONS;
use crate::types::{FuncType, ValType};
use std::collections::HashMap;
use wasm_encoder::{
    BlockType, ConstExpr, Encode as _, Function, GlobalType, Instruction as I, MemArg, RawSection,
    Section as _, SectionId,
};
use wasmparser::{BinaryReader, Parser, Payload, TypeRef};

/// A local of a function that is being made.
pub(super) type Local = u32;

/// Locals that are no parameters have numbers from here on until the function is done.
const LOCALS: Local = 1 << 16;

/// Instructions.
#[derive(Clone, Default)]
pub(crate) struct Code(pub Vec<I<'static>>);

impl Code {
    pub fn op(&mut self, instruction: I<'static>) -> &mut Code {
        self.0.push(instruction);
        self
    }

    pub fn ops(&mut self, instructions: impl IntoIterator<Item = I<'static>>) -> &mut Code {
        self.0.extend(instructions);
        self
    }

    pub fn get(&mut self, local: Local) -> &mut Code {
        self.op(I::LocalGet(local))
    }

    pub fn set(&mut self, local: Local) -> &mut Code {
        self.op(I::LocalSet(local))
    }

    pub fn i32(&mut self, value: i32) -> &mut Code {
        self.op(I::I32Const(value))
    }

    pub fn i64(&mut self, value: i64) -> &mut Code {
        self.op(I::I64Const(value))
    }

    pub fn call(&mut self, func: u32) -> &mut Code {
        self.op(I::Call(func))
    }

    /// Makes the address on the stack null, unless this is not zero.
    pub fn null_unless(&mut self, tag: Option<Local>) -> &mut Code {
        match tag {
            Some(tag) => self.i32(0).get(tag).op(I::Select),
            None => self,
        }
    }

    pub fn append(&mut self, other: &Code) -> &mut Code {
        self.0.extend(other.0.iter().cloned());
        self
    }

    /// The local, with this added.
    pub fn plus(&mut self, local: Local, offset: i32) -> &mut Code {
        self.get(local);
        if offset != 0 {
            self.i32(offset).op(I::I32Add);
        }
        self
    }

    /// The local, shifted left, or right where it is negative.
    pub fn shifted(&mut self, local: Local, by: i32) -> &mut Code {
        self.get(local);
        match by {
            0 => self,
            1.. => self.i32(by).op(I::I32Shl),
            _ => self.i32(-by).op(I::I32ShrU),
        }
    }

    /// Multiplies the number on the stack; what is too large becomes the largest number
    /// that there is, which no memory has as many bytes as. Up to there, an `f64` is exact.
    pub fn times(&mut self, by: u32) -> &mut Code {
        match by {
            1 => self,
            _ => self
                .op(I::F64ConvertI32U)
                .op(I::F64Const(f64::from(by).into()))
                .ops([I::F64Mul, I::I32TruncSatF64U]),
        }
    }

    /// Whether this reads these locals, and does nothing else.
    pub fn reads(&self, locals: impl IntoIterator<Item = Local>) -> bool {
        let found = self.0.iter().map(|ins| match ins {
            I::LocalGet(local) => Some(*local),
            _ => None,
        });
        found.eq(locals.into_iter().map(Some))
    }
}

/// A place in a memory.
pub(super) fn at(memory: u32, offset: u32) -> MemArg {
    MemArg { offset: offset.into(), align: 0, memory_index: memory }
}

/// A function that is being made.
#[derive(Clone, Default)]
pub(super) struct Func {
    pub params: Vec<ValType>,
    locals: Vec<ValType>,
    pub code: Code,
}

impl Func {
    pub fn new(params: &[ValType]) -> Func {
        Func { params: params.to_vec(), ..Func::default() }
    }

    /// Another parameter.
    pub fn param(&mut self, ty: ValType) -> Local {
        self.params.push(ty);
        self.params.len() as Local - 1
    }

    /// A local that is no parameter.
    pub fn local(&mut self, ty: ValType) -> Local {
        self.locals.push(ty);
        LOCALS + self.locals.len() as Local - 1
    }
}

/// What is added to a core.
pub(super) struct Glue {
    /// What the core has.
    types: u32,
    funcs: u32,
    globals: u32,
    tables: u32,
    /// As they are written, and which number each has.
    added_types: Vec<Vec<u8>>,
    type_at: HashMap<Vec<u8>, u32>,
    added: Vec<(u32, Function)>,
    added_globals: u32,
    added_tables: u32,
    named: HashMap<String, u32>,
    /// What is called first, in place of the core's start function.
    pub start: Option<u32>,
    /// Whether a function was added with more values than one can have.
    pub too_many: bool,
}

impl Glue {
    pub fn new(core: &[u8]) -> Result<Glue> {
        let mut glue = Glue {
            types: 0,
            funcs: 0,
            globals: 0,
            tables: 0,
            added_types: Vec::new(),
            type_at: HashMap::new(),
            added: Vec::new(),
            added_globals: 0,
            added_tables: 0,
            named: HashMap::new(),
            start: None,
            too_many: false,
        };
        for payload in Parser::new(0).parse_all(core) {
            match payload.map_err(broken)? {
                Payload::TypeSection(section) => {
                    for group in section {
                        glue.types += group.map_err(broken)?.types().len() as u32;
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        match import.map_err(broken)?.ty {
                            TypeRef::Func(_) | TypeRef::FuncExact(_) => glue.funcs += 1,
                            TypeRef::Global(_) => glue.globals += 1,
                            TypeRef::Table(_) => glue.tables += 1,
                            _ => {}
                        }
                    }
                }
                Payload::FunctionSection(section) => glue.funcs += section.count(),
                Payload::TableSection(section) => glue.tables += section.count(),
                Payload::GlobalSection(section) => glue.globals += section.count(),
                _ => {}
            }
        }
        Ok(glue)
    }

    /// The function of this name, which is made where there is none yet. Names say all
    /// that a function is made of.
    pub fn named(
        &mut self,
        name: String,
        params: &[ValType],
        results: &[ValType],
        make: impl FnOnce(&mut Func, &mut Glue) -> Result<()>,
    ) -> Result<u32> {
        if let Some(found) = self.named.get(&name) {
            return Ok(*found);
        }
        let mut func = Func::new(params);
        make(&mut func, self)?;
        let index = self.add(func, results);
        self.named.insert(name, index);
        Ok(index)
    }

    /// Adds a function that returns what its code leaves on the stack.
    pub fn add(&mut self, func: Func, results: &[ValType]) -> u32 {
        let most = FuncType::MOST_VALUES;
        self.too_many |= func.params.len() > most || results.len() > most;
        let mut ty = vec![0x60];
        for list in [&func.params[..], results] {
            (list.len() as u32).encode(&mut ty);
            list.iter().for_each(|of| encoded(*of).encode(&mut ty));
        }
        let ty = self.other_type(ty);
        let first = func.params.len() as u32;
        let place = |local: u32| if local < LOCALS { local } else { local - LOCALS + first };
        let mut function =
            Function::new_with_locals_types(func.locals.iter().map(|ty| encoded(*ty)));
        for ins in func.code.0 {
            function.instruction(&match ins {
                I::LocalGet(local) => I::LocalGet(place(local)),
                I::LocalSet(local) => I::LocalSet(place(local)),
                I::LocalTee(local) => I::LocalTee(place(local)),
                other => other,
            });
        }
        function.instruction(&I::End);
        self.added.push((ty, function));
        self.funcs + self.added.len() as u32 - 1
    }

    /// The number of a type, as it is written in a module.
    pub fn other_type(&mut self, written: Vec<u8>) -> u32 {
        let next = self.types + self.added_types.len() as u32;
        let at = *self.type_at.entry(written.clone()).or_insert(next);
        if at == next {
            self.added_types.push(written);
        }
        at
    }

    /// Adds a table of `externref`s, which is empty at first.
    pub fn table(&mut self) -> u32 {
        self.added_tables += 1;
        self.tables + self.added_tables - 1
    }

    /// Adds a global of 32 bits, which is zero at first.
    #[allow(dead_code)] // for conventions that keep something between calls
    pub fn global(&mut self) -> u32 {
        self.added_globals += 1;
        self.globals + self.added_globals - 1
    }

    /// The global of this name, one for the whole core.
    pub fn named_global(&mut self, name: &str) -> u32 {
        let name = format!("global {name}");
        if let Some(found) = self.named.get(&name) {
            return *found;
        }
        let index = self.global();
        self.named.insert(name, index);
        index
    }

    /// The core with all this, and where the contents of its code section start.
    pub fn encode(&self, core: &[u8]) -> Result<(Vec<u8>, Option<usize>)> {
        let mut out =
            Out { bytes: core.get(..8).unwrap_or_default().to_vec(), next: 0, code: None };
        for payload in Parser::new(0).parse_all(core) {
            let payload = payload.map_err(broken)?;
            let Some((id, range)) = payload.as_section() else { continue };
            let data = core.get(range).unwrap_or_default();
            if id == SectionId::Custom as u8 {
                out.raw(id, data);
                continue;
            }
            out.missing(self, id);
            out.section(self, id, Some(data))?;
        }
        out.missing(self, u8::MAX);
        Ok((out.bytes, out.code))
    }

    /// What is added to a section: how many entries, and their bytes.
    fn more(&self, id: u8) -> (u32, Vec<u8>) {
        let mut bytes = Vec::new();
        let count = if id == SectionId::Type as u8 {
            self.added_types.iter().for_each(|ty| bytes.extend_from_slice(ty));
            self.added_types.len()
        } else if id == SectionId::Table as u8 {
            for _ in 0..self.added_tables {
                let ty = wasm_encoder::RefType::EXTERNREF;
                ty.encode(&mut bytes);
                // No limit, and none of it there at first.
                bytes.extend([0, 0]);
            }
            self.added_tables as usize
        } else if id == SectionId::Function as u8 {
            self.added.iter().for_each(|(ty, _)| ty.encode(&mut bytes));
            self.added.len()
        } else if id == SectionId::Global as u8 {
            for _ in 0..self.added_globals {
                let val_type = wasm_encoder::ValType::I32;
                GlobalType { val_type, mutable: true, shared: false }.encode(&mut bytes);
                ConstExpr::i32_const(0).encode(&mut bytes);
            }
            self.added_globals as usize
        } else if id == SectionId::Code as u8 {
            self.added.iter().for_each(|(_, function)| function.encode(&mut bytes));
            self.added.len()
        } else {
            0
        };
        (count as u32, bytes)
    }
}

struct Out {
    bytes: Vec<u8>,
    /// The place in [`SECTIONS`] of what may come next.
    next: usize,
    code: Option<usize>,
}

impl Out {
    fn raw(&mut self, id: u8, data: &[u8]) {
        RawSection { id, data }.append_to(&mut self.bytes);
    }

    /// Writes the sections that the core does not have, up to this one.
    fn missing(&mut self, glue: &Glue, id: u8) {
        let end = SECTIONS.iter().position(|known| *known == id).unwrap_or(SECTIONS.len());
        for id in SECTIONS.iter().take(end).skip(self.next) {
            // It cannot fail where there is nothing.
            let _ = self.section(glue, *id, None);
        }
        self.next = end + 1;
    }

    fn section(&mut self, glue: &Glue, id: u8, data: Option<&[u8]>) -> Result<()> {
        if id == SectionId::Start as u8
            && let Some(start) = glue.start
        {
            let mut bytes = Vec::new();
            start.encode(&mut bytes);
            self.raw(id, &bytes);
            return Ok(());
        }
        let (count, more) = glue.more(id);
        if count == 0 {
            if let Some(data) = data {
                self.raw(id, data);
                if id == SectionId::Code as u8 {
                    self.code = Some(self.bytes.len() - data.len());
                }
            }
            return Ok(());
        }
        let mut reader = BinaryReader::new(data.unwrap_or(&[0]), 0);
        let before = reader.read_var_u32().map_err(broken)?;
        let rest = data.and_then(|data| data.get(reader.original_position()..));
        let mut all = Vec::new();
        (before + count).encode(&mut all);
        all.extend_from_slice(rest.unwrap_or_default());
        all.extend_from_slice(&more);
        self.raw(id, &all);
        if id == SectionId::Code as u8 {
            self.code = Some(self.bytes.len() - all.len());
        }
        Ok(())
    }
}

fn broken(error: wasmparser::Error) -> Error {
    // It has been validated.
    Error::internal(format_args!("the core cannot be added to: {error}"))
}

/// Zero, of a number that core code has.
pub(super) fn zero(ty: ValType) -> I<'static> {
    match ty {
        ValType::I32 => I::I32Const(0),
        ValType::I64 => I::I64Const(0),
        ValType::F32 => I::F32Const(0.0.into()),
        ValType::F64 => I::F64Const(0.0.into()),
        other => unreachable!("{other} is no number of core code"),
    }
}

/// How many units there are before a zero unit; of address 0, none.
pub(super) fn length(glue: &mut Glue, memory: u32, unit: u32) -> Result<u32> {
    let name = format!("length {memory} {unit}");
    glue.named(name, &[ValType::I32], &[ValType::I32], |f, _| {
        let (start, here) = (0, f.local(ValType::I32));
        let wide = f.local(ValType::I64);
        let code = &mut f.code;
        code.get(start).set(here);
        let load = |code: &mut Code| {
            code.get(here);
            code.op(match unit {
                1 => I::I32Load8U(at(memory, 0)),
                2 => I::I32Load16U(at(memory, 0)),
                _ => I::I32Load(at(memory, 0)),
            });
        };
        let count = |code: &mut Code| {
            code.get(here).get(start).op(I::I32Sub);
            code.i32(unit.trailing_zeros() as i32).op(I::I32ShrU);
        };
        code.get(start).ops([I::I32Eqz, I::If(BlockType::Empty)]).i32(0).ops([I::Return, I::End]);
        if unit == 1 {
            // Up to an address that eight bytes are aligned at, then eight at a time:
            // these are all inside of the memory, whose size is a multiple of that.
            code.ops([I::Block(BlockType::Empty), I::Loop(BlockType::Empty)]);
            code.get(here).i32(7).ops([I::I32And, I::I32Eqz, I::BrIf(1)]);
            load(code);
            code.ops([I::I32Eqz, I::If(BlockType::Empty)]);
            count(code);
            code.ops([I::Return, I::End]).plus(here, 1).set(here);
            code.ops([I::Br(0), I::End, I::End]);
            code.ops([I::Block(BlockType::Empty), I::Loop(BlockType::Empty)]);
            code.get(here).ops([I::I64Load(at(memory, 0)), I::LocalTee(wide)]);
            code.ops([I::I64Const(0x0101_0101_0101_0101), I::I64Sub, I::LocalGet(wide)]);
            code.ops([I::I64Const(-1), I::I64Xor, I::I64And]);
            code.ops([I::I64Const(0x8080_8080_8080_8080_u64 as i64), I::I64And, I::I64Eqz]);
            code.ops([I::I32Eqz, I::BrIf(1)]).plus(here, 8).set(here);
            code.ops([I::Br(0), I::End, I::End]);
        }
        code.ops([I::Block(BlockType::Empty), I::Loop(BlockType::Empty)]);
        load(code);
        code.ops([I::I32Eqz, I::BrIf(1)]).plus(here, unit as i32).set(here);
        code.ops([I::Br(0), I::End, I::End]);
        count(code);
        Ok(())
    })
}

/// Puts a zero unit behind text of so many units, and tells whether there was one
/// before.
pub(super) fn terminate(glue: &mut Glue, memory: u32, unit: u32) -> Result<u32> {
    let length = length(glue, memory, unit)?;
    let params = [ValType::I32; 2];
    glue.named(format!("terminate {memory} {unit}"), &params, &[ValType::I32], |f, _| {
        f.code.get(0).shifted(1, unit.trailing_zeros() as i32).op(I::I32Add).i32(0);
        f.code.op(match unit {
            1 => I::I32Store8(at(memory, 0)),
            2 => I::I32Store16(at(memory, 0)),
            _ => I::I32Store(at(memory, 0)),
        });
        f.code.get(0).call(length).get(1).op(I::I32Ne);
        Ok(())
    })
}
