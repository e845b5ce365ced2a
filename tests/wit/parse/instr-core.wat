;;! check
;; Core instructions are none of ours.
(module
  (@interface func (result i32)
    i32.const 1))

(; EXPECT
error: instr-core.wat: unknown instruction `i32.const`
     --> 5:5
      |
    5 |     i32.const 1))
      |     ^
exit 1
;)
