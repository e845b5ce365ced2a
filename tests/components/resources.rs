//! Whose resources are whose: of two types with one name, and of WASI's.

use crate::support::engine;
use std::sync::Arc;
use witrt::{Encoding, ErrorKind, Func, Instance, Module, Resource, Store, Val};

/// Types of one name, in two interfaces, are two.
#[test]
fn types_of_one_name() {
    let engine = engine(Encoding::Utf8);
    let inner = r#"(component
      (type $r' (resource (rep i32)))
      (core func $new (canon resource.new $r'))
      (core module $m (import "" "new" (func $new (param i32) (result i32)))
        (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
        (func (export "rep") (param i32) (result i32) (local.get 0)))
      (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
      (export $r "r" (type $r'))
      (func (export "make") (param "n" u32) (result (own $r)) (canon lift (core func $i "make")))
      (func (export "rep") (param "r" (borrow $r)) (result u32) (canon lift (core func $i "rep"))))"#;
    let text = format!(
        r#"(component (component $c {}
        (instance $a (instantiate $c)) (instance $b (instantiate $c))
        (export "t:t/a" (instance $a)) (export "t:t/b" (instance $b)))"#,
        inner.strip_prefix("(component").unwrap()
    );
    let module = Module::new(&engine, text.as_bytes()).unwrap();
    let mut store = Store::new(&engine);
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    let mut call = |name: &str, arg: Val<'_>| {
        let func = instance.func(&mut store, name).unwrap();
        let mut result = [Val::Bool(false)];
        func.call(&mut store, &[arg], &mut result).map(|()| result[0].clone())
    };
    let Ok(Val::Own(made)) = call("t:t/a#make", Val::U32(7)) else { panic!() };
    let error = call("t:t/b#rep", Val::Borrow(made.clone())).unwrap_err();
    assert_eq!((error.kind(), error.argument()), (ErrorKind::WrongKind, Some(0)), "{error}");
    // That was found before the component ran.
    assert!(matches!(call("t:t/a#rep", Val::Borrow(made)), Ok(Val::U32(7))));
}

/// A type is named as it was first, whatever others call it.
#[test]
fn names_of_types() {
    let text = br#"(component
      (import "a:b/types" (instance $types
        (export "fields" (type $f (sub resource)))
        (export "headers" (type (eq $f)))
        (export "get" (func (param "of" (borrow $f)) (result u32)))))
      (alias export $types "headers" (type $headers))
      (import "trailers" (type (eq $headers)))
      (import "use" (func (param "f" (own $headers)))))"#;
    let module = Module::new(&engine(Encoding::Utf8), text).unwrap();
    let types: Vec<_> = module.imports().map(|import| import.ty.to_string()).collect();
    assert_eq!(types, ["func (of: borrow<fields>) -> (u32)", "func (f: own<fields>) -> ()"]);
}

/// The streams that WASI gives are its own: no host function takes one for a resource
/// of the host's, and no host makes one.
#[cfg(feature = "wasi")]
#[test]
fn those_of_wasi() {
    let text = br#"(component
      (import "wasi:io/streams@0.2.0" (instance $io (export "output-stream" (type (sub resource)))))
      (alias export $io "output-stream" (type $s))
      (import "wasi:cli/stdout@0.2.0" (instance $cli
        (alias outer 1 $s (type $s))
        (export "output-stream" (type $s' (eq $s)))
        (export "get-stdout" (func (result (own $s'))))))
      (import "sink" (type $sink (sub resource)))
      (import "make" (func $make (result (own $sink))))
      (import "look" (func $look (param "s" (borrow $s))))
      (import "take" (func $take (param "s" (own $s))))
      (import "give" (func $give (result (own $s))))
      (core func $get (canon lower (func $cli "get-stdout")))
      (core func $make (canon lower (func $make)))
      (core func $look (canon lower (func $look)))
      (core func $take (canon lower (func $take)))
      (core func $give (canon lower (func $give)))
      (core module $m
        (import "" "get" (func $get (result i32)))
        (import "" "make" (func $make (result i32)))
        (import "" "look" (func $look (param i32)))
        (import "" "take" (func $take (param i32)))
        (import "" "give" (func $give (result i32)))
        (func (export "look") (drop (call $make)) (call $look (call $get)))
        (func (export "take") (drop (call $make)) (call $take (call $get)))
        (func (export "give") (drop (call $give))))
      (core instance $i (instantiate $m (with "" (instance (export "get" (func $get))
        (export "make" (func $make)) (export "look" (func $look)) (export "take" (func $take))
        (export "give" (func $give))))))
      (func (export "run-look") (canon lift (core func $i "look")))
      (func (export "run-take") (canon lift (core func $i "take")))
      (func (export "run-give") (canon lift (core func $i "give"))))"#;
    let engine = engine(Encoding::Utf8);
    let module = Module::new(&engine, text).unwrap();
    for (name, words) in [
        ("run-look", "a output-stream is WASI's, which no host function can take"),
        ("run-take", "a output-stream is WASI's, which no host function can take"),
        ("run-give", "a output-stream is WASI's, which no host can give"),
    ] {
        let mut store = Store::new(&engine);
        store.set_wasi(&witrt::Wasi::new()).unwrap();
        let imports: Vec<_> = module
            .imports()
            .map(|import| {
                let witrt::ExternType::Func(ty) = &import.ty else { panic!() };
                let makes = !ty.results().is_empty();
                let func = Func::new(&mut store, ty.clone(), move |_, args, results| {
                    assert!(args.is_empty(), "a host function got a stream of WASI's");
                    if makes {
                        results[0] = Val::Own(Resource::new(Arc::new("the host's")));
                    }
                    Ok(())
                });
                (!import.module.starts_with("wasi:")).then(|| func.into())
            })
            .collect();
        let instance = Instance::with_imports(&mut store, &module, &imports).unwrap();
        let error = instance.func(&mut store, name).unwrap();
        let error = error.call(&mut store, &[], &mut []).unwrap_err();
        assert!(error.message().contains(words), "{name}: {error}");
    }
}
