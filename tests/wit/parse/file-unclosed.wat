;;! check
;; A parenthesis is open at the end.
(module
  (@interface func

(; EXPECT
error: file-unclosed.wat: expected `)`
     --> 4:19
      |
    4 |   (@interface func
      |                   ^
exit 1
;)
