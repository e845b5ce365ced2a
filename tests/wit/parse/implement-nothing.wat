;;! check
;; It says what is implemented.
(module
  (@interface implement))

(; EXPECT
error: implement-nothing.wat: expected `(func ...)` or `(import ...)`
     --> 4:24
      |
    4 |   (@interface implement))
      |                        ^
exit 1
;)
