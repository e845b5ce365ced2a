;;! check
;; A subsection that is longer than the section.
(module binary "\00asm" "\01\00\00\00"
  "\00\20" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\04\01\00\00"
)

(; EXPECT
error: subsection-cut.wat: type subsection: unexpected end: 4 bytes are announced, 3 are left (at offset 0x27)
exit 1
;)
