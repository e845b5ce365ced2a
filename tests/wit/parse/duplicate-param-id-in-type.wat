;;! check
;; The same in a type that nobody uses.
(module
  (@interface type (func (param $x s32) (param $x s32))))

(; EXPECT
error: duplicate-param-id-in-type.wat: duplicate local identifier `$x`
     --> 4:48
      |
    4 |   (@interface type (func (param $x s32) (param $x s32))))
      |                                                ^
exit 1
;)
