;;! check
;; One type to a parameter, unlike in core text.
(module
  (@interface func (param s32 s64)))

(; EXPECT
error: param-two-types.wat: expected `)`
     --> 4:31
      |
    4 |   (@interface func (param s32 s64)))
      |                               ^
exit 1
;)
