;;! check
;; A function that is longer than its subsection.
(module binary "\00asm" "\01\00\00\00"
  "\00\26" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\03\01\00\00" ;; type: () -> ()
    "\02\04\01\03\00\02"
)

(; EXPECT
error: func-long.wat: adapter func 0: unexpected end: 3 bytes are announced, 2 are left (at offset 0x2e)
exit 1
;)
