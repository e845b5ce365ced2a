;;! check
;; At most one interface.
(module binary "\00asm" "\01\00\00\00"
  "\00\20" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\03\01\00\00" ;; type: () -> ()
  "\00\1b" "\14wasm-interface-types"
    "\050.1.0" ;; version
)

(; EXPECT
error: two-sections.wat: two `wasm-interface-types` sections found (at offset 0x2a)
exit 1
;)
