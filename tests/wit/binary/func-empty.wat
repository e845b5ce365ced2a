;;! check
;; A function of no bytes.
(module binary "\00asm" "\01\00\00\00"
  "\00\24" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\03\01\00\00" ;; type: () -> ()
    "\02\02\01\00"
)

(; EXPECT
error: func-empty.wat: adapter func 0: unexpected end (at offset 0x2e)
exit 1
;)
