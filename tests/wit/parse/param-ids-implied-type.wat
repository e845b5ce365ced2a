;;! check
;; A number does not bring the names of an implied type.
(module
  (@interface func (param $a s8) (result s8)
    arg.get $a)
  (@interface func (type 0)
    arg.get $a))

(; EXPECT
error: param-ids-implied-type.wat: unknown local: failed to find name `$a`
     --> 7:13
      |
    7 |     arg.get $a))
      |             ^
exit 1
;)
