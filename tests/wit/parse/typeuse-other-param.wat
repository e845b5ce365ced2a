;;! check
;; Parameters next to `(type ..)` are those of the type.
(module
  (@interface type $t (func (param s32) (result s32)))
  (@interface func (type $t) (param u32) (result s32)
    arg.get 0))

(; EXPECT
error: typeuse-other-param.wat: type mismatch: type 0 is (s32) -> (s32), but (u32) -> (s32) is written here
     --> 5:26
      |
    5 |   (@interface func (type $t) (param u32) (result s32)
      |                          ^
exit 1
;)
