;;! check
;; An implement item has no identifier.
(module
  (import "m" "f" (func $f))
  (@interface implement $i (func $f)))

(; EXPECT
error: implement-id.wat: expected `(func ...)` or `(import ...)`
     --> 5:25
      |
    5 |   (@interface implement $i (func $f)))
      |                         ^
exit 1
;)
