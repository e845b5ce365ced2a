;;! check
;; A value too many at the end.
(module
  (@interface func (param s32) (param string) (result string)
    arg.get 0
    arg.get 1)
)

(; EXPECT
error: left-over.wat: adapter func 0: end: values left over: 1
     --> 6:14
      |
    6 |     arg.get 1)
      |              ^
exit 1
;)
