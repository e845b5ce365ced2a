;;! check
;; No core function of this name; adapters do not count.
(module
  (@interface func $f
    call-core $f))

(; EXPECT
error: unknown-call-core.wat: unknown func: failed to find name `$f`
     --> 5:15
      |
    5 |     call-core $f))
      |               ^
exit 1
;)
