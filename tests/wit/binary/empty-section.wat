;;! check
;; A section without even a version.
(module binary "\00asm" "\01\00\00\00"
  "\00\15" "\14wasm-interface-types"
)

(; EXPECT
error: empty-section.wat: schema version: unexpected end (at offset 0x1f)
exit 1
;)
