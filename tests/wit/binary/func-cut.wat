;;! check
;; An instruction without its immediate.
(module binary "\00asm" "\01\00\00\00"
  "\00\26" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\03\01\00\00" ;; type: () -> ()
    "\02\04\01\02\00\01" ;; call-core, and no index
)

(; EXPECT
error: func-cut.wat: adapter func 0: unexpected end (at offset 0x30)
exit 1
;)
