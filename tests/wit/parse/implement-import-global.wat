;;! check
;; An import of another kind is none.
(module
  (import "m" "g" (global i32))
  (@interface implement (import "m" "g")))

(; EXPECT
error: implement-import-global.wat: no function is imported as "m" "g"
     --> 5:25
      |
    5 |   (@interface implement (import "m" "g")))
      |                         ^
exit 1
;)
