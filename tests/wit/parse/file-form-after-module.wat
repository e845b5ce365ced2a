;;! check
;; Nothing follows the module.
(module)
(@interface type (func))

(; EXPECT
error: file-form-after-module.wat: expected the end of the file after `(module ...)`
     --> 4:1
      |
    4 | (@interface type (func))
      | ^
exit 1
;)
