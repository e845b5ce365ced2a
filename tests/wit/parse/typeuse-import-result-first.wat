;;! check
;; The same where there is no body.
(module
  (@interface import "m" "n" (func (result s32) (param s32))))

(; EXPECT
error: typeuse-import-result-first.wat: expected `)`
     --> 4:49
      |
    4 |   (@interface import "m" "n" (func (result s32) (param s32))))
      |                                                 ^
exit 1
;)
