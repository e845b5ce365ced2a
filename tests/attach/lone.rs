//! Lone surrogates, which AssemblyScript permits: refused, replaced, or passed on as they
//! are, in both directions, as the engine's rule says.

use crate::support::{BACK_ENDS, file, text};
use std::sync::{Arc, Mutex};
use witrt::{BackEnd, Config, Encoding, Engine, Error, ErrorKind, Func, Instance, Linker, List};
use witrt::{Module, Policy, Store, Str, TrapCode, Val};

/// `a`, half of a crab, `b`.
const LONE: [u16; 3] = [0x61, 0xD83E, 0x62];
const REPLACED: [u16; 3] = [0x61, 0xFFFD, 0x62];
const HALVES: [u16; 2] = [0xD83E, 0xDD80];

struct Guest {
    store: Store,
    instance: Instance,
    /// What host functions were told.
    told: Arc<Mutex<Vec<Vec<u16>>>>,
}

/// What a host function says: [`LONE`] behind what it was asked.
fn answer(mut question: Vec<u16>) -> Vec<u16> {
    question.extend(LONE);
    question
}

impl Guest {
    /// One whose host functions have values, or Rust's own types.
    fn new(back_end: BackEnd, rule: Policy, typed: bool) -> Guest {
        let mut config = Config::new();
        config.back_end(back_end).host_encoding(Encoding::Utf16).ill_formed(rule);
        let engine = Engine::new(&config).unwrap();
        let (wasm, face) = (file("assemblyscript/guest.wasm"), text("assemblyscript/face.toml"));
        let module = Module::attach(&engine, &wasm, &face).unwrap();
        let mut store = Store::new(&engine);
        let told = Arc::<Mutex<Vec<Vec<u16>>>>::default();
        let mut linker = Linker::new();
        for import in module.imports() {
            let (name, told) = (import.name.clone(), told.clone());
            let witrt::ExternType::Func(ty) = import.ty.clone() else { panic!("{import:?}") };
            let func = match (typed, &*name) {
                (true, "log") => Func::wrap(&mut store, move |_: u32, text: Vec<u16>| {
                    told.lock().unwrap().push(text);
                }),
                (true, "ask") => Func::wrap(&mut store, move |question: Vec<u16>| answer(question)),
                (_, "digest") => Func::new(&mut store, ty, |_, _, results| {
                    results[0] = Val::List(List::U8(vec![7].into()));
                    Ok(())
                }),
                _ => Func::new(&mut store, ty, move |caller, args, results| {
                    let text = args.last().and_then(Val::as_str).unwrap().to_utf16(&caller)?;
                    match results {
                        [result] => *result = Val::from(answer(text)),
                        _ => told.lock().unwrap().push(text),
                    }
                    Ok(())
                }),
            };
            linker.define(&import.module, &import.name, func);
        }
        let instance = linker.instantiate(&mut store, &module).unwrap();
        Guest { store, instance, told }
    }

    fn call(&mut self, name: &str, args: &[Val<'_>]) -> Result<Val<'static>, Error> {
        let func = self.instance.func(&mut self.store, name).unwrap();
        let mut found = [Val::U32(0)];
        func.call(&mut self.store, args, &mut found)?;
        let [found] = found;
        Ok(found)
    }

    fn units(&mut self, val: &Val<'_>) -> Result<Vec<u16>, Error> {
        val.as_str().unwrap().to_utf16(&self.store)
    }

    fn text(&mut self, name: &str, args: &[Val<'_>]) -> Result<Vec<u16>, Error> {
        let found = self.call(name, args)?;
        self.units(&found)
    }
}

fn is_ill_formed(error: &Error) -> bool {
    error.kind() == ErrorKind::BadText
        || error.trap().and_then(|trap| trap.code()) == Some(TrapCode::IllFormedText)
}

#[test]
fn by_each_rule() {
    for (back_end, typed) in BACK_ENDS.into_iter().flat_map(|b| [false, true].map(|t| (b, t))) {
        for (rule, expected) in
            [(Policy::Reject, None), (Policy::Replace, Some(REPLACED)), (Policy::Keep, Some(LONE))]
        {
            let mut guest = Guest::new(back_end, rule, typed);
            let what = format!("{back_end:?} {rule:?} {typed}");
            let arg = || Val::from(&LONE[..]);
            let found = guest.text("concat", &[arg(), arg()]);
            match expected {
                Some(expected) => assert_eq!(found.unwrap(), expected.repeat(2), "{what}"),
                None => assert!(is_ill_formed(&found.unwrap_err()), "{what}"),
            }
            // A result that the guest has made itself.
            let found = guest.text("lone", &[]);
            match rule {
                Policy::Reject => assert!(is_ill_formed(&found.unwrap_err()), "{what}"),
                Policy::Replace => assert_eq!(found.unwrap(), [0xFFFD], "{what}"),
                Policy::Keep => assert_eq!(found.unwrap(), [0xD83E], "{what}"),
            }
            // Host functions are told it, and answer it.
            let found = guest.text("run", &[arg()]);
            let Some(expected) = expected else {
                assert!(is_ill_formed(&found.unwrap_err()), "{what}");
                // What they answer is refused as well.
                let found = guest.text("run", &[Val::from("x")]);
                assert!(is_ill_formed(&found.unwrap_err()), "{what}");
                continue;
            };
            let mut answered = expected.repeat(2);
            answered.extend(" 7".encode_utf16());
            assert_eq!(found.unwrap(), answered, "{what}");
            let upper = [u16::from(b'A'), expected[1], u16::from(b'B')];
            assert_eq!(*guest.told.lock().unwrap(), [expected, upper], "{what}");
        }
    }
}

/// What was kept stays as it is wherever it goes: in lists and records, through Rust's own
/// types, as a string of the guest that is given back to it, also when it is a copy by then.
#[test]
fn kept() {
    for back_end in BACK_ENDS {
        let mut guest = Guest::new(back_end, Policy::Keep, false);
        // Two halves are a whole.
        let halves = HALVES.map(|half| [half]);
        let args = [Val::from(&halves[0][..]), Val::from(&halves[1][..])];
        assert_eq!(guest.text("concat", &args).unwrap(), HALVES);
        let one = guest.call("lone", &[]).unwrap();
        let two = guest.call("concat", &[one.clone(), one.clone()]).unwrap();
        assert_eq!(guest.units(&one).unwrap(), [0xD83E]);
        assert_eq!(guest.units(&two).unwrap(), [0xD83E; 2]);
        let units = guest.call("units", std::slice::from_ref(&two)).unwrap();
        assert!(matches!(units, Val::S32(2)), "{units:?}");
        // To another instance of the store, and to one of another store.
        let (one, two) = (one.as_str().unwrap(), two.as_str().unwrap());
        assert_eq!(two.length(&guest.store, Encoding::Utf16).unwrap(), 2);
        // Elsewhere it is refused, and nothing is written.
        for found in [
            two.to_string(&guest.store),
            two.length(&guest.store, Encoding::Utf8).map(|_| String::new()),
        ] {
            assert_eq!(found.unwrap_err().kind(), ErrorKind::BadText);
        }
        let mut bytes = [b'-'; 8];
        let error = one.copy_utf8(&guest.store, &mut bytes).unwrap_err();
        assert_eq!((error.kind(), bytes), (ErrorKind::BadText, [b'-'; 8]));
        // A string of its own rule.
        for (rule, expected) in [(Policy::Reject, None), (Policy::Replace, Some(&REPLACED))] {
            let text = Str::from_utf16(&LONE).with_policy(rule);
            let found = guest.text("concat", &[Val::String(text), Val::from("")]);
            assert_eq!(found.as_deref().ok(), expected.map(|text| &text[..]));
        }

        let list = Val::List(List::Val(vec![Val::from(&LONE[..]), Val::from("c")]));
        let joined: Vec<u16> = LONE.into_iter().chain("|c".encode_utf16()).collect();
        assert_eq!(guest.text("join", &[list]).unwrap(), joined);
        let text: Vec<u16> = LONE.into_iter().chain(" c".encode_utf16()).collect();
        let Val::List(List::Val(found)) = guest.call("words", &[Val::from(&text[..])]).unwrap()
        else {
            panic!("no list")
        };
        assert_eq!(guest.units(&found[0]).unwrap(), LONE);
        let text: Vec<u16> = "1,".encode_utf16().chain([0xDD80]).collect();
        let Val::Record(found) = guest.call("parse", &[Val::from(&text[..])]).unwrap() else {
            panic!("no record")
        };
        assert_eq!(guest.units(&found[2]).unwrap(), text);

        let concat = guest.instance.func(&mut guest.store, "concat").unwrap();
        let wide = concat.typed::<(&[u16], &[u16]), Vec<u16>>().unwrap();
        assert_eq!(wide.call(&mut guest.store, (&LONE, &LONE)).unwrap(), LONE.repeat(2));
        let narrow = concat.typed::<(&[u16], &str), String>().unwrap();
        assert!(is_ill_formed(&narrow.call(&mut guest.store, (&LONE, "")).unwrap_err()));
        let join = guest.instance.func(&mut guest.store, "join").unwrap();
        let join = join.typed::<(&[&str],), Vec<u16>>().unwrap();
        let found = join.call(&mut guest.store, (&["é", ""],)).unwrap();
        assert_eq!(found, "é|".encode_utf16().collect::<Vec<_>>());
    }
}

/// Text of guests with other encodings is what it was.
#[test]
fn not_elsewhere() {
    for back_end in BACK_ENDS {
        let mut config = Config::new();
        config.back_end(back_end).ill_formed(Policy::Keep);
        let engine = Engine::new(&config).unwrap();
        let mut guest =
            crate::support::Guest::new(&engine, "rust-plain", "guest.wasm", "face.toml");
        let greet = guest.instance.func(&mut guest.store, "greet-pair").unwrap();
        let mut found = [Val::U32(0)];
        for bad in [Str::from_utf16(&LONE), Str::from_utf8(b"a\xff")] {
            let error = greet.call(&mut guest.store, &[Val::String(bad)], &mut found).unwrap_err();
            assert_eq!((error.kind(), error.position()), (ErrorKind::BadText, Some(1)));
        }
    }
}
