;; A guest that asks the host for text, as often as it is told, and gives it back
;; to its allocator: as `module.wat` with a string the other way.
(module
  (import "host" "ask" (func $ask (result i32 i32)))
  (memory (export "memory") 128)
  (func $alloc (export "alloc") (param i32) (result i32) i32.const 1024)
  (func $free (export "free") (param i32 i32))
  (func $asks (export "asks") (param $times i32) (result i32)
    (local $ptr i32) (local $len i32)
    (loop $again
      (call $ask)
      (local.set $len)
      (local.set $ptr)
      (call $free (local.get $ptr) (local.get $len))
      (local.set $times (i32.sub (local.get $times) (i32.const 1)))
      (br_if $again (local.get $times)))
    (local.get $len))

  (@interface func $host_ask (import "host" "ask") (result string))
  (@interface implement (import "host" "ask") (result i32) (result i32)
    call-adapter $host_ask
    string-to-memory $alloc)
  (@interface func (export "asks") (param u32) (result u32)
    arg.get 0
    u32-to-i32
    call-core $asks
    i32-to-u32))
