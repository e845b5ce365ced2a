;;! check
;; Too few operands.
(module
  (func $f (param i32 i32))
  (@interface func (param i32)
    arg.get 0
    call-core $f)
)

(; EXPECT
error: typeck3.wat: adapter func 0: instruction 1 (call-core): expected core type i32, found nothing
     --> 7:5
      |
    7 |     call-core $f)
      |     ^
exit 1
;)
