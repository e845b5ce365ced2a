//! A script's directives, carried out in a store of its own.
//!
//! Not here: values; what a host supplies.

use super::hosts::{self, Hosts};
use super::values::{argument, fits, no_values};
use super::{Not, Outcome, Report, failed, forms, skipped, vectors};
use crate::run::{defaults, show};
use std::collections::HashMap;
use std::sync::Arc;
use wast::token::Id;
use wast::{QuoteWat, QuoteWatTest, WastDirective, WastExecute, WastInvoke, WastRet, Wat};
use witrt::wit::{Fields, Type};
use witrt::{
    Encoding, Engine, Error, ErrorKind, Extern, Func, Instance, Linker, Module, Store, TrapCode,
    Val, ValType,
};

/// Whether a form is right about a module that cannot even be read.
fn is_refusing(form: &str) -> bool {
    form.starts_with("(assert_malformed") || form.starts_with("(assert_invalid")
}

/// Runs a script, and tells how it went.
pub fn run(text: &str) -> Report {
    let mut report = Report::default();
    let line = |at: usize| text[..at].matches('\n').count() + 1;
    let mut script = match Script::new() {
        Ok(script) => script,
        Err(e) => {
            report.add(1, failed(format!("there is no host for scripts: {e}")));
            return report;
        }
    };
    match forms::forms(text) {
        Ok(Some(found)) => {
            for (start, form) in found {
                let outcome = forms::directive(form, |directive| script.run(form, directive));
                let outcome = outcome.unwrap_or_else(|e| match is_refusing(form) {
                    true => Ok(()),
                    false => failed(format!("this is not understood: {}", e.message())),
                });
                report.add(line(start), outcome);
            }
        }
        Ok(None) => report.add(1, script.module(None, text.as_bytes())),
        Err((at, why)) => report.add(line(at), failed(why)),
    }
    report
}

/// An instance; or why there is none.
type Slot = std::result::Result<Instance, String>;

struct Script {
    store: Store,
    linker: Linker,
    hosts: Hosts,
    /// The instance that was made last.
    current: Slot,
    named: HashMap<String, Slot>,
    /// What is compiled, and not yet instantiated; the last one without a name.
    definitions: HashMap<Option<String>, std::result::Result<Module, String>>,
    /// Functions with vectors, by instance and name.
    halved: Vec<(Instance, String, Func)>,
}

/// What became of a call, a global, or an instance that is to be made.
type Executed = witrt::Result<Done>;

struct Done {
    vals: Vec<Val<'static>>,
    /// The types that are not core's.
    types: Vec<Option<Type>>,
}

impl Script {
    fn new() -> witrt::Result<Script> {
        let mut store = Store::new(&Engine::default());
        let mut linker = Linker::new();
        hosts::define(&mut store, &mut linker)?;
        Ok(Script {
            store,
            linker,
            hosts: Hosts::default(),
            current: Err("there is none yet".into()),
            named: HashMap::new(),
            definitions: HashMap::new(),
            halved: Vec::new(),
        })
    }

    /// Carries out what stands in `form`.
    fn run(&mut self, form: &str, directive: WastDirective<'_>) -> Outcome {
        match directive {
            WastDirective::Module(mut module) => {
                let name = name_of(module.name());
                let bytes = bytes(form, &mut module)?;
                self.module(name, &bytes)
            }
            WastDirective::ModuleDefinition(mut module) => {
                let name = name_of(module.name());
                let made = self.compile(&bytes(form, &mut module)?);
                let kept = made.as_ref().map(Module::clone).map_err(why);
                self.definitions.insert(None, kept.clone());
                if name.is_some() {
                    self.definitions.insert(name, kept);
                }
                made.map(|_| ())
            }
            WastDirective::ModuleInstance { instance, module, .. } => {
                let made = match self.definitions.get(&name_of(module)) {
                    Some(Ok(module)) => {
                        let module = module.clone();
                        self.instantiate(&module)?.map_err(Not::from)
                    }
                    Some(Err(why)) => skipped(why.clone()),
                    None => failed("there is no such definition"),
                };
                self.keep(name_of(instance), made)
            }
            WastDirective::Register { name, module, .. } => {
                let instance = self.instance(module)?;
                self.linker.define_instance_as(&mut self.store, name, &instance)?;
                Ok(())
            }
            WastDirective::Invoke(invoke) => self.invoke(&invoke)?.map(|_| ()).map_err(Not::from),
            WastDirective::AssertReturn { exec, results, .. } => {
                let done = self.execute(form, exec)??;
                self.compare(&done, &results)
            }
            WastDirective::AssertTrap { exec, message, .. } => match self.execute(form, exec)? {
                Ok(done) => self.returned(&done),
                Err(error) => trapped(&error, message),
            },
            WastDirective::AssertExhaustion { call, message, .. } => match self.invoke(&call)? {
                Ok(done) => self.returned(&done),
                Err(error) => match error.trap().and_then(|trap| trap.code()) {
                    Some(TrapCode::StackOverflow) => Ok(()),
                    _ => trapped(&error, message),
                },
            },
            WastDirective::AssertException { exec, .. } => match self.execute(form, exec)? {
                Ok(done) => self.returned(&done),
                Err(error) => trapped(&error, "exception"),
            },
            WastDirective::AssertInvalid { mut module, .. }
            | WastDirective::AssertMalformed { mut module, .. } => self.refused(form, &mut module),
            WastDirective::AssertUnlinkable { module, .. } => {
                let module = self.compile(&bytes(form, &mut QuoteWat::Wat(module))?)?;
                match self.instantiate(&module)? {
                    Ok(_) => failed("this was instantiated"),
                    Err(error) => match error.kind() {
                        ErrorKind::MissingImport | ErrorKind::IncompatibleImport => Ok(()),
                        _ => Err(error.into()),
                    },
                }
            }
            WastDirective::AssertInvalidCustom { .. }
            | WastDirective::AssertMalformedCustom { .. } => {
                skipped("needs custom sections to be checked")
            }
            WastDirective::AssertSuspension { .. } => skipped("needs stack switching"),
            WastDirective::Thread(_) | WastDirective::Wait { .. } => {
                skipped("needs memories that stores share")
            }
        }
    }

    /// Compiles and instantiates; what comes of it is the current instance.
    pub fn module(&mut self, name: Option<String>, bytes: &[u8]) -> Outcome {
        let made = match self.compile(bytes) {
            Ok(module) => self.instantiate(&module)?.map_err(Not::from),
            Err(not) => Err(not),
        };
        self.keep(name, made)
    }

    fn keep(&mut self, name: Option<String>, made: Outcome<Instance>) -> Outcome {
        self.current = made.as_ref().map(Instance::clone).map_err(why);
        if let Some(name) = name {
            if let Ok(instance) = &made
                && instance.module().is_component()
            {
                // Later components import what it exports under its name.
                self.linker.define_instance_as(&mut self.store, &name, instance)?;
            }
            self.named.insert(name, self.current.clone());
        }
        made.map(|_| ())
    }

    fn compile(&self, bytes: &[u8]) -> Outcome<Module> {
        Module::new(self.store.engine(), bytes).map_err(Not::from)
    }

    fn instantiate(&mut self, module: &Module) -> Outcome<witrt::Result<Instance>> {
        if module.is_component() {
            self.hosts.supply(&mut self.store, &mut self.linker, module);
        }
        // What was not made because of something that is missing here is no error of
        // those that ask for it.
        Ok(self.linker.instantiate(&mut self.store, module))
    }

    fn instance(&self, name: Option<Id<'_>>) -> Outcome<Instance> {
        let slot = match name {
            Some(name) => self.named.get(name.name()),
            None => Some(&self.current),
        };
        match slot {
            Some(Ok(instance)) => Ok(instance.clone()),
            Some(Err(why)) => skipped(why.clone()),
            None => failed("there is no instance of that name"),
        }
    }

    fn execute(&mut self, form: &str, what: WastExecute<'_>) -> Outcome<Executed> {
        match what {
            WastExecute::Invoke(invoke) => self.invoke(&invoke),
            WastExecute::Wat(module) => {
                let module = self.compile(&bytes(form, &mut QuoteWat::Wat(module))?)?;
                let made = self.instantiate(&module)?;
                Ok(made.map(|_| Done { vals: Vec::new(), types: Vec::new() }))
            }
            WastExecute::Get { module, global, .. } => {
                let instance = self.instance(module)?;
                match instance.export(&mut self.store, global)? {
                    Some(Extern::Global(global)) => {
                        let val = global.get(&mut self.store)?;
                        Ok(Ok(Done { vals: vec![val], types: Vec::new() }))
                    }
                    _ => failed(format!("there is no global {global:?}")),
                }
            }
        }
    }

    fn invoke(&mut self, invoke: &WastInvoke<'_>) -> Outcome<Executed> {
        let instance = self.instance(invoke.module)?;
        let mut func = instance.func(&mut self.store, invoke.name)?;
        let mut all = func.ty().params().iter().chain(func.ty().results());
        if all.any(|ty| *ty == ValType::OtherRef) {
            return no_values("ref");
        }
        if vectors::has_any(func.ty()) {
            func = self.in_halves(&instance, invoke.name, func)?;
        }
        let signature = func.ty().signature();
        let params = types(func.ty().params(), signature.map(|of| &of.params));
        let types = types(func.ty().results(), signature.map(|of| &of.results));
        let mut args = Vec::new();
        for (i, arg) in invoke.args.iter().enumerate() {
            argument(params.get(i).and_then(Option::as_ref), arg, &mut args)?;
        }
        let mut vals = defaults(func.ty().results())?;
        Ok(match func.call(&mut self.store, &args, &mut vals) {
            Ok(()) => Ok(Done { vals, types }),
            // Arguments that do not fit are no trap.
            Err(e) if e.trap().is_none() && e.kind() != ErrorKind::Poisoned => return Err(e.into()),
            Err(e) => Err(e),
        })
    }

    /// A function that takes and returns vectors in halves; made once.
    fn in_halves(&mut self, of: &Instance, name: &str, func: Func) -> Outcome<Func> {
        if let Some((_, _, known)) = self
            .halved
            .iter()
            .find(|(instance, known, _)| known == name && Instance::same(instance, of))
        {
            return Ok(known.clone());
        }
        let made = vectors::in_halves(&mut self.store, func)?;
        self.halved.push((of.clone(), name.to_owned(), made.clone()));
        Ok(made)
    }

    fn compare(&mut self, done: &Done, expected: &[WastRet<'_>]) -> Outcome {
        let mut vals = done.vals.iter();
        let mut all_fit = true;
        for (i, expected) in expected.iter().enumerate() {
            let ty = done.types.get(i).and_then(Option::as_ref);
            all_fit &= fits(&self.store, ty, &mut vals, expected)?;
        }
        all_fit &= vals.next().is_none();
        if all_fit { Ok(()) } else { self.returned(done) }
    }

    /// Tells what should not have been returned.
    fn returned(&mut self, done: &Done) -> Outcome {
        let mut shown = Vec::new();
        for (i, val) in done.vals.iter().enumerate() {
            let ty = done.types.get(i).and_then(Option::as_ref);
            shown.push(show(&mut self.store, ty, val, Encoding::Utf8)?);
        }
        failed(format!("this returned ({})", shown.join(", ")))
    }

    /// Whether a module is refused, as it should be.
    fn refused(&mut self, form: &str, module: &mut QuoteWat<'_>) -> Outcome {
        let bytes = match bytes(form, module) {
            Ok(bytes) => bytes,
            // The text of a module could not be made a binary.
            Err(Not::Failed(_)) => return Ok(()),
            Err(skipped) => return Err(skipped),
        };
        let error = match Module::new(self.store.engine(), &bytes) {
            Ok(_) => return failed("this was taken"),
            Err(error) => error,
        };
        match gate(&error) {
            Some(reason) => skipped(reason),
            None => Ok(()),
        }
    }
}

/// The types of parameters or results, as far as they are not core's.
fn types(kinds: &[ValType], fields: Option<&Arc<Fields>>) -> Vec<Option<Type>> {
    match fields {
        Some(fields) => fields.fields.iter().map(|field| Some(field.ty.clone())).collect(),
        None => kinds.iter().map(|kind| Type::plain(*kind).filter(|_| !kind.is_core())).collect(),
    }
}

fn name_of(id: Option<Id<'_>>) -> Option<String> {
    id.map(|id| id.name().to_owned())
}

fn why(not: &Not) -> String {
    match not {
        Not::Failed(_) => "its module could not be made".into(),
        Not::Skipped(why) => why.clone(),
    }
}

/// Characters that the library does not take in text: they make it look like other
/// text. To scripts they are as good as others.
const CONFUSING: [char; 10] = [
    '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}',
    '\u{2069}', '\u{206c}',
];

/// What a module consists of: its text, or what is quoted.
fn bytes(form: &str, module: &mut QuoteWat<'_>) -> Outcome<Vec<u8>> {
    if let QuoteWat::Wat(Wat::Module(_) | Wat::Component(_)) = module
        && let Some(text) = forms::source(form, module.span().offset())
        && !text.contains(CONFUSING)
    {
        return Ok(text.into_bytes());
    }
    match module.to_test() {
        Ok(QuoteWatTest::Binary(bytes) | QuoteWatTest::Text(bytes)) => Ok(bytes),
        Err(e) => failed(e.message()),
    }
}

/// Proposals that the engine, as it is configured, is without, by words of the messages
/// in which it says so.
const PROPOSALS: [(&str, &str); 12] = [
    ("custom descriptors", "custom descriptors"),
    ("custom-descriptors", "custom descriptors"),
    ("heap type Exact", "custom descriptors"),
    ("compact imports", "compact imports"),
    ("wide arithmetic", "wide arithmetic"),
    ("custom page sizes", "custom page sizes"),
    ("legacy_exceptions", "the exceptions of old"),
    ("legacy exceptions", "the exceptions of old"),
    ("shared memory support is disabled", "shared memories"),
    ("shared-everything-threads", "shared-everything threads"),
    ("shared everything", "shared-everything threads"),
    ("stack switching", "stack switching"),
];

/// What is asked for that this library does not have.
fn gate(error: &Error) -> Option<String> {
    let message = error.message().lines().next().unwrap_or_default();
    let message = message.split(" (at offset").next().unwrap_or_default();
    match error.kind() {
        ErrorKind::Unsupported | ErrorKind::UnsupportedFormat => Some(message.to_owned()),
        ErrorKind::MissingImport if message.contains("\"shared_memory\"") => {
            Some("needs shared memories".into())
        }
        ErrorKind::InvalidCore | ErrorKind::MalformedBinary | ErrorKind::LimitReached => {
            let found = PROPOSALS.iter().find(|(words, _)| message.contains(words));
            found.map(|(_, name)| format!("needs {name}"))
        }
        _ => None,
    }
}

impl From<Error> for Not {
    fn from(error: Error) -> Not {
        match gate(&error) {
            Some(reason) => Not::Skipped(reason),
            None => Not::Failed(format!("{error:?}")),
        }
    }
}

/// Groups of words that mean the same where a trap is told.
const SAME: [&[&str]; 9] = [
    &["uninitialized element"],
    &["null reference", "null function reference", "null structure", "null array", "null i31"],
    &["not aligned", "unaligned pointer", "misaligned"],
    &["out of bounds", "out-of-bounds", "beyond end of memory"],
    &[
        "ill-formed text",
        "invalid utf-8",
        "incomplete utf-8",
        "unpaired surrogate",
        "invalid utf16",
    ],
    &["cannot leave component instance"],
    &["discriminant"],
    &["out of range for `char`", "invalid `char`", "invalid char"],
    &["cannot enter component instance", "cannot be called any more"],
];

/// Whether it is the trap that is expected.
fn trapped(error: &Error, expected: &str) -> Outcome {
    let found = error.message();
    let means = |words: &&[&str]| {
        let in_either = |text: &str| words.iter().any(|words| text.contains(words));
        in_either(expected) && in_either(found)
    };
    match found.contains(expected) || SAME.iter().any(means) {
        true => Ok(()),
        false => failed(format!("expected {expected:?}, found {found:?}")),
    }
}
