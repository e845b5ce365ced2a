;;! check
;; An export of an adapter that does not exist.
(module
  (@interface func)
  (@interface export "one" (func 0))
  (@interface export "two" (func 1))
)

(; EXPECT
error: bad-export.wat: adapter export 1: adapter func index 1 out of range: the count is 1
     --> 6:15
      |
    6 |   (@interface export "two" (func 1))
      |               ^
exit 1
;)
