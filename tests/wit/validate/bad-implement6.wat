;;! check
;; The adapter lacks a parameter.
(module
  (import "" "f" (func (param i32 i64)))
  (@interface func (param i32))
  (@interface implement (import "" "f") (func 0))
)

(; EXPECT
error: bad-implement6.wat: implement 0: signatures differ: adapter func 0 is (i32) -> (), core func 0 is (i32, i64) -> ()
     --> 6:15
      |
    6 |   (@interface implement (import "" "f") (func 0))
      |               ^
exit 1
;)
