;;! print
;; An import written on the core function counts, and imports of other kinds do not.
(module
  (import "m" "f" (global i32))
  (import "m" "f" (memory 1))
  (import "m" "other" (func))
  (func $f (import "m" "f") (param i32))
  (import "m" "f" (table 1 funcref))
  (@interface implement (import "m" "f") (param i32)))

(; EXPECT
(module
  (type (;0;) (func))
  (type (;1;) (func (param i32)))
  (import "m" "f" (global (;0;) i32))
  (import "m" "f" (memory (;0;) 1))
  (import "m" "other" (func (;0;) (type 0)))
  (import "m" "f" (func $f (;1;) (type 1)))
  (import "m" "f" (table (;0;) 1 funcref))
  (@interface type (;0;) (func (param i32)))
  (@interface func (;0;) (type 0))
  (@interface implement (func $f) (func 0)))
;)
