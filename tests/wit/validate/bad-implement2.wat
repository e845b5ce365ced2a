;;! check
;; The core function that is implemented does not exist.
(module
  (import "" "f" (func))
  (@interface func)
  (@interface implement (func 1) (func 0))
)

(; EXPECT
error: bad-implement2.wat: implement 0: core func index 1 out of range: the count is 1
     --> 6:15
      |
    6 |   (@interface implement (func 1) (func 0))
      |               ^
exit 1
;)
