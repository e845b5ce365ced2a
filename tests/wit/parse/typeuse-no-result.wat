;;! check
;; What stands next to `(type ..)` is all of the type.
(module
  (@interface type $t (func (param s32) (result s32)))
  (@interface import "m" "n" (func (type $t) (param s32))))

(; EXPECT
error: typeuse-no-result.wat: type mismatch: type 0 is (s32) -> (s32), but (s32) -> () is written here
     --> 5:42
      |
    5 |   (@interface import "m" "n" (func (type $t) (param s32))))
      |                                          ^
exit 1
;)
