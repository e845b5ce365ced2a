;;! check
;; The identifier comes first.
(module
  (@interface func (export "a") $a))

(; EXPECT
error: func-id-after-export.wat: expected an instruction
     --> 4:33
      |
    4 |   (@interface func (export "a") $a))
      |                                 ^
exit 1
;)
