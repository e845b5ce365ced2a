;;! check
;; A signed number is no core number.
(module
  (func $f (param i32))
  (@interface func (param s32)
    arg.get 0
    call-core $f)
)

(; EXPECT
error: i32-vs-s32.wat: adapter func 0: instruction 1 (call-core): expected core type i32, found s32
     --> 7:5
      |
    7 |     call-core $f)
      |     ^
exit 1
;)
