;;! check
;; The allocator does not exist; the memory is looked at first, and does.
(module
  (memory 1)
  (@interface func (param string) (result i32) (result i32)
    arg.get 0
    string-to-memory 9)
)

(; EXPECT
error: bad-string-to-memory2.wat: adapter func 0: instruction 1 (string-to-memory): core func index 9 out of range: the count is 0
     --> 7:5
      |
    7 |     string-to-memory 9)
      |     ^
exit 1
;)
