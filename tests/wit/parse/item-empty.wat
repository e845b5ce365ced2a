;;! check
;; A word must follow `@interface`.
(module
  (@interface))

(; EXPECT
error: item-empty.wat: expected `type`, `import`, `export`, `func` or `implement`
     --> 4:14
      |
    4 |   (@interface))
      |              ^
exit 1
;)
