;;! check
;; Text in a shared memory may change while it is read.
(module
  (memory 1)
  (memory $m 1 1 shared)
  (func $alloc (param i32) (result i32) i32.const 0)
  (@interface func (param string) (result i32) (result i32)
    arg.get 0
    string-to-memory $alloc $m)
)

(; EXPECT
error: memory-shared.wat: adapter func 0: instruction 1 (string-to-memory): memory 1 is shared
     --> 9:5
      |
    9 |     string-to-memory $alloc $m)
      |     ^
exit 1
;)
