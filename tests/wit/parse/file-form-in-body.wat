;;! check
;; A form is a field, and nothing else.
(module
  (func
    (@interface func)))

(; EXPECT
error: file-form-in-body.wat: expected an instruction
     --> 5:6
      |
    5 |     (@interface func)))
      |      ^
exit 1
;)
