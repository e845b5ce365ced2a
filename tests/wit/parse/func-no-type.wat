;;! print
;; A type use may be empty, and so may a body.
(module
  (@interface func)
  (@interface import "m" "n" (func)))

(; EXPECT
(module
  (@interface type (;0;) (func))
  (@interface import "m" "n" (func (;0;) (type 0)))
  (@interface func (;1;) (type 0)))
;)
