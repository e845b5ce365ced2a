;;! check
;; The core module comes first.
(module
  (func $wrong (result i32) i64.const 0)
  (@interface func (type 9))
)

(; EXPECT
error: core.wat: the text's core module: core func 0 "wrong": type mismatch: expected i32, found i64
exit 1
;)
