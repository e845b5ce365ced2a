;;! run --imports=print ask
;; An implemented import gives core results, here a string's address and
;; length, which an adapter lowered into this module's memory.
(module
  (import "env" "name" (func $name (result i32 i32)))
  (memory 1)
  (func $alloc (param i32) (result i32) i32.const 64)
  (func $ask (result i32) (local i32)
    (call $name)
    (local.set 0)
    (drop)
    (local.get 0))
  (@interface func $host (import "host" "name") (result string))
  (@interface implement (import "env" "name") (result i32) (result i32)
    call-adapter $host
    string-to-memory $alloc)
  (@interface func (export "ask") (result u32)
    call-core $ask
    i32-to-u32))

(; EXPECT
0
host.name()
;)
