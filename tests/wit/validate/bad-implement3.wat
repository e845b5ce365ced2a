;;! check
;; A function of the core itself cannot be implemented.
(module
  (import "" "f" (func))
  (func $own)
  (@interface func)
  (@interface implement (func $own) (func 0))
)

(; EXPECT
error: bad-implement3.wat: implement 0: the target, core func 1, is not an imported function
     --> 7:15
      |
    7 |   (@interface implement (func $own) (func 0))
      |               ^
exit 1
;)
