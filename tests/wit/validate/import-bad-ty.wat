;;! check
;; The type of an import does not exist.
(module
  (@interface import "m" "n" (func (type 0)))
)

(; EXPECT
error: import-bad-ty.wat: adapter import 0: adapter type index 0 out of range: the count is 0
     --> 4:15
      |
    4 |   (@interface import "m" "n" (func (type 0)))
      |               ^
exit 1
;)
