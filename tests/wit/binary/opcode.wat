;;! check
;; An instruction that does not exist.
(module binary "\00asm" "\01\00\00\00"
  "\00\27" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\03\01\00\00" ;; type: () -> ()
    "\02\05\01\03\00.\02"
)

(; EXPECT
error: opcode.wat: adapter func 0: unknown instruction 0x2e (at offset 0x2f)
exit 1
;)
