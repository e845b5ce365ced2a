;; As wasm-bindgen made modules before 0.2.64: nothing moves a stack pointer, and results of
;; two words are left at the address that is passed first. It counts the bytes in use.
(module
  (memory (export "memory") 1)
  (global $live (mut i32) (i32.const 0))
  (global $next (mut i32) (i32.const 1024))
  (func (export "live_bytes") (result i32) global.get $live)
  (func $malloc (export "__wbindgen_malloc") (param $size i32) (result i32)
    (global.set $live (i32.add (global.get $live) (local.get $size)))
    global.get $next
    (global.set $next
      (i32.and (i32.add (i32.add (global.get $next) (local.get $size)) (i32.const 7)) (i32.const -8))))
  (func (export "__wbindgen_realloc") (param i32 i32 i32) (result i32) unreachable)
  (func $free (export "__wbindgen_free") (param $at i32) (param $size i32)
    (global.set $live (i32.sub (global.get $live) (local.get $size))))
  (func (export "twice") (param $to i32) (param $at i32) (param $size i32) (local $out i32)
    (local.set $out (call $malloc (i32.shl (local.get $size) (i32.const 1))))
    (memory.copy (local.get $out) (local.get $at) (local.get $size))
    (memory.copy (i32.add (local.get $out) (local.get $size)) (local.get $at) (local.get $size))
    (call $free (local.get $at) (local.get $size))
    (i32.store (local.get $to) (local.get $out))
    (i32.store offset=4 (local.get $to) (i32.shl (local.get $size) (i32.const 1))))
  (func (export "boom") (param $to i32) (param $at i32) (param $size i32)
    (call $free (local.get $at) (local.get $size))
    unreachable))
