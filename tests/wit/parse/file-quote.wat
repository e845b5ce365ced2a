;;! check
;; A quoted module belongs into scripts.
(module $m quote "(func)")

(; EXPECT
error: file-quote.wat: a quoted module is not supported: expected one core module
     --> 3:12
      |
    3 | (module $m quote "(func)")
      |            ^
exit 1
;)
