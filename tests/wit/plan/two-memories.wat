;;! plan
;; Strings of several memories, and two allocators.
(module
  (memory $a 1)
  (memory $unused 1)
  (memory $c 1)
  (func $unused)
  (func $alloc (param i32) (result i32) i32.const 0)
  (func $alloc2 (param i32) (result i32) i32.const 0)
  (func $use (param i32 i32))
  (@interface func (param string)
    arg.get 0
    string-to-memory $alloc $c
    memory-to-string $c
    string-to-memory $alloc2 $a
    call-core $use)
)

(; EXPECT
wrapped core module
adapter 0 (string) -> (), slots: 6
  %1 %2 = lower string to memory 2 by core func 1 %0!
  %3 = lift string from memory 2 %1! %2!
  %4 %5 = lower string to memory 0 by core func 2 %3!
  call core func 3 %4! %5!
  return
uses core funcs 1 2 3
uses core memories 0 2
;)
