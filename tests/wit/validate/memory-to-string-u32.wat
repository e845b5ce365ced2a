;;! check
;; An address is an i32.
(module
  (memory 1)
  (@interface func (param u32) (param i32) (result string)
    arg.get 0
    arg.get 1
    memory-to-string)
)

(; EXPECT
error: memory-to-string-u32.wat: adapter func 0: instruction 2 (memory-to-string): expected i32, found u32
     --> 8:5
      |
    8 |     memory-to-string)
      |     ^
exit 1
;)
