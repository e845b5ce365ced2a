;;! check
;; A number beyond all types is left to validation.
(module
  (@interface type (func))
  (@interface func (type 1) (param s32)))

(; EXPECT
error: typeuse-out-of-range.wat: adapter func 0: adapter type index 1 out of range: the count is 1
     --> 5:15
      |
    5 |   (@interface func (type 1) (param s32)))
      |               ^
exit 1
;)
