;;! run nothing
;; A trap of the start function is a failure to make the instance.
(module
  (func $start unreachable)
  (start $start)
  (@interface func (export "nothing")))

(; EXPECT
error: trap: wasm trap: wasm `unreachable` instruction executed
  in func 0 start at offset 0x1a
exit 3
;)
