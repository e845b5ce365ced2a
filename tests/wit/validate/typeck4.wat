;;! check
;; An operand of another type.
(module
  (func $f (param i64 i32))
  (@interface func (param i32) (param i32)
    arg.get 0
    arg.get 1
    call-core $f)
)

(; EXPECT
error: typeck4.wat: adapter func 0: instruction 2 (call-core): expected core type i64, found i32
     --> 8:5
      |
    8 |     call-core $f)
      |     ^
exit 1
;)
