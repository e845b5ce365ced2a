;;! run echo '"kept while the memory grows"'
;; The window onto memory is taken after the allocator has run: here it grows
;; the memory and gives an address in the new part, unaligned.
(module
  (memory 1 100)
  (func $alloc (param i32) (result i32)
    (i32.add (i32.mul (memory.grow (i32.const 3)) (i32.const 65536)) (i32.const 65537)))
  (func $echo (param i32 i32) (result i32 i32) local.get 0 local.get 1)
  (@interface func (export "echo") (param string) (result string)
    arg.get 0
    string-to-memory $alloc
    call-core $echo
    memory-to-string))

(; EXPECT
"kept while the memory grows"
;)
