;;! check
;; A later function cannot be called.
(module
  (@interface func $a
    call-adapter $b)
  (@interface func $b)
)

(; EXPECT
error: call-adapter-forward.wat: adapter func 0: instruction 0 (call-adapter): adapter func index 1 out of range: only functions up to this one, 0, can be called
     --> 5:5
      |
    5 |     call-adapter $b)
      |     ^
exit 1
;)
