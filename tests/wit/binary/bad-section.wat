;;! check
;; A subsection that does not exist.
(module binary "\00asm" "\01\00\00\00"
  "\00\1e" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\05\01\00"
)

(; EXPECT
error: bad-section.wat: unknown subsection id 5 (at offset 0x25)
exit 1
;)
