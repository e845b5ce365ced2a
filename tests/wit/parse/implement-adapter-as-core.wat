;;! check
;; What is implemented is a core function.
(module
  (@interface func $f)
  (@interface implement (func $f)))

(; EXPECT
error: implement-adapter-as-core.wat: unknown func: failed to find name `$f`
     --> 5:31
      |
    5 |   (@interface implement (func $f)))
      |                               ^
exit 1
;)
