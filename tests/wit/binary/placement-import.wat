;;! check
;; So do the imports.
(module binary "\00asm" "\01\00\00\00"
  "\01\04\01\60\00\00" ;; type section
  "\00\20" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\03\01\00\00" ;; type: () -> ()
  "\02\07\01\01m\01n\00\00" ;; import section
)

(; EXPECT
error: placement-import.wat: the import section comes after the `wasm-interface-types` section (at offset 0x30)
exit 1
;)
