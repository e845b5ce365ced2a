;;! check
;; A subsection comes once.
(module binary "\00asm" "\01\00\00\00"
  "\00\25" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\03\01\00\00" ;; type: () -> ()
    "\00\03\01\00\00" ;; type: () -> ()
)

(; EXPECT
error: subsection-repeated.wat: type subsection is out of order (at offset 0x2a)
exit 1
;)
