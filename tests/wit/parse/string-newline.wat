;;! check
;; Strings do not go over lines.
(module
  (@interface export "a
b" (func 0)))

(; EXPECT
error: string-newline.wat: invalid character in string '\n'
     --> 4:24
      |
    4 |   (@interface export "a
      |                        ^
exit 1
;)
