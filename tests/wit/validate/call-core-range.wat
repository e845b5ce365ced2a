;;! check
;; There is no such core function.
(module
  (func $f)
  (@interface func
    call-core 1)
)

(; EXPECT
error: call-core-range.wat: adapter func 0: instruction 0 (call-core): core func index 1 out of range: the count is 1
     --> 6:5
      |
    6 |     call-core 1)
      |     ^
exit 1
;)
