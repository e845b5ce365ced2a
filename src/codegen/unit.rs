//! A program's adapters as functions, with what they need: which there are, and what
//! answers the core's imports.
//!
//! Not here: instructions; indices of the encoded module.

use super::adapter::Gen;
use super::interface::{Entry, ImportCall, Intrinsic, WORDS};
use super::ir::{Body, Callee, broken};
use super::spaces::Spaces;
use super::{forward, park};
use crate::error::Result;
use crate::plan::stage::{self, Role};
use crate::plan::{Adapter, AdapterPlan, CoreImport, Inside, Program, TextMem};
use crate::types::{FuncType, ValType};
use std::collections::{HashMap, HashSet};

/// A program whose adapters have been compiled.
pub(super) struct Unit {
    pub spaces: Spaces,
    pub intrinsics: Vec<Intrinsic>,
    /// Positions in `intrinsics`.
    pub positions: HashMap<Intrinsic, u32>,
    pub funcs: Vec<Func>,
    /// Adapters that others call, and what writes inline text into a memory:
    /// positions in `funcs`.
    pub inner: HashMap<u32, u32>,
    pub writers: HashMap<TextMem, u32>,
    pub entries: Vec<Option<Entry>>,
    /// Adapters that need no entry of their own, and the core functions that they
    /// only call.
    pub direct: Vec<(u32, u32)>,
    pub deferred: Vec<u32>,
    pub parked: u32,
    /// What makes the calls that are parked: a position in `funcs`.
    pub pay: Option<u32>,
    /// What answers each imported function of the original.
    pub imported: Vec<Target>,
}

/// A function added to the core.
pub(super) struct Func {
    pub name: String,
    /// An index of the original, or a type to be added.
    pub ty: Type,
    pub body: Body,
    /// The adapter that it is the entry of.
    pub entry: Option<u32>,
}

pub(super) enum Type {
    Index(u32),
    New(FuncType),
}

/// A function of the encoded module, before it has an index.
#[derive(Clone, Copy)]
pub(super) enum Target {
    /// An import that stays: its position among those that do.
    Import(u32),
    /// A position in `intrinsics`.
    Intrinsic(u32),
    /// A position in `funcs`.
    Func(u32),
}

impl Unit {
    pub fn new(program: &Program) -> Result<Unit> {
        let spaces = Spaces::read(program)?;
        let (deferred, firsts) = (stage::deferred(program), stage::firsts(program));
        let no_shapes = HashMap::new();
        let mut gen_ = Gen {
            program,
            spaces: &spaces,
            deferred: &deferred,
            firsts: &firsts,
            shapes: &[],
            shape_of: &no_shapes,
            leaves: false,
        };
        let Shapes { lists, of, leaves } = shapes(&gen_);
        (gen_.shapes, gen_.shape_of, gen_.leaves) = (&lists, &of, leaves);
        let mut work = Work::default();
        let mut imported = Vec::new();
        let mut kept = 0;
        for (position, ty) in &spaces.imported {
            imported.push(match program.core_imports.get(*position as usize) {
                Some(CoreImport::Hook(adapter)) => work.hook(&gen_, *adapter, *ty)?,
                _ => {
                    kept += 1;
                    Target::Import(kept - 1)
                }
            });
        }
        let mut entries: Vec<Option<Entry>> = program.adapters.iter().map(|_| None).collect();
        let mut direct = Vec::new();
        for (adapter, plan) in exported(program) {
            let entry = entries.get_mut(adapter as usize).ok_or_else(|| broken("adapter"))?;
            let (ty, body) = gen_.body(Role::Entry, adapter, plan)?;
            let (results, debts) = gen_.entry(plan);
            let (parked, leaves) = gen_.parks(plan);
            let settles = stage::guest_first(&firsts, plan);
            *entry = Some(Entry {
                ty: ty.clone(),
                strings: gen_.strings(plan),
                texts: gen_.texts(plan, 0, plan.ty.params().len()),
                settles,
                results,
                debts,
                parks: !parked.is_empty(),
                leaves,
                pays: gen_.pays(plan),
                bare: settles && park::is_bare(plan),
            });
            if let Some(Callee::Core(func)) = forward::target(&body, &ty)
                && gen_.spaces.is_defined(*func)
                && gen_.spaces.func(*func)? == &ty
            {
                direct.push((adapter, *func));
                continue;
            }
            let name = format!("adapter {adapter} entry");
            work.add(&gen_, Func { name, ty: Type::New(ty), body, entry: Some(adapter) });
        }
        let (mut parked, mut pay) = (0, None);
        if !lists.is_empty() {
            let (name, ty) =
                ("deferred calls".to_owned(), Type::New(FuncType::new([ValType::I32], [])));
            pay = Some(work.add(&gen_, Func { name, ty, body: gen_.pay()?, entry: None }));
            for shape in &lists {
                let params = shape.iter().map(|at| gen_.deferred_params(*at).map(<[_]>::len));
                parked = parked.max(WORDS + params.sum::<Result<usize>>()? as u32);
            }
        }
        work.inner(&gen_)?;
        let Work { funcs, intrinsics, positions, inner, writers, .. } = work;
        Ok(Unit {
            spaces,
            intrinsics,
            positions,
            funcs,
            inner,
            writers,
            entries,
            direct,
            deferred,
            parked,
            pay,
            imported,
        })
    }
}

/// The adapters that are exported, each once, however often it is.
fn exported(program: &Program) -> impl Iterator<Item = (u32, &AdapterPlan)> {
    let mut met = HashSet::new();
    program.exports.iter().filter_map(move |export| {
        let Inside::Adapter(adapter) = export.from else { return None };
        match program.adapters.get(adapter as usize) {
            Some(Adapter::Body(plan)) if met.insert(adapter) => Some((adapter, plan)),
            _ => None,
        }
    })
}

/// The different lists of calls that entries park.
struct Shapes {
    lists: Vec<Vec<u32>>,
    /// Positions in `lists`, by adapter.
    of: HashMap<u32, u32>,
    /// Whether an entry leaves them parked.
    leaves: bool,
}

fn shapes(gen_: &Gen<'_>) -> Shapes {
    let (mut lists, mut of, mut any) = (Vec::new(), HashMap::new(), false);
    let mut positions = HashMap::new();
    for (adapter, plan) in exported(gen_.program) {
        let (parked, leaves) = gen_.parks(plan);
        any |= leaves;
        if !parked.is_empty() {
            let position = *positions.entry(parked).or_insert_with_key(|parked| {
                lists.push(parked.clone());
                lists.len() as u32 - 1
            });
            of.insert(adapter, position);
        }
    }
    Shapes { lists, of, leaves: any }
}

/// Functions to be added, and what they call.
#[derive(Default)]
struct Work {
    funcs: Vec<Func>,
    intrinsics: Vec<Intrinsic>,
    /// Positions in `intrinsics`.
    positions: HashMap<Intrinsic, u32>,
    /// See [`Unit`].
    inner: HashMap<u32, u32>,
    writers: HashMap<TextMem, u32>,
    wanted: Vec<u32>,
}

impl Work {
    /// What answers a core import that is implemented.
    fn hook(&mut self, gen_: &Gen<'_>, adapter: u32, ty: u32) -> Result<Target> {
        match gen_.program.adapters.get(adapter as usize) {
            Some(Adapter::Import { .. }) => {
                Ok(Target::Intrinsic(self.intrinsic(Intrinsic::Core(adapter, ty))))
            }
            Some(Adapter::Body(plan)) => {
                let (_, body) = gen_.body(Role::Hook, adapter, plan)?;
                let target = forward::target(&body, gen_.spaces.ty(ty)?);
                if let Some(Callee::Intrinsic(Intrinsic::Call(call))) = target {
                    let call = ImportCall { ty: Some(ty), ..call.clone() };
                    return Ok(Target::Intrinsic(self.intrinsic(Intrinsic::Call(call))));
                }
                let name = format!("adapter {adapter} import");
                Ok(Target::Func(
                    self.add(gen_, Func { name, ty: Type::Index(ty), body, entry: None }),
                ))
            }
            Some(Adapter::Compiled(_)) | None => Err(broken("adapter")),
        }
    }

    fn add(&mut self, gen_: &Gen<'_>, func: Func) -> u32 {
        let mut writers = Vec::new();
        for callee in func.body.callees() {
            match callee {
                Callee::Intrinsic(intrinsic) => {
                    self.intrinsic(intrinsic.clone());
                }
                Callee::Inner(adapter) => self.wanted.push(*adapter),
                Callee::Writer(mem) if !self.writers.contains_key(mem) => writers.push(*mem),
                Callee::Writer(_) | Callee::Core(_) | Callee::Pay => {}
            }
        }
        self.funcs.push(func);
        let added = self.funcs.len() as u32 - 1;
        for mem in writers {
            self.writer(gen_, mem);
        }
        added
    }

    /// Adds what writes inline text into a memory.
    fn writer(&mut self, gen_: &Gen<'_>, mem: TextMem) {
        if self.writers.contains_key(&mem) {
            return;
        }
        self.writers.insert(mem, self.funcs.len() as u32);
        let (ty, body) = gen_.writer(mem);
        let name = format!("text to memory {}", mem.memory);
        self.add(gen_, Func { name, ty: Type::New(ty), body, entry: None });
    }

    fn intrinsic(&mut self, intrinsic: Intrinsic) -> u32 {
        *self.positions.entry(intrinsic).or_insert_with_key(|intrinsic| {
            self.intrinsics.push(intrinsic.clone());
            self.intrinsics.len() as u32 - 1
        })
    }

    /// Adds the adapters that others call.
    fn inner(&mut self, gen_: &Gen<'_>) -> Result<()> {
        while let Some(adapter) = self.wanted.pop() {
            if self.inner.contains_key(&adapter) {
                continue;
            }
            let Some(Adapter::Body(plan)) = gen_.program.adapters.get(adapter as usize) else {
                return Err(broken("adapter"));
            };
            let (ty, body) = gen_.body(Role::Inner, adapter, plan)?;
            self.inner.insert(adapter, self.funcs.len() as u32);
            let name = format!("adapter {adapter}");
            self.add(gen_, Func { name, ty: Type::New(ty), body, entry: None });
        }
        Ok(())
    }
}
