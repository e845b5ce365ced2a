;;! check
;; There are no folded instructions.
(module
  (@interface func (param i32) (result s8)
    (i32-to-s8 (arg.get 0))))

(; EXPECT
error: instr-folded.wat: expected an instruction
     --> 5:5
      |
    5 |     (i32-to-s8 (arg.get 0))))
      |     ^
exit 1
;)
