;;! check
;; Eleven bytes are too many.
(module binary "\00asm" "\01\00\00\00"
  "\00\2a" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\0d\81\80\80\80\80\80\80\80\80\80\00\00\00"
)

(; EXPECT
error: leb-long.wat: type subsection: a number is longer than 10 bytes (at offset 0x27)
exit 1
;)
