//! What goes wrong, and what is left then.

use crate::support::{DIR, Guest, engine, linker, module};
use std::sync::{Arc, Mutex};
use witrt::{Encoding, Engine, ErrorKind, Func, Instance, List, Module, Store, TrapCode, Val};

/// What is wrong with arguments is told with its place, before the component runs.
#[test]
fn arguments_are_checked_first() {
    let mut guest = Guest::new(&engine(Encoding::Utf8), "c/guest-utf8.wasm");
    let person = |age: Val<'static>, tags: Vec<Val<'static>>| {
        let tags = Val::List(List::Val(tags));
        Val::Record(vec!["Zoë".into(), age, tags, Val::Option(None)])
    };
    let mut fails = |name: &str, arg: Val<'_>, kind, message: &str| {
        let error = guest.call(name, &[arg]).unwrap_err();
        assert_eq!((error.kind(), error.message()), (kind, message), "{name}");
        assert_eq!(error.argument(), Some(0));
    };
    let wrong = ErrorKind::WrongKind;
    fails(
        "birthday",
        person("x".into(), vec![]),
        wrong,
        "parameter 0 (\"p\"), field \"age\": expected u8, found string",
    );
    fails(
        "birthday",
        person(Val::U8(1), vec!["a".into(), Val::U8(1)]),
        wrong,
        "parameter 0 (\"p\"), field \"tags\", element 1: expected string, found u8",
    );
    fails("flip", Val::U32(1), wrong, "parameter 0 (\"b\"): expected bool, found u32");
    let range = ErrorKind::OutOfRange;
    fails(
        "next-color",
        Val::Enum(3),
        range,
        "parameter 0 (\"c\"): there is no case 3: there are 3",
    );
    fails(
        "toggle",
        Val::Flags(8),
        range,
        "parameter 0 (\"a\"): 0x8 are no flags of flags { read, write, exec }",
    );
    fails(
        "area",
        Val::Variant(1, Some(Box::new(Val::F32(1.0)))),
        wrong,
        "parameter 0 (\"s\"), case \"circle\": expected f64, found f32",
    );
    let bad = guest.call("greet", &[Val::String(witrt::Str::from_utf8(b"a\xff"))]).unwrap_err();
    assert_eq!((bad.kind(), bad.position()), (ErrorKind::BadText, Some(1)));
    assert_eq!(guest.told("flip", "true"), "false");
}

/// A trap ends an instance, and nothing else.
#[test]
fn traps_poison_an_instance_only() {
    let engine = engine(Encoding::Utf8);
    let mut guest = Guest::new(&engine, "c/guest-utf8.wasm");
    let module = guest.instance.module().clone();
    let linker = linker(&mut guest.store, &module, &guest.log);
    let second = linker.instantiate(&mut guest.store, &module).unwrap();
    let error = guest.call("boom", &["x".into()]).unwrap_err();
    assert_eq!(error.trap().unwrap().code(), Some(TrapCode::Unreachable));
    let frame = &error.trap().unwrap().frames()[0];
    assert_eq!(frame.module, module.id());
    assert_eq!(guest.call("boom", &["".into()]).unwrap_err().kind(), ErrorKind::Poisoned);
    let greet = second.func(&mut guest.store, "boom").unwrap();
    let mut results = [Val::Bool(false)];
    greet.call(&mut guest.store, &["".into()], &mut results).unwrap();
    assert!(matches!(results[0], Val::U32(7)));
}

/// A host function cannot enter the instance that calls it.
#[test]
fn an_instance_is_entered_once() {
    let engine = engine(Encoding::Utf8);
    let module = module(&engine, "wat/mini-utf8.wasm");
    let mut store = Store::new(&engine);
    let own: Arc<Mutex<Option<Func>>> = Arc::default();
    let (found, asked) = (Arc::new(Mutex::new(None)), own.clone());
    let kept = found.clone();
    let ask = Func::wrap(&mut store, move |mut cx: witrt::Caller<'_>, _: String| {
        let func = asked.lock().unwrap().clone().unwrap();
        let mut results = [Val::Bool(false)];
        let again = func.call(&mut cx, &["x".into()], &mut results);
        *kept.lock().unwrap() = again.err().map(|e| e.kind());
        "done".to_owned()
    });
    let instance = Instance::new(&mut store, &module, &[ask.into()]).unwrap();
    *own.lock().unwrap() = Some(instance.func(&mut store, "echo").unwrap());
    let mut results = [Val::Bool(false)];
    instance
        .func(&mut store, "relay")
        .unwrap()
        .call(&mut store, &["z".into()], &mut results)
        .unwrap();
    assert_eq!(results[0].as_str().unwrap().to_string(&store).unwrap(), "done");
    assert_eq!(*found.lock().unwrap(), Some(ErrorKind::StoreBusy));
    *own.lock().unwrap() = None;
}

/// What a host function of Rust returns is there after the call, for a host that takes
/// values as they lie.
#[test]
#[allow(unsafe_code)] // values as they lie
fn values_that_are_kept() {
    use witrt::tree::{Returned, TextSlot, plain_text, release};
    let text = b"(component (import \"f\" (func (result (list string)))))";
    let engine = engine(Encoding::Utf8);
    let module = Module::new(&engine, text).unwrap();
    let witrt::ExternType::Func(ty) = &module.imports().next().unwrap().ty else { panic!() };
    let mut store = Store::new(&engine);
    let func = Func::new(&mut store, ty.clone(), |_, _, results| {
        let texts = (0..50).map(|i| Val::from(format!("text {i}")));
        results[0] = Val::List(List::Val(texts.collect()));
        Ok(())
    });
    let mut returned = Returned::default();
    // SAFETY: there are no arguments.
    unsafe { func.call_slots(&mut store, &[], plain_text, &mut returned) }.unwrap();
    let slot = returned.take().unwrap();
    drop(returned);
    let again: Vec<_> = (0..1000).map(|i| format!("other {i}")).collect();
    // SAFETY: the value is a list of text, which is this one's.
    unsafe {
        // As the header has lists of strings, wherever they come from.
        let texts: &[TextSlot] = (*slot.of.list).elements();
        for (i, text) in texts.iter().enumerate() {
            let read = plain_text(text).unwrap().to_string(&store).unwrap();
            assert_eq!(read, format!("text {i}"));
        }
        assert_eq!(texts.len(), 50);
        release(&slot);
    }
    drop(again);
}

/// A small file that asks for much is refused before anything is made of it; so is one
/// whose names would fill the memory.
#[test]
fn components_that_ask_for_too_much() {
    let engine = engine(Encoding::Utf8);
    let refused = |text: String| {
        let error = Module::new(&engine, text.as_bytes()).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::InvalidCore, "{error}");
        assert!(error.message().contains("asks for too much"), "{error}");
    };
    let func = "(core module $m (func (export \"f\"))) (core instance $m (instantiate $m))
        (func $f (canon lift (core func $m \"f\")))";
    let mut text = format!("(component {func} (instance $i0 (export \"f\" (func $f)))\n");
    for i in 1..=18 {
        let before = i - 1;
        text += &format!(
            "(instance $i{i} (export \"a\" (instance $i{before})) (export \"b\" (instance $i{before})))"
        );
    }
    refused(text + "(export \"i\" (instance $i18)))");
    // Each function's name tells its interface once more.
    let long = "a".repeat(60_000);
    let funcs: String = (0..4000).map(|i| format!("(export \"f{i}\" (func))")).collect();
    refused(format!("(component (import \"a:b/{long}\" (instance {funcs})))"));
    let funcs: String = (0..4000).map(|i| format!("(export \"f{i}\" (func $f))")).collect();
    refused(format!(
        "(component {func} (instance $i {funcs}) (export \"a:b/{long}\" (instance $i)))"
    ));
    let params: String = (0..900).map(|i| format!("(param \"p{i}\" u8)")).collect();
    let funcs: String = (0..1000).map(|i| format!("(import \"f{i}\" (func (type $t)))")).collect();
    refused(format!("(component (type $t (func {params})) {funcs})"));
    let types: String =
        (0..10_001).map(|i| format!("(import \"r{i}\" (type (sub resource)))")).collect();
    refused(format!("(component {types})"));
    // Instances within instances.
    let mut text = "(component (type $t0 (instance (export \"f\" (func))))\n".to_owned();
    for i in 1..=18 {
        text += &format!(
            "(type $t{i} (instance (alias outer 1 $t{0} (type $t)) (export \"a\" (instance (type $t)))
               (export \"b\" (instance (type $t)))))",
            i - 1
        );
    }
    refused(text + "(import \"i\" (instance (type $t18))))");
}

/// As many resource types as may have names, and functions that use them.
#[test]
fn many_resource_types() {
    let engine = engine(Encoding::Utf8);
    let mut text = "(component\n".to_owned();
    for i in 0..5_000 {
        text += &format!(
            "(import \"r{i}\" (type $r{i} (sub resource)))
             (import \"f{i}\" (func (param \"a\" (own $r{i})) (param \"b\" (borrow $r{i}))))\n"
        );
    }
    let module = Module::new(&engine, (text + ")").as_bytes()).unwrap();
    assert_eq!(module.imports().len(), 5_000);
    let last = module.imports().last().unwrap();
    assert_eq!(last.ty.to_string(), "func (a: own<r4999>, b: borrow<r4999>) -> ()");
}

/// Text of a guest that is as the host reads it is not converted.
#[test]
fn text_as_it_lies() {
    for (file, guest) in [("utf8", Encoding::Utf8), ("utf16", Encoding::Utf16)] {
        for host in [Encoding::Utf8, Encoding::Utf16] {
            let engine = engine(host);
            let mut store = Store::new(&engine);
            let module = module(&engine, &format!("wat/solo-{file}.wasm"));
            let instance = Instance::new(&mut store, &module, &[]).unwrap();
            let echo = instance.func(&mut store, "echo").unwrap();
            let mut kept = Vec::new();
            for i in 0..40 {
                let text = format!("aé🦀 {i}");
                let mut results = [Val::Bool(false)];
                echo.call(&mut store, &[(&*text).into()], &mut results).unwrap();
                let [Val::String(back)] = results else { panic!() };
                let stays = guest == host && host == Encoding::Utf16;
                assert_eq!(back.encoding() == Encoding::Utf16, stays, "{file} {host:?}");
                // Some are held while others come.
                if i % 3 == 0 {
                    kept.push((back, text));
                }
            }
            for (back, text) in kept {
                assert_eq!(back.to_string(&store).unwrap(), text);
                assert_eq!(
                    back.length(&store, Encoding::Utf16).unwrap(),
                    text.encode_utf16().count()
                );
            }
        }
    }
}

/// A core module that describes what it is not, whose description is damaged, or which
/// is not to become a component.
#[test]
fn described_components() {
    let engine = Engine::default();
    let good = std::fs::read(format!("{DIR}/c/core-utf8.wasm")).unwrap();
    let module = Module::new(&engine, &good).unwrap();
    assert!(module.is_component() && witrt::tools::is_component(&good));
    assert!(module.find_export("probe:guest/text@1.2.0#greet").is_some());
    Module::validate(&engine, &good).unwrap();
    let custom = |name: &str, data: &[u8]| {
        let mut bytes = b"\0asm\x01\0\0\0".to_vec();
        bytes.extend([0, (name.len() + data.len() + 1) as u8, name.len() as u8]);
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(data);
        bytes
    };
    for name in ["component-type", "component-type:guest"] {
        for data in [&b""[..], b"\0asm\x0d\0\x01\0", b"what?"] {
            let bytes = custom(name, data);
            let error = Module::new(&engine, &bytes).err().expect(name);
            assert_eq!(error.kind(), ErrorKind::InvalidCore, "{error}");
            assert!(error.message().contains("not the component that it describes"), "{error}");
            assert!(Module::validate(&engine, &bytes).is_err());
        }
    }
    assert!(!Module::new(&engine, &custom("component-typ", b"")).unwrap().is_component());
    // Wherever it is cut off or changed, it is an error or another module.
    for at in (0..good.len()).step_by(211) {
        let _ = Module::validate(&engine, &good[..at]);
        let mut changed = good.clone();
        changed[at] ^= 0x55;
        let _ = Module::validate(&engine, &changed);
    }
}
