;;! check
;; Bytes after the last item.
(module binary "\00asm" "\01\00\00\00"
  "\00\22" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\05\01\00\00\00\00" ;; one type, and more
)

(; EXPECT
error: subsection-trailing.wat: type subsection: trailing bytes: 2 (at offset 0x2a)
exit 1
;)
