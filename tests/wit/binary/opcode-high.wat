;;! check
;; Opcodes are one byte.
(module binary "\00asm" "\01\00\00\00"
  "\00\28" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\03\01\00\00" ;; type: () -> ()
    "\02\06\01\04\00\80\01\02"
)

(; EXPECT
error: opcode-high.wat: adapter func 0: unknown instruction 0x80 (at offset 0x2f)
exit 1
;)
