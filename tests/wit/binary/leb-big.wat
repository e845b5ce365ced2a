;;! check
;; A number has 32 bits.
(module binary "\00asm" "\01\00\00\00"
  "\00\24" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\07\80\80\80\80\10\00\00"
)

(; EXPECT
error: leb-big.wat: type subsection: a number does not fit in 32 bits (at offset 0x27)
exit 1
;)
