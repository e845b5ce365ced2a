;;! check
;; An interface type is no match for a core one, not even of the same size.
(module
  (import "" "f" (func (param i32)))
  (@interface func (param u32))
  (@interface implement (import "" "f") (func 0))
)

(; EXPECT
error: implement-type.wat: implement 0: signatures differ: adapter func 0 is (u32) -> (), core func 0 is (i32) -> ()
     --> 6:15
      |
    6 |   (@interface implement (import "" "f") (func 0))
      |               ^
exit 1
;)
