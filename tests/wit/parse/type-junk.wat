;;! check
;; Junk where a function type is due.
(module
  (@interface type $t string))

(; EXPECT
error: type-junk.wat: expected `(`
     --> 4:23
      |
    4 |   (@interface type $t string))
      |                       ^
exit 1
;)
