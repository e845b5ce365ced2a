;;! check
;; Only strings are written.
(module
  (memory 1)
  (func $malloc (param i32) (result i32) i32.const 0)
  (@interface func (param externref) (result i32) (result i32)
    arg.get 0
    string-to-memory $malloc)
)

(; EXPECT
error: bad-string-to-memory4.wat: adapter func 0: instruction 1 (string-to-memory): expected string, found externref
     --> 8:5
      |
    8 |     string-to-memory $malloc)
      |     ^
exit 1
;)
