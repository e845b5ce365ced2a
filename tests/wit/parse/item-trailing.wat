;;! check
;; Nothing follows the function of an export.
(module
  (@interface func $f)
  (@interface export "f" (func $f) (func $f)))

(; EXPECT
error: item-trailing.wat: expected `)`
     --> 5:36
      |
    5 |   (@interface export "f" (func $f) (func $f)))
      |                                    ^
exit 1
;)
