;; A component that calls its host, with values that have parts: what such a call allocates
;; is counted. Text is as the guest has it, UTF-8.
(component
  (type $item' (record (field "name" string) (field "qty" u32)))
  (import "item" (type $item (eq $item')))
  (import "total" (func $total
    (param "name" string) (param "items" (list $item)) (param "weights" (list f64)) (result u32)))
  (import "turn" (func $turn (param "bytes" (list u8)) (result (list u8))))
  (import "title" (func $title (param "name" string) (result string)))
  (import "largest" (func $largest (param "items" (list $item)) (result (option $item))))

  (core module $memory
    (memory (export "memory") 1)
    ;; "nails", "é"; two items; two weights, 0.5 and 1.5; four bytes.
    (data (i32.const 0) "nails\00\00\00\c3\a9")
    (data (i32.const 16) "\00\00\00\00\05\00\00\00\28\00\00\00\08\00\00\00\02\00\00\00\02\00\00\00")
    (data (i32.const 48) "\00\00\00\00\00\00\e0\3f\00\00\00\00\00\00\f8\3f")
    (data (i32.const 64) "\01\02\03\04")
    ;; What results point to is written there, and over that of the call before.
    (global $next (mut i32) (i32.const 1024))
    (func (export "again") (global.set $next (i32.const 1024)))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.set $next (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
      (global.get $next)
      (global.set $next (i32.add (global.get $next) (local.get 3)))))
  (core instance $memory (instantiate $memory))
  (core func $total' (canon lower (func $total) (memory $memory "memory")))
  (core func $turn'
    (canon lower (func $turn) (memory $memory "memory") (realloc (func $memory "realloc"))))
  (core func $title'
    (canon lower (func $title) (memory $memory "memory") (realloc (func $memory "realloc"))))
  (core func $largest'
    (canon lower (func $largest) (memory $memory "memory") (realloc (func $memory "realloc"))))

  (core module $main
    (import "memory" "memory" (memory 1))
    (import "memory" "again" (func $again))
    (import "host" "total" (func $total (param i32 i32 i32 i32 i32 i32) (result i32)))
    (import "host" "turn" (func $turn (param i32 i32 i32)))
    (import "host" "title" (func $title (param i32 i32 i32)))
    (import "host" "largest" (func $largest (param i32 i32 i32)))
    (func (export "total") (result i32)
      (call $total (i32.const 0) (i32.const 5) (i32.const 16) (i32.const 2) (i32.const 48) (i32.const 2)))
    ;; The bytes that come back.
    (func (export "turn") (result i32)
      (call $again)
      (call $turn (i32.const 64) (i32.const 4) (i32.const 512))
      (i32.load (i32.load (i32.const 512))))
    ;; How long the text is that comes back.
    (func (export "title") (result i32)
      (call $again)
      (call $title (i32.const 8) (i32.const 2) (i32.const 512))
      (i32.load (i32.const 516)))
    ;; How many there are of the largest, where there is one.
    (func (export "largest") (result i32)
      (call $again)
      (call $largest (i32.const 16) (i32.const 2) (i32.const 512))
      (i32.mul (i32.load8_u (i32.const 512)) (i32.load (i32.const 524)))))
  (core instance $main (instantiate $main
    (with "memory" (instance $memory))
    (with "host" (instance
      (export "total" (func $total')) (export "turn" (func $turn'))
      (export "title" (func $title')) (export "largest" (func $largest'))))))
  (func (export "call-total") (result u32) (canon lift (core func $main "total")))
  (func (export "call-turn") (result u32) (canon lift (core func $main "turn")))
  (func (export "call-title") (result u32) (canon lift (core func $main "title")))
  (func (export "call-largest") (result u32) (canon lift (core func $main "largest"))))
