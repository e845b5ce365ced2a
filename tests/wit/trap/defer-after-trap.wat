;;! run --imports=print core
;;! run --imports=print lift
;;! run --imports=print convert 300
;;! run --imports=print inner
;;! run --imports=print both
;; Deferred calls also run when something after them traps: a core call, a
;; lift, a checked conversion, an inner adapter. Their own traps are then
;; dropped.
(module
  (import "env" "log" (func $log (param i32)))
  (memory 1)
  (func $seven (result i32) i32.const 7)
  (func $where (result i32 i32) i32.const 65530 i32.const 100)
  (func $boom (drop (i32.div_u (i32.const 1) (i32.const 0))))
  (func $boom1 (param i32) unreachable)
  (@interface func $core (export "core") (result i32)
    call-core $seven
    defer-call-core $log
    call-core $boom)
  (@interface func (export "lift") (result i32) (result string)
    call-core $seven
    defer-call-core $log
    call-core $where
    memory-to-string)
  (@interface func (export "convert") (param i32) (result i32) (result s8)
    call-core $seven
    defer-call-core $log
    arg.get 0
    i32-to-s8x)
  (@interface func (export "inner") (result i32) (result i32)
    call-core $seven
    defer-call-core $log
    call-adapter $core)
  (@interface func (export "both") (result i32)
    call-core $seven
    defer-call-core $log
    defer-call-core $boom1
    call-core $boom))

(; EXPECT
;;! run --imports=print core
env.log(7)
error: trap: wasm trap: integer divide by zero
  in func 3 boom at offset 0x4c
exit 3
;;! run --imports=print lift
env.log(7)
error: trap: out of bounds memory access: a string of 100 bytes at address 0xfffa in a memory of 65536 bytes
exit 3
;;! run --imports=print convert 300
env.log(7)
error: trap: integer overflow: the value does not fit from i32 to s8
exit 3
;;! run --imports=print inner
env.log(7)
env.log(7)
error: trap: wasm trap: integer divide by zero
  in func 3 boom at offset 0x4c
exit 3
;;! run --imports=print both
env.log(7)
error: trap: wasm trap: integer divide by zero
  in func 3 boom at offset 0x4c
exit 3
;)
