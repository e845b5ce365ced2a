;;! check
;; An import has two names.
(module
  (@interface import "m" (func)))

(; EXPECT
error: import-one-name.wat: expected a string
     --> 4:26
      |
    4 |   (@interface import "m" (func)))
      |                          ^
exit 1
;)
