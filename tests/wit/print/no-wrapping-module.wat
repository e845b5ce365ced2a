;;! check
;;! print
(@interface type (func (param string)))
(func $f)
(@interface func (export "f")
  call-core $f)

(; EXPECT
;;! check
;;! print
(module
  (type (;0;) (func))
  (func $f (;0;) (type 0))
  (@interface type (;0;) (func (param string)))
  (@interface type (;1;) (func))
  (@interface func (;0;) (type 1)
    call-core $f)
  (@interface export "f" (func 0)))
;)
