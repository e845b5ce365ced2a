;;! check
;; So in the last of ten bytes.
(module binary "\00asm" "\01\00\00\00"
  "\00\29" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\0c\81\80\80\80\80\80\80\80\80\01\00\00"
)

(; EXPECT
error: leb-big2.wat: type subsection: a number does not fit in 32 bits (at offset 0x27)
exit 1
;)
