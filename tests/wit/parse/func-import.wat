;;! print
;; An import can be written as a function.
(module
  (@interface func $a (import "m" "a") (param string))
  (@interface import "m" "b" (func $b (param string)))
  (@interface func (export "c") (import "m" "c") (param string) (result u8)))

(; EXPECT
(module
  (@interface type (;0;) (func (param string)))
  (@interface type (;1;) (func (param string) (result u8)))
  (@interface import "m" "a" (func (;0;) (type 0)))
  (@interface import "m" "b" (func (;1;) (type 0)))
  (@interface import "m" "c" (func (;2;) (type 1)))
  (@interface export "c" (func 2)))
;)
