;;! check
;; So do the functions.
(module binary "\00asm" "\01\00\00\00"
  "\01\04\01\60\00\00" ;; type section
  "\00\20" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\03\01\00\00" ;; type: () -> ()
  "\03\02\01\00" ;; function section
  "\0a\04\01\02\00\0b" ;; code section
)

(; EXPECT
error: placement-function.wat: the function section comes after the `wasm-interface-types` section (at offset 0x30)
exit 1
;)
