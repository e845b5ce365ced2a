;;! check
;; Functions are counted imports first, and those inline as well.
(module
  (func $host (import "env" "host") (param i32))
  (import "env" "other" (func))
  (func $own (export "own"))
  (func (param i32)
    i32.const 1)
  (func)
)

(; EXPECT
error: core-import.wat: core func 3: type mismatch: values remaining on stack at end of block
     --> 7:4
      |
    7 |   (func (param i32)
      |    ^
exit 1
;)
