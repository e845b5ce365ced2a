;;! check
;; Imports and bodies share their names.
(module
  (@interface func $f)
  (@interface import "m" "f" (func $f)))

(; EXPECT
error: duplicate-func-id.wat: duplicate adapter func identifier `$f`
     --> 5:36
      |
    5 |   (@interface import "m" "f" (func $f)))
      |                                    ^
exit 1
;)
