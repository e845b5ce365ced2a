;;! check
;; One core import, two answers.
(module
  (import "" "f" (func $f))
  (import "" "g" (func $g))
  (@interface func $a)
  (@interface func $b)
  (@interface implement (func $f) (func $a))
  (@interface implement (func $g) (func $a))
  (@interface implement (func $f) (func $b))
)

(; EXPECT
error: implement-twice.wat: implement 2: core func 0 is implemented twice
     --> 10:15
      |
   10 |   (@interface implement (func $f) (func $b))
      |               ^
exit 1
;)
