;;! check
;; A word that is no instruction.
(module
  (@interface func (result s8)
    i32-to-s8y))

(; EXPECT
error: instr-unknown.wat: unknown instruction `i32-to-s8y`
     --> 5:5
      |
    5 |     i32-to-s8y))
      |     ^
exit 1
;)
