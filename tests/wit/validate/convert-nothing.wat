;;! check
;; A conversion wants an operand.
(module
  (@interface func (result u8)
    i32-to-u8)
)

(; EXPECT
error: convert-nothing.wat: adapter func 0: instruction 0 (i32-to-u8): expected i32, found nothing
     --> 5:5
      |
    5 |     i32-to-u8)
      |     ^
exit 1
;)
