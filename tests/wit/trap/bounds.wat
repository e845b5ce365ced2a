;;! run at 0 65536
;;! run at 65536 0
;;! run at 65537 0
;;! run at 65535 2
;;! run at 0xffffffff 0xffffffff
;;! run at 0 0xffffffff
;; Address and length are unsigned, and added without overflow. An address
;; past the end is out of bounds also for no bytes at all.
(module
  (memory 1)
  (@interface func $drop (param string) (result u8)
    call-core $one
    i32-to-u8)
  (@interface func (export "at") (param i32) (param i32) (result u8)
    arg.get 0
    arg.get 1
    memory-to-string
    call-adapter $drop)
  (func $one (result i32) i32.const 1))

(; EXPECT
;;! run at 0 65536
1
;;! run at 65536 0
1
;;! run at 65537 0
error: trap: out of bounds memory access: a string of 0 bytes at address 0x10001 in a memory of 65536 bytes
exit 3
;;! run at 65535 2
error: trap: out of bounds memory access: a string of 2 bytes at address 0xffff in a memory of 65536 bytes
exit 3
;;! run at 0xffffffff 0xffffffff
error: trap: out of bounds memory access: a string of 4294967295 bytes at address 0xffffffff in a memory of 65536 bytes
exit 3
;;! run at 0 0xffffffff
error: trap: out of bounds memory access: a string of 4294967295 bytes at address 0x0 in a memory of 65536 bytes
exit 3
;)
