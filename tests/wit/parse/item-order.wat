;;! print
;; Imports come first whatever the order of the text, and numbers count that way.
(module
  (@interface export "body" (func 2))
  (@interface func (export "inline") call-adapter 0)
  (@interface import "m" "zero" (func))
  (@interface func (export "imported") (import "m" "one"))
  (@interface export "last" (func 1)))

(; EXPECT
(module
  (@interface type (;0;) (func))
  (@interface import "m" "zero" (func (;0;) (type 0)))
  (@interface import "m" "one" (func (;1;) (type 0)))
  (@interface func (;2;) (type 0)
    call-adapter 0)
  (@interface export "body" (func 2))
  (@interface export "inline" (func 2))
  (@interface export "imported" (func 1))
  (@interface export "last" (func 1)))
;)
