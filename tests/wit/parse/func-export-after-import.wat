;;! check
;; An inline export comes before the import.
(module
  (@interface func (import "m" "n") (export "a")))

(; EXPECT
error: func-export-after-import.wat: expected `)`
     --> 4:37
      |
    4 |   (@interface func (import "m" "n") (export "a")))
      |                                     ^
exit 1
;)
