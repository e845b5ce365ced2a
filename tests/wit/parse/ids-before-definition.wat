;;! print
;; Identifiers may be used before they are defined, and mean one thing in each index space.
(module
  (@interface export "a" (func $a))
  (@interface implement (func $a) (func $a))
  (@interface func $a (type $a)
    call-core $a
    call-adapter $b)
  (@interface import "m" "b" (func $b))
  (@interface type $a (func))
  (import "m" "a" (func $a))
  (func $b))

(; EXPECT
(module
  (type (;0;) (func))
  (import "m" "a" (func $a (;0;) (type 0)))
  (func $b (;1;) (type 0))
  (@interface type (;0;) (func))
  (@interface import "m" "b" (func (;0;) (type 0)))
  (@interface func (;1;) (type 0)
    call-core $a
    call-adapter 0)
  (@interface export "a" (func 1))
  (@interface implement (func $a) (func 1)))
;)
