;;! check
;;! print
(module
  (memory 1)
  (func $free (param i32 i32))
  (func $make (result i32 i32) i32.const 0 i32.const 0)
  (@interface func (export "make") (result string)
    call-core $make
    defer-call-core $free
    memory-to-string)
)

(; EXPECT
;;! check
;;! print
(module
  (type (;0;) (func (param i32 i32)))
  (type (;1;) (func (result i32 i32)))
  (memory (;0;) 1)
  (func $free (;0;) (type 0) (param i32 i32))
  (func $make (;1;) (type 1) (result i32 i32)
    i32.const 0
    i32.const 0
  )
  (@interface type (;0;) (func (result string)))
  (@interface func (;0;) (type 0)
    call-core $make
    defer-call-core $free
    memory-to-string)
  (@interface export "make" (func 0)))
;)
