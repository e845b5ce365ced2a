;;! check
;; An index must follow.
(module
  (@interface func
    call-core))

(; EXPECT
error: instr-no-immediate.wat: unexpected token, expected an index or an identifier
     --> 5:14
      |
    5 |     call-core))
      |              ^
exit 1
;)
