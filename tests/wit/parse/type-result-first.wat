;;! check
;; Parameters come before results.
(module
  (@interface type (func (result s32) (param s32))))

(; EXPECT
error: type-result-first.wat: expected `)`
     --> 4:39
      |
    4 |   (@interface type (func (result s32) (param s32))))
      |                                       ^
exit 1
;)
