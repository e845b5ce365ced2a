;;! check
;; A number that means an implied type is held to that.
(module
  (@interface func (type 0) (param s32))
  (@interface func (param string)))

(; EXPECT
error: typeuse-implied-type.wat: type mismatch: type 0 is (string) -> (), but (s32) -> () is written here
     --> 4:26
      |
    4 |   (@interface func (type 0) (param s32))
      |                          ^
exit 1
;)
