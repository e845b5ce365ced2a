;;! check
;; A type says `func`.
(module
  (@interface type (result s32) (param s32)))

(; EXPECT
error: type-no-func.wat: expected keyword `func`
     --> 4:21
      |
    4 |   (@interface type (result s32) (param s32)))
      |                     ^
exit 1
;)
