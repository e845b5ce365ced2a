;;! print
;; Fields and forms at top level.
(@interface export "f" (func $f))
(func $g)
(@interface func $f
  call-core $g)

(; EXPECT
(module
  (type (;0;) (func))
  (func $g (;0;) (type 0))
  (@interface type (;0;) (func))
  (@interface func (;0;) (type 0)
    call-core $g)
  (@interface export "f" (func 0)))
;)
