;;! check
;; Five words can follow `@interface`.
(module
  (@interface table))

(; EXPECT
error: item-unknown-word.wat: expected `type`, `import`, `export`, `func` or `implement`
     --> 4:15
      |
    4 |   (@interface table))
      |               ^
exit 1
;)
