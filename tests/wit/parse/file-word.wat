;;! check
;; A word where a module is due.
interface

(; EXPECT
error: file-word.wat: expected `(`
     --> 3:1
      |
    3 | interface
      | ^
exit 1
;)
