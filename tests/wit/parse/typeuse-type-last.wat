;;! check
;; `(type ..)` comes before parameters.
(module
  (@interface type $t (func (param s32)))
  (@interface func (param s32) (type $t)))

(; EXPECT
error: typeuse-type-last.wat: expected an instruction
     --> 5:32
      |
    5 |   (@interface func (param s32) (type $t)))
      |                                ^
exit 1
;)
