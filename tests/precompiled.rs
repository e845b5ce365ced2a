//! Precompiled modules in files: they do what the module does that they were
//! made of, and whatever else is in a file, or is no file, is an error that says
//! what.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use witrt::{
    BackEnd, Config, Engine, Error, ErrorKind, Frame, Func, I32, Linker, Module, Store, Val,
};

/// A module with data, a string in and out, and a trap behind calls whose
/// indices adapters move.
const TEXT: &str = r#"(module
  (import "env" "log" (func $log (param i32)))
  (memory 1)
  (data (i32.const 65528) "mapped! ")
  (func $alloc (param i32) (result i32) i32.const 1024)
  (func $both (param i32 i32) (result i32 i32) i32.const 65528 i32.const 7)
  (func $deep (param i32)
    local.get 0 call $log
    local.get 0 if local.get 0 i32.const 1 i32.sub call $deep else unreachable end)
  (@interface func $host (import "host" "log") (param i32))
  (@interface implement (import "env" "log") (param i32) arg.get 0 call-adapter $host)
  (@interface func (export "text") (param $text string) (result string)
    arg.get $text string-to-memory $alloc call-core $both memory-to-string)
  (@interface func (export "trap") (param i32) arg.get 0 call-core $deep))"#;

/// A folder that goes away with its files.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("precompiled-{name}"));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn load(engine: &Engine, path: impl AsRef<Path>) -> Result<Module, Error> {
    // SAFETY: the files here come from `serialize`, and nobody changes them while
    // they are mapped; what is damaged is found out before it is used.
    unsafe { Module::deserialize_file(engine, path) }
}

fn refused(engine: &Engine, path: impl AsRef<Path>) -> Error {
    load(engine, path).err().expect("refused")
}

fn engines() -> [Engine; 2] {
    [BackEnd::Compiled, BackEnd::Reference]
        .map(|back_end| Engine::new(Config::new().back_end(back_end)).unwrap())
}

/// What a module does: a text, and the places of a trap.
fn played(module: &Module) -> (String, Vec<Frame>) {
    let mut store = Store::new(module.engine());
    let mut linker = Linker::new();
    let log = Func::wrap(&mut store, |_: I32| {});
    linker.define("host", "log", log);
    let instance = linker.instantiate(&mut store, module).unwrap();
    let text = instance.func(&mut store, "text").unwrap();
    let mut results = [Val::from("")];
    text.call(&mut store, &[Val::from("Zoë")], &mut results).unwrap();
    let text = results[0].as_str().unwrap().to_string(&store).unwrap();
    let trap = instance.func(&mut store, "trap").unwrap();
    let error = trap.call(&mut store, &[Val::I32(3)], &mut []).unwrap_err();
    let mut frames = error.trap().unwrap().frames().to_vec();
    for frame in &mut frames {
        assert_eq!(frame.module, module.id());
        frame.module = 0;
    }
    (text, frames)
}

#[test]
fn a_file_is_the_module() {
    let folder = Folder::new("same");
    for (engine, back_end) in engines().iter().zip([BackEnd::Compiled, BackEnd::Reference]) {
        let module = Module::new(engine, TEXT.as_bytes()).unwrap();
        let bytes = module.serialize().unwrap();
        let path = folder.file("Zoë 模块 🦀.bin", &bytes);
        let loaded = load(engine, &path).unwrap();
        // SAFETY: these bytes were made above.
        let copied = unsafe { Module::deserialize(engine, &bytes) }.unwrap();
        let expected = played(&module);
        assert_eq!(expected.0, "mapped!");
        assert!(expected.1.len() >= 4 && expected.1.iter().all(|frame| frame.module_offset > 0));
        for again in [&loaded, &copied] {
            assert_eq!(again.back_end(), back_end);
            assert!(again.imports().eq(module.imports()) && again.exports().eq(module.exports()));
            let text = again.exports().next().unwrap();
            assert_eq!(text.ty.to_string(), "func (text: string) -> (string)");
            assert_eq!(played(again), expected);
            assert!(again.serialize().unwrap() == bytes);
        }
    }
}

#[test]
fn a_core_module_without_an_interface() {
    let folder = Folder::new("core");
    let text = "(module (memory (export \"m\") 1) (data (i32.const 0) \"x\")
        (func (export \"f\") (result i32) i32.const 0 i32.load8_u))";
    for engine in engines() {
        let module = Module::new(&engine, text.as_bytes()).unwrap();
        let path = folder.file("core", &module.serialize().unwrap());
        let module = load(&engine, path).unwrap();
        let mut store = Store::new(&engine);
        let instance = Linker::new().instantiate(&mut store, &module).unwrap();
        let f = instance.func(&mut store, "f").unwrap();
        let mut results = [Val::I32(0)];
        f.call(&mut store, &[], &mut results).unwrap();
        assert!(matches!(results, [Val::I32(0x78)]));
    }
}

/// What a component does: a text, and a trap's places.
#[cfg(feature = "component")]
fn asked(module: &Module) -> (String, Vec<Frame>) {
    let mut store = Store::new(module.engine());
    let instance = Linker::new().instantiate(&mut store, module).unwrap();
    let echo = instance.func(&mut store, "echo").unwrap();
    let mut results = [Val::from("")];
    echo.call(&mut store, &[Val::from("Zoë 🦀")], &mut results).unwrap();
    let text = results[0].as_str().unwrap().to_string(&store).unwrap();
    let trap = instance.func(&mut store, "trap").unwrap();
    let error = trap.call(&mut store, &[], &mut []).unwrap_err();
    let mut frames = error.trap().unwrap().frames().to_vec();
    for frame in &mut frames {
        assert_eq!(frame.module, module.id());
        frame.module = 0;
    }
    (text, frames)
}

#[cfg(feature = "component")]
const COMPONENT: &str = r#"(component
  (core module $m
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 64)
    (func (export "echo") (param i32 i32) (result i32)
      (i32.store (i32.const 16) (local.get 0)) (i32.store (i32.const 20) (local.get 1))
      (i32.const 16))
    (func (export "trap") unreachable))
  (core instance $i (instantiate $m))
  (func (export "echo") (param "text" string) (result string)
    (canon lift (core func $i "echo") (memory $i "memory") (realloc (func $i "realloc"))))
  (func (export "trap") (canon lift (core func $i "trap"))))"#;

#[cfg(feature = "component")]
#[test]
fn a_component() {
    let folder = Folder::new("component");
    let [engine, other] = engines();
    let module = Module::new(&engine, COMPONENT.as_bytes()).unwrap();
    let bytes = module.serialize().unwrap();
    let path = folder.file("组件.bin", &bytes);
    let loaded = load(&engine, &path).unwrap();
    // SAFETY: these bytes were made above.
    let copied = unsafe { Module::deserialize(&engine, &bytes) }.unwrap();
    let expected = asked(&module);
    assert_eq!(expected.0, "Zoë 🦀");
    assert_eq!(expected.1.len(), 1);
    for again in [&loaded, &copied] {
        assert!(again.is_component());
        assert!(again.imports().eq(module.imports()) && again.exports().eq(module.exports()));
        let echo = again.exports().next().unwrap();
        assert_eq!(echo.ty.to_string(), "func (text: string) -> (string)");
        assert_eq!(asked(again), expected);
        assert!(again.serialize().unwrap() == bytes);
    }
    // How adapters run is nothing to it; what it was compiled for is.
    assert_eq!(asked(&load(&other, &path).unwrap()), expected);
    let fuel = Engine::new(Config::new().consume_fuel(true)).unwrap();
    let error = refused(&fuel, &path);
    assert_eq!(error.kind(), ErrorKind::BadArtefact, "{error}");
    assert!(error.message().contains("fuel"), "{error}");
}

/// Whatever is cut off, or changed, is found out before the engine sees it.
#[cfg(feature = "component")]
#[test]
fn a_damaged_component() {
    let folder = Folder::new("damaged-component");
    let engine = Engine::default();
    let module = Module::new(&engine, COMPONENT.as_bytes()).unwrap();
    let bytes = module.serialize().unwrap();
    let is_refused = |bytes: &[u8], what: &str| {
        // SAFETY: nothing of it is used.
        let in_memory = unsafe { Module::deserialize(&engine, bytes) }.err().expect(what);
        assert_eq!(in_memory.kind(), ErrorKind::BadArtefact, "{what}: {in_memory}");
        let in_file = refused(&engine, folder.file("damaged", bytes));
        assert_eq!(in_file.kind(), ErrorKind::BadArtefact, "{what}: {in_file}");
    };
    for len in (0..bytes.len()).rev().step_by(251) {
        is_refused(&bytes[..len], &format!("{len} bytes"));
    }
    let mut changed = bytes.clone();
    for at in (0..bytes.len()).step_by(97).chain(bytes.len() - 48..bytes.len()) {
        changed[at] ^= 1 << (at % 8);
        is_refused(&changed, &format!("byte {at}"));
        changed[at] = bytes[at];
    }
    is_refused(&[&bytes[..], b"more"].concat(), "longer");
}

/// The second engine finds what the first has compiled.
#[cfg(feature = "component")]
#[test]
fn a_cached_component() {
    // What has an extension is notes of the cache, written behind the scenes.
    fn files(folder: &Path) -> usize {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let count = |path: &Path| match path.is_dir() {
            true => files(path),
            false => path.extension().is_none().into(),
        };
        entries.map(|entry| count(&entry.path())).sum()
    }
    let folder = Folder::new("cached-component");
    let engine = || Engine::new(Config::new().cache_dir(&folder.0)).unwrap();
    let first = asked(&Module::new(&engine(), COMPONENT.as_bytes()).unwrap());
    let kept = files(&folder.0);
    assert_eq!(kept, 1);
    let again = Module::new(&engine(), COMPONENT.as_bytes()).unwrap();
    assert_eq!(asked(&again), first);
    assert_eq!(files(&folder.0), kept);
    // What came from there can be serialized too.
    let outside = Folder::new("from-cached-component");
    let path = outside.file("serialized", &again.serialize().unwrap());
    assert_eq!(asked(&load(&engine(), path).unwrap()), first);
}

/// As the documentation says that files are replaced.
#[test]
#[cfg(unix)]
fn a_file_is_replaced_by_a_rename() {
    let folder = Folder::new("rename");
    let engine = Engine::default();
    let first = Module::new(&engine, TEXT.as_bytes()).unwrap();
    let second = Module::new(&engine, TEXT.replace("mapped!", "renamed").as_bytes()).unwrap();
    let path = folder.file("module", &first.serialize().unwrap());
    let old = load(&engine, &path).unwrap();
    let other = folder.file("other", &second.serialize().unwrap());
    fs::rename(other, &path).unwrap();
    let new = load(&engine, &path).unwrap();
    fs::remove_file(&path).unwrap();
    assert_eq!(played(&old), played(&first));
    assert_eq!(played(&new), played(&second));
    assert_eq!(played(&new).0, "renamed");
}

#[test]
fn what_is_no_file() {
    let folder = Folder::new("missing");
    let engine = Engine::default();
    let missing = folder.0.join("not here");
    for path in [missing.as_path(), folder.0.as_path(), Path::new(""), Path::new("a\0b")] {
        let error = refused(&engine, path);
        assert_eq!(error.kind(), ErrorKind::UnreadableFile, "{error}");
        assert!(error.message().contains(&path.display().to_string()), "{error}");
    }
}

#[test]
fn what_was_not_made_by_this() {
    let folder = Folder::new("foreign");
    let engine = Engine::default();
    let module = Module::new(&engine, TEXT.as_bytes()).unwrap();
    let bytes = module.serialize().unwrap();
    let mut newer = bytes.clone();
    let version = newer.len() - 2;
    newer[version] += 1;
    // Up to version 5 the mark was the first.
    let older = [b"\0witrt\x05\0".as_slice(), &[7; 2000]].concat();
    let random: Vec<u8> = (0..5000_u32).map(|i| ((i * i) >> 3) as u8).collect();
    let cases: [(&str, &[u8], &str); 9] = [
        ("empty", b"", "too short"),
        ("short", &bytes[..47], "too short"),
        ("a module", &witrt::tools::assemble(TEXT.as_bytes()).unwrap(), "no precompiled module"),
        ("text", TEXT.as_bytes(), "no precompiled module"),
        ("noise", &random, "no precompiled module"),
        ("older", &older, "another version"),
        ("newer", &newer, "another version"),
        ("longer", &[&bytes, &b"\n"[..]].concat(), "added to"),
        ("prefixed", &[b"\n", &bytes[..]].concat(), "another length"),
    ];
    for (name, bytes, reason) in cases {
        // SAFETY: nothing of it is used.
        let in_memory = unsafe { Module::deserialize(&engine, bytes) }.err().expect(name);
        let path = folder.file(name, bytes);
        let in_file = refused(&engine, &path);
        assert_eq!(in_file.kind(), ErrorKind::BadArtefact, "{name}: {in_file}");
        assert_eq!(in_memory.kind(), ErrorKind::BadArtefact, "{name}: {in_memory}");
        assert_eq!(in_file.message(), format!("{}: {in_memory}", path.display()));
        assert!(in_memory.message().contains(reason), "{name}: {in_memory}");
    }
    // What is whole the engine may refuse, and says why.
    let other = Engine::new(Config::new().consume_fuel(true)).unwrap();
    let error = refused(&other, folder.file("whole", &bytes));
    assert_eq!(error.kind(), ErrorKind::BadArtefact, "{error}");
    assert!(error.message().contains("fuel"), "{error}");
}

#[test]
fn every_damage_is_found() {
    let folder = Folder::new("damage");
    let engine = Engine::default();
    let small = "(module (func $f) (@interface func (export \"f\") call-core $f))";
    let bytes = Module::new(&engine, small.as_bytes()).unwrap().serialize().unwrap();
    let path = folder.file("small", &bytes);
    load(&engine, &path).unwrap();
    let mut file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    let mut put = |at: usize, byte: u8| {
        file.seek(SeekFrom::Start(at as u64)).unwrap();
        file.write_all(&[byte]).unwrap();
    };
    for (at, byte) in bytes.iter().enumerate() {
        put(at, byte ^ 1 << (at % 8));
        let error = refused(&engine, &path);
        assert_eq!(error.kind(), ErrorKind::BadArtefact, "byte {at}: {error}");
        put(at, *byte);
    }
    load(&engine, &path).unwrap();
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    for len in (0..bytes.len()).rev().step_by(13) {
        file.set_len(len as u64).unwrap();
        let error = refused(&engine, &path);
        assert_eq!(error.kind(), ErrorKind::BadArtefact, "{len} bytes: {error}");
    }
    for more in 1..40 {
        let longer = folder.file("longer", &[&bytes, &vec![0; more][..]].concat());
        assert_eq!(refused(&engine, longer).kind(), ErrorKind::BadArtefact, "{more} more");
    }
}

/// One that is read in several pieces.
#[test]
fn damage_in_a_large_file() {
    let folder = Folder::new("large");
    let engine = Engine::default();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/modules/text.wasm");
    let module = Module::new(&engine, &fs::read(path).unwrap()).unwrap();
    let mut bytes = module.serialize().unwrap();
    let path = folder.file("large", &bytes);
    assert!(load(&engine, &path).unwrap().serialize().unwrap() == bytes);
    let last = bytes.len() - 1;
    for at in (0..bytes.len()).step_by(bytes.len() / 50).chain([65535, 65536, last]) {
        bytes[at] ^= 0x80;
        let path = folder.file("damaged", &bytes);
        assert_eq!(refused(&engine, path).kind(), ErrorKind::BadArtefact, "byte {at}");
        bytes[at] ^= 0x80;
    }
    // Two pieces that have changed places.
    bytes[..3 << 16].rotate_left(1 << 16);
    let path = folder.file("damaged", &bytes);
    assert_eq!(refused(&engine, path).kind(), ErrorKind::BadArtefact);
}
