;;! check
;; Implemented by an adapter that does not exist.
(module
  (import "" "f" (func))
  (@interface implement (func 0) (func 3))
)

(; EXPECT
error: bad-implement.wat: implement 0: adapter func index 3 out of range: the count is 0
     --> 5:15
      |
    5 |   (@interface implement (func 0) (func 3))
      |               ^
exit 1
;)
