//! A checked interface and its core become a [`Program`].
//!
//! The stack is run once over types of no interest: what counts is which slot
//! lies where on it. `arg.get` reads the parameter's own slot and needs no op.
//!
//! Not here: any check a user could trip.

use super::core::{Core, CoreExport};
use super::model::{Action, ExportItem, FuncItem, Model};
use super::validate::Checked;
use crate::abi::{Convention, Form, Freed};
use crate::plan::{
    Adapter, AdapterPlan, Binary, CoreImport, Export, Import, Inside, Op, Program, Slot, TextMem,
    Use, used,
};
use crate::types::{ExportType, ExternType, FuncType, ImportType};

/// Makes the program of a module, with an interface that has been checked
/// against this core, or without one.
///
/// `bytes` and `code` are as in [`Program`].
pub(crate) fn compile(
    model: Option<&Checked<Model>>,
    core: Core,
    convention: Convention,
    bytes: Vec<u8>,
    code: Option<usize>,
) -> Program {
    let no_interface = Model::default();
    let wrapped = model.is_some();
    let model = model.map_or(&no_interface, |m| m);

    let mut hooks = vec![None; core.imports.len()];
    for item in &model.implements {
        let import = core.func_imports[item.core_func as usize];
        hooks[import as usize] = Some(item.adapter_func);
    }
    let mut imports = Vec::new();
    let mut core_imports = Vec::new();
    for (i, (ty, hook)) in core.imports.into_iter().zip(hooks).enumerate() {
        core_imports.push(match hook {
            Some(adapter) => CoreImport::Hook(adapter),
            None => CoreImport::Import(imports.len() as u32),
        });
        if hook.is_none() {
            imports.push(Import { ty, to: Inside::Core(i as u32) });
        }
    }

    let mut adapters = Vec::new();
    for item in &model.imports {
        let ty = item.named.clone().unwrap_or_else(|| type_of(model, item.ty));
        let (adapter, import) = (adapters.len() as u32, imports.len() as u32);
        let (module, name) = (item.module.clone(), item.name.clone());
        let import_ty = ImportType { module, name, ty: ExternType::Func(ty.clone()) };
        imports.push(Import { ty: import_ty, to: Inside::Adapter(adapter) });
        adapters.push(Adapter::Import { import, ty });
    }
    for item in &model.funcs {
        adapters.push(Adapter::Body(plan(model, &core.funcs, &convention, item)));
    }
    let (used_funcs, used_mems) = used(&adapters);

    // An interface hides the exports of its core.
    let exports = if wrapped {
        let export = |item: &ExportItem| {
            let ty = ExternType::Func(adapters[item.func as usize].ty().clone());
            let ty = ExportType { name: item.name.clone(), ty };
            Export { ty, from: Inside::Adapter(item.func), same: None }
        };
        model.exports.iter().map(export).collect()
    } else {
        let export = |(i, e): (usize, CoreExport)| Export {
            ty: e.ty,
            from: Inside::Core(i as u32),
            same: e.same,
        };
        core.exports.into_iter().enumerate().map(export).collect()
    };
    Program {
        core: Binary::new(bytes),
        code,
        calls: core.calls,
        wrapped,
        imports,
        exports,
        core_imports,
        adapters,
        convention,
        used_funcs,
        used_mems,
        messages: Vec::new(),
        builtins: Vec::new(),
        start: core.start,
        source: None,
    }
}

fn type_of(model: &Model, index: u32) -> FuncType {
    model.types[index as usize].ty.clone()
}

fn plan(
    model: &Model,
    core_funcs: &[FuncType],
    convention: &Convention,
    func: &FuncItem,
) -> AdapterPlan {
    // Steps are made for these only.
    let Convention { form: Form::AddressAndLength, freed: Freed::ByPlan, .. } = convention;
    let ty = func.named.clone().unwrap_or_else(|| type_of(model, func.ty));
    let mut frame = Frame { stack: Vec::new(), slots: ty.params().len() as u32 };
    let mut ops = Vec::with_capacity(func.body.len() + 1);
    for instr in &func.body {
        let [imm, imm2] = instr.imms;
        ops.push(match instr.def.action {
            Action::ArgGet => {
                frame.stack.push(imm);
                continue;
            }
            Action::CallCore => {
                let callee = &core_funcs[imm as usize];
                let args = frame.pop(callee.params().len());
                Op::CallCore { func: imm, args, to: frame.push(callee.results().len()) }
            }
            Action::MemoryToString => {
                let (len, ptr) = (frame.pop_one(), frame.pop_one());
                let mem = TextMem { memory: imm, text: convention.text };
                Op::LiftStr { mem, ptr, len, to: frame.push(1) }
            }
            Action::StringToMemory => {
                let from = frame.pop_one();
                let mem = TextMem { memory: imm2, text: convention.text };
                Op::LowerStr { alloc: imm, mem, from, to: frame.push(2) }
            }
            Action::CallAdapter => {
                let callee = adapter_type(model, imm);
                let args = frame.pop(callee.params().len());
                Op::CallAdapter { adapter: imm, args, to: frame.push(callee.results().len()) }
            }
            Action::DeferCallCore => {
                let args = frame.top(core_funcs[imm as usize].params().len());
                Op::Defer { func: imm, args }
            }
            Action::Convert(with) => {
                let from = frame.pop_one();
                Op::Convert { with, from, to: frame.push(1) }
            }
        });
    }
    ops.push(Op::Ret { values: frame.pop(ty.results().len()) });
    mark_last_uses(&mut ops, frame.slots);
    AdapterPlan { ty, slots: frame.slots, ops }
}

fn adapter_type(model: &Model, index: u32) -> &FuncType {
    let index = index as usize;
    let ty = match model.imports.get(index) {
        Some(import) => import.ty,
        None => model.funcs[index - model.imports.len()].ty,
    };
    &model.types[ty as usize].ty
}

/// Which slots are where on the stack.
struct Frame {
    /// The top is last.
    stack: Vec<Slot>,
    slots: u32,
}

impl Frame {
    /// Pushes so many new slots, and tells the first.
    fn push(&mut self, count: usize) -> Slot {
        let first = self.slots;
        self.slots += count as u32;
        self.stack.extend(first..self.slots);
        first
    }

    fn pop_one(&mut self) -> Use {
        let slot = self.stack[self.stack.len() - 1];
        self.stack.truncate(self.stack.len() - 1);
        Use { slot, last: false }
    }

    fn pop(&mut self, count: usize) -> Box<[Use]> {
        let uses = self.top(count);
        self.stack.truncate(self.stack.len() - count);
        uses
    }

    fn top(&self, count: usize) -> Box<[Use]> {
        let slots = &self.stack[self.stack.len() - count..];
        slots.iter().map(|&slot| Use { slot, last: false }).collect()
    }
}

/// Going backwards, the first use of a slot that is met is its last.
pub(super) fn mark_last_uses(ops: &mut [Op], slots: u32) {
    let mut met = vec![false; slots as usize];
    for op in ops.iter_mut().rev() {
        for used in uses(op).into_iter().rev() {
            used.last = !std::mem::replace(&mut met[used.slot as usize], true);
        }
    }
}

/// In the order in which they are read.
fn uses(op: &mut Op) -> Vec<&mut Use> {
    match op {
        Op::Convert { from, .. } | Op::LowerStr { from, .. } => vec![from],
        Op::Refuse { when, .. } | Op::Idle { when, .. } => vec![when],
        Op::LiftStr { ptr, len, .. } => vec![ptr, len],
        Op::CallCore { args, .. } | Op::CallAdapter { args, .. } | Op::Defer { args, .. } => {
            args.iter_mut().collect()
        }
        Op::Ret { values } => values.iter_mut().collect(),
    }
}
