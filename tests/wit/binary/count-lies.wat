;;! check
;; A count that promises more than any file holds reserves nothing.
(module binary "\00asm" "\01\00\00\00"
  "\00\24" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\07\ff\ff\ff\ff\0f\00\00"
)

(; EXPECT
error: count-lies.wat: adapter type 1: unexpected end (at offset 0x2e)
exit 1
;)
