;;! check
;; Functions are counted imports first, and those inline as well.
(module
  (func $own (export "own"))
  (func $host (import "env" "host") (param i32))
  (import "env" "other" (func))
  (func (param i32)
    i32.const 1)
)

(; EXPECT
error: core-import.wat: import after function
     --> 5:4
      |
    5 |   (func $host (import "env" "host") (param i32))
      |    ^
exit 1
;)
