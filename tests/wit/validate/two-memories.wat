;;! check
;; Strings from one memory go to another.
(module
  (memory $a 1)
  (memory $b 1)
  (func $alloc (param i32) (result i32) i32.const 0)
  (func $use (param i32 i32))
  (@interface func (param i32) (param i32)
    arg.get 0
    arg.get 1
    memory-to-string $a
    string-to-memory $alloc $b
    call-core $use)
)

(; EXPECT
;)
