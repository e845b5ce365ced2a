//! Running valid modules with any adapters and any arguments ends in results
//! or in an error, never in a panic; strings are what the host can read; and
//! the store goes on.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use witrt::{
    Caller, Encoding, Engine, Error, ErrorKind, ExternRef, Linker, Module, Store, Str, Val,
    ValType,
};
use witrt_fuzz::Bytes;

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::default);

fuzz_target!(|data: &[u8]| {
    let mut bytes = Bytes(data);
    let text = witrt_fuzz::module(&mut bytes);
    let module = Module::new(&ENGINE, text.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let mut store = Store::new(&ENGINE);
    let mut linker = Linker::new();
    let fail = bytes.byte();
    let log = witrt::Func::wrap(&mut store, move |_: Caller<'_>, s: String| match fail {
        1 => Err(Error::host(s)),
        2 => panic!("a host function"),
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
    let mut kept = Vec::new();
    for _ in 0..4 {
        let Some(func) = funcs[bytes.below(funcs.len())].clone().into_func() else { continue };
        let texts: Vec<(Vec<u8>, Vec<u16>)> = (0..5).map(|_| words(&mut bytes)).collect();
        let args: Vec<Val<'_>> =
            func.ty().params().iter().zip(&texts).map(|(ty, t)| arg(&mut bytes, *ty, t)).collect();
        let mut results: Vec<Val<'_>> =
            func.ty().results().iter().filter_map(|ty| Val::default_of(*ty)).collect();
        match func.call(&mut store, &args, &mut results) {
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
});

/// Text in both encodings, sometimes ill-formed.
fn words(bytes: &mut Bytes<'_>) -> (Vec<u8>, Vec<u16>) {
    let sample = ["", "a", "plain", "café", "漢字", "🦀 and \0 more"][bytes.below(6)];
    let mut narrow = sample.as_bytes().repeat(1 + bytes.below(3));
    let mut wide: Vec<u16> = sample.encode_utf16().collect();
    if bytes.below(16) == 1 {
        narrow.push(bytes.byte());
        wide.push(0xd800 | bytes.byte() as u16);
    }
    (narrow, wide)
}

fn arg<'a>(bytes: &mut Bytes<'_>, ty: ValType, text: &'a (Vec<u8>, Vec<u16>)) -> Val<'a> {
    let bits = [0, 1, 20, 127, 128, 255, 256, 0x7fff_ffff, 0x8000_0000, u64::MAX][bytes.below(10)];
    match ty {
        ValType::String if bytes.below(2) == 0 => Val::String(Str::from_utf8(&text.0)),
        ValType::String => Val::String(Str::from_utf16(&text.1)),
        ValType::S8 => Val::S8(bits as i8),
        ValType::U8 => Val::U8(bits as u8),
        ValType::S16 => Val::S16(bits as i16),
        ValType::U16 => Val::U16(bits as u16),
        ValType::S32 => Val::S32(bits as i32),
        ValType::U32 => Val::U32(bits as u32),
        ValType::S64 => Val::S64(bits as i64),
        ValType::U64 => Val::U64(bits),
        ValType::I32 => Val::I32(bits as i32),
        ValType::I64 => Val::I64(bits as i64),
        ValType::F32 => Val::F32(f32::from_bits(bits as u32)),
        ValType::F64 => Val::F64(f64::from_bits(bits)),
        _ if bytes.below(2) == 0 => Val::ExternRef(None),
        _ => Val::ExternRef(Some(ExternRef::new(std::sync::Arc::new(bits)))),
    }
}
