;;! check
;; A subsection of which there is only the id.
(module binary "\00asm" "\01\00\00\00"
  "\00\1c" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00"
)

(; EXPECT
error: subsection-no-size.wat: type subsection: unexpected end (at offset 0x26)
exit 1
;)
