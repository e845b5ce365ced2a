;;! check
;; No core function is imported under these names.
(module
  (import "m" "f" (func))
  (@interface implement (import "m" "g")))

(; EXPECT
error: implement-no-import.wat: no function is imported as "m" "g"
     --> 5:25
      |
    5 |   (@interface implement (import "m" "g")))
      |                         ^
exit 1
;)
