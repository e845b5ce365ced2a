;;! check
;;! print
;; Core calls with parameters of several types, adapter calls by name, and two
;; exports that share an invented type.
(module
  (func $mix (param i32 i64 f32 f64) (result i32) local.get 0)
  (@interface func $inner (param i32) (param i64) (param f32) (param f64) (result i32)
    arg.get 0 arg.get 1 arg.get 2 arg.get 3
    call-core $mix)
  (@interface func (export "a") (param i32) (param i64) (param f32) (param f64) (result i32)
    arg.get 0 arg.get 1 arg.get 2 arg.get 3
    call-adapter $inner)
  (@interface func (export "b"))
  (@interface func (export "c"))
)

(; EXPECT
;;! check
;;! print
(module
  (type (;0;) (func (param i32 i64 f32 f64) (result i32)))
  (func $mix (;0;) (type 0) (param i32 i64 f32 f64) (result i32)
    local.get 0
  )
  (@interface type (;0;) (func (param i32) (param i64) (param f32) (param f64) (result i32)))
  (@interface type (;1;) (func))
  (@interface func (;0;) (type 0)
    arg.get 0
    arg.get 1
    arg.get 2
    arg.get 3
    call-core $mix)
  (@interface func (;1;) (type 0)
    arg.get 0
    arg.get 1
    arg.get 2
    arg.get 3
    call-adapter 0)
  (@interface func (;2;) (type 1))
  (@interface func (;3;) (type 1))
  (@interface export "a" (func 1))
  (@interface export "b" (func 2))
  (@interface export "c" (func 3)))
;)
