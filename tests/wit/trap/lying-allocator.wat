;;! run in 65530 '"seven77"'
;;! run in -1 '"x"'
;;! run in 65537 '""'
;;! run in 65529 '"seven77"'
;;! run in 0 '"zero is an address like any other"'
;; What an allocator returns is a claim.
(module
  (memory 1)
  (global $answer (mut i32) (i32.const 0))
  (func $set (param i32) (global.set $answer (local.get 0)))
  (func $alloc (param i32) (result i32) global.get $answer)
  (@interface func (export "in") (param s32) (param string) (result string)
    arg.get 0
    s32-to-i32
    call-core $set
    arg.get 1
    string-to-memory $alloc
    memory-to-string))

(; EXPECT
;)
