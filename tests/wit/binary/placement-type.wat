;;! check
;; The core types come before the interface.
(module binary "\00asm" "\01\00\00\00"
  "\00\20" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\03\01\00\00" ;; type: () -> ()
  "\01\04\01\60\00\00" ;; type section
)

(; EXPECT
error: placement-type.wat: the type section comes after the `wasm-interface-types` section (at offset 0x2a)
exit 1
;)
