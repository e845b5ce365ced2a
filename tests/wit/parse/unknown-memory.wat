;;! check
;; No core memory of this name.
(module
  (memory 1)
  (@interface func (param i32) (param i32) (result string)
    arg.get 0
    arg.get 1
    memory-to-string $mem))

(; EXPECT
error: unknown-memory.wat: unknown memory: failed to find name `$mem`
     --> 8:22
      |
    8 |     memory-to-string $mem))
      |                      ^
exit 1
;)
