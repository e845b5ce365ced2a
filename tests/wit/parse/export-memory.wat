;;! check
;; Only functions can be exported.
(module
  (memory $m 1)
  (@interface export "memory" (memory $m)))

(; EXPECT
error: export-memory.wat: expected keyword `func`
     --> 5:32
      |
    5 |   (@interface export "memory" (memory $m)))
      |                                ^
exit 1
;)
