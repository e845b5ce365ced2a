;;! check
;; One module to a file.
(module $a)
(module $b)

(; EXPECT
error: file-two-modules.wat: expected the end of the file after `(module ...)`
     --> 4:1
      |
    4 | (module $b)
      | ^
exit 1
;)
