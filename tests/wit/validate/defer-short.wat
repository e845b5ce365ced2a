;;! check
;; Too few operands for a deferred call.
(module
  (func $free (param i32 i32))
  (@interface func (param i32) (result i32)
    arg.get 0
    defer-call-core $free)
)

(; EXPECT
error: defer-short.wat: adapter func 0: instruction 1 (defer-call-core): expected core type i32, found nothing
     --> 7:5
      |
    7 |     defer-call-core $free)
      |     ^
exit 1
;)
