;;! check
;; Results are not in reverse.
(module
  (@interface func (param string) (param u8) (result string) (result u8)
    arg.get 1
    arg.get 0)
)

(; EXPECT
error: results-reversed.wat: adapter func 0: end: expected u8, found string
     --> 6:14
      |
    6 |     arg.get 0)
      |              ^
exit 1
;)
