;;! print
;; Imports of all spellings count, each in its index space.
(module
  (rec (type $s (struct (field i32))) (type (func)))
  (import "m" "t" (table 1 funcref))
  (import "m" "f0" (func $f0))
  (import "m" "m0" (memory $m0 1))
  (import "m" "g" (global i32))
  (func $f1 (export "f1") (import "m" "f1"))
  (memory $m1 (import "m" "m1") 1)
  (memory $m2 (data "x"))
  (memory $m3 (export "m3") 1)
  (func $f2 (export "f2"))
  (func (export "f3"))
  (func $f4 (result i32 i32) i32.const 0 i32.const 0)
  (@interface func (result string)
    call-core $f0
    call-core $f1
    call-core $f2
    call-core $f4
    memory-to-string $m0
    )
  (@interface func (result string)
    call-core $f4
    memory-to-string $m1)
  (@interface func (result string)
    call-core $f4
    memory-to-string $m2)
  (@interface func (result string)
    call-core $f4
    memory-to-string $m3))

(; EXPECT
(module
  (rec
    (type $s (;0;) (struct (field i32)))
    (type (;1;) (func))
  )
  (type (;2;) (func))
  (type (;3;) (func (result i32 i32)))
  (import "m" "t" (table (;0;) 1 funcref))
  (import "m" "f0" (func $f0 (;0;) (type 2)))
  (import "m" "m0" (memory $m0 (;0;) 1))
  (import "m" "g" (global (;0;) i32))
  (import "m" "f1" (func $f1 (;1;) (type 2)))
  (import "m" "m1" (memory $m1 (;1;) 1))
  (memory $m2 (;2;) 1 1)
  (memory $m3 (;3;) 1)
  (export "f1" (func $f1))
  (export "m3" (memory $m3))
  (export "f2" (func $f2))
  (export "f3" (func 3))
  (func $f2 (;2;) (type 2))
  (func (;3;) (type 2))
  (func $f4 (;4;) (type 3) (result i32 i32)
    i32.const 0
    i32.const 0
  )
  (data (;0;) (memory $m2) (i32.const 0) "x")
  (@interface type (;0;) (func (result string)))
  (@interface func (;0;) (type 0)
    call-core $f0
    call-core $f1
    call-core $f2
    call-core $f4
    memory-to-string)
  (@interface func (;1;) (type 0)
    call-core $f4
    memory-to-string 1)
  (@interface func (;2;) (type 0)
    call-core $f4
    memory-to-string 2)
  (@interface func (;3;) (type 0)
    call-core $f4
    memory-to-string 3))
;)
