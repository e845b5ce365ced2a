//! Typed functions: signatures are checked once, every kind goes through at its
//! limits, and what fails says where. On both back ends.

use witrt::{
    BackEnd, Config, Engine, ErrorKind, ExternRef, Func, I32, I64, Instance, Module, Store, Str,
};

const MODULE: &str = r#"(module
  (memory 1)
  (func $alloc (param i32) (result i32) i32.const 1024)
  (global $freed (mut i32) (i32.const 0))
  (func $free (param i32 i32) (global.set $freed (i32.add (global.get $freed) (i32.const 1))))
  (func $echo (param i32 i32) (result i32 i32) local.get 0 local.get 1)
  (func $bad (result i32 i32) (i32.store8 (i32.const 9) (i32.const 255)) i32.const 8 i32.const 3)
  (func $freed (result i32) global.get $freed)
  (@interface func (export "small") (param s8) (param u8) (param s16) (param u16)
      (result u16) (result s16) (result u8) (result s8)
    arg.get 3 arg.get 2 arg.get 1 arg.get 0)
  (@interface func (export "large") (param s32) (param u32) (param s64) (param u64)
      (result u64) (result s64) (result u32) (result s32)
    arg.get 3 arg.get 2 arg.get 1 arg.get 0)
  (@interface func (export "core") (param i32) (param i64) (param f32) (param f64)
      (result f64) (result f32) (result i64) (result i32)
    arg.get 3 arg.get 2 arg.get 1 arg.get 0)
  (@interface func (export "ref") (param externref) (result externref) arg.get 0)
  (@interface func (export "echo") (param string) (result string)
    arg.get 0 string-to-memory $alloc call-core $echo defer-call-core $free memory-to-string)
  (@interface func (export "both") (param string) (param string) (result string) (result string)
    arg.get 1 arg.get 0)
  (@interface func (export "bad") (result string)
    call-core $bad defer-call-core $free memory-to-string)
  (@interface func (export "freed") (result u32) call-core $freed i32-to-u32))"#;

fn each(run: impl Fn(&mut Store, &Instance)) {
    for back_end in [BackEnd::Compiled, BackEnd::Reference] {
        let mut config = Config::new();
        config.back_end(back_end);
        let engine = Engine::new(&config).unwrap();
        let module = Module::new(&engine, MODULE.as_bytes()).unwrap();
        let mut store = Store::new(&engine);
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        run(&mut store, &instance);
    }
}

#[test]
fn numbers_at_their_limits() {
    each(|store, instance| {
        let mut func = |name: &str| instance.func(&mut *store, name).unwrap();
        let (small, large, core) = (func("small"), func("large"), func("core"));
        let small = small.typed::<(i8, u8, i16, u16), (u16, i16, u8, i8)>().unwrap();
        let large = large.typed::<(i32, u32, i64, u64), (u64, i64, u32, i32)>().unwrap();
        let core = core.typed::<(I32, I64, f32, f64), (f64, f32, I64, I32)>().unwrap();
        for (a, b, c, d) in [(i8::MIN, 0, i16::MIN, 0), (i8::MAX, u8::MAX, i16::MAX, u16::MAX)] {
            assert_eq!(small.call(&mut *store, (a, b, c, d)).unwrap(), (d, c, b, a));
        }
        for (a, b, c, d) in [(i32::MIN, 0, i64::MIN, 0), (i32::MAX, u32::MAX, i64::MAX, u64::MAX)] {
            assert_eq!(large.call(&mut *store, (a, b, c, d)).unwrap(), (d, c, b, a));
        }
        let nan = f32::from_bits(0x7fa0_1234);
        let (d, c, b, a) = core.call(&mut *store, (I32(-1), I64(i64::MIN), nan, -0.0)).unwrap();
        assert_eq!((a, b, c.to_bits()), (I32(-1), I64(i64::MIN), nan.to_bits()));
        assert_eq!(d.to_bits(), (-0.0f64).to_bits());
    });
}

#[test]
fn strings_in_every_form() {
    each(|store, instance| {
        let echo = instance.func(&mut *store, "echo").unwrap();
        let narrow = echo.typed::<(&str,), String>().unwrap();
        let wide = echo.typed::<(&[u16],), Vec<u16>>().unwrap();
        let lazy = echo.typed::<(&str,), Str<'static>>().unwrap();
        let again = echo.typed::<(Str<'_>,), String>().unwrap();
        for text in ["", "a", "añ🦀", "0123456789abcdef0123456789abcdef", "日本語\0"] {
            let units: Vec<u16> = text.encode_utf16().collect();
            assert_eq!(narrow.call(&mut *store, (text,)).unwrap(), text);
            assert_eq!(wide.call(&mut *store, (&units,)).unwrap(), units);
            let kept = lazy.call(&mut *store, (text,)).unwrap();
            assert_eq!(narrow.call(&mut *store, ("other",)).unwrap(), "other");
            assert_eq!(kept.to_string(&*store).unwrap(), text);
            // A string of the guest's, and one that owns its text.
            assert_eq!(again.call(&mut *store, (&kept,)).unwrap(), text);
            assert_eq!(again.call(&mut *store, (&Str::from(units),)).unwrap(), text);
        }
        let both = instance.func(&mut *store, "both").unwrap();
        let both = both.typed::<(Str<'_>, &str), (String, Vec<u16>)>().unwrap();
        let first = lazy.call(&mut *store, ("first",)).unwrap();
        let (b, a) = both.call(&mut *store, (&first, "second")).unwrap();
        assert_eq!((b.as_str(), String::from_utf16(&a).unwrap().as_str()), ("second", "first"));
    });
}

#[test]
fn what_is_wrong_is_told() {
    each(|store, instance| {
        let echo = instance.func(&mut *store, "echo").unwrap();
        let error = echo.typed::<(&str,), u32>().err().unwrap();
        assert_eq!(error.kind(), ErrorKind::WrongKind);
        assert_eq!(error.message(), "the function is (string) -> (string), not (string) -> (u32)");
        assert!(echo.typed::<(), String>().is_err());
        let error = echo.typed::<(&[(u8, &str)],), (u8, u8)>().err().unwrap();
        assert_eq!(error.kind(), ErrorKind::WrongKind);
        assert!(
            error.message().starts_with("the function is (string) -> (string), not "),
            "{error}"
        );
        let wide = echo.typed::<(&[u16],), Vec<u16>>().unwrap();
        let error = wide.call(&mut *store, (&[0x61, 0xD800],)).unwrap_err();
        let at = (error.kind(), error.argument(), error.position());
        assert_eq!(at, (ErrorKind::BadText, Some(0), Some(1)));
        // Text of the guest that is ill-formed: a trap, and what is due runs.
        let bad = instance.func(&mut *store, "bad").unwrap().typed::<(), String>().unwrap();
        let freed = instance.func(&mut *store, "freed").unwrap().typed::<(), u32>().unwrap();
        let before = freed.call(&mut *store, ()).unwrap();
        let error = bad.call(&mut *store, ()).unwrap_err();
        assert!(error.message().contains("at address 0x8"), "{error}");
        assert_eq!(freed.call(&mut *store, ()).unwrap(), before + 1);
        let mut other = Store::new(&Engine::default());
        assert_eq!(wide.call(&mut other, (&[],)).unwrap_err().kind(), ErrorKind::WrongStore);
    });
}

#[test]
fn references_stay_what_they_are() {
    each(|store, instance| {
        let same = instance.func(&mut *store, "ref").unwrap();
        let same = same.typed::<(Option<ExternRef>,), Option<ExternRef>>().unwrap();
        let object = ExternRef::new(std::sync::Arc::new(42));
        let back = same.call(&mut *store, (Some(object),)).unwrap().unwrap();
        assert_eq!(back.data().unwrap().downcast_ref::<i32>(), Some(&42));
        assert!(same.call(&mut *store, (None,)).unwrap().is_none());
    });
}

#[test]
fn calls_within_calls_keep_what_they_owe() {
    each(|store, _| {
        let module = r#"(module
          (import "env" "again" (func $again (param i32)))
          (memory 1)
          (global $frees (mut i32) (i32.const 0))
          (func $alloc (param i32) (result i32) i32.const 64)
          (func $free (param i32 i32)
            (global.set $frees (i32.add (global.get $frees) (local.get 1))))
          (func $down (param i32 i32 i32) (result i32 i32)
            (if (local.get 2) (then (call $again (i32.sub (local.get 2) (i32.const 1)))))
            local.get 0 local.get 1)
          (func $frees (result i32) global.get $frees)
          (@interface func $again_host (import "host" "again") (param u32))
          (@interface implement (import "env" "again") (param i32)
            arg.get 0 i32-to-u32 call-adapter $again_host)
          (@interface func (export "down") (param string) (param u32) (result string)
            arg.get 0 string-to-memory $alloc defer-call-core $free
            arg.get 1 u32-to-i32 call-core $down defer-call-core $free memory-to-string)
          (@interface func (export "frees") (result u32) call-core $frees i32-to-u32))"#;
        let engine = store.engine().clone();
        let module = Module::new(&engine, module.as_bytes()).unwrap();
        let down = std::sync::Arc::new(std::sync::OnceLock::<Func>::new());
        let inner = down.clone();
        let again = Func::wrap(&mut *store, move |mut caller: witrt::Caller<'_>, n: u32| {
            let down = inner.get().unwrap().typed::<(&str, u32), Str<'static>>()?;
            let text = down.call(&mut caller, ("inner", n))?;
            assert_eq!(text.to_string(&caller)?, "inner");
            Ok::<_, witrt::Error>(())
        });
        let mut linker = witrt::Linker::new();
        linker.define("host", "again", again);
        let instance = linker.instantiate(&mut *store, &module).unwrap();
        down.set(instance.func(&mut *store, "down").unwrap()).unwrap();
        let outer = down.get().unwrap().typed::<(&str, u32), String>().unwrap();
        let frees = instance.func(&mut *store, "frees").unwrap().typed::<(), u32>().unwrap();
        // Each call frees what it lowered and what it returned.
        outer.call(&mut *store, ("outer!", 3)).unwrap();
        assert_eq!(frees.call(&mut *store, ()).unwrap(), 2 * 6 + 3 * 2 * 5);
    });
}

/// Two calls are owed; one of them calls back in, where two more are deferred,
/// and one may fail. None is lost, none is made twice, and both back ends do and
/// tell the same.
#[test]
fn owed_calls_may_call_back_in() {
    for calling in 1..=4 {
        let mut most = 0;
        for failing in 0..=8 {
            let [compiled, reference] =
                [BackEnd::Compiled, BackEnd::Reference].map(|b| owed(b, calling, failing));
            assert_eq!(compiled, reference, "{calling} calls in, {failing} fails");
            let mut all = compiled.0;
            all.sort_unstable();
            assert_eq!(all, (1..=all.len() as u32).collect::<Vec<_>>());
            most = most.max(all.len());
        }
        assert_eq!(most, 8);
    }
}

/// What is noted when the `calling`th deferred call calls back in and the
/// `failing`th fails, and what is told.
fn owed(back_end: BackEnd, calling: u32, failing: u32) -> (Vec<u32>, Vec<String>) {
    const MODULE: &str = r#"(module
      (import "env" "note" (func $note (param i32)))
      (memory 1)
      (data (i32.const 16) "ok")
      (global $round (mut i32) (i32.const 0))
      (func $next (result i32)
        (global.set $round (i32.add (global.get $round) (i32.const 1)))
        global.get $round)
      (func $done (param i32) (call $note (local.get 0)))
      (func $text (result i32 i32) i32.const 16 i32.const 2)
      (@interface func $host_note (import "host" "note") (param u32))
      (@interface implement (import "env" "note") (param i32)
        arg.get 0 i32-to-u32 call-adapter $host_note)
      (@interface func (export "two") (result i32) (result i32) (result string)
        call-core $next defer-call-core $done
        call-core $next defer-call-core $done
        call-core $text memory-to-string))"#;
    type Two = (I32, I32, Str<'static>);
    let mut config = Config::new();
    config.back_end(back_end);
    let engine = Engine::new(&config).unwrap();
    let mut store = Store::new(&engine);
    let log = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let two = std::sync::Arc::new(std::sync::OnceLock::<Func>::new());
    let (noted, inner) = (log.clone(), two.clone());
    let note = Func::wrap(&mut store, move |mut caller: witrt::Caller<'_>, n: u32| {
        noted.lock().unwrap().push(n);
        if n == calling {
            let two = inner.get().unwrap().typed::<(), Two>()?;
            let (_, _, text) = two.call(&mut caller, ())?;
            assert_eq!(text.to_string(&caller)?, "ok");
        }
        match n == failing {
            true => Err(witrt::Error::from(witrt::Trap::new(format!("note {n} fails")))),
            false => Ok(()),
        }
    });
    let mut linker = witrt::Linker::new();
    linker.define("host", "note", note);
    let module = Module::new(&engine, MODULE.as_bytes()).unwrap();
    let instance = linker.instantiate(&mut store, &module).unwrap();
    two.set(instance.func(&mut store, "two").unwrap()).unwrap();
    let outer = two.get().unwrap().typed::<(), Two>().unwrap();
    let mut told = Vec::new();
    // Paid by a safe point, then by the next call, then by a safe point again.
    for safe_point in [true, false, true] {
        told.extend(outer.call(&mut store, ()).map(drop).err());
        if safe_point {
            told.extend(store.settle().err());
        }
    }
    let log = log.lock().unwrap().clone();
    (log, told.iter().map(ToString::to_string).collect())
}
