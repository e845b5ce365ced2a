;;! run in '"x"'
;; A trap in the allocator is the call's outcome, with its frame.
(module
  (memory 1)
  (func $alloc (param i32) (result i32) unreachable)
  (@interface func (export "in") (param string) (result string)
    arg.get 0
    string-to-memory $alloc
    memory-to-string))

(; EXPECT
error: trap: wasm trap: wasm `unreachable` instruction executed
  in func 0 alloc at offset 0x1e
exit 3
;)
