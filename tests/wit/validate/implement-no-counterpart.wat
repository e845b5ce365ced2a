;;! check
;; A core type without counterpart cannot be written in an adapter.
(module
  (import "" "f" (func (param funcref)))
  (@interface func (param externref))
  (@interface implement (import "" "f") (func 0))
)

(; EXPECT
error: implement-no-counterpart.wat: implement 0: signatures differ: adapter func 0 is (externref) -> (), core func 0 is (funcref) -> ()
     --> 6:15
      |
    6 |   (@interface implement (import "" "f") (func 0))
      |               ^
exit 1
;)
