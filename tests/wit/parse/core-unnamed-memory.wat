;;! check
;; Names that core text makes up cannot be used.
(module
  (memory (export "m") 1)
  (@interface func (param i32) (param i32) (result string)
    arg.get 0
    arg.get 1
    memory-to-string $gensym))

(; EXPECT
error: core-unnamed-memory.wat: unknown memory: failed to find name `$gensym`
     --> 8:22
      |
    8 |     memory-to-string $gensym))
      |                      ^
exit 1
;)
