;;! check
;; A script is known and not supported.
(assert_invalid (module (func (result i32))) "type mismatch")

(; EXPECT
error: file-script.wat: a script is not supported: expected one core module
     --> 3:2
      |
    3 | (assert_invalid (module (func (result i32))) "type mismatch")
      |  ^
exit 1
;)
