//! Components that are built in ways that those of the usual tools are not: several
//! memories and allocators, what a component within lifts, one function under many names,
//! names that a door has.

use crate::twins::{BY_DOOR, Twins, engine};
use std::fmt::Write;
use witrt::{BackEnd, ErrorKind, List, Module, Val};

/// A core module with a memory of its own of so many pages, and an allocator that starts
/// at this address.
fn memory(name: &str, pages: u32, first: u32) -> String {
    format!(
        r#"(core module ${name}
          (memory (export "memory") {pages})
          (global $next (mut i32) (i32.const {first}))
          (global $posts (mut i32) (i32.const 0))
          (func (export "realloc") (param i32 i32 i32 i32) (result i32)
            (global.set $next (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
            (if (i32.gt_u (global.get $next) (i32.const 30000)) (then (global.set $next (i32.const {first}))))
            (global.get $next)
            (global.set $next (i32.add (global.get $next) (local.get 3))))
          (func (export "echo") (param i32 i32) (result i32)
            (i32.store (i32.const 16) (local.get 0))
            (i32.store (i32.const 20) (local.get 1))
            (i32.const 16))
          (func (export "at") (param i32 i32) (result i32)
            (i32.store (i32.const 16) (local.get 0))
            (i32.store (i32.const 20) (local.get 1))
            (i32.const 16))
          (func (export "post") (param i32) (global.set $posts (i32.add (global.get $posts) (i32.const 1))))
          (func (export "posts") (result i32) (global.get $posts))
          (func (export "peek") (param i32) (result i64) (i64.load (local.get 0)))
          (func (export "u8") (param i32) (result i32) (local.get 0)))
        (core instance ${name} (instantiate ${name}))"#
    )
}

/// What such a module does, exported with this behind each name.
fn exports(of: &str, suffix: &str) -> String {
    let memory = format!("(memory (core memory ${of} \"memory\"))");
    let options =
        format!("{memory} (realloc (func ${of} \"realloc\")) (post-return (func ${of} \"post\"))");
    let mut text = String::new();
    for (name, ty, core, options) in [
        ("echo", "(param \"x\" string) (result string)", "echo", &options),
        ("bytes", "(param \"x\" (list u8)) (result (list u8))", "echo", &options),
        ("at", "(param \"p\" u32) (param \"n\" u32) (result string)", "at", &memory),
        ("bytes-at", "(param \"p\" u32) (param \"n\" u32) (result (list u8))", "at", &memory),
        ("posts", "(result u32)", "posts", &String::new()),
        ("peek", "(param \"p\" u32) (result u64)", "peek", &String::new()),
        ("u8", "(param \"x\" u8) (result u8)", "u8", &String::new()),
    ] {
        let _ = writeln!(
            text,
            "(func (export \"{name}{suffix}\") {ty} (canon lift (core func ${of} \"{core}\") {options}))"
        );
    }
    text
}

const TEXTS: [&str; 5] = [
    "",
    "short",
    "é🦀",
    "sixty-four bytes of ASCII, which is as much as comes in a frame!",
    "long",
];

fn of_length(text: &str) -> String {
    if text == "long" { "a long text, é ".repeat(700) } else { text.to_owned() }
}

/// Calls all of [`exports`], thrice, and what claims to be at the end of its memory.
fn play(twins: &mut Twins, suffix: &str, pages: u32) {
    for _ in 0..3 {
        for text in TEXTS.map(of_length) {
            let told = twins.call(&format!("echo{suffix}"), &[text.as_str().into()]);
            assert_eq!(told, format!("{text:?} []"));
            let bytes = Val::List(List::U8(text.as_bytes().into()));
            twins.call(&format!("bytes{suffix}"), &[bytes]);
        }
        twins.call(&format!("posts{suffix}"), &[]);
        for at in [0, 8, 16, 24, 4096, 4104] {
            twins.call(&format!("peek{suffix}"), &[Val::U32(at)]);
        }
        let end = pages << 16;
        for name in ["at", "bytes-at"] {
            twins.call(&format!("{name}{suffix}"), &[Val::U32(end - 4), Val::U32(4)]);
            twins.call(&format!("{name}{suffix}"), &[Val::U32(end), Val::U32(0)]);
        }
    }
}

/// Each memory is read and written where it is meant, and ends where it ends: also those
/// that the appended module has no number left for.
#[test]
fn many_memories() {
    const MEMORIES: u32 = 10;
    let all = || (0..MEMORIES).map(|i| (format!("m{i}"), i.to_string(), 1 + i % 3));
    let mut text = String::from("(component ");
    for (i, (name, suffix, pages)) in all().enumerate() {
        text += &memory(&name, pages, 4096 + 512 * i as u32);
        text += &exports(&name, &suffix);
    }
    text.push(')');
    let mut twins = Twins::of(&text, BY_DOOR);
    for (_, suffix, pages) in all() {
        play(&mut twins, &suffix, pages);
    }
    for (_, suffix, pages) in all() {
        for name in ["at", "bytes-at"] {
            let mut twins = Twins::of(&text, BY_DOOR);
            twins.call(&format!("{name}{suffix}"), &[Val::U32(0), Val::U32(0)]);
            let told =
                twins.call(&format!("{name}{suffix}"), &[Val::U32((pages << 16) - 4), Val::U32(5)]);
            assert!(told.starts_with("Trap"), "{told}");
            let told = twins.call("u80", &[Val::U8(1)]);
            assert!(told.starts_with("Poisoned"), "{told}");
        }
    }
}

/// An allocator is of another core instance than the function, as with a `libc` that is
/// shared; and one module has two memories.
#[test]
fn memories_of_others() {
    let text = format!(
        r#"(component {}
          (core module $two
            (import "libc" "memory" (memory 1))
            (memory (export "own") 1)
            (data (memory 1) (i32.const 64) "of the second memory")
            (data (memory 0) (i32.const 64) "of the first memory!")
            (func (export "echo") (param i32 i32) (result i32)
              (i32.store (i32.const 32) (local.get 0))
              (i32.store (i32.const 36) (local.get 1))
              (i32.const 32))
            (func (export "at") (param i32 i32) (result i32)
              (i32.store 1 (i32.const 32) (local.get 0))
              (i32.store 1 (i32.const 36) (local.get 1))
              (i32.store 0 (i32.const 32) (local.get 0))
              (i32.store 0 (i32.const 36) (local.get 1))
              (i32.const 32)))
          (core instance $two (instantiate $two (with "libc" (instance $libc))))
          (alias core export $libc "memory" (core memory $shared))
          (alias core export $two "own" (core memory $own))
          (func (export "echo") (param "x" string) (result string)
            (canon lift (core func $two "echo") (memory $shared) (realloc (func $libc "realloc"))))
          (func (export "first") (param "p" u32) (param "n" u32) (result string)
            (canon lift (core func $two "at") (memory $shared)))
          (func (export "second") (param "p" u32) (param "n" u32) (result string)
            (canon lift (core func $two "at") (memory $own)))
          {})"#,
        memory("libc", 2, 4096),
        exports("libc", "-of-libc"),
    );
    let mut twins = Twins::of(&text, BY_DOOR);
    for round in 0..3 {
        for text in TEXTS.map(of_length) {
            assert_eq!(twins.call("echo", &[text.as_str().into()]), format!("{text:?} []"));
        }
        let at = [Val::U32(64), Val::U32(20)];
        assert_eq!(twins.call("first", &at), "\"of the first memory!\" []", "{round}");
        assert_eq!(twins.call("second", &at), "\"of the second memory\" []", "{round}");
    }
    play(&mut twins, "-of-libc", 2);
    twins.call("second", &[Val::U32(65536), Val::U32(1)]);
    twins.call("u8-of-libc", &[Val::U8(1)]);
}

/// Functions that a component within lifts are not behind a door; and what those that the
/// whole one lifts could call are more than host functions.
#[test]
fn components_within() {
    let text = |names: &str| {
        format!(
            r#"(component
          (import "note" (func $note (param "n" u32)))
          (component $inner
            (import "note" (func $note (param "n" u32)))
            (core func $note' (canon lower (func $note)))
            (core module $m
              (import "" "note" (func $note (param i32)))
              (memory (export "memory") 1)
              (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
              (func (export "double") (param i32) (result i32)
                (call $note (local.get 0)) (i32.add (local.get 0) (local.get 0)))
              (func (export "len") (param i32 i32) (result i32) (local.get 1)))
            (core instance $i (instantiate $m (with "" (instance (export "note" (func $note'))))))
            (func (export "double") (param "n" u32) (result u32) (canon lift (core func $i "double")))
            (func (export "len") (param "x" string) (result u32)
              (canon lift (core func $i "len") (memory (core memory $i "memory")) (realloc (func $i "realloc")))))
          (instance $inner (instantiate $inner (with "note" (func $note))))
          (alias export $inner "double" (func $double))
          (alias export $inner "len" (func $len))
          {}
          (core func $double' (canon lower (func $double)))
          (core module $outer
            (import "" "double" (func $double (param i32) (result i32)))
            (global $when (mut i32) (i32.const 0))
            (func (export "when") (param i32) (global.set $when (local.get 0)))
            (func $if (param i32)
              (if (i32.eq (global.get $when) (local.get 0)) (then (drop (call $double (i32.const 5))))))
            (func (export "realloc") (param i32 i32 i32 i32) (result i32)
              (call $if (i32.const 1)) (i32.const 8192))
            (func (export "post") (param i32) (call $if (i32.const 2)))
            (func (export "echo") (param i32 i32) (result i32)
              (call $if (i32.const 3)) (i32.const 64)))
          (core instance $o (instantiate $outer (with "" (instance
            (export "double" (func $double'))))))
          (func (export "when") (param "n" u32) (canon lift (core func $o "when")))
          (func (export "empty") (param "x" string) (result string)
            (canon lift (core func $o "echo") (memory (core memory $libc "memory"))
              (realloc (func $o "realloc")) (post-return (func $o "post"))))
          (func (export "none") (param "x" (list u8)) (result (list u8))
            (canon lift (core func $o "echo") (memory (core memory $libc "memory"))
              (realloc (func $o "realloc")) (post-return (func $o "post"))))
          (export "inner-double" (func $double)) (export "inner-len" (func $len)) {names})"#,
            memory("libc", 1, 4096)
        )
    };
    let mut twins = Twins::of(&text("(export \"inner\" (instance $inner))"), BY_DOOR);
    for n in 1..4 {
        assert_eq!(twins.call("inner-len", &["four".into()]), "U32(4) []");
        let told = format!("U32({}) [\"note U32({n})\"]", 2 * n);
        assert_eq!(twins.call("inner-double", &[Val::U32(n)]), told);
        assert_eq!(twins.call("inner#double", &[Val::U32(n)]), told);
        assert_eq!(twins.call("empty", &["some text".into()]), "\"\" []");
    }
    let bytes = || Val::List(List::U8(vec![1, 2, 3].into()));
    for when in 1..=3 {
        for (name, arg) in [("empty", "text".into()), ("none", bytes())] {
            for earlier in 0..2 {
                let mut twins = Twins::of(&text(""), BY_DOOR);
                (0..earlier).for_each(|_| drop(twins.call(name, std::slice::from_ref(&arg))));
                twins.call("when", &[Val::U32(when)]);
                // One around another may never call it, as the engine has it.
                let told = twins.call(name, std::slice::from_ref(&arg));
                assert!(told.contains("cannot enter component instance"), "{told}");
                let told = twins.call("when", &[Val::U32(0)]);
                assert!(told.starts_with("Poisoned"), "{told}");
            }
        }
    }
}

/// One function under many names, in interfaces of two versions, and with a type that the
/// export tells again.
#[test]
fn many_names() {
    let mut text = format!(
        "(component {} (type $ty (func (param \"x\" string) (result string)))",
        memory("m", 1, 4096)
    );
    text += r#"(func $echo (type $ty) (canon lift (core func $m "echo")
        (memory (core memory $m "memory")) (realloc (func $m "realloc"))))
      (instance $face (export "echo" (func $echo)))
      (export "echo" (func $echo)) (export "echo-again" (func $echo) (func (type $ty)))
      (export "ns:pkg/face@1.0.0" (instance $face)) (export "ns:pkg/face@2.0.0" (instance $face))
      (export "ns:pkg/other" (instance $face)) (export "outer" (instance (export "in" (instance $face)))))"#;
    // The last is an instance that is made where it is exported.
    let text = text.replace(
        "(export \"outer\" (instance (export \"in\" (instance $face)))))",
        "(instance $outer (export \"in\" (instance $face))) (export \"outer\" (instance $outer)))",
    );
    let mut twins = Twins::of(&text, BY_DOOR);
    for _ in 0..3 {
        for name in [
            "echo",
            "echo-again",
            "ns:pkg/face@1.0.0#echo",
            "ns:pkg/face@2.0.0#echo",
            "ns:pkg/other#echo",
            "outer#in#echo",
        ] {
            assert_eq!(twins.call(name, &[name.into()]), format!("{name:?} []"));
        }
    }
}

/// Functions of the host that are lifted as they are, allocators and what is called after
/// a return that are the host's, and the same import lowered in two encodings.
#[test]
fn functions_of_the_host() {
    let text = format!(
        r#"(component
      (import "note" (func $note (param "n" u32)))
      (import "say" (func $say (param "x" string) (result u32)))
      (import "room" (func $room (param "a" u32) (param "b" u32) (param "c" u32) (param "d" u32) (result u32)))
      {}
      (core func $note' (canon lower (func $note)))
      (core func $narrow (canon lower (func $say) (memory (core memory $m "memory"))))
      (core func $wide (canon lower (func $say) (memory (core memory $m "memory")) string-encoding=utf16))
      (core func $room' (canon lower (func $room)))
      (core module $c
        (import "" "narrow" (func $narrow (param i32 i32) (result i32)))
        (import "" "wide" (func $wide (param i32 i32) (result i32)))
        (func (export "both") (param i32 i32) (result i32)
          (i32.add (call $narrow (local.get 0) (local.get 1))
            (call $wide (local.get 0) (i32.shr_u (local.get 1) (i32.const 1))))))
      (core instance $c (instantiate $c (with "" (instance
        (export "narrow" (func $narrow)) (export "wide" (func $wide))))))
      (func (export "note") (param "n" u32) (canon lift (core func $note')))
      (func (export "note-small") (param "n" u8) (canon lift (core func $note')))
      (func (export "say") (param "x" string) (result u32)
        (canon lift (core func $narrow) (memory (core memory $m "memory")) (realloc (func $m "realloc"))))
      (func (export "say-wide") (param "x" string) (result u32)
        (canon lift (core func $wide) (memory (core memory $m "memory")) (realloc (func $m "realloc")) string-encoding=utf16))
      (func (export "both") (param "x" string) (result u32)
        (canon lift (core func $c "both") (memory (core memory $m "memory")) (realloc (func $m "realloc"))))
      (func (export "in-room") (param "x" string) (result string)
        (canon lift (core func $m "echo") (memory (core memory $m "memory")) (realloc (func $room'))))
      (func (export "paid-by-host") (param "x" u32) (param "n" u32) (result string)
        (canon lift (core func $m "at") (memory (core memory $m "memory")) (post-return (func $note'))))
      (func (export "number-paid") (param "x" u8) (result u8)
        (canon lift (core func $m "u8") (post-return (func $note'))))
      {})"#,
        memory("m", 1, 4096),
        exports("m", "-of")
    );
    let mut twins = Twins::of(&text, BY_DOOR);
    for n in 0..3 {
        assert_eq!(twins.call("note", &[Val::U32(n)]), format!(" [\"note U32({n})\"]"));
        twins.call("note-small", &[Val::U8(n as u8)]);
        assert_eq!(twins.call("say", &["four".into()]), "U32(4) [\"say \\\"four\\\"\"]");
        assert_eq!(twins.call("say-wide", &["語語".into()]), "U32(2) [\"say \\\"語語\\\"\"]");
        assert_eq!(
            twins.call("both", &["abcd".into()]),
            "U32(6) [\"say \\\"abcd\\\"\", \"say \\\"扡摣\\\"\"]"
        );
    }
    for name in ["in-room", "paid-by-host", "number-paid"] {
        for earlier in [&[][..], &["note", "echo-of"]] {
            let mut twins = Twins::of(&text, BY_DOOR);
            for name in earlier {
                let arg = if *name == "note" { Val::U32(1) } else { "x".into() };
                twins.call(name, &[arg]);
            }
            let args = match name {
                "in-room" => vec!["text".into()],
                "paid-by-host" => vec![Val::U32(64), Val::U32(3)],
                _ => vec![Val::U8(1)],
            };
            let told = twins.call(name, &args);
            assert!(
                told.contains("cannot leave component instance") && told.ends_with(" []"),
                "{told}"
            );
            let told = twins.call("note", &[Val::U32(1)]);
            assert!(told.starts_with("Poisoned"), "{told}");
        }
    }
}

/// What runs while an instance is made: calls of the host, and traps.
#[test]
fn starts() {
    let text = |does: &str| {
        format!(
            r#"(component (import "note" (func $note (param "n" u32)))
          (core func $note' (canon lower (func $note)))
          (core module $m (import "" "note" (func $note (param i32)))
            (func $start (call $note (i32.const 3)) {does})
            (start $start)
            (func (export "f") (result i32) (i32.const 7)))
          (core instance $m (instantiate $m (with "" (instance (export "note" (func $note'))))))
          (func (export "f") (result u32) (canon lift (core func $m "f"))))"#
        )
    };
    let mut twins = Twins::of(&text(""), BY_DOOR);
    assert_eq!(twins.call("f", &[]), "U32(7) [\"note U32(3)\"]");
    assert_eq!(twins.call("f", &[]), "U32(7) []");
    for does in ["unreachable", "(drop (i32.load (i32.const 0)))"] {
        let text = text(does).replace("(start $start)", "(memory 0) (start $start)");
        let told = Twins::refused(&text);
        assert!(told.starts_with("Trap"), "{told}");
    }
}

/// Names that a door has, where a component has them.
#[test]
fn names_of_doors() {
    let module = |name: &str| {
        format!(
            r#"(core module $m (@name "{name}")
          (memory (export "memory") 1) (memory (export "frame") 1)
          (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))
          (func (export "enter") (param i32 i32 i32 i32) (result i32) (i32.const 64))
          (func (export "ready") (param i32 i32))
          (func $trap (export "trap") (param i32 i32) unreachable)
          (func (export "len") (param i32 i32) (result i32) (local.get 1)))
        (core instance $m (instantiate $m))
        (func $len (param "x" string) (result u32) (canon lift (core func $m "len")
          (memory (core memory $m "memory")) (realloc (func $m "realloc"))))
        (func (export "trap") (param "x" string) (canon lift (core func $m "trap")
          (memory (core memory $m "memory")) (realloc (func $m "realloc"))))"#
        )
    };
    // Of what an export is, too: names are compared in lower case.
    for (what, name) in [
        ("(type $t' (record (field \"a\" u32))) (export \"witrt-door-0\" (type $t'))", "guest"),
        (
            "(instance $n (export \"len\" (func $len))) (export \"witrt-door-0\" (instance $n))",
            "guest",
        ),
        ("(export \"witrt-DOOR-0\" (func $len)) (export \"witrt-door-1\" (func $len))", "guest"),
        ("", "witrt's door"),
    ] {
        let text = format!("(component {} (export \"len\" (func $len)) {what})", module(name));
        let mut twins = Twins::of(&text, if name == "guest" { BY_DOOR } else { !BY_DOOR });
        for _ in 0..2 {
            assert_eq!(twins.call("len", &["four".into()]), "U32(4) []");
        }
        // Its own frames are told of.
        let told = twins.call("trap", &["x".into()]);
        assert!(told.contains("\"trap\""), "{told}");
    }
}

/// What goes by no door, and is refused or works as ever.
#[test]
fn without_a_door() {
    let mut many = format!(
        "(component {} (func $f (param \"x\" u8) (result u8) (canon lift (core func $m \"u8\")))",
        memory("m", 1, 4096)
    );
    for i in 0..1001 {
        let _ = write!(many, "(export \"f{i}\" (func $f))");
    }
    many.push(')');
    let mut twins = Twins::of(&many, !BY_DOOR);
    assert_eq!(twins.call("f1000", &[Val::U8(7)]), "U8(7) []");
    for (text, why) in [
        (
            r#"(component (core module $m (memory (export "memory") i64 1)
                (func (export "f") (result i32) (i32.const 16)))
              (core instance $m (instantiate $m))
              (func (export "f") (result string) (canon lift (core func $m "f") (memory (core memory $m "memory")))))"#,
            "64-bit memories",
        ),
        (
            r#"(component (core module $m (func (export "f") (result i32) (i32.const 0)))
              (core instance $m (instantiate $m))
              (func (export "f") async (result u32) (canon lift (core func $m "f"))))"#,
            "async",
        ),
        (
            r#"(component (core module $m (func (export "f") (param i32)))
              (core instance $m (instantiate $m))
              (func (export "f") (param "x" (stream u8)) (canon lift (core func $m "f"))))"#,
            "async",
        ),
        (
            r#"(component (import "f" (func $f (param "x" u32))) (export "g" (func $f)))"#,
            "not implemented",
        ),
    ] {
        for back_end in [BackEnd::Compiled, BackEnd::Reference] {
            let made = Module::new(&engine(back_end), text.as_bytes());
            let error = made.map(drop).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::UnsupportedFormat, "{error}");
            assert!(error.message().contains(why), "{error}");
        }
    }
}

/// Exceptions of core code that nobody catches end a call as traps do, wherever they are
/// thrown; those that are caught do not.
#[test]
fn exceptions() {
    let text = r#"(component
      (core module $m
        (tag $t (param i32))
        (memory (export "memory") 1)
        (global $when (mut i32) (i32.const 0))
        (func (export "when") (param i32) (global.set $when (local.get 0)))
        (func $if (param i32)
          (if (i32.eq (global.get $when) (local.get 0)) (then (throw $t (i32.const 1)))))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32)
          (call $if (i32.const 1)) (i32.const 4096))
        (func (export "post") (param i32) (call $if (i32.const 2)))
        (func $echo (param i32 i32) (result i32)
          (call $if (i32.const 3))
          (i32.store (i32.const 16) (local.get 0)) (i32.store (i32.const 20) (local.get 1)) (i32.const 16))
        (func (export "echo") (param i32 i32) (result i32) (call $echo (local.get 0) (local.get 1)))
        (func (export "caught") (param i32 i32) (result i32)
          (block $caught (result i32)
            (return (try_table (result i32) (catch $t $caught) (call $echo (local.get 0) (local.get 1)))))
          (drop) (i32.const 32)))
      (core instance $m (instantiate $m))
      (func (export "when") (param "n" u32) (canon lift (core func $m "when")))
      (func (export "echo") (param "x" string) (result string) (canon lift (core func $m "echo")
        (memory (core memory $m "memory")) (realloc (func $m "realloc")) (post-return (func $m "post"))))
      (func (export "bytes") (param "x" (list u8)) (result (list u8)) (canon lift (core func $m "echo")
        (memory (core memory $m "memory")) (realloc (func $m "realloc")) (post-return (func $m "post"))))
      (func (export "caught") (param "x" string) (result string) (canon lift (core func $m "caught")
        (memory (core memory $m "memory")) (realloc (func $m "realloc")) (post-return (func $m "post")))))"#;
    let bytes = || Val::List(List::U8(vec![1, 2, 3].into()));
    for when in 1..=3 {
        for (name, arg) in [("echo", "text".into()), ("bytes", bytes()), ("caught", "text".into())]
        {
            for earlier in 0..2 {
                let mut twins = Twins::of(text, BY_DOOR);
                (0..earlier).for_each(|_| drop(twins.call(name, std::slice::from_ref(&arg))));
                twins.call("when", &[Val::U32(when)]);
                let told = twins.call(name, std::slice::from_ref(&arg));
                let is_caught = name == "caught" && when == 3;
                assert_eq!(told.contains("uncaught WebAssembly exception"), !is_caught, "{told}");
                twins.call("echo", &["after".into()]);
            }
        }
    }
}

/// Memories of no pages, and of all that there can be.
#[test]
fn smallest_and_largest_memories() {
    let mut twins = Twins::of(&format!("(component {} {})", memory("m", 0, 0), exports("m", "")).replace(
        "(i32.store (i32.const 16) (local.get 0))\n            (i32.store (i32.const 20) (local.get 1))\n            (i32.const 16)",
        "(i32.const 0)",
    ), BY_DOOR);
    twins.call("u8", &[Val::U8(1)]);
    let told = twins.call("echo", &["".into()]);
    assert!(told.starts_with("Trap"), "{told}");
    let text = format!("(component {} {})", memory("m", 65536, 4096), exports("m", ""));
    for (at, len) in
        [(u32::MAX, 1), (u32::MAX - 3, 4), (u32::MAX, 2), (u32::MAX - 70, 71), (u32::MAX - 70, 72)]
    {
        for name in ["at", "bytes-at"] {
            let mut twins = Twins::of(&text, BY_DOOR);
            twins.call(name, &[Val::U32(0), Val::U32(0)]);
            twins.call(name, &[Val::U32(at), Val::U32(len)]);
            twins.call("u8", &[Val::U8(1)]);
        }
    }
}

/// More text and more bytes than are copied in a call.
#[test]
fn too_much_to_be_copied() {
    const MOST: u32 = 128 << 20;
    let text = format!("(component {} {})", memory("m", 2100, 4096), exports("m", ""));
    for (name, len) in [("at", MOST / 2 + 1), ("bytes-at", MOST + 1)] {
        let mut twins = Twins::of(&text, BY_DOOR);
        twins.call(name, &[Val::U32(0), Val::U32(0)]);
        let told = twins.call(name, &[Val::U32(0), Val::U32(len)]);
        assert!(told.contains("too much data"), "{told}");
        twins.call("u8", &[Val::U8(1)]);
    }
}
