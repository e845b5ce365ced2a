;;! check
;; Forms stand inside the module.
(@interface type (func))
(module)

(; EXPECT
error: file-form-before-module.wat: `@interface` forms belong inside `(module ...)`
     --> 4:1
      |
    4 | (module)
      | ^
exit 1
;)
