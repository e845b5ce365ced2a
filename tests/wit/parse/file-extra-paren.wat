;;! check
;; A parenthesis too many.
(@interface func))

(; EXPECT
error: file-extra-paren.wat: unexpected `)`
     --> 3:18
      |
    3 | (@interface func))
      |                  ^
exit 1
;)
