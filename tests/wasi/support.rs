//! What the tests of WASI share: modules that use it, and what becomes of them.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex};
use witrt::{Config, Engine, Error, Instance, Linker, Module, Store, Wasi};

pub const FILES: [&str; 2] = ["probe.wasm", "probe-component.wasm"];

pub fn bytes(file: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wasi");
    std::fs::read(format!("{folder}/{file}")).unwrap()
}

/// The command in both forms, by an engine with these options.
pub fn probes(config: &Config) -> Vec<Module> {
    let engine = Engine::new(config).unwrap();
    FILES.map(|file| Module::new(&engine, &bytes(file)).unwrap()).into()
}

/// What a guest has written.
#[derive(Clone, Default)]
pub struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    pub fn write(&self) -> impl Fn(&[u8]) -> io::Result<()> + Send + Sync + 'static {
        let all = self.0.clone();
        move |bytes| {
            all.lock().unwrap().extend_from_slice(bytes);
            Ok(())
        }
    }

    pub fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut self.0.lock().unwrap())).unwrap()
    }
}

pub fn instance(store: &mut Store, module: &Module, wasi: &Wasi) -> Instance {
    store.set_wasi(wasi).unwrap();
    Linker::new().instantiate(store, module).unwrap()
}

/// Runs the command once: how it ended, and what it wrote.
pub fn run_one(module: &Module, args: &[&str], mut wasi: Wasi) -> (Result<i32, Error>, String) {
    let written = Written::default();
    wasi.stdout(written.write());
    for arg in ["probe"].iter().chain(args) {
        wasi.arg(*arg).unwrap();
    }
    let mut store = Store::new(module.engine());
    let status = instance(&mut store, module, &wasi).run(&mut store);
    (status, written.take())
}

/// The same in both forms, which have to agree; it must end well.
pub fn run(args: &[&str], wasi: &Wasi) -> String {
    static PROBES: LazyLock<Vec<Module>> = LazyLock::new(|| probes(&Config::new()));
    let all = PROBES.iter().map(|module| run_one(module, args, wasi.clone()));
    let mut all = all.map(|(status, written)| {
        assert_eq!(status.unwrap(), 0, "{args:?} {written}");
        written
    });
    let (core, component) = (all.next().unwrap(), all.next().unwrap());
    assert_eq!(core, component, "{args:?}");
    core
}

/// A folder for one test, empty.
pub fn folder(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("wasi").join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}
