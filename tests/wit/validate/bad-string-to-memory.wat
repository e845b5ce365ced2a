;;! check
;; An allocator takes a length and returns an address.
(module
  (memory 1)
  (func $malloc (param i32 i32) (result i32) i32.const 0)
  (@interface func (param string) (result i32) (result i32)
    arg.get 0
    string-to-memory $malloc)
)

(; EXPECT
error: bad-string-to-memory.wat: adapter func 0: instruction 1 (string-to-memory): allocator has the wrong signature: core func 0 is (i32, i32) -> (i32), not (i32) -> (i32)
     --> 8:5
      |
    8 |     string-to-memory $malloc)
      |     ^
exit 1
;)
