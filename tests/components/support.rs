//! What the tests share: components, the host that they import, and calls that are
//! written as `tests/cases.txt` has them.

use crate::notation::{parse, show};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use witrt::wit::Type;
use witrt::{
    Config, Encoding, Engine, Error, ExternType, Func, Instance, Linker, List, Module, Resource,
    Store, Val, Wasi,
};

pub const DIR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/modules/components");

pub fn engine(encoding: Encoding) -> Engine {
    let mut config = Config::new();
    config.host_encoding(encoding);
    Engine::new(&config).unwrap()
}

pub fn module(engine: &Engine, file: &str) -> Module {
    let bytes = std::fs::read(Path::new(DIR).join(file)).unwrap();
    Module::new(engine, &bytes).unwrap_or_else(|e| panic!("{file}: {e:?}"))
}

/// What host functions and calls print.
#[derive(Clone, Default)]
pub struct Log(pub Arc<Mutex<Vec<String>>>);

impl Log {
    pub fn put(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }
}

/// The host's resource.
pub struct Sink {
    name: String,
    log: Log,
    open: Arc<Mutex<u32>>,
}

impl Drop for Sink {
    fn drop(&mut self) {
        *self.open.lock().unwrap() -= 1;
        self.log.put(format!("  host.sink dropped {:?}", self.name));
    }
}

pub fn text(store: &mut witrt::Caller<'_>, val: &Val<'_>) -> String {
    val.as_str().unwrap().to_string(store).unwrap()
}

/// The functions of `probe:guest/host`, of the types that the module asks for.
pub fn linker(store: &mut Store, module: &Module, log: &Log) -> Linker {
    let mut linker = Linker::new();
    let open = Arc::new(Mutex::new(0));
    for import in module.imports() {
        let ExternType::Func(ty) = &import.ty else { panic!() };
        if import.module.starts_with("wasi:") {
            continue;
        }
        let (log, open, name) = (log.clone(), open.clone(), import.name.clone());
        let is_worlds = import.module.is_empty();
        let func = Func::new(&mut *store, ty.clone(), move |mut cx, args, results| {
            match &*name {
                "log" => {
                    let Val::U32(level) = args[0] else { panic!() };
                    let line = format!("  host.log {level} {:?}", text(&mut cx, &args[1]));
                    log.put(line);
                }
                "ask" if is_worlds => {
                    results[0] = match &*text(&mut cx, &args[0]) {
                        "latin" => "ÿlatin".into(),
                        other => format!("é{other}🦀").into(),
                    }
                }
                "ask" => results[0] = format!("answer to {}", text(&mut cx, &args[0])).into(),
                "digest" => {
                    let Val::List(List::U8(bytes)) = &args[0] else { panic!() };
                    let xor = bytes.iter().fold(0, |a, b| a ^ b);
                    results[0] = Val::List(List::U8(vec![bytes.len() as u8, xor].into()));
                }
                "find" => {
                    let key = text(&mut cx, &args[0]);
                    let found = (key.len() > 1).then(|| format!("found {key}").into());
                    results[0] = Val::Option(found.map(Box::new));
                }
                "lookup" => {
                    let name = text(&mut cx, &args[0]);
                    results[0] = Val::Result(if name.len() > 1 {
                        let point = |x, y| Val::Record(vec![Val::S32(x), Val::S32(y)]);
                        let points = vec![point(1, -2), point(name.chars().count() as i32, 0)];
                        Ok(Some(Box::new(Val::List(List::Val(points)))))
                    } else {
                        Err(Some(Box::new(format!("no {name}").into())))
                    });
                }
                "now" => results[0] = Val::U64(u64::MAX),
                "[constructor]sink" => {
                    let name = text(&mut cx, &args[0]);
                    *open.lock().unwrap() += 1;
                    let (log, open) = (log.clone(), open.clone());
                    results[0] = Val::Own(Resource::new(Arc::new(Sink { name, log, open })));
                }
                "[method]sink.write" => {
                    let Val::Borrow(sink) = &args[0] else { panic!() };
                    let sink = sink.data().unwrap().downcast_ref::<Sink>().unwrap();
                    let written = text(&mut cx, &args[1]);
                    log.put(format!("  host.sink {:?} {written:?}", sink.name));
                    results[0] = Val::U32(written.chars().count() as u32);
                }
                "[static]sink.open-sinks" => results[0] = Val::U32(*open.lock().unwrap()),
                other => panic!("{other}"),
            }
            Ok(())
        });
        // Another version of the same track.
        let interface = import.module.replace("@1.2.0", "@1.7.3");
        linker.define(&interface, &import.name, func);
    }
    linker
}

pub struct Guest {
    pub store: Store,
    pub instance: Instance,
    pub log: Log,
    /// Resources that have a name.
    pub named: HashMap<String, Resource>,
    /// What it exports, and what of this was called.
    exports: Vec<String>,
    called: Vec<String>,
}

impl Guest {
    pub fn new(engine: &Engine, file: &str) -> Guest {
        let (mut store, module) = (Store::new(engine), module(engine, file));
        let log = Log::default();
        let mut linker = linker(&mut store, &module, &log);
        if module.imports().any(|import| import.module.starts_with("wasi:")) {
            store.set_wasi(&Wasi::new()).unwrap();
        }
        // Some have more of it than there is.
        linker.define_unknown_as_traps(&mut store, &module);
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let exports = module.exports().map(|export| export.name.to_string()).collect();
        Guest { store, instance, log, exports, called: Vec::new(), named: HashMap::new() }
    }

    /// Functions that were not called.
    pub fn left_out(&self) -> Vec<&str> {
        let called = |name: &str| {
            let short = name.rsplit_once('#').map_or(name, |(_, short)| short);
            self.called.iter().any(|called| called == short)
        };
        self.exports.iter().map(|name| &**name).filter(|name| !called(name)).collect()
    }

    pub fn func(&mut self, name: &str) -> Func {
        self.called.push(name.to_owned());
        self.instance.func(&mut self.store, name).unwrap()
    }

    pub fn call(&mut self, name: &str, args: &[Val<'_>]) -> Result<Option<Val<'static>>, Error> {
        let func = self.func(name);
        let mut results = vec![Val::Bool(false); func.ty().results().len()];
        func.call(&mut self.store, args, &mut results)?;
        Ok(results.pop())
    }

    pub fn show(&self, ty: &Type, val: &Val<'_>) -> String {
        show(&self.store, ty, val)
    }

    /// Makes a call written as in the table, and tells what comes back.
    pub fn told(&mut self, name: &str, args: &str) -> String {
        let told = match self.answer(name, args) {
            Ok(Some((ty, val))) => Ok(self.show(&ty, &val)),
            Ok(None) => Ok("()".into()),
            Err(e) => Err(format!("{:?} {}", e.kind(), e.message())),
        };
        told.unwrap_or_else(|error| error)
    }

    /// The same, with what comes back.
    pub fn answer(
        &mut self,
        name: &str,
        mut args: &str,
    ) -> Result<Option<(Type, Val<'static>)>, Error> {
        let func = self.func(name);
        let signature = func.ty().signature().unwrap().clone();
        let whole = args;
        let mut vals = Vec::new();
        for (i, param) in signature.params.fields.iter().enumerate() {
            if i > 0 {
                args = args.strip_prefix(", ").unwrap();
            }
            let val = match &param.ty {
                Type::Own(_) | Type::Borrow(_) => {
                    let (name, rest) = args.split_at(args.find(',').unwrap_or(args.len()));
                    args = rest;
                    let resource = self.named[name].clone();
                    Some(if matches!(param.ty, Type::Own(_)) {
                        Val::Own(resource)
                    } else {
                        Val::Borrow(resource)
                    })
                }
                ty => parse(ty, &mut args),
            };
            vals.push(val.unwrap_or_else(|| panic!("{whole} at {args}")));
        }
        assert_eq!(args, "", "{whole}");
        let val = self.call(name, &vals)?;
        Ok(val.map(|val| (signature.results.fields[0].ty.clone(), val)))
    }
}

/// Files, each with the calls that are told of it.
pub fn sections(file: &str) -> Vec<(String, Vec<String>)> {
    let text = std::fs::read_to_string(Path::new(DIR).join(file)).unwrap();
    let mut sections: Vec<(String, Vec<String>)> = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("# ") {
            Some(name) => sections.push((name.to_owned(), Vec::new())),
            None => sections.last_mut().unwrap().1.push(line.to_owned()),
        }
    }
    sections
}
