//! A module, its face, and what its host functions were told.

use crate::cases::{call, is_expected};
use crate::notation::{parse, quote, show};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use witrt::wit::Type;
use witrt::{BackEnd, Caller, Config, Encoding, Engine, Error, Extern, ExternType, Func, FuncType};
use witrt::{Instance, Linker, List, Module, Store, Val, ValType, Wasi};

pub const BACK_ENDS: [BackEnd; 2] = [BackEnd::Compiled, BackEnd::Reference];
pub const ENCODINGS: [Encoding; 2] = [Encoding::Utf8, Encoding::Utf16];

pub fn engine(back_end: BackEnd, encoding: Encoding) -> Engine {
    let mut config = Config::new();
    config.back_end(back_end).host_encoding(encoding);
    Engine::new(&config).unwrap()
}

/// A file of this folder.
pub fn file(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/attach").join(name);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

pub fn text(name: &str) -> String {
    String::from_utf8(file(name)).unwrap()
}

pub struct Guest {
    pub store: Store,
    pub instance: Instance,
    pub log: Arc<Mutex<Vec<String>>>,
    /// The host function that fails, by its name.
    pub fails: Arc<Mutex<String>>,
    /// Values that have a name.
    named: HashMap<String, Val<'static>>,
    encoding: Encoding,
}

impl Guest {
    pub fn new(engine: &Engine, folder: &str, wasm: &str, face: &str) -> Guest {
        let (bytes, face) = (file(&format!("{folder}/{wasm}")), text(&format!("{folder}/{face}")));
        let module = Module::attach(engine, &bytes, &face).unwrap_or_else(|e| panic!("{e}"));
        Guest::of(&module)
    }

    pub fn of(module: &Module) -> Guest {
        Guest::with(Store::new(module.engine()), module, |_, _| {})
    }

    /// One in this store; something is done whenever a host function is called.
    pub fn with(
        mut store: Store,
        module: &Module,
        done: impl Fn(&mut Caller<'_>, &str) + Clone + Send + Sync + 'static,
    ) -> Guest {
        store.set_wasi(&Wasi::new()).unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let fails = Arc::<Mutex<String>>::default();
        let mut linker = Linker::new();
        for import in module.imports() {
            let ExternType::Func(ty) = &import.ty else { continue };
            if import.module.starts_with("wasi") {
                continue;
            }
            let (ty, name) = (ty.clone(), &import.name);
            let func = host(&mut store, ty, name, log.clone(), fails.clone(), done.clone());
            linker.define(&import.module, &import.name, func);
        }
        let instance = linker.instantiate(&mut store, module).unwrap_or_else(|e| panic!("{e}"));
        let encoding = module.engine().host_encoding();
        Guest { log, fails, ..Guest::made(store, instance, encoding) }
    }

    /// One that was made elsewhere.
    pub fn made(store: Store, instance: Instance, encoding: Encoding) -> Guest {
        let (log, fails, named) = (Arc::default(), Arc::default(), HashMap::new());
        Guest { store, instance, log, fails, named, encoding }
    }

    /// Calls a function with arguments as they are told, and tells what comes back.
    pub fn told(&mut self, name: &str, args: &str) -> String {
        self.answer(name, args).map_or_else(|error| told(&error), |(found, _)| found)
    }

    /// Makes all calls of a table, in order; `check` is asked after each.
    pub fn all(&mut self, what: &str, lines: &[String], mut check: impl FnMut(&mut Guest, &str)) {
        let mut logged = Vec::new();
        let mut made = 0;
        for line in lines {
            if line.starts_with("  host.") {
                logged.push(line.clone());
                continue;
            }
            if let Some((named, call)) = line.split_once(" = ") {
                let (name, args) = call.split_once('(').unwrap();
                let (_, found) = self.answer(name, args).unwrap_or_else(|e| panic!("{line}: {e}"));
                self.named.insert(named.to_owned(), found.unwrap());
                continue;
            }
            let (name, args, expected) = call(line).unwrap_or_else(|| panic!("{line}"));
            match self.answer(name, &format!("{args})")) {
                Ok((found, _)) => assert_eq!(found, expected, "{what}: {line}"),
                Err(error) => assert!(is_expected(&error, expected), "{what}: {line}: {error:?}"),
            }
            let log = std::mem::take(&mut *self.log.lock().unwrap());
            assert_eq!(log, std::mem::take(&mut logged), "{what}: {line}");
            check(self, line);
            made += 1;
        }
        assert!(made > 5, "{what}");
    }

    /// Calls a function as [`Guest::told`] does; errors are as they are.
    pub fn answer(
        &mut self,
        name: &str,
        mut args: &str,
    ) -> Result<(String, Option<Val<'static>>), Error> {
        let func = match self.instance.export(&mut self.store, name).unwrap() {
            Some(Extern::Func(func)) => func,
            other => panic!("{name}: {other:?}"),
        };
        let (params, results) = types(func.ty());
        let mut vals = Vec::new();
        for ty in &params {
            args = args.strip_prefix(", ").unwrap_or(args);
            let word = args.split([',', ')']).next().unwrap();
            vals.push(match self.named.get(word) {
                Some(val) => {
                    args = &args[word.len()..];
                    val.clone()
                }
                None => parse(ty, &mut args).unwrap_or_else(|| panic!("{name}: {ty}: {args}")),
            });
        }
        assert_eq!(args, ")", "{name}");
        // As the host has it.
        let units: Vec<Vec<u16>> = vals
            .iter()
            .map(|val| match val {
                Val::String(text) => text.to_string(&self.store).unwrap().encode_utf16().collect(),
                _ => Vec::new(),
            })
            .collect();
        if self.encoding == Encoding::Utf16 {
            for (val, units) in vals.iter_mut().zip(&units) {
                if let Val::String(_) = val {
                    *val = Val::from(&units[..]);
                }
            }
        }
        let mut found = vec![Val::U32(0); results.len()];
        func.call(&mut self.store, &vals, &mut found)?;
        Ok(match (results.first(), found.pop()) {
            (Some(ty), Some(val)) => (show(&self.store, ty, &val), Some(val)),
            _ => ("()".into(), None),
        })
    }
}

/// An error in a few words.
pub fn told(error: &Error) -> String {
    match error.trap().and_then(|trap| trap.code()) {
        Some(code) => format!("trap {}", format!("{code:?}").to_lowercase()),
        None => format!("{:?}: {}", error.kind(), error.message()),
    }
}

pub fn types(ty: &FuncType) -> (Vec<Type>, Vec<Type>) {
    let all = |types: &[ValType]| types.iter().map(|ty| Type::plain(*ty).unwrap()).collect();
    match ty.signature() {
        Some(signature) => {
            let types = |fields: &witrt::wit::Fields| {
                fields.fields.iter().map(|field| field.ty.clone()).collect()
            };
            (types(&signature.params), types(&signature.results))
        }
        None => (all(ty.params()), all(ty.results())),
    }
}

/// A host function that says what it gets, and answers as the modules' own tests do.
fn host(
    store: &mut Store,
    ty: FuncType,
    name: &str,
    log: Arc<Mutex<Vec<String>>>,
    fails: Arc<Mutex<String>>,
    done: impl Fn(&mut Caller<'_>, &str) + Send + Sync + 'static,
) -> Func {
    let (params, _) = types(&ty);
    // wasm-bindgen of old has names of its own.
    let name = match name.strip_prefix("__wbg_") {
        Some(rest) => rest.split('_').next().unwrap().to_owned(),
        None => name.to_owned(),
    };
    Func::new(&mut *store, ty, move |mut caller, args, results| {
        done(&mut caller, &name);
        let mut line = format!("  host.{name}");
        let mut said = String::new();
        for (ty, arg) in params.iter().zip(args) {
            match arg {
                Val::String(text) => {
                    said = text.to_string(&caller)?;
                    line += &format!(" {}", quote(&said));
                }
                Val::U32(n) => line += &format!(" {n}"),
                Val::U8(n) => line += &format!(" {n}"),
                Val::S16(n) => line += &format!(" {n}"),
                Val::S32(n) => line += &format!(" {n}"),
                Val::F64(n) => line += &format!(" {n}"),
                Val::List(list) => line += &format!(" {}", list.len()),
                other => line += &format!(" {ty} {other:?}"),
            }
        }
        log.lock().unwrap().push(line);
        if *fails.lock().unwrap() == name {
            return Err(Error::host(format!("no {name}")));
        }
        for result in results {
            *result = match (&*name, &result) {
                ("none", _) => Val::Option(None),
                ("ask", _) => Val::from(format!("answer to {said}")),
                ("env", _) => Val::Option(Some(Box::new(Val::from("/home/é")))),
                ("ask_opt", _) if said == "x" => Val::Option(None),
                ("ask_opt", _) => Val::Option(Some(Box::new(format!("maybe {said}").into()))),
                ("digest", _) => {
                    let Val::List(List::U8(data)) = &args[0] else { panic!("{args:?}") };
                    let all = data.iter().fold(0, |all, byte| all ^ byte);
                    Val::List(List::U8(vec![data.len() as u8, all].into()))
                }
                ("now", _) => Val::F64(41.5),
                ("mix", _) => Val::U32(4_000_000_000),
                ("add", _) => {
                    let [Val::S32(a), Val::S32(b)] = args else { panic!("{args:?}") };
                    Val::S32(a + b)
                }
                ("ticks", _) => Val::U64(u64::MAX),
                ("may_fail", _) if said == "x" => {
                    Val::Result(Err(Some(Box::new(format!("refused {said}").into()))))
                }
                ("may_fail", _) => Val::Result(Ok(Some(Box::new(format!("fine {said}").into())))),
                ("puts", _) => Val::S32(said.chars().count() as i32),
                (other, _) => panic!("{other}"),
            };
        }
        Ok(())
    })
}
