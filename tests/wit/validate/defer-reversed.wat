;;! check
;; The operands of a deferred call are not in reverse.
(module
  (func $free (param i32 i64))
  (@interface func (param i32) (param i64) (result i64) (result i32)
    arg.get 1
    arg.get 0
    defer-call-core $free)
)

(; EXPECT
error: defer-reversed.wat: adapter func 0: instruction 2 (defer-call-core): expected core type i64, found i32
     --> 8:5
      |
    8 |     defer-call-core $free)
      |     ^
exit 1
;)
