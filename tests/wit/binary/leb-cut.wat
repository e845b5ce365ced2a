;;! check
;; A number that is cut off.
(module binary "\00asm" "\01\00\00\00"
  "\00\1e" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\01\80"
)

(; EXPECT
error: leb-cut.wat: type subsection: unexpected end (at offset 0x28)
exit 1
;)
