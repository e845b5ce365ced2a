;;! print
;; A core function by id, number or its import names; an adapter by id, number or written out.
(module
  (import "m" "a" (func $a (param i32)))
  (import "m" "b" (func $b (param i32)))
  (import "m" "c" (func $c))
  (import "m" "d" (func $d))
  (@interface func $f (param i32))
  (@interface type $t (func (param $x i32)))
  (@interface implement (func $a) (func $f))
  (@interface implement (import "m" "b") (type $t)
    arg.get $x
    call-core $a)
  (@interface implement (func 3) (func 2))
  (@interface implement (import "m" "c")))

(; EXPECT
(module
  (type (;0;) (func (param i32)))
  (type (;1;) (func))
  (import "m" "a" (func $a (;0;) (type 0)))
  (import "m" "b" (func $b (;1;) (type 0)))
  (import "m" "c" (func $c (;2;) (type 1)))
  (import "m" "d" (func $d (;3;) (type 1)))
  (@interface type (;0;) (func (param $x i32)))
  (@interface type (;1;) (func))
  (@interface func (;0;) (type 0) (param i32))
  (@interface func (;1;) (type 0)
    arg.get 0
    call-core $a)
  (@interface func (;2;) (type 1))
  (@interface implement (func $a) (func 0))
  (@interface implement (func $b) (func 1))
  (@interface implement (func $d) (func 2))
  (@interface implement (func $c) (func 2)))
;)
