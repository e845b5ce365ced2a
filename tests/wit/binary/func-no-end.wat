;;! check
;; A function without its end.
(module binary "\00asm" "\01\00\00\00"
  "\00\25" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\03\01\00\00" ;; type: () -> ()
    "\02\03\01\01\00"
)

(; EXPECT
error: func-no-end.wat: adapter func 0: unexpected end (at offset 0x2f)
exit 1
;)
