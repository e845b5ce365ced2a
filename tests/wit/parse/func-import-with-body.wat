;;! check
;; What is imported has no body.
(module
  (@interface func (import "m" "n") (param s32)
    arg.get 0))

(; EXPECT
error: func-import-with-body.wat: expected `)`
     --> 5:5
      |
    5 |     arg.get 0))
      |     ^
exit 1
;)
