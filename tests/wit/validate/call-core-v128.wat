;;! check
;; A core function whose parameter no adapter can give.
(module
  (func $f (param v128))
  (@interface func (param i64)
    arg.get 0
    call-core $f)
)

(; EXPECT
error: call-core-v128.wat: adapter func 0: instruction 1 (call-core): expected core type v128, found i64
     --> 7:5
      |
    7 |     call-core $f)
      |     ^
exit 1
;)
