;;! check
;; Two types of one name.
(module
  (@interface type $t (func))
  (@interface type $t (func (param s32))))

(; EXPECT
error: duplicate-type-id.wat: duplicate type identifier `$t`
     --> 5:20
      |
    5 |   (@interface type $t (func (param s32))))
      |                    ^
exit 1
;)
