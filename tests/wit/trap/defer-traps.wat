;;! run --imports=print one
;;! run --imports=print two
;; On the normal way out a trap of a deferred call is the outcome; the others
;; still run, and the first trap wins.
(module
  (import "env" "log" (func $log (param i32)))
  (func $seven (result i32) i32.const 7)
  (func $div (param i32) (drop (i32.div_u (i32.const 1) (i32.const 0))))
  (func $unr (param i32) unreachable)
  (@interface func (export "one") (result i32)
    call-core $seven
    defer-call-core $log
    defer-call-core $unr
    defer-call-core $log)
  (@interface func (export "two") (result i32)
    call-core $seven
    defer-call-core $log
    defer-call-core $unr
    defer-call-core $div))

(; EXPECT
;;! run --imports=print one
env.log(7)
env.log(7)
error: trap: wasm trap: wasm `unreachable` instruction executed
  in func 3 unr at offset 0x39
exit 3
;;! run --imports=print two
env.log(7)
error: trap: wasm trap: integer divide by zero
  in func 2 div at offset 0x34
exit 3
;)
