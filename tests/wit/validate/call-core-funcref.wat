;;! check
;; A core function whose result no adapter can take.
(module
  (func $f (result i32 funcref) unreachable)
  (@interface func (result i32)
    call-core $f)
)

(; EXPECT
error: call-core-funcref.wat: adapter func 0: instruction 0 (call-core): core type funcref has no interface counterpart
     --> 6:5
      |
    6 |     call-core $f)
      |     ^
exit 1
;)
