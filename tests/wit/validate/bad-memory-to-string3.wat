;;! check
;; Memory 0 is meant, and there is none.
(module
  (@interface func (param i32) (param i32) (result string)
    arg.get 0
    arg.get 1
    memory-to-string)
)

(; EXPECT
error: bad-memory-to-string3.wat: adapter func 0: instruction 2 (memory-to-string): memory index 0 out of range: the count is 0
     --> 7:5
      |
    7 |     memory-to-string)
      |     ^
exit 1
;)
