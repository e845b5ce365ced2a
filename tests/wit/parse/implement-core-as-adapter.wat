;;! check
;; What implements is an adapter.
(module
  (import "m" "f" (func $f))
  (@interface implement (func $f) (func $f)))

(; EXPECT
error: implement-core-as-adapter.wat: unknown adapter func: failed to find name `$f`
     --> 5:41
      |
    5 |   (@interface implement (func $f) (func $f)))
      |                                         ^
exit 1
;)
