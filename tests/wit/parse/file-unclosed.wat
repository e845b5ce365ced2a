;;! check
;; A parenthesis is open at the end.
(module
  (@interface func

(; EXPECT
error: file-unclosed.wat: expected `)`
     --> 5:1
      |
    5 |
      | ^
exit 1
;)
