;;! check
;; A body written in place is not exported.
(module
  (import "m" "f" (func $f))
  (@interface implement (func $f) (export "f")))

(; EXPECT
error: implement-export.wat: expected an instruction
     --> 5:35
      |
    5 |   (@interface implement (func $f) (export "f")))
      |                                   ^
exit 1
;)
