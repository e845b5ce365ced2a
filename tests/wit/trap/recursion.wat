;;! run --imports=print self
;;! run --imports=print mutual
;;! run core
;; Recursion without end is a trap, whether adapters call themselves or the
;; core and its implemented import call one another.
(module
  (import "env" "again" (func $again))
  (func $into (call $again))
  (func $core (export "core") (call $core))
  (@interface implement (import "env" "again")
    call-core $into)
  (@interface func (export "self")
    call-adapter 1)
  (@interface func (export "mutual")
    call-core $into)
  (@interface func (export "core")
    call-core $core))

(; EXPECT
;;! run --imports=print self
error: trap: wasm trap: call stack exhausted
exit 3
;;! run --imports=print mutual
error: trap: wasm trap: call stack exhausted
  in func 1 into at offset 0x31
  in func 1 into at offset 0x31
  in func 1 into at offset 0x31
  in func 1 into at offset 0x31
  in func 1 into at offset 0x31
  in func 1 into at offset 0x31
  in func 1 into at offset 0x31
  in func 1 into at offset 0x31
  in func 1 into at offset 0x31
exit 3
;;! run core
error: trap: wasm trap: call stack exhausted
  in func 2 core at offset 0x36
  in func 2 core at offset 0x36
  in func 2 core at offset 0x36
  in func 2 core at offset 0x36
  in func 2 core at offset 0x36
  in func 2 core at offset 0x36
  in func 2 core at offset 0x36
  in func 2 core at offset 0x36
  in func 2 core at offset 0x36
exit 3
;)
