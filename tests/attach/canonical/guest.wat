;; Names of the canonical ABI, and no section that tells types.
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "hello, ")
  (global $next (mut i32) (i32.const 1024))
  ;; Gives memory, and never takes any back but after a call: see below.
  (func $realloc (export "cabi_realloc") (param i32 i32 i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
    (global.set $next (i32.add (local.get $at) (local.get $size)))
    (block $enough
      (br_if $enough
        (i32.le_u (global.get $next) (i32.mul (memory.size) (i32.const 65536))))
      (br_if $enough
        (i32.ne (i32.const -1)
          (memory.grow (i32.add (i32.shr_u (local.get $size) (i32.const 16)) (i32.const 1)))))
      unreachable)
    (local.get $at))
  (func (export "greet") (param $name i32) (param $size i32) (result i32)
    (local $pair i32) (local $text i32)
    (local.set $pair
      (call $realloc (i32.const 0) (i32.const 0) (i32.const 4)
        (i32.add (local.get $size) (i32.const 15))))
    (local.set $text (i32.add (local.get $pair) (i32.const 8)))
    (i32.store (local.get $pair) (local.get $text))
    (i32.store offset=4 (local.get $pair) (i32.add (local.get $size) (i32.const 7)))
    (memory.copy (local.get $text) (i32.const 16) (i32.const 7))
    (memory.copy (i32.add (local.get $text) (i32.const 7)) (local.get $name) (local.get $size))
    (local.get $pair))
  (func (export "cabi_post_greet") (param i32)
    (global.set $next (i32.const 1024)))
  ;; A record is its fields.
  (func (export "norm") (param $x i32) (param $y i32) (result i32)
    (i32.add (local.get $x) (local.get $y))))
