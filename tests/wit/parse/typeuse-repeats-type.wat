;;! print
;; What stands next to `(type ..)` may repeat it, with other names.
(module
  (@interface type $t (func (param $a s32) (param $b string) (result s32)))
  (@interface func (type $t) (param $b s32) (param $a string) (result s32)
    arg.get $b)
  (@interface func (type 0) (param s32) (param string) (result s32)
    arg.get 0))

(; EXPECT
(module
  (@interface type (;0;) (func (param $a s32) (param $b string) (result s32)))
  (@interface func (;0;) (type 0) (param $b s32) (param $a string) (result s32)
    arg.get 0)
  (@interface func (;1;) (type 0) (param s32) (param string) (result s32)
    arg.get 0))
;)
