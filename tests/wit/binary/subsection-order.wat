;;! check
;; Subsections come in order.
(module binary "\00asm" "\01\00\00\00"
  "\00\2c" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\03\01\00\00" ;; type: () -> ()
    "\03\04\01\00\01x" ;; export: func 0 as "x"
    "\02\04\01\02\00\02" ;; func: type 0, no instructions
)

(; EXPECT
error: subsection-order.wat: func subsection is out of order (at offset 0x30)
exit 1
;)
