;;! check
;; A word where a field is due.
(module
  interface)

(; EXPECT
error: file-stray-word.wat: expected `(`
     --> 4:3
      |
    4 |   interface)
      |   ^
exit 1
;)
