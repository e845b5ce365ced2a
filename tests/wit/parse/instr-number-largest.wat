;;! check
;; Numbers are only compared with what is there by validation.
(module
  (@interface func
    arg.get 4294967295))

(; EXPECT
error: instr-number-largest.wat: adapter func 0: instruction 0 (arg.get): parameter index 4294967295 out of range: the count is 0
     --> 5:5
      |
    5 |     arg.get 4294967295))
      |     ^
exit 1
;)
