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
;;! run in 65530 '"seven77"'
error: trap: out of bounds memory access: a string of 7 bytes at address 0xfffa in a memory of 65536 bytes
exit 3
;;! run in -1 '"x"'
error: trap: out of bounds memory access: a string of 1 bytes at address 0xffffffff in a memory of 65536 bytes
exit 3
;;! run in 65537 '""'
error: trap: out of bounds memory access: a string of 0 bytes at address 0x10001 in a memory of 65536 bytes
exit 3
;;! run in 65529 '"seven77"'
"seven77"
;;! run in 0 '"zero is an address like any other"'
"zero is an address like any other"
;)
