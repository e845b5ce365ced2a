;;! print
;; Numbers in all notations; the memory may be left out; the allocator comes before the memory.
(module
  (memory $m 1)
  (memory $n 1)
  (func $alloc (param i32) (result i32) unreachable)
  (@interface func (param string) (param $s string)
    arg.get 0x1
    string-to-memory $alloc
    memory-to-string
    string-to-memory $alloc $n
    memory-to-string $n
    string-to-memory 0 0_1
    memory-to-string 1
    string-to-memory $alloc $m
    memory-to-string $m
    string-to-memory $alloc
    call-core $free)
  (func $free (param i32 i32)))

(; EXPECT
(module
  (type (;0;) (func (param i32) (result i32)))
  (type (;1;) (func (param i32 i32)))
  (memory $m (;0;) 1)
  (memory $n (;1;) 1)
  (func $alloc (;0;) (type 0) (param i32) (result i32)
    unreachable
  )
  (func $free (;1;) (type 1) (param i32 i32))
  (@interface type (;0;) (func (param string) (param string)))
  (@interface func (;0;) (type 0) (param string) (param $s string)
    arg.get 1
    string-to-memory $alloc
    memory-to-string
    string-to-memory $alloc 1
    memory-to-string 1
    string-to-memory $alloc 1
    memory-to-string 1
    string-to-memory $alloc
    memory-to-string
    string-to-memory $alloc
    call-core $free))
;)
