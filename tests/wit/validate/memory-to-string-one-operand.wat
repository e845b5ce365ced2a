;;! check
;; The address is missing.
(module
  (memory 1)
  (@interface func (param i32) (result string)
    arg.get 0
    memory-to-string)
)

(; EXPECT
error: memory-to-string-one-operand.wat: adapter func 0: instruction 1 (memory-to-string): expected i32, found nothing
     --> 7:5
      |
    7 |     memory-to-string)
      |     ^
exit 1
;)
