;;! check
;; Numbers have no sign.
(module
  (@interface func
    arg.get -1))

(; EXPECT
error: instr-number-negative.wat: invalid u32 number: constant out of range
     --> 5:13
      |
    5 |     arg.get -1))
      |             ^
exit 1
;)
