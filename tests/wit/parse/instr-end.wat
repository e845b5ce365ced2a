;;! check
;; There is no `end`.
(module
  (@interface func
    end))

(; EXPECT
error: instr-end.wat: unknown instruction `end`
     --> 5:5
      |
    5 |     end))
      |     ^
exit 1
;)
