;;! check
;; So do the memories.
(module binary "\00asm" "\01\00\00\00"
  "\00\20" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\03\01\00\00" ;; type: () -> ()
  "\05\03\01\00\01" ;; memory section
)

(; EXPECT
error: placement-memory.wat: the memory section comes after the `wasm-interface-types` section (at offset 0x2a)
exit 1
;)
