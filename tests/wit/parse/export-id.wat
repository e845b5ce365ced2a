;;! check
;; An export has a string for a name.
(module
  (@interface export $f (func 0)))

(; EXPECT
error: export-id.wat: expected a string
     --> 4:22
      |
    4 |   (@interface export $f (func 0)))
      |                      ^
exit 1
;)
