;;! check
;; A memory is named, and there is none.
(module
  (@interface func (param i32) (param i32) (result string)
    arg.get 0
    arg.get 1
    memory-to-string 3)
)

(; EXPECT
error: bad-memory-to-string2.wat: adapter func 0: instruction 2 (memory-to-string): memory index 3 out of range: the count is 0
     --> 7:5
      |
    7 |     memory-to-string 3)
      |     ^
exit 1
;)
