;;! check
;; Forms do not stand next to the strings.
(module binary
  "\00asm\01\00\00\00"
  (@interface type (func)))

(; EXPECT
error: file-binary-form.wat: `(module binary ...)` takes no `@interface` forms beside its strings
     --> 5:3
      |
    5 |   (@interface type (func)))
      |   ^
exit 1
;)
