;;! check
;; Two parameters of one name.
(module
  (@interface func (param $x s32) (param $y s32) (param $x s32)))

(; EXPECT
error: duplicate-param-id.wat: duplicate local identifier `$x`
     --> 4:57
      |
    4 |   (@interface func (param $x s32) (param $y s32) (param $x s32)))
      |                                                         ^
exit 1
;)
