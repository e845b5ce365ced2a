;; greet(name) = "Hello, " name "!", by hand. A compiler writes the core part,
;; and its tools the interface at the end.
(module
  (memory 1)
  (global $free (mut i32) (i32.const 64))
  (data (i32.const 16) "Hello, ")

  ;; Memory is taken from the front, and all of it given back at once.
  (func $malloc (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $free))
    (global.set $free (i32.add (local.get $at) (local.get $size)))
    (local.get $at))
  (func $reset (param i32 i32)
    (global.set $free (i32.const 64)))

  (func $greet (param $name i32) (param $size i32) (result i32 i32)
    (local $text i32)
    (local.set $text (call $malloc (i32.add (local.get $size) (i32.const 8))))
    (memory.copy (local.get $text) (i32.const 16) (i32.const 7))
    (memory.copy (i32.add (local.get $text) (i32.const 7)) (local.get $name) (local.get $size))
    (i32.store8 (i32.add (i32.add (local.get $text) (i32.const 7)) (local.get $size)) (i32.const 33))
    (local.get $text)
    (i32.add (local.get $size) (i32.const 8)))

  (@interface func (export "greet") (param $name string) (result string)
    arg.get $name
    string-to-memory $malloc
    call-core $greet
    defer-call-core $reset
    memory-to-string))
