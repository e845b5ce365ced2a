;;! check
;; No type of this name; core types do not count.
(module
  (type $t (func))
  (@interface func (type $t)))

(; EXPECT
error: unknown-type.wat: unknown type: failed to find name `$t`
     --> 5:26
      |
    5 |   (@interface func (type $t)))
      |                          ^
exit 1
;)
