;; What the tests call: an interface on top of a core with an allocator that
;; keeps count, every kind of value, and every kind of trap.
(module
  (import "host" "notify" (func $notify))
  (import "host" "relay" (func $relay (param i32 i32) (result i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "\ff\c0")
  (global $next (mut i32) (i32.const 1024))
  (global $live (mut i32) (i32.const 0))
  (table 2 funcref)
  (elem (i32.const 1) $notify)
  (type $number (func (result i32)))

  (func $malloc (param $size i32) (result i32)
    (local $missing i32)
    (local.set $missing (i32.sub
      (i32.add (global.get $next) (local.get $size))
      (i32.mul (memory.size) (i32.const 65536))))
    (if (i32.gt_s (local.get $missing) (i32.const 0))
      (then (if (i32.lt_s
          (memory.grow (i32.add (i32.div_u (local.get $missing) (i32.const 65536)) (i32.const 1)))
          (i32.const 0))
        (then unreachable))))
    (global.set $live (i32.add (global.get $live) (i32.const 1)))
    (global.get $next)
    (global.set $next (i32.add (global.get $next) (local.get $size))))

  ;; All of it is free again when nothing of it is in use.
  (func $free (param i32 i32)
    (global.set $live (i32.sub (global.get $live) (i32.const 1)))
    (if (i32.eqz (global.get $live)) (then (global.set $next (i32.const 1024)))))

  (func $same (param i32 i32) (result i32 i32) local.get 0 local.get 1)
  (func $length (param i32 i32) (result i32) (call $free (local.get 0) (local.get 1)) local.get 1)
  (func $forget (param i32 i32) (call $free (local.get 0) (local.get 1)))
  (func $pass (param i32 i32) (result i32 i32)
    (call $relay (local.get 0) (local.get 1))
    (call $free (local.get 0) (local.get 1)))
  (func $live (result i32) global.get $live)
  (func $call_notify (call $notify))
  (func $unreachable unreachable)
  (func $bounds (drop (i32.load (i32.const 0x7ffffff0))))
  (func $divide (param i32) (result i32) (i32.div_s (i32.const 7) (local.get 0)))
  (func $overflow (param i32) (result i32) (i32.div_s (i32.const 0x80000000) (local.get 0)))
  (func $convert (param f64) (result i32) (i32.trunc_f64_s (local.get 0)))
  (func $recurse (call $recurse))
  (func $null_entry (drop (call_indirect (type $number) (i32.const 0))))
  (func $bad_signature (drop (call_indirect (type $number) (i32.const 1))))
  (func $table_bounds (drop (call_indirect (type $number) (i32.const 9))))

  (@interface import "host" "notify" (func $host_notify))
  (@interface import "host" "relay" (func $host_relay (param string) (result string)))
  (@interface implement (import "host" "notify") call-adapter $host_notify)
  (@interface implement (import "host" "relay") (param i32) (param i32) (result i32) (result i32)
    arg.get 0
    arg.get 1
    memory-to-string
    call-adapter $host_relay
    string-to-memory $malloc)

  (@interface func (export "s8") (param s8) (result s8) arg.get 0)
  (@interface func (export "u8") (param u8) (result u8) arg.get 0)
  (@interface func (export "s16") (param s16) (result s16) arg.get 0)
  (@interface func (export "u16") (param u16) (result u16) arg.get 0)
  (@interface func (export "s32") (param s32) (result s32) arg.get 0)
  (@interface func (export "u32") (param u32) (result u32) arg.get 0)
  (@interface func (export "s64") (param s64) (result s64) arg.get 0)
  (@interface func (export "u64") (param u64) (result u64) arg.get 0)
  (@interface func (export "f32") (param f32) (result f32) arg.get 0)
  (@interface func (export "f64") (param f64) (result f64) arg.get 0)
  (@interface func (export "object") (param externref) (result externref) arg.get 0)
  (@interface func (export "two") (param s32) (param string) (result string) (result s32)
    arg.get 1
    string-to-memory $malloc
    call-core $same
    defer-call-core $free
    memory-to-string
    arg.get 0)
  (@interface func (export "twins") (param string) (param u32) (param string) (result string) (result u32) (result string)
    arg.get 0
    string-to-memory $malloc
    call-core $same
    defer-call-core $free
    memory-to-string
    arg.get 1
    arg.get 2
    string-to-memory $malloc
    call-core $same
    defer-call-core $free
    memory-to-string)
  (@interface func (export "echo") (param string) (result string)
    arg.get 0
    string-to-memory $malloc
    call-core $same
    defer-call-core $free
    memory-to-string)
  (@interface func (export "length") (param string) (result u32)
    arg.get 0
    string-to-memory $malloc
    call-core $length
    i32-to-u32)
  (@interface func (export "forget") (param string)
    arg.get 0
    string-to-memory $malloc
    call-core $forget)
  (@interface func (export "live") (result u32) call-core $live i32-to-u32)
  (@interface func (export "ill-formed") (param i32) (param i32) (result string)
    arg.get 0
    arg.get 1
    memory-to-string)

  (@interface func (export "notify") call-core $call_notify)
  (@interface func (export "relay") (param string) (result string)
    arg.get 0
    string-to-memory $malloc
    call-core $pass
    defer-call-core $free
    memory-to-string)

  (@interface func (export "unreachable") call-core $unreachable)
  (@interface func (export "bounds") call-core $bounds)
  (@interface func (export "divide") (param s32) (result s32) arg.get 0 s32-to-i32 call-core $divide i32-to-s32)
  (@interface func (export "overflow") (param s32) (result s32) arg.get 0 s32-to-i32 call-core $overflow i32-to-s32)
  (@interface func (export "convert") (param f64) (result s32) arg.get 0 call-core $convert i32-to-s32)
  (@interface func (export "recurse") call-core $recurse)
  (@interface func (export "null entry") call-core $null_entry)
  (@interface func (export "bad signature") call-core $bad_signature)
  (@interface func (export "table bounds") call-core $table_bounds))
