;;! check
;; A conversion wants its own operand type.
(module
  (@interface func (param i32) (result u8)
    arg.get 0
    i64-to-u8)
)

(; EXPECT
error: convert-operand.wat: adapter func 0: instruction 1 (i64-to-u8): expected i64, found i32
     --> 6:5
      |
    6 |     i64-to-u8)
      |     ^
exit 1
;)
