;;! run --imports=print go
;; Deferred calls run when their frame is left, last registered first, with the
;; values of the moment they were registered. An inner adapter's run when the
;; inner frame is left.
(module
  (import "env" "log" (func $log (param i32)))
  (func $one (result i32) i32.const 1)
  (func $two (result i32) i32.const 2)
  (func $ten (result i32) i32.const 10)
  (func $pair (result i32 i64) i32.const 20 i64.const 30)
  (func $log2 (param i32 i64)
    (call $log (local.get 0))
    (call $log (i32.wrap_i64 (local.get 1))))
  (@interface func $inner
    call-core $ten
    defer-call-core $log
    call-core $log)
  (@interface func (export "go") (result i32) (result i32) (result i64)
    call-core $one
    defer-call-core $log
    call-adapter $inner
    call-core $two
    call-core $log
    call-core $pair
    defer-call-core $log2))

(; EXPECT
1
20
30
env.log(10)
env.log(10)
env.log(2)
env.log(20)
env.log(30)
env.log(1)
;)
