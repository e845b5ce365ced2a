;; Modules of a script import from each other, and from `spectest`.

(module $counter
  (global $n (export "n") (mut i32) (i32.const 0))
  (memory (export "memory") 1 2)
  (table (export "table") 2 funcref)
  (func (export "next") (result i32)
    (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))
(register "counter")

(module $user
  (import "counter" "next" (func $next (result i32)))
  (import "counter" "n" (global $n (mut i32)))
  (import "counter" "memory" (memory 1))
  (import "counter" "table" (table 1 funcref))
  (import "spectest" "global_i32" (global i32))
  (import "spectest" "table" (table 10 20 funcref))
  (import "spectest" "memory" (memory 1 2))
  (import "spectest" "print_i32_f32" (func $print (param i32 f32)))
  (elem (i32.const 1) $next)
  (func (export "twice") (result i32) (drop (call $next)) (call $next))
  (func (export "reset") (global.set $n (i32.const 0)))
  (func (export "print") (call $print (i32.const 1) (f32.const 2)))
  (func (export "grow") (result i32) (memory.grow (i32.const 1))))
(assert_return (invoke "twice") (i32.const 2))
(assert_return (invoke $counter "next") (i32.const 3))
(invoke "reset")
(assert_return (invoke $counter "next") (i32.const 1))
(assert_return (get $counter "n") (i32.const 1))
(assert_return (invoke "print"))
(assert_return (invoke $user "grow") (i32.const 1))
(assert_return (invoke $user "grow") (i32.const -1))

(assert_unlinkable (module (import "counter" "missing" (func))) "unknown import")
(assert_unlinkable (module (import "nobody" "next" (func))) "unknown import")
(assert_unlinkable (module (import "counter" "next" (func))) "incompatible import type")
(assert_unlinkable (module (import "counter" "n" (global i32))) "incompatible import type")
(assert_unlinkable (module (import "counter" "memory" (memory 3))) "incompatible import type")
(assert_unlinkable (module (import "counter" "next" (global i32))) "incompatible import type")

;; What is made before a trap stays.
(assert_trap
  (module
    (import "counter" "memory" (memory 1))
    (data (i32.const 0) "kept")
    (data (i32.const 0x20000) "x"))
  "out of bounds memory access")
(module
  (import "counter" "memory" (memory 1))
  (func (export "peek") (result i32) (i32.load (i32.const 0))))
(assert_return (invoke "peek") (i32.const 0x7470656b))

;; One definition, two instances.
(module definition $cell
  (global $v (mut i32) (i32.const 0))
  (func (export "set") (param i32) (global.set $v (local.get 0)))
  (func (export "get") (result i32) (global.get $v)))
(module instance $a $cell)
(module instance $b $cell)
(invoke $a "set" (i32.const 1))
(invoke $b "set" (i32.const 2))
(assert_return (invoke $a "get") (i32.const 1))
(assert_return (invoke "get") (i32.const 2))

;; A function of a subtype serves.
(module
  (type $f (sub (func (result funcref))))
  (type $g (sub $f (func (result (ref func)))))
  (func $self (export "g") (type $g) (ref.func $self)))
(register "sub")
(module
  (type $f (sub (func (result funcref))))
  (type $g (sub $f (func (result (ref func)))))
  (import "sub" "g" (func $g (type $f)))
  (func (export "call") (result i32) (ref.is_null (call $g))))
(assert_return (invoke "call") (i32.const 0))
(assert_unlinkable
  (module (import "sub" "g" (func (result externref)))) "incompatible import type")
