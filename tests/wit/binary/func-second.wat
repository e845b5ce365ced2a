;;! check
;; The function at fault is told by its index, imports counted.
(module binary "\00asm" "\01\00\00\00"
  "\00\31" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\03\01\00\00" ;; type: () -> ()
    "\01\06\01\01m\01n\00" ;; import
    "\02\07\02\02\00\02\02\00\2f" ;; two functions
)

(; EXPECT
error: func-second.wat: adapter func 2: unknown instruction 0x2f (at offset 0x3a)
exit 1
;)
