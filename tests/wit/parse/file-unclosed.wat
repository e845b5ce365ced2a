;;! check
;; A parenthesis is open at the end.
(module
  (@interface func

(; EXPECT
error: file-unclosed.wat: expected `)`
     --> 14:1
      |
   14 |
      | ^
exit 1
;)
