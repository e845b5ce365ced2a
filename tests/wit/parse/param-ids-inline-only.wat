;;! check
;; With parameters of its own a function has no other names.
(module
  (@interface type $t (func (param $a s8)))
  (@interface func (type $t) (param $b s8)
    arg.get $a))

(; EXPECT
error: param-ids-inline-only.wat: unknown local: failed to find name `$a`
     --> 6:13
      |
    6 |     arg.get $a))
      |             ^
exit 1
;)
