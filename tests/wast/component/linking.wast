;; Components in components, instances, aliases, versions, and what a script's components
;; import from each other.

;; One component's functions behind another's, with text in two encodings.
(component
  (component $Inner
    (core module $m
      (memory (export "memory") 1)
      (global $at (mut i32) (i32.const 64))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (if (i32.ge_u (local.get 1) (local.get 3))
          (then (if (local.get 0) (then (return (local.get 0))))))
        (global.set $at (i32.and (i32.add (global.get $at) (i32.const 15)) (i32.const -16)))
        (memory.copy (global.get $at) (local.get 0) (local.get 1))
        (global.get $at)
        (global.set $at (i32.add (global.get $at) (local.get 3))))
      (func (export "units") (param i32 i32) (result i32) (local.get 1))
      (func (export "echo") (param i32 i32) (result i32)
        (i32.store (i32.const 16) (local.get 0)) (i32.store (i32.const 20) (local.get 1))
        (i32.const 16)))
    (core instance $i (instantiate $m))
    (func (export "units") (param "s" string) (result u32)
      (canon lift (core func $i "units") (memory $i "memory") (realloc (func $i "realloc"))
        string-encoding=utf16))
    (func (export "echo") (param "s" string) (result string)
      (canon lift (core func $i "echo") (memory $i "memory") (realloc (func $i "realloc"))
        string-encoding=utf16)))
  (component $Outer
    (import "inner" (instance $inner
      (export "units" (func (param "s" string) (result u32)))
      (export "echo" (func (param "s" string) (result string)))))
    (core module $libc
      (memory (export "memory") 1)
      (global $at (mut i32) (i32.const 64))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (if (i32.ge_u (local.get 1) (local.get 3))
          (then (if (local.get 0) (then (return (local.get 0))))))
        (memory.copy (global.get $at) (local.get 0) (local.get 1))
        (global.get $at)
        (global.set $at (i32.add (global.get $at) (local.get 3)))))
    (core instance $libc (instantiate $libc))
    (core func $units (canon lower (func $inner "units") (memory $libc "memory")))
    (core func $echo (canon lower (func $inner "echo") (memory $libc "memory")
      (realloc (func $libc "realloc"))))
    (core module $m
      (import "inner" "units" (func $units (param i32 i32) (result i32)))
      (import "inner" "echo" (func $echo (param i32 i32 i32)))
      (import "libc" "memory" (memory 1))
      (func (export "both") (param i32 i32) (result i32)
        (i32.add (i32.mul (i32.const 100) (call $units (local.get 0) (local.get 1))) (local.get 1)))
      (func (export "through") (param i32 i32) (result i32)
        (call $echo (local.get 0) (local.get 1) (i32.const 8)) (i32.const 8)))
    (core instance $i (instantiate $m
      (with "inner" (instance (export "units" (func $units)) (export "echo" (func $echo))))
      (with "libc" (instance $libc))))
    (func (export "both") (param "s" string) (result u32)
      (canon lift (core func $i "both") (memory $libc "memory") (realloc (func $libc "realloc"))))
    (func (export "through") (param "s" string) (result string)
      (canon lift (core func $i "through") (memory $libc "memory") (realloc (func $libc "realloc")))))
  (instance $inner (instantiate $Inner))
  (instance $outer (instantiate $Outer (with "inner" (instance $inner))))
  (export "both" (func $outer "both"))
  (export "through" (func $outer "through"))
  (export "a:b/c@1.2.3" (instance $inner)))
(assert_return (invoke "both" (str.const "Zo\c3\ab \f0\9f\a6\80")) (u32.const 609))
(assert_return (invoke "through" (str.const "Zo\c3\ab \f0\9f\a6\80")) (str.const "Zo\c3\ab \f0\9f\a6\80"))
;; In an instance: by the whole name, without the version, by another that can stand for
;; it, and by the function's alone.
(assert_return (invoke "a:b/c@1.2.3#units" (str.const "\f0\9f\a6\80")) (u32.const 2))
(assert_return (invoke "a:b/c#units" (str.const "x")) (u32.const 1))
(assert_return (invoke "a:b/c@1.9.0#units" (str.const "x")) (u32.const 1))
(assert_return (invoke "units" (str.const "xy")) (u32.const 2))

;; A definition makes as many instances as are asked for.
(component definition $Counter
  (core module $m
    (global $n (mut i32) (i32.const 0))
    (func (export "next") (result i32)
      (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))
  (core instance $i (instantiate $m))
  (func (export "next") (result u32) (canon lift (core func $i "next"))))
(component instance $a $Counter)
(component instance $b $Counter)
(assert_return (invoke $a "next") (u32.const 1))
(assert_return (invoke $a "next") (u32.const 2))
(assert_return (invoke $b "next") (u32.const 1))
(assert_return (invoke "next") (u32.const 2))

;; What has a name can be imported by it.
(component $counter
  (core module $m
    (global $n (mut i32) (i32.const 10))
    (func (export "next") (result i32)
      (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))
  (core instance $i (instantiate $m))
  (func (export "next") (result u32) (canon lift (core func $i "next"))))
(component
  (import "counter" (instance $counter (export "next" (func (result u32)))))
  (import "host-return-two" (func $two (result u32)))
  (import "host" (instance $host (export "return-three" (func (result u32)))))
  (core func $next (canon lower (func $counter "next")))
  (core func $two (canon lower (func $two)))
  (core func $three (canon lower (func $host "return-three")))
  (core module $m
    (import "" "next" (func $next (result i32)))
    (import "" "two" (func $two (result i32)))
    (import "" "three" (func $three (result i32)))
    (func (export "sum") (result i32)
      (i32.add (call $next) (i32.mul (i32.const 100) (i32.add (call $two) (call $three))))))
  (core instance $i (instantiate $m (with "" (instance
    (export "next" (func $next)) (export "two" (func $two)) (export "three" (func $three))))))
  (func (export "sum") (result u32) (canon lift (core func $i "sum"))))
(assert_return (invoke "sum") (u32.const 511))
(assert_return (invoke $counter "next") (u32.const 12))
(assert_return (invoke "sum") (u32.const 513))

;; An import of types alone needs nothing.
(component
  (import "a:b/types" (instance $types (type $n u32) (export "t" (type (eq $n)))))
  (alias export $types "t" (type $t))
  (core module $m (func (export "f") (result i32) (i32.const 3)))
  (core instance $i (instantiate $m))
  (func (export "f") (result $t) (canon lift (core func $i "f"))))
(assert_return (invoke "f") (u32.const 3))

;; An instance of core modules that share a memory.
(component
  (core module $a (memory (export "m") 1) (data (i32.const 0) "\2a"))
  (core module $b (import "a" "m" (memory 1)) (func (export "f") (result i32) (i32.load (i32.const 0))))
  (core instance $a (instantiate $a))
  (core instance $b (instantiate $b (with "a" (instance $a))))
  (func (export "f") (result u32) (canon lift (core func $b "f"))))
(assert_return (invoke "f") (u32.const 42))

(assert_unlinkable (component (import "nobody" (func))) "was not found")
(assert_unlinkable
  (component (import "counter" (instance (export "missing" (func))))) "was not found")
(assert_unlinkable
  (component (import "counter" (instance (export "next" (func (result string))))))
  "type mismatch")
(assert_unlinkable
  (component (import "host-return-two" (func (result u64)))) "type mismatch")
(assert_invalid
  (component
    (component $c (import "f" (func)))
    (instance (instantiate $c)))
  "missing import named `f`")
