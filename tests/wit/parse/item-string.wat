;;! check
;; A string is no word.
(module
  (@interface "func"))

(; EXPECT
error: item-string.wat: expected `type`, `import`, `export`, `func` or `implement`
     --> 4:15
      |
    4 |   (@interface "func"))
      |               ^
exit 1
;)
