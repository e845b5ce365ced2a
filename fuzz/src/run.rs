//! Running valid modules with any adapters and any arguments ends in results
//! or in an error, never in a panic; strings are what the host can read; and
//! the store goes on.

use super::{Bytes, args};
use std::panic::resume_unwind;
use std::sync::LazyLock;
use witrt::{Caller, Encoding, Engine, Error, ErrorKind, Linker, Module, Store, Val};

static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| Engine::new(&super::config()).expect("the default options"));

/// Makes a module of bytes, and calls it.
///
/// # Panics
///
/// Where something else comes of it.
pub fn run(data: &[u8]) {
    let mut bytes = Bytes(data);
    let text = super::module(&mut bytes);
    let module = Module::new(&ENGINE, text.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let mut store = Store::new(&ENGINE);
    let mut linker = Linker::new();
    let fail = bytes.byte();
    let log = witrt::Func::wrap(&mut store, move |_: Caller<'_>, s: String| match fail {
        1 => Err(Error::host(s)),
        // A panic, without the hook: the fuzzer's would end the process.
        2 => resume_unwind(Box::new("a host function")),
        _ => Ok(()),
    });
    let ask = witrt::Func::wrap(&mut store, move |s: Vec<u16>| match fail {
        3 => vec![0xd800],
        _ => s,
    });
    let raw = witrt::Func::wrap(&mut store, |n: u32| n.wrapping_mul(3));
    linker.define("host", "log", log).define("host", "ask", ask).define("host", "raw", raw);
    let instance = linker.instantiate(&mut store, &module).expect("it links");

    let funcs: Vec<_> = instance.exports(&mut store).expect("its own store").to_vec();
    let mut kept: Vec<Val<'static>> = Vec::new();
    for _ in 0..4 {
        let Some(func) = funcs[bytes.below(funcs.len())].clone().into_func() else { continue };
        let texts = args::texts(&mut bytes, &func);
        let given = args::args(&mut bytes, &func, &texts, &kept);
        let mut results = args::room(func.ty().results());
        match func.call(&mut store, &given, &mut results) {
            Ok(()) => kept.extend(results),
            Err(error) => assert_ne!(error.kind(), ErrorKind::Panic, "{error}\n{text}"),
        }
        for val in &kept {
            let Some(s) = val.as_str() else { continue };
            let narrow = s.to_string(&store).unwrap_or_else(|e| panic!("{e}\n{text}"));
            let wide = s.to_utf16(&store).expect("it was read before");
            assert_eq!(String::from_utf16(&wide).ok(), Some(narrow));
            assert_eq!(s.length(&store, Encoding::Utf16).ok(), Some(wide.len()));
        }
        if bytes.below(2) == 0 {
            kept.clear();
        }
    }
    // What is owed may trap, once.
    let _ = store.settle();
    store.settle().expect("nothing is owed any more");
}
