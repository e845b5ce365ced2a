;;! check
;; No core function of this name.
(module
  (memory $mem 1)
  (@interface func (param string)
    arg.get 0
    string-to-memory $mem $mem))

(; EXPECT
error: unknown-allocator.wat: unknown func: failed to find name `$mem`
     --> 7:22
      |
    7 |     string-to-memory $mem $mem))
      |                      ^
exit 1
;)
