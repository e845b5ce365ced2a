;;! check
;; No adapter of this name; core functions do not count.
(module
  (func $f)
  (@interface func
    call-adapter $f))

(; EXPECT
error: unknown-call-adapter.wat: unknown adapter func: failed to find name `$f`
     --> 6:18
      |
    6 |     call-adapter $f))
      |                  ^
exit 1
;)
