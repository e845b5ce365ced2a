;;! check
;; There is no such parameter.
(module
  (@interface func (param s32) (param s32) (result s32)
    arg.get 2)
)

(; EXPECT
error: arg-get.wat: adapter func 0: instruction 0 (arg.get): parameter index 2 out of range: the count is 2
     --> 5:5
      |
    5 |     arg.get 2)
      |     ^
exit 1
;)
