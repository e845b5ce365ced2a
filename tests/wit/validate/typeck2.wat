;;! check
;; The result is of another type.
(module
  (@interface func (param s32) (result u32)
    arg.get 0)
)

(; EXPECT
error: typeck2.wat: adapter func 0: end: expected u32, found s32
     --> 5:14
      |
    5 |     arg.get 0)
      |              ^
exit 1
;)
