;;! check
;; Text in a 64-bit memory has no i32 address.
(module
  (memory $m i64 1)
  (@interface func (param i32) (param i32) (result string)
    arg.get 0
    arg.get 1
    memory-to-string $m)
)

(; EXPECT
error: memory64.wat: adapter func 0: instruction 2 (memory-to-string): memory 0 is 64-bit
     --> 8:5
      |
    8 |     memory-to-string $m)
      |     ^
exit 1
;)
