;;! check
;; Results come after parameters.
(module
  (@interface func (result s32) (param s32)
    arg.get 0))

(; EXPECT
error: typeuse-result-first.wat: expected an instruction
     --> 4:33
      |
    4 |   (@interface func (result s32) (param s32)
      |                                 ^
exit 1
;)
