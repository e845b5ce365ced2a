;;! check
;; A second one is an error even if there is nothing in it.
(module binary "\00asm" "\01\00\00\00"
  "\00\1b" "\14wasm-interface-types"
    "\050.1.0" ;; version
  "\00\15" "\14wasm-interface-types"
)

(; EXPECT
error: two-sections-empty.wat: two `wasm-interface-types` sections found (at offset 0x25)
exit 1
;)
