;;! print
;; Without parameters of its own a function has those of its type, names included.
(module
  (@interface type $t (func (param $a s8) (param $b s16) (result s16)))
  (@interface func (type $t)
    arg.get $b)
  (@interface func (type 0)
    arg.get $b))

(; EXPECT
(module
  (@interface type (;0;) (func (param $a s8) (param $b s16) (result s16)))
  (@interface func (;0;) (type 0)
    arg.get 1)
  (@interface func (;1;) (type 0)
    arg.get 1))
;)
