;;! check
;; One type to a result, unlike in core text.
(module
  (@interface type (func (result s32 s64))))

(; EXPECT
error: result-two-types.wat: expected `)`
     --> 4:38
      |
    4 |   (@interface type (func (result s32 s64))))
      |                                      ^
exit 1
;)
