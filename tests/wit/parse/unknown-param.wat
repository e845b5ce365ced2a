;;! check
;; No parameter of this name.
(module
  (@interface func (param s8) (param $b s8)
    arg.get $a))

(; EXPECT
error: unknown-param.wat: unknown local: failed to find name `$a`
     --> 5:13
      |
    5 |     arg.get $a))
      |             ^
exit 1
;)
