;;! check
;; Numbers have 32 bits.
(module
  (@interface func
    arg.get 4294967296))

(; EXPECT
error: instr-number-too-large.wat: invalid u32 number: constant out of range
     --> 5:13
      |
    5 |     arg.get 4294967296))
      |             ^
exit 1
;)
