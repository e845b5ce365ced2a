;;! check
;; The core module comes first.
(module
  (func $wrong (result i32) i64.const 0)
  (@interface func (type 9))
)

(; EXPECT
error: core.wat: core func 0 "wrong": type mismatch: expected i32, found i64
     --> 4:4
      |
    4 |   (func $wrong (result i32) i64.const 0)
      |    ^
exit 1
;)
