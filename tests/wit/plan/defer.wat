;;! plan
;; The operands of a deferred call are copied, so the values are still read later.
(module
  (memory 1)
  (func $make (result i32 i32) i32.const 0 i32.const 0)
  (func $free (param i32 i32))
  (func $done)
  (@interface func (result string)
    defer-call-core $done
    call-core $make
    defer-call-core $free
    memory-to-string)
)

(; EXPECT
wrapped core module
adapter 0 () -> (string), slots: 3
  defer core func 2
  %0 %1 = call core func 0
  defer core func 1 %0 %1
  %2 = lift string from memory 0 %0! %1!
  return %2!
uses core funcs 0 1 2
uses core memories 0
;)
