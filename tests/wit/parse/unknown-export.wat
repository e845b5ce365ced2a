;;! check
;; No adapter of this name; core functions do not count.
(module
  (func $f)
  (@interface export "f" (func $f)))

(; EXPECT
error: unknown-export.wat: unknown adapter func: failed to find name `$f`
     --> 5:32
      |
    5 |   (@interface export "f" (func $f)))
      |                                ^
exit 1
;)
