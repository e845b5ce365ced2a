;;! inspect
;;! run --imports=print go 7
;; An adapter import may carry the names of the core import that is implemented
;; by it: only the adapter import is asked of the host. Core imports that are
;; not implemented stay, in front.
(module
  (import "env" "a" (func $a (param i32)))
  (import "env" "b" (func $b (param i32) (result i32)))
  (func $go (param i32) (result i32)
    (call $a (local.get 0))
    (call $b (local.get 0)))
  (@interface func $host (import "env" "a") (param u8))
  (@interface implement (import "env" "a") (param i32)
    arg.get 0
    i32-to-u8
    call-adapter $host)
  (@interface func (export "go") (param s32) (result s32)
    arg.get 0
    s32-to-i32
    call-core $go
    i32-to-s32))

(; EXPECT
;;! inspect
import "env" "b" func (i32) -> (i32)
import "env" "a" func (u8) -> ()
export "go" func (s32) -> (s32)
;;! run --imports=print go 7
0
env.a(7)
env.b(7)
;)
