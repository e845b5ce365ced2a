;;! check
;; One inline export at most.
(module
  (@interface func (export "a") (export "b")))

(; EXPECT
error: func-two-exports.wat: expected an instruction
     --> 4:33
      |
    4 |   (@interface func (export "a") (export "b")))
      |                                 ^
exit 1
;)
