;;! check
;; A number is no instruction.
(module
  (@interface func (param s8) (param s8)
    arg.get 0 1))

(; EXPECT
error: instr-number.wat: expected an instruction
     --> 5:15
      |
    5 |     arg.get 0 1))
      |               ^
exit 1
;)
