;;! check
;; An error in validation is told with the place in the text.
(module
  (@interface func (param s32) (result u32)
    arg.get 0))

(; EXPECT
error: place-validation.wat: adapter func 0: end: expected u32, found s32
     --> 5:14
      |
    5 |     arg.get 0))
      |              ^
exit 1
;)
