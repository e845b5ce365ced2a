;;! check
;; Strings are well-formed.
(module
  (@interface import "m" "\ed\a0\80" (func)))

(; EXPECT
error: string-utf8.wat: malformed UTF-8 encoding
     --> 4:26
      |
    4 |   (@interface import "m" "\ed\a0\80" (func)))
      |                          ^
exit 1
;)
