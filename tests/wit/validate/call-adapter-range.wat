;;! check
;; There is no such adapter.
(module
  (@interface import "" "" (func))
  (@interface func
    call-adapter 0
    call-adapter 7)
)

(; EXPECT
error: call-adapter-range.wat: adapter func 1: instruction 1 (call-adapter): adapter func index 7 out of range: only functions up to this one, 1, can be called
     --> 7:5
      |
    7 |     call-adapter 7)
      |     ^
exit 1
;)
