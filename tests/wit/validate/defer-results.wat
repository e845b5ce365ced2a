;;! check
;; A deferred call has nowhere to leave results.
(module
  (func $f (param i32) (result i32) local.get 0)
  (@interface func (param i32) (result i32)
    arg.get 0
    defer-call-core $f)
)

(; EXPECT
error: defer-results.wat: adapter func 0: instruction 1 (defer-call-core): deferred call with results: core func 0 is (i32) -> (i32)
     --> 7:5
      |
    7 |     defer-call-core $f)
      |     ^
exit 1
;)
