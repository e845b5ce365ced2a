;;! check
;; There is no such core function to defer.
(module
  (@interface func
    defer-call-core 0)
)

(; EXPECT
error: defer-range.wat: adapter func 0: instruction 0 (defer-call-core): core func index 0 out of range: the count is 0
     --> 5:5
      |
    5 |     defer-call-core 0)
      |     ^
exit 1
;)
