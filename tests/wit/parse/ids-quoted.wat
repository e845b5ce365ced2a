;;! print
;; An identifier can be a string.
(module
  (@interface type $"a b" (func (param $"\c3\a9" s8) (result s8)))
  (@interface func $"f g" (type $"a b")
    arg.get $"é")
  (@interface export "x" (func $"f g")))

(; EXPECT
(module
  (@interface type (;0;) (func (param $"\u{e9}" s8) (result s8)))
  (@interface func (;0;) (type 0)
    arg.get 0)
  (@interface export "x" (func 0)))
;)
