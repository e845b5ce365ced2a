;;! check
;; The first violation is told, in the order of the subsections: this is the import.
(module
  (@interface implement (func 9) (func 9))
  (@interface export "x" (func 9))
  (@interface func (type 9))
  (@interface import "m" "n" (func (type 9)))
)

(; EXPECT
error: order.wat: adapter import 0: adapter type index 9 out of range: the count is 0
     --> 7:15
      |
    7 |   (@interface import "m" "n" (func (type 9)))
      |               ^
exit 1
;)
