;;! check
;; More items are announced than there are.
(module binary "\00asm" "\01\00\00\00"
  "\00\20" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\03\02\00\00" ;; two types, and one
)

(; EXPECT
error: subsection-short.wat: adapter type 1: unexpected end (at offset 0x2a)
exit 1
;)
