//! The typing rules: the one judge of a [`Model`], and the only maker of
//! [`Checked`].
//!
//! Not here: fixing up, defaulting.

use std::collections::HashSet;
use std::ops::Deref;

use super::core::Core;
use super::faults::invalid;
use super::model::{Action, FuncItem, ImplementItem, Instr, Model};
use crate::abi::Convention;
use crate::error::{Error, Result};
use crate::types::{FuncType, ValType};

/// As many parameters, and as many results, may an adapter type have: core
/// functions have the same limit.
const MAX_VALUES: usize = FuncType::MOST_VALUES;
/// As many values may one adapter hold, parameters and all.
const MAX_SLOTS: usize = 10_000;
/// As many operands may the instructions of a module have. One of two bytes can
/// have a thousand, so the file's size is no bound.
const MAX_OPERANDS: usize = 4_000_000;
/// So large may the types of an interface's imports and exports be together,
/// each counting one and its parameters and results: core modules have the same
/// limit. Who lists them has all of that in hand.
const MAX_TYPE_SIZE: usize = 1_000_000;

/// Something that keeps the rules.
pub(crate) struct Checked<T>(T);

impl<T> Deref for Checked<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Judges an interface against its core module. The first violation is
/// reported, in the order of the subsections.
pub(crate) fn validate(
    model: Model,
    core: &Core,
    convention: &Convention,
) -> Result<Checked<Model>> {
    let (model_read, alloc_type) = (&model, convention.alloc_type());
    Validator { model: model_read, core, alloc_type, operands: 0, costs: Vec::new(), type_size: 0 }
        .model()?;
    Ok(Checked(model))
}

struct Validator<'a> {
    model: &'a Model,
    core: &'a Core,
    alloc_type: FuncType,
    /// Of all bodies so far, and of each again that implements an import: the
    /// core has a function of its own for that.
    operands: usize,
    /// Of each body, its operands and instructions.
    costs: Vec<usize>,
    /// Of all imports and exports so far.
    type_size: usize,
}

impl<'a> Validator<'a> {
    fn model(&mut self) -> Result<()> {
        let model = self.model;
        for (i, item) in model.types.iter().enumerate() {
            self.ty(&item.ty, item.at).map_err(|e| e.context(format_args!("adapter type {i}")))?;
        }
        for (i, item) in model.imports.iter().enumerate() {
            let ty = self.type_at(item.ty, item.at);
            ty.and_then(|ty| self.external(ty, item.at))
                .map_err(|e| e.context(format_args!("adapter import {i}")))?;
        }
        for (i, item) in model.funcs.iter().enumerate() {
            let index = model.imports.len() + i;
            let in_func = |e: Error| e.context(format_args!("adapter func {index}"));
            let ty = self.type_at(item.ty, item.at).map_err(in_func)?;
            self.body(index, ty, item).map_err(in_func)?;
        }
        let mut names = HashSet::new();
        for (i, item) in model.exports.iter().enumerate() {
            let in_export = |e: Error| e.context(format_args!("adapter export {i}"));
            let ty = self.adapter_at(item.func, item.at).map_err(in_export)?;
            self.external(ty, item.at).map_err(in_export)?;
            if !names.insert(&item.name) {
                let message = format!("duplicate export name {:?}", item.name);
                return Err(in_export(invalid(item.at, message)));
            }
        }
        let mut implemented = HashSet::new();
        for (i, item) in model.implements.iter().enumerate() {
            let in_implement = |e: Error| e.context(format_args!("implement {i}"));
            self.implement(item).map_err(in_implement)?;
            if !implemented.insert(item.core_func) {
                let message = format!("core func {} is implemented twice", item.core_func);
                return Err(in_implement(invalid(item.at, message)));
            }
        }
        Ok(())
    }

    fn ty(&self, ty: &FuncType, at: usize) -> Result<()> {
        for (what, types) in [("parameters", ty.params()), ("results", ty.results())] {
            if types.len() > MAX_VALUES {
                let message =
                    format!("{} {what} are too many, the limit is {MAX_VALUES}", types.len());
                return Err(invalid(at, message));
            }
        }
        Ok(())
    }

    /// Counts the type of an import or export.
    fn external(&mut self, ty: &FuncType, at: usize) -> Result<()> {
        self.type_size += 1 + ty.params().len() + ty.results().len();
        if self.type_size > MAX_TYPE_SIZE {
            let message = format!(
                "the types of imports and exports are too large together, \
                 the limit is {MAX_TYPE_SIZE} parameters and results"
            );
            return Err(invalid(at, message));
        }
        Ok(())
    }

    fn implement(&mut self, item: &ImplementItem) -> Result<()> {
        let adapter = self.adapter_at(item.adapter_func, item.at)?;
        let core = self.core_at(item.core_func, item.at)?;
        if item.core_func as usize >= self.core.func_imports.len() {
            let message =
                format!("the target, core func {}, is not an imported function", item.core_func);
            return Err(invalid(item.at, message));
        }
        // Equal types of which all are shared ones: the correspondence.
        if adapter != core
            || !adapter.params().iter().all(|t| t.is_shared())
            || !adapter.results().iter().all(|t| t.is_shared())
        {
            let message = format!(
                "signatures differ: adapter func {} is {adapter}, core func {} is {core}",
                item.adapter_func, item.core_func,
            );
            return Err(invalid(item.at, message));
        }
        let body = (item.adapter_func as usize).checked_sub(self.model.imports.len());
        self.operands += body.map_or(0, |body| self.costs[body]);
        self.bounded(self.operands, item.at)
    }

    fn bounded(&self, operands: usize, at: usize) -> Result<()> {
        if operands > MAX_OPERANDS {
            let message = format!(
                "the interface's instructions have too many operands, the limit is {MAX_OPERANDS}"
            );
            return Err(invalid(at, message));
        }
        Ok(())
    }

    fn body(&mut self, index: usize, ty: &FuncType, func: &FuncItem) -> Result<()> {
        let mut frame = Frame { stack: Vec::new(), slots: ty.params().len(), operands: 0, at: 0 };
        for (i, instr) in func.body.iter().enumerate() {
            let in_instr =
                |e: Error| e.context(format_args!("instruction {i} ({})", instr.def.name));
            frame.at = instr.at;
            self.instr(index, ty, instr, &mut frame).map_err(in_instr)?;
            if frame.slots > MAX_SLOTS {
                let message = format!("the function has too many values, the limit is {MAX_SLOTS}");
                return Err(in_instr(invalid(instr.at, message)));
            }
            self.bounded(self.operands + frame.operands, instr.at).map_err(in_instr)?;
        }
        self.operands += frame.operands;
        self.costs.push(frame.operands + func.body.len());

        frame.at = func.end;
        let in_end = |e: Error| e.context("end");
        frame.pop_all(ty.results()).map_err(in_end)?;
        match frame.stack.len() {
            0 => Ok(()),
            left => Err(in_end(frame.error(format!("values left over: {left}")))),
        }
    }

    fn instr(&self, index: usize, ty: &FuncType, instr: &Instr, frame: &mut Frame) -> Result<()> {
        let at = instr.at;
        let [imm, imm2] = instr.imms;
        match instr.def.action {
            Action::ArgGet => match ty.params().get(imm as usize) {
                // The parameter's own slot is read.
                Some(&param) => frame.stack.push(param),
                None => return Err(out_of_range("parameter", imm, ty.params().len(), at)),
            },
            Action::CallCore => {
                let core = self.core_at(imm, at)?;
                frame.pop_core(core.params())?;
                for &result in core.results() {
                    if !result.is_shared() {
                        let message = format!("core type {result} has no interface counterpart");
                        return Err(invalid(at, message));
                    }
                    frame.push(result);
                }
            }
            Action::MemoryToString => {
                self.memory_at(imm, at)?;
                frame.pop(ValType::I32)?;
                frame.pop(ValType::I32)?;
                frame.push(ValType::String);
            }
            Action::StringToMemory => {
                let (alloc, memory) = (imm, imm2);
                self.memory_at(memory, at)?;
                let core = self.core_at(alloc, at)?;
                if *core != self.alloc_type {
                    let message = format!(
                        "allocator has the wrong signature: core func {alloc} is {core}, not {}",
                        self.alloc_type
                    );
                    return Err(invalid(at, message));
                }
                frame.pop(ValType::String)?;
                frame.push(ValType::I32);
                frame.push(ValType::I32);
            }
            Action::CallAdapter => {
                if imm as usize > index {
                    let message = format!(
                        "adapter func index {imm} out of range: only functions up to this one, \
                         {index}, can be called"
                    );
                    return Err(invalid(at, message));
                }
                let callee = self.adapter_at(imm, at)?;
                frame.pop_all(callee.params())?;
                callee.results().iter().for_each(|&result| frame.push(result));
            }
            Action::DeferCallCore => {
                let core = self.core_at(imm, at)?;
                if !core.results().is_empty() {
                    let message = format!("deferred call with results: core func {imm} is {core}");
                    return Err(invalid(at, message));
                }
                frame.peek_core(core.params())?;
            }
            Action::Convert(conversion) => {
                frame.pop(conversion.from)?;
                frame.push(conversion.to);
            }
        }
        Ok(())
    }

    fn type_at(&self, index: u32, at: usize) -> Result<&'a FuncType> {
        match self.model.types.get(index as usize) {
            Some(item) => Ok(&item.ty),
            None => Err(out_of_range("adapter type", index, self.model.types.len(), at)),
        }
    }

    /// The type of an adapter function. Where it is called, its own type index
    /// has been checked.
    fn adapter_at(&self, index: u32, at: usize) -> Result<&'a FuncType> {
        let Model { imports, funcs, .. } = self.model;
        let imported = imports.get(index as usize).map(|i| i.ty);
        let ty = imported.or_else(|| funcs.get(index as usize - imports.len()).map(|f| f.ty));
        match ty {
            Some(ty) => self.type_at(ty, at),
            None => Err(out_of_range("adapter func", index, imports.len() + funcs.len(), at)),
        }
    }

    fn core_at(&self, index: u32, at: usize) -> Result<&'a FuncType> {
        let funcs = &self.core.funcs;
        funcs.get(index as usize).ok_or_else(|| out_of_range("core func", index, funcs.len(), at))
    }

    /// Text lies in plain memories only: one that threads share may change
    /// between the check and the copy.
    fn memory_at(&self, index: u32, at: usize) -> Result<()> {
        let memories = &self.core.memories;
        match memories.get(index as usize) {
            None => Err(out_of_range("memory", index, memories.len(), at)),
            Some(ty) if ty.memory64 => Err(invalid(at, format!("memory {index} is 64-bit"))),
            Some(ty) if ty.shared => Err(invalid(at, format!("memory {index} is shared"))),
            Some(_) => Ok(()),
        }
    }
}

/// The values at one point of a body.
struct Frame {
    /// The top is last.
    stack: Vec<ValType>,
    slots: usize,
    operands: usize,
    /// The instruction at work.
    at: usize,
}

impl Frame {
    fn push(&mut self, ty: ValType) {
        self.stack.push(ty);
        self.slots += 1;
    }

    fn pop(&mut self, expected: ValType) -> Result<()> {
        self.pop_all(&[expected])
    }

    /// The last one is on top.
    fn pop_all(&mut self, expected: &[ValType]) -> Result<()> {
        self.pop_where("", expected, |found, expected| found == expected)
    }

    fn pop_core(&mut self, expected: &[ValType]) -> Result<()> {
        self.pop_where("core type ", expected, corresponds)
    }

    fn peek_core(&mut self, expected: &[ValType]) -> Result<()> {
        self.peek_where("core type ", expected, corresponds)
    }

    fn pop_where(
        &mut self,
        what: &str,
        expected: &[ValType],
        fits: fn(ValType, ValType) -> bool,
    ) -> Result<()> {
        self.peek_where(what, expected, fits)?;
        self.stack.truncate(self.stack.len() - expected.len());
        Ok(())
    }

    fn peek_where(
        &mut self,
        what: &str,
        expected: &[ValType],
        fits: fn(ValType, ValType) -> bool,
    ) -> Result<()> {
        self.operands += expected.len();
        let mut found = self.stack.iter().rev();
        for &expected in expected.iter().rev() {
            match found.next() {
                Some(&found) if fits(found, expected) => {}
                Some(found) => {
                    return Err(self.error(format!("expected {what}{expected}, found {found}")));
                }
                None => return Err(self.error(format!("expected {what}{expected}, found nothing"))),
            }
        }
        Ok(())
    }

    fn error(&self, message: String) -> Error {
        invalid(self.at, message)
    }
}

/// Whether an adapter's value can stand where core code wants its own type.
fn corresponds(found: ValType, core: ValType) -> bool {
    found == core && found.is_shared()
}

fn out_of_range(what: &str, index: u32, count: usize, at: usize) -> Error {
    invalid(at, format!("{what} index {index} out of range: the count is {count}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::frontend::{FEATURES, load};

    /// A few bytes can ask for a thousand operands, again and again.
    #[test]
    fn operands_are_bounded() {
        let module = |deferred: usize| {
            let types = "i32 ".repeat(MAX_VALUES);
            let params = "(param i32) ".repeat(MAX_VALUES);
            let args: String = (0..MAX_VALUES).map(|i| format!("arg.get {i} ")).collect();
            let defers = "defer-call-core 0 ".repeat(deferred);
            format!("(func (param {types})) (@interface func {params} {args} {defers} call-core 0)")
        };
        let most = MAX_OPERANDS / MAX_VALUES;
        assert!(load(module(most - 1).as_bytes(), FEATURES).is_ok());
        let error = load(module(most).as_bytes(), FEATURES).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInterface);
        assert!(error.message().contains("too many operands"), "{error}");
    }

    /// A body that implements an import is made again for it.
    #[test]
    fn implementing_is_bounded() {
        let module = |imports: usize| {
            let imports = r#"(import "" "" (func)) "#.repeat(imports);
            let calls = "call-core $f ".repeat(10_000);
            let mut text = format!("{imports} (func $f) (@interface func $a {calls})");
            (0..imports.len() / 22).for_each(|i| {
                text += &format!("(@interface implement (func {i}) (func $a))");
            });
            text
        };
        let most = MAX_OPERANDS / 10_000;
        assert!(load(module(most).as_bytes(), FEATURES).is_ok());
        let error = load(module(most + 1).as_bytes(), FEATURES).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInterface);
        assert!(error.message().contains("too many operands"), "{error}");
    }

    /// A type of a thousand values takes a few bytes for each import and export.
    #[test]
    fn types_are_bounded() {
        let module = |exports: usize| {
            let params = "(param s32) ".repeat(MAX_VALUES - 1);
            let mut text = format!(r#"(@interface import "" "" (func $f {params}))"#);
            (0..exports).for_each(|i| text += &format!("(@interface export \"{i}\" (func $f))"));
            text
        };
        let most = MAX_TYPE_SIZE / MAX_VALUES - 1;
        assert!(load(module(most).as_bytes(), FEATURES).is_ok());
        let error = load(module(most + 1).as_bytes(), FEATURES).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInterface);
        assert!(error.message().contains("too large together"), "{error}");
    }
}
