;;! check
;; Core imports come first.
(module
  (func)
  (@interface func)
  (import "m" "n" (func)))

(; EXPECT
error: core-import-late.wat: import after function
     --> 6:4
      |
    6 |   (import "m" "n" (func)))
      |    ^
exit 1
;)
