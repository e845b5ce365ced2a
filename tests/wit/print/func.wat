;;! print
;; Types are invented in the order of need, and parameters have names.
(module
  (@interface func)
  (@interface func (param $a u8) (param $b string) (result string) arg.get $b)
  (@interface func (result s8))
  (@interface func (param u8) (param string) (result string) arg.get 1)
  (@interface type $t (func (param $x f32)))
  (@interface func (type $t) arg.get $x)
)

(; EXPECT
(module
  (@interface type (;0;) (func (param $x f32)))
  (@interface type (;1;) (func))
  (@interface type (;2;) (func (param u8) (param string) (result string)))
  (@interface type (;3;) (func (result s8)))
  (@interface func (;0;) (type 1))
  (@interface func (;1;) (type 2) (param $a u8) (param $b string) (result string)
    arg.get 1)
  (@interface func (;2;) (type 3))
  (@interface func (;3;) (type 2)
    arg.get 1)
  (@interface func (;4;) (type 0)
    arg.get 0))
;)
