;;! check
;; No core function of this name.
(module
  (@interface func
    defer-call-core $free))

(; EXPECT
error: unknown-defer.wat: unknown func: failed to find name `$free`
     --> 5:21
      |
    5 |     defer-call-core $free))
      |                     ^
exit 1
;)
