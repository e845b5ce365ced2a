//! What an expression of a face is in instructions.
//!
//! Not here: what its names stand for.

use super::expression::{Binary, Expression};
use super::glue::{Code, Local};
use super::making::Call;
use crate::error::Result;
use crate::types::{FuncType, ValType};
use std::collections::HashMap;
use wasm_encoder::Instruction as I;

const I32: ValType = ValType::I32;

/// What names stand for.
#[derive(Default)]
pub(super) struct Scope {
    pub values: HashMap<String, Value>,
}

/// A value by its name.
#[derive(Clone, Copy)]
pub(super) struct Value {
    pub ty: ValType,
    pub local: Local,
}

impl Scope {
    pub fn add(&mut self, name: String, ty: ValType, local: Local) {
        self.values.insert(name, Value { ty, local });
    }
}

impl Call<'_, '_> {
    /// Pushes what an expression is, as the core takes it.
    pub fn argument(
        &mut self,
        at: usize,
        arg: &Expression,
        want: ValType,
        scope: &Scope,
        code: &mut Code,
    ) -> Result<()> {
        let place = match arg {
            Expression::Name(name) => Some(name.clone()),
            Expression::Place(name) => Some(format!("&{name}")),
            _ => None,
        };
        if let Some(name) = &place
            && (scope.values.contains_key(name) || !self.maker.names.globals.contains_key(name))
        {
            let Value { ty, local } = self.named(at, name, scope)?;
            if ty.carrier() == want {
                code.get(local);
                return Ok(());
            }
        }
        if let (Expression::Number(number), I32) = (arg, want)
            && number.fract() == 0.0
            && number.abs() < f64::from(i32::MAX)
        {
            code.i32(*number as i32);
            return Ok(());
        }
        self.push_number(at, arg, scope, code)?;
        match want {
            I32 => {
                let f64 = ValType::F64;
                let word = self.maker.glue.named("word".into(), &[f64], &[I32], |f, _| {
                    f.code.get(0).ops([I::I32TruncSatF64S]).get(0).op(I::I32TruncSatF64U);
                    f.code.get(0).ops([I::F64Const(0.0.into()), I::F64Lt, I::Select]);
                    Ok(())
                })?;
                code.call(word);
            }
            ValType::I64 => {
                code.op(I::I64TruncSatF64S);
            }
            ValType::F32 => {
                code.op(I::F32DemoteF64);
            }
            ValType::F64 => {}
            other => {
                let message = format!("{}: the core takes {other} here, no number", self.name);
                return Err(self.maker.mismatch(at, message));
            }
        }
        Ok(())
    }

    fn named(&self, at: usize, name: &str, scope: &Scope) -> Result<Value> {
        scope.values.get(name).copied().ok_or_else(|| {
            let mut all: Vec<_> = scope.values.keys().map(|name| &**name).collect();
            all.sort_unstable();
            let message = format!(
                "{}: nothing is called `{name}` here; there are {}",
                self.name,
                all.join(", ")
            );
            self.maker.wrong(at, message)
        })
    }

    /// Pushes a number as an `f64`, which holds products of lengths and never overflows.
    pub fn push_number(
        &mut self,
        at: usize,
        expression: &Expression,
        scope: &Scope,
        code: &mut Code,
    ) -> Result<()> {
        match expression {
            Expression::Number(number) => {
                code.op(I::F64Const((*number).into()));
            }
            Expression::Name(name) => match self.maker.names.globals.get(name) {
                Some(global) if !scope.values.contains_key(name) => {
                    let ty = if global.ty == I32 { ValType::U32 } else { global.ty };
                    code.op(I::GlobalGet(global.index));
                    self.widen(at, ty, code)?;
                }
                _ => {
                    let Value { ty, local } = self.named(at, name, scope)?;
                    code.get(local);
                    self.widen(at, ty, code)?;
                }
            },
            Expression::Place(name) => {
                let message = format!("{}: `&{name}` stands alone among `args`", self.name);
                return Err(self.maker.wrong(at, message));
            }
            Expression::Call(name, args) => {
                let (func, ty) = self.maker.func(at, &self.what, name)?;
                let ty: FuncType = ty.clone();
                let &[result] = ty.results() else {
                    return Err(self
                        .maker
                        .mismatch(at, format!("`{name}` is {ty}, and tells no number")));
                };
                if ty.params().len() != args.len() {
                    let message = format!("`{name}` is {ty}, and takes something else");
                    return Err(self.maker.mismatch(at, message));
                }
                for (arg, want) in args.iter().zip(ty.params()) {
                    self.argument(at, arg, *want, scope, code)?;
                }
                code.call(func);
                self.widen(at, result, code)?;
            }
            Expression::Binary(op, both) => {
                self.push_number(at, &both.0, scope, code)?;
                self.push_number(at, &both.1, scope, code)?;
                let (ins, is_truth) = match op {
                    Binary::Add => (I::F64Add, false),
                    Binary::Subtract => (I::F64Sub, false),
                    Binary::Multiply => (I::F64Mul, false),
                    Binary::Divide => (I::F64Div, false),
                    Binary::Equal => (I::F64Eq, true),
                    Binary::NotEqual => (I::F64Ne, true),
                    Binary::Less => (I::F64Lt, true),
                    Binary::LessOrEqual => (I::F64Le, true),
                    Binary::More => (I::F64Gt, true),
                    Binary::MoreOrEqual => (I::F64Ge, true),
                };
                code.op(ins);
                if is_truth {
                    code.op(I::F64ConvertI32U);
                }
                // As C divides.
                if *op == Binary::Divide {
                    code.op(I::F64Trunc);
                }
            }
        }
        Ok(())
    }

    fn widen(&self, at: usize, ty: ValType, code: &mut Code) -> Result<()> {
        match (ty, ty.carrier()) {
            (I32 | ValType::S8 | ValType::S16, _) => code.op(I::F64ConvertI32S),
            (_, I32) => code.op(I::F64ConvertI32U),
            (ValType::U64, _) => code.op(I::F64ConvertI64U),
            (_, ValType::I64) => code.op(I::F64ConvertI64S),
            (_, ValType::F32) => code.op(I::F64PromoteF32),
            (_, ValType::F64) => code,
            _ => return Err(self.maker.mismatch(at, format!("{}: {ty} is no number", self.name))),
        };
        Ok(())
    }
}
