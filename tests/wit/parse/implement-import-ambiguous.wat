;;! check
;; Two core functions are imported under these names.
(module
  (import "m" "f" (func (param i32)))
  (import "m" "f" (func))
  (@interface implement (import "m" "f")))

(; EXPECT
error: implement-import-ambiguous.wat: ambiguous: several functions are imported as "m" "f"
     --> 6:25
      |
    6 |   (@interface implement (import "m" "f")))
      |                         ^
exit 1
;)
