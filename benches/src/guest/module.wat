;; The guest of the benchmarks: its allocator gives the same place each time, and
;; what it does with strings is nothing. The interface part is for this library;
;; glue over the engine takes the core part alone.
(module
  (import "host" "log" (func $log (param i32 i32)))
  (memory (export "memory") 128)
  (global $len (mut i32) (i32.const 0))
  (func $alloc (export "alloc") (param i32) (result i32) i32.const 1024)
  (func $free (export "free") (param i32 i32))
  (func $add (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))
  (func $sink (export "sink") (param i32 i32) (result i32)
    ;; Remembers it, for `source`.
    (global.set $len (local.get 1))
    (local.get 1))
  (func $source (export "source") (result i32 i32)
    (i32.const 1024) (global.get $len))
  (func $back (export "back") (param $times i32)
    (loop $again
      (call $log (i32.const 1024) (global.get $len))
      (local.set $times (i32.sub (local.get $times) (i32.const 1)))
      (br_if $again (local.get $times))))

  (@interface func $host_log (import "host" "log") (param string))
  (@interface implement (import "host" "log") (param i32) (param i32)
    arg.get 0
    arg.get 1
    memory-to-string
    call-adapter $host_log)
  (@interface func (export "add") (param s32) (param s32) (result s32)
    arg.get 0
    s32-to-i32
    arg.get 1
    s32-to-i32
    call-core $add
    i32-to-s32)
  ;; The glue frees what it has allocated; so does this.
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
  (@interface func (export "back") (param u32)
    arg.get 0
    u32-to-i32
    call-core $back))
