;;! check
;; Only functions can be imported.
(module
  (@interface import "m" "n" (memory 1)))

(; EXPECT
error: import-memory.wat: expected keyword `func`
     --> 4:31
      |
    4 |   (@interface import "m" "n" (memory 1)))
      |                               ^
exit 1
;)
