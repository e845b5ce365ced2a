;;! print
;; Declared types come first, implied ones in the order of need; equal ones are shared.
(module
  (@interface func $first (param u8))
  (@interface import "m" "n" (func (param u16) (result u16)))
  (@interface type $s (func (param s8)))
  (@interface func (param s8))
  (@interface type (func (param s8)))
  (@interface func (param u8))
  (import "m" "f" (func (param i32)))
  (@interface implement (func 0) (param i32))
  (@interface type (func (param u16) (result u16))))

(; EXPECT
(module
  (type (;0;) (func (param i32)))
  (import "m" "f" (func (;0;) (type 0)))
  (@interface type (;0;) (func (param s8)))
  (@interface type (;1;) (func (param s8)))
  (@interface type (;2;) (func (param u16) (result u16)))
  (@interface type (;3;) (func (param u8)))
  (@interface type (;4;) (func (param i32)))
  (@interface import "m" "n" (func (;0;) (type 2)))
  (@interface func (;1;) (type 3))
  (@interface func (;2;) (type 0))
  (@interface func (;3;) (type 3))
  (@interface func (;4;) (type 4))
  (@interface implement (func 0) (func 4)))
;)
