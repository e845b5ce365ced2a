;;! check
;; What has an identifier is one parameter.
(module
  (@interface func (param $a s32 s64)))

(; EXPECT
error: param-id-two-types.wat: expected `)`
     --> 4:34
      |
    4 |   (@interface func (param $a s32 s64)))
      |                                  ^
exit 1
;)
