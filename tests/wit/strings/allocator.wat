;;! run --imports=print two '"abc"' '""'
;;! run --imports=print two '"é"' '"漢字"'
;; The allocator is called once for each string, in the order of the
;; instructions, with the exact number of UTF-8 bytes, also when that is 0.
(module
  (import "env" "asked" (func $asked (param i32)))
  (memory 1)
  (global $next (mut i32) (i32.const 8))
  (func $alloc (param i32) (result i32)
    (call $asked (local.get 0))
    (global.get $next)
    (global.set $next (i32.add (global.get $next) (local.get 0))))
  (func $sum (param i32 i32 i32 i32) (result i32)
    (i32.add (local.get 1) (local.get 3)))
  (@interface func (export "two") (param string) (param string) (result u32)
    arg.get 0
    string-to-memory $alloc
    arg.get 1
    string-to-memory $alloc
    call-core $sum
    i32-to-u32))

(; EXPECT
;;! run --imports=print two '"abc"' '""'
3
env.asked(3)
env.asked(0)
;;! run --imports=print two '"é"' '"漢字"'
8
env.asked(2)
env.asked(6)
;)
