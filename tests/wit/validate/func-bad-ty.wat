;;! check
;; The type of a function does not exist.
(module
  (@interface type (func))
  (@interface func (type 0))
  (@interface func (type 1))
)

(; EXPECT
error: func-bad-ty.wat: adapter func 1: adapter type index 1 out of range: the count is 1
     --> 6:15
      |
    6 |   (@interface func (type 1))
      |               ^
exit 1
;)
