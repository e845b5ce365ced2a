;;! check
;; So for the parameters of a type.
(module binary "\00asm" "\01\00\00\00"
  "\00\24" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\07\01\ff\ff\ff\ff\0f\00"
)

(; EXPECT
error: count-lies2.wat: adapter type 0: unexpected end (at offset 0x2e)
exit 1
;)
