;;! print
;; Every form of implement: the target by its two names, by identifier and by
;; number; the adapter written here or elsewhere.
(module
  (import "a" "one" (func $one))
  (import "a" "two" (func $two (param i32)))
  (import "a" "three" (func (result i32)))
  (import "a" "four" (func))
  (@interface func $f)
  (@interface implement (import "a" "one") (func $f))
  (@interface implement (func $two) (param i32))
  (@interface implement (func 2) (result i32) arg.get 0)
  (@interface implement (import "a" "four") (func 0))
)

(; EXPECT
(module
  (type (;0;) (func))
  (type (;1;) (func (param i32)))
  (type (;2;) (func (result i32)))
  (import "a" "one" (func $one (;0;) (type 0)))
  (import "a" "two" (func $two (;1;) (type 1)))
  (import "a" "three" (func (;2;) (type 2)))
  (import "a" "four" (func (;3;) (type 0)))
  (@interface type (;0;) (func))
  (@interface type (;1;) (func (param i32)))
  (@interface type (;2;) (func (result i32)))
  (@interface func (;0;) (type 0))
  (@interface func (;1;) (type 1))
  (@interface func (;2;) (type 2)
    arg.get 0)
  (@interface implement (func $one) (func 0))
  (@interface implement (func $two) (func 1))
  (@interface implement (func 2) (func 2))
  (@interface implement (func 3) (func 0)))
;)
