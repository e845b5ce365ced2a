;;! check
;; Neither memory nor allocator exist; the memory is looked at first.
(module
  (@interface func (param string) (result i32) (result i32)
    arg.get 0
    string-to-memory 9 8)
)

(; EXPECT
error: bad-string-to-memory3.wat: adapter func 0: instruction 1 (string-to-memory): memory index 8 out of range: the count is 0
     --> 6:5
      |
    6 |     string-to-memory 9 8)
      |     ^
exit 1
;)
