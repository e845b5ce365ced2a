;;! print
;; Several types to a parameter or result, or none, as in core text; with an
;; identifier, one.
(module
  (@interface type (func (param externref externref) (param) (result s32 s64)))
  (@interface func (param $a s8) (param s32 s64) (param $b s8) (result) (result s8 s8)
    arg.get $a
    arg.get $b))

(; EXPECT
(module
  (@interface type (;0;) (func (param externref) (param externref) (result s32) (result s64)))
  (@interface type (;1;) (func (param s8) (param s32) (param s64) (param s8) (result s8) (result s8)))
  (@interface func (;0;) (type 1) (param $a s8) (param s32) (param s64) (param $b s8) (result s8) (result s8)
    arg.get 0
    arg.get 3))
;)
