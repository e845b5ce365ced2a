;; Two guests in one: an instance with the host's functions in the place of the
;; other is called, and one whose import is the other's export calls. `give` hands
;; its text on, `take` is given one, again and again.
(module
  (import "other" "sink" (func $other_sink (param i32 i32) (result i32)))
  (import "other" "source" (func $other_source (result i32 i32)))
  (memory (export "memory") 128)
  (global $len (mut i32) (i32.const 0))
  (func $alloc (export "alloc") (param i32) (result i32) i32.const 1024)
  (func $free (export "free") (param i32 i32))
  (func $sink (export "sink") (param i32 i32) (result i32)
    (global.set $len (local.get 1))
    (local.get 1))
  (func $source (export "source") (result i32 i32)
    (i32.const 1024) (global.get $len))
  (func $give (export "give") (param $times i32) (result i32)
    (loop $again (result i32)
      (call $other_sink (i32.const 1024) (global.get $len))
      (local.set $times (i32.sub (local.get $times) (i32.const 1)))
      (br_if $again (local.get $times))))
  (func $take (export "take") (param $times i32) (result i32)
    (local $len i32)
    (loop $again
      (call $other_source)
      (local.set $len)
      drop
      (local.set $times (i32.sub (local.get $times) (i32.const 1)))
      (br_if $again (local.get $times)))
    (local.get $len))

  (@interface func $its_sink (import "other" "sink") (param string) (result u32))
  (@interface func $its_source (import "other" "source") (result string))
  (@interface implement (import "other" "sink") (param i32) (param i32) (result i32)
    arg.get 0
    arg.get 1
    memory-to-string
    call-adapter $its_sink
    u32-to-i32)
  (@interface implement (import "other" "source") (result i32) (result i32)
    call-adapter $its_source
    string-to-memory $alloc)
  (@interface func (export "sink") (param string) (result u32)
    arg.get 0
    string-to-memory $alloc
    defer-call-core $free
    call-core $sink
    i32-to-u32)
  (@interface func (export "source") (result string)
    call-core $source
    defer-call-core $free
    memory-to-string)
  (@interface func (export "give") (param u32) (result u32)
    arg.get 0
    u32-to-i32
    call-core $give
    i32-to-u32)
  (@interface func (export "take") (param u32) (result u32)
    arg.get 0
    u32-to-i32
    call-core $take
    i32-to-u32))
