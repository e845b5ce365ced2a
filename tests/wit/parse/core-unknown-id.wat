;;! check
;; Core text has its own errors, told in the same way.
(module
  (func
    call $nope)
  (@interface func))

(; EXPECT
error: core-unknown-id.wat: unknown func: failed to find name `$nope`
     --> 5:10
      |
    5 |     call $nope)
      |          ^
exit 1
;)
