//! Makes a core module whose adapters are ordinary core functions: the
//! compiled back end.
//!
//! The core is encoded anew with its function index space remapped. Implemented
//! imports disappear, and what called them calls their adapter; the start
//! function is left in place. What adapters need from the host is the short,
//! closed list of [`Intrinsic`]s, imported last.
//!
//! A string that the host holds travels as a *slot*, a number that the host
//! gives out, and its length in the guest's units; one that lies in linear
//! memory, as its address and length.
//!
//! Not here: unsafe code, the engine, policy.

mod adapter;
mod carry;
mod convert;
mod encode;
mod flow;
mod forward;
mod origin;
mod park;
mod spaces;

use crate::abi::GuestEncoding;
use crate::error::{Error, Result};
use crate::plan::{Adapter, AdapterPlan, CoreImport, Inside, Program, TextMem};
use crate::types::{FuncType, ValType};
use adapter::{Body, Callee, Role};
use spaces::Spaces;
use std::collections::{HashMap, HashSet};

pub(crate) use carry::{CARRIED, CARRIED_BYTES, CARRIED_PARTS, CARRY_WORDS};
pub(crate) use encode::Remap;
pub(crate) use flow::PARKED_WORDS;
pub(crate) use origin::Origin;

/// What the host must know to run a compiled program.
pub(crate) struct Compiled {
    /// Imported after what the program passes through, in order.
    pub intrinsics: Vec<Intrinsic>,
    /// How to enter the adapters that are exported, by adapter index.
    pub entries: Vec<Option<Entry>>,
    /// The core functions that adapters defer calls to.
    pub deferred: Vec<u32>,
    /// How many globals there are for parked calls: none, or those of
    /// [`COUNT`], [`SHAPE`] and [`PAYING`], and from [`WORDS`] on the words of
    /// their arguments.
    pub parked: u32,
    /// Where frames are in the original.
    pub origin: Origin,
}

/// What adapters import from the host. Words are `i32` unless said otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Intrinsic {
    /// A checked conversion failed: [`conversion`] tells which. Does not
    /// return.
    Overflow,
    /// `(message)`: a trap that tells what the program says. Does not return.
    Refuse,
    /// An exception was not caught inside the core that an adapter called.
    /// Does not return.
    Uncaught,
    /// The guest is about to run: keep what is still viewed, pay what is owed.
    Settle,
    /// `(slot, take, memory, address)`: write a string. Its slot is given back
    /// with `take`, and where it is below [`CARRIED`]. Of text that is [`CARRIED`]
    /// instead, `take` is the length, for which there is no room: that does not
    /// return.
    Write,
    /// `(memory, address, length) -> (slot, length)`: a string of the guest.
    Lift,
    /// `(slot) -> (slot)`: the same string once more.
    Copy,
    /// `(slot)`: give it back.
    Release,
    /// Record a call of the deferred function of this position: takes its
    /// arguments.
    Defer(u32),
    /// Forget the call that was recorded last: it is about to be made.
    Undefer,
    /// Call an adapter import.
    Call(Call),
    /// The adapter import of this adapter index as a core function of the
    /// original's type of this index.
    Core(u32, u32),
}

/// A call of an adapter import. It takes the arguments of the deferred function,
/// then the import's; strings come back as slot and length, or carried, as in
/// [`Strings::Carried`], with slots below [`CARRIED`] for what is not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Call {
    /// The import's adapter index.
    pub adapter: u32,
    /// Record a call of the deferred function of this position meanwhile.
    pub with: Option<u32>,
    /// The guest runs right after the import has returned.
    pub settles: bool,
    /// Where the text of each argument is that is a string.
    pub texts: Vec<Where>,
    /// Whether strings come back carried where they are short enough.
    pub carries: bool,
    /// How strings among the results will be encoded; one for each result.
    pub results: Vec<GuestEncoding>,
    /// The original's type that it has as a function, if the core calls it.
    pub ty: Option<u32>,
}

impl Intrinsic {
    /// The original's type that it has as a function, if it has one of those.
    fn ty(&self) -> Option<u32> {
        match self {
            Intrinsic::Core(_, ty) => Some(*ty),
            Intrinsic::Call(call) => call.ty,
            _ => None,
        }
    }
}

/// Where the text of an argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Where {
    /// In the memory of this position in `Program::used_mems`: address and
    /// length.
    Memory(u32),
    /// In a slot, that stays.
    Slot,
    /// In a slot, that is given back.
    Taken,
}

/// The globals for parked calls: how many there are,
pub(crate) const COUNT: u32 = 0;
/// which functions are called (a number inside the core),
pub(crate) const SHAPE: u32 = 1;
/// whether they are being called,
pub(crate) const PAYING: u32 = 2;
/// and their arguments, in words of 64 bits.
pub(crate) const WORDS: u32 = 3;

/// The export `(step)` that makes calls that are parked:
pub(crate) const PAY_NAME: &str = "pay";
/// all, each taken off their count before,
pub(crate) const PAY_ALL: i32 = -1;
/// or only the one that was taken off it.
pub(crate) const PAY_ONE: i32 = 0;

/// How an exported adapter is entered.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The core function's type.
    pub ty: FuncType,
    /// What its string parameters are.
    pub strings: Strings,
    /// How strings among the parameters will be encoded; one for each parameter.
    pub texts: Vec<GuestEncoding>,
    /// Whether the guest runs before anything else can be told from outside.
    pub settles: bool,
    /// What the first words of the results are.
    pub results: Vec<Out>,
    /// Calls to be registered when it returns, by position in
    /// [`Compiled::deferred`]: the words after, first registered first.
    pub debts: Vec<u32>,
    /// Whether calls are parked in globals while it runs; some may be after a
    /// trap.
    pub parks: bool,
    /// Whether they are left there when it returns.
    pub leaves: bool,
    /// Whether it first makes those that an earlier one has left.
    pub pays: bool,
    /// Whether it is nothing but core code: numbers, and calls of the core.
    pub bare: bool,
}

/// What the string parameters of an entry are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strings {
    /// There are none.
    None,
    /// Slots counted from zero: only lengths are passed.
    Slots,
    /// Length, slot, and [`CARRIED_PARTS`] words. Where the slot is
    /// [`CARRIED`] these are the text, of [`CARRIED_BYTES`] at most:
    /// each the next 16 bytes, but the last, which is the 16 bytes that the text
    /// ends with (in a shorter text, what stands before it is of no meaning).
    Carried,
}

/// One result of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Out {
    /// A word.
    Word(ValType),
    /// Address and length in the memory of this position in
    /// `Program::used_mems`.
    View(u32),
    /// A slot.
    Slot,
}

impl Out {
    /// How many words it takes.
    pub fn words(self) -> usize {
        if matches!(self, Out::View(_)) { 2 } else { 1 }
    }
}

/// Names of what the compiled core exports: the entry of an adapter, a memory
/// by its position in `Program::used_mems`, a deferred function by its
/// position, a global for parked calls.
pub(crate) fn entry_name(adapter: u32) -> String {
    format!("e{adapter}")
}

pub(crate) fn memory_name(position: usize) -> String {
    format!("m{position}")
}

pub(crate) fn deferred_name(position: usize) -> String {
    format!("d{position}")
}

pub(crate) fn parked_name(position: u32) -> String {
    format!("p{position}")
}

/// The types of a conversion, of the number that [`Intrinsic::Overflow`] gets.
pub(crate) fn conversion(code: i32) -> Option<(ValType, ValType)> {
    convert::types(code)
}

/// What the host must know, and the encoded module.
pub(crate) fn compile(program: &Program) -> Result<(Compiled, Vec<u8>)> {
    let unit = Unit::new(program)?;
    let bytes = unit.encode(program)?;
    Ok((unit.finish(), bytes))
}

/// A program whose adapters have been compiled.
struct Unit {
    spaces: Spaces,
    intrinsics: Vec<Intrinsic>,
    /// Positions in `intrinsics`.
    positions: HashMap<Intrinsic, u32>,
    funcs: Vec<Func>,
    /// Adapters that others call, and what writes carried text into a memory:
    /// positions in `funcs`.
    inner: HashMap<u32, u32>,
    writers: HashMap<TextMem, u32>,
    entries: Vec<Option<Entry>>,
    /// Adapters that need no entry of their own, and the core functions that they
    /// only call.
    direct: Vec<(u32, u32)>,
    deferred: Vec<u32>,
    parked: u32,
    /// What makes the calls that are parked: a position in `funcs`.
    pay: Option<u32>,
    /// What answers each imported function of the original.
    imported: Vec<Target>,
}

/// A function added to the core.
struct Func {
    name: String,
    /// An index of the original, or a type to be added.
    ty: Type,
    body: Body,
    /// The adapter that it is the entry of.
    entry: Option<u32>,
}

enum Type {
    Index(u32),
    New(FuncType),
}

/// A function of the encoded module, before it has an index.
#[derive(Clone, Copy)]
enum Target {
    /// An import that stays: its position among those that do.
    Import(u32),
    /// A position in `intrinsics`.
    Intrinsic(u32),
    /// A position in `funcs`.
    Func(u32),
}

impl Unit {
    fn new(program: &Program) -> Result<Unit> {
        let spaces = Spaces::read(program)?;
        let (deferred, firsts) = (flow::deferred(program), flow::firsts(program));
        let no_shapes = HashMap::new();
        let mut gen_ = adapter::Gen {
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
            let settles = flow::guest_first(&firsts, plan);
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

    fn finish(self) -> Compiled {
        Compiled {
            origin: Origin::new(&self),
            intrinsics: self.intrinsics,
            entries: self.entries,
            deferred: self.deferred,
            parked: self.parked,
        }
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

fn shapes(gen_: &adapter::Gen<'_>) -> Shapes {
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
    fn hook(&mut self, gen_: &adapter::Gen<'_>, adapter: u32, ty: u32) -> Result<Target> {
        match gen_.program.adapters.get(adapter as usize) {
            Some(Adapter::Import { .. }) => {
                Ok(Target::Intrinsic(self.intrinsic(Intrinsic::Core(adapter, ty))))
            }
            Some(Adapter::Body(plan)) => {
                let (_, body) = gen_.body(Role::Hook, adapter, plan)?;
                let target = forward::target(&body, gen_.spaces.ty(ty)?);
                if let Some(Callee::Intrinsic(Intrinsic::Call(call))) = target {
                    let call = Call { ty: Some(ty), ..call.clone() };
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

    fn add(&mut self, gen_: &adapter::Gen<'_>, func: Func) -> u32 {
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

    /// Adds what writes carried text into a memory.
    fn writer(&mut self, gen_: &adapter::Gen<'_>, mem: TextMem) {
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
    fn inner(&mut self, gen_: &adapter::Gen<'_>) -> Result<()> {
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

/// A plan or a core that says what cannot be: a bug of the front end, told
/// instead of a panic.
fn broken(what: &str) -> Error {
    Error::internal(format_args!("cannot compile the adapters: {what}"))
}

#[cfg(test)]
mod tests {
    use super::{compile, flow};
    use crate::frontend::{FEATURES, load};
    use std::path::{Path, PathBuf};

    fn files(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { files(&path, found) } else { found.push(path) }
        }
    }

    /// What is encoded is valid, for every module that the tests have.
    #[test]
    fn output_is_valid() {
        let mut paths = Vec::new();
        files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"), &mut paths);
        let mut compiled = 0;
        for path in paths {
            let Ok(program) = load(&std::fs::read(&path).unwrap(), FEATURES) else { continue };
            let (_, bytes) =
                compile(&program).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            let mut validator = wasmparser::Validator::new_with_features(FEATURES);
            validator.validate_all(&bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            compiled += 1;
        }
        assert!(compiled > 100, "only {compiled}");
    }

    /// Twice the module, twice the work.
    #[test]
    fn analysis_is_linear() {
        let chain = |n: usize| -> String {
            let next = |i| format!("(@interface func $a{} call-adapter $a{i})", i + 1);
            (0..n).map(next).collect()
        };
        let core = "(func $f) (func $alloc (param i32) (result i32) local.get 0) (memory 1)";
        let exported = |n: usize, body: &str| -> String {
            let func = format!("(@interface func $x {body})");
            (0..n)
                .map(|i| format!("(@interface export \"{i}\" (func $x))"))
                .fold(func, |a, b| a + &b)
        };
        let first = "(@interface func $a0 call-core $f)";
        type Make<'a> = &'a dyn Fn(usize) -> String;
        let modules: [(&str, Make<'_>); 6] = [
            ("a chain of adapters", &|n| {
                format!("{first} {} (@interface func (export \"\") call-adapter $a{n})", chain(n))
            }),
            ("calls of the last of a chain", &|n| {
                let calls = format!("call-adapter $a{n} ").repeat(n);
                format!("{first} {} (@interface func (export \"\") {calls})", chain(n))
            }),
            ("calls of one that defers", &|n| {
                let defers = "defer-call-core $f ".repeat(n);
                let calls = "call-adapter $a ".repeat(n);
                format!(
                    "(@interface func $a {defers} call-core $f) (@interface func (export \"\") {calls})"
                )
            }),
            ("deferred calls before a call", &|n| {
                format!(
                    "(@interface func (export \"\") {} call-core $f)",
                    "defer-call-core $f ".repeat(n)
                )
            }),
            ("deferred calls between imports", &|n| {
                let ops = "defer-call-core $f call-adapter $i ".repeat(n);
                format!(
                    "(@interface func $i (import \"\" \"\")) (@interface func (export \"\") {ops})"
                )
            }),
            ("exports of one adapter", &|n| exported(n, &"defer-call-core $f ".repeat(n))),
        ];
        for (what, make) in modules {
            let work = |n: usize| {
                let program = load((core.to_owned() + &make(n)).as_bytes(), FEATURES).unwrap();
                flow::tests::LOOKED_AT.set(0);
                compile(&program).unwrap();
                flow::tests::LOOKED_AT.get()
            };
            let (once, twice) = (work(2_000), work(4_000));
            assert!(once >= 2_000 && twice <= 2 * once + 100, "{what}: {once}, {twice}");
        }
    }
}
