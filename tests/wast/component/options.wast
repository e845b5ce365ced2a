;; Options of lifted functions: parameters and results in memory, what is called after a
;; result was read, and what may be called when.

;; Seventeen core values: the tuple of all parameters comes first, then what is in them.
(component
  (core module $m
    (memory (export "memory") 1)
    (global $at (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.set $at (i32.and (i32.add (global.get $at) (i32.const 15)) (i32.const -16)))
      (global.get $at)
      (global.set $at (i32.add (global.get $at) (local.get 3))))
    (func (export "last") (param i32) (result i32)
      ;; fifteen u32, then two strings
      (i32.store (i32.const 16) (i32.load offset=68 (local.get 0)))
      (i32.store (i32.const 20) (i32.load offset=72 (local.get 0)))
      (i32.const 16))
    (func (export "sum") (param $at i32) (result i32)
      (local $i i32) (local $sum i32)
      (loop $next
        (local.set $sum (i32.add (local.get $sum)
          (i32.load (i32.add (local.get $at) (i32.mul (local.get $i) (i32.const 4))))))
        (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 15))))
      (local.get $sum)))
  (core instance $i (instantiate $m))
  (func (export "last") (param "p0" u32) (param "p1" u32) (param "p2" u32) (param "p3" u32) (param "p4" u32) (param "p5" u32) (param "p6" u32) (param "p7" u32) (param "p8" u32) (param "p9" u32) (param "p10" u32) (param "p11" u32) (param "p12" u32) (param "p13" u32) (param "p14" u32) (param "a" string) (param "b" string) (result string)
    (canon lift (core func $i "last") (memory $i "memory") (realloc (func $i "realloc"))))
  (func (export "sum") (param "p0" u32) (param "p1" u32) (param "p2" u32) (param "p3" u32) (param "p4" u32) (param "p5" u32) (param "p6" u32) (param "p7" u32) (param "p8" u32) (param "p9" u32) (param "p10" u32) (param "p11" u32) (param "p12" u32) (param "p13" u32) (param "p14" u32) (param "a" string) (param "b" string) (result u32)
    (canon lift (core func $i "sum") (memory $i "memory") (realloc (func $i "realloc")))))
(assert_return (invoke "last" (u32.const 1) (u32.const 2) (u32.const 3) (u32.const 4) (u32.const 5) (u32.const 6) (u32.const 7) (u32.const 8) (u32.const 9) (u32.const 10) (u32.const 11) (u32.const 12) (u32.const 13) (u32.const 14) (u32.const 15) (str.const "a") (str.const "\c3\a9 b")) (str.const "\c3\a9 b"))
(assert_return (invoke "sum" (u32.const 1) (u32.const 2) (u32.const 3) (u32.const 4) (u32.const 5) (u32.const 6) (u32.const 7) (u32.const 8) (u32.const 9) (u32.const 10) (u32.const 11) (u32.const 12) (u32.const 13) (u32.const 14) (u32.const 15) (str.const "") (str.const "")) (u32.const 120))

;; A result in memory: where it may lie.
(component definition $Result
  (core module $m
    (memory (export "memory") 1)
    (func (export "id") (param i32) (result i32) (local.get 0)))
  (core instance $i (instantiate $m))
  (func (export "at") (param "at" u32) (result (tuple u64 u32))
    (canon lift (core func $i "id") (memory $i "memory"))))
(component instance $i $Result)
(assert_return (invoke "at" (u32.const 65520)) (tuple.const (u64.const 0) (u32.const 0)))
(assert_trap (invoke "at" (u32.const 65528)) "out of bounds")
(component instance $i $Result)
(assert_trap (invoke "at" (u32.const 4)) "unaligned pointer")
(component instance $i $Result)
(assert_trap (invoke "at" (u32.const 0xfffffff8)) "out of bounds")

;; What is called after a call: once, with what the core returned, and not after a
;; failure.
(component definition $Post
  (core module $counter
    (memory (export "memory") 1)
    (global $count (mut i32) (i32.const 0))
    (global $with (mut i32) (i32.const 0))
    (func (export "f") (param i32) (result i32) (local.get 0))
    (func (export "post") (param i32)
      (global.set $with (local.get 0))
      (global.set $count (i32.add (global.get $count) (i32.const 1))))
    (func (export "count") (result i32) (global.get $count))
    (func (export "with") (result i32) (global.get $with)))
  (core instance $i (instantiate $counter))
  (func (export "number") (param "x" u32) (result u32)
    (canon lift (core func $i "f") (post-return (func $i "post"))))
  (func (export "text") (param "at" u32) (result string)
    (canon lift (core func $i "f") (memory $i "memory") (post-return (func $i "post"))))
  (func (export "count") (result u32) (canon lift (core func $i "count")))
  (func (export "with") (result u32) (canon lift (core func $i "with"))))
(component instance $p $Post)
(assert_return (invoke "count") (u32.const 0))
(assert_return (invoke "number" (u32.const 9)) (u32.const 9))
(assert_return (invoke "count") (u32.const 1))
(assert_return (invoke "with") (u32.const 9))
(assert_return (invoke "text" (u32.const 64)) (str.const ""))
(assert_return (invoke "count") (u32.const 2))
(assert_return (invoke "with") (u32.const 64))
(assert_trap (invoke "text" (u32.const 65535)) "unaligned pointer")

;; Neither there nor in the allocator may an import be called.
(component definition $Leaves
  (import "host-return-two" (func $two (result u32)))
  (core func $two (canon lower (func $two)))
  (core module $m
    (import "" "two" (func $two (result i32)))
    (memory (export "memory") 1)
    (func (export "f") (result i32) (call $two))
    (func (export "take") (param i32 i32))
    (func (export "post") (param i32) (drop (call $two)))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (call $two)))
  (core instance $i (instantiate $m
    (with "" (instance (export "two" (func $two))))))
  (func (export "two") (result u32) (canon lift (core func $i "f")))
  (func (export "after") (result u32)
    (canon lift (core func $i "f") (post-return (func $i "post"))))
  (func (export "allocates") (param "s" string)
    (canon lift (core func $i "take") (memory $i "memory") (realloc (func $i "realloc")))))
(component instance $l $Leaves)
(assert_return (invoke "two") (u32.const 2))
(assert_trap (invoke "after") "cannot leave component instance")
(component instance $l $Leaves)
(assert_trap (invoke "allocates" (str.const "x")) "cannot leave component instance")

;; A trap ends that instance, and no other.
(component definition $Trap
  (core module $m
    (func (export "trap") unreachable)
    (func (export "ok") (result i32) (i32.const 1)))
  (core instance $i (instantiate $m))
  (func (export "trap") (canon lift (core func $i "trap")))
  (func (export "ok") (result u32) (canon lift (core func $i "ok"))))
(component instance $a $Trap)
(component instance $b $Trap)
(assert_trap (invoke $a "trap") "unreachable")
(assert_trap (invoke $a "ok") "cannot enter component instance")
(assert_return (invoke $b "ok") (u32.const 1))
(assert_trap
  (component
    (core module $m (func $f unreachable) (start $f))
    (core instance (instantiate $m)))
  "unreachable")
