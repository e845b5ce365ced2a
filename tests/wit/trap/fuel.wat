;;! run --fuel=10000 forever
;;! run --fuel=10000 few
;; A guest that runs for too long is stopped.
(module
  (func $forever (loop br 0))
  (@interface func (export "forever")
    call-core $forever)
  (@interface func (export "few")))

(; EXPECT
;;! run --fuel=10000 forever
error: trap: wasm trap: all fuel consumed by WebAssembly
  in func 0 forever at offset 0x17
exit 3
;;! run --fuel=10000 few
;)
